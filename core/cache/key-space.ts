import type {
  CacheFeatures,
  CacheImplementation,
  CacheStats,
  GraceOptions,
  ICacheAtomic,
  ICacheBatch,
  ICacheGrace,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../contracts/cache/cache.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { utf8Length } from "../../contracts/foundation/text.ts"
import type { Implementation } from "../foundation/base.ts"
import { deleteEach, getEach, setEach } from "./emulate.ts"
import { StaleEntries } from "./grace/stale-entries.ts"
import { namespacePrefix, RESERVED_PREFIX, staleKey, storedKey, userKey } from "./reserved-keys.ts"

/** A trusted implementation whose entries are at hand may also read without a promise. */
export interface ICacheAtHand {
  /** What `get` resolves, counted as there. */
  getNow<T = unknown>(key: string): T | undefined
}

export type DirectReads = Pick<ICacheService, "get"> & Partial<ICacheAtHand>

/** What a portable cache stands on: the keys of a store, or another portable cache with a layer in front. */
export type NamespacedImplementation = CacheImplementation &
  ICacheGrace & {
    release(key: string, lease: string): Promise<void>
    namespace(name: string): NamespacedImplementation
  }

/** As if it had every method but batches: a key space lacks what its store lacks, so nobody calls for it. */
type Store = ICacheService &
  ICacheAtomic &
  ICacheTags &
  ICacheScan &
  Required<Implementation> &
  Partial<ICacheBatch & ICacheGrace & Pick<CacheFeatures, "release">>

const OPTIONAL = [
  ...["setIfAbsent", "increment", "take", "touch", "ttl", "lease", "fill"],
  ...["setTagged", "invalidateTags", "keys", "healthCheck", "getMetrics", "connect", "close"],
] as const satisfies (keyof Store)[]

/** What the parts of one store know of each other. */
interface Whole {
  readonly maxKeyBytes: number
  /** Reserved keys may be in the store: in a shared one always, else once a namespace or a stale entry was made. */
  hasReserved: boolean
  /** Stale entries may be in the store, beside the entries that they belong to. */
  hasStale: boolean
  /** Reads that the store counted and that the users of the whole did not make. */
  readonly uncounted: Reads
}

interface Reads {
  hits: number
  misses: number
}

/**
 * Clauses of the contract that a namespace does not keep where it can: its clear and invalidateTags void the leases of
 * the whole store, so that what a neighbour is loading is returned and not stored.
 */
export const namespaceRelaxes = ["CACHE-LEASE-23"] as const

/** Keys per call, where a namespace is cleared. */
const BATCH = 1000

/**
 * The keys of one cache, or of a namespace of it, in a store: `reserved-keys.ts` says under which names. Arguments
 * were checked before.
 */
export class KeySpace implements CacheImplementation, ICacheGrace {
  readonly #store: Store
  readonly #whole: Whole
  readonly #prefix: string
  readonly #stale: StaleEntries
  readonly #reads: Reads = { hits: 0, misses: 0 }

  /** All keys of a store. */
  static of(store: CacheImplementation, { maxKeyBytes, shared }: { maxKeyBytes: number; shared: boolean }): KeySpace {
    const hasStale = shared && store.setWithGrace === undefined
    const whole = { maxKeyBytes, hasReserved: shared, hasStale, uncounted: { hits: 0, misses: 0 } }
    return new KeySpace(store as Store, whole, "")
  }

  private constructor(store: Store, whole: Whole, prefix: string) {
    this.#store = store
    this.#whole = whole
    this.#prefix = prefix
    const names = { entry: (key: string) => this.#at(key), stale: (key: string) => prefix + staleKey(key) }
    this.#stale = new StaleEntries(store, names, whole.maxKeyBytes)
    for (const name of OPTIONAL) if (store[name] === undefined) Reflect.set(this, name, undefined)
  }

  namespace(name: string): KeySpace {
    this.#whole.hasReserved = true
    return new KeySpace(this.#store, this.#whole, this.#prefix + namespacePrefix(name))
  }

  get<T>(key: string): Promise<T | undefined> {
    const found = this.#store.get<T>(this.#at(key))
    return this.#prefix === "" ? found : found.then((value) => this.#counted(value))
  }

  set(key: string, value: unknown, ttl?: number): Promise<void> {
    return this.#written(key, this.#store.set(this.#at(key), value, ttl))
  }

  delete(key: string): Promise<boolean> {
    return this.#written(key, this.#store.delete(this.#at(key)))
  }

  has(key: string): Promise<boolean> {
    return this.#store.has(this.#at(key))
  }

  clear(): Promise<void> {
    return this.#prefix === "" ? this.#store.clear() : this.#clearNamespace()
  }

  async stats(): Promise<CacheStats> {
    if (this.#prefix !== "") return { ...this.#reads, keyCount: await countOf(this.#scan("stats", "")) }
    const stats = await this.#store.stats()
    if (!this.#whole.hasReserved || this.#store.keys === undefined) return stats
    const { hits, misses } = this.#whole.uncounted
    const reserved = await countOf(this.#store.keys({ prefix: RESERVED_PREFIX }), (key) => userKey(key) === undefined)
    return { ...stats, hits: stats.hits - hits, misses: stats.misses - misses, keyCount: stats.keyCount - reserved }
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const stored = this.#allAt(keys)
    const found = await (this.#store.getMany?.<T>(stored) ?? getEach<T>(this.#store, stored))
    if (stored === keys) return found
    const named = new Map<string, T>()
    for (const [index, key] of keys.entries()) {
      const value = found.get(stored[index] as string)
      if (this.#prefix !== "") this.#counted(value)
      if (value !== undefined) named.set(key, value)
    }
    return named
  }

  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    const list = [...entries]
    const stored = list.map(([key, value]) => [this.#at(key), value] as const)
    return this.#allWritten(
      () => list.map(([key]) => key),
      this.#store.setMany?.(stored, ttl) ?? setEach(this.#store, stored, ttl),
    )
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.#allWritten(() => keys, this.#deleteStored(this.#allAt(keys)))
  }

  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#writtenIf(key, this.#store.setIfAbsent(this.#at(key), value, ttl))
  }

  increment(key: string, by?: number, ttl?: number): Promise<number> {
    return this.#written(key, this.#store.increment(this.#at(key), by, ttl))
  }

  take<T>(key: string): Promise<T | undefined> {
    return this.#written(key, this.#store.take<T>(this.#at(key)))
  }

  touch(key: string, ttl: number): Promise<boolean> {
    return this.#store.touch(this.#at(key), ttl)
  }

  ttl(key: string): Promise<number | undefined> {
    return this.#store.ttl(this.#at(key))
  }

  lease(key: string, ttlMs: number): Promise<string | undefined> {
    return this.#store.lease(this.#at(key), ttlMs)
  }

  fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    return this.#writtenIf(key, this.#store.fill(this.#at(key), lease, value, ttl, tags && this.#allTags(tags)))
  }

  /** A value that another client sets in between goes with the lease: a cache may lose one, and may not keep it stale. */
  async release(key: string, lease: string): Promise<void> {
    const stored = this.#at(key)
    if (this.#store.release !== undefined) return this.#store.release(stored, lease)
    if (!(await this.#store.has(stored))) await this.#store.delete(stored)
  }

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    return this.#written(key, this.#store.setTagged(this.#at(key), value, this.#allTags(tags), ttl))
  }

  /** No tags void no leases either. */
  invalidateTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return Promise.resolve()
    return this.#store.invalidateTags(this.#allTags(tags))
  }

  keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncIterable<string> {
    return this.#scan("keys", prefix)
  }

  async setWithGrace(key: string, value: unknown, options: GraceOptions): Promise<boolean> {
    const named = { ...options, tags: options.tags && this.#allTags(options.tags) }
    if (this.#store.setWithGrace !== undefined) return this.#store.setWithGrace(this.#at(key), value, named)
    if (this.#store.keys === undefined) throw unsupported("setWithGrace")
    this.#whole.hasReserved = true
    this.#whole.hasStale = true
    return this.#stale.write(key, value, named)
  }

  async getStale<T>(key: string): Promise<T | undefined> {
    if (this.#store.getStale !== undefined) return this.#store.getStale<T>(this.#at(key))
    if (!this.#whole.hasStale) return undefined
    const value = await this.#stale.read<T>(key)
    count(this.#whole.uncounted, value)
    return value
  }

  healthCheck(signal?: AbortSignal): Promise<PluginHealthStatus> {
    return this.#store.healthCheck(signal)
  }

  async getMetrics(): Promise<Record<string, number>> {
    return this.#prefix === "" ? this.#store.getMetrics() : { ...this.#reads }
  }

  connect(): Promise<void> {
    return this.#store.connect()
  }

  /** A namespace leaves the store open. */
  async close(): Promise<void> {
    if (this.#prefix === "") await this.#store.close()
  }

  #at(key: string): string {
    if (key.charCodeAt(0) !== 0) return this.#prefix === "" ? key : this.#prefix + key
    const stored = this.#prefix + storedKey(key)
    if (utf8Length(stored) <= this.#whole.maxKeyBytes) return stored
    throw new ServiceError("INVALID_ARGUMENT", "A cache key that begins with U+0000 must leave 2 bytes for a mark.")
  }

  /** The same array where every key is stored as it is. */
  #allAt(keys: readonly string[]): readonly string[] {
    const asTheyAre = this.#prefix === "" && !keys.some((key) => key.startsWith(RESERVED_PREFIX))
    return asTheyAre ? keys : keys.map((key) => this.#at(key))
  }

  #allTags(tags: readonly string[]): readonly string[] {
    return this.#prefix === "" ? tags : tags.map((tag) => this.#prefix + tag)
  }

  #written<T>(key: string, outcome: Promise<T>): Promise<T> {
    return this.#whole.hasStale ? this.#stale.forgetAfter([key], outcome) : outcome
  }

  /** What throws at once is thrown on, not turned into a rejection: the portable cache says where it happened. */
  #writtenIf(key: string, outcome: Promise<boolean>): Promise<boolean> {
    if (!this.#whole.hasStale) return outcome
    return outcome.then((stored) => (stored ? this.#written(key, Promise.resolve(true)) : false))
  }

  #allWritten<T>(keys: () => readonly string[], outcome: Promise<T>): Promise<T> {
    return this.#whole.hasStale ? this.#stale.forgetAfter(keys(), outcome) : outcome
  }

  /** What a namespace read counts for the namespace, and not for the whole. */
  #counted<T>(value: T): T {
    count(this.#reads, value)
    count(this.#whole.uncounted, value)
    return value
  }

  async *#scan(operation: string, prefix: string): AsyncGenerator<string, void, undefined> {
    if (this.#store.keys === undefined) throw unsupported(operation)
    for await (const stored of this.#store.keys({ prefix: this.#at(prefix) })) {
      const key = userKey(stored.slice(this.#prefix.length))
      if (key !== undefined) yield key
    }
  }

  async #clearNamespace(): Promise<void> {
    if (this.#store.keys === undefined) throw unsupported("clear")
    // Voids every lease: what is loading now, in whatever process, is not stored after this.
    await this.#store.invalidateTags?.([this.#prefix])
    const batch: string[] = []
    for await (const stored of this.#store.keys({ prefix: this.#prefix })) {
      batch.push(stored)
      if (batch.length === BATCH) await this.#deleteStored(batch.splice(0))
    }
    await this.#deleteStored(batch)
  }

  #deleteStored(stored: readonly string[]): Promise<number> {
    return this.#store.deleteMany?.(stored) ?? deleteEach(this.#store, stored)
  }
}

function count(reads: Reads, value: unknown): void {
  if (value === undefined) reads.misses++
  else reads.hits++
}

async function countOf(keys: AsyncIterable<string>, counts = (_key: string) => true): Promise<number> {
  let found = 0
  for await (const key of keys) if (counts(key)) found++
  return found
}

function unsupported(operation: string): ServiceError {
  return new ServiceError("UNSUPPORTED", `${operation}() needs an implementation with keys().`, { operation })
}
