import { seemsCacheKey } from "../../contracts/cache/arguments.ts"
import {
  type Cache,
  type CacheCapabilities,
  type CacheImplementation,
  type CacheStats,
  cacheMethods,
  type GetOrSetOptions,
  type GraceOptions,
} from "../../contracts/cache/cache.ts"
import type { EventEmitter } from "../../contracts/foundation/events.ts"
import { utf8Length } from "../../contracts/foundation/text.ts"
import { type Base, baseOf, declared, type PortableOptions, partOf, portableInfo } from "../foundation/base.ts"
import { emitQuietly } from "../foundation/emit-quietly.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { type CacheLimits, checkArguments, setIssue } from "./check-arguments.ts"
import { toldFromMethods } from "./emulate.ts"
import { type DirectReads, KeySpace, type NamespacedImplementation } from "./key-space.ts"
import { loadRefusal } from "./load/load-options.ts"
import { type Factory, Loader, Loads, type StoreOptions } from "./load/loader.ts"
import { aborted } from "./load/wait-for.ts"
import { namespaceIssue, namespacePrefix } from "./reserved-keys.ts"

// What adapters need besides: they see no other file of this folder.
export type { ICacheAtHand } from "./key-space.ts"
export { isStaleKey, userKey } from "./reserved-keys.ts"

export interface AsCacheOptions extends PortableOptions {
  /** What the implementation can do. Default: told from the methods it has. */
  capabilities?: Partial<CacheCapabilities> | undefined
  /**
   * Single values are handed on unchecked: the implementation throws INVALID_ARGUMENT with what `cacheValueIssue` says
   * of them, before any effect. For implementations that walk over a value anyway. Layers then see values that are not
   * checked yet. Default false.
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
  const said = declared(toldFromMethods(implementation), implementation, options.capabilities)
  const capabilities = Object.freeze({ ...said, batch: true })
  const adapter = options.adapter ?? implementation.constructor?.name
  const keySpace = KeySpace.of(implementation, capabilities)
  const base = baseOf<NamespacedImplementation>("cache", keySpace, cacheMethods, { ...options, adapter })
  const direct = options.trusted ? implementation : undefined
  return new PortableCache(base, { ...options, capabilities, direct, loads: new Loads(), prefix: "" })
}

interface CacheSettings extends AsCacheOptions {
  readonly capabilities: CacheCapabilities
  /** A trusted implementation, to read from without a detour: where no layer stands in between. */
  readonly direct: DirectReads | undefined
  /** The loads under way in the whole cache, and what its keys begin with among them. */
  readonly loads: Loads
  readonly prefix: string
  /** The cache that the outermost layer goes around. */
  readonly inner?: PortableCache | undefined
}

class PortableCache extends Portable<NamespacedImplementation> implements Cache {
  readonly capabilities: CacheCapabilities
  readonly #settings: CacheSettings
  readonly #direct: DirectReads | undefined
  readonly #limits: CacheLimits
  readonly #loader: Loader

