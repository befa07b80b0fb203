import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Tracing, TracingCapabilities } from "../../../contracts/tracing/tracing.ts"
import { asTracing } from "../../../core/tracing/portable-tracing.ts"
import { defaultContext } from "../../kit/context.ts"
import { parseOptions } from "../../kit/parse-options.ts"
import { openHostTracing } from "./host-tracing.ts"
import type { OtelPackages } from "./library.ts"
import { type OpenTelemetryTracingOptions, opentelemetryOptionsSchema, type ParsedOptions } from "./options.ts"
import { openOwnTracing } from "./own-tracing.ts"

const CAPABILITIES: TracingCapabilities = { spans: false, exports: true, configurable: true }

/** Of options that are checked. */
export async function openTracing(
  packages: OtelPackages,
  options: ParsedOptions,
  context: AdapterContext,
): Promise<Tracing> {
  const { otel } = options
  const implementation =
    otel?.provider === undefined
      ? await openOwnTracing(options, context, packages)
      : openHostTracing(options, otel, otel.provider, context)
  return asTracing(implementation, {
    adapter: "opentelemetry",
    capabilities: CAPABILITIES,
    clock: context.clock,
    trusted: true,
  })
}

/** Of options as they are given. */
export function createTracing(
  packages: OtelPackages,
  options: OpenTelemetryTracingOptions,
  context: Partial<AdapterContext>,
): Promise<Tracing> {
  const parsed = parseOptions(opentelemetryOptionsSchema, options, "opentelemetry tracing")
  return openTracing(packages, parsed, { ...defaultContext("tracing"), ...context })
}
