import {
  type Cache,
  type CacheCapabilities,
  type CacheImplementation,
  type CacheStats,
  cacheMethods,
  type GetOrSetOptions,
} from "../../contracts/cache.ts"
import {
  CACHE_MAX_KEY_BYTES,
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
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { typeName } from "../../contracts/foundation/text.ts"
import { Loader } from "../features/cache/loader.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"

export interface AsCacheOptions extends PortableOptions {
  /** What the implementation can do. Default: told from the methods it has. */
  capabilities?: Partial<CacheCapabilities> | undefined
  /**
   * Single values are handed on unchecked: the implementation throws INVALID_ARGUMENT with what `cacheValueIssue` says
   * of them, before any effect. For implementations that walk over a value anyway. Default false.
   */
  checksValues?: boolean | undefined
}

/**
 * The full `Cache` over any implementation of `ICacheService`.
 *
 * Adds argument checks, CLOSED after close, error mapping, bounded health, `getOrSet`, and batches by parallel single
 * calls where the implementation has none. Other optional methods that it lacks reject UNSUPPORTED. A `Cache` is
 * returned as it is.
 *
 * @example
 * const cache = asCache(new MyCache())
 * await cache.getMany(["a", "b"])
 */
export function asCache(implementation: CacheImplementation, options: AsCacheOptions = {}): Cache {
  if (portableInfo(implementation) !== undefined) return implementation as Cache
  return new PortableCache(implementation, options)
}

class PortableCache extends Portable<CacheImplementation> implements Cache {
  readonly capabilities: CacheCapabilities
  readonly #maxKeyBytes: number
  /** Reads go straight to a trusted implementation, until close. */
  #direct: boolean
  readonly #checksValues: boolean
  readonly #loader: Loader

  constructor(implementation: CacheImplementation, options: AsCacheOptions) {
    super("cache", implementation, options, {
      methods: cacheMethods,
      rebuild: (other) =>
        new PortableCache(other as CacheImplementation, {
          ...options,
          adapter: this.adapter,
          capabilities: this.capabilities,
          // What is in between may throw anything.
          trusted: false,
          checksValues: false,
          mapError: undefined,
        }),
    })
    this.capabilities = Object.freeze({
      ...toldFromMethods(implementation),
      ...(implementation as { capabilities?: CacheCapabilities }).capabilities,
      ...options.capabilities,
      batch: true,
    })
    this.#maxKeyBytes = this.capabilities.maxKeyBytes
    this.#direct = this.trusted
    this.#checksValues = options.checksValues ?? false
    this.#loader = new Loader({
      get: (key) => this.get(key),
      store: (key, value, ttl) => this.#store("getOrSet", key, value, ttl),
    })
  }

  get<T>(key: string): Promise<T | undefined> {
    if (this.#direct && seemsCacheKey(key, this.#maxKeyBytes)) return this.implementation.get<T>(key)
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
      return this.implementation.getMany?.<T>(distinct) ?? this.#getEach<T>(distinct)
    })
  }

  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    return this.guard("setMany", () => {
      const checked = this.#checkedEntries(entries, ttl)
      for (const key of checked.keys()) this.#loader.supersede(key)
      return this.implementation.setMany?.(checked, ttl) ?? this.#setEach(checked, ttl)
    })
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.guard("deleteMany", () => {
      const distinct = this.#distinctKeys("deleteMany", keys)
      for (const key of distinct) this.#loader.supersede(key)
      return this.implementation.deleteMany?.(distinct) ?? this.#deleteEach(distinct)
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

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    this.#loader.supersede(key)
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
    const { prefix } = options
    if (this.closed) await this.refuseClosed("keys")
    if (this.implementation.keys === undefined) throw this.unsupported("keys")
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

  getOrSet<T>(
    key: string,
    factory: (context: { signal: AbortSignal }) => T | Promise<T>,
    options: GetOrSetOptions = {},
  ): Promise<T> {
    const issue = cacheTtlIssue(options.ttl)
    if (issue !== undefined) return this.refuse("getOrSet", "INVALID_ARGUMENT", issue)
    if (typeof factory !== "function") {
      return this.refuse("getOrSet", "INVALID_ARGUMENT", `A factory is a function, not ${typeName(factory)}.`)
    }
    return this.#loader.getOrSet(key, factory, options)
  }

  override close(): Promise<void> {
    this.#direct = false
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

  async #getEach<T>(keys: readonly string[]): Promise<Map<string, T>> {
    const values = await Promise.all(keys.map((key) => this.implementation.get<T>(key)))
    const found = new Map<string, T>()
    for (const [index, key] of keys.entries()) {
      const value = values[index]
      if (value !== undefined) found.set(key, value)
    }
    return found
  }

  async #setEach(entries: ReadonlyMap<string, unknown>, ttl: number | undefined): Promise<void> {
    await Promise.all([...entries].map(([key, value]) => this.implementation.set(key, value, ttl)))
  }

  async #deleteEach(keys: readonly string[]): Promise<number> {
    const deleted = await Promise.all(keys.map((key) => this.implementation.delete(key)))
    return deleted.filter(Boolean).length
  }
}

const noIssue = () => undefined

/** What the presence of methods says; limits are the contract's, facts the most modest. */
function toldFromMethods(implementation: CacheImplementation): CacheCapabilities {
  return {
    batch: true,
    atomic: implementation.increment !== undefined,
    tags: implementation.invalidateTags !== undefined,
    scan: implementation.keys !== undefined,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: NO_LIMIT,
    maxStalenessMs: 0,
    eviction: "none",
  }
}
