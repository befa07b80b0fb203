import type { $ZodType } from "zod/v4/core"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { parseSchema } from "../parse-schema.ts"
import { issueAt, schemaIssues } from "../schema.ts"

/** A part of a request by its schema. @throws ServiceError INVALID_ARGUMENT, reason "schema", with each issue. */
export function checked<Output>(schema: $ZodType<Output>, value: unknown, part: "path" | "query" | "body"): Output {
  const parsed = parseSchema(schema, value)
  if (parsed.issues === undefined) return parsed.data
  const issues = schemaIssues(schema, parsed.issues).map((issue) => issueAt(part, issue))
  const text = issues.map(({ message, path }) => `${path}: ${message}`).join("; ")
  throw new ServiceError("INVALID_ARGUMENT", `${text}.`, { details: { reason: "schema", issues } })
}
