/** The data of the cache contract as zod schemas, apart from the contract: importing that does not load zod. */
import * as z from "zod/mini"

export const cacheStatsSchema = z.strictObject({
  hits: z.int().check(z.nonnegative()),
  misses: z.int().check(z.nonnegative()),
  keyCount: z.int().check(z.nonnegative()),
  memoryUsage: z.exactOptional(z.number().check(z.nonnegative())),
})
