import type { Clock } from "../../../contracts/foundation/clock.ts"
import { Deadlines } from "../deadlines.ts"

export interface SharedCallOptions<Answer> {
  /** Asks. Never rejects. */
  readonly call: () => Promise<Answer>
  /** The answer where the call takes longer than `timeoutMs`. */
  readonly late: Answer
  readonly timeoutMs: number
  /** How old an answer may be. */
  readonly maxAgeMs: number
  readonly clock: Clock
}

/** A call that runs once at a time: callers share its answer, and its bound. One that hangs is not made again. */
export class SharedCall<Answer> {
  readonly #options: SharedCallOptions<Answer>
  readonly #deadlines: Deadlines
  #last: { readonly answer: Answer; readonly at: number } | undefined
  /** The answer of the call that runs; of one that hangs it is the late one. */
  #running: Promise<Answer> | undefined
  #next: { readonly after: Promise<Answer>; readonly answer: Promise<Answer> } | undefined

  constructor(options: SharedCallOptions<Answer>) {
    this.#options = options
    this.#deadlines = new Deadlines(options.clock, options.timeoutMs)
  }

  /** The last answer while it is young enough, else that of the call that runs, else of a new one. */
  async ask(): Promise<Answer> {
    const { clock, maxAgeMs } = this.#options
    if (this.#last !== undefined && clock.monotonic() - this.#last.at < maxAgeMs) return this.#last.answer
    return this.#running ?? this.#begin()
  }

  /** The answer of a call that begins now, or once the one that runs has ended; the late one while that hangs. */
  async askAgain(): Promise<Answer> {
    const running = this.#running
    if (running === undefined) return this.#begin()
    if (this.#next?.after !== running) this.#next = { after: running, answer: this.#afterwards(running) }
    return this.#next.answer
  }

  async #afterwards(running: Promise<Answer>): Promise<Answer> {
    await running
    // One that hangs is still the one that runs.
    return this.#running ?? this.#begin()
  }

  #begin(): Promise<Answer> {
    const { call, clock, late } = this.#options
    let isLate = false
    const answered = call().then((answer) => {
      this.#running = undefined
      if (!isLate) this.#last = { answer, at: clock.monotonic() }
      return answer
    })
    const expire = () => {
      isLate = true
    }
    this.#running = this.#deadlines.run(answered, expire).catch(() => late)
    return this.#running
  }
}
