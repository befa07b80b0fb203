import * as z from "zod/mini"
import { CACHE_MAX_TTL_SECONDS } from "../../../contracts/cache/arguments.ts"
import { NO_LIMIT } from "../../../contracts/foundation/capabilities.ts"
import { got } from "../../../contracts/foundation/text.ts"
import { keyPrefixSchema } from "../../kit/key-prefix.ts"

/** What is used of an `LRUCache`. Its keys may be of any type that has strings, its values of any that has objects. */
export interface LruCacheLike {
  readonly max: number
  readonly maxSize: number
  readonly maxEntrySize: number
  readonly ttl: number
  get(key: string): unknown
  peek(key: string): unknown
  set(key: string, value: object, options: LruSetOptions): unknown
  delete(key: string): boolean
  entries(): Iterable<readonly [key: unknown, value: unknown]>
}

interface LruSetOptions {
  ttl?: number
  noUpdateTTL?: boolean
  size?: number
}

const MAX_ENTRIES = 10_000

export const lruCacheOptionsSchema = z
  .strictObject({
    /**
     * An `LRUCache` of the application, with max or maxSize, which keeps its other entries. One of ours stands under
     * the prefix, a colon and the key, as an object that only this cache reads; `dispose` and the like see that object.
     * Sizes of ours are bytes, as `approximateSize` counts them, whatever its sizeCalculation says. close leaves it all
     * as it is: call clear first where the entries must go. Default: an LRUCache of its own.
     */
    cache: z.exactOptional(z.custom<LruCacheLike>().check(z.superRefine(checkLruCache))),
    /** Two caches in one LRUCache need two. Only beside `cache`. Default: the name of the instance. */
    keyPrefix: keyPrefixSchema,
    /** Entries held; one more evicts another. lru-cache takes the room for all of them at once. */
    max: z._default(z.int().check(z.minimum(1), z.maximum(10_000_000)), MAX_ENTRIES),
    /**
     * Bytes of all keys and values, as `approximateSize` counts them; more evicts entries, and an entry that is larger
     * alone is refused. Default: no limit.
     */
    maxBytes: z.exactOptional(z.int().check(z.minimum(1))),
    /** A larger value is refused. Bytes, as `approximateSize` counts them. Default: no limit. */
    maxValueBytes: z._default(z.int().check(z.minimum(1)), NO_LIMIT),
    /** Seconds an entry lives when `set` gives no ttl. Default: the ttl of `cache`, if it has one; else for ever. */
    defaultTtl: z.exactOptional(z.number().check(z.positive(), z.maximum(CACHE_MAX_TTL_SECONDS))),
  })
  .check(z.superRefine(checkTogether))
export type LruCacheOptions = z.input<typeof lruCacheOptionsSchema>
export type ParsedOptions = z.output<typeof lruCacheOptionsSchema>

function checkLruCache(cache: unknown, context: z.core.$RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message })
  if (!isLruCache(cache)) refuse(`must be an LRUCache of lru-cache; got ${got(cache)}`)
  else if (cache.max === 0 && cache.maxSize === 0)
    refuse("must be an LRUCache with max or maxSize; got one of ttl alone")
}

function isLruCache(value: unknown): value is LruCacheLike {
  if (typeof value !== "object" || value === null) return false
  const has = (type: string, ...names: string[]) =>
    names.every((name) => typeof (value as Record<string, unknown>)[name] === type)
  return has("function", "get", "peek", "set", "delete", "entries") && has("number", "max", "maxSize", "maxEntrySize")
}

function checkTogether(options: ParsedOptions, context: z.core.$RefinementCtx): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
  if (options.cache === undefined) {
    if (options.keyPrefix !== undefined) refuse("keyPrefix", "must be left out without cache, whose keys it is for")
    return
  }
  if (options.max !== MAX_ENTRIES) refuse("max", "must be left out beside cache, which has its own max")
  if (options.maxBytes !== undefined) refuse("maxBytes", "must be left out beside cache, which has its own maxSize")
}
