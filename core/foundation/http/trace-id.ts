import { readTraceparent } from "../trace-context/traceparent.ts"

/** The id of the trace that a request belongs to (W3C Trace Context), else a new one: 32 hex digits. */
export function traceIdOf(headers: Headers): string {
  const sent = headers.get("traceparent")
  const known = sent === null ? undefined : readTraceparent(sent)
  return known?.traceId ?? crypto.randomUUID().replaceAll("-", "")
}
