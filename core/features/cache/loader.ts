import type { GetOrSetOptions } from "../../../contracts/cache.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** One run of a factory and the callers that wait for it. */
interface Load {
  readonly controller: AbortController
  outcome: Promise<unknown>
  callers: number
  /** The key was set, deleted or cleared since the factory started: its value is not stored. */
  superseded: boolean
}

type Factory<T> = (context: { signal: AbortSignal }) => T | Promise<T>

/** `getOrSet`: one factory at a time for each key of one cache. */
export class Loader {
  readonly #loads = new Map<string, Load>()
  readonly #get: (key: string) => Promise<unknown>
  readonly #store: (key: string, value: unknown, ttl: number | undefined) => Promise<void>
  #finished = 0

  constructor(cache: {
    get: (key: string) => Promise<unknown>
    store: (key: string, value: unknown, ttl: number | undefined) => Promise<void>
  }) {
    this.#get = cache.get
    this.#store = cache.store
  }

  async getOrSet<T>(key: string, factory: Factory<T>, options: GetOrSetOptions): Promise<T> {
    const { signal } = options
    if (signal?.aborted) throw aborted(signal)
    for (;;) {
      const finished = this.#finished
      const value = await this.#get(key)
      if (value !== undefined) return value as T
      if (signal?.aborted) throw aborted(signal)
      const running = this.#loads.get(key)
      if (running !== undefined) return (await this.#join(running, key, signal)) as T
      // A load that ended while we read may have stored the value after our read: look again.
      if (finished !== this.#finished) continue
      return (await this.#join(this.#start(key, factory, options.ttl), key, signal)) as T
    }
  }

  /** Later callers start a load of their own; the running one stores nothing. */
  supersede(key: string): void {
    if (this.#loads.size === 0) return
    const load = this.#loads.get(key)
    if (load === undefined) return
    load.superseded = true
    this.#loads.delete(key)
  }

  supersedeAll(): void {
    for (const key of [...this.#loads.keys()]) this.supersede(key)
  }

  #start<T>(key: string, factory: Factory<T>, ttl: number | undefined): Load {
    const load: Load = {
      controller: new AbortController(),
      outcome: Promise.resolve(),
      callers: 0,
      superseded: false,
    }
    this.#loads.set(key, load)
    load.outcome = this.#run(key, load, factory, ttl)
    // Every caller may have gone by the time it fails.
    load.outcome.catch(() => {})
    return load
  }

  async #run<T>(key: string, load: Load, factory: Factory<T>, ttl: number | undefined): Promise<T> {
    try {
      const value = await factory({ signal: load.controller.signal })
      if (value !== undefined && !load.superseded) await this.#store(key, value, ttl)
      return value
    } finally {
      this.#finished++
      if (this.#loads.get(key) === load) this.#loads.delete(key)
    }
  }

  async #join(load: Load, key: string, signal: AbortSignal | undefined): Promise<unknown> {
    load.callers++
    if (signal === undefined) return load.outcome
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        load.callers--
        if (load.callers === 0) {
          if (this.#loads.get(key) === load) this.supersede(key)
          load.controller.abort(signal.reason)
        }
        reject(aborted(signal))
      }
      signal.addEventListener("abort", onAbort, { once: true })
      load.outcome.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
    })
  }
}

function aborted(signal: AbortSignal): ServiceError {
  return new ServiceError("ABORTED", "The caller gave up waiting.", {
    service: "cache",
    operation: "getOrSet",
    cause: signal.reason,
  })
}
