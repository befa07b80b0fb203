import type { z } from "zod"
import { type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"

/** Options with their defaults, or INVALID_CONFIG with each problem and its path. */
export function parseOptions<Options>(schema: z.ZodType<Options>, options: unknown, adapter: string): Options {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const issues = result.error.issues.flatMap(issuesOf)
  const text = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")
  throw new ServiceError("INVALID_CONFIG", `Options of ${adapter}: ${text}.`, { adapter, details: { issues } })
}

/** zod reports keys that it does not know with the path of their object; each is at fault itself. */
function issuesOf(issue: z.core.$ZodIssue): ErrorIssue[] {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys : undefined
  if (unknown === undefined) return [{ path: issue.path.join("."), message: issue.message }]
  return unknown.map((key) => ({ path: [...issue.path, key].join("."), message: "is not an option" }))
}
