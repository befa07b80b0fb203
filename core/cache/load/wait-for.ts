import type { GetOrSetOptions } from "../../../contracts/cache/cache.ts"
import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"

/** What a caller waits for. */
export interface PendingLoad {
  readonly outcome: Promise<unknown>
  readonly startedAt: number
  /** The factory failed, not the store. */
  readonly factoryFailed: boolean
}

export interface WaitTools<T> {
  readonly clock: Clock
  /** The value past its ttl, where there is one; never rejects. */
  readonly getStale: () => Promise<T | undefined>
  /** The caller's signal fired before it had its answer. */
  readonly left: (reason: unknown) => void
  readonly servedStale: () => void
}

/** The answer for one caller of a load: its outcome, or what the caller's options say instead. */
export function waitFor<T>(load: PendingLoad, options: GetOrSetOptions, tools: WaitTools<T>): Promise<T> {
  const { grace, hardTimeoutMs, signal, softTimeoutMs } = options
  if (grace === undefined && hardTimeoutMs === undefined && signal === undefined) return load.outcome as Promise<T>
  return new Promise((resolve, reject) => {
    const timers: Timer[] = []
    let waiting = true
    const end = () => {
      waiting = false
      for (const timer of timers) timer.cancel()
      endWait()
    }
    const succeed = (value: T) => {
      end()
      resolve(value)
    }
    const fail = (error: unknown) => {
      end()
      reject(error)
    }
    const serveStale = async (otherwise: () => void) => {
      const stale = await tools.getStale()
      if (!waiting) return
      if (stale === undefined) return otherwise()
      tools.servedStale()
      succeed(stale)
    }
    const endWait = onAbort(signal, () => {
      fail(aborted(signal))
      tools.left(signal?.reason)
    })
    const within = (ms: number, then: () => void) => timers.push(tools.clock.setTimeout(then, ms))

    if (hardTimeoutMs !== undefined) within(hardTimeoutMs, () => fail(late(hardTimeoutMs)))
    if (softTimeoutMs !== undefined) {
      const left = softTimeoutMs - (tools.clock.monotonic() - load.startedAt)
      // The load goes on, and the caller goes on waiting where there is nothing stale.
      const giveUp = () => void serveStale(() => {})
      if (left > 0) within(left, giveUp)
      else giveUp()
    }
    load.outcome.then(
      (value) => succeed(value as T),
      (error: unknown) =>
        grace !== undefined && load.factoryFailed ? void serveStale(() => fail(error)) : fail(error),
    )
  })
}

export function aborted(signal: AbortSignal | undefined): ServiceError {
  return failure("ABORTED", "The caller gave up waiting.", signal?.reason)
}

function late(hardTimeoutMs: number): ServiceError {
  return failure("TIMEOUT", `The factory took longer than hardTimeoutMs ${hardTimeoutMs}; it goes on.`)
}

function failure(code: ErrorCode, message: string, cause?: unknown): ServiceError {
  return new ServiceError(code, message, { service: "cache", operation: "getOrSet", cause })
}
