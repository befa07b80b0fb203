import type { $ZodType } from "zod/v4/core"
import { checkedOptions } from "../../core/foundation/checked-options.ts"

/** Options with their defaults, or INVALID_CONFIG with each problem and its path. */
export function parseOptions<Options>(schema: $ZodType<Options>, options: unknown, adapter: string): Options {
  return checkedOptions(schema, options, `The options of ${adapter}`, { adapter })
}
