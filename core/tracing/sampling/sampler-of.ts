import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { SamplingStrategy, TraceSamplingConfig } from "../../../contracts/tracing/tracing.ts"
import { rateSampler } from "./rate-sampler.ts"
import { attributesMatch, ruleSampler } from "./rules.ts"
import { alwaysOff, alwaysOn, firstOf, followParent, ratioSampler, type Sampler } from "./sampler.ts"

interface SamplerOptions {
  /** The name of this service, which rules may ask for. */
  readonly service: string
  readonly clock: Pick<Clock, "monotonic">
}

/** The sampler of a configuration that was checked. */
export function samplerOf(config: TraceSamplingConfig, options: SamplerOptions): Sampler {
  const { rules = [], type = "always_on" } = config
  const rest = strategyOf(type, config, options)
  return rules.length === 0 ? rest : firstOf([...rules.map((rule) => ruleSampler(rule, options.service)), rest])
}

type StrategyOptions = Pick<TraceSamplingConfig, "composite" | "parentBased" | "rateLimit" | "ratio">

function strategyOf(strategy: SamplingStrategy, config: StrategyOptions, options: SamplerOptions): Sampler {
  const part = (inner: SamplingStrategy, ratio = config.ratio) => strategyOf(inner, { ...config, ratio }, options)
  switch (strategy) {
    case "always_on":
      return alwaysOn
    case "always_off":
      return alwaysOff
    case "trace_id_ratio":
    case "probability":
      return ratioSampler(config.ratio ?? 1)
    case "rate_limiting":
      return rateSampler(config.rateLimit ?? 1, options.clock)
    case "parent_based": {
      const {
        root = "trace_id_ratio",
        rootRatio = 0.1,
        whenParentNotSampled,
        whenParentSampled,
      } = config.parentBased ?? {}
      return followParent(
        part(root, rootRatio),
        part(whenParentSampled ?? "always_on"),
        part(whenParentNotSampled ?? "always_off"),
      )
    }
    case "composite":
      return firstOf(
        (config.composite ?? []).map(({ condition, ratio, strategy: inner }) => {
          const fits = attributesMatch(condition)
          const decide = part(inner, ratio)
          return (request) => (fits(request) ? decide(request) : undefined)
        }),
      )
  }
}
