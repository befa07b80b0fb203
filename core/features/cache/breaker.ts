import type { Cache } from "../../../contracts/cache.ts"
import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import { wrap } from "../../layers/wrap.ts"
import { isTransient } from "./transient.ts"

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  failures?: number | undefined
  /** How long it stays open before one call tries again. Default 30,000. */
  resetMs?: number | undefined
  clock?: Clock | undefined
  /** Hears `cache.breaker.open` and `cache.breaker.close`. */
  events?: EventEmitter | undefined
}

/** What a read finds in a cache that is not there. Other reads, such as stats, have no honest answer and reject. */
const MISSES: Readonly<Record<string, () => unknown>> = {
  get: () => undefined,
  getStale: () => undefined,
  getMany: () => new Map(),
  has: () => false,
  ttl: () => undefined,
}

/**
 * Spares a cache that does not answer, and its callers the wait.
 *
 * After `failures` calls in a row that rejected UNAVAILABLE or TIMEOUT, reads miss at once and all else rejects
 * UNAVAILABLE at once. After `resetMs` one call is let through: when it succeeds, everything is as before. Health is
 * `degraded` while it is open. While it is closed the whole contract holds.
 *
 * @throws ServiceError INVALID_CONFIG for options that are not numbers above 0.
 * @example
 * const cache = withBreaker(createRedisCache(), { failures: 5, resetMs: 30_000 })
 */
export function withBreaker(cache: Cache, options: BreakerOptions = {}): Cache {
  const { clock = systemClock, events, failures = 5, resetMs = 30_000 } = options
  if (!Number.isInteger(failures) || failures < 1) {
    throw new ServiceError("INVALID_CONFIG", "failures is a whole number of 1 or more.")
  }
  if (!(resetMs > 0)) throw new ServiceError("INVALID_CONFIG", "resetMs is a number above 0.")
  const breaker = new Breaker(failures, resetMs, clock, events)
  return wrap(cache, ({ method }, next) => breaker.pass(next) ?? refused(method), {
    health: async (next) =>
      breaker.open ? { status: "degraded", message: "The breaker is open: reads miss.", latency: 0 } : next(),
  })
}

class Breaker {
  readonly #failures: number
  readonly #resetMs: number
  readonly #clock: Clock
  readonly #events: EventEmitter | undefined
  #failed = 0
  /** When the next call may try; undefined while closed. */
  #triesAt: number | undefined

  constructor(failures: number, resetMs: number, clock: Clock, events: EventEmitter | undefined) {
    this.#failures = failures
    this.#resetMs = resetMs
    this.#clock = clock
    this.#events = events
  }

  get open(): boolean {
    return this.#triesAt !== undefined
  }

  /** The outcome of the call, or undefined where it is not let through. */
  pass(call: () => Promise<unknown>): Promise<unknown> | undefined {
    if (this.#triesAt === undefined) return call().then(this.#succeeded, this.#rejected)
    if (this.#clock.monotonic() < this.#triesAt) return undefined
    // The others wait for what comes of it, and not for ever.
    this.#opens()
    return call().then(this.#trySucceeded, this.#tryRejected)
  }

  readonly #succeeded = (value: unknown) => {
    this.#failed = 0
    return value
  }

  readonly #rejected = (error: unknown) => {
    // Calls that began while it was closed say nothing new once it is open.
    if (isTransient(error) && !this.open && ++this.#failed >= this.#failures) {
      this.#opens()
      this.#events?.emit("cache.breaker.open", { failures: this.#failed })
    }
    throw error
  }

  readonly #trySucceeded = (value: unknown) => {
    this.#failed = 0
    this.#triesAt = undefined
    this.#events?.emit("cache.breaker.close", {})
    return value
  }

  /** An error of another kind, such as a refused argument, tells nothing: the next call tries. */
  readonly #tryRejected = (error: unknown) => {
    if (isTransient(error)) this.#opens()
    else this.#triesAt = this.#clock.monotonic()
    throw error
  }

  #opens(): void {
    this.#triesAt = this.#clock.monotonic() + this.#resetMs
  }
}

async function refused(method: string): Promise<unknown> {
  const miss = MISSES[method]
  if (miss !== undefined) return miss()
  throw new ServiceError("UNAVAILABLE", "The breaker is open: the cache did not answer.", { operation: method })
}
