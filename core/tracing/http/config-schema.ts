/** TracingConfig of the requirement document, as the API answers it. */
import * as z from "zod/mini"

const { optional, record, strictObject, unknown } = z
const text = (description: string) => optional(z.string().check(z.describe(description)))
const flag = (description: string) => optional(z.boolean().check(z.describe(description)))
const count = (description: string) => optional(z.int().check(z.minimum(0), z.describe(description)))
const ratio = (description: string) => optional(z.number().check(z.minimum(0), z.maximum(1), z.describe(description)))
const attributes = (description: string) => optional(record(z.string(), unknown()).check(z.describe(description)))

const strategy = z.enum([
  "always_on",
  "always_off",
  "trace_id_ratio",
  "rate_limiting",
  "parent_based",
  "probability",
  "composite",
])

const parentBased = strictObject({
  whenParentSampled: optional(strategy),
  whenParentNotSampled: optional(strategy),
  root: optional(strategy),
  rootRatio: ratio("Of a new trace."),
})

const rule = strictObject({
  name: z.string(),
  match: optional(
    strictObject({
      service: text("The name of this service."),
      spanName: text("An asterisk stands for any text."),
      attributes: attributes("That a span must have when it starts."),
    }),
  ),
  decision: z.enum(["drop", "record_only", "record_and_sample"]),
  rate: ratio("The part of those that fit which the decision is for."),
})

const sampling = strictObject({
  type: optional(strategy),
  ratio: ratio("Of trace_id_ratio and probability."),
  rateLimit: optional(z.number().check(z.describe("New traces a second, of rate_limiting."))),
  parentBased: optional(parentBased),
  composite: optional(
    z.array(strictObject({ strategy, ratio: ratio("Of the strategy."), condition: attributes("When it decides.") })),
  ),
  rules: optional(z.array(rule).check(z.describe("The first that fits decides, before the type."))),
})

const propagation = strictObject({
  formats: optional(
    z
      .array(z.enum(["w3c", "b3", "b3_multi"]))
      .check(z.describe("The first that a request has is read; all are written.")),
  ),
  extract: flag("Whether traces of requests are read."),
  inject: flag("Whether traces are written to requests."),
  baggage: optional(
    strictObject({
      enabled: flag("Whether baggage travels."),
      maxSize: count("Bytes of the header."),
      allowedKeys: optional(z.array(z.string()).check(z.describe("Keys that may leave the process."))),
    }),
  ),
})

const exporter = strictObject({
  type: z.enum(["otlp_http", "jaeger", "zipkin", "console"]),
  endpoint: text("Without a password."),
  protocol: text("Such as http/protobuf."),
  headers: optional(record(z.string(), z.string()).check(z.describe("Their values may be hidden."))),
  timeout: count("Milliseconds that an export may take."),
  compression: optional(z.enum(["none", "gzip"])),
  batch: optional(
    strictObject({
      maxBatchSize: count("Spans of one request."),
      maxQueueSize: count("Spans that may wait."),
      exportTimeout: count("Milliseconds that a batch may take, with its retries."),
      scheduledDelay: count("Milliseconds that a span waits at most for others."),
    }),
  ),
})

const openTelemetry = strictObject({
  exporter,
  resource: strictObject({
    serviceName: z.string(),
    serviceVersion: optional(z.string()),
    serviceInstanceId: optional(z.string()),
    serviceNamespace: optional(z.string()),
    deploymentEnvironment: optional(z.string()),
    attributes: attributes("Of the process."),
  }),
})

export const tracingConfig = strictObject({
  name: text("The scope of the spans."),
  label: optional(z.string()),
  enabled: flag("False: no span is made."),
  sampling: optional(sampling),
  propagation: optional(propagation),
  openTelemetry: optional(openTelemetry),
  spanLimits: optional(
    strictObject({
      maxAttributes: count("The first so many are kept."),
      maxEvents: count("The last so many are kept."),
      maxLinks: count("The last so many are kept."),
      maxAttributeValueLength: count("Characters of a text."),
    }),
  ),
  traceIdGenerator: optional(z.enum(["random", "uuid"])),
  performance: optional(
    strictObject({
      asyncExport: flag("False: each span leaves when it ends."),
      exportInterval: count("Milliseconds that a span waits at most for others."),
    }),
  ),
})
