import type { Invalidation, InvalidationBus, InvalidationListener } from "../../../contracts/cache/invalidation-bus.ts"

/** Buses of one process, for tests: `bus()` is one client, `cut` and `heal` lose the messages in between. */
export interface LocalBusHub {
  bus(): InvalidationBus
  /** Disconnects every client. */
  cut(): void
  heal(): void
}

/**
 * Connects caches of one process as a bus would those of several.
 *
 * @example
 * const hub = createLocalBusHub()
 * const [here, there] = [1, 2].map(() => tiered(createMemoryCache(), shared(), { bus: hub.bus() }))
 */
export function createLocalBusHub(): LocalBusHub {
  const listeners = new Set<InvalidationListener>()
  let connected = true
  const each = (tell: (listener: InvalidationListener) => void) => {
    for (const listener of listeners) tell(listener)
  }
  return {
    bus() {
      let own: InvalidationListener | undefined
      return {
        subscribe(listener) {
          own = listener
          listeners.add(listener)
          if (connected) listener.connected()
        },
        async publish(message: Invalidation) {
          if (connected) each((listener) => listener !== own && listener.invalidated(message))
        },
        async close() {
          if (own !== undefined) listeners.delete(own)
        },
      }
    },
    cut() {
      connected = false
      each((listener) => listener.disconnected())
    },
    heal() {
      connected = true
      each((listener) => listener.connected())
    },
  }
}
