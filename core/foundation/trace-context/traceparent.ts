import type { TraceContext } from "../../../contracts/foundation/trace-context.ts"

/** What a traceparent says. */
export type Traceparent = Pick<TraceContext, "traceId" | "spanId" | "sampled">

/** Version 00 has no more than flags, others may; ff is none. Ids are not all zero. */
const TRACEPARENT = /^(?!ff|00.{53}-)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?$/

/** A `traceparent` (W3C Trace Context, section 3.2); undefined where it must be ignored. Later versions may say more. */
export function readTraceparent(text: string): Traceparent | undefined {
  const trimmed = text.trim()
  if (!TRACEPARENT.test(trimmed)) return undefined
  const flags = Number.parseInt(trimmed.slice(53, 55), 16)
  return { traceId: trimmed.slice(3, 35), spanId: trimmed.slice(36, 52), sampled: (flags & 1) === 1 }
}

export function writeTraceparent({ sampled, spanId, traceId }: Traceparent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
}
