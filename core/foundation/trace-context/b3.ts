/** The headers of Zipkin, B3: one, or one for each part. */
import { isSpanId, isTraceId } from "../../../contracts/foundation/trace-context.ts"
import type { Traceparent } from "./traceparent.ts"

/** `b3: {trace id}-{span id}-{sampled}-{parent span id}`; undefined where it names no span. */
export function readB3(text: string): Traceparent | undefined {
  const [traceId, spanId, sampled, parent, more] = text.trim().toLowerCase().split("-", 5)
  if (more !== undefined || (parent !== undefined && !isSpanId(parent))) return undefined
  return sampled === "" ? undefined : b3Of(traceId, spanId, sampled)
}

export interface B3Headers {
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly sampled: string | undefined
  readonly flags: string | undefined
}

/** `X-B3-TraceId`, `X-B3-SpanId`, `X-B3-Sampled`, `X-B3-Flags`. */
export function readB3Multi({ flags, sampled, spanId, traceId }: B3Headers): Traceparent | undefined {
  const said = flags?.trim() === "1" ? "d" : sampled?.trim().toLowerCase()
  return b3Of(traceId?.trim().toLowerCase(), spanId?.trim().toLowerCase(), said)
}

/** Ids of traces may have 64 bits. A header that says nothing of sampling leaves it to us: the trace is not thrown away. */
function b3Of(traceId = "", spanId: string | undefined, sampled = ""): Traceparent | undefined {
  const whole = traceId.length === 16 ? traceId.padStart(32, "0") : traceId
  if (!isTraceId(whole) || !isSpanId(spanId) || !SAMPLED.has(sampled)) return undefined
  return { traceId: whole, spanId, sampled: SAMPLED.get(sampled) ?? true }
}

const SAMPLED = new Map([
  ["1", true],
  ["true", true],
  ["d", true],
  ["", true],
  ["0", false],
  ["false", false],
])

export function writeB3({ sampled, spanId, traceId }: Traceparent): string {
  return `${traceId}-${spanId}-${sampled ? "1" : "0"}`
}
