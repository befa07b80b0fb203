import type { Context, ContextManager, Span, SpanContext, Tracer } from "@opentelemetry/api"
import type { SpanHandle, SpanKind, TraceContext } from "../../../contracts/tracing/tracing.ts"
import type { SpanStart, SpanStore, TracingEngine } from "../engine/tracing-engine.ts"
import { hrTimeOf, OtelSpan } from "./otel-span.ts"

/** What is used of `@opentelemetry/api`: the host's own object, or that of the adapter. */
export type OtelApi = Pick<
  typeof import("@opentelemetry/api"),
  "trace" | "propagation" | "ROOT_CONTEXT" | "createTraceState"
>

/** Where contexts are kept: a manager of our own, or the host's `api.context`. */
export type Contexts = Pick<ContextManager, "active" | "with">

/** OpenTelemetry's numbers. */
const KINDS: Readonly<Record<SpanKind, number>> = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 }
const SAMPLED = 1

/** Makes spans by a tracer of OpenTelemetry, and keeps the active one where its instrumentations look for it. */
export class OtelStore implements SpanStore {
  readonly #api: OtelApi
  readonly #contexts: Contexts
  readonly #begin: (start: SpanStart, isSampled: boolean, parent: Context) => Span
  readonly #known = new WeakMap<SpanContext, TraceContext>()

  constructor(
    api: OtelApi,
    contexts: Contexts,
    begin: (start: SpanStart, isSampled: boolean, parent: Context) => Span,
  ) {
    this.#api = api
    this.#contexts = contexts
    this.#begin = begin
  }

  begin(start: SpanStart, isSampled: boolean, engine: TracingEngine): SpanHandle {
    const parent = start.parent === undefined ? this.#api.ROOT_CONTEXT : this.#contextOf(start.parent)
    const span = this.#begin(start, isSampled, parent)
    this.#known.set(span.spanContext(), start.context)
    return new OtelSpan(span, start, engine, (handle) => this.#ended(handle, start, isSampled, engine))
  }

  #ended(
    _handle: OtelSpan,
    { context, kind, name, parent }: SpanStart,
    isSampled: boolean,
    engine: TracingEngine,
  ): void {
    if (!isSampled) engine.counts.end(false)
    engine.announcer.tell("trace.span.ended", { context, kind, name, parentSpanId: parent?.spanId })
  }

  active(): TraceContext | undefined {
    const context = this.#contexts.active()
    const spanContext = this.#api.trace.getSpanContext(context)
    if (spanContext === undefined) return undefined
    const known = this.#known.get(spanContext)
    if (known !== undefined) return known
    const found = this.#read(context, spanContext)
    this.#known.set(spanContext, found)
    return found
  }

  #read(context: Context, { spanId, traceFlags, traceId, traceState }: SpanContext): TraceContext {
    const members = this.#api.propagation.getBaggage(context)?.getAllEntries() ?? []
    const baggage = Object.fromEntries(members.map(([key, { value }]) => [key, value]))
    return {
      traceId,
      spanId,
      sampled: (traceFlags & SAMPLED) !== 0,
      traceState: traceState?.serialize() || undefined,
      baggage: members.length === 0 ? undefined : baggage,
    }
  }

  runIn<T>(handle: SpanHandle, fn: () => T): T {
    const context = this.#contextOf(handle.context, handle instanceof OtelSpan ? handle.span : undefined)
    return this.#contexts.with(context, fn)
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.#contexts.with(context === undefined ? this.#api.ROOT_CONTEXT : this.#contextOf(context), fn)
  }

  #contextOf(context: TraceContext, span = this.#remoteSpan(context)): Context {
    const { propagation, ROOT_CONTEXT, trace } = this.#api
    const withSpan = trace.setSpan(ROOT_CONTEXT, span)
    if (context.baggage === undefined) return withSpan
    const entries = Object.entries(context.baggage).map(([key, value]) => [key, { value }] as const)
    return propagation.setBaggage(withSpan, propagation.createBaggage(Object.fromEntries(entries)))
  }

  #remoteSpan(context: TraceContext): Span {
    const { sampled, spanId, traceId, traceState } = context
    const spanContext = {
      traceId,
      spanId,
      traceFlags: sampled ? SAMPLED : 0,
      isRemote: true,
      ...(traceState !== undefined && { traceState: this.#api.createTraceState(traceState) }),
    }
    this.#known.set(spanContext, context)
    return this.#api.trace.wrapSpanContext(spanContext)
  }
}

/** What a tracer is asked for. */
export function startOf({ attributes, kind, links, name, startTime }: SpanStart) {
  return [
    name,
    {
      kind: KINDS[kind],
      attributes: attributes.values as never,
      startTime: hrTimeOf(startTime),
      links: links as never,
    },
  ] as const satisfies Parameters<Tracer["startSpan"]>
}
