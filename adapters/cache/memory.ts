/**
 * Cache in this process, bounded by entries and by bytes.
 *
 * @example
 * const cache = createMemoryCache({ maxEntries: 50_000, eviction: "lfu" })
 * await cache.set("user:1", { name: "Ada" }, 60)
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import {
  CACHE_MAX_KEY_BYTES,
  CACHE_MAX_TTL_SECONDS,
  cacheKeyIssue,
  cacheTtlMs,
  cacheValueIssue,
} from "../../contracts/cache/arguments.ts"
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
import { asCache, type ICacheAtHand } from "../../core/cache/portable-cache.ts"
import { type CloneKind, cloneOfKind, frozenPlain, IMMUTABLE, PlainCloner } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { safeInteger } from "../kit/safe-integer.ts"
import { approximateSize } from "../kit/size.ts"
import { Entries, type NewEntry } from "./memory-engine/entries.ts"
import { Leases } from "./memory-engine/leases.ts"
import { Sweeper } from "./memory-engine/sweeper.ts"

export const memoryCacheOptionsSchema = z.strictObject({
  /** Entries held; one more evicts another. */
  maxEntries: z._default(z.int().check(z.minimum(1), z.maximum(10_000_000)), 10_000),
  /**
   * Bytes of all keys and values, as `approximateSize` counts them; more evicts entries, and an entry that is larger
   * alone is refused. What the cache needs around an entry, about 100 bytes, is not counted. Default: no limit.
   */
  maxBytes: z.exactOptional(z.int().check(z.minimum(1))),
  /** A larger value is refused. Bytes, as `approximateSize` counts them. Default: no limit. */
  maxValueBytes: z._default(z.int().check(z.minimum(1)), NO_LIMIT),
  /**
   * What goes when room is needed and nothing has expired. `lru`: what was read or written longest ago. `lfu`: what was
   * used least, where earlier uses count less and less. `fifo`: what was written longest ago.
   */
  eviction: z._default(z.enum(["lru", "lfu", "fifo"]), "lru"),
  /** Seconds an entry lives when `set` gives no ttl. Default: for ever. */
  defaultTtl: z.exactOptional(z.number().check(z.positive(), z.maximum(CACHE_MAX_TTL_SECONDS))),
  /**
   * Hands out one deeply frozen object to every reader instead of a copy to each; changing it throws. A value with a
   * Date, Map, Set or bytes anywhere in it is still copied on every read, since those cannot be frozen. Default false.
   */
  freeze: z._default(z.boolean(), false),
})
export type MemoryCacheOptions = z.input<typeof memoryCacheOptionsSchema>
type ParsedOptions = z.output<typeof memoryCacheOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryCache(options: MemoryCacheOptions = {}, context: Partial<AdapterContext> = {}): Cache {
  return openMemoryCache(parseOptions(memoryCacheOptionsSchema, options, "memory cache"), {
    ...defaultContext("cache"),
    ...context,
  })
}

/** Of options that are checked. */
function openMemoryCache(options: ParsedOptions, { clock }: AdapterContext): Cache {
  const capabilities: CacheCapabilities = {
    batch: true,
    atomic: true,
    tags: true,
    scan: true,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: Math.min(options.maxValueBytes, options.maxBytes ?? NO_LIMIT),
    maxStalenessMs: 0,
    eviction: options.eviction,
  }
  const implementation = new MemoryCache(options, clock)
  return asCache(implementation, { adapter: "memory", capabilities, clock, trusted: true, checksValues: true })
}

export const memoryCache = defineAdapter({
  service: "cache",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryCacheOptionsSchema,
  create: openMemoryCache,
})

const NO_TAGS: readonly string[] = []

/** What a method that writes throws at once, the portable type turns into a rejection that says where it happened. */
class MemoryCache implements ICacheService, ICacheBatch, ICacheAtomic, ICacheTags, ICacheScan, ICacheAtHand {
  readonly #options: ParsedOptions
  readonly #clock: Clock
  readonly #cloner = new PlainCloner()
  readonly #leases = new Leases()
  #entries: Entries
  #sweeper: Sweeper
  #hits = 0
  #misses = 0

  constructor(options: ParsedOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#entries = new Entries(options, clock)
    this.#sweeper = new Sweeper(clock, this.#entries)
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.#read(key) as T | undefined
  }

  getNow<T>(key: string): T | undefined {
    return this.#read(key) as T | undefined
  }

  set(key: string, value: unknown, ttl?: number): Promise<void> {
    this.#store(key, this.#entry(key, value, ttl, NO_TAGS))
    return Promise.resolve()
  }

  async delete(key: string): Promise<boolean> {
    this.#leases.void(key)
    const slot = this.#entries.find(key)
    if (slot === -1) return false
    this.#entries.remove(slot)
    return true
  }

  async has(key: string): Promise<boolean> {
    return this.#entries.find(key) !== -1
  }

  async clear(): Promise<void> {
    this.#leases.clear()
    this.#sweeper.stop()
    this.#entries = new Entries(this.#options, this.#clock)
    this.#sweeper = new Sweeper(this.#clock, this.#entries)
  }

