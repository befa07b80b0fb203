import type {
  GivenAttributes,
  RecordedEvent,
  RecordedLink,
  RecordedSpan,
  SpanHandle,
  SpanKind,
  SpanStatusCode,
  TraceContext,
} from "../../../contracts/tracing/tracing.ts"
import {
  exceptionAttributes,
  safeMessage,
  safeName,
  safeTime,
  sizeOfAttributes,
} from "../../../core/tracing/for-adapters.ts"
import type { SpanStart, TracingEngine } from "../engine/tracing-engine.ts"

/** A span that is recorded. */
export class MemorySpan implements SpanHandle {
  readonly context: TraceContext
  readonly kind: SpanKind
  name: string
  /** About; 0 until it is kept. */
  bytes = 0
  readonly #start: SpanStart
  readonly #engine: TracingEngine
  /** Undefined where it is recorded for listeners only. */
  readonly #keep: ((span: MemorySpan) => void) | undefined
  #endTime: number | undefined
  #status: { code: SpanStatusCode; message?: string | undefined } = UNSET
  #events: RecordedEvent[] | undefined
  #links: RecordedLink[] | undefined
  #droppedEvents = 0
  #droppedLinks = 0

  constructor(start: SpanStart, engine: TracingEngine, keep: ((span: MemorySpan) => void) | undefined) {
    this.context = start.context
    this.kind = start.kind
    this.name = start.name
    this.#start = start
    this.#engine = engine
    this.#keep = keep
    for (const link of start.links) this.#addLink(link)
  }

  get parentSpanId(): string | undefined {
    return this.#start.parent?.spanId
  }

  setAttribute(key: string, value: unknown): this {
    if (this.#endTime === undefined) this.#start.attributes.set(key, value)
    return this
  }

  setAttributes(attributes: GivenAttributes): this {
    if (this.#endTime === undefined) this.#start.attributes.setAll(attributes)
    return this
  }

  addEvent(name: string, given?: GivenAttributes): this {
    if (this.#endTime !== undefined) return this
    const { maxEvents } = this.#engine.options.spanLimits
    if (maxEvents > 0) {
      const attributes = this.#engine.attributes(given).values
      this.#events ??= []
      this.#events.push({ name: safeName(name), time: this.#engine.timeOf(this.#start), attributes })
      if (this.#events.length <= maxEvents) return this
      this.#events.shift()
    }
    this.#droppedEvents++
    return this
  }

  #addLink({ attributes, context }: SpanStart["links"][number]): void {
    const { maxLinks } = this.#engine.options.spanLimits
    if (maxLinks > 0) {
      this.#links ??= []
      this.#links.push({ context, attributes: this.#engine.attributes(attributes as GivenAttributes).values })
      if (this.#links.length <= maxLinks) return
      this.#links.shift()
    }
    this.#droppedLinks++
  }

  recordException(error: unknown): this {
    const { maxAttributeValueLength } = this.#engine.options.spanLimits
    return this.addEvent("exception", exceptionAttributes(error, maxAttributeValueLength))
  }

  setStatus(status: "ok" | "error", message?: string): this {
    if (this.#endTime !== undefined || this.#status.code === "ok") return this
    if (status === "ok") this.#status = { code: "ok" }
    else if (status === "error") this.#status = { code: "error", message: safeMessage(message) }
    return this
  }

  updateName(name: string): this {
    if (this.#endTime === undefined) this.name = safeName(name)
    return this
  }

  end(endTime?: number): void {
    if (this.#endTime !== undefined) return
    const { announcer, counts } = this.#engine
    this.#endTime = Math.max(this.#start.startTime, safeTime(endTime) ?? this.#engine.timeOf(this.#start))
    if (counts.end(this.#keep !== undefined)) {
      counts.export(1)
      this.bytes = this.#size()
      this.#keep?.(this)
    }
    if (announcer.hears("trace.span.ended")) announcer.tell("trace.span.ended", this)
  }

  #size(): number {
    const { baggage, traceState = "" } = this.context
    const texts = this.name.length + (this.#status.message?.length ?? 0) + traceState.length
    let size = SPAN_BYTES + texts + sizeOfAttributes(baggage) + sizeOfAttributes(this.#start.attributes.values)
    for (const { attributes, name } of this.#events ?? []) size += 100 + name.length + sizeOfAttributes(attributes)
    for (const { attributes } of this.#links ?? []) size += 200 + sizeOfAttributes(attributes)
    return size
  }

  /** What a receiver would have: a copy. */
  recorded(): RecordedSpan {
    const { attributes, startTime } = this.#start
    return structuredClone({
      context: this.context,
      parentSpanId: this.parentSpanId,
      name: this.name,
      kind: this.kind,
      startTime,
      endTime: this.#endTime ?? startTime,
      status: this.#status,
      attributes: attributes.values,
      events: this.#events ?? [],
      links: this.#links ?? [],
      dropped: { attributes: attributes.dropped, events: this.#droppedEvents, links: this.#droppedLinks },
    })
  }
}

/** Of one that has nothing. */
const SPAN_BYTES = 500
const UNSET = { code: "unset" } as const
