import type { SpanLink } from "../../../contracts/tracing/tracing.ts"
import { clause, receivedSpan } from "../clause.ts"
import { ELSEWHERE, giving, making } from "../ways.ts"

const MAX = 128
const MAX_TEXT = 4096

function numbered(count: number, from = 0): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${from + index}`, from + index]))
}

/** TRACING-ATTR: limits and copies. */
export const attributeLimitsClauses = [
  clause("TRACING-ATTR-07", {
    why: "A loop that names attributes by a counter would fill the memory, and a count that is wrong hides it.",
    fix: "Count the names, let a known one be replaced, and drop and count each new one above 128.",
    async check(t, tracing, world) {
      for (const [way, give] of giving) {
        const few = await give(tracing, world, numbered(MAX))
        t.equal(few.attributes, numbered(MAX), `128 by ${way}`)
        if (few.dropped !== undefined) t.equal(few.dropped, 0, `dropped of 128 by ${way}`)
        const many = await give(tracing, world, numbered(MAX + 3))
        t.equal(many.attributes, numbered(MAX), `131 by ${way}`)
        if (many.dropped !== undefined) t.equal(many.dropped, 3, `dropped of 131 by ${way}`)
      }
      for (const [way, make] of making) {
        await make(tracing, way, { attributes: numbered(MAX - 1) }, (span) => {
          span.setAttribute("last", "kept").setAttribute("late", 1).setAttributes({ later: 1, "key 0": "replaced" })
          span.setAttribute("key 1", ["replaced"]).setAttribute("late", 2)
        })
        const { attributes, dropped } = await receivedSpan(tracing, world, way)
        const want = { ...numbered(MAX - 1), last: "kept", "key 0": "replaced", "key 1": ["replaced"] }
        t.equal(attributes, want, `${way}: attributes at the limit`)
        t.equal(dropped.attributes, 3, `${way}: dropped`)
      }
    },
  }),
  clause("TRACING-ATTR-08", {
    why: "One body in an attribute makes a batch that receivers refuse as too large.",
    fix: "Cut each text of a value at 4,096 characters, also of a list, in events and in links.",
    async check(t, tracing, world) {
      const fits = "x".repeat(MAX_TEXT)
      const long = `${fits}more`
      const given = { fits, long, list: ["short", long, fits], key: 1 }
      const want = { fits, long: fits, list: ["short", fits, fits], key: 1 }
      for (const [way, give] of giving) {
        const { attributes, dropped = 0 } = await give(tracing, world, given)
        t.equal(attributes, want, `by ${way}`)
        t.equal(dropped, 0, `dropped by ${way}`)
        const digits = await give(tracing, world, { digits: 10n ** 5000n })
        t.equal(digits.attributes, { digits: `1${"0".repeat(MAX_TEXT - 1)}` }, `digits by ${way}`)
      }
    },
  }),
  clause("TRACING-ATTR-11", {
    why: "A list that is used again would change what the span said at its time.",
    fix: "Copy attributes, lists and contexts when they are handed over.",
    async check(t, tracing, world) {
      for (const [way, make] of making) {
        const values = { text: "before", list: ["before"], numbers: [1, 2] }
        const linked = { ...ELSEWHERE }
        const links: SpanLink[] = [{ context: linked, attributes: values }]
        const parent = { ...ELSEWHERE, baggage: { tenant: "before" } }
        const options = { parent, attributes: values, links }
        const one = ["before"]
        const change = () => {
          values.text = "after"
          values.list[0] = "after"
          values.list.push("after")
          values.numbers.length = 0
          one.push("after")
          Object.assign(values, { more: "after" })
          Object.assign(linked, { traceId: "f".repeat(32), spanId: "f".repeat(16) })
          Object.assign(parent, { traceId: "f".repeat(32), spanId: "f".repeat(16) })
          parent.baggage.tenant = "after"
          links.push({ context: { ...ELSEWHERE, spanId: "f".repeat(16) } })
        }
        const given = { text: "before", list: ["before"], numbers: [1, 2] }
        const late = { "in setAttributes": ["before"] }
        const span = await make(tracing, way, options, (open) => {
          change()
          open.setAttribute("one", one).setAttributes(late).addEvent("event", late)
          one.push("again")
          late["in setAttributes"].push("after")
        })
        late["in setAttributes"].length = 0
        const received = await receivedSpan(tracing, world, way)
        t.equal(
          { ...received.attributes },
          { ...given, one: ["before", "after"], "in setAttributes": ["before"] },
          `${way}: attributes`,
        )
        t.equal(
          received.events.map(({ attributes }) => ({ ...attributes })),
          [{ "in setAttributes": ["before"] }],
          `${way}: event`,
        )
        t.equal(received.links.length, 1, `${way}: links`)
        const [link] = received.links
        t.equal(
          [link?.context.traceId, link?.context.spanId],
          [ELSEWHERE.traceId, ELSEWHERE.spanId],
          `${way}: the link`,
        )
        t.equal({ ...link?.attributes }, given, `${way}: attributes of the link`)
        t.equal(
          [received.context.traceId, received.parentSpanId],
          [ELSEWHERE.traceId, ELSEWHERE.spanId],
          `${way}: parent`,
        )
        t.equal(span.context.baggage, { tenant: "before" }, `${way}: the baggage of the parent`)
      }
    },
  }),
]
