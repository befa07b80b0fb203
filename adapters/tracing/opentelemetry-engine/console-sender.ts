import type { SpanKind, SpanStatusCode } from "../../../contracts/tracing/tracing.ts"
import { formatTraces } from "../../../core/tracing/for-adapters.ts"
import type { HrTime, OtelSpanContext } from "./injected.ts"
import type { SdkSpan } from "./provider.ts"
import type { SpanSender } from "./sender.ts"

const KINDS: readonly SpanKind[] = ["internal", "server", "client", "producer", "consumer"]
const STATUS: readonly SpanStatusCode[] = ["unset", "ok", "error"]

/** Prints spans as trees to the standard output, a batch at a time. */
export function consoleSender(print: (text: string) => void): SpanSender<SdkSpan> {
  return {
    failure: undefined,
    async send(spans) {
      print(`${formatTraces(spans.map(recordedSpan))}\n`)
      return spans.length
    },
    async check() {},
    close() {},
  }
}

function recordedSpan(span: SdkSpan) {
  const { code, message } = span.status
  return {
    context: contextOf(span.spanContext()),
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: KINDS[span.kind] ?? "internal",
    startTime: milliseconds(span.startTime),
    endTime: milliseconds(span.endTime),
    status: { code: STATUS[code] ?? "unset", message },
    attributes: {},
    events: [],
    links: [],
    dropped: { attributes: 0, events: 0, links: 0 },
  }
}

function contextOf({ spanId, traceFlags, traceId }: OtelSpanContext) {
  return { traceId, spanId, sampled: (traceFlags & 1) !== 0 }
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1_000_000
}
