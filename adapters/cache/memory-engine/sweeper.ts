import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"

/** Sweeps are at least this far apart, so that entries which expire one by one do not each cost a timer. */
const PAUSE_MS = 100
/** A sweep that is not done after this goes on a moment later, so that it never holds up the program. */
const STEP_MS = 1

/** What is swept. */
export interface Sweepable {
  /** When the next thing expires; Infinity when nothing does. */
  earliestExpiry(): number
  /** Removes a few things that have expired at `now`. */
  removeExpired(now: number): void
}

/** Removes what has expired, by one timer that sleeps until something can have, and is gone when nothing expires. */
export class Sweeper {
  readonly #clock: Clock
  readonly #swept: Sweepable
  #timer: Timer | undefined
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock, swept: Sweepable) {
    this.#clock = clock
    this.#swept = swept
  }

  /** To be told whenever something got an expiry. */
  expects(time: number): void {
    if (time + PAUSE_MS < this.#wakesAt) this.#sleepUntil(time)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#wakesAt = Number.POSITIVE_INFINITY
  }

  #sleepUntil(time: number, pauseMs = PAUSE_MS): void {
    this.#timer?.cancel()
    const now = this.#clock.monotonic()
    this.#wakesAt = Math.max(time, now + pauseMs)
    this.#timer = this.#clock.setTimeout(() => this.#sweep(), this.#wakesAt - now)
  }

  #sweep(): void {
    this.stop()
    const start = this.#clock.monotonic()
    let now = start
    while (now - start < STEP_MS && this.#swept.earliestExpiry() <= now) {
      this.#swept.removeExpired(now)
      now = this.#clock.monotonic()
    }
    const next = this.#swept.earliestExpiry()
    if (next <= now) this.#sleepUntil(now, STEP_MS)
    else if (next !== Number.POSITIVE_INFINITY) this.#sleepUntil(next)
  }
}
