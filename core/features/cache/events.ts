import type { Cache } from "../../../contracts/cache.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import { type LayerCall, wrap } from "../../layers/wrap.ts"

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
  const emit = <Name extends keyof CacheEvents>(name: Name, payload: () => CacheEvents[Name]) => {
    if (events.listenerCount?.(name) === 0) return
    try {
      events.emit(name, payload())
    } catch {
      // The fault of a listener is not one of the cache.
    }
  }
  const announce = ({ method, args }: LayerCall, result: unknown) => {
    const first = args[0] as never
    const each = (name: "cache.set" | "cache.delete", keys: Iterable<string>) => {
      for (const key of keys) emit(name, () => ({ key }))
    }
    const read = (key: string, found: boolean) => emit(found ? "cache.hit" : "cache.miss", () => ({ key }))
    switch (method) {
      case "get":
        return read(first, result !== undefined)
      case "getMany":
        for (const key of new Set<string>(first)) read(key, (result as Map<string, unknown>).has(key))
        return
      case "set":
      case "setTagged":
      case "increment":
        return each("cache.set", [first])
      case "setIfAbsent":
      case "fill":
      case "setWithGrace":
        return each("cache.set", result === true ? [first] : [])
      case "setMany":
        return each(
          "cache.set",
          Array.from(first as Iterable<[string, unknown]>, ([key]) => key),
        )
      case "delete":
        return each("cache.delete", result === true ? [first] : [])
      case "take":
        return each("cache.delete", result === undefined ? [] : [first])
      case "deleteMany":
        return each("cache.delete", first)
      case "clear":
        return emit("cache.clear", () => ({}))
      case "invalidateTags":
        return emit("cache.invalidate", () => ({ tags: first }))
    }
  }
  const around = (call: LayerCall, next: () => Promise<unknown>) =>
    next().then(
      (result) => {
        announce(call, result)
        return result
      },
      (error: unknown) => {
        const code = ServiceError.is(error) ? error.code : "INTERNAL"
        emit("cache.error", () => ({ operation: call.method, code }))
        throw error
      },
    )
  return wrap(cache, around, { portable: { events } })
}
