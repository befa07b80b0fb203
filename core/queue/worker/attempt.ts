import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { jsonIssue } from "../../../contracts/queue/json.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../../contracts/queue/message.ts"
import { GIVE_UP_MS } from "../delivery/run.ts"
import { taskErrorOf } from "../delivery/task-error.ts"
import type { TaskExecutionResult } from "./stats.ts"

/** What the handler did. */
type Did = { readonly value: unknown } | { readonly thrown: unknown }

/** A worker's run of a handler: it tells what came of it, and can end before its handler has. */
export class Attempt {
  readonly #message: QueueMessage
  readonly #context: AttemptContext
  readonly #clock: Clock
  readonly #over: Promise<undefined>
  #end: () => void = () => {}

  constructor(message: QueueMessage, context: TaskContext, clock: Clock) {
    this.#message = message
    this.#context = new AttemptContext(context)
    this.#clock = clock
    this.#over = new Promise((resolve) => {
      this.#end = () => resolve(undefined)
    })
  }

  /** Ends the attempt and gives its message back; what the handler gives afterwards is discarded. */
  giveBack(): void {
    this.#context.giveBack()
    this.#end()
  }

  /** Does for the queue what the handler does. `tell` is not called for a delivery that does not count. */
  async run(handler: QueueHandler<never>, tell: (result: TaskExecutionResult) => void): Promise<unknown> {
    const startedAt = this.#clock.now()
    const start = this.#clock.monotonic()
    const did = await this.#did(handler)
    const result = this.#resultOf(did)
    if (result !== undefined) {
      const durationMs = this.#clock.monotonic() - start
      const times = { startedAt: isoOf(startedAt), completedAt: isoOf(this.#clock.now()), durationMs }
      const taskId = this.#message.metadata?.["taskId"] ?? this.#message.id
      tell({ taskId, ...result, ...times, attempt: this.#message.attempts })
    }
    if (did !== undefined && "thrown" in did) throw did.thrown
    return did?.value
  }

  /** Undefined where it takes no longer than the queue waits for it. */
  async #did(handler: QueueHandler<never>): Promise<Did | undefined> {
    let timer: Timer | undefined
    this.#context.onAbort(() => {
      timer = this.#clock.setTimeout(this.#end, GIVE_UP_MS)
    })
    const did = await Promise.race([settled(handler, this.#message, this.#context), this.#over])
    timer?.cancel()
    return did
  }

  #resultOf(did: Did | undefined): Pick<TaskExecutionResult, "status" | "result" | "error" | "willRetry"> | undefined {
    const { aborted, maxAttempts, reason, returned } = this.#context
    const timedOut = aborted?.code === "TIMEOUT"
    // Another worker has the message then, or the queue has taken it back.
    if (aborted !== undefined && !timedOut) return undefined
    if (reason !== undefined) return { status: "dead", error: { message: reason }, willRetry: false }
    if (returned) return undefined
    if (aborted === undefined && did !== undefined && "value" in did) {
      const isData = did.value !== undefined && jsonIssue(did.value, "result") === undefined
      return { status: "completed", ...(isData && { result: did.value }), willRetry: false }
    }
    const thrown = aborted ?? (did as { thrown: unknown }).thrown
    const willRetry = this.#message.attempts < maxAttempts
    return { status: !willRetry ? "dead" : timedOut ? "timeout" : "failed", error: errorOf(thrown), willRetry }
  }
}

/** The context of the queue, with a signal that a worker can abort, and a memory of what the handler said. */
class AttemptContext implements TaskContext {
  readonly maxAttempts: number
  readonly #context: TaskContext
  readonly #controller = new AbortController()
  /** Why the queue has aborted the attempt. */
  aborted: ServiceError | undefined
  /** Why the handler, or the worker, gave the message up. */
  reason: string | undefined
  /** It was given back. */
  returned = false

  constructor(context: TaskContext) {
    this.#context = context
    this.maxAttempts = context.maxAttempts
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get origin(): TaskContext["origin"] {
    return this.#context.origin
  }

  onAbort(listener: () => void): void {
    const { signal } = this.#context
    const abort = () => {
      this.aborted = signal.reason as ServiceError
      listener()
      this.#controller.abort(signal.reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener("abort", abort, { once: true })
  }

  giveBack(): void {
    this.retryLater(0)
    const message = "The worker was closed, and waited no longer for this handler."
    this.#controller.abort(new ServiceError("ABORTED", message, { service: "queue" }))
  }

  // Functions that can be taken out of the context.

  readonly extend = (ms: number): Promise<void> => this.#context.extend(ms)

  readonly progress = (value: number): Promise<void> => this.#context.progress(value)

  readonly retryLater = (delayMs: number): void => {
    this.#context.retryLater(delayMs)
    this.returned = true
  }

  readonly dead = (reason: string): void => {
    this.#context.dead(reason)
    this.reason = taskErrorOf(reason).message
  }
}

async function settled(handler: QueueHandler<never>, message: QueueMessage, context: TaskContext): Promise<Did> {
  try {
    return { value: await handler(message as QueueMessage<never>, context) }
  } catch (thrown) {
    return { thrown }
  }
}

function errorOf(thrown: unknown): TaskExecutionResult["error"] & object {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  return { ...taskErrorOf(thrown), ...(stack !== undefined && { stack }) }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
