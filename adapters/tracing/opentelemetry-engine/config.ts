import type { TracingConfig } from "../../../contracts/tracing/tracing.ts"
import { endpointOf, exportOptionsOf, type ParsedOptions } from "./options.ts"

/** The options as the configuration has them, without the values of headers. */
export function configOf(options: ParsedOptions): TracingConfig {
  const { enabled, label, name, otel, propagation, resource, sampling, spanLimits, traceIdGenerator } = options
  const config = { name, label, enabled, sampling, propagation, spanLimits, traceIdGenerator }
  // The provider of the application exports, and has a resource of its own.
  if (otel?.provider !== undefined) return config
  const { exporter, performance } = exportOptionsOf(options)
  const headers = Object.fromEntries(Object.keys(exporter.headers).map((key) => [key, "***"]))
  const endpoint = endpointOf(exporter)
  const shown = endpoint === undefined ? {} : { endpoint: withoutQuery(endpoint) }
  return { ...config, openTelemetry: { exporter: { ...exporter, ...shown, headers }, resource }, performance }
}

/** A query may have a key. */
function withoutQuery(endpoint: string): string {
  const url = new URL(endpoint)
  url.search = ""
  url.hash = ""
  return url.href
}
