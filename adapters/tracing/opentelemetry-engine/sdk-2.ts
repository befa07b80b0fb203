import { missingPeer } from "../../../core/foundation/missing-peer.ts"
import type { ForeignSpan, MakeProvider, ProviderParts, SdkSpan } from "./provider.ts"

const DECISIONS = { drop: 0, record_only: 1, record_and_sample: 2 } as const

/** Loads the SDK of the 2.x line. Each option is given, since it reads what is left out from the environment. */
export async function loadSdk2(): Promise<MakeProvider> {
  try {
    const { BasicTracerProvider } = await import("@opentelemetry/sdk-trace-base")
    const { resourceFromAttributes } = await import("@opentelemetry/resources")
    return (parts) =>
      new BasicTracerProvider({
        resource: resourceFromAttributes(parts.resource as never),
        sampler: samplerOf(parts),
        idGenerator: { generateTraceId: () => parts.traceId(), generateSpanId: () => parts.spanId() },
        spanLimits: limitsOf(parts),
        generalLimits: {
          attributeCountLimit: parts.limits.maxAttributes,
          attributeValueLengthLimit: parts.limits.maxAttributeValueLength,
        },
        spanProcessors: [processorOf(parts)],
      })
  } catch (error) {
    throw missingPeer("@opentelemetry/sdk-trace-base", error)
  }
}

function samplerOf({ decide }: ProviderParts) {
  return {
    shouldSample: (
      context: ForeignSpan["context"],
      traceId: string,
      name: string,
      kind: number,
      attributes: ForeignSpan["attributes"],
    ) => ({ decision: DECISIONS[decide({ context, traceId, name, kind, attributes })] }),
    toString: () => "ObjectosSampler",
  }
}

function limitsOf({ limits }: ProviderParts) {
  return {
    attributeCountLimit: limits.maxAttributes,
    attributeValueLengthLimit: limits.maxAttributeValueLength,
    eventCountLimit: limits.maxEvents,
    linkCountLimit: limits.maxLinks,
    attributePerEventCountLimit: limits.maxAttributes,
    attributePerLinkCountLimit: limits.maxAttributes,
  }
}

function processorOf({ onEnd }: ProviderParts) {
  return {
    onStart() {},
    onEnd: (span: object) => onEnd(span as SdkSpan),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}
