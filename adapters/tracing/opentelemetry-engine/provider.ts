import type { Context, Span, TracerProvider } from "@opentelemetry/api"
import type { SamplingDecision, SpanLimits } from "../../../contracts/tracing/tracing.ts"
import type { SpanStart } from "../engine/tracing-engine.ts"
import { startOf } from "./otel-store.ts"

/** A span of the SDK, as its processors see it. */
export interface SdkSpan {
  spanContext(): { readonly traceFlags: number }
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly {
    readonly name: string
    readonly attributes?: Readonly<Record<string, unknown>> | undefined
  }[]
  readonly links: readonly object[]
  readonly droppedAttributesCount: number
}

/** What the SDK, of whatever version, is made with. */
export interface ProviderParts {
  readonly resource: Readonly<Record<string, unknown>>
  readonly limits: Required<{ [Name in keyof SpanLimits]: number }>
  /** Decides for spans that others begin by this provider. */
  decide(request: ForeignSpan): SamplingDecision
  traceId(): string
  spanId(): string
  onEnd(span: SdkSpan): void
}

export interface ForeignSpan {
  readonly context: Context
  readonly traceId: string
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Makes a provider of one version of the SDK. */
export type MakeProvider = (parts: ProviderParts) => TracerProvider

/**
 * Has the SDK begin spans with the ids and the decision that we made: the engine has decided before, and the SDK asks
 * back while it begins a span, at once.
 */
export class OwnSpans {
  #own: { readonly traceId: string; readonly spanId: string; readonly decision: SamplingDecision } | undefined

  begin(provider: TracerProvider, scope: string, start: SpanStart, isSampled: boolean, parent: Context): Span {
    const { spanId, traceId } = start.context
    this.#own = { traceId, spanId, decision: isSampled ? "record_and_sample" : "record_only" }
    try {
      const [name, options] = startOf(start)
      return provider.getTracer(scope).startSpan(name, options, parent)
    } finally {
      this.#own = undefined
    }
  }

  /** The parts of a provider that serves both, our spans and those of others. */
  partsOf(
    others: Pick<ProviderParts, "decide" | "traceId" | "spanId">,
  ): Pick<ProviderParts, "decide" | "traceId" | "spanId"> {
    return {
      decide: (request) => this.#own?.decision ?? others.decide(request),
      traceId: () => this.#own?.traceId ?? others.traceId(),
      spanId: () => this.#own?.spanId ?? others.spanId(),
    }
  }
}
