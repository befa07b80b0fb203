import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type {
  GivenAttributes,
  SamplingDecision,
  SpanAttributes,
  SpanHandle,
  SpanKind,
  SpanOptions,
  TraceContext,
} from "../../../contracts/tracing/tracing.ts"
import type { Carrier } from "../../../core/foundation/trace-context/carrier.ts"
import { extractContext, injectContext, type Propagation } from "../../../core/foundation/trace-context/propagation.ts"
import {
  AttributeSet,
  contextOf,
  createTraceIds,
  messageOf,
  NOWHERE,
  type Sampler,
  type SamplingRequest,
  SpanAnnouncer,
  SpanCounts,
  safeContext,
  safeKind,
  safeLinks,
  safeName,
  safeTime,
  samplerOf,
  type TraceIds,
  type TracingOptions,
  UnrecordedSpan,
} from "../../../core/tracing/for-adapters.ts"

/** A span as it begins: all is safe. */
export interface SpanStart {
  readonly context: TraceContext
  readonly parent: TraceContext | undefined
  readonly name: string
  readonly kind: SpanKind
  /** Epoch milliseconds. */
  readonly startTime: number
  /** Whether `startTime` is that of the caller: then the time that went by says nothing of its end. */
  readonly isTimeGiven: boolean
  /** The monotonic clock when it began. */
  readonly begun: number
  readonly attributes: AttributeSet
  readonly links: ReturnType<typeof safeLinks>
}

/** Where spans are kept, and which one is active. */
export interface SpanStore {
  /** One that is not sampled is recorded for listeners only. */
  begin(start: SpanStart, engine: TracingEngine): SpanHandle
  active(): TraceContext | undefined
  /** Runs `fn` where the span is the active one. */
  runIn<T>(span: SpanHandle, fn: () => T): T
  /** Runs `fn` where a context from elsewhere is the active one. */
  run<T>(context: TraceContext | undefined, fn: () => T): T
}

interface EngineOptions extends TracingOptions {
  /** The name of this service, for rules of sampling. */
  readonly service: string
}

const NO_OPTIONS: SpanOptions = {}
const NO_LINKS: SpanStart["links"] = []

/** What all adapters do alike: ids, parents, sampling, limits, propagation and counting. */
export class TracingEngine {
  readonly counts = new SpanCounts()
  readonly announcer: SpanAnnouncer
  readonly clock: Clock
  readonly options: EngineOptions
  readonly ids: TraceIds
  readonly #store: SpanStore
  readonly #sampler: Sampler
  readonly #propagation: Propagation
  #isClosed = false

