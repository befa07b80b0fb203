import * as z from "zod/mini"
import { tracingOptions } from "../../../core/tracing/tracing-config.ts"

const milliseconds = z.int().check(z.gte(1), z.lte(2_147_483_647))

const batchSchema = z
  .strictObject({
    maxBatchSize: z._default(z.int().check(z.gte(1), z.lte(100_000)), 512),
    maxQueueSize: z._default(z.int().check(z.gte(1), z.lte(1_000_000)), 2048),
    exportTimeout: z._default(milliseconds, 30_000),
    scheduledDelay: z.optional(z.int().check(z.gte(0), z.lte(2_147_483_647))),
  })
  .check(
    z.refine(({ maxBatchSize, maxQueueSize }) => maxBatchSize <= maxQueueSize, {
      path: ["maxBatchSize"],
      message: "must be at most maxQueueSize",
    }),
  )

/** Names and values that HTTP can send. */
const headersSchema = z
  .record(
    z.string().check(z.regex(/^[\w!#$%&'*+.^`|~-]+$/, "must be the name of a header; got another string")),
    z.string(),
  )
  .check(
    z.refine(
      (headers) => Object.values(headers).every((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)),
      "must have values without control characters",
    ),
  )

const exporterSchema = z.strictObject({
  type: z.enum(["otlp_http", "jaeger", "zipkin", "console"]),
  endpoint: z.optional(
    z.string().check(z.refine(isHttpUrl, "must be a URL that begins with http:// or https://; got another string")),
  ),
  protocol: z.optional(z.enum(["http/protobuf"])),
  headers: z._default(headersSchema, {}),
  timeout: z._default(milliseconds, 10_000),
  compression: z._default(z.enum(["none", "gzip"]), "none"),
  batch: z.prefault(batchSchema, {}),
})

const attributeValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.array(z.number()),
  z.array(z.boolean()),
])

const resourceSchema = z.strictObject({
  serviceName: z._default(z.string().check(z.minLength(1)), "unknown_service"),
  serviceVersion: z.optional(z.string()),
  serviceInstanceId: z.optional(z.string()),
  serviceNamespace: z.optional(z.string()),
  deploymentEnvironment: z.optional(z.string()),
  attributes: z._default(z.record(z.string(), attributeValue), {}),
})

/** At their defaults they say nothing; no library is instrumented from here. */
const instrumentationSchema = z.strictObject({
  autoInstrumentation: z._default(z.literal(true), true),
})

const openTelemetrySchema = z.strictObject({
  exporter: z.prefault(exporterSchema, { type: "otlp_http" }),
  resource: z.prefault(resourceSchema, {}),
  instrumentation: z.prefault(instrumentationSchema, {}),
})

const performanceSchema = z.strictObject({
  /** False: each span leaves when it ends. */
  asyncExport: z._default(z.boolean(), true),
  /** Ms that a span waits at most for others; `batch.scheduledDelay` goes before it. */
  exportInterval: z._default(milliseconds, 5000),
})

export const opentelemetryOptionsSchema = z.strictObject({
  ...tracingOptions,
  openTelemetry: z.prefault(openTelemetrySchema, {}),
  performance: z.prefault(performanceSchema, {}),
  /** How long close() may take, in ms. */
  shutdownTimeoutMs: z._default(milliseconds, 5000),
  /** Makes this the provider of the whole process, for libraries that instrument themselves. */
  registerGlobal: z._default(z.boolean(), false),
})
export type OpenTelemetryTracingOptions = z.input<typeof opentelemetryOptionsSchema>
export type ParsedOptions = z.output<typeof opentelemetryOptionsSchema>

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** `otlp+http://collector:4318`, `otlp+https://…`: the path of traces is added where there is none. */
export function opentelemetryOptionsFromUrl(url: URL): Record<string, unknown> {
  const endpoint = new URL(url.href.replace(/^otlp\+/, ""))
  endpoint.search = ""
  if (endpoint.pathname === "/") endpoint.pathname = "/v1/traces"
  return { openTelemetry: { exporter: { type: "otlp_http", endpoint: endpoint.href } } }
}
