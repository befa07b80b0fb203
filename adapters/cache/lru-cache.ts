/**
 * Cache in an `LRUCache` of the package `lru-cache`: one that the application already has, or one of its own. The memory
 * cache does the same without a package, in less memory; this one is for what an application keeps in one `LRUCache`.
 *
 * @example
 * const lru = new LRUCache<string, object>({ max: 50_000 }) // shared with other code of the application
 * const cache = createLruCache({ cache: lru, keyPrefix: "users" })
 * await cache.set("user:1", { name: "Ada" }, 60)
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { CACHE_MAX_KEY_BYTES, cacheTtlMs } from "../../contracts/cache/arguments.ts"
import type {
  Cache,
  CacheCapabilities,
  CacheStats,
  ICacheAtomic,
  ICacheBatch,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../contracts/cache/cache.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { IConnectable } from "../../contracts/foundation/lifecycle.ts"
import { asCache } from "../../core/cache/portable-cache.ts"
import { missingPeer } from "../../core/foundation/missing-peer.ts"
import { clonePlain } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { safeInteger } from "../kit/safe-integer.ts"
import { approximateSize } from "../kit/size.ts"
import {
  type LruCacheLike,
  type LruCacheOptions,
  lruCacheOptionsSchema,
  type ParsedOptions,
} from "./lru-cache-engine/options.ts"
import { Leases } from "./memory-engine/leases.ts"

export type { LruCacheLike, LruCacheOptions } from "./lru-cache-engine/options.ts"

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createLruCache(options: LruCacheOptions = {}, context: Partial<AdapterContext> = {}): Cache {
  return openLruCache(parseOptions(lruCacheOptionsSchema, options, "lru-cache cache"), {
    ...defaultContext("cache"),
    ...context,
  })
}

/** Of options that are checked. */
function openLruCache(options: ParsedOptions, { clock, name }: AdapterContext): Cache {
  const { cache, defaultTtl, keyPrefix = name, maxBytes } = options
  const limits: Limits = {
    maxValueBytes: options.maxValueBytes,
    maxEntryBytes: (cache === undefined ? maxBytes : cache.maxEntrySize) || NO_LIMIT,
    defaultTtlMs: defaultTtl === undefined ? cache?.ttl || NEVER : cacheTtlMs(defaultTtl),
  }
  const capabilities: CacheCapabilities = {
    batch: true,
    atomic: true,
    tags: true,
    scan: true,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: Math.min(limits.maxValueBytes, limits.maxEntryBytes),
    maxStalenessMs: 0,
    eviction: "lru",
  }
  const implementation =
    cache === undefined
      ? new LruCache(() => makeLru(options), "", limits, clock)
      : new LruCache(async () => cache, `${keyPrefix}:`, limits, clock)
  return asCache(implementation, { adapter: "lru-cache", capabilities, clock })
}

export const lruCache = defineAdapter({
  service: "cache",
  name: "lru-cache",
  contractVersion: 1,
  schemes: ["lru-cache"],
  optionsSchema: lruCacheOptionsSchema,
  peers: { "lru-cache": "^11.0.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    if (options.cache === undefined) await loadLruCache()
    return openLruCache(options, context)
  },
})

/** The class; it is not loaded before this is called. */
async function loadLruCache() {
  try {
    const { LRUCache } = await import("lru-cache")
    return LRUCache
  } catch (error) {
    throw missingPeer("lru-cache", error)
  }
}

async function makeLru({ maxBytes, max }: ParsedOptions): Promise<LruCacheLike> {
  const LRUCache = await loadLruCache()
  return new LRUCache<string, object>({ max: max, ...(maxBytes !== undefined && { maxSize: maxBytes }) })
}

const NEVER = Number.POSITIVE_INFINITY
const NO_TAGS: readonly string[] = []

interface Limits {
  readonly maxValueBytes: number
  /** Of a key and its value. Where there is a limit, the LRUCache wants the size of each entry. */
  readonly maxEntryBytes: number
  readonly defaultTtlMs: number
}

