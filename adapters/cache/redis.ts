/**
 * Cache in Redis 6.2 or newer, or a server that speaks its protocol, such as Valkey. Needs the package `@redis/client`,
 * or a client of `ioredis` that the application makes.
 *
 * @example
 * const cache = createRedisCache({ host: "localhost", keyPrefix: "shop" })
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
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IConnectable } from "../../contracts/foundation/lifecycle.ts"
import { asCache } from "../../core/cache/portable-cache.ts"
import { plainCodec } from "../kit/codec.ts"
import { defaultContext } from "../kit/context.ts"
import { batchesOf, escapeGlob, RedisCommands, type RedisScript } from "../kit/engines/redis/commands.ts"
import { RedisConnection } from "../kit/engines/redis/connection.ts"
import { replyOf } from "../kit/engines/redis/errors.ts"
import { proveWrites } from "../kit/engines/redis/health.ts"
import { loadRedisClient } from "../kit/engines/redis/node-redis.ts"
import { redisOptionsFromUrl } from "../kit/engines/redis/options.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { Leases } from "./redis-engine/leases.ts"
import { type ParsedOptions, type RedisCacheOptions, redisCacheOptionsSchema } from "./redis-engine/options.ts"
import * as scripts from "./redis-engine/scripts.ts"
import { encodeTags, StoredText } from "./redis-engine/stored-text.ts"
import { Tags } from "./redis-engine/tags.ts"

export type { RedisCacheOptions } from "./redis-engine/options.ts"

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createRedisCache(options: RedisCacheOptions = {}, context: Partial<AdapterContext> = {}): Cache {
  return openRedisCache(parseOptions(redisCacheOptionsSchema, options, "redis cache"), {
    ...defaultContext("cache"),
    ...context,
  })
}

/** Of options that are checked. */
function openRedisCache(options: ParsedOptions, { clock, events, name }: AdapterContext): Cache {
  const connection = new RedisConnection(options, clock)
  const capabilities: CacheCapabilities = {
    batch: true,
    atomic: true,
    tags: true,
    scan: true,
    shared: true,
    durable: true,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: options.maxValueBytes,
    maxStalenessMs: 0,
    eviction: "server",
  }
  const onCorrupt = (key: string) => events.emit("cache.corrupt", { cache: name, key })
  return asCache(new RedisCache(connection, { ...options, keyPrefix: options.keyPrefix ?? name }, onCorrupt), {
    adapter: "redis",
    capabilities,
    clock,
    mapError: (error) => connection.mapError(error),
  })
}

export const redisCache = defineAdapter({
  service: "cache",
  name: "redis",
  contractVersion: 1,
  schemes: ["redis", "rediss"],
  optionsSchema: redisCacheOptionsSchema,
  fromUrl: redisOptionsFromUrl,
  peers: { "@redis/client": "^6.3.0", ioredis: ">=5.11.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    if (options.client === undefined) await loadRedisClient()
    return openRedisCache(options, context)
  },
  async createBus({ client, ...options }, context) {
    if (client !== undefined) return undefined
    const { RedisBus } = await import("./redis-bus.ts")
    return new RedisBus({ ...options, keyPrefix: options.keyPrefix ?? context.name, mode: "pubsub" }, context.clock)
  },
})

class RedisCache implements ICacheService, ICacheBatch, ICacheAtomic, ICacheTags, ICacheScan, IConnectable {
  readonly #connection: RedisConnection
  readonly #redis: RedisCommands
  readonly #options: ParsedOptions
  readonly #keyPrefix: string
  readonly #prefix: string
  readonly #texts: StoredText
  readonly #tags: Tags
  readonly #leases: Leases
  readonly #onCorrupt: (key: string) => void
  #hits = 0
  #misses = 0

  constructor(
    connection: RedisConnection,
    options: ParsedOptions & { keyPrefix: string },
    onCorrupt: (key: string) => void,
  ) {
    this.#connection = connection
    this.#redis = new RedisCommands(connection)
    this.#options = options
    // It has neither colon nor #: no other cache's keys begin with it and one of these. After # comes what is no entry.
    this.#keyPrefix = options.keyPrefix
    this.#prefix = `${options.keyPrefix}:`
    this.#texts = new StoredText(plainCodec, options.maxValueBytes)
    const entryKey = (key: string) => this.#prefix + key
    this.#tags = new Tags(this.#redis, `${options.keyPrefix}#tag:`, entryKey)
    this.#leases = new Leases(this.#redis, `${options.keyPrefix}#leases`, entryKey)
    this.#onCorrupt = onCorrupt
  }

  async connect(): Promise<void> {
    await this.#redis.ping()
  }

