import type { Clock, Timer } from "../../contracts/foundation/clock.ts"

interface Pending {
  readonly expiresAt: number
  /** Undefined once it is done: it holds the caller's promise, and so the result. */
  expire: (() => void) | undefined
}

/** Calls that are done and stay in the list before it is shortened. */
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
  /** How many calls of the list are done. */
  #done = 0
  #timer: Timer | undefined
  #onIdle: (() => void) | undefined

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** The outcome of `promise`, or the rejection that `late` makes once the time is over. */
  run<T>(promise: Promise<T>, late: () => unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call: Pending = {
        expiresAt: this.#clock.monotonic() + this.#timeoutMs,
        expire: () => reject(late()),
      }
      this.#pending.push(call)
      this.#timer ??= this.#arm(this.#timeoutMs)
      promise.then(
        (value) => {
          this.#finish(call)
          resolve(value)
        },
        (error: unknown) => {
          this.#finish(call)
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

  #finish(call: Pending): void {
    if (call.expire === undefined) return
    call.expire = undefined
    this.#done++
    while (this.#head < this.#pending.length && this.#pending[this.#head]?.expire === undefined) this.#head++
    if (this.#head === this.#pending.length) {
      this.#shorten([])
      this.#onIdle?.()
    } else if (this.#done > SLACK && this.#done > this.#pending.length / 2) {
      // One that hangs keeps the others in the list behind it.
      this.#shorten(this.#pending.filter(({ expire }) => expire !== undefined))
    }
  }

  #shorten(pending: Pending[]): void {
    this.#pending = pending
    this.#head = 0
    this.#done = 0
  }

  #arm(ms: number): Timer {
    return this.#clock.setTimeout(() => {
      // After a long block of the event loop the answers may be here, unread: let them in before judging.
      const soon = globalThis.setImmediate ?? globalThis.setTimeout
      soon(() => this.#expire())
    }, ms)
  }

  #expire(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    for (const call of this.#pending.slice(this.#head)) {
      const { expire } = call
      if (expire === undefined) continue
      if (call.expiresAt > now) {
        this.#timer = this.#arm(call.expiresAt - now)
        return
      }
      this.#finish(call)
      expire()
    }
  }
}
