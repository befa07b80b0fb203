/** The place in a trace, as carriers of all kinds have it: headers, metadata of messages (W3C Trace Context). */

/** Where a span stands: what goes over the wire, and what a child needs to know of its parent. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string
  /** Whether the trace is recorded. */
  readonly sampled: boolean
  /** The W3C tracestate as it came: at most 32 members and 512 characters. */
  readonly traceState?: string | undefined
  /** What is said along the trace. Nothing of it leaves the process, unless the configuration allows the key. */
  readonly baggage?: Readonly<Record<string, string>> | undefined
}

const ONLY_ZEROS = /^0+$/

/** Whether it is an id of a trace: 32 lower-case hex digits, not all zero. */
export function isTraceId(id: unknown): id is string {
  return typeof id === "string" && /^[\da-f]{32}$/.test(id) && !ONLY_ZEROS.test(id)
}

/** Whether it is an id of a span: 16 lower-case hex digits, not all zero. */
export function isSpanId(id: unknown): id is string {
  return typeof id === "string" && /^[\da-f]{16}$/.test(id) && !ONLY_ZEROS.test(id)
}
