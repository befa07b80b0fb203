/**
 * Cache: values under string keys, with an optional time to live. Contract version 1.
 *
 * Implement `ICacheService`, and any optional interface you can do natively; `asCache` from `@objectos/sdk` makes
 * the full `Cache` of it, and `cacheContract` from `@objectos/sdk/testing` proves it. The rules, each under the id of
 * its clause in the harness, are in `clauses.ts`; those of every service are in `contracts/foundation/clauses.ts`.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { ICacheAtomic, ICacheBatch, ICacheGrace, ICacheScan, ICacheTags } from "./optional-interfaces.ts"

export type * from "./optional-interfaces.ts"

export interface CacheStats {
  /** Keys found by get and getMany since this instance was made. */
  hits: number
  /** Keys not found by get and getMany. */
  misses: number
  /** Live keys. */
  keyCount: number
  /** Bytes, where the adapter knows. */
  memoryUsage?: number
}

/** Seed signature (requirement document, section 7.1): a class with these six methods is a cache. */
export interface ICacheService {
  get<T = unknown>(key: string): Promise<T | undefined>
  /** @param ttl Seconds, fractions allowed. Omitted: the adapter's default; `Infinity`: never expires. */
  set<T = unknown>(key: string, value: T, ttl?: number): Promise<void>
  /** @returns Whether the key was there. */
  delete(key: string): Promise<boolean>
  has(key: string): Promise<boolean>
  /** Removes this cache's keys, and no others, from the store. */
  clear(): Promise<void>
  stats(): Promise<CacheStats>
}

/** What an implementer writes: the base, and any of the optional interfaces. */
export type CacheImplementation = ICacheService &
  Partial<ICacheBatch & ICacheAtomic & ICacheTags & ICacheScan & ICacheGrace & IHealthCheckable & IClosable>

export interface CacheCapabilities {
  readonly batch: boolean
  readonly atomic: boolean
  readonly tags: boolean
  readonly scan: boolean
  /** Several instances can hold one store: another process sees what this one stored. */
  readonly shared: boolean
  /** Entries outlive the process. */
  readonly durable: boolean
  /** The smallest step in which a ttl acts. */
  readonly ttlResolutionMs: number
  /** At least 64. */
  readonly maxKeyBytes: number
  /** Bytes of a value as the adapter stores it. At least 4,096. */
  readonly maxValueBytes: number
  /** How old an answer may be; 0 = never stale. */
  readonly maxStalenessMs: number
  /** What goes first when the cache is full. `server`: the store decides. */
  readonly eviction: "lru" | "lfu" | "fifo" | "none" | "server"
}

export interface GetOrSetOptions {
  /** Seconds, as in `set`. */
  ttl?: number | undefined
  /** Tags of the entry, as in `setTagged`. Needs `tags`. */
  tags?: readonly string[] | undefined
  /**
   * Seconds after its ttl that a value may still be served, when the factory throws or is slower than
   * `softTimeoutMs`. Needs a ttl and `scan`.
   */
  grace?: number | undefined
  /** How long to wait for the factory where a stale value is at hand; the load then goes on by itself. Needs grace. */
  softTimeoutMs?: number | undefined
  /** How long to wait for the factory at all: then TIMEOUT. The load goes on by itself and is cached. */
  hardTimeoutMs?: number | undefined
  /**
   * In a shared store: how long the other processes wait for this one's load before one of them loads too. A load
   * that takes longer is returned and not cached. Default 30,000.
   */
  leaseMs?: number | undefined
  /** Ends this caller's wait with ABORTED; the factory is aborted when its last caller has gone. */
  signal?: AbortSignal | undefined
}

/** What every `Cache` can do, built from the base interface. */
export interface CacheFeatures {
  /**
   * The cached value, or the factory's, which is then cached.
   *
   * However many callers ask for one key at one time, the factory runs once: in this process, and with `atomic` in
   * all processes of a shared store. When it throws, each caller gets that error, nothing is cached, and the next call
   * runs it again. `undefined` is returned and not cached. A value whose key is set, deleted, cleared or invalidated
   * while the factory runs is returned and not cached; without `atomic`, what other clients do is not seen. A value
   * that the store is not there to take is returned all the same.
   *
   * Rejects with what the factory throws; TIMEOUT and ABORTED as the options say; with what `get` rejects with.
   *
   * @example
   * const user = await cache.getOrSet("user:1", () => loadUser(1), { ttl: 60, grace: 600, softTimeoutMs: 200 })
   */
  getOrSet<T>(
    key: string,
    factory: (context: { signal: AbortSignal }) => T | Promise<T>,
    options?: GetOrSetOptions,
  ): Promise<T>
  /**
   * A part of this cache as a cache of its own: same store, same connection, same bounds, and keys and tags that no
   * other part meets, nor this cache itself. Parts can have parts.
   *
   * clear and keyCount are those of the part, and need `scan`; the clear of the whole takes its parts along. A name
   * costs its length and at least 4 bytes of `maxKeyBytes`. close ends the part alone.
   *
   * @throws ServiceError INVALID_ARGUMENT for a name that is empty, not a string, or leaves no room for keys.
   * @example
   * const tenant = cache.namespace("tenant-1")
   * await tenant.set("user:1", user)
   * await tenant.clear()
   */
  namespace(name: string): Cache
  /** Ends a lease that will not be filled, so that the next caller need not wait for its end. Needs `atomic`. */
  release(key: string, lease: string): Promise<void>
}

/** The cache that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Cache
  extends ICacheService,
    ICacheBatch,
    ICacheAtomic,
    ICacheTags,
    ICacheScan,
    ICacheGrace,
    CacheFeatures,
    IHealthCheckable,
    IClosable {
  readonly capabilities: CacheCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const
const notFound = () => undefined

export const cacheMethods = {
  get: { ...read, miss: notFound },
  set: write,
  delete: write,
  has: { ...read, miss: () => false },
  clear: write,
  stats: read,
  getMany: { ...read, capability: "batch", miss: () => new Map() },
  setMany: { ...write, capability: "batch" },
  deleteMany: { ...write, capability: "batch" },
  setIfAbsent: { ...write, idempotent: false, capability: "atomic" },
  increment: { ...write, idempotent: false, capability: "atomic" },
  take: { ...write, idempotent: false, capability: "atomic" },
  touch: { ...write, capability: "atomic" },
  ttl: { ...read, capability: "atomic", miss: notFound },
  lease: { ...write, idempotent: false, capability: "atomic" },
  fill: { ...write, idempotent: false, capability: "atomic" },
  setTagged: { ...write, capability: "tags" },
  invalidateTags: { ...write, capability: "tags" },
  keys: { kind: "stream", idempotent: true, capability: "scan" },
  setWithGrace: { ...write, idempotent: false },
  getStale: { ...read, miss: notFound },
  release: write,
  getOrSet: { kind: "composite", idempotent: false },
  namespace: { kind: "part", idempotent: true },
} as const satisfies MethodTable<Omit<Cache, keyof IHealthCheckable | keyof IClosable | "capabilities">>
