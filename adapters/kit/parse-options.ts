import type { z } from "zod"
import { ServiceError } from "../../contracts/foundation/errors.ts"

/** Options with their defaults, or INVALID_CONFIG with each problem and its path. */
export function parseOptions<Options>(schema: z.ZodType<Options>, options: unknown, adapter: string): Options {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }))
  const text = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")
  throw new ServiceError("INVALID_CONFIG", `Options of ${adapter}: ${text}.`, { adapter, details: { issues } })
}
