/**
 * Tracing by OpenTelemetry 2.12 or 3: spans leave as OTLP, for a collector, Jaeger and all who take it; as JSON for Zipkin; or are
 * printed. Needs the packages `@opentelemetry/api`, `core`, `context-async-hooks`, `resources`, `sdk-trace` and, for
 * OTLP, `otlp-transformer` of `@opentelemetry`, all of one line; 3 needs Node 22.15 or newer.
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
import type { Tracing } from "../../contracts/tracing/tracing.ts"
import { installedPackages } from "./opentelemetry-engine/library.ts"
import { createTracing, openTracing } from "./opentelemetry-engine/open-tracing.ts"
import {
  type OpenTelemetryTracingOptions,
  opentelemetryOptionsFromUrl,
  opentelemetryOptionsSchema,
} from "./opentelemetry-engine/options.ts"

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
  return await createTracing(installedPackages, options, context)
}

export const opentelemetryTracing = defineAdapter({
  service: "tracing",
  name: "opentelemetry",
  contractVersion: 1,
  schemes: ["otlp+http", "otlp+https"],
  optionsSchema: opentelemetryOptionsSchema,
  fromUrl: opentelemetryOptionsFromUrl,
  peers: {
    "@opentelemetry/api": ">=1.9.0 <1.11.0",
    "@opentelemetry/context-async-hooks": "^2.12.0 || ^3.1.0",
    "@opentelemetry/core": "^2.12.0 || ^3.1.0",
    "@opentelemetry/otlp-transformer": ">=0.223.0 <0.400.0",
    "@opentelemetry/resources": "^2.12.0 || ^3.1.0",
    "@opentelemetry/sdk-trace": "^2.12.0 || ^3.1.0",
  },
  create: (options, context) => openTracing(installedPackages, options, context),
})
