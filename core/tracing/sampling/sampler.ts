import type { SamplingDecision, SpanAttributes, SpanKind, TraceContext } from "../../../contracts/tracing/tracing.ts"

/** What is known of a span when it starts. */
export interface SamplingRequest {
  readonly parent: TraceContext | undefined
  readonly traceId: string
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: SpanAttributes
}

export type Sampler = (request: SamplingRequest) => SamplingDecision

export const alwaysOn: Sampler = () => "record_and_sample"
export const alwaysOff: Sampler = () => "drop"

/**
 * A part of all traces, by their ids alone: the same in every process and adapter. The XOR of the four words of the id is
 * held against the ratio, as the SDK of OpenTelemetry for JavaScript does. Other languages decide differently, so services
 * of several languages must be `parent_based`.
 */
export function ratioSampler(ratio: number): Sampler {
  if (ratio >= 1) return alwaysOn
  const bound = Math.floor(ratio * 0xffffffff)
  return ({ traceId }) => (wordsOf(traceId) < bound ? "record_and_sample" : "drop")
}

function wordsOf(traceId: string): number {
  let words = 0
  for (let at = 0; at < 32; at += 8) words ^= Number.parseInt(traceId.slice(at, at + 8), 16)
  return words >>> 0
}

/** The decision of the parent for a child. */
export function followParent(root: Sampler, sampled: Sampler = alwaysOn, notSampled: Sampler = alwaysOff): Sampler {
  return (request) => {
    if (request.parent === undefined) return root(request)
    return request.parent.sampled ? sampled(request) : notSampled(request)
  }
}

/** The first of the list that has a decision; `drop` where none has. */
export function firstOf(samplers: readonly ((request: SamplingRequest) => SamplingDecision | undefined)[]): Sampler {
  return (request) => {
    for (const sampler of samplers) {
      const decision = sampler(request)
      if (decision !== undefined) return decision
    }
    return "drop"
  }
}
