import { oneLine } from "../../contracts/foundation/shown.ts"
import type { RecordedSpan } from "../../contracts/tracing/tracing.ts"

/** So many levels are drawn; deeper ones stand below each other. */
const MAX_LEVELS = 64

/**
 * Traces as trees for a terminal, the oldest first. A span whose parent is not in the list stands at the root.
 *
 * @example
 * console.log(formatTraces(tracing.getSpans()))
 * // GET /api/v1/cache/:key  3.1 ms  server
 * // └─ cache.get  0.2 ms  client
 */
export function formatTraces(spans: readonly RecordedSpan[]): string {
  const inTime = spans.toSorted((one, other) => one.startTime - other.startTime)
  const known = new Set(inTime.map(({ context }) => idOf(context)))
  const roots: RecordedSpan[] = []
  const children = new Map<string, RecordedSpan[]>()
  for (const span of inTime) {
    const parent = parentIdOf(span)
    if (parent === undefined || !known.has(parent)) {
      roots.push(span)
      continue
    }
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [span])
    else siblings.push(span)
  }
  const lines: string[] = []
  const drawn = new Set<RecordedSpan>()
  for (const root of roots) draw(root, children, drawn, lines)
  // Parents that go round have no root.
  for (const span of inTime) if (!drawn.has(span)) draw(span, children, drawn, lines)
  return lines.join("\n")
}

/** Draws a span and all below it, each once. A list of what is to come, since a call for each level would be too many. */
function draw(
  root: RecordedSpan,
  children: ReadonlyMap<string, readonly RecordedSpan[]>,
  drawn: Set<RecordedSpan>,
  lines: string[],
): void {
  const coming = [{ span: root, head: "", indent: "" }]
  for (let next = coming.pop(); next !== undefined; next = coming.pop()) {
    const { head, indent, span } = next
    if (drawn.has(span)) continue
    drawn.add(span)
    lines.push(head + describe(span))
    const below = children.get(idOf(span.context)) ?? []
    for (const [fromLast, child] of below.toReversed().entries()) {
      const [branch, more] = fromLast === 0 ? ["└─ ", "   "] : ["├─ ", "│  "]
      coming.push({ span: child, head: indent + branch, indent: (indent + more).slice(0, MAX_LEVELS * more.length) })
    }
  }
}

function idOf({ spanId, traceId }: { readonly spanId: string; readonly traceId: string }): string {
  return `${traceId}-${spanId}`
}

function parentIdOf({ context: { traceId }, parentSpanId }: RecordedSpan): string | undefined {
  return parentSpanId === undefined ? undefined : idOf({ traceId, spanId: parentSpanId })
}

function describe({ endTime, kind, name, startTime, status }: RecordedSpan): string {
  const parts = [oneLine(name), `${(endTime - startTime).toFixed(1)} ms`]
  if (kind !== "internal") parts.push(kind)
  if (status.code === "error") parts.push(status.message === undefined ? "error" : `error: ${oneLine(status.message)}`)
  return parts.join("  ")
}
