import { emptyAttributes } from "../../../core/tracing/for-adapters.ts"
import type { OtelProvider } from "./injected.ts"
import type { ProviderParts, SdkRequest, SdkSpan } from "./provider.ts"

type TraceSdk = Pick<typeof import("@opentelemetry/sdk-trace"), "TracerProvider">
type Resources = Pick<typeof import("@opentelemetry/resources"), "resourceFromAttributes">

const DECISIONS = { drop: 0, record_only: 1, record_and_sample: 2 } as const

/** Of the SDK of 2.12 or of 3.x. Neither reads the environment, unlike `BasicTracerProvider` of `sdk-trace-base`. */
export function createProvider(
  { TracerProvider }: TraceSdk,
  { resourceFromAttributes }: Resources,
  parts: ProviderParts,
): OtelProvider {
  return new TracerProvider({
    resource: resourceFromAttributes({ ...parts.resource } as never),
    sampler: samplerOf(parts),
    idGenerator: { generateTraceId: () => parts.traceId(), generateSpanId: () => parts.spanId() },
    spanLimits: limitsOf(parts),
    spanProcessors: [processorOf(parts)],
  })
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
    onStart(span: { attributes: object }) {
      span.attributes = Object.assign(emptyAttributes(), span.attributes)
    },
    onEnd: (span: object) => onEnd(span as SdkSpan),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}
