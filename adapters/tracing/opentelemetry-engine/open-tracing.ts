import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Tracing, TracingCapabilities } from "../../../contracts/tracing/tracing.ts"
import { asTracing } from "../../../core/tracing/portable-tracing.ts"
import { defaultContext } from "../../kit/context.ts"
import { parseOptions } from "../../kit/parse-options.ts"
import { openHostTracing } from "./host-tracing.ts"
import type { OtelPackages } from "./library.ts"
import { type OpenTelemetryTracingOptions, opentelemetryOptionsSchema, type ParsedOptions } from "./options.ts"
import { openOwnTracing } from "./own-tracing.ts"

/** One line of OpenTelemetry. */
export interface OtelLine {
  /** The name of its adapter. */
  readonly adapter: string
  readonly packages: OtelPackages
}

const CAPABILITIES: TracingCapabilities = { spans: false, exports: true, configurable: true }

/** Of options that are checked. */
export async function openTracing(
  { adapter, packages }: OtelLine,
  options: ParsedOptions,
  context: AdapterContext,
): Promise<Tracing> {
  const { otel } = options
  const implementation =
    otel?.provider === undefined
      ? await openOwnTracing(options, context, packages)
      : openHostTracing(options, otel, otel.provider, context)
  return asTracing(implementation, { adapter, capabilities: CAPABILITIES, clock: context.clock, trusted: true })
}

/** Of options as they are given. */
export function createTracing(
  line: OtelLine,
  options: OpenTelemetryTracingOptions,
  context: Partial<AdapterContext>,
): Promise<Tracing> {
  const parsed = parseOptions(opentelemetryOptionsSchema, options, `${line.adapter} tracing`)
  return openTracing(line, parsed, { ...defaultContext("tracing"), ...context })
}