  constructor(options: EngineOptions, { clock, events, name }: AdapterContext, store: SpanStore) {
    const { propagation, sampling, service, traceIdGenerator } = options
    const { allowedKeys, enabled, maxSize } = propagation.baggage
    this.options = options
    this.clock = clock
    this.announcer = new SpanAnnouncer(events, name)
    this.#store = store
    this.ids = createTraceIds(traceIdGenerator)
    this.#sampler = samplerOf(sampling, { clock, service })
    this.#propagation = {
      formats: propagation.formats,
      baggage: { allowedKeys: enabled ? allowedKeys : [], maxSize, isRead: enabled },
    }
  }

  startSpan(name: unknown, given: SpanOptions | undefined): SpanHandle {
    try {
      return this.#start(safeName(name), given ?? NO_OPTIONS)
    } catch {
      // Options that cannot be read. Nothing is counted before they are.
      return this.#start(safeName(name), NO_OPTIONS)
    }
  }

  #start(name: string, options: SpanOptions): SpanHandle {
    const { attributes: given, kind: asked, links, parent: from, startTime } = options
    const parent = from === undefined ? this.#store.active() : safeContext(from)
    if (!this.options.enabled) return new UnrecordedSpan(parent ?? NOWHERE, nothing)
    const kind = safeKind(asked)
    const traceId = parent?.traceId ?? this.ids.traceId()
    const request = new SpanRequest(parent, traceId, name, kind, this, given)
    const decision = this.#decide(request)
    const context = contextOf({
      traceId,
      spanId: this.ids.spanId(),
      sampled: decision === "record_and_sample",
      traceState: parent?.traceState,
      baggage: parent?.baggage,
    })
    if (decision === "drop") return new UnrecordedSpan(context, this.#isClosed ? nothing : this.#onDropped)
    const time = safeTime(startTime)
    const span = this.#begin({
      context,
      parent,
      name,
      kind,
      startTime: time ?? this.clock.now(),
      isTimeGiven: time !== undefined,
      begun: this.clock.monotonic(),
      attributes: request.attributeSet,
      links: links === undefined ? NO_LINKS : safeLinks(links),
    })
    if (span === undefined) return new UnrecordedSpan(context, nothing)
    if (this.announcer.hears("trace.span.created")) {
      this.announcer.tell("trace.span.created", { context: span.context, kind, name, parentSpanId: parent?.spanId })
    }
    return span
  }

  /** Undefined where those who make spans, such as a provider of the application, fail: it is dropped. */
  #begin(start: SpanStart): SpanHandle | undefined {
    try {
      return this.#store.begin(start, this)
    } catch {
      if (this.counts.end(start.context.sampled)) this.counts.drop(1)
      return undefined
    }
  }

  /** Counts what was decided. */
  #decide(request: SamplingRequest): SamplingDecision {
    if (this.#isClosed) {
      this.counts.startLate()
      return "drop"
    }
    this.counts.start()
    return this.#sampler(request)
  }

  /** The end of a span that sampling leaves out. */
  readonly #onDropped = () => {
    this.counts.end(false)
  }

  /** The decision for a span that others begin here. It is counted as one of ours. */
  decide(request: SamplingRequest): SamplingDecision {
    if (!this.options.enabled) return "drop"
    const decision = this.#decide(request)
    if (decision === "drop" && !this.#isClosed) this.counts.end(false)
    return decision
  }

  /** Epoch milliseconds now, for a span that began so: the wall clock may have been set in between. */
  timeOf({ begun, isTimeGiven, startTime }: Pick<SpanStart, "startTime" | "isTimeGiven" | "begun">): number {
    return isTimeGiven ? this.clock.now() : startTime + this.clock.monotonic() - begun
  }

  attributes(given: GivenAttributes | undefined): AttributeSet {
    const { maxAttributes, maxAttributeValueLength } = this.options.spanLimits
    const attributes = new AttributeSet(maxAttributes, maxAttributeValueLength)
    if (given !== undefined) attributes.setAll(given)
    return attributes
  }

  async withSpan<T>(name: unknown, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    const span = this.startSpan(name, options)
    if (!this.options.enabled) return fn(span)
    try {
      return await this.#store.runIn(span, () => fn(span))
    } catch (error) {
      span.recordException(error).setStatus("error", messageOf(error))
      throw error
    } finally {
      span.end()
    }
  }

  activeContext(): TraceContext | undefined {
    return this.#store.active()
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.#store.run(safeContext(context), fn)
  }

  inject(carrier: Record<string, string>, context = this.activeContext()): void {
    if (context === undefined || !this.options.propagation.inject) return
    try {
      injectContext(carrier, context, this.#propagation)
    } catch {
      // A carrier that takes nothing carries nothing.
    }
  }

  extract(carrier: Carrier): TraceContext | undefined {
    if (!this.options.propagation.extract) return undefined
    try {
      const found = extractContext(carrier, this.#propagation)
      return found && contextOf(found)
    } catch {
      return undefined
    }
  }

  /** From now on spans are dropped. */
  stop(): void {
    this.#isClosed = true
  }
}

/** What a sampler is asked. Few of them look at attributes: a span that is left out has none made. */
class SpanRequest implements SamplingRequest {
  readonly parent: TraceContext | undefined
  readonly traceId: string
  readonly name: string
  readonly kind: SpanKind
  readonly #engine: TracingEngine
  readonly #given: GivenAttributes | undefined
  #attributes: AttributeSet | undefined

  constructor(
    parent: TraceContext | undefined,
    traceId: string,
    name: string,
    kind: SpanKind,
    engine: TracingEngine,
    given: GivenAttributes | undefined,
  ) {
    this.parent = parent
    this.traceId = traceId
    this.name = name
    this.kind = kind
    this.#engine = engine
    this.#given = given
  }

  get attributeSet(): AttributeSet {
    this.#attributes ??= this.#engine.attributes(this.#given)
    return this.#attributes
  }

  get attributes(): SpanAttributes {
    return this.attributeSet.values
  }
}

function nothing(): void {}
