import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { wrap } from "./wrap.ts"

export interface TimeoutOptions {
  /** Bound of each operation. */
  timeoutMs: number
  clock?: Clock | undefined
}

/**
 * Rejects TIMEOUT when an operation takes too long. The operation itself goes on: its outcome is unknown.
 *
 * @example
 * const bounded = withTimeout(cache, { timeoutMs: 100 })
 */
export function withTimeout<Service extends object>(service: Service, options: TimeoutOptions): Service {
  const { clock = systemClock, timeoutMs } = options
  if (!(timeoutMs > 0)) throw new ServiceError("INVALID_CONFIG", "timeoutMs is a number above 0.")
  return wrap(service, ({ method }, next) => {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        reject(new ServiceError("TIMEOUT", `No answer within ${timeoutMs} ms.`, { operation: method }))
      }, timeoutMs)
      next()
        .then(resolve, reject)
        .finally(() => timer.cancel())
    })
  })
}
