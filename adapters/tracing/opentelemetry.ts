/**
 * Tracing by OpenTelemetry 2: spans leave as OTLP, for a collector, Jaeger and all who take it; as JSON for Zipkin; or are
 * printed. Needs the packages `@opentelemetry/api`, `core`, `context-async-hooks`, `resources`, `sdk-trace-base` and, for
 * OTLP, `otlp-transformer` of `@opentelemetry`.
 *
 * @example
 * const tracing = await createOpenTelemetryTracing({
 *   exporter: { endpoint: "http://collector:4318/v1/traces" },
 *   resource: { serviceName: "shop" },
 * })
 * await tracing.withSpan("checkout", {}, () => pay())
 * await tracing.close()
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Tracing, TracingCapabilities } from "../../contracts/tracing/tracing.ts"
import { asTracing } from "../../core/tracing/portable-tracing.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { openHostTracing } from "./opentelemetry-engine/host-tracing.ts"
import {
  type OpenTelemetryTracingOptions,
  opentelemetryOptionsFromUrl,
  opentelemetryOptionsSchema,
  type ParsedOptions,
} from "./opentelemetry-engine/options.ts"
import { openOwnTracing } from "./opentelemetry-engine/own-tracing.ts"

export type { InjectedOtel } from "./opentelemetry-engine/injected.ts"
export type { OpenTelemetryTracingOptions } from "./opentelemetry-engine/options.ts"

/**
 * Nothing is sent before a span has ended. An environment variable acts where the configuration says so, not here.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault, where a package is not installed, and where
 * `registerGlobal` finds others registered.
 */
export async function createOpenTelemetryTracing(
  options: OpenTelemetryTracingOptions = {},
  context: Partial<AdapterContext> = {},
): Promise<Tracing> {
  return await openTracing(parseOptions(opentelemetryOptionsSchema, options, "opentelemetry tracing"), {
    ...defaultContext("tracing"),
    ...context,
  })
}

const CAPABILITIES: TracingCapabilities = { spans: false, exports: true, configurable: true }

/** Of options that are checked. */
async function openTracing(options: ParsedOptions, context: AdapterContext): Promise<Tracing> {
  const { otel } = options
  const implementation =
    otel?.provider === undefined
      ? await openOwnTracing(options, context)
      : openHostTracing(options, otel, otel.provider, context)
  const { clock } = context
  return asTracing(implementation, { adapter: "opentelemetry", capabilities: CAPABILITIES, clock, trusted: true })
}

export const opentelemetryTracing = defineAdapter({
  service: "tracing",
  name: "opentelemetry",
  contractVersion: 1,
  schemes: ["otlp+http", "otlp+https"],
  optionsSchema: opentelemetryOptionsSchema,
  fromUrl: opentelemetryOptionsFromUrl,
  peers: {
    "@opentelemetry/api": ">=1.9.0 <1.10.0",
    "@opentelemetry/context-async-hooks": "^2.12.0",
    "@opentelemetry/core": "^2.12.0",
    "@opentelemetry/otlp-transformer": ">=0.223.0 <0.300.0",
    "@opentelemetry/resources": "^2.12.0",
    "@opentelemetry/sdk-trace-base": "^2.12.0",
  },
  create: openTracing,
})
