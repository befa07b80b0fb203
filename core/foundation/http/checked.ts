import type { $ZodType } from "zod/v4/core"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { issuesText } from "../invalid-config.ts"
import { parseSchema } from "../parse-schema.ts"
import { issueAt, schemaIssues } from "../schema.ts"

/** Issues that are told. An answer that told all of them could be far longer than the request. */
const MAX_ISSUES = 20

/**
 * A part of a request by its schema.
 *
 * @throws ServiceError INVALID_ARGUMENT, reason "schema", with the first 20 issues.
 */
export function checked<Output>(schema: $ZodType<Output>, value: unknown, part: "path" | "query" | "body"): Output {
  const parsed = parseSchema(schema, value)
  if (parsed.issues === undefined) return parsed.data
  const all = schemaIssues(schema, parsed.issues)
  const issues = all.slice(0, MAX_ISSUES).map((issue) => issueAt(part, issue))
  const more = all.length > MAX_ISSUES ? `; and ${all.length - MAX_ISSUES} more` : ""
  throw new ServiceError("INVALID_ARGUMENT", `${issuesText(issues)}${more}.`, { details: { reason: "schema", issues } })
}