  constructor(base: Base<NamespacedImplementation>, settings: CacheSettings) {
    super(base)
    const { capabilities, checksValues = false } = settings
    this.capabilities = capabilities
    this.#limits = { capabilities, checksValues, maxKeyBytes: capabilities.maxKeyBytes }
    this.#settings = settings
    this.#direct = this.hasLayers ? undefined : settings.direct
    const { atomic, shared } = this.capabilities
    this.#loader = new Loader(
      {
        clock: this.clock,
        random: settings.random ?? Math.random,
        leaseMs: settings.leaseMs,
        get: (key) => this.get(key),
        has: (key) => this.has(key),
        getStale: (key) => this.getStale(key),
        store: (key, value, how) => this.#storeLoaded(key, value, how),
        lease: atomic && shared ? (key, ttlMs) => this.lease(key, ttlMs) : undefined,
        release: (key, lease) => this.release(key, lease),
        notify: (event, key) => emitQuietly(settings.events, event, { key }),
      },
      settings.loads,
      settings.prefix,
    )
  }

  get<T>(key: string): Promise<T | undefined> {
    if (this.#direct !== undefined && this.#isAtHand(key)) return this.#direct.get<T>(key)
    return this.call("get", [key])
  }

  /** Without layers written out: the door costs a small value a seventh more. */
  set<T>(key: string, value: T, ttl?: number): Promise<void> {
    if (this.hasLayers || this.closed) return this.call("set", [key, value, ttl])
    try {
      const issue = setIssue(key, value, ttl, this.#limits)
      if (issue !== undefined) return this.refuse("set", issue)
    } catch (error) {
      return Promise.reject(this.located("set", error))
    }
    this.#loader.supersede(key)
    return this.runMapped("set", () => this.implementation.set(key, value, ttl))
  }

  delete(key: string): Promise<boolean> {
    return this.call("delete", [key])
  }

  has(key: string): Promise<boolean> {
    return this.call("has", [key])
  }

  clear(): Promise<void> {
    return this.call("clear", [])
  }

  stats(): Promise<CacheStats> {
    return this.call("stats", [])
  }

  getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    return this.call("getMany", [keys])
  }

  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    return this.call("setMany", [entries, ttl])
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.call("deleteMany", [keys])
  }

  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.call("setIfAbsent", [key, value, ttl])
  }

  increment(key: string, by?: number, ttl?: number): Promise<number> {
    return this.call("increment", [key, by, ttl])
  }

  take<T>(key: string): Promise<T | undefined> {
    return this.call("take", [key])
  }

  touch(key: string, ttl: number): Promise<boolean> {
    return this.call("touch", [key, ttl])
  }

  ttl(key: string): Promise<number | undefined> {
    return this.call("ttl", [key])
  }

  lease(key: string, ttlMs: number): Promise<string | undefined> {
    return this.call("lease", [key, ttlMs])
  }

  fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    return this.call("fill", [key, lease, value, ttl, tags])
  }

  release(key: string, lease: string): Promise<void> {
    return this.call("release", [key, lease])
  }

  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    return this.call("setTagged", [key, value, tags, ttl])
  }

  invalidateTags(tags: readonly string[]): Promise<void> {
    return this.call("invalidateTags", [tags])
  }

  keys(options: { prefix?: string | undefined } = {}): AsyncIterable<string> {
    return this.stream("keys", [options])
  }

  setWithGrace(key: string, value: unknown, options: GraceOptions): Promise<boolean> {
    return this.call("setWithGrace", [key, value, options])
  }

  getStale<T>(key: string): Promise<T | undefined> {
    return this.call("getStale", [key])
  }

  getOrSet<T>(key: string, factory: Factory<T>, options: GetOrSetOptions = NO_OPTIONS): Promise<T> {
    const atHand = this.#direct?.getNow !== undefined && this.#isAtHand(key)
    // A hit without options is all that most calls are: there is nothing more to check.
    if (options !== NO_OPTIONS || typeof factory !== "function" || !atHand) {
      const refusal = loadRefusal(key, factory, options, this.capabilities)
      if (refusal !== undefined) return this.refuse("getOrSet", refusal)
      if (options.signal?.aborted) return Promise.reject(aborted(options.signal))
      if (!atHand) return this.#loader.getOrSet(key, factory, options)
    }
    try {
      const value = this.#direct?.getNow?.<T>(key)
      return value === undefined ? this.#loader.load(key, factory, options) : Promise.resolve(value)
    } catch (error) {
      return Promise.reject(this.located("getOrSet", error))
    }
  }

  namespace(name: string): Cache {
    const issue = namespaceIssue(name, this.capabilities.maxKeyBytes)
    if (issue !== undefined) throw this.refused("namespace", issue)
    return this.#part(name)
  }

  protected sibling(
    base: Base<NamespacedImplementation>,
    { events, leaseMs }: Pick<AsCacheOptions, "events" | "leaseMs">,
  ): Cache {
    const isAround = base.life === this.base.life
    return new PortableCache(base, {
      ...this.#settings,
      ...(events && { events }),
      ...(leaseMs !== undefined && { leaseMs }),
      // Keys may have other names here.
      loads: new Loads(),
      inner: isAround ? this : undefined,
    })
  }

  /** With layers: the layers around the part of what they go around. */
  #part(name: string): PortableCache {
    const outside = this.#settings.inner
    const inner = outside === undefined ? undefined : outside.#part(name)
    const [layer] = this.base.layers
    const base =
      inner === undefined || layer === undefined
        ? partOf(this.base, this.implementation.namespace(name))
        : { ...inner.base, layers: [inner.listed(layer), ...inner.base.layers] }
    const prefix = namespacePrefix(name)
    const maxKeyBytes = this.capabilities.maxKeyBytes - utf8Length(prefix)
    return new PortableCache(base, {
      ...this.#settings,
      capabilities: Object.freeze({ ...this.capabilities, maxKeyBytes }),
      direct: undefined,
      prefix: this.#settings.prefix + prefix,
      inner,
    })
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    return checkArguments(method, args, this.#limits)
  }

  /** A write supersedes the loads of its keys; what a load stores does not come this way. */
  protected override begin(method: string, args: readonly unknown[]): void {
    if (!this.#settings.loads.any) return
    const changed = CHANGES[method]?.(args) ?? []
    if (changed === "all") this.#loader.supersedeAll()
    else for (const key of changed) this.#loader.supersede(key)
  }

  protected probe(): Promise<unknown> {
    return this.implementation.has("health")
  }

  protected override async metrics(): Promise<Record<string, number>> {
    const { hits, misses, keyCount } = await this.implementation.stats()
    return { hits, misses, keyCount }
  }

  /** Whether the value may be read past the door: a key that passes is stored as it is. */
  #isAtHand(key: string): boolean {
    const { life } = this.base
    return !life.closed && seemsCacheKey(key, this.capabilities.maxKeyBytes) && key.charCodeAt(0) !== 0
  }

  /** What getOrSet loaded: unlike a write by the user, it does not supersede the load. */
  async #storeLoaded(key: string, value: unknown, { grace, lease, tags, ttl }: StoreOptions): Promise<boolean> {
    if (this.closed) return false
    if (grace !== undefined && ttl !== undefined) {
      return this.#store("setWithGrace", [key, value, { ttl, grace, tags, lease }])
    }
    if (lease !== undefined) return this.#store("fill", [key, lease, value, ttl, tags])
    if (tags !== undefined) await this.#store("setTagged", [key, value, tags, ttl])
    else await this.#store("set", [key, value, ttl])
    return true
  }

  #store<T>(method: string, args: readonly unknown[]): Promise<T> {
    return this.pass(method, this.admitted(method, args, "getOrSet"))
  }
}

const NO_OPTIONS: GetOrSetOptions = {}

/** The keys that a write changes. A `fill` is the load itself, and a lease or a touch changes no value. */
const CHANGES: Readonly<Record<string, (args: readonly unknown[]) => Iterable<string> | "all">> = {
  set: firstKey,
  setIfAbsent: firstKey,
  setTagged: firstKey,
  setWithGrace: firstKey,
  increment: firstKey,
  delete: firstKey,
  take: firstKey,
  setMany: ([entries]) => (entries as ReadonlyMap<string, unknown>).keys(),
  deleteMany: ([keys]) => keys as readonly string[],
  clear: () => "all",
  invalidateTags: ([tags]) => ((tags as readonly string[]).length === 0 ? [] : "all"),
}

function firstKey([key]: readonly unknown[]): [string] {
  return [key as string]
}
