import { isTraceId } from "../../../contracts/foundation/trace-context.ts"
import type { SpanHandle } from "../../../contracts/tracing/tracing.ts"
import { httpStatusOf } from "../../foundation/http/status.ts"
import { errorTypeOf } from "./error-type.ts"

/** The span of a request, which ends with the answer. */
export class RequestSpan {
  readonly #span: SpanHandle
  #hasFailed = false
  #isAnswered = false
  /** Resolves when it ends; undefined where none is open. */
  #body: Promise<void> | undefined

  constructor(span: SpanHandle) {
    this.#span = span
  }

  /** Undefined where tracing failed to give one. */
  get traceId(): string | undefined {
    const { traceId } = this.#span.context
    return isTraceId(traceId) ? traceId : undefined
  }

  /** An error that the request caused is no failure. */
  failed(error: unknown): void {
    if (httpStatusOf(error) < 500) return
    this.#span.recordException(error)
    this.#fail(errorTypeOf(error))
  }

  #fail(type: string): void {
    this.#hasFailed = true
    this.#span.setAttribute("error.type", type).setStatus("error")
  }

  /** Keeps the span open until what is returned is called. */
  untilBodyEnds(): () => void {
    let resolve = () => {}
    this.#body = new Promise((over) => {
      resolve = over
    })
    return () => {
      this.#body = undefined
      if (this.#isAnswered) this.#span.end()
      resolve()
    }
  }

  /** Ends the span, or lets the body end it. @returns What it waits for. */
  answered(status: number): Promise<void> | undefined {
    this.#isAnswered = true
    this.#span.setAttribute("http.response.status_code", status)
    if (status >= 500 && !this.#hasFailed) this.#fail(String(status))
    if (this.#body === undefined) this.#span.end()
    return this.#body
  }
}
