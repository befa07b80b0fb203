import type { SpanAttributes } from "../../../contracts/tracing/tracing.ts"
import { AttributeSet } from "../../../core/tracing/for-adapters.ts"
import type { ParsedOptions } from "./options.ts"

/** What spans are of, by the names of OpenTelemetry. */
export function resourceOf({ attributes, ...named }: ParsedOptions["resource"]): SpanAttributes {
  const { deploymentEnvironment, serviceInstanceId, serviceName, serviceNamespace, serviceVersion } = named
  const safe = new AttributeSet(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  safe.setAll(attributes)
  safe.set("service.name", serviceName)
  const more = {
    "service.version": serviceVersion,
    "service.instance.id": serviceInstanceId,
    "service.namespace": serviceNamespace,
    "deployment.environment.name": deploymentEnvironment,
  }
  for (const [key, value] of Object.entries(more)) if (value !== undefined) safe.set(key, value)
  return safe.values
}
