import type { RateLimit } from "../../../contracts/queue/queue.ts"

/** A window that opens with its first start, and has room for so many. */
export class RateWindow {
  readonly limit: RateLimit
  #opened = Number.NEGATIVE_INFINITY
  #taken = 0

  constructor(limit: RateLimit) {
    this.limit = { ...limit }
  }

  isOf({ durationMs, max }: RateLimit): boolean {
    return this.limit.max === max && this.limit.durationMs === durationMs
  }

  /** When a message may start: `now`, or when the window closes. */
  opensAt(now: number): number {
    const closes = this.#opened + this.limit.durationMs
    return now >= closes || this.#taken < this.limit.max ? now : closes
  }

  /** A message starts. */
  take(now: number): void {
    if (now >= this.#opened + this.limit.durationMs) {
      this.#opened = now
      this.#taken = 0
    }
    this.#taken++
  }
}
