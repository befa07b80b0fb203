import type { SpanKind, SpanOptions, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { safeContext } from "./context.ts"

const KINDS: readonly unknown[] = ["internal", "server", "client", "producer", "consumer"] satisfies SpanKind[]

export function safeKind(kind: unknown): SpanKind {
  return KINDS.includes(kind) ? (kind as SpanKind) : "internal"
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
