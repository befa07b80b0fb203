import type { GivenAttributes, SpanHandle, SpanKind, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { safeContext } from "../../../core/tracing/for-adapters.ts"
import type { SpanStart, SpanStore, TracingEngine } from "../engine/tracing-engine.ts"
import type { Contexts, OtelApi, OtelApiSpan, OtelSpanContext, SentAttributes } from "./injected.ts"
import { hrTimeOf, OtelSpan, type SpanWatch } from "./otel-span.ts"
import { keepProtoName } from "./proto-name.ts"

/** OpenTelemetry's numbers. */
const KINDS: Readonly<Record<SpanKind, number>> = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 }
const SAMPLED = 1

interface StoreParts extends SpanWatch {
  readonly api: OtelApi
  readonly contexts: Contexts
  /** Has a tracer begin a span, with what it is asked for. */
  begin(start: SpanStart, options: object, parent: object): OtelApiSpan
}

/** What is known of a span context: by identity, so that reading the active span again costs nothing. */
interface Known {
  readonly context: TraceContext
  readonly baggage: object | undefined
}

/** Stands on the spans that are made here for a context alone, of which there may be one for each call. */
const KNOWN = Symbol("known")

type MarkedSpan = OtelApiSpan & { [KNOWN]?: Known }

/** Makes spans by a tracer of OpenTelemetry, and keeps the active one where its instrumentations look for it. */
export class OtelStore implements SpanStore {
  readonly #parts: StoreParts
  readonly #known = new WeakMap<OtelSpanContext, Known>()
  /** The spans of contexts that were active here. */
  readonly #spans = new WeakMap<TraceContext, OtelApiSpan>()

  constructor(parts: StoreParts) {
    this.#parts = parts
  }

  begin(start: SpanStart, engine: TracingEngine): SpanHandle {
    const { api, begin } = this.#parts
    const parent = start.parent === undefined ? api.ROOT_CONTEXT : this.contextOf(start.parent, api.ROOT_CONTEXT)
    const links = this.#linksOf(start, engine)
    const { kind, startTime } = start
    const options = { kind: KINDS[kind], attributes: start.attributes.values, startTime: hrTimeOf(startTime), links }
    const span = begin(start, options, parent)
    for (const [at, { attributes }] of links.entries()) keepProtoName(span.links?.at(at - links.length), attributes)
    const { values } = start.attributes
    // What a tracer is given at the start loses it.
    if (Object.hasOwn(values, "__proto__")) span.setAttributes(values as SentAttributes)
    return new OtelSpan(span, this.#ownContext(start, span.spanContext()), start, engine, this.#parts)
  }

  /** The provider of a host makes ids of its own, and may decide otherwise. */
  #ownContext({ context }: SpanStart, spanContext: OtelSpanContext): TraceContext {
    if (spanContext.spanId === context.spanId) return context
    return { ...this.#read(spanContext), baggage: context.baggage }
  }

  #linksOf({ links }: SpanStart, engine: TracingEngine) {
    return links.map(({ attributes, context }) => ({
      context: this.#spanContextOf(context, true),
      attributes: engine.attributes(attributes as GivenAttributes | undefined).values,
    }))
  }

  active(): TraceContext | undefined {
    return this.read(this.#parts.contexts.active())
  }

  /** Where a context of OpenTelemetry stands. */
  read(otel: object): TraceContext | undefined {
    const { propagation, ROOT_CONTEXT, trace } = this.#parts.api
    if (otel === ROOT_CONTEXT) return undefined
    const span: MarkedSpan | undefined = trace.getSpan(otel)
    if (span === undefined) return undefined
    const spanContext = span.spanContext()
    const baggage = propagation.getBaggage(otel)
    const known = span[KNOWN] ?? this.#known.get(spanContext)
    if (known !== undefined && known.baggage === baggage) return known.context
    const entries = baggage?.getAllEntries().map(([key, { value }]) => [key, value]) ?? []
    const context = safeContext({ ...this.#read(spanContext), baggage: Object.fromEntries(entries) })
    if (context === undefined) return undefined
    this.#known.set(spanContext, { context, baggage })
    this.#spans.set(context, span)
    return context
  }

  #read({ spanId, traceFlags, traceId, traceState }: OtelSpanContext): TraceContext {
    return {
      traceId,
      spanId,
      sampled: (traceFlags & SAMPLED) !== 0,
      traceState: traceState?.serialize() || undefined,
    }
  }

  /** What else the host has in its active context stays there. */
  runIn<T>(handle: SpanHandle, fn: () => T): T {
    const { context } = handle
    const { contexts } = this.#parts
    if (handle instanceof OtelSpan) this.#spans.set(context, handle.span)
    return contexts.with(this.contextOf(context, contexts.active(), false), fn)
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    const { api, contexts } = this.#parts
    return contexts.with(context === undefined ? api.ROOT_CONTEXT : this.contextOf(context, api.ROOT_CONTEXT), fn)
  }

  /** A context of OpenTelemetry that stands there, and else has what `base` has. */
  contextOf(context: TraceContext, base: object, isRemote = true): object {
    const { propagation, trace } = this.#parts.api
    const baggage = this.#baggageOf(context)
    const withSpan = trace.setSpan(base, this.#spanOf({ context, baggage }, isRemote))
    if (baggage !== undefined) return propagation.setBaggage(withSpan, baggage)
    return propagation.getBaggage(base) === undefined ? withSpan : propagation.deleteBaggage(withSpan)
  }

  /** One that is there, or one that stands for the context alone. */
  #spanOf(known: Known, isRemote: boolean): OtelApiSpan {
    const { baggage, context } = known
    const span = this.#spans.get(context)
    if (span === undefined) {
      const made: MarkedSpan = this.#parts.api.trace.wrapSpanContext(this.#spanContextOf(context, isRemote))
      made[KNOWN] = known
      return made
    }
    const spanContext = span.spanContext()
    const before = this.#known.get(spanContext)
    if (before?.context !== context || before.baggage !== baggage) this.#known.set(spanContext, known)
    return span
  }

  #baggageOf({ baggage }: TraceContext) {
    if (baggage === undefined) return undefined
    const entries = Object.entries(baggage).map(([key, value]) => [key, { value }] as const)
    return this.#parts.api.propagation.createBaggage(Object.fromEntries(entries))
  }

  #spanContextOf({ sampled, spanId, traceId, traceState }: TraceContext, isRemote: boolean): OtelSpanContext {
    return {
      traceId,
      spanId,
      traceFlags: sampled ? SAMPLED : 0,
      isRemote,
      ...(traceState !== undefined && { traceState: this.#parts.api.createTraceState(traceState) }),
    }
  }
}