/** Anything else in an LRUCache is not ours. */
class LruEntry {
  readonly value: unknown
  readonly size: number
  readonly tags: readonly string[]
  /** On the monotonic clock; Infinity for never. The LRUCache has another clock, so it is told of no ttl. */
  expiresAt: number

  constructor(value: unknown, size: number, tags: readonly string[], expiresAt: number) {
    this.value = value
    this.size = size
    this.tags = tags
    this.expiresAt = expiresAt
  }
}

/**
 * Every method waits for the LRUCache and then does all at once, so calls act in their order and nothing comes between.
 * An entry that has expired keeps its room until it is asked for or evicted.
 */
class LruCache
  implements ICacheService, Pick<ICacheBatch, "setMany">, ICacheAtomic, ICacheTags, ICacheScan, IConnectable
{
  readonly #open: () => Promise<LruCacheLike>
  readonly #prefix: string
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #leases = new Leases()
  #opened: Promise<LruCacheLike> | undefined
  #hits = 0
  #misses = 0

  constructor(open: () => Promise<LruCacheLike>, prefix: string, limits: Limits, clock: Clock) {
    this.#open = open
    this.#prefix = prefix
    this.#limits = limits
    this.#clock = clock
  }

  async connect(): Promise<void> {
    await this.#lru()
  }

  async get<T>(key: string): Promise<T | undefined> {
    const entry = this.#find(await this.#lru(), key, "get")
    if (entry === undefined) this.#misses++
    else this.#hits++
    return clonePlain(entry?.value) as T | undefined
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.#store(key, this.#entry(key, value, ttl))
  }

  async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const checked = Array.from(entries, ([key, value]) => [key, this.#entry(key, value, ttl)] as const)
    const lru = await this.#lru()
    for (const [key, entry] of checked) this.#put(lru, key, entry)
  }

  async delete(key: string): Promise<boolean> {
    const lru = await this.#lru()
    this.#leases.void(key)
    const wasThere = !this.#hasExpired(lru.peek(this.#prefix + key))
    return lru.delete(this.#prefix + key) && wasThere
  }

  async has(key: string): Promise<boolean> {
    return this.#find(await this.#lru(), key, "peek") !== undefined
  }

  /** Walks over the whole LRUCache, as stats, invalidateTags and keys do. */
  async clear(): Promise<void> {
    const lru = await this.#lru()
    this.#leases.clear()
    for (const [stored] of this.#stored(lru)) lru.delete(stored)
  }

  async stats(): Promise<CacheStats> {
    const live = this.#stored(await this.#lru()).filter(([, entry]) => this.#isLive(entry))
    return { hits: this.#hits, misses: this.#misses, keyCount: live.length }
  }

  async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const entry = this.#entry(key, value, ttl)
    return this.#store(key, entry, (lru) => this.#find(lru, key, "peek") === undefined)
  }

  async increment(key: string, by = 1, ttl?: number): Promise<number> {
    const lru = await this.#lru()
    const old = this.#find(lru, key, "peek")
    const sum = safeInteger(safeInteger(old === undefined ? 0 : old.value) + by)
    const entry = this.#entry(key, sum, ttl, old?.tags)
    if (old !== undefined) entry.expiresAt = old.expiresAt
    this.#put(lru, key, entry)
    return sum
  }

  async take<T>(key: string): Promise<T | undefined> {
    const lru = await this.#lru()
    const entry = this.#find(lru, key, "peek")
    if (entry !== undefined) lru.delete(this.#prefix + key)
    return entry?.value as T | undefined
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    const entry = this.#find(await this.#lru(), key, "get")
    if (entry !== undefined) entry.expiresAt = this.#clock.monotonic() + cacheTtlMs(ttl)
    return entry !== undefined
  }

  async ttl(key: string): Promise<number | undefined> {
    const entry = this.#find(await this.#lru(), key, "peek")
    return entry === undefined ? undefined : (entry.expiresAt - this.#clock.monotonic()) / 1000
  }

  async lease(key: string, ttlMs: number): Promise<string | undefined> {
    if (this.#find(await this.#lru(), key, "peek") !== undefined) return undefined
    const now = this.#clock.monotonic()
    return this.#leases.give(key, now, now + ttlMs)
  }

  async fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    const entry = this.#entry(key, value, ttl, tags)
    return this.#store(key, entry, () => this.#leases.holds(key, lease, this.#clock.monotonic()))
  }

  async setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    await this.#store(key, this.#entry(key, value, ttl, tags))
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    const lru = await this.#lru()
    // A lease does not know the tags that its value will have.
    this.#leases.clear()
    for (const [stored, entry] of this.#stored(lru)) {
      if (entry instanceof LruEntry && entry.tags.some((tag) => tags.includes(tag))) lru.delete(stored)
    }
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    const lru = await this.#lru()
    for (const [stored] of this.#stored(lru, prefix)) {
      if (this.#isLive(lru.peek(stored))) yield stored.slice(this.#prefix.length)
    }
  }

  /** An LRUCache of its own goes with it; one of the application is the application's. */
  async close(): Promise<void> {
    this.#opened = undefined
  }

  #lru(): Promise<LruCacheLike> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  /** What stands under our keys, ours or not. */
  #stored(lru: LruCacheLike, prefix = ""): [stored: string, entry: unknown][] {
    const begin = this.#prefix + prefix
    return Array.from(lru.entries() as Iterable<[string, unknown]>).filter(
      ([stored]) => typeof stored === "string" && stored.startsWith(begin),
    )
  }

  /** The live entry of a key; `get` makes it the most recently used. @throws ServiceError CORRUPT where it is not ours. */
  #find(lru: LruCacheLike, key: string, how: "get" | "peek"): LruEntry | undefined {
    const stored = this.#prefix + key
    const found = lru[how](stored)
    if (found === undefined || this.#isLive(found)) return found
    if (this.#hasExpired(found)) lru.delete(stored)
    else throw new ServiceError("CORRUPT", `The entry of the key ${JSON.stringify(key)} was not written by this cache.`)
    return undefined
  }

  #isLive(found: unknown): found is LruEntry {
    return found instanceof LruEntry && found.expiresAt > this.#clock.monotonic()
  }

  #hasExpired(found: unknown): boolean {
    return found instanceof LruEntry && !this.#isLive(found)
  }

  /** Checks, and copies what the caller may change: to be called before any wait. */
  #entry(key: string, value: unknown, ttl?: number, tags = NO_TAGS): LruEntry {
    const lifeMs = ttl === undefined ? this.#limits.defaultTtlMs : cacheTtlMs(ttl)
    const copy = clonePlain(value)
    return new LruEntry(copy, this.#checkedSize(key, copy), tags, this.#clock.monotonic() + lifeMs)
  }

  /** Stores an entry where `may` agrees. @returns Whether it did. */
  async #store(key: string, entry: LruEntry, may: (lru: LruCacheLike) => boolean = () => true): Promise<boolean> {
    const lru = await this.#lru()
    const agreed = may(lru)
    if (agreed) this.#put(lru, key, entry)
    return agreed
  }

  #put(lru: LruCacheLike, key: string, entry: LruEntry): void {
    this.#leases.void(key)
    const sized = this.#limits.maxEntryBytes !== NO_LIMIT && { size: entry.size }
    lru.set(this.#prefix + key, entry, { ttl: 0, noUpdateTTL: false, ...sized })
  }

  #checkedSize(key: string, value: unknown): number {
    const { maxEntryBytes, maxValueBytes } = this.#limits
    if (maxEntryBytes === NO_LIMIT && maxValueBytes === NO_LIMIT) return 0
    const valueSize = approximateSize(value)
    const size = approximateSize(this.#prefix + key) + valueSize
    const [what, most, taken] =
      valueSize > maxValueBytes ? ["A value", maxValueBytes, valueSize] : ["An entry", maxEntryBytes, size]
    if (taken <= most) return size
    throw new ServiceError("LIMIT_EXCEEDED", `${what} must take at most ${most} bytes in this cache; got ${taken}.`)
  }
}
