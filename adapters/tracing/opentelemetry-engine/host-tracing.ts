import type { AdapterContext } from "../../../contracts/adapter.ts"
import { TracingEngine } from "../engine/tracing-engine.ts"
import { configOf } from "./config.ts"
import type { InjectedOtel, OtelApi, OtelProvider } from "./injected.ts"
import { OpenTelemetryTracing } from "./opentelemetry-tracing.ts"
import type { ParsedOptions } from "./options.ts"
import { OtelStore } from "./otel-store.ts"

/**
 * Tracing by the provider of the application, which samples once more, makes the ids and exports. Nobody tells what its
 * receiver took: a span counts as exported once the provider has it.
 */
export function openHostTracing(
  options: ParsedOptions,
  { api, contextManager }: InjectedOtel,
  provider: OtelProvider,
  context: AdapterContext,
): OpenTelemetryTracing {
  const { resource, shutdownTimeoutMs } = options
  const store = new OtelStore({
    api: api as OtelApi,
    contexts: contextManager ?? api.context,
    begin: ({ name }, given, parent) => provider.getTracer(options.name).startSpan(name, given, parent),
    onEnd: ({ context: { sampled } }, isTaken) => {
      if (!engine.counts.end(sampled)) return
      if (isTaken) engine.counts.export(1)
      else engine.counts.drop(1)
    },
  })
  const engine = new TracingEngine({ ...options, service: resource.serviceName }, context, store)
  return new OpenTelemetryTracing({
    ...{ engine, config: configOf(options), clock: context.clock, shutdownTimeoutMs },
    aside: (fn) => fn(),
    unregister: () => {},
    end: () => {},
  })
}
