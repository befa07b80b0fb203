import type { TaskContext } from "../../../contracts/queue/message.ts"
import type { SpanHandle } from "../../../contracts/tracing/tracing.ts"

/** The context of a handler. What the handler says of its message is an attribute of the span too. */
export class TracedContext implements TaskContext {
  readonly #context: TaskContext
  readonly #span: SpanHandle

  constructor(context: TaskContext, span: SpanHandle) {
    this.#context = context
    this.#span = span
  }

  get signal(): AbortSignal {
    return this.#context.signal
  }

  get maxAttempts(): number {
    return this.#context.maxAttempts
  }

  get origin(): TaskContext["origin"] {
    return this.#context.origin
  }

  // Functions that can be taken out of the context, made where they are asked for.

  get extend(): TaskContext["extend"] {
    return (ms) => this.#context.extend(ms)
  }

  get progress(): TaskContext["progress"] {
    return (value) => this.#context.progress(value)
  }

  get retryLater(): TaskContext["retryLater"] {
    return (delayMs) => {
      this.#context.retryLater(delayMs)
      this.#span.setAttribute("objectos.queue.retry_later_ms", delayMs)
    }
  }

  /** The reason is text of the user, and not told. */
  get dead(): TaskContext["dead"] {
    return (reason) => {
      this.#context.dead(reason)
      this.#span.setAttribute("objectos.queue.dead", true)
    }
  }
}
