import type { SpanKind, SpanLink, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { isSpanId, isTraceId } from "../../foundation/trace-context/traceparent.ts"
import { readTracestate } from "../../foundation/trace-context/tracestate.ts"

const KINDS: readonly unknown[] = ["internal", "server", "client", "producer", "consumer"] satisfies SpanKind[]

export function safeKind(kind: unknown): SpanKind {
  return KINDS.includes(kind) ? (kind as SpanKind) : "internal"
}

/** A context where it is well formed, by value; else undefined. */
export function safeContext(given: unknown): TraceContext | undefined {
  if (typeof given !== "object" || given === null) return undefined
  try {
    const { baggage, sampled, spanId, traceId, traceState } = given as Partial<TraceContext>
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
    const state = typeof traceState === "string" ? readTracestate(traceState) : undefined
    return { traceId, spanId, sampled: sampled === true, traceState: state, baggage: safeBaggage(baggage) }
  } catch {
    return undefined
  }
}

function safeBaggage(given: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof given !== "object" || given === null) return undefined
  const pairs = Object.entries(given).filter(([, value]) => typeof value === "string")
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}

interface SafeLink {
  readonly context: TraceContext
  readonly attributes: unknown
}

/** A list of links, whatever was given; those without a context are left out. */
export function safeLinks(links: unknown): readonly SafeLink[] {
  if (links === undefined) return []
  try {
    return Array.isArray(links) ? Array.from(links).flatMap(safeLink) : []
  } catch {
    // A list whose members cannot be read.
    return []
  }
}

function safeLink(given: unknown): SafeLink[] {
  try {
    const { attributes, context } = given as SpanLink
    const safe = safeContext(context)
    return safe === undefined ? [] : [{ context: safe, attributes }]
  } catch {
    return []
  }
}
