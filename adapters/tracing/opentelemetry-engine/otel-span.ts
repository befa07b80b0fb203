import type { Span } from "@opentelemetry/api"
import type { GivenAttributes, SpanHandle, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { exceptionAttributes } from "../../../core/tracing/safe/exception.ts"
import { safeMessage, safeName } from "../../../core/tracing/safe/text.ts"
import { safeTime } from "../../../core/tracing/safe/time.ts"
import type { SpanStart, TracingEngine } from "../engine/tracing-engine.ts"

/** Seconds and nanoseconds: a number would be read as a time of the process where it is small. */
export type HrTime = [seconds: number, nanoseconds: number]

export function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)]
}

/** OpenTelemetry's codes. */
const STATUS = { ok: 1, error: 2 } as const

/** A span of OpenTelemetry, which is handed only what every receiver takes. */
export class OtelSpan implements SpanHandle {
  readonly context: TraceContext
  readonly span: Span
  readonly #start: SpanStart
  readonly #engine: TracingEngine
  readonly #onEnd: (handle: OtelSpan) => void
  #isEnded = false
  #isOk = false
  /** Attributes that no receiver takes, or that were too many at the start. */
  dropped: number

  constructor(span: Span, start: SpanStart, engine: TracingEngine, onEnd: (handle: OtelSpan) => void) {
    this.context = start.context
    this.span = span
    this.#start = start
    this.#engine = engine
    this.#onEnd = onEnd
    this.dropped = start.attributes.dropped
  }

  setAttribute(key: string, value: unknown): this {
    if (this.#isEnded) return this
    const { dropped, values } = this.#engine.attributes({ [key]: value })
    this.dropped += dropped
    this.span.setAttributes(values as never)
    return this
  }

  setAttributes(given: GivenAttributes): this {
    if (this.#isEnded) return this
    const { dropped, values } = this.#engine.attributes(given)
    this.dropped += dropped
    this.span.setAttributes(values as never)
    return this
  }

  addEvent(name: string, given?: GivenAttributes): this {
    if (this.#isEnded) return this
    const time = hrTimeOf(this.#engine.timeOf(this.#start))
    this.span.addEvent(safeName(name), this.#engine.attributes(given).values as never, time)
    return this
  }

  recordException(error: unknown): this {
    return this.addEvent("exception", exceptionAttributes(error))
  }

  setStatus(status: "ok" | "error", message?: string): this {
    if (this.#isEnded || this.#isOk || (status !== "ok" && status !== "error")) return this
    this.#isOk = status === "ok"
    const said = status === "error" ? safeMessage(message) : undefined
    this.span.setStatus({ code: STATUS[status], ...(said !== undefined && { message: said }) })
    return this
  }

  updateName(name: string): this {
    if (!this.#isEnded) this.span.updateName(safeName(name))
    return this
  }

  end(endTime?: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#onEnd(this)
    const time = safeTime(endTime) ?? this.#engine.timeOf(this.#start)
    this.span.end(hrTimeOf(Math.max(this.#start.startTime, time)))
  }
}
