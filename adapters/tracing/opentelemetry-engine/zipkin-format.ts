import type { SpanFormat } from "./http-sender.ts"
import type { HrTime } from "./injected.ts"
import type { SdkSpan } from "./provider.ts"

const KINDS: readonly (string | undefined)[] = [undefined, "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
const STATUS: readonly (string | undefined)[] = [undefined, "OK", "ERROR"]

/**
 * JSON of Zipkin's second version, with the tags that OpenTelemetry names for it. An error without a message is an error
 * too, and the last exception is told in tags, since events of Zipkin have no attributes.
 */
export const zipkinFormat: SpanFormat<SdkSpan> = {
  contentType: "application/json",
  empty: Buffer.from("[]"),
  write: (spans) => Buffer.from(JSON.stringify(spans.map(zipkinSpan))),
  refusedIn: (answer, contentType) => (answer.length === 0 || !contentType.startsWith("text/html") ? 0 : undefined),
}

export function zipkinSpan(span: SdkSpan): Readonly<Record<string, unknown>> {
  const { spanId, traceId } = span.spanContext()
  const timestamp = microseconds(span.startTime)
  return {
    traceId,
    id: spanId,
    parentId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: KINDS[span.kind],
    timestamp,
    duration: microseconds(span.endTime) - timestamp,
    localEndpoint: { serviceName: String(span.resource.attributes["service.name"] ?? "unknown_service") },
    tags: tagsOf(span),
    ...(span.events.length > 0 && {
      annotations: span.events.map(({ name, time }) => ({ timestamp: microseconds(time), value: name })),
    }),
  }
}

function tagsOf(span: SdkSpan): Readonly<Record<string, string>> {
  const { code, message } = span.status
  const counts = {
    "otel.dropped_attributes_count": span.droppedAttributesCount,
    "otel.dropped_events_count": span.droppedEventsCount,
    "otel.dropped_links_count": span.droppedLinksCount,
  }
  const tags = [
    ...exceptionOf(span),
    ...Object.entries(span.attributes),
    ["otel.status_code", STATUS[code]] as const,
    ["error", STATUS[code] === "ERROR" ? (message ?? "true") : undefined] as const,
    ...Object.entries(counts).filter(([, count]) => count > 0),
    ...Object.entries(span.resource.attributes),
  ]
  const known = tags.filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]))
}

function exceptionOf({ events }: SdkSpan): [string, unknown][] {
  const { attributes = {} } = events.findLast(({ name }) => name === "exception") ?? {}
  return ["exception.type", "exception.message"].map((key) => [key, attributes[key]])
}

function microseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000_000 + Math.round(nanoseconds / 1000)
}
