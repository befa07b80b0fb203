import type { RecordedSpan } from "../../contracts/tracing/tracing.ts"

/**
 * Traces as trees for a terminal, the oldest first. A span whose parent is not in the list stands at the root.
 *
 * @example
 * console.log(formatTraces(tracing.getSpans()))
 * // GET /api/v1/cache/:key  3.1 ms  server
 * // └─ cache.get  0.2 ms  client
 */
export function formatTraces(spans: readonly RecordedSpan[]): string {
  const known = new Set(spans.map(({ context }) => idOf(context)))
  const children = new Map<string, RecordedSpan[]>()
  for (const span of spans) {
    const { parentSpanId } = span
    const parent = parentSpanId === undefined ? "" : idOf({ ...span.context, spanId: parentSpanId })
    const place = known.has(parent) && parent !== idOf(span.context) ? parent : ""
    children.set(place, [...(children.get(place) ?? []), span])
  }
  return linesOf("", children, "").join("\n")
}

function linesOf(parent: string, children: Map<string, RecordedSpan[]>, indent: string): string[] {
  const spans = (children.get(parent) ?? []).sort((one, other) => one.startTime - other.startTime)
  // Once: a cycle of parents has no root, and none may be made.
  children.delete(parent)
  return spans.flatMap((span, index) => {
    const isLast = index === spans.length - 1
    const [branch, more] = parent === "" ? ["", ""] : isLast ? ["└─ ", "   "] : ["├─ ", "│  "]
    return [`${indent}${branch}${describe(span)}`, ...linesOf(idOf(span.context), children, indent + more)]
  })
}

function idOf({ spanId, traceId }: { readonly spanId: string; readonly traceId: string }): string {
  return `${traceId}-${spanId}`
}

function describe({ endTime, kind, name, startTime, status }: RecordedSpan): string {
  const parts = [name, `${(endTime - startTime).toFixed(1)} ms`]
  if (kind !== "internal") parts.push(kind)
  if (status.code === "error") parts.push(status.message === undefined ? "error" : `error: ${status.message}`)
  return parts.join("  ")
}
