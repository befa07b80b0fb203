import { cacheTtlIssue } from "../../../contracts/cache/arguments.ts"
import type {
  Cache,
  CacheCapabilities,
  CacheImplementation,
  CacheStats,
  GraceOptions,
  ICacheGrace,
} from "../../../contracts/cache/cache.ts"
import type { InvalidationBus } from "../../../contracts/cache/invalidation-bus.ts"
import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IConnectable } from "../../../contracts/foundation/lifecycle.ts"
import { got } from "../../../contracts/foundation/text.ts"
import { portableInfo } from "../../foundation/base.ts"
import { asCache } from "../portable-cache.ts"
import { type Fetched, NearTier } from "./near-tier.ts"

export interface TieredOptions {
  /** Tells the other processes what was written, and hears of them. Without one, L1 is good for `l1Ttl`. */
  bus?: InvalidationBus | undefined
  /** Seconds that L1 may keep an entry: how old an answer can get at worst. Default 60 with a bus, 5 without. */
  l1Ttl?: number | undefined
  clock?: Clock | undefined
}

/**
 * A near cache in front of a far one: reads ask L1 first, and what L2 has is kept in L1; writes go to L2, then to L1.
 *
 * With a bus, what another process writes is dropped from L1 within milliseconds; while the bus is not connected, L1
 * is not used. An entry of L1 never outlives that of L2 where L2 has `atomic`; where it has not, it may by `l1Ttl`,
 * which is also the bound of staleness that `capabilities.maxStalenessMs` declares. L1 must be a cache of its own.
 *
 * Everything but single values is L2's: keys, keyCount, tags, atomic changes. getMetrics has the metrics of both
 * tiers, as `l1.hits`. close closes both tiers and the bus.
 *
 * @throws ServiceError INVALID_CONFIG for an l1Ttl that is not a number of seconds above 0.
 * @example
 * const cache = tiered(createMemoryCache(), createRedisCache(), { bus: createRedisBus() })
 */
export function tiered(l1: Cache, l2: Cache, options: TieredOptions = {}): Cache {
  const { bus, clock = systemClock, l1Ttl = bus === undefined ? 5 : 60 } = options
  if (cacheTtlIssue(l1Ttl) !== undefined || l1Ttl === Number.POSITIVE_INFINITY) {
    throw new ServiceError(
      "INVALID_CONFIG",
      `l1Ttl must be a number of seconds above 0 and up to 10 years; got ${got(l1Ttl)}.`,
    )
  }
  const capabilities: CacheCapabilities = {
    ...l2.capabilities,
    ttlResolutionMs: Math.max(l1.capabilities.ttlResolutionMs, l2.capabilities.ttlResolutionMs),
    maxKeyBytes: Math.min(l1.capabilities.maxKeyBytes, l2.capabilities.maxKeyBytes) - RESERVED_BYTES,
    maxStalenessMs: l2.capabilities.maxStalenessMs + l1Ttl * 1000,
  }
  return asCache(new TieredCache(l1, l2, new NearTier(l1, l1Ttl, bus, clock)), {
    adapter: "tiered",
    capabilities,
    clock,
  })
}

/** Both tiers put a mark before what this one keeps under reserved keys. */
const RESERVED_BYTES = 2

class TieredCache implements CacheImplementation, ICacheGrace, IConnectable {
  readonly #l1: Cache
  readonly #l2: Cache
  readonly #near: NearTier
  #hits = 0
  #misses = 0

  constructor(l1: Cache, l2: Cache, near: NearTier) {
    this.#l1 = l1
    this.#l2 = l2
    this.#near = near
  }

  async get<T>(key: string): Promise<T | undefined> {
    const value = await this.#near.get<T>(key)
    if (value !== undefined) return this.#count(value)
    const fetched = await this.#near.fetch([key], () => this.#read([key]))
    return this.#count(fetched.get(key)?.value as T | undefined)
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = await this.#near.getMany<T>(keys)
    const missing = keys.filter((key) => !found.has(key))
    const fetched = missing.length === 0 ? [] : await this.#near.fetch(missing, () => this.#read(missing))
    for (const [key, { value }] of fetched) found.set(key, value as T)
    for (const key of keys) this.#count(found.get(key))
    return found
  }

  async has(key: string): Promise<boolean> {
    return (await this.#near.has(key)) || this.#l2.has(key)
  }

  set(key: string, value: unknown, ttl?: number): Promise<void> {
    return this.#near.change([key], () => this.#l2.set(key, value, ttl), { entries: [[key, value]], ttl })
  }

  setMany(pairs: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const entries = [...pairs]
    const keys = entries.map(([key]) => key)
    return this.#near.change(keys, () => this.#l2.setMany(entries, ttl), { entries, ttl })
  }

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    return this.#near.change([key], () => this.#l2.setTagged(key, value, tags, ttl), { entries: [[key, value]], ttl })
  }

