/**
 * Cache in this process: least recently used entries go first.
 *
 * @example
 * const cache = createMemoryCache({ maxEntries: 50_000 })
 * await cache.set("user:1", { name: "Ada" }, 60)
 */
import { LRUCache } from "lru-cache"
import { z } from "zod"
import type {
  Cache,
  CacheCapabilities,
  CacheStats,
  ICacheBatch,
  ICacheScan,
  ICacheService,
} from "../../contracts/cache.ts"
import { CACHE_MAX_KEY_BYTES, CACHE_MAX_TTL_SECONDS, cacheKeyIssue, cacheTtlMs } from "../../contracts/cache.ts"
import { type AdapterContext, defineAdapter } from "../../contracts/foundation/adapter.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { asCache } from "../../core/portable/cache.ts"
import type { ICacheAtHand } from "../../core/portable/key-space.ts"
import { clonePlain } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { approximateSize } from "../kit/size.ts"

export const memoryCacheOptionsSchema = z.strictObject({
  /** Entries held; one more evicts the least recently used. Room for them is made at once: about 90 bytes each. */
  maxEntries: z.int().min(1).max(10_000_000).default(10_000),
  /** Seconds an entry lives when `set` gives no ttl. Default: for ever. */
  defaultTtl: z.number().positive().max(CACHE_MAX_TTL_SECONDS).exactOptional(),
  /** A larger value is refused. Bytes, as `approximateSize` counts them. Default: no limit. */
  maxValueBytes: z.int().min(1).default(NO_LIMIT),
})
export type MemoryCacheOptions = z.input<typeof memoryCacheOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryCache(options: MemoryCacheOptions = {}, context: Partial<AdapterContext> = {}): Cache {
  const { clock } = { ...defaultContext("cache"), ...context }
  const parsed = parseOptions(memoryCacheOptionsSchema, options, "memory cache")
  const capabilities: CacheCapabilities = {
    batch: true,
    atomic: false,
    tags: false,
    scan: true,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: parsed.maxValueBytes,
    maxStalenessMs: 0,
    eviction: "lru",
  }
  return asCache(new MemoryCache(parsed, clock), { adapter: "memory", capabilities, clock, trusted: true })
}

export const memoryCache = defineAdapter({
  service: "cache",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryCacheOptionsSchema,
  create: createMemoryCache,
})

interface Entry {
  readonly value: unknown
  /** On the monotonic clock; Infinity for entries without ttl. */
  readonly expiresAt: number
}

class MemoryCache implements ICacheService, ICacheBatch, ICacheScan, ICacheAtHand {
  readonly #entries: LRUCache<string, Entry>
  readonly #options: z.output<typeof memoryCacheOptionsSchema>
  readonly #clock: Clock
  #hits = 0
  #misses = 0

  constructor(options: z.output<typeof memoryCacheOptionsSchema>, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#entries = new LRUCache({ max: options.maxEntries })
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.#read(key) as T | undefined
  }

  getNow<T>(key: string): T | undefined {
    return this.#read(key) as T | undefined
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    this.#checkSize(value)
    this.#write(key, value, this.#expiry(ttl))
  }

  async delete(key: string): Promise<boolean> {
    const live = this.#live(key) !== undefined
    this.#entries.delete(key)
    return live
  }

  async has(key: string): Promise<boolean> {
    return this.#live(key) !== undefined
  }

  async clear(): Promise<void> {
    this.#entries.clear()
  }

  async stats(): Promise<CacheStats> {
    this.#dropExpired()
    return { hits: this.#hits, misses: this.#misses, keyCount: this.#entries.size }
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>()
    for (const key of keys) {
      const value = this.#read(key)
      if (value !== undefined) found.set(key, value as T)
    }
    return found
  }

  async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const list = [...entries]
    for (const [, value] of list) this.#checkSize(value)
    const expiresAt = this.#expiry(ttl)
    for (const [key, value] of list) this.#write(key, value, expiresAt)
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    let deleted = 0
    for (const key of keys) if (await this.delete(key)) deleted++
    return deleted
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    this.#dropExpired()
    for (const key of [...this.#entries.keys()]) {
      if (key.startsWith(prefix) && this.#live(key) !== undefined) yield key
    }
  }

  #read(key: string): unknown {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#expired(entry)) return this.#miss(key)
    this.#hits++
    const { value } = entry
    return typeof value === "object" ? clonePlain(value) : value
  }

  #miss(key: string): undefined {
    const issue = cacheKeyIssue(key)
    if (issue !== undefined)
      throw new ServiceError("INVALID_ARGUMENT", issue, { service: "cache", adapter: "memory", operation: "get" })
    this.#misses++
  }

  #write(key: string, value: unknown, expiresAt: number): void {
    this.#entries.set(key, { value: clonePlain(value), expiresAt })
  }

  /** The entry unless it has expired, without making it recently used. */
  #live(key: string): Entry | undefined {
    const entry = this.#entries.peek(key)
    return entry === undefined || this.#expired(entry) ? undefined : entry
  }

  #expired(entry: Entry): boolean {
    return entry.expiresAt !== Number.POSITIVE_INFINITY && entry.expiresAt <= this.#clock.monotonic()
  }

  #expiry(ttl: number | undefined): number {
    const seconds = ttl ?? this.#options.defaultTtl ?? Number.POSITIVE_INFINITY
    return this.#clock.monotonic() + cacheTtlMs(seconds)
  }

  #dropExpired(): void {
    for (const [key, entry] of [...this.#entries.entries()]) if (this.#expired(entry)) this.#entries.delete(key)
  }

  #checkSize(value: unknown): void {
    const { maxValueBytes } = this.#options
    if (maxValueBytes === NO_LIMIT) return
    const size = approximateSize(value)
    if (size <= maxValueBytes) return
    throw new ServiceError("LIMIT_EXCEEDED", `The value takes ${size} bytes, more than maxValueBytes ${maxValueBytes}.`)
  }
}
