import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import { Deadlines } from "./deadlines.ts"
import { wrap } from "./wrap.ts"

export interface TimeoutOptions {
  /** Bound of each operation, each step of a stream, and each method of what a call resolved. */
  timeoutMs: number
  clock?: Clock | undefined
}

/**
 * Rejects TIMEOUT when an operation takes too long. The operation itself goes on: its outcome is unknown.
 *
 * @throws ServiceError INVALID_CONFIG for a timeoutMs that is not a number above 0.
 * @example
 * const bounded = withTimeout(cache, { timeoutMs: 100 })
 */
export function withTimeout<Service extends object>(service: Service, options: TimeoutOptions): Service {
  const { clock = systemClock, timeoutMs } = options
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0)) {
    throw new ServiceError("INVALID_CONFIG", `timeoutMs must be a number above 0; got ${got(timeoutMs)}.`)
  }
  const deadlines = new Deadlines(clock, timeoutMs)
  return wrap(service, ({ method }, next) =>
    deadlines.run(
      next(),
      () => new ServiceError("TIMEOUT", `No answer within ${timeoutMs} ms.`, { operation: method }),
    ),
  )
}
