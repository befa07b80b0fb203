import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { EventEmitter } from "../../contracts/foundation/events.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { got } from "../../contracts/foundation/text.ts"
import { portableInfo } from "./base.ts"
import { emitQuietly } from "./emit-quietly.ts"
import { isTransient } from "./transient.ts"
import { wrap } from "./wrap.ts"

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  failures?: number | undefined
  /** How long it stays open before one call tries again. Default 30,000. */
  resetMs?: number | undefined
  clock?: Clock | undefined
  /** Hears `cache.breaker.open` and `cache.breaker.close`, and so for every other service. */
  events?: EventEmitter | undefined
}

/**
 * Spares a service that does not answer, and its callers the wait.
 *
 * After `failures` calls in a row that rejected UNAVAILABLE or TIMEOUT, every call rejects UNAVAILABLE at once, and
 * reads of a cache miss. After `resetMs` one call is let through: when it succeeds, everything is as before. Health is
 * `degraded` while it is open. While it is closed the whole contract holds.
 *
 * @throws ServiceError INVALID_CONFIG for options that are not numbers above 0.
 * @example
 * const cache = withBreaker(createRedisCache(), { failures: 5, resetMs: 30_000 })
 */
export function withBreaker<Service extends object>(service: Service, options: BreakerOptions = {}): Service {
  const { clock = systemClock, events, failures = 5, resetMs = 30_000 } = options
  if (!Number.isInteger(failures) || failures < 1) {
    throw new ServiceError("INVALID_CONFIG", `failures must be a whole number of 1 or more; got ${got(failures)}.`)
  }
  if (typeof resetMs !== "number" || !(resetMs > 0)) {
    throw new ServiceError("INVALID_CONFIG", `resetMs must be a number above 0; got ${got(resetMs)}.`)
  }
  const name = portableInfo(service)?.service ?? "service"
  const announce = (event: string, payload: object) => emitQuietly(events, `${name}.breaker.${event}`, payload)
  const breaker = new Breaker(failures, resetMs, clock, announce)
  return wrap(service, ({ info, method }, next) => breaker.pass(next) ?? refused(name, method, info), {
    health: async (next) =>
      breaker.open
        ? { status: "degraded", message: `The breaker is open: the ${name} is not asked.`, latency: 0 }
        : next(),
  })
}

class Breaker {
  readonly #failures: number
  readonly #resetMs: number
  readonly #clock: Clock
  readonly #announce: (event: string, payload: object) => void
  #failed = 0
  /** When the next call may try; undefined while closed. */
  #triesAt: number | undefined

  constructor(failures: number, resetMs: number, clock: Clock, announce: (event: string, payload: object) => void) {
    this.#failures = failures
    this.#resetMs = resetMs
    this.#clock = clock
    this.#announce = announce
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
      this.#announce("open", { failures: this.#failed })
    }
    throw error
  }

  readonly #trySucceeded = (value: unknown) => {
    this.#failed = 0
    this.#triesAt = undefined
    this.#announce("close", {})
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

async function refused(name: string, method: string, { miss }: MethodInfo): Promise<unknown> {
  if (miss !== undefined) return miss()
  throw new ServiceError("UNAVAILABLE", `The breaker is open: the ${name} did not answer.`, { operation: method })
}