  async get<T>(key: string): Promise<T | undefined> {
    let value: unknown
    try {
      value = this.#decode(await this.#redis.get(this.#prefix + key))
    } catch (error) {
      await this.#unreadable(key, error)
    }
    this.#count(value)
    return value as T | undefined
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.#redis.set(this.#prefix + key, this.#texts.encode(value), this.#ttlMs(ttl))
  }

  async delete(key: string): Promise<boolean> {
    return Number(await this.#redis.run(scripts.deleteScript, [this.#prefix + key])) === 1
  }

  async has(key: string): Promise<boolean> {
    return (await this.#redis.type(this.#prefix + key)) === "string"
  }

  /** Walks over the keys, twice where there are tags: its cost grows with the whole database. */
  async clear(): Promise<void> {
    const others = await this.#unlinkEntries()
    const indexes = others.filter((key) => this.#tags.isIndex(key))
    if (indexes.length === 0) return
    try {
      const drop = await this.#tags.setAside(indexes)
      // What was tagged between the first walk and now is only in an index that is going.
      await this.#unlinkEntries()
      await drop()
    } catch (error) {
      throw this.#redis.partly(error)
    }
  }

  /** keyCount walks over the keys: its cost grows with the whole database. */
  async stats(): Promise<CacheStats> {
    const keys = new Set<string>()
    for await (const page of this.#entryKeys("")) for (const key of page) keys.add(key)
    return { hits: this.#hits, misses: this.#misses, keyCount: keys.size }
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>()
    const size = this.#redis.batch
    const replies = await this.#redis.each(batchesOf(keys, size), (batch) =>
      this.#redis.mGet(batch.map((key) => this.#prefix + key)),
    )
    for (const [index, key] of keys.entries()) {
      let value: unknown
      try {
        value = this.#decode(replies[Math.floor(index / size)]?.[index % size])
      } catch (error) {
        await this.#unreadable(key, error)
      }
      this.#count(value)
      if (value !== undefined) found.set(key, value as T)
    }
    return found
  }

  async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const ttlMs = this.#ttlMs(ttl)
    const stored = Array.from(entries, ([key, value]): [string, string] => [
      this.#prefix + key,
      this.#texts.encode(value),
    ])
    if (ttlMs !== undefined) await this.#redis.each(stored, ([key, text]) => this.#redis.set(key, text, ttlMs))
    else await this.#redis.each(batchesOf(stored, this.#redis.batch), (batch) => this.#redis.mSet(batch))
  }

  /** As deleteMany, but without the count, which costs a script: what the portable cache removes beside each write. */
  async discard(keys: readonly string[]): Promise<void> {
    const stored = keys.map((key) => this.#prefix + key)
    await this.#redis.each(batchesOf(stored, this.#redis.batch), (batch) => this.#redis.unlink(batch))
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const counts = await this.#redis.each(batchesOf(keys, this.#redis.batch), (batch) =>
      this.#redis.run(
        scripts.deleteScript,
        batch.map((key) => this.#prefix + key),
      ),
    )
    return counts.reduce<number>((sum, count) => sum + Number(count), 0)
  }

  async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#succeeds(scripts.setIfAbsentScript, key, this.#texts.encode(value), ttlText(this.#ttlMs(ttl)))
  }

  async increment(key: string, by = 1, ttl?: number): Promise<number> {
    const args = [String(by), ttlText(this.#ttlMs(ttl)), this.#texts.encode(-0)]
    const sum = await this.#redis.run(scripts.incrementScript, [this.#prefix + key], ...args)
    if (sum !== null) return Number(sum)
    throw new ServiceError("PRECONDITION_FAILED", "The value and the sum must be safe integers.")
  }

  async take<T>(key: string): Promise<T | undefined> {
    let text: string | null = null
    try {
      text = await this.#redis.getDel(this.#prefix + key)
      return this.#decode(text) as T | undefined
    } catch (error) {
      await this.#unreadable(key, error, text !== null)
      return undefined
    }
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    const ttlMs = this.#ttlMs(ttl)
    let indexed = ""
    for (;;) {
      const outcome = await this.#redis.run(scripts.touchScript, [this.#prefix + key], ttlText(ttlMs), indexed)
      if (typeof outcome !== "string" || !outcome.startsWith("#")) return Number(outcome) === 1
      // The index must keep the key as long as the entry lives, so it comes first.
      indexed = outcome.slice(1)
      await this.#tags.add(key, indexed.split(","), ttlMs)
    }
  }

  async ttl(key: string): Promise<number | undefined> {
    const left = Number(await this.#redis.run(scripts.ttlScript, [this.#prefix + key]))
    if (left === -2) return undefined
    return left === -1 ? Number.POSITIVE_INFINITY : left / 1000
  }

  async lease(key: string, ttlMs: number): Promise<string | undefined> {
    return this.#leases.take(key, ttlMs)
  }

  async fill(key: string, lease: string, value: unknown, ttl?: number, tags: readonly string[] = []): Promise<boolean> {
    const encoded = encodeTags(tags)
    const text = this.#texts.encode(value, encoded)
    const ttlMs = this.#ttlMs(ttl)
    return this.#tags.store(key, encoded, ttlMs, () =>
      this.#succeeds(scripts.fillScript, key, lease, text, ttlText(ttlMs)),
    )
  }

  async setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    const encoded = encodeTags(tags)
    const text = this.#texts.encode(value, encoded)
    const ttlMs = this.#ttlMs(ttl)
    await this.#tags.store(key, encoded, ttlMs, () => this.#redis.set(this.#prefix + key, text, ttlMs))
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    // First the leases, then the entries: what a fill stored before its lease was void is among them.
    await this.#leases.voidAll()
    try {
      await this.#redis.each(encodeTags(tags), (tag) => this.#tags.invalidate(tag))
    } catch (error) {
      throw this.#redis.partly(error)
    }
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    const seen = new Set<string>()
    for await (const page of this.#entryKeys(prefix)) {
      for (const stored of page) {
        // A cursor may give a key twice while the server resizes its table.
        if (seen.has(stored)) continue
        seen.add(stored)
        yield stored.slice(this.#prefix.length)
      }
    }
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    await proveWrites(this.#connection, this.#redis, `${this.#keyPrefix}#health`)
    return { status: "healthy", latency: 0, details: { server: this.#connection.address } }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { hits: this.#hits, misses: this.#misses }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  /**
   * A lease is under the key that its fill would store, so whichever of them the walk meets is removed.
   *
   * @returns The cache's other keys that it met.
   */
  async #unlinkEntries(): Promise<string[]> {
    const others: string[] = []
    let begun = false
    try {
      for await (const keys of this.#redis.scan(`${escapeGlob(this.#keyPrefix)}[:#]*`)) {
        const entries = keys.filter((key) => key.startsWith(this.#prefix))
        others.push(...keys.filter((key) => !key.startsWith(this.#prefix)))
        await this.#redis.each(batchesOf(entries, this.#redis.batch), (batch) => this.#redis.unlink(batch))
        begun ||= entries.length > 0
      }
    } catch (error) {
      throw begun ? this.#redis.partly(error) : error
    }
    return others
  }

  async #succeeds(script: RedisScript, key: string, ...args: string[]): Promise<boolean> {
    return Number(await this.#redis.run(script, [this.#prefix + key], ...args)) === 1
  }

  #entryKeys(prefix: string): AsyncGenerator<string[], void, undefined> {
    return this.#redis.scan(`${escapeGlob(this.#prefix + prefix)}*`, "string")
  }

  #ttlMs(ttl: number | undefined): number | undefined {
    const seconds = ttl ?? this.#options.defaultTtl ?? Number.POSITIVE_INFINITY
    return seconds === Number.POSITIVE_INFINITY ? undefined : cacheTtlMs(seconds)
  }

  #count(value: unknown): void {
    if (value === undefined) this.#misses++
    else this.#hits++
  }

  #decode(text: string | null | undefined): unknown {
    return text === null || text === undefined ? undefined : this.#texts.decode(text)
  }

  /** Resolves where a read that failed is a miss: the key is leased, or holds what `onCorrupt` gives up. */
  async #unreadable(key: string, error: unknown, removed = false): Promise<void> {
    const wrongType = replyOf(error) === "WRONGTYPE"
    if (!wrongType && !(ServiceError.is(error) && error.code === "CORRUPT")) throw error
    if (wrongType && (await this.#succeeds(scripts.isLeasedScript, key))) return
    if (this.#options.onCorrupt === "error") {
      const what = `The entry of the key ${JSON.stringify(key)} was not written by this cache.`
      throw new ServiceError("CORRUPT", what, { cause: error })
    }
    if (removed || (await this.#discard(key))) this.#onCorrupt(key)
  }

  /** Deletes what cannot be read, unless it was replaced meanwhile. */
  async #discard(key: string): Promise<boolean> {
    const seen = (await this.#redis.run(scripts.inspectScript, [this.#prefix + key])) as [string, string] | null
    try {
      if (seen !== null && this.#decode(seen[0]) !== undefined) return false
    } catch {}
    return this.#succeeds(scripts.discardScript, key, seen?.[1] ?? "")
  }
}

/** As the scripts take it. */
function ttlText(ttlMs: number | undefined): string {
  return ttlMs === undefined ? "" : String(ttlMs)
}
