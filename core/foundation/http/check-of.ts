import { type $ZodType, compile, safeParse, version } from "zod/v4/core"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { issuesText } from "../invalid-config.ts"
import { parseSchema } from "../parse-schema.ts"
import { issueAt, schemaIssues } from "../schema.ts"

/** Issues that are told. An answer that told all of them could be far longer than the request. */
const MAX_ISSUES = 20

/**
 * A check of a part of a request by its schema, which is compiled when the first one comes: it hands out what the schema
 * makes of the value. Refinements and transforms may run three times for a value that is refused.
 *
 * @throws ServiceError INVALID_ARGUMENT, reason "schema", with the first 20 issues.
 */
export function checkOf<Output>(schema: $ZodType<Output>, part: "path" | "query" | "body"): (value: unknown) => Output {
  let compiled: $ZodType<Output> | undefined
  return (value) => {
    compiled ??= compiledOf(schema)
    const { data, success } = safeParse(compiled, value)
    return success ? data : checked(schema, value, part)
  }
}

/** The compiler may not know all that a schema of another copy of zod says. */
function compiledOf<Output>(schema: $ZodType<Output>): $ZodType<Output> {
  return schema._zod.version === version ? compile(schema) : schema
}

function checked<Output>(schema: $ZodType<Output>, value: unknown, part: string): Output {
  const parsed = parseSchema(schema, value)
  if (parsed.issues === undefined) return parsed.data
  const all = schemaIssues(schema, parsed.issues)
  const issues = all.slice(0, MAX_ISSUES).map((issue) => issueAt(part, issue))
  const more = all.length > MAX_ISSUES ? `; and ${all.length - MAX_ISSUES} more` : ""
  throw new ServiceError("INVALID_ARGUMENT", `${issuesText(issues)}${more}.`, { details: { reason: "schema", issues } })
}
