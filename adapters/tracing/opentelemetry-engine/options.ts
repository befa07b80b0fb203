import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { decodeUrlPart } from "../../../core/foundation/url.ts"
import { isHeaderName, isHeaderValue, isOwnHeader, tracingOptions } from "../../../core/tracing/for-adapters.ts"
import { mustBe } from "../../kit/must-be.ts"
import type { InjectedOtel } from "./injected.ts"

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
      message: "must be at most maxQueueSize; got more",
    }),
  )

const headersSchema = z
  .record(z.string().check(z.refine(isHeaderName, mustBe("the name of a header"))), z.string())
  .check(
    z.refine((headers) => Object.values(headers).every(isHeaderValue), "must have values without control characters"),
    z.refine((headers) => !Object.keys(headers).some(isOwnHeader), {
      message: "must not have a header that each request has by itself, such as content-type",
    }),
  )

const exporterSchema = z
  .strictObject({
    /** `otlp_http` sends protobuf. `jaeger` takes OTLP, and is the same. `console` prints to the standard output. */
    type: z._default(z.enum(["otlp_http", "jaeger", "zipkin", "console"]), "otlp_http"),
    /** With its path. Default: `http://localhost:4318/v1/traces`, and that of Zipkin `http://localhost:9411/api/v2/spans`. */
    endpoint: z.optional(
      z
        .string()
        .check(
          z.refine(isEndpoint, mustBe("a URL that begins with http:// or https://, without credentials; use headers")),
        ),
    ),
    protocol: z.optional(z.enum(["http/protobuf"])),
    headers: z._default(headersSchema, {}),
    /** Of one request, in ms. Default 10,000. */
    timeout: z._default(milliseconds, 10_000),
    compression: z._default(z.enum(["none", "gzip"]), "none"),
    batch: z.prefault(batchSchema, {}),
  })
  .check(
    z.superRefine(({ endpoint, headers, protocol, type }, context) => {
      const refuse = (key: string, isGiven: boolean) => {
        if (isGiven) {
          const message = `must be left out where the type is ${type}`
          context.addIssue({ code: "custom", path: [key], message })
        }
      }
      if (type === "console") {
        refuse("endpoint", endpoint !== undefined)
        refuse("headers", Object.keys(headers).length > 0)
      }
      if (type === "console" || type === "zipkin") refuse("protocol", protocol !== undefined)
    }),
  )

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

const performanceSchema = z.strictObject({
  /** False: each span leaves when it ends. */
  asyncExport: z._default(z.boolean(), true),
  /** Ms that a span waits at most for others; `batch.scheduledDelay` goes before it. */
  exportInterval: z._default(milliseconds, 5000),
})

const otelSchema = z.custom<InjectedOtel>().check(
  z.refine((value) => {
    const { api, contextManager, provider } = (value ?? {}) as Partial<InjectedOtel>
    const hasApi = typeof api?.trace?.setSpan === "function" && typeof api.propagation?.getBaggage === "function"
    const hasProvider = provider === undefined || typeof provider.getTracer === "function"
    return hasApi && hasProvider && typeof (contextManager ?? api?.context)?.with === "function"
  }, mustBe("an object with api, which is what @opentelemetry/api exports, and maybe provider and contextManager")),
)

export const opentelemetryOptionsSchema = z
  .strictObject({
    ...tracingOptions,
    exporter: z.optional(exporterSchema),
    /** What the spans are of. Its name is the service that rules of sampling may ask for. */
    resource: z.prefault(resourceSchema, {}),
    performance: z.optional(performanceSchema),
    /** How long close() may take, in ms. Default 5,000. */
    shutdownTimeoutMs: z._default(z.int().check(z.gte(1), z.lte(5000)), 5000),
    /** Makes this the provider of the whole process, for libraries that instrument themselves. Default false. */
    registerGlobal: z._default(z.boolean(), false),
    /** What the application uses of OpenTelemetry itself. */
    otel: z.optional(otelSchema),
  })
  .check(
    z.superRefine(({ exporter, otel, performance, registerGlobal }, context) => {
      const refuse = (key: string, isGiven: boolean, other: string) => {
        if (!isGiven) return
        const message = `must be left out beside ${other}`
        context.addIssue({ code: "custom", path: [key], message })
      }
      refuse(
        "registerGlobal",
        registerGlobal && otel !== undefined,
        "otel, where the application has registered its own",
      )
      if (otel?.provider === undefined) return
      refuse("exporter", exporter !== undefined, "otel.provider, which exports")
      refuse("performance", performance !== undefined, "otel.provider, which exports")
    }),
  )
export type OpenTelemetryTracingOptions = z.input<typeof opentelemetryOptionsSchema>
export type ParsedOptions = z.output<typeof opentelemetryOptionsSchema>
export type ExporterOptions = z.output<typeof exporterSchema>

/** What is not said of the export. */
export function exportOptionsOf({ exporter, performance }: ParsedOptions) {
  return {
    exporter: exporter ?? exporterSchema.parse({}),
    performance: performance ?? performanceSchema.parse({}),
  }
}

const DEFAULT_ENDPOINTS = {
  otlp_http: "http://localhost:4318/v1/traces",
  jaeger: "http://localhost:4318/v1/traces",
  zipkin: "http://localhost:9411/api/v2/spans",
  console: undefined,
} as const

export function endpointOf({ endpoint, type }: ExporterOptions): string | undefined {
  return endpoint ?? DEFAULT_ENDPOINTS[type]
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { password, protocol, username } = new URL(text)
  return /^https?:$/.test(protocol) && username === "" && password === ""
}

/**
 * `otlp+http://collector:4318`, `otlp+https://…`, and `otlp3+…` of the 3.x line: the path of traces is added where there is none. A user and a password
 * become a header.
 *
 * @throws ServiceError INVALID_CONFIG where it has no host, and where a part of them cannot be decoded.
 */
export function opentelemetryOptionsFromUrl(url: URL): Record<string, unknown> {
  const { host, password, pathname, protocol, username } = url
  if (host === "")
    throw new ServiceError("INVALID_CONFIG", "The URL must have a host, as otlp+http://collector:4318 has.")
  const path = pathname === "" || pathname === "/" ? "/v1/traces" : pathname
  const endpoint = `${protocol.replace(/^otlp3?\+/, "")}//${host}${path}`
  if (username === "" && password === "") return { exporter: { type: "otlp_http", endpoint } }
  const credentials = `${decodeUrlPart(username, "user")}:${decodeUrlPart(password, "password")}`
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`
  return { exporter: { type: "otlp_http", endpoint, headers: { authorization } } }
}
