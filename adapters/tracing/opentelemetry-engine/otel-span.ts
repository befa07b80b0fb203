import type { GivenAttributes, SpanHandle, TraceContext } from "../../../contracts/tracing/tracing.ts"
import {
  AttributeSet,
  exceptionAttributes,
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

/** A span of OpenTelemetry, which is handed only what every receiver takes. */
export class OtelSpan implements SpanHandle {
  readonly context: TraceContext
  readonly span: OtelApiSpan
  readonly #start: SpanStart
  readonly #engine: TracingEngine
  readonly #onEnd: () => void
  #isEnded = false
  #isOk = false
  name: string
  /** Attributes that no receiver takes. The span counts those that are too many. */
  dropped: number

  constructor(span: OtelApiSpan, context: TraceContext, start: SpanStart, engine: TracingEngine, onEnd: () => void) {
    this.context = context
    this.span = span
    this.name = start.name
    this.#start = start
    this.#engine = engine
    this.#onEnd = onEnd
    this.dropped = start.attributes.dropped
  }

  setAttribute(key: string, value: unknown): this {
    return this.#set((attributes) => attributes.set(key, value))
  }

  setAttributes(given: GivenAttributes): this {
    return this.#set((attributes) => attributes.setAll(given))
  }

  #set(fill: (attributes: AttributeSet) => void): this {
    if (this.#isEnded) return this
    const attributes = new AttributeSet(
      Number.POSITIVE_INFINITY,
      this.#engine.options.spanLimits.maxAttributeValueLength,
    )
    fill(attributes)
    this.dropped += attributes.dropped
    this.span.setAttributes(attributes.values as SentAttributes)
    return this
  }

  addEvent(name: string, given?: GivenAttributes): this {
    if (this.#isEnded) return this
    const time = hrTimeOf(this.#engine.timeOf(this.#start))
    const { values } = this.#engine.attributes(given)
    this.span.addEvent(safeName(name), values as SentAttributes, time)
    keepProtoName(this.span.events?.at(-1), values)
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
    this.span.setStatus({ code: STATUS[status], ...(said !== undefined && { message: said }) })
    return this
  }

  updateName(name: string): this {
    if (this.#isEnded) return this
    this.name = safeName(name)
    this.span.updateName(this.name)
    return this
  }

  end(endTime?: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const time = safeTime(endTime) ?? this.#engine.timeOf(this.#start)
    this.span.end(hrTimeOf(Math.max(this.#start.startTime, time)))
    this.#onEnd()
  }
}
