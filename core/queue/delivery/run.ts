import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { utf8Length } from "../../../contracts/foundation/text.ts"
import { handlerTimeIssue, progressIssue } from "../../../contracts/queue/arguments.ts"
import { jsonIssue } from "../../../contracts/queue/json.ts"
import type {
  DeliveryOrigin,
  QueueHandler,
  QueueMessage,
  TaskContext,
  TaskError,
} from "../../../contracts/queue/message.ts"
import { taskErrorOf } from "./task-error.ts"

/** How long a slot waits for a handler whose attempt has taken too long, or was lost. */
export const GIVE_UP_MS = 5000

/** What came of an attempt. */
export type AttemptOutcome =
  /** `result` is JSON; undefined where the handler returned none, and `refused` says why where none is kept. */
  | { readonly kind: "completed"; readonly result: string | undefined; readonly refused?: string | undefined }
  | { readonly kind: "failed"; readonly reason: "error" | "timeout"; readonly error: TaskError }
  /** Given back by the handler. */
  | { readonly kind: "later"; readonly delayMs: number }
  /** Given up by the handler. */
  | { readonly kind: "dead"; readonly error: TaskError }
  /** Aborted from outside: what the handler did is not known, or no longer wanted. */
  | { readonly kind: "aborted"; readonly reason: AbortReason }

/** `lost`: another worker has the message. `closed`: the queue waits no longer. */
export type AbortReason = "lost" | "closed"

export interface Attempt {
  readonly message: QueueMessage
  readonly maxAttempts: number
  readonly origin?: DeliveryOrigin | undefined
  /** Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined
  /** A larger result is not kept. Bytes as JSON. */
  readonly maxResultBytes: number
  /** Keeps the message for that long. `ms` is checked. */
  extend(ms: number): Promise<void>
  /** `value` is checked. */
  progress(value: number): Promise<void>
  /** The handler gave something after its attempt was over. */
  discarded?(reason: AbortReason | "timeout"): void
}

/** Who waits for a run. Nothing of it may throw. */
export interface RunListener {
  /** What came of the attempt: once, and at once where the handler is done when it returns. */
  settled(outcome: AttemptOutcome): void
  /** The handler has ended, which may be long after its attempt. */
  ended?(): void
}

/** One run of a handler, and the context that the handler is given. What few handlers need is made when it is needed. */
export class Run implements TaskContext {
  readonly #attempt: Attempt
  readonly #clock: Clock
  readonly #listener: RunListener
  #isSettled = false
  #over: AbortReason | "timeout" | undefined = undefined
  #timer: Timer | undefined = undefined
  #controller: AbortController | undefined = undefined
  #delayMs: number | undefined = undefined
  #dead: string | undefined = undefined

  constructor(attempt: Attempt, clock: Clock, listener: RunListener) {
    this.#attempt = attempt
    this.#clock = clock
    this.#listener = listener
  }

  start(handler: QueueHandler<never>): void {
    const { message, timeoutMs } = this.#attempt
    if (timeoutMs !== undefined) {
      this.#timer = this.#clock.setTimeout(() => this.#end("timeout", GIVE_UP_MS), timeoutMs)
    }
    let returned: unknown
    try {
      returned = handler(message as QueueMessage<never>, this)
      if (isThenable(returned)) {
        this.#await(returned)
        return
      }
    } catch (thrown) {
      this.#failed(thrown)
      return
    }
    this.#returned(returned)
  }

