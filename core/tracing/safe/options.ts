import { isSpanId, isTraceId } from "../../../contracts/foundation/trace-context.ts"
import type { SpanKind, SpanOptions, TraceContext } from "../../../contracts/tracing/tracing.ts"
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

/** A list of links, whatever was given; those without a context are left out. */
export function safeLinks(links: unknown): readonly { context: TraceContext; attributes: unknown }[] {
  try {
    return Array.isArray(links) ? links.flatMap(safeLink) : []
  } catch {
    // A list that cannot be read.
    return []
  }
}

function safeLink(link: unknown): { context: TraceContext; attributes: unknown }[] {
  try {
    const { attributes, context: given } = link as NonNullable<SpanOptions["links"]>[number]
    const context = safeContext(given)
    return context === undefined ? [] : [{ context, attributes }]
  } catch {
    return []
  }
}
