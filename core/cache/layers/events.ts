import type { Cache } from "../../../contracts/cache/cache.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import { emitQuietly } from "../../foundation/emit-quietly.ts"
import type { LayerCall } from "../../foundation/layers.ts"
import { wrap } from "../../foundation/wrap.ts"

/** What a cache announces, by name. Keys are those of the namespace; values are in no event. */
export interface CacheEvents {
  "cache.hit": { readonly key: string }
  "cache.miss": { readonly key: string }
  "cache.set": { readonly key: string }
  "cache.delete": { readonly key: string }
  "cache.clear": Readonly<Record<string, never>>
  "cache.invalidate": { readonly tags: readonly string[] }
  /** getOrSet joined a load that was under way. */
  "cache.coalesced": { readonly key: string }
  /** getOrSet served a value past its ttl. */
  "cache.stale": { readonly key: string }
  /** A call rejected. */
  "cache.error": { readonly operation: string; readonly code: ErrorCode }
  /** withBreaker gave up on the cache, after so many failures in a row. */
  "cache.breaker.open": { readonly failures: number }
  "cache.breaker.close": Readonly<Record<string, never>>
}

type EventName = keyof CacheEvents

/** What each method announces; a call that rejects, whatever it is, `cache.error`. */
const ANNOUNCES: Readonly<Record<string, readonly EventName[]>> = {
  get: ["cache.hit", "cache.miss"],
  getMany: ["cache.hit", "cache.miss"],
  set: ["cache.set"],
  setMany: ["cache.set"],
  setTagged: ["cache.set"],
  setWithGrace: ["cache.set"],
  setIfAbsent: ["cache.set"],
  increment: ["cache.set"],
  fill: ["cache.set"],
  delete: ["cache.delete"],
  deleteMany: ["cache.delete"],
  take: ["cache.delete"],
  clear: ["cache.clear"],
  invalidateTags: ["cache.invalidate"],
}

/**
 * Announces what happens in a cache. A cache without this layer announces nothing and pays nothing; `createServices`
 * puts it around the caches where it is given `events`.
 *
 * The layer sees what goes through it: with a breaker inside, reads that miss while it is open are misses.
 *
 * @example
 * const events = new EventEmitter() // of node:events
 * const cache = withEvents(createMemoryCache(), events)
 * events.on("cache.miss", ({ key }) => console.log(key))
 */
export function withEvents(cache: Cache, events: EventEmitter): Cache {
  const announcer = new Announcer(events)
  const around = (call: LayerCall, next: () => Promise<unknown>) => {
    if (!announcer.isHeard(call.method)) return next()
    return next().then(
      (result) => {
        announcer.announce(call, result)
        return result
      },
      (error: unknown) => {
        const code = ServiceError.is(error) ? error.code : "INTERNAL"
        announcer.emit("cache.error", { operation: call.method, code })
        throw error
      },
    )
  }
  return wrap(cache, around, { portable: { events } })
}

class Announcer {
  readonly #events: EventEmitter

  constructor(events: EventEmitter) {
    this.#events = events
  }

  /** Whether anybody hears what the method may announce. */
  isHeard(method: string): boolean {
    const events = this.#events
    if (events.listenerCount === undefined || events.listenerCount("cache.error") > 0) return true
    for (const name of ANNOUNCES[method] ?? []) if (events.listenerCount(name) > 0) return true
    return false
  }

  announce({ method, args: [first] }: LayerCall, result: unknown): void {
    switch (method) {
      case "get":
        this.#read(first as string, result !== undefined)
        break
      case "getMany":
        for (const key of new Set(first as string[])) this.#read(key, (result as Map<string, unknown>).has(key))
        break
      case "setMany":
        for (const [key] of first as Iterable<[string, unknown]>) this.emit("cache.set", { key })
        break
      case "deleteMany":
        for (const key of first as string[]) this.emit("cache.delete", { key })
        break
      case "clear":
        this.emit("cache.clear", {})
        break
      case "invalidateTags":
        this.emit("cache.invalidate", { tags: first as string[] })
        break
      default:
        this.#written(method, first as string, result)
    }
  }

  /** Of the methods that write one key, those that tell whether they did resolve false, or undefined, when not. */
  #written(method: string, key: string, result: unknown): void {
    const [name] = ANNOUNCES[method] ?? []
    const did = method === "set" || method === "setTagged" || (result !== false && result !== undefined)
    if (did && (name === "cache.set" || name === "cache.delete")) this.emit(name, { key })
  }

  emit<Name extends EventName>(name: Name, payload: CacheEvents[Name]): void {
    emitQuietly(this.#events, name, payload)
  }

  #read(key: string, found: boolean): void {
    this.emit(found ? "cache.hit" : "cache.miss", { key })
  }
}
