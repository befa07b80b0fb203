import type { Clock } from "../../../contracts/foundation/clock.ts"

/** The clocks are read one after the other, and one of them in whole milliseconds: so far apart they may seem. */
const JITTER_MS = 5

/** Times of the monotonic clock as the wall clock shows them: the same whenever it is asked, unless that clock was set. */
export class WallTime {
  readonly #clock: Clock
  #aheadMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns Whole epoch milliseconds. */
  of(monotonic: number): number {
    return Math.round(monotonic + this.#ahead())
  }

  #ahead(): number {
    const before = this.#clock.monotonic()
    const aheadMs = this.#clock.now() - before
    const wasHeldUp = this.#clock.monotonic() - before > 1
    if (this.#aheadMs === undefined || (!wasHeldUp && Math.abs(aheadMs - this.#aheadMs) > JITTER_MS)) {
      this.#aheadMs = aheadMs
    }
    return this.#aheadMs
  }
}
