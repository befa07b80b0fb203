import type { RecordedLink, SpanLink, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { clause, receivedSpan } from "../clause.ts"
import { ELSEWHERE, MALFORMED, making, nothing } from "../ways.ts"

const MAX = 128

function contextOf(number: number): TraceContext {
  return { ...ELSEWHERE, spanId: (number + 1).toString(16).padStart(16, "0") }
}

function told({ attributes, context: { sampled, spanId, traceId, traceState } }: RecordedLink | SpanLink): unknown {
  return [traceId, spanId, sampled, traceState, { ...attributes }]
}

function spanIdsOf(links: readonly RecordedLink[]): string[] {
  return links.map(({ context }) => context.spanId)
}

/** TRACING-LINK. */
export const linksClauses = [
  clause("TRACING-LINK-01", {
    why: "A batch is found from each of its messages, and a tick of a schedule from where it was set.",
    fix: "Keep the ids, the flag, the trace state and the attributes of each link, in the order in which they are given.",
    async check(t, tracing, world) {
      const own = tracing.startSpan("own")
      own.end()
      const links: readonly SpanLink[] = [
        { context: ELSEWHERE, attributes: { key: "Grüße", list: [1, 2] } },
        { context: { ...contextOf(2), traceState: "vendor=1,other=2" } },
        { context: own.context, attributes: {} },
        { context: { ...contextOf(3), traceId: "f".repeat(32) }, attributes: { key: 3 } },
        { context: ELSEWHERE, attributes: { again: true } },
      ]
      for (const [way, make] of making) {
        await make(tracing, way, { links, kind: "consumer", attributes: { key: "of the span" } }, nothing)
        const received = await receivedSpan(tracing, world, way)
        t.equal(received.links.map(told), links.map(told), `${way}: links`)
        t.equal(received.parentSpanId, undefined, `${way}: the parent`)
        t.ok(received.context.traceId !== ELSEWHERE.traceId, `${way}: the span is in the trace of a link`)
        t.equal({ ...received.attributes }, { key: "of the span" }, `${way}: attributes of the span`)
        const name = `${way} without links`
        await make(tracing, name, { links: [] }, nothing)
        t.equal((await receivedSpan(tracing, world, name)).links, [], name)
      }
    },
  }),
  clause("TRACING-LINK-02", {
    why: "A batch of ten thousand messages would make a span that receivers refuse as too large.",
    fix: "Keep the last 128 links, and count the others as dropped.",
    async check(t, tracing, world) {
      const ids = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => contextOf(from + index).spanId)
      for (const [way, make] of making) {
        for (const extra of [0, 1, 200]) {
          const links = Array.from({ length: MAX + extra }, (_, index) => ({ context: contextOf(index) }))
          const name = `${way} ${extra}`
          await make(tracing, name, { links }, nothing)
          const received = await receivedSpan(tracing, world, name)
          t.equal(spanIdsOf(received.links), ids(extra, MAX + extra), `${way}: links of ${MAX + extra}`)
          t.equal(received.dropped.links, extra, `${way}: dropped of ${MAX + extra}`)
        }
      }
    },
  }),
  clause("TRACING-LINK-03", {
    why: "One message without a header must not cost the links to all the others.",
    fix: "Look at each link by itself, in a try of its own.",
    async check(t, tracing, world) {
      const unreadable = {
        get context(): TraceContext {
          throw new Error("This context cannot be read.")
        },
      }
      const bad: readonly unknown[] = [
        ...MALFORMED.map(([, context]) => ({ context, attributes: { key: "of nobody" } })),
        ...[undefined, null, 42, "text", {}, [], { context: undefined }, unreadable],
      ]
      const links = bad.flatMap((link, index) => [{ context: contextOf(index), attributes: { index } }, link])
      const want = bad.map((_, index) => told({ context: contextOf(index), attributes: { index } }))
      for (const [way, make] of making) {
        await make(tracing, way, { links: links as SpanLink[], attributes: { key: "kept" }, kind: "consumer" }, nothing)
        const { attributes, kind, links: received } = await receivedSpan(tracing, world, way)
        t.equal(received.map(told), want, `${way}: links that are well formed`)
        t.equal([{ ...attributes }, kind], [{ key: "kept" }, "consumer"], `${way}: the rest of the span`)
        for (const none of [null, 42, "text", {}, { context: ELSEWHERE }]) {
          const name = `${way} ${JSON.stringify(none)}`
          await make(tracing, name, { links: none as unknown as SpanLink[], attributes: { key: "kept" } }, nothing)
          const span = await receivedSpan(tracing, world, name)
          t.equal([span.links, { ...span.attributes }], [[], { key: "kept" }], `${name} for a list`)
        }
      }
    },
  }),
]
