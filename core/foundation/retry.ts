import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import type { LayerCall, Next } from "./layers.ts"
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
 * The signal of a call's options ends a pause too. Arguments must not be changed until the call has settled: a repeated
 * call has them as they are then.
 *
 * @throws ServiceError INVALID_CONFIG for attempts that are not a whole number of 1 or more.
 * @example
 * const steady = withRetry(cache, { attempts: 5 })
 */
export function withRetry<Service extends object>(service: Service, options: RetryOptions = {}): Service {
  const { attempts = 3, clock = systemClock, delayMs = 50, maxDelayMs = 2000, random = Math.random } = options
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new ServiceError("INVALID_CONFIG", `attempts must be a whole number of 1 or more; got ${got(attempts)}.`)
  }
  const isRepeatable = ({ args, info: { idempotent, kind } }: LayerCall, error: unknown) =>
    (typeof idempotent === "function" ? idempotent(args) : idempotent) &&
    kind !== "stream" &&
    ServiceError.is(error) &&
    error.retryable
  const pauseAfter = (attempt: number) => Math.min(maxDelayMs, delayMs * 2 ** (attempt - 1)) * (1 - random() / 2)
  const again = async (call: LayerCall, next: Next, error: unknown): Promise<unknown> => {
    for (let attempt = 1, failure = error; ; attempt++) {
      if (attempt >= attempts || !isRepeatable(call, failure)) throw failure
      await clock.sleep(pauseAfter(attempt), signalOf(call.args))
      try {
        return await next()
      } catch (error) {
        failure = error
      }
    }
  }
  return wrap(service, (call, next) => next().catch((error: unknown) => again(call, next, error)))
}

/** That of the options, which are last. */
function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  const { signal } = Object(args.at(-1)) as { readonly signal?: unknown }
  return signal instanceof AbortSignal ? signal : undefined
}
