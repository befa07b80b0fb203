/** TracingConfig of the requirement document, as the API answers it. */
import * as z from "zod/mini"

const text = (description: string) => z.optional(z.string().check(z.describe(description)))
const flag = (description: string) => z.optional(z.boolean().check(z.describe(description)))
const count = (description: string) => z.optional(z.int().check(z.minimum(0), z.describe(description)))
const ratio = (description: string) => z.optional(z.number().check(z.minimum(0), z.maximum(1), z.describe(description)))
const attributes = (description: string) => z.optional(z.record(z.string(), z.unknown()).check(z.describe(description)))

const strategy = z.enum([
  "always_on",
  "always_off",
  "trace_id_ratio",
  "rate_limiting",
  "parent_based",
  "probability",
  "composite",
])

const parentBased = z.strictObject({
  whenParentSampled: z.optional(strategy),
  whenParentNotSampled: z.optional(strategy),
  root: z.optional(strategy),
  rootRatio: ratio("Of a new trace."),
})

const rule = z.strictObject({
  name: z.string(),
  match: z.optional(
    z.strictObject({
      service: text("The name of this service."),
      spanName: text("An asterisk stands for any text."),
      attributes: attributes("That a span must have when it starts."),
    }),
  ),
  decision: z.enum(["drop", "record_only", "record_and_sample"]),
  rate: ratio("The part of those that fit which the decision is for."),
})

const sampling = z.strictObject({
  type: z.optional(strategy),
  ratio: ratio("Of trace_id_ratio and probability."),
  rateLimit: z.optional(z.number().check(z.describe("New traces a second, of rate_limiting."))),
  parentBased: z.optional(parentBased),
  composite: z.optional(
    z.array(z.strictObject({ strategy, ratio: ratio("Of the strategy."), condition: attributes("When it decides.") })),
  ),
  rules: z.optional(z.array(rule).check(z.describe("The first that fits decides, before the type."))),
})

const propagation = z.strictObject({
  formats: z.optional(
    z
      .array(z.enum(["w3c", "b3", "b3_multi"]))
      .check(z.describe("The first that a request has is read; all are written.")),
  ),
  extract: flag("Whether traces of requests are read."),
  inject: flag("Whether traces are written to requests."),
  baggage: z.optional(
    z.strictObject({
      enabled: flag("Whether baggage travels."),
      maxSize: count("Bytes of the header."),
      allowedKeys: z.optional(z.array(z.string()).check(z.describe("Keys that may leave the process."))),
    }),
  ),
})

const exporter = z.strictObject({
  type: z.enum(["otlp_http", "jaeger", "zipkin", "console"]),
  endpoint: text("Without a password."),
  protocol: text("Such as http/protobuf."),
  headers: z.optional(z.record(z.string(), z.string()).check(z.describe("Their values may be hidden."))),
  timeout: count("Milliseconds that an export may take."),
  compression: z.optional(z.enum(["none", "gzip"])),
  batch: z.optional(
    z.strictObject({
      maxBatchSize: count("Spans of one request."),
      maxQueueSize: count("Spans that may wait."),
      exportTimeout: count("Milliseconds that a batch may take, with its retries."),
      scheduledDelay: count("Milliseconds that a span waits at most for others."),
    }),
  ),
})

const openTelemetry = z.strictObject({
  exporter,
  resource: z.strictObject({
    serviceName: z.string(),
    serviceVersion: z.optional(z.string()),
    serviceInstanceId: z.optional(z.string()),
    serviceNamespace: z.optional(z.string()),
    deploymentEnvironment: z.optional(z.string()),
    attributes: attributes("Of the process."),
  }),
})

export const tracingConfig = z.strictObject({
  name: text("The scope of the spans."),
  label: z.optional(z.string()),
  enabled: flag("False: no span is made."),
  sampling: z.optional(sampling),
  propagation: z.optional(propagation),
  openTelemetry: z.optional(openTelemetry),
  spanLimits: z.optional(
    z.strictObject({
      maxAttributes: count("The first so many are kept."),
      maxEvents: count("The last so many are kept."),
      maxLinks: count("The last so many are kept."),
      maxAttributeValueLength: count("Characters of a text."),
    }),
  ),
  traceIdGenerator: z.optional(z.enum(["random", "uuid"])),
  performance: z.optional(
    z.strictObject({
      asyncExport: flag("False: each span leaves when it ends."),
      exportInterval: count("Milliseconds that a span waits at most for others."),
    }),
  ),
})
