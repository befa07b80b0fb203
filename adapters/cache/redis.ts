/**
 * Cache in Redis, or a server that speaks its protocol. Needs the package `@redis/client`.
 *
 * @example
 * const cache = createRedisCache({ host: "localhost", keyPrefix: "shop" })
 * await cache.set("user:1", { name: "Ada" }, 60)
 */
import { z } from "zod"
import type {
  Cache,
  CacheCapabilities,
  CacheStats,
  ICacheBatch,
  ICacheScan,
  ICacheService,
} from "../../contracts/cache.ts"
import { CACHE_MAX_KEY_BYTES, CACHE_MAX_TTL_SECONDS, cacheTtlMs } from "../../contracts/cache-arguments.ts"
import { type AdapterContext, defineAdapter } from "../../contracts/foundation/adapter.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IConnectable } from "../../contracts/foundation/lifecycle.ts"
import { asCache } from "../../core/portable/cache.ts"
import { decodePlain, encodePlain } from "../kit/codec.ts"
import { defaultContext } from "../kit/context.ts"
import { loadRedisClient, RedisConnection } from "../kit/engines/redis.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const redisCacheOptionsSchema = z.strictObject({
  host: z.string().min(1).default("localhost"),
  port: z.int().min(1).max(65_535).default(6379),
  username: z.string().min(1).exactOptional(),
  password: z.string().min(1).exactOptional(),
  database: z.int().min(0).default(0),
  tls: z.boolean().default(false),
  /** Stands before every key, with a colon. Default: the name of the service instance. Two caches of one server need two. */
  keyPrefix: z
    .string()
    .regex(/^[\w./-]{1,64}$/, "1 to 64 letters, digits and _ . / -")
    .exactOptional(),
  /** Seconds an entry lives when `set` gives no ttl. Default: for ever. */
  defaultTtl: z.number().positive().max(CACHE_MAX_TTL_SECONDS).exactOptional(),
  /** A larger encoded value is refused. Default: 512 MiB, the most that Redis holds. */
  maxValueBytes: z
    .int()
    .min(1)
    .max(512 * 1024 * 1024)
    .default(512 * 1024 * 1024),
  /** Bound of each command, waiting for the connection included. */
  timeoutMs: z.int().min(1).max(600_000).default(1000),
})
export type RedisCacheOptions = z.input<typeof redisCacheOptionsSchema>
type ParsedOptions = z.output<typeof redisCacheOptionsSchema>

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createRedisCache(options: RedisCacheOptions = {}, context: Partial<AdapterContext> = {}): Cache {
  const { clock, name } = { ...defaultContext("cache"), ...context }
  const parsed = parseOptions(redisCacheOptionsSchema, options, "redis cache")
  const connection = new RedisConnection(parsed, clock)
  const capabilities: CacheCapabilities = {
    batch: true,
    atomic: false,
    tags: false,
    scan: true,
    shared: true,
    durable: true,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: parsed.maxValueBytes,
    maxStalenessMs: 0,
    eviction: "server",
  }
  return asCache(new RedisCache(connection, { ...parsed, keyPrefix: parsed.keyPrefix ?? name }), {
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
  fromUrl: (url) => ({
    ...(url.hostname !== "" && { host: url.hostname }),
    ...(url.port !== "" && { port: Number(url.port) }),
    ...(url.username !== "" && { username: decodeURIComponent(url.username) }),
    ...(url.password !== "" && { password: decodeURIComponent(url.password) }),
    ...(url.pathname.length > 1 && { database: Number(url.pathname.slice(1)) }),
    tls: url.protocol === "rediss:",
  }),
  peers: { "@redis/client": "^6.3.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    await loadRedisClient()
    return createRedisCache(options, context)
  },
})

/** Keys in one command. */
const BATCH = 1000

class RedisCache implements ICacheService, ICacheBatch, ICacheScan, IConnectable {
  readonly #connection: RedisConnection
  readonly #options: ParsedOptions
  readonly #prefix: string
  #hits = 0
  #misses = 0

  constructor(connection: RedisConnection, options: ParsedOptions & { keyPrefix: string }) {
    this.#connection = connection
    this.#options = options
    // A prefix has no colon, so the first one ends it: no other cache's keys begin with this.
    this.#prefix = `${options.keyPrefix}:`
  }

  connect(): Promise<void> {
    return this.#connection.connect()
  }

  async get<T>(key: string): Promise<T | undefined> {
    const text = await this.#connection.run((client) => client.get(this.#prefix + key))
    return this.#decode(key, text) as T | undefined
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.#write(key, this.#encode(value), this.#ttlMs(ttl))
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#connection.run((client) => client.unlink(this.#prefix + key))) === 1
  }

  async has(key: string): Promise<boolean> {
    return (await this.#connection.run((client) => client.exists(this.#prefix + key))) === 1
  }

  async clear(): Promise<void> {
    for await (const page of this.#pages("")) {
      if (page.length > 0) await this.#connection.run((client) => client.unlink(page))
    }
  }

  /** keyCount walks over the keys: its cost grows with the whole database. */
  async stats(): Promise<CacheStats> {
    const keys = new Set<string>()
    for await (const page of this.#pages("")) for (const key of page) keys.add(key)
    return { hits: this.#hits, misses: this.#misses, keyCount: keys.size }
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>()
    const batches = batchesOf(keys, BATCH)
    const replies = await Promise.all(
      batches.map((batch) => this.#connection.run((client) => client.mGet(batch.map((key) => this.#prefix + key)))),
    )
    for (const [index, batch] of batches.entries()) {
      for (const [position, key] of batch.entries()) {
        const value = this.#decode(key, replies[index]?.[position])
        if (value !== undefined) found.set(key, value as T)
      }
    }
    return found
  }

  async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const encoded = Array.from(entries, ([key, value]): [string, string] => [key, this.#encode(value)])
    const ttlMs = this.#ttlMs(ttl)
    if (ttlMs !== undefined) {
      await Promise.all(encoded.map(([key, text]) => this.#write(key, text, ttlMs)))
      return
    }
    const prefixed = encoded.map(([key, text]): [string, string] => [this.#prefix + key, text])
    await Promise.all(batchesOf(prefixed, BATCH).map((batch) => this.#connection.run((client) => client.mSet(batch))))
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const counts = await Promise.all(
      batchesOf(keys, BATCH).map((batch) =>
        this.#connection.run((client) => client.unlink(batch.map((key) => this.#prefix + key))),
      ),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    const seen = new Set<string>()
    for await (const page of this.#pages(prefix)) {
      for (const stored of page) {
        // A cursor may give a key twice while the server resizes its table.
        if (seen.has(stored)) continue
        seen.add(stored)
        yield stored.slice(this.#prefix.length)
      }
    }
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    await this.#connection.run((client) => client.ping())
    return { status: "healthy", latency: 0, details: { server: this.#connection.address } }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { hits: this.#hits, misses: this.#misses }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #write(key: string, text: string, ttlMs: number | undefined): Promise<unknown> {
    const stored = this.#prefix + key
    return this.#connection.run((client) =>
      ttlMs === undefined
        ? client.set(stored, text)
        : client.set(stored, text, { expiration: { type: "PX", value: ttlMs } }),
    )
  }

  #ttlMs(ttl: number | undefined): number | undefined {
    const seconds = ttl ?? this.#options.defaultTtl ?? Number.POSITIVE_INFINITY
    return seconds === Number.POSITIVE_INFINITY ? undefined : cacheTtlMs(seconds)
  }

  #encode(value: unknown): string {
    const text = encodePlain(value)
    const { maxValueBytes } = this.#options
    // A UTF-16 unit is at most three bytes, so most values need no counting.
    if (text.length * 3 > maxValueBytes && Buffer.byteLength(text) > maxValueBytes) {
      const size = Buffer.byteLength(text)
      throw new ServiceError(
        "LIMIT_EXCEEDED",
        `The value takes ${size} bytes, more than maxValueBytes ${maxValueBytes}.`,
      )
    }
    return text
  }

  #decode(key: string, text: string | null | undefined): unknown {
    if (text === null || text === undefined) {
      this.#misses++
      return undefined
    }
    this.#hits++
    try {
      return decodePlain(text)
    } catch (error) {
      throw new ServiceError("CORRUPT", `What is stored under ${JSON.stringify(key)} was not written by this cache.`, {
        cause: error,
      })
    }
  }

  /** Stored keys that begin with `prefix`, page by page as the server gives them. */
  async *#pages(prefix: string): AsyncGenerator<string[], void, undefined> {
    const pattern = `${escapeGlob(this.#prefix + prefix)}*`
    let cursor = "0"
    do {
      const page = await this.#connection.run((client) => client.scan(cursor, { MATCH: pattern, COUNT: BATCH }))
      cursor = page.cursor
      yield page.keys
    } while (cursor !== "0")
  }
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, "\\$&")
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size))
  return batches
}
