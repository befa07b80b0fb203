import type { GivenAttributes, SpanHandle, SpanKind, TraceContext } from "../../../contracts/tracing/tracing.ts"
import {
  AttributeSet,
  exceptionAttributes,
  safeAttribute,
  safeKey,
  safeMessage,
  safeName,
  safeTime,
} from "../../../core/tracing/for-adapters.ts"
import type { SpanStart, TracingEngine } from "../engine/tracing-engine.ts"
import type { HrTime, OtelApiSpan, SentAttributes } from "./injected.ts"
import { keepProtoName } from "./proto-name.ts"

/** To the microsecond, which is what a number of milliseconds holds. */
export function hrTimeOf(ms: number): HrTime {
  const microseconds = Math.round(ms * 1000)
  const seconds = Math.floor(microseconds / 1_000_000)
  return [seconds, (microseconds - seconds * 1_000_000) * 1000]
}

/** OpenTelemetry's codes. */
const STATUS = { ok: 1, error: 2 } as const

/** Who must know what becomes of a span. */
export interface SpanWatch {
  /** So many attributes have no form that receivers take. The SDK counts those that are too many. */
  onDrop?(span: OtelApiSpan, count: number): void
  /**
   * Told once for each span.
   *
   * @param isTaken False where its provider failed.
   */
  onEnd?(handle: OtelSpan, isTaken: boolean): void
}

/** A span of OpenTelemetry, which is handed only what every receiver takes. */
export class OtelSpan implements SpanHandle {
  readonly context: TraceContext
  readonly span: OtelApiSpan
  readonly #start: SpanStart
  readonly #engine: TracingEngine
  readonly #watch: SpanWatch
  #isEnded = false
  #isOk = false
  name: string

  constructor(span: OtelApiSpan, context: TraceContext, start: SpanStart, engine: TracingEngine, watch: SpanWatch) {
    this.context = context
    this.span = span
    this.name = start.name
    this.#start = start
    this.#engine = engine
    this.#watch = watch
    this.#drop(start.attributes.dropped)
  }

  get kind(): SpanKind {
    return this.#start.kind
  }

  get parentSpanId(): string | undefined {
    return this.#start.parent?.spanId
  }

  #drop(count: number): void {
    if (count > 0) this.#watch.onDrop?.(this.span, count)
  }

  setAttribute(name: string, value: unknown): this {
    if (this.#isEnded) return this
    const key = safeKey(name)
    const safe = safeAttribute(value, this.#engine.options.spanLimits.maxAttributeValueLength)
    if (key === undefined || safe === undefined) {
      this.#drop(1)
      return this
    }
    // As `#ask`, without a function for each attribute.
    try {
      this.span.setAttribute(key, safe as SentAttributes[string])
    } catch {}
    return this
  }

  setAttributes(given: GivenAttributes): this {
    if (this.#isEnded) return this
    const { maxAttributeValueLength } = this.#engine.options.spanLimits
    const attributes = new AttributeSet(Number.POSITIVE_INFINITY, maxAttributeValueLength)
    attributes.setAll(given)
    this.#drop(attributes.dropped)
    this.#ask((span) => span.setAttributes(attributes.values as SentAttributes))
    return this
  }

  /** @returns False where it failed: a span of the application may do what its processors do. */
  #ask(call: (span: OtelApiSpan) => void): boolean {
    try {
      call(this.span)
      return true
    } catch {
      return false
    }
  }

  addEvent(name: string, given?: GivenAttributes): this {
    if (this.#isEnded) return this
    const time = hrTimeOf(this.#engine.timeOf(this.#start))
    const { values } = this.#engine.attributes(given)
    this.#ask((span) => {
      span.addEvent(safeName(name), values as SentAttributes, time)
      keepProtoName(span.events?.at(-1), values)
    })
    return this
  }

  recordException(error: unknown): this {
    const { maxAttributeValueLength } = this.#engine.options.spanLimits
    return this.addEvent("exception", exceptionAttributes(error, maxAttributeValueLength))
  }

  setStatus(status: "ok" | "error", message?: string): this {
    if (this.#isEnded || this.#isOk || (status !== "ok" && status !== "error")) return this
    this.#isOk = status === "ok"
    const said = status === "error" ? safeMessage(message) : undefined
    this.#ask((span) => span.setStatus({ code: STATUS[status], ...(said !== undefined && { message: said }) }))
    return this
  }

  updateName(name: string): this {
    if (this.#isEnded) return this
    this.name = safeName(name)
    this.#ask((span) => span.updateName(this.name))
    return this
  }

  end(endTime?: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { announcer } = this.#engine
    const time = safeTime(endTime) ?? this.#engine.timeOf(this.#start)
    const isTaken = this.#ask((span) => span.end(hrTimeOf(Math.max(this.#start.startTime, time))))
    this.#watch.onEnd?.(this, isTaken)
    if (announcer.hears("trace.span.ended")) announcer.tell("trace.span.ended", this)
  }
}
