import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: ServiceError) => void
  readonly timer: Timer | undefined
}

/** Callers of `whenIdle`. */
export class IdleWaiters {
  readonly #clock: Clock
  readonly #waiters = new Set<Waiter>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#waiters.size
  }

  wait(timeoutMs: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#waiters.delete(waiter)
        reject(errorOf("TIMEOUT", `The queue was not idle within ${timeoutMs} ms.`))
      }
      const timer = timeoutMs === undefined ? undefined : this.#clock.setTimeout(late, timeoutMs)
      const waiter: Waiter = { resolve, reject, timer }
      this.#waiters.add(waiter)
    })
  }

  resolveAll(): void {
    this.#settle(({ resolve }) => resolve())
  }

  /** The queue is closed. */
  rejectAll(): void {
    this.#settle(({ reject }) => reject(errorOf("CLOSED", "This queue was closed before it was idle.")))
  }

  #settle(settle: (waiter: Waiter) => void): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) {
      waiter.timer?.cancel()
      settle(waiter)
    }
  }
}

/** It comes when the call has long left the portable type, so it says itself where it happened. */
function errorOf(code: ErrorCode, message: string): ServiceError {
  return new ServiceError(code, message, { service: "queue", adapter: "memory", operation: "whenIdle" })
}
