import type { GetOrSetOptions } from "../../../contracts/cache/cache.ts"
import { isTransient } from "../../foundation/transient.ts"
import { storedKey } from "../reserved-keys.ts"
import { type TakeLease, type TurnCache, takeTurn } from "./turn.ts"
import { aborted, type PendingLoad, waitFor } from "./wait-for.ts"

export interface StoreOptions extends Pick<GetOrSetOptions, "ttl" | "grace" | "tags"> {
  readonly lease: string | undefined
}

/** What a loader needs of its cache. */
export interface LoaderCache extends TurnCache {
  getStale(key: string): Promise<unknown>
  /** Resolves false where the lease is void. */
  store(key: string, value: unknown, options: StoreOptions): Promise<boolean>
  /** Absent where no other process can share the store. */
  readonly lease: TakeLease | undefined
  release(key: string, lease: string): Promise<void>
  /** Of a call that gives none. */
  readonly leaseMs?: number | undefined
  notify(event: "cache.coalesced" | "cache.stale", key: string): void
}

/** One run of a factory and the callers that wait for it. */
interface Load extends PendingLoad {
  readonly controller: AbortController
  outcome: Promise<unknown>
  callers: number
  /** The key was written since the factory started: its value is not stored. */
  superseded: boolean
  factoryFailed: boolean
}

/** The loads under way in a cache and its namespaces, by the whole key. */
export class Loads {
  readonly #running = new Map<string, Load>()
  finished = 0

  get any(): boolean {
    return this.#running.size > 0
  }

  get(key: string): Load | undefined {
    return this.#running.get(key)
  }

  add(key: string, load: Load): void {
    this.#running.set(key, load)
  }

  finish(key: string, load: Load): void {
    this.finished++
    if (this.#running.get(key) === load) this.#running.delete(key)
  }

  /** Later callers start a load of their own; the running one stores nothing. */
  supersede(key: string): void {
    const load = this.#running.get(key)
    if (load === undefined) return
    load.superseded = true
    this.#running.delete(key)
  }

  supersedeAll(prefix: string): void {
    for (const key of [...this.#running.keys()]) if (key.startsWith(prefix)) this.supersede(key)
  }
}

export type Factory<T> = (context: { signal: AbortSignal }) => T | Promise<T>

const LEASE_MS = 30_000

/** `getOrSet`: one factory at a time for each key. */
export class Loader {
  readonly #cache: LoaderCache
  readonly #loads: Loads
  readonly #prefix: string

  /** @param prefix Stands before each key in `loads`, which several loaders share. */
  constructor(cache: LoaderCache, loads: Loads, prefix: string) {
    this.#cache = cache
    this.#loads = loads
    this.#prefix = prefix
  }

  /** Chains on the read instead of awaiting it: a hit costs no more than that. */
  getOrSet<T>(key: string, factory: Factory<T>, options: GetOrSetOptions): Promise<T> {
    const { finished } = this.#loads
    return this.#cache.get(key).then((value) => {
      if (value !== undefined) return value as T
      // A load that ended while we read may have stored the value after our read: look again.
      const lookAgain = finished !== this.#loads.finished && !this.#loads.get(this.#id(key))
      return lookAgain ? this.getOrSet(key, factory, options) : this.load(key, factory, options)
    })
  }

  /** Starts a load, or joins the one under way: the value is known to be absent. */
  load<T>(key: string, factory: Factory<T>, options: GetOrSetOptions): Promise<T> {
    const { signal } = options
    if (signal?.aborted) return Promise.reject(aborted(signal))
    const running = this.#loads.get(this.#id(key))
    if (running !== undefined) this.#cache.notify("cache.coalesced", key)
    const load = running ?? this.#start(key, factory, options)
    load.callers++
    return waitFor<T>(load, options, {
      clock: this.#cache.clock,
      getStale: () => this.#cache.getStale(key).catch(() => undefined) as Promise<T | undefined>,
      left: (reason) => this.#leave(key, load, reason),
      servedStale: () => this.#cache.notify("cache.stale", key),
    })
  }

  /** Called before the key was checked. */
  supersede(key: string): void {
    if (this.#loads.any && typeof key === "string") this.#loads.supersede(this.#id(key))
  }

  supersedeAll(): void {
    this.#loads.supersedeAll(this.#prefix)
  }

  #start<T>(key: string, factory: Factory<T>, options: GetOrSetOptions): Load {
    const load: Load = {
      controller: new AbortController(),
      startedAt: this.#cache.clock.monotonic(),
      outcome: Promise.resolve(),
      callers: 0,
      superseded: false,
      factoryFailed: false,
    }
    this.#loads.add(this.#id(key), load)
    const finish = () => this.#loads.finish(this.#id(key), load)
    load.outcome = this.#run(key, load, factory, options).finally(finish)
    // Every caller may have gone by the time it fails.
    load.outcome.catch(() => {})
    return load
  }

  async #run<T>(key: string, load: Load, factory: Factory<T>, options: GetOrSetOptions): Promise<T> {
    const { lease } = this.#cache
    if (lease === undefined) {
      // The factory starts at once.
      const value = await this.#call(load, factory)
      await this.#store(key, load, value, options)
      return value
    }
    const leaseMs = options.leaseMs ?? this.#cache.leaseMs ?? LEASE_MS
    const turn = await takeTurn(this.#cache, lease, { key, leaseMs, signal: load.controller.signal })
    if (turn.kind === "loaded") return turn.value as T
    if (turn.kind === "unknown") return this.#call(load, factory)
    let stored = false
    try {
      const value = await this.#call(load, factory)
      stored = await this.#store(key, load, value, options, turn.lease)
      return value
    } finally {
      if (!stored) await this.#giveBack(key, load, turn)
    }
  }

  async #call<T>(load: Load, factory: Factory<T>): Promise<T> {
    try {
      return await factory({ signal: load.controller.signal })
    } catch (error) {
      load.factoryFailed = true
      throw error
    }
  }

  /** A value that the store is not there to take is good all the same. @returns Whether the store had the value. */
  async #store(key: string, load: Load, value: unknown, options: GetOrSetOptions, lease?: string): Promise<boolean> {
    if (value === undefined || load.superseded) return false
    const { grace, tags, ttl } = options
    try {
      await this.#cache.store(key, value, { ttl, grace, tags, lease })
    } catch (error) {
      if (!isTransient(error)) throw error
    }
    return true
  }

  /** Unless it was voided by a write, or has ended: then it is another's. */
  async #giveBack(key: string, load: Load, { lease, endsAt }: { lease: string; endsAt: number }): Promise<void> {
    const voided = load.superseded && !load.controller.signal.aborted
    if (voided || this.#cache.clock.monotonic() >= endsAt) return
    await this.#cache.release(key, lease).catch(() => {})
  }

  /** The last caller to go takes the factory with it. */
  #leave(key: string, load: Load, reason: unknown): void {
    load.callers--
    if (load.callers > 0) return
    if (this.#loads.get(this.#id(key)) === load) this.supersede(key)
    load.controller.abort(reason)
  }

  #id(key: string): string {
    return this.#prefix + storedKey(key)
  }
}
