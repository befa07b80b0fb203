import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"

/** One timer for whatever has a time: it sleeps until the earliest of them. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: Timer | undefined
  #ringsAt = Number.POSITIVE_INFINITY

  /** @param ring Looks at what is due, and calls `setAt` for what is not: a timer may be early. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `time` of the monotonic clock, or earlier where that was wished before. */
  setAt(time: number): void {
    if (time >= this.#ringsAt) return
    this.#timer?.cancel()
    this.#ringsAt = time
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#forget()
        this.#ring()
      },
      Math.max(0, time - this.#clock.monotonic()),
    )
  }

  stop(): void {
    this.#timer?.cancel()
    this.#forget()
  }

  #forget(): void {
    this.#timer = undefined
    this.#ringsAt = Number.POSITIVE_INFINITY
  }
}
