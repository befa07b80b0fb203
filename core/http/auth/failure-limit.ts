import type { Clock } from "../../../contracts/foundation/clock.ts"
import { networkOf } from "./network.ts"

const WINDOW_MS = 60_000
const MAX_NETWORKS = 4096

interface Window {
  readonly endsAt: number
  failures: number
}

/** Counts failures by the network that they come from, over a minute that the first of them begins. */
export class FailureLimit {
  readonly #clock: Clock
  readonly #maxPerMinute: number
  /** In the order in which they began. */
  readonly #windows = new Map<string, Window>()

  constructor(clock: Clock, maxPerMinute: number) {
    this.#clock = clock
    this.#maxPerMinute = maxPerMinute
  }

  /** Counts a failure. Where there were too many of them: the seconds until they are counted anew. */
  count(address: string | undefined): number | undefined {
    const now = this.#clock.monotonic()
    const window = this.#windowOf(networkOf(address), now)
    window.failures++
    return window.failures > this.#maxPerMinute ? Math.ceil((window.endsAt - now) / 1000) : undefined
  }

  #windowOf(network: string, now: number): Window {
    const running = this.#windows.get(network)
    if (running !== undefined && running.endsAt > now) return running
    const window = { endsAt: now + WINDOW_MS, failures: 0 }
    this.#windows.delete(network)
    this.#windows.set(network, window)
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > MAX_NETWORKS && oldest !== undefined) this.#windows.delete(oldest)
    return window
  }
}
