import {
  type Cache,
  type CacheCapabilities,
  type CacheImplementation,
  type CacheStats,
  cacheMethods,
  type GetOrSetOptions,
  type GraceOptions,
} from "../../contracts/cache.ts"
import {
  cacheIncrementIssue,
  cacheKeyIssue,
  cacheLeaseIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTouchIssue,
  cacheTtlIssue,
  cacheValueIssue,
  seemsCacheKey,
} from "../../contracts/cache-arguments.ts"
import type { EventEmitter } from "../../contracts/foundation/events.ts"
import { typeName, utf8Length } from "../../contracts/foundation/text.ts"
import { graceRefusal, loadRefusal, optionsIssue } from "../features/cache/load-options.ts"
import { type Factory, Loader, Loads, type StoreOptions } from "../features/cache/loader.ts"
import { aborted } from "../features/cache/wait-for.ts"
import { deleteEach, getEach, setEach, toldFromMethods } from "./emulate.ts"
import { type DirectReads, type Entries, KeySpace } from "./key-space.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"
import { namespaceIssue, namespacePrefix } from "./reserved-keys.ts"

export interface AsCacheOptions extends PortableOptions {
  /** What the implementation can do. Default: told from the methods it has. */
  capabilities?: Partial<CacheCapabilities> | undefined
  /**
   * Single values are handed on unchecked: the implementation throws INVALID_ARGUMENT with what `cacheValueIssue` says
   * of them, before any effect. For implementations that walk over a value anyway. Default false.
   */
  checksValues?: boolean | undefined
  /** Told when `getOrSet` shares a load, or serves a stale value. `withEvents` sets it. */
  events?: EventEmitter | undefined
  /** `leaseMs` of a `getOrSet` that gives none. Default 30,000. */
  leaseMs?: number | undefined
  /** A number in [0, 1), as `Math.random`, which is the default. */
  random?: (() => number) | undefined
}

/**
 * The full `Cache` over any implementation of `ICacheService`.
 *
 * Adds argument checks, CLOSED after close, error mapping, bounded health, `getOrSet`, namespaces, grace, and batches
 * by parallel single calls where the implementation has none. Other optional methods that it lacks reject
 * UNSUPPORTED. A `Cache` is returned as it is.
 *
 * @example
 * const cache = asCache(new MyCache())
 * await cache.getMany(["a", "b"])
 */
export function asCache(implementation: CacheImplementation, options: AsCacheOptions = {}): Cache {
  if (portableInfo(implementation) !== undefined) return implementation as Cache
  const capabilities = Object.freeze({
    ...toldFromMethods(implementation),
    ...(implementation as { capabilities?: CacheCapabilities }).capabilities,
    ...options.capabilities,
    batch: true,
  })
  const adapter = options.adapter ?? implementation.constructor?.name
  const direct = options.trusted ? implementation : undefined
  return new PortableCache(KeySpace.of(implementation, capabilities), { ...options, adapter, capabilities, direct })
}

interface PortableCacheOptions extends AsCacheOptions {
  readonly capabilities: CacheCapabilities
  /** A trusted implementation, to read from without a detour. */
  readonly direct?: DirectReads | undefined
}

/** What a namespace shares with the cache that it is a part of. */
interface Kinship {
  readonly whole: PortableCache
  readonly loads: Loads
  /** Begins the keys of the namespace among all loads. */
  readonly prefix: string
}

class PortableCache extends Portable<Entries> implements Cache {
  readonly capabilities: CacheCapabilities
  readonly #options: PortableCacheOptions
  readonly #maxKeyBytes: number
  readonly #checksValues: boolean
  /** Until close. */
  #direct: DirectReads | undefined
  readonly #loads: Loads
  readonly #prefix: string
  readonly #loader: Loader

