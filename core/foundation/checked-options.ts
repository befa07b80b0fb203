import type { $ZodType } from "zod/v4/core"
import { invalidConfig } from "./invalid-config.ts"
import { parseSchema } from "./parse-schema.ts"
import { issueAt, schemaIssues } from "./schema.ts"

/**
 * Options with their defaults.
 *
 * @param what The subject of the error's message: `The options of createJwksAuth`.
 * @throws ServiceError INVALID_CONFIG with each issue and its path.
 */
export function checkedOptions<Output>(
  schema: $ZodType<Output>,
  options: unknown,
  what: string,
  more?: { readonly adapter: string },
): Output {
  const parsed = parseSchema(schema, options)
  if (parsed.issues === undefined) return parsed.data
  throw invalidConfig(
    what,
    schemaIssues(schema, parsed.issues).map((issue) => issueAt("", issue)),
    more,
  )
}
