import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { wrap } from "./wrap.ts"

export interface RetryOptions {
  /** Calls in all, the first included. Default 3. */
  attempts?: number | undefined
  /** Pause before the second call; doubles from then on. Default 50. */
  delayMs?: number | undefined
  /** The longest pause. Default 2,000. */
  maxDelayMs?: number | undefined
  clock?: Clock | undefined
  /** Shortens each pause by up to a half, so that clients do not return in step. Default `Math.random`. */
  random?: (() => number) | undefined
}

/**
 * Repeats idempotent operations that fail with a retryable error: TIMEOUT, UNAVAILABLE, RATE_LIMITED.
 *
 * @example
 * const steady = withRetry(cache, { attempts: 5 })
 */
export function withRetry<Service extends object>(service: Service, options: RetryOptions = {}): Service {
  const { attempts = 3, clock = systemClock, delayMs = 50, maxDelayMs = 2000, random = Math.random } = options
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new ServiceError("INVALID_CONFIG", "attempts is a whole number of 1 or more.")
  }
  return wrap(service, async ({ info }, next) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await next()
      } catch (error) {
        const repeatable = info.idempotent && info.kind !== "stream" && ServiceError.is(error) && error.retryable
        if (attempt >= attempts || !repeatable) throw error
      }
      const pause = Math.min(maxDelayMs, delayMs * 2 ** (attempt - 1))
      await clock.sleep(pause * (1 - random() / 2))
    }
  })
}
