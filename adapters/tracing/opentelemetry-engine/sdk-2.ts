import { missingPeer } from "../../../core/foundation/missing-peer.ts"
import type { MakeProvider, ProviderParts, SdkRequest, SdkSpan } from "./provider.ts"

const DECISIONS = { drop: 0, record_only: 1, record_and_sample: 2 } as const

/** Loads the SDK of the 2.x line. Each option is given, since it reads what is left out from the environment. */
export async function loadSdk2(): Promise<MakeProvider> {
  const [{ BasicTracerProvider }, { resourceFromAttributes }] = await Promise.all([loadTraceBase(), loadResources()])
  return (parts) =>
    new BasicTracerProvider({
      resource: resourceFromAttributes({ ...parts.resource } as never),
      sampler: samplerOf(parts),
      idGenerator: { generateTraceId: () => parts.traceId(), generateSpanId: () => parts.spanId() },
      spanLimits: limitsOf(parts),
      generalLimits: {
        attributeCountLimit: parts.limits.maxAttributes,
        attributeValueLengthLimit: parts.limits.maxAttributeValueLength,
      },
      spanProcessors: [processorOf(parts)],
      forceFlushTimeoutMillis: 1000,
    })
}

async function loadTraceBase() {
  try {
    return await import("@opentelemetry/sdk-trace-base")
  } catch (error) {
    throw missingPeer("@opentelemetry/sdk-trace-base", error)
  }
}

async function loadResources() {
  try {
    return await import("@opentelemetry/resources")
  } catch (error) {
    throw missingPeer("@opentelemetry/resources", error)
  }
}

function samplerOf({ decide }: ProviderParts) {
  return {
    shouldSample: (
      context: object,
      traceId: string,
      name: string,
      kind: number,
      attributes: SdkRequest["attributes"],
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
    /** An attribute of the name __proto__ would be the prototype of all of them. */
    onStart: (span: object) => void Object.setPrototypeOf((span as SdkSpan).attributes, null),
    onEnd: (span: object) => onEnd(span as SdkSpan),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}
