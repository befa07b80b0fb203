/**
 * Tracing by OpenTelemetry 3, which needs Node 22.15 or newer: the same as `opentelemetry.ts` does by OpenTelemetry 2.
 * Needs the packages `@opentelemetry/api` 1.10, `core`, `context-async-hooks`, `resources`, `sdk-trace` and, for OTLP,
 * `otlp-transformer` of `@opentelemetry`.
 *
 * @example
 * const tracing = await createOpenTelemetry3Tracing({
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

const line = { adapter: "opentelemetry-3", packages: installedPackages }

/**
 * Nothing is sent before a span has ended. An environment variable acts where the configuration says so, not here.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault, where a package is not installed, and where
 * `registerGlobal` finds others registered.
 */
export async function createOpenTelemetry3Tracing(
  options: OpenTelemetryTracingOptions = {},
  context: Partial<AdapterContext> = {},
): Promise<Tracing> {
  return await createTracing(line, options, context)
}

export const opentelemetry3Tracing = defineAdapter({
  service: "tracing",
  name: "opentelemetry-3",
  contractVersion: 1,
  schemes: ["otlp3+http", "otlp3+https"],
  optionsSchema: opentelemetryOptionsSchema,
  fromUrl: opentelemetryOptionsFromUrl,
  peers: {
    "@opentelemetry/api": ">=1.10.0 <1.11.0",
    "@opentelemetry/context-async-hooks": "^3.1.0",
    "@opentelemetry/core": "^3.1.0",
    "@opentelemetry/otlp-transformer": ">=0.301.0 <0.400.0",
    "@opentelemetry/resources": "^3.1.0",
    "@opentelemetry/sdk-trace": "^3.1.0",
  },
  create: (options, context) => openTracing(line, options, context),
})
