import * as z from "zod/mini"
import { CACHE_MAX_TTL_SECONDS } from "../../../contracts/cache/arguments.ts"
import { checkRedisConnection, redisConnectionShape } from "../../kit/engines/redis/options.ts"
import { keyPrefixSchema } from "../../kit/key-prefix.ts"

const MAX_VALUE_BYTES = 512 * 1024 * 1024

export const redisCacheOptionsSchema = z
  .strictObject({
    ...redisConnectionShape,
    /** Stands before every key, with a colon; two caches of one server need two. Default: the name of the instance. */
    keyPrefix: keyPrefixSchema,
    /** Seconds an entry lives when `set` gives no ttl. Default: for ever. */
    defaultTtl: z.exactOptional(z.number().check(z.positive(), z.maximum(CACHE_MAX_TTL_SECONDS))),
    /** A larger encoded value is refused. Bytes. Default: 512 MiB, the most that Redis holds. */
    maxValueBytes: z._default(z.int().check(z.minimum(1), z.maximum(MAX_VALUE_BYTES)), MAX_VALUE_BYTES),
    /**
     * What a read of something that this cache did not write does: `error` rejects CORRUPT; `miss` is a miss, deletes
     * it and emits `cache.corrupt` with `{ cache, key }`. Default `error`.
     */
    onCorrupt: z._default(z.enum(["error", "miss"]), "error"),
  })
  .check(z.superRefine(checkRedisConnection))
export type RedisCacheOptions = z.input<typeof redisCacheOptionsSchema>
export type ParsedOptions = z.output<typeof redisCacheOptionsSchema>
