import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler } from "../../../contracts/queue/message.ts"
import { type AbortReason, type Attempt, type AttemptOutcome, Run } from "./run.ts"

export { type AbortReason, type Attempt, type AttemptOutcome, GIVE_UP_MS } from "./run.ts"

/** One run of a handler, as promises. */
export class HandlerRun {
  /** What came of the attempt. Never rejects. */
  readonly outcome: Promise<AttemptOutcome>
  /** Resolves when the handler has ended, which may be long after its attempt. */
  readonly ended: Promise<void>
  readonly #run: Run

  constructor(handler: QueueHandler<never>, attempt: Attempt, clock: Clock) {
    let settled: (outcome: AttemptOutcome) => void = () => {}
    let ended: () => void = () => {}
    this.outcome = new Promise((resolve) => {
      settled = resolve
    })
    this.ended = new Promise((resolve) => {
      ended = resolve
    })
    this.#run = new Run(attempt, clock, { settled, ended })
    this.#run.start(handler)
  }

  /** Ends the attempt before its handler has ended; its slot is free when the handler ends, or a little later. */
  abort(reason: AbortReason): void {
    this.#run.abort(reason)
  }
}
