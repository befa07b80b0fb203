import type { OpenTelemetryConfig } from "../../../contracts/tracing/tracing.ts"
import { isHeaderName, isHeaderValue, isOwnHeader } from "../sent-header.ts"
import { type EnvironmentReader, membersOf } from "./reader.ts"

type Exporter = OpenTelemetryConfig["exporter"]

const EXPORTERS = { otlp: "otlp_http", zipkin: "zipkin", console: "console", none: "none" } as const
const DEFAULT_OTLP = "http://localhost:4318/v1/traces"
const DEFAULT_ZIPKIN = "http://localhost:9411/api/v2/spans"
/** The longest time of a timer. */
const MAX_MS = 2_147_483_647

/** Undefined where nothing is to leave the process: no endpoint is named, and no exporter. */
export function exporterOf(read: EnvironmentReader): Exporter | undefined {
  const named = read.one(EXPORTERS, "OTEL_TRACES_EXPORTER")
  const endpoint = otlpEndpoint(read)
  const batch = batchOf(read)
  const type = named ?? (endpoint === undefined ? "none" : "otlp_http")
  if (type === "none") return undefined
  const rest = batch === undefined ? {} : { batch }
  switch (type) {
    case "console":
      return { type, ...rest }
    case "zipkin":
      return { type, ...zipkinOf(read), ...rest }
    case "otlp_http":
      return { type, endpoint: endpoint ?? DEFAULT_OTLP, ...otlpOf(read), ...rest }
  }
}

function zipkinOf(read: EnvironmentReader): Partial<Exporter> {
  const endpoint = read.url("OTEL_EXPORTER_ZIPKIN_ENDPOINT")?.href ?? DEFAULT_ZIPKIN
  return { endpoint, ...membersOf({ timeout: read.whole(1, MAX_MS, "OTEL_EXPORTER_ZIPKIN_TIMEOUT") }) }
}

const COMPRESSIONS = { gzip: "gzip", none: "none" } as const

function otlpOf(read: EnvironmentReader): Partial<Exporter> | undefined {
  read.one({ "http/protobuf": true }, ...ofTraces("PROTOCOL"))
  return membersOf({
    headers: read.pairs(isHeader, ...ofTraces("HEADERS")),
    timeout: read.whole(1, MAX_MS, ...ofTraces("TIMEOUT")),
    compression: read.one(COMPRESSIONS, ...ofTraces("COMPRESSION")),
  })
}

/** The variable of traces goes before that of all signals. */
function ofTraces(what: string): [string, string] {
  return [`OTEL_EXPORTER_OTLP_TRACES_${what}`, `OTEL_EXPORTER_OTLP_${what}`]
}

/** A name and a value that HTTP can send, and that no request has by itself. */
function isHeader(name: string, value: string): boolean {
  return isHeaderName(name) && isHeaderValue(value) && !isOwnHeader(name)
}

/** The endpoint of traces is used as it is; that of all signals has a path for each. */
function otlpEndpoint(read: EnvironmentReader): string | undefined {
  const [own, shared] = ofTraces("ENDPOINT")
  const url = read.url(own)
  if (url !== undefined) return url.href
  const base = read.url(shared)
  if (base === undefined) return undefined
  base.pathname = `${base.pathname.replace(/\/$/, "")}/v1/traces`
  return base.href
}

const BATCH_SIZE = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
const QUEUE_SIZE = "OTEL_BSP_MAX_QUEUE_SIZE"
const DEFAULT_BATCH_SIZE = 512
const DEFAULT_QUEUE_SIZE = 2048

function batchOf(read: EnvironmentReader): Exporter["batch"] {
  return membersOf({
    scheduledDelay: read.whole(0, MAX_MS, "OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeout: read.whole(1, MAX_MS, "OTEL_BSP_EXPORT_TIMEOUT"),
    ...sizesOf(read.whole(1, 1_000_000, QUEUE_SIZE), read.whole(1, 100_000, BATCH_SIZE), read),
  })
}

/** A batch is at most as large as the queue. */
function sizesOf(maxQueueSize: number | undefined, given: number | undefined, read: EnvironmentReader) {
  const most = maxQueueSize ?? DEFAULT_QUEUE_SIZE
  if (given !== undefined && given > most) {
    read.refuse(BATCH_SIZE, `must be at most that of ${QUEUE_SIZE}, ${most}; got ${given}`)
  }
  return { maxQueueSize, maxBatchSize: given ?? (most < DEFAULT_BATCH_SIZE ? most : undefined) }
}