  setWithGrace(key: string, value: unknown, options: GraceOptions): Promise<boolean> {
    const { ttl } = options
    return this.#near.change([key], () => this.#l2.setWithGrace(key, value, options), { entries: [[key, value]], ttl })
  }

  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#near.change([key], () => this.#l2.setIfAbsent(key, value, ttl), { entries: [[key, value]], ttl })
  }

  fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    const fill = () => this.#l2.fill(key, lease, value, ttl, tags)
    return this.#near.change([key], fill, { entries: [[key, value]], ttl })
  }

  delete(key: string): Promise<boolean> {
    return this.#near.change([key], () => this.#l2.delete(key))
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.#near.change(keys, () => this.#l2.deleteMany(keys))
  }

  increment(key: string, by?: number, ttl?: number): Promise<number> {
    return this.#near.change([key], () => this.#l2.increment(key, by, ttl))
  }

  take<T>(key: string): Promise<T | undefined> {
    return this.#near.change([key], () => this.#l2.take<T>(key))
  }

  touch(key: string, ttl: number): Promise<boolean> {
    return this.#near.change([key], () => this.#l2.touch(key, ttl))
  }

  clear(): Promise<void> {
    return this.#near.change("all", () => this.#l2.clear())
  }

  /** L1 does not know the tags of what other processes stored. */
  invalidateTags(tags: readonly string[]): Promise<void> {
    return this.#near.change("all", () => this.#l2.invalidateTags(tags))
  }

  getStale<T>(key: string): Promise<T | undefined> {
    return this.#l2.getStale<T>(key)
  }

  ttl(key: string): Promise<number | undefined> {
    return this.#l2.ttl(key)
  }

  lease(key: string, ttlMs: number): Promise<string | undefined> {
    return this.#l2.lease(key, ttlMs)
  }

  release(key: string, lease: string): Promise<void> {
    return this.#l2.release(key, lease)
  }

  keys(options?: { prefix?: string | undefined }): AsyncIterable<string> {
    return this.#l2.keys(options)
  }

  async stats(): Promise<CacheStats> {
    const { keyCount } = await this.#l2.stats()
    return { hits: this.#hits, misses: this.#misses, keyCount }
  }

  async getMetrics(): Promise<Record<string, number>> {
    const [l1, l2] = await Promise.all([this.#l1.getMetrics(), this.#l2.getMetrics()])
    return { hits: this.#hits, misses: this.#misses, ...prefixed("l1", l1), ...prefixed("l2", l2) }
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    const health = await this.#l2.healthCheck()
    if (health.status !== "healthy" || this.#near.usable || !this.#near.started) return health
    return { ...health, status: "degraded", message: "The bus is not connected: reads go past L1." }
  }

  async connect(): Promise<void> {
    this.#near.start()
    await Promise.all([portableInfo(this.#l1)?.connect(), portableInfo(this.#l2)?.connect()])
  }

  async close(): Promise<void> {
    await Promise.all([this.#near.close(), this.#l1.close(), this.#l2.close()])
  }

  /** What L2 has of the keys, and for how long where it can tell. */
  async #read(keys: readonly string[]): Promise<Map<string, Fetched>> {
    const [first] = keys
    const tells = this.#near.usable && this.#l2.capabilities.atomic
    // All at once: a value and its ttl are asked for together.
    const values = keys.length === 1 && first !== undefined ? this.#readOne(first) : this.#l2.getMany(keys)
    const ttls = tells ? keys.map((key) => this.#l2.ttl(key).catch(() => undefined)) : undefined
    const found = await values
    const fetched = new Map<string, Fetched>()
    for (const [index, key] of keys.entries()) {
      const value = found.get(key)
      const ttl = ttls === undefined ? Number.POSITIVE_INFINITY : await ttls[index]
      if (value !== undefined) fetched.set(key, { value, ttl })
    }
    return fetched
  }

  async #readOne(key: string): Promise<Map<string, unknown>> {
    const value = await this.#l2.get(key)
    return new Map(value === undefined ? [] : [[key, value]])
  }

  #count<T>(value: T): T {
    if (value === undefined) this.#misses++
    else this.#hits++
    return value
  }
}

function prefixed(tier: string, metrics: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${tier}.${name}`, value]))
}
