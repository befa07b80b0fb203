import type { Clock, Timer } from "../../contracts/foundation/clock.ts"

interface Pending {
  readonly expiresAt: number
  readonly expire: () => void
  done: boolean
}

/** Emptied slots kept at the front of the list before it is shortened. */
const SLACK = 1024

/**
 * One deadline for every call, watched by one timer.
 *
 * Calls end in about the order they began, so the list is short and its head is the next to expire. A timer of its
 * own for each call costs several times more than the call.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #timeoutMs: number
  #pending: Pending[] = []
  #head = 0
  #timer: Timer | undefined
  #onIdle: (() => void) | undefined

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** The outcome of `promise`, or the rejection that `late` makes once the time is over. */
  run<T>(promise: Promise<T>, late: () => unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Pending = {
        expiresAt: this.#clock.monotonic() + this.#timeoutMs,
        expire: () => reject(late()),
        done: false,
      }
      this.#pending.push(entry)
      this.#timer ??= this.#arm(this.#timeoutMs)
      promise.then(
        (value) => {
          this.#settle(entry)
          resolve(value)
        },
        (error: unknown) => {
          this.#settle(entry)
          reject(error)
        },
      )
    })
  }

  /** Resolves when no call is pending. */
  async idle(): Promise<void> {
    if (this.#pending.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #settle(entry: Pending): void {
    entry.done = true
    while (this.#pending[this.#head]?.done) this.#head++
    if (this.#head === this.#pending.length) {
      this.#pending.length = 0
      this.#head = 0
      this.#onIdle?.()
    } else if (this.#head > SLACK) {
      this.#pending.splice(0, this.#head)
      this.#head = 0
    }
  }

  #arm(ms: number): Timer {
    return this.#clock.setTimeout(() => {
      // After a long block of the event loop the answers may be here, unread: let them in before judging.
      setImmediate(() => this.#expire())
    }, ms)
  }

  #expire(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    for (const entry of this.#pending.slice(this.#head)) {
      if (entry.done) continue
      if (entry.expiresAt > now) {
        this.#timer = this.#arm(entry.expiresAt - now)
        return
      }
      this.#settle(entry)
      entry.expire()
    }
  }
}
