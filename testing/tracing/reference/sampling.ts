import type {
  SamplingDecision,
  SamplingRule,
  SamplingStrategy,
  SpanAttributes,
  TraceContext,
  TraceSamplingConfig,
} from "../../../contracts/tracing/tracing.ts"
import { ReferenceCarriers } from "./carriers.ts"

/** What is known of a span when it starts. */
export interface SamplingRequest {
  readonly parent: TraceContext | undefined
  readonly traceId: string
  readonly name: string
  readonly attributes: SpanAttributes
}

export abstract class ReferenceSampling extends ReferenceCarriers {
  /** New traces that may still be sampled now, and when that was so. */
  #tokens: number | undefined
  #since = 0

  decide(request: SamplingRequest): SamplingDecision {
    const { sampling } = this.config
    const rule = sampling.rules.find((each) => this.fits(each, request))
    if (rule !== undefined) return this.byRule(rule, request)
    return this.byStrategy(sampling.type ?? "always_on", sampling, request)
  }

  fits({ match = {} }: SamplingRule, { attributes, name }: SamplingRequest): boolean {
    const { service, spanName = "*" } = match
    return service === undefined && this.isLike(name, spanName) && this.hasAll(attributes, match.attributes)
  }

  /** `*` stands for any text. */
  isLike(name: string, pattern: string): boolean {
    const parts = pattern.split("*").map((part) => part.replace(/[^\w\s]/g, "\\$&"))
    return new RegExp(`^${parts.join(".*")}$`, "s").test(name)
  }

  hasAll(attributes: SpanAttributes, wanted: Readonly<Record<string, unknown>> = {}): boolean {
    return Object.entries(wanted).every(([key, value]) => Object.hasOwn(attributes, key) && attributes[key] === value)
  }

  byRule({ decision, rate = 1 }: SamplingRule, request: SamplingRequest): SamplingDecision {
    return this.isWithin(request.traceId, rate) ? decision : "drop"
  }

  byStrategy(strategy: SamplingStrategy, config: TraceSamplingConfig, request: SamplingRequest): SamplingDecision {
    switch (strategy) {
      case "always_on":
        return "record_and_sample"
      case "always_off":
        return "drop"
      case "trace_id_ratio":
      case "probability":
        return this.isWithin(request.traceId, config.ratio ?? 1) ? "record_and_sample" : "drop"
      case "rate_limiting":
        return this.byRate(config.rateLimit ?? 1, request)
      case "parent_based":
        return this.byParent(config, request)
      case "composite":
        return this.byConditions(config, request)
    }
  }

  /** By the id alone: the four words of its bits, joined by exclusive or. */
  isWithin(traceId: string, ratio: number): boolean {
    return ratio >= 1 || this.wordOf(traceId) < Math.floor(ratio * 0xffffffff)
  }

  wordOf(traceId: string): number {
    const words = [0, 8, 16, 24].map((at) => Number.parseInt(traceId.slice(at, at + 8), 16))
    return words.reduce((one, other) => one ^ other) >>> 0
  }

  byRate(perSecond: number, { parent }: SamplingRequest): SamplingDecision {
    if (parent !== undefined) return parent.sampled ? "record_and_sample" : "drop"
    return this.takeToken(perSecond) ? "record_and_sample" : "drop"
  }

  takeToken(perSecond: number): boolean {
    const most = Math.max(1, perSecond)
    const now = this.clock.monotonic()
    const more = this.#tokens === undefined ? most : ((now - this.#since) * perSecond) / 1000
    const tokens = Math.min(most, (this.#tokens ?? 0) + more)
    this.#since = now
    this.#tokens = tokens < 1 ? tokens : tokens - 1
    return tokens >= 1
  }

  byParent(config: TraceSamplingConfig, request: SamplingRequest): SamplingDecision {
    const { root, rootRatio = 0.1, whenParentNotSampled, whenParentSampled } = config.parentBased ?? {}
    if (request.parent === undefined) {
      return this.byStrategy(root ?? "trace_id_ratio", { ...config, ratio: rootRatio }, request)
    }
    const strategy = request.parent.sampled
      ? (whenParentSampled ?? "always_on")
      : (whenParentNotSampled ?? "always_off")
    return this.byStrategy(strategy, config, request)
  }

  byConditions({ composite = [], ...config }: TraceSamplingConfig, request: SamplingRequest): SamplingDecision {
    const found = composite.find(({ condition }) => this.hasAll(request.attributes, condition))
    if (found === undefined) return "drop"
    return this.byStrategy(found.strategy, { ...config, ratio: found.ratio ?? config.ratio }, request)
  }
}
