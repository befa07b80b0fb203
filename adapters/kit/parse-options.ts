import type { $ZodType } from "zod/v4/core"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { parseSchema } from "../../core/foundation/parse-schema.ts"
import { issueAt, schemaIssues } from "../../core/foundation/schema.ts"

/** Options with their defaults, or INVALID_CONFIG with each problem and its path. */
export function parseOptions<Options>(schema: $ZodType<Options>, options: unknown, adapter: string): Options {
  const parsed = parseSchema(schema, options)
  if (parsed.issues === undefined) return parsed.data
  const issues = schemaIssues(schema, parsed.issues).map((issue) => issueAt("", issue))
  const text = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")
  throw new ServiceError("INVALID_CONFIG", `The options of ${adapter} cannot be used. ${text}.`, {
    adapter,
    details: { issues },
  })
}
