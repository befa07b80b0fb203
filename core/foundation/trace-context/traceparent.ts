import { isSpanId, isTraceId, type TraceContext } from "../../../contracts/foundation/trace-context.ts"

/** What a traceparent says. */
export type Traceparent = Pick<TraceContext, "traceId" | "spanId" | "sampled">

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** A `traceparent` (W3C Trace Context, section 3.2); undefined where it must be ignored. Later versions may say more. */
export function readTraceparent(text: string): Traceparent | undefined {
  const [, version, traceId = "", spanId = "", flags = "", rest] = TRACEPARENT.exec(text.trim()) ?? []
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return undefined
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export function writeTraceparent({ sampled, spanId, traceId }: Traceparent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
}
