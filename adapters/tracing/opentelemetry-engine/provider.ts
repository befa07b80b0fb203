import type { SamplingDecision, SpanLimits } from "../../../contracts/tracing/tracing.ts"
import type { SpanStart } from "../engine/tracing-engine.ts"
import type { HrTime, OtelApiSpan, OtelSpanContext, OtelTracer } from "./injected.ts"

/** A span of the SDK, as its processors see it. */
export interface SdkSpan {
  spanContext(): OtelSpanContext
  readonly parentSpanContext?: OtelSpanContext | undefined
  readonly name: string
  readonly kind: number
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly status: { readonly code: number; readonly message?: string | undefined }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly SdkEvent[]
  readonly links: readonly SdkLink[]
  readonly resource: { readonly attributes: Readonly<Record<string, unknown>> }
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

interface SdkEvent {
  readonly name: string
  readonly time: HrTime
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

interface SdkLink {
  readonly context: OtelSpanContext
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/** What the SDK, of whatever version, is made with. */
export interface ProviderParts {
  readonly resource: Readonly<Record<string, unknown>>
  readonly limits: Required<{ [Name in keyof SpanLimits]: number }>
  decide(request: SdkRequest): SamplingDecision
  traceId(): string
  spanId(): string
  onEnd(span: SdkSpan): void
}

/** What the SDK asks its sampler. */
export interface SdkRequest {
  readonly context: object
  readonly traceId: string
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
}

type Deciding = Pick<ProviderParts, "decide" | "traceId" | "spanId">

/**
 * Has the SDK begin spans with the ids and the decision that we made: the engine has decided before, and the SDK asks
 * back while it begins a span, at once.
 */
export class OwnSpans {
  #own: SpanStart | undefined

  begin(tracer: OtelTracer, start: SpanStart, options: object, parent: object): OtelApiSpan {
    this.#own = start
    try {
      return tracer.startSpan(start.name, options, parent)
    } finally {
      this.#own = undefined
    }
  }

  /** Of a provider that serves both, our spans and those of others. */
  deciding(others: Deciding): Deciding {
    return {
      decide: (request) => {
        if (this.#own === undefined) return others.decide(request)
        return this.#own.context.sampled ? "record_and_sample" : "record_only"
      },
      traceId: () => this.#own?.context.traceId ?? others.traceId(),
      spanId: () => this.#own?.context.spanId ?? others.spanId(),
    }
  }
}
