import { within } from "../command.ts"

/** Of the time, this much at most is kept for clearing away. */
const CLEARING_MS = 5000

/** How long all of a command may take. */
export class Deadline {
  readonly ms: number
  /** Aborts when nothing more may be begun but to clear away. */
  readonly signal: AbortSignal
  readonly #end: number

  constructor(ms: number) {
    this.ms = ms
    this.#end = performance.now() + ms
    this.signal = AbortSignal.timeout(Math.ceil(ms - Math.min(ms / 4, CLEARING_MS)))
  }

  /** What is awaited, or what `late` gives where it does not come in time. */
  within<Value>(awaited: Promise<Value>, late: () => Value): Promise<Value> {
    return within(Math.max(0, this.#end - performance.now()), awaited, late)
  }
}
