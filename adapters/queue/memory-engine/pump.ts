import type { Clock } from "../../../contracts/foundation/clock.ts"
import { inNoContext } from "../../../contracts/foundation/no-context.ts"

/** Starts in one task. After so many, or so much time, timers and input have their turn. */
const MAX_STARTS = 256
const MAX_MS = 5

/** What can have something to start. */
export interface Startable {
  /** Whether it waits for its turn. Set by the pump alone. */
  awake: boolean
  /** Starts what it can, as long as the pump allows. */
  start(): void
}

/**
 * Starts deliveries in tasks of their own, so that no publish runs a handler, and few enough in each that the event loop
 * goes on. Queues take turns.
 */
export class Pump {
  readonly #clock: Clock
  #waiting: Startable[] = []
  #isScheduled = false
  #isStopped = false
  #left = 0
  /** When this task began, by the wall clock and by the monotonic one. */
  #startedAt = 0
  #began = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(startable: Startable): void {
    if (startable.awake || this.#isStopped) return
    startable.awake = true
    this.#waiting.push(startable)
    this.#schedule()
  }

  /** Whether one more may start in this task, at this epoch time. */
  allows(now: number): boolean {
    if (now - this.#startedAt >= MAX_MS) this.#left = 0
    if (this.#left === 0) return false
    this.#left--
    return true
  }

  /** The monotonic clock at an epoch time that was read just now: seldom read itself, since reading it takes time. */
  monotonicAt(now: number): number {
    const sinceMs = now - this.#startedAt
    return sinceMs >= 0 && sinceMs < MAX_MS ? this.#began + sinceMs : this.#clock.monotonic()
  }

  stop(): void {
    this.#isStopped = true
    this.#waiting = []
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    inNoContext(() => setImmediate(() => this.#run()))
  }

  #run(): void {
    this.#isScheduled = false
    this.#left = MAX_STARTS
    this.#startedAt = this.#clock.now()
    this.#began = this.#clock.monotonic()
    const turns = this.#waiting
    this.#waiting = []
    let next = 0
    for (; next < turns.length && this.#left > 0; next++) {
      const startable = turns[next] as Startable
      startable.awake = false
      startable.start()
    }
    // Those that had no turn are first in the next task.
    if (next < turns.length) this.#waiting = [...turns.slice(next), ...this.#waiting]
    if (this.#waiting.length > 0) this.#schedule()
  }
}