  /** Ends the attempt before its handler has ended; its slot is free when the handler ends, or after `waitMs`. */
  abort(reason: AbortReason, waitMs: number = GIVE_UP_MS): void {
    if (this.#over === undefined && !this.#isSettled) this.#end(reason, waitMs)
  }

  get maxAttempts(): number {
    return this.#attempt.maxAttempts
  }

  get origin(): DeliveryOrigin | undefined {
    return this.#attempt.origin
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#over !== undefined && !this.#controller.signal.aborted) this.#controller.abort(reasonOf(this.#over))
    return this.#controller.signal
  }

  // Functions that can be taken out of the context, made where they are asked for.

  get extend(): TaskContext["extend"] {
    return async (ms) => {
      refuseIf(handlerTimeIssue("ms", ms))
      if (!this.#isOver) await this.#attempt.extend(ms)
    }
  }

  get progress(): TaskContext["progress"] {
    return async (value) => {
      refuseIf(progressIssue(value))
      if (!this.#isOver) await this.#attempt.progress(value)
    }
  }

  get retryLater(): TaskContext["retryLater"] {
    return (delayMs) => {
      refuseIf(handlerTimeIssue("delayMs", delayMs))
      if (!this.#isOver) this.#delayMs = delayMs
    }
  }

  get dead(): TaskContext["dead"] {
    return (reason) => {
      if (!this.#isOver) this.#dead = taskErrorOf(reason).message
    }
  }

  #await(promise: PromiseLike<unknown>): void {
    Promise.resolve(promise).then(
      (value) => this.#returned(value),
      (thrown) => this.#failed(thrown),
    )
  }

  #returned(value: unknown): void {
    if (this.#over === undefined) this.#settle(this.#said ?? completed(value, this.#attempt.maxResultBytes))
    else this.#late()
    this.#listener.ended?.()
  }

  #failed(thrown: unknown): void {
    if (this.#over === undefined) {
      this.#settle(this.#said ?? { kind: "failed", reason: "error", error: taskErrorOf(thrown) })
    } else this.#late()
    this.#listener.ended?.()
  }

  #late(): void {
    this.#settle(this.#overOutcome())
    this.#attempt.discarded?.(this.#over as AbortReason | "timeout")
  }

  #end(reason: AbortReason | "timeout", waitMs: number): void {
    this.#timer?.cancel()
    this.#over = reason
    // The slot is kept for a handler that minds its signal.
    if (waitMs > 0) this.#timer = this.#clock.setTimeout(() => this.#settle(this.#overOutcome()), waitMs)
    this.#controller?.abort(reasonOf(reason))
    if (waitMs === 0) this.#settle(this.#overOutcome())
  }

  #settle(outcome: AttemptOutcome): void {
    this.#timer?.cancel()
    if (this.#isSettled) return
    this.#isSettled = true
    this.#listener.settled(outcome)
  }

  /** What is said when the attempt is over says nothing of its message, which may have another one. */
  get #isOver(): boolean {
    return this.#over !== undefined || this.#isSettled
  }

  /** What the handler said of its message, which goes before what it then does. */
  get #said(): AttemptOutcome | undefined {
    if (this.#dead !== undefined) return { kind: "dead", error: { message: this.#dead } }
    return this.#delayMs === undefined ? undefined : { kind: "later", delayMs: this.#delayMs }
  }

  #overOutcome(): AttemptOutcome {
    // Another worker has a message that was lost.
    if (this.#over === "lost") return { kind: "aborted", reason: "lost" }
    if (this.#said !== undefined) return this.#said
    return this.#over === "timeout" ? timedOut(this.#attempt.timeoutMs) : { kind: "aborted", reason: "closed" }
  }
}

/** @throws What the `then` of a strange object throws when it is read. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false
  return typeof (value as { then?: unknown }).then === "function"
}

function completed(returned: unknown, maxBytes: number): AttemptOutcome {
  if (returned === undefined) return NOTHING
  try {
    const issue = jsonIssue(returned, "result")
    if (issue !== undefined) return { kind: "completed", result: undefined, refused: issue }
    const result = JSON.stringify(returned)
    const refused = sizeIssue(result, maxBytes)
    return refused === undefined ? { kind: "completed", result } : { kind: "completed", result: undefined, refused }
  } catch (thrown) {
    return { kind: "completed", result: undefined, refused: `result cannot be read: ${taskErrorOf(thrown).message}` }
  }
}

function sizeIssue(json: string, maxBytes: number): string | undefined {
  // A UTF-16 unit is at most three bytes.
  const bytes = json.length * 3 > maxBytes ? utf8Length(json) : 0
  return bytes > maxBytes ? `result has ${bytes} bytes, where maxPayloadBytes is ${maxBytes}` : undefined
}

const NOTHING: AttemptOutcome = { kind: "completed", result: undefined }

function timedOut(timeoutMs: number | undefined): AttemptOutcome {
  const error = { message: `The attempt took longer than ${timeoutMs} ms.`, code: "TIMEOUT" }
  return { kind: "failed", reason: "timeout", error }
}

const REASONS = {
  lost: ["ABORTED", "Another worker was given this message, since this one gave no sign of life in time."],
  closed: ["ABORTED", "The queue was closed, and waited no longer for this handler."],
  timeout: ["TIMEOUT", "The attempt took longer than its timeoutMs."],
} as const

function reasonOf(reason: AbortReason | "timeout"): ServiceError {
  const [code, message] = REASONS[reason]
  return new ServiceError(code, message, { service: "queue" })
}

function refuseIf(issue: string | undefined): void {
  if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue, { service: "queue" })
}