  constructor(entries: Entries, options: PortableCacheOptions, kinship?: Kinship) {
    super(
      "cache",
      entries,
      options,
      {
        methods: cacheMethods,
        // What is in between may throw anything.
        rebuild: (layered, more) =>
          new PortableCache(layered as Entries, {
            ...options,
            ...more,
            adapter: this.adapter,
            trusted: false,
            checksValues: false,
            direct: undefined,
            mapError: undefined,
          }),
      },
      kinship?.whole,
    )
    this.#options = options
    this.capabilities = options.capabilities
    this.#maxKeyBytes = this.capabilities.maxKeyBytes
    this.#direct = options.direct
    this.#checksValues = options.checksValues ?? false
    this.#loads = kinship?.loads ?? new Loads()
    this.#prefix = kinship?.prefix ?? ""
    const { atomic, shared } = this.capabilities
    this.#loader = new Loader(
      {
        clock: this.clock,
        random: options.random ?? Math.random,
        leaseMs: options.leaseMs,
        get: (key) => this.get(key),
        has: (key) => this.has(key),
        getStale: (key) => this.getStale(key),
        store: (key, value, how) => this.#storeLoaded(key, value, how),
        lease: atomic && shared ? (key, ttlMs) => this.lease(key, ttlMs) : undefined,
        release: (key, lease) => this.release(key, lease),
        notify: (event, key) => options.events?.emit(event, { key }),
      },
      this.#loads,
      this.#prefix,
    )
  }

  get<T>(key: string): Promise<T | undefined> {
    if (this.#direct !== undefined && this.#isPlain(key)) return this.#direct.get<T>(key)
    return this.#withKey("get", key, () => this.implementation.get<T>(key))
  }

  set<T>(key: string, value: T, ttl?: number): Promise<void> {
    this.#loader.supersede(key)
    return this.#store("set", key, value, ttl)
  }

  delete(key: string): Promise<boolean> {
    this.#loader.supersede(key)
    return this.#withKey("delete", key, () => this.implementation.delete(key))
  }

  has(key: string): Promise<boolean> {
    return this.#withKey("has", key, () => this.implementation.has(key))
  }

  clear(): Promise<void> {
    this.#loader.supersedeAll()
    return this.guard("clear", () => this.implementation.clear())
  }

  stats(): Promise<CacheStats> {
    return this.guard("stats", () => this.implementation.stats())
  }

  getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    return this.guard("getMany", () => {
      const distinct = this.#distinctKeys("getMany", keys)
      return this.implementation.getMany?.<T>(distinct) ?? getEach<T>(this.implementation, distinct)
    })
  }

  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    return this.guard("setMany", () => {
      const checked = this.#checkedEntries(entries, ttl)
      for (const key of checked.keys()) this.#loader.supersede(key)
      return this.implementation.setMany?.(checked, ttl) ?? setEach(this.implementation, checked, ttl)
    })
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.guard("deleteMany", () => {
      const distinct = this.#distinctKeys("deleteMany", keys)
      for (const key of distinct) this.#loader.supersede(key)
      return this.implementation.deleteMany?.(distinct) ?? deleteEach(this.implementation, distinct)
    })
  }

  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    this.#loader.supersede(key)
    const issue = () => cacheTtlIssue(ttl) ?? this.#valueIssue(value)
    return this.#optional("setIfAbsent", key, issue, () => this.implementation.setIfAbsent?.(key, value, ttl))
  }

  increment(key: string, by = 1, ttl?: number): Promise<number> {
    this.#loader.supersede(key)
    const issue = () => cacheIncrementIssue(by) ?? cacheTtlIssue(ttl)
    return this.#optional("increment", key, issue, () => this.implementation.increment?.(key, by, ttl))
  }

  take<T>(key: string): Promise<T | undefined> {
    this.#loader.supersede(key)
    return this.#optional("take", key, noIssue, () => this.implementation.take?.<T>(key))
  }

  touch(key: string, ttl: number): Promise<boolean> {
    const issue = () => cacheTouchIssue(ttl)
    return this.#optional("touch", key, issue, () => this.implementation.touch?.(key, ttl))
  }

  ttl(key: string): Promise<number | undefined> {
    return this.#optional("ttl", key, noIssue, () => this.implementation.ttl?.(key))
  }

  lease(key: string, ttlMs: number): Promise<string | undefined> {
    const issue = () => cacheLeaseIssue(ttlMs)
    return this.#optional("lease", key, issue, () => this.implementation.lease?.(key, ttlMs))
  }

  fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    const issue = () => cacheTokenIssue(lease) ?? cacheTtlIssue(ttl) ?? this.#valueIssue(value)
    return this.#optional("fill", key, issue, () => {
      if (tags === undefined) return this.implementation.fill?.(key, lease, value, ttl)
      if (!this.capabilities.tags) throw this.error("fill", "UNSUPPORTED", `${this.adapter} does not offer tags.`)
      return this.implementation.fill?.(key, lease, value, ttl, this.#entryTags("fill", tags))
    })
  }

  release(key: string, lease: string): Promise<void> {
    return this.#withKey("release", key, () => {
      if (!this.capabilities.atomic) throw this.unsupported("release")
      return this.implementation.release(key, lease)
    })
  }

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    this.#loader.supersede(key)
    return this.#tag(key, value, tags, ttl)
  }

  #tag(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): Promise<void> {
    const issue = () => cacheTtlIssue(ttl) ?? this.#valueIssue(value)
    return this.#optional("setTagged", key, issue, () =>
      this.implementation.setTagged?.(key, value, this.#entryTags("setTagged", tags), ttl),
    )
  }

  invalidateTags(tags: readonly string[]): Promise<void> {
    return this.guard("invalidateTags", () => {
      if (this.implementation.invalidateTags === undefined) throw this.unsupported("invalidateTags")
      const distinct = this.#distinctTags("invalidateTags", tags)
      if (distinct.length === 0) return Promise.resolve()
      this.#loader.supersedeAll()
      return this.implementation.invalidateTags(distinct)
    })
  }

  async *keys(options: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    if (this.closed) await this.refuseClosed("keys")
    if (this.implementation.keys === undefined) throw this.unsupported("keys")
    const issue = optionsIssue(options)
    if (issue !== undefined) throw this.error("keys", "INVALID_ARGUMENT", issue)
    const { prefix } = options
    if (prefix !== undefined && typeof prefix !== "string") {
      throw this.error("keys", "INVALID_ARGUMENT", `A prefix is a string, not ${typeName(prefix)}.`)
    }
    try {
      for await (const key of this.implementation.keys(prefix === undefined ? {} : { prefix })) {
        if (this.closed) await this.refuseClosed("keys")
        yield key
      }
    } catch (error) {
      throw this.located("keys", error)
    }
  }

  setWithGrace(key: string, value: unknown, options: GraceOptions): Promise<boolean> {
    this.#loader.supersede(key)
    return this.#keepWithGrace("setWithGrace", key, value, options)
  }

  getStale<T>(key: string): Promise<T | undefined> {
    return this.#withKey("getStale", key, () => this.implementation.getStale<T>(key))
  }

  getOrSet<T>(key: string, factory: Factory<T>, options: GetOrSetOptions = NO_OPTIONS): Promise<T> {
    const atHand = this.#direct?.getNow !== undefined && this.#isPlain(key)
    // A hit without options is all that most calls are: there is nothing more to check.
    if (options !== NO_OPTIONS || typeof factory !== "function" || !atHand) {
      const refusal = loadRefusal(key, factory, options, this.capabilities)
      if (refusal !== undefined) return this.refuse("getOrSet", refusal.code, refusal.message)
      if (options.signal?.aborted) return Promise.reject(aborted(options.signal))
      if (!atHand) return this.#loader.getOrSet(key, factory, options)
    }
    try {
      const value = this.#direct?.getNow?.<T>(key)
      return value === undefined ? this.#loader.load(key, factory, options) : Promise.resolve(value)
    } catch (error) {
      return this.reject("getOrSet", error)
    }
  }

  namespace(name: string): Cache {
    const issue = namespaceIssue(name, this.#maxKeyBytes)
    if (issue !== undefined) throw this.error("namespace", "INVALID_ARGUMENT", issue)
    const prefix = namespacePrefix(name)
    const capabilities = Object.freeze({ ...this.capabilities, maxKeyBytes: this.#maxKeyBytes - utf8Length(prefix) })
    return new PortableCache(
      this.implementation.namespace(name),
      { ...this.#options, capabilities, direct: undefined },
      { whole: this, loads: this.#loads, prefix: this.#prefix + prefix },
    )
  }

  override close(): Promise<void> {
    this.#direct = undefined
    this.#loader.supersedeAll()
    return super.close()
  }

  protected probe(): Promise<unknown> {
    return this.implementation.has("health")
  }

  protected async metrics(): Promise<Record<string, number>> {
    const { hits, misses, keyCount } = await this.implementation.stats()
    return { hits, misses, keyCount }
  }

  /** A key that passes is stored as it is. */
  #isPlain(key: string): boolean {
    return seemsCacheKey(key, this.#maxKeyBytes) && key.charCodeAt(0) !== 0
  }

  #store(operation: string, key: string, value: unknown, ttl: number | undefined): Promise<void> {
    if (this.closed) return this.refuseClosed(operation)
    try {
      // Inside, since looking at a value can run its getters.
      const issue = cacheKeyIssue(key, this.#maxKeyBytes) ?? cacheTtlIssue(ttl) ?? this.#valueIssue(value)
      if (issue !== undefined) return this.refuse(operation, "INVALID_ARGUMENT", issue)
      return this.settle(operation, this.implementation.set(key, value, ttl))
    } catch (error) {
      return this.reject(operation, error)
    }
  }

  #valueIssue(value: unknown): string | undefined {
    return this.#checksValues ? undefined : cacheValueIssue(value)
  }

  #keepWithGrace(operation: string, key: string, value: unknown, options: GraceOptions): Promise<boolean> {
    return this.#withKey(operation, key, () => {
      const refusal = graceRefusal(key, options, this.capabilities)
      if (refusal !== undefined) return this.refuse(operation, refusal.code, refusal.message)
      const issue = this.#valueIssue(value)
      if (issue !== undefined) return this.refuse(operation, "INVALID_ARGUMENT", issue)
      return this.implementation.setWithGrace(key, value, options)
    })
  }

  /** What getOrSet loaded: unlike a write by the user, it does not supersede the load. */
  async #storeLoaded(key: string, value: unknown, { grace, lease, tags, ttl }: StoreOptions): Promise<boolean> {
    if (grace !== undefined && ttl !== undefined) {
      return this.#keepWithGrace("getOrSet", key, value, { ttl, grace, tags, lease })
    }
    if (lease !== undefined) return this.fill(key, lease, value, ttl, tags)
    if (tags !== undefined) await this.#tag(key, value, tags, ttl)
    else await this.#store("getOrSet", key, value, ttl)
    return true
  }

  #withKey<T>(operation: string, key: string, run: () => Promise<T>): Promise<T> {
    const issue = cacheKeyIssue(key, this.#maxKeyBytes)
    if (issue !== undefined && !this.closed) return this.refuse(operation, "INVALID_ARGUMENT", issue)
    return this.guard(operation, run)
  }

  #optional<T>(
    operation: string,
    key: string,
    check: () => string | undefined,
    run: () => Promise<T> | undefined,
  ): Promise<T> {
    return this.#withKey(operation, key, () => {
      if (Reflect.get(this.implementation, operation) === undefined) throw this.unsupported(operation)
      const issue = check()
      if (issue !== undefined) return this.refuse(operation, "INVALID_ARGUMENT", issue)
      return run() as Promise<T>
    })
  }

  #distinctKeys(operation: string, keys: readonly string[]): string[] {
    if (!Array.isArray(keys)) {
      throw this.error(operation, "INVALID_ARGUMENT", `Keys come as an array, not as ${typeName(keys)}.`)
    }
    const distinct = new Set<string>(keys)
    for (const key of distinct) {
      const issue = cacheKeyIssue(key, this.#maxKeyBytes)
      if (issue !== undefined) throw this.error(operation, "INVALID_ARGUMENT", issue)
    }
    return [...distinct]
  }

  #distinctTags(operation: string, tags: readonly string[]): string[] {
    const issue = cacheTagsIssue(tags)
    if (issue !== undefined) throw this.error(operation, "INVALID_ARGUMENT", issue)
    return [...new Set(tags)]
  }

  #entryTags(operation: string, tags: readonly string[]): string[] {
    const distinct = this.#distinctTags(operation, tags)
    const issue = cacheTagLimitIssue(distinct)
    if (issue !== undefined) throw this.error(operation, "LIMIT_EXCEEDED", issue)
    return distinct
  }

  #checkedEntries(entries: Iterable<readonly [string, unknown]>, ttl: number | undefined): Map<string, unknown> {
    const checked = new Map<string, unknown>()
    const ttlIssue = cacheTtlIssue(ttl)
    if (ttlIssue !== undefined) throw this.error("setMany", "INVALID_ARGUMENT", ttlIssue)
    if (typeof entries?.[Symbol.iterator] !== "function") {
      throw this.error("setMany", "INVALID_ARGUMENT", `Entries come as an iterable, not as ${typeName(entries)}.`)
    }
    for (const entry of entries) {
      const issue = Array.isArray(entry)
        ? (cacheKeyIssue(entry[0], this.#maxKeyBytes) ?? cacheValueIssue(entry[1]))
        : "An entry is a [key, value] pair."
      if (issue !== undefined) throw this.error("setMany", "INVALID_ARGUMENT", issue)
      checked.set(entry[0], entry[1])
    }
    return checked
  }
}

const noIssue = () => undefined
const NO_OPTIONS: GetOrSetOptions = {}
