import { ServiceError } from "./errors.ts"
import { inNoContext } from "./no-context.ts"
import { onAbort } from "./on-abort.ts"

/** A pending `Clock.setTimeout`. */
export interface Timer {
  cancel(): void
}

/**
 * Where time comes from. Adapters take one, so that tests need not wait; in a shared store the store's own clock
 * decides.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds, in no async context. A pending timer does not keep the process alive. */
  setTimeout(fn: () => void, ms: number): Timer
  /** Resolves after `ms` milliseconds; rejects ABORTED when `signal` fires first. Keeps the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest delay that setTimeout takes; longer ones would fire at once. */
const MAX_DELAY_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => startTimer(fn, ms, { keepAlive: false }),
  sleep: (ms, signal) => sleepWith((fn, delay) => startTimer(fn, delay, { keepAlive: true }), ms, signal),
}

/** A clock that stands still until `advance`. Timers fire in the order of their time. */
export interface ManualClock extends Clock {
  /** Moves time forward: timers that are due fire, and promises that wait for them settle. */
  advance(ms: number): Promise<void>
  /** Sets `now()` forward or back, as a correction of the wall clock does; no time passes. */
  adjust(ms: number): void
}

/**
 * A clock for tests.
 *
 * @param startMs Epoch milliseconds of `now()` at the start. Default 2026-01-01.
 * @example
 * const clock = createManualClock()
 * const cache = createMemoryCache({}, { clock })
 * await cache.set("a", 1, 60)
 * await clock.advance(60_000) // the entry is gone
 */
export function createManualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0
  let correction = 0
  let waiting: { at: number; fn: () => void }[] = []

  const setTimer = (fn: () => void, ms: number): Timer => {
    const timer = { at: elapsed + Math.max(0, ms), fn }
    waiting.push(timer)
    return {
      cancel: () => {
        waiting = waiting.filter((other) => other !== timer)
      },
    }
  }

  return {
    now: () => startMs + elapsed + correction,
    monotonic: () => elapsed,
    setTimeout: setTimer,
    sleep: (ms, signal) => sleepWith(setTimer, ms, signal),
    adjust(ms) {
      correction += ms
    },
    async advance(ms) {
      const target = elapsed + ms
      await flushPromises()
      for (;;) {
        let next: { at: number; fn: () => void } | undefined
        for (const timer of waiting) {
          if (timer.at <= target && (next === undefined || timer.at < next.at)) next = timer
        }
        if (next === undefined) break
        const due = next
        waiting = waiting.filter((timer) => timer !== due)
        elapsed = Math.max(elapsed, due.at)
        due.fn()
        await flushPromises()
      }
      elapsed = target
      await flushPromises()
    },
  }
}

/** Lets promise chains that a timer started run as far as they can without more time. */
function flushPromises(): Promise<void> {
  return new Promise((resolve) => (globalThis.setImmediate ?? globalThis.setTimeout)(resolve))
}

function startTimer(fn: () => void, ms: number, options: { keepAlive: boolean }): Timer {
  let left = Math.max(0, ms)
  let handle: ReturnType<typeof globalThis.setTimeout>
  const arm = () => {
    const delay = Math.min(left, MAX_DELAY_MS)
    left -= delay
    handle = inNoContext(() => globalThis.setTimeout(() => (left > 0 ? arm() : fn()), delay))
    if (!options.keepAlive) (handle as { unref?(): void }).unref?.()
  }
  arm()
  return { cancel: () => globalThis.clearTimeout(handle) }
}

function sleepWith(start: (fn: () => void, ms: number) => Timer, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const endWait = onAbort(signal, () => {
      timer.cancel()
      reject(aborted(signal))
    })
    const timer = start(() => {
      endWait()
      resolve()
    }, ms)
  })
}

function aborted(signal: AbortSignal | undefined): ServiceError {
  return new ServiceError("ABORTED", "The wait was aborted.", { cause: signal?.reason })
}