  async stats(): Promise<CacheStats> {
    const keyCount = this.#entries.size - this.#entries.countExpired()
    const counted = { hits: this.#hits, misses: this.#misses, keyCount }
    return this.#options.maxBytes === undefined ? counted : { ...counted, memoryUsage: this.#entries.bytes }
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>()
    for (const key of keys) {
      const value = this.#read(key)
      if (value !== undefined) found.set(key, value as T)
    }
    return found
  }

  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const checked = Array.from(entries, ([key, value]) => [key, this.#entry(key, value, ttl, NO_TAGS)] as const)
    for (const [key, entry] of checked) this.#store(key, entry)
    return Promise.resolve()
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    let deleted = 0
    for (const key of keys) if (await this.delete(key)) deleted++
    return deleted
  }

  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const entry = this.#entry(key, value, ttl, NO_TAGS)
    const absent = this.#entries.find(key) === -1
    if (absent) this.#store(key, entry)
    return Promise.resolve(absent)
  }

  increment(key: string, by = 1, ttl?: number): Promise<number> {
    const slot = this.#entries.find(key)
    const next = safeInteger((slot === -1 ? 0 : safeInteger(this.#entries.valueOf(slot))) + by)
    if (slot === -1) this.#store(key, this.#entry(key, next, ttl, NO_TAGS))
    else this.#entries.replaceValue(slot, next)
    return Promise.resolve(next)
  }

  async take<T>(key: string): Promise<T | undefined> {
    const slot = this.#entries.find(key)
    if (slot === -1) return undefined
    const value = this.#entries.valueOf(slot)
    this.#entries.remove(slot)
    return value as T
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    const slot = this.#entries.find(key)
    if (slot === -1) return false
    const expiresAt = this.#expiry(ttl)
    this.#entries.setExpiry(slot, expiresAt)
    this.#entries.used(slot)
    this.#sweeper.expects(expiresAt)
    return true
  }

  async ttl(key: string): Promise<number | undefined> {
    const slot = this.#entries.find(key)
    if (slot === -1) return undefined
    const expiresAt = this.#entries.expiryOf(slot)
    return expiresAt === Number.POSITIVE_INFINITY ? expiresAt : (expiresAt - this.#clock.monotonic()) / 1000
  }

  async lease(key: string, ttlMs: number): Promise<string | undefined> {
    if (this.#entries.find(key) !== -1) return undefined
    const now = this.#clock.monotonic()
    return this.#leases.give(key, now, now + ttlMs)
  }

  fill(key: string, lease: string, value: unknown, ttl?: number, tags = NO_TAGS): Promise<boolean> {
    const entry = this.#entry(key, value, ttl, tags)
    const holds = this.#leases.holds(key, lease, this.#clock.monotonic())
    if (holds) this.#store(key, entry)
    return Promise.resolve(holds)
  }

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    this.#store(key, this.#entry(key, value, ttl, tags))
    return Promise.resolve()
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    // A lease does not know the tags that its value will have.
    this.#leases.clear()
    for (const tag of tags) for (const slot of this.#entries.slotsOfTag(tag)) this.#entries.remove(slot)
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    const keys = Array.from(this.#entries.keys()).filter((key) => key.startsWith(prefix))
    for (const key of keys) if (this.#entries.find(key) !== -1) yield key
  }

  close(): Promise<void> {
    return this.clear()
  }

  #read(key: string): unknown {
    const slot = this.#entries.find(key)
    if (slot === -1) return this.#miss(key)
    this.#hits++
    this.#entries.used(slot)
    return cloneOfKind(this.#entries.valueOf(slot), this.#entries.markOf(slot) as CloneKind)
  }

  #miss(key: string): undefined {
    const issue = cacheKeyIssue(key)
    if (issue !== undefined)
      throw new ServiceError("INVALID_ARGUMENT", issue, { service: "cache", adapter: "memory", operation: "get" })
    this.#misses++
  }

  /** Checks and copies: after this nothing can fail. */
  #entry(key: string, value: unknown, ttl: number | undefined, tags: readonly string[]): NewEntry {
    const copy = this.#cloner.clone(value)
    if (copy === undefined)
      throw new ServiceError(
        "INVALID_ARGUMENT",
        cacheValueIssue(value) ?? "A cache value must not change while it is read.",
      )
    const frozen = this.#options.freeze ? frozenPlain(copy) : undefined
    const [stored, mark] = frozen === undefined ? [copy, this.#cloner.kind] : [frozen, IMMUTABLE]
    return { value: stored, mark, size: this.#checkedSize(key, stored), expiresAt: this.#expiry(ttl), tags }
  }

  #store(key: string, entry: NewEntry): void {
    this.#leases.void(key)
    this.#entries.put(key, entry)
    this.#sweeper.expects(entry.expiresAt)
  }

  #expiry(ttl: number | undefined): number {
    const seconds = ttl ?? this.#options.defaultTtl ?? Number.POSITIVE_INFINITY
    return seconds === Number.POSITIVE_INFINITY ? seconds : this.#clock.monotonic() + cacheTtlMs(seconds)
  }

  #checkedSize(key: string, value: unknown): number {
    const { maxBytes, maxValueBytes } = this.#options
    if (maxBytes === undefined && maxValueBytes === NO_LIMIT) return 0
    const valueSize = approximateSize(value)
    if (valueSize > maxValueBytes) {
      throw new ServiceError(
        "LIMIT_EXCEEDED",
        `A value must take at most ${maxValueBytes} bytes, as maxValueBytes says; got ${valueSize}.`,
      )
    }
    const size = approximateSize(key) + valueSize
    if (maxBytes !== undefined && size > maxBytes) {
      throw new ServiceError(
        "LIMIT_EXCEEDED",
        `An entry must take at most ${maxBytes} bytes, as maxBytes of the cache says; got ${size}.`,
      )
    }
    return size
  }
}
