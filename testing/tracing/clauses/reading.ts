import type { SpanQuery } from "../../../contracts/tracing/tracing.ts"
import { clause, type TracingClient } from "../clause.ts"
import { REMOTE } from "../contexts.ts"

function namesIn(tracing: TracingClient, query?: SpanQuery): string[] {
  return tracing.getSpans(query).map(({ name }) => name)
}

/** Changes whatever a value has, as far as it lets itself be changed. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return
  for (const member of Object.values(value)) spoil(member)
  if (Array.isArray(value)) {
    if (!Object.isFrozen(value)) value.splice(0, value.length, "spoilt")
    return
  }
  for (const name of Object.keys(value)) Reflect.set(value, name, "spoilt")
  Reflect.set(value, "spoilt", true)
}

/** TRACING-READ: spans that can be read where they were made. */
export const readingClauses = [
  clause("TRACING-READ-01", {
    why: "A test that reads its spans, and a page that shows them, tell what happened in the order in which it did.",
    fix: "Keep each span when it ends, and those that have not ended apart from them.",
    needs: ["spans"],
    async check(t, tracing) {
      t.equal(namesIn(tracing), [], "before all")
      const [first, second, third] = ["first", "second", "third"].map((name) => tracing.startSpan(name))
      second?.end()
      t.equal(namesIn(tracing), ["second"], "with two that are open")
      await tracing.withSpan("outer", {}, () => tracing.withSpan("inner", {}, () => undefined))
      third?.end(Date.UTC(2150, 0))
      first?.end(Date.UTC(2100, 0))
      t.equal(namesIn(tracing), ["second", "inner", "outer", "third", "first"], "once all have ended")
      first?.end()
      await tracing.flush()
      t.equal(namesIn(tracing), ["second", "inner", "outer", "third", "first"], "after a flush")
      t.equal(namesIn(tracing, {}), ["second", "inner", "outer", "third", "first"], "with an empty query")
      const spans = Array.from({ length: 200 }, (_, index) => tracing.startSpan(`span ${index}`))
      for (const span of spans.toReversed()) span.end()
      const want = spans.map((_, index) => `span ${index}`).toReversed()
      t.equal(namesIn(tracing).slice(5), want, "200 more")
    },
  }),
  clause("TRACING-READ-02", {
    why: "Of all that goes on at the same time one request is looked for.",
    fix: "Compare the whole trace id and the whole name, and both where both are given.",
    needs: ["spans"],
    async check(t, tracing) {
      const ids: string[] = []
      for (const name of ["one", "two"]) {
        await tracing.withSpan(name, {}, ({ context }) => {
          ids.push(context.traceId)
          tracing.startSpan("query").end()
        })
      }
      tracing.startSpan("Query").end()
      tracing.startSpan("query 2").end()
      const [one = "", two = ""] = ids
      t.equal(namesIn(tracing, { traceId: one }), ["query", "one"], "of one trace")
      t.equal(namesIn(tracing, { traceId: two }), ["query", "two"], "of another trace")
      t.equal(namesIn(tracing, { name: "query" }), ["query", "query"], "of one name")
      const both = tracing.getSpans({ name: "query", traceId: two })
      t.equal(both.length, 1, "of one name in one trace")
      t.equal(both[0]?.context.traceId, two, "the trace of what is found by both")
      t.equal(namesIn(tracing, { name: "one", traceId: two }), [], "of a name that is in another trace")
      t.equal(namesIn(tracing, { name: "quer" }), [], "of a name that is the beginning of others")
      t.equal(namesIn(tracing, { traceId: REMOTE.traceId }), [], "of a trace that is not there")
      t.equal(namesIn(tracing, { name: undefined, traceId: undefined }).length, 6, "of undefined")
    },
  }),
  clause("TRACING-READ-03", {
    why: "A test begins with nothing, and the counts of a process go on.",
    fix: "Empty what is kept, and nothing else.",
    needs: ["spans"],
    async check(t, tracing) {
      const open = tracing.startSpan("open")
      for (let index = 0; index < 5; index++) tracing.startSpan("before").end()
      await tracing.flush()
      const stats = tracing.stats()
      const held = tracing.getSpans()
      tracing.clearSpans()
      t.equal(namesIn(tracing), [], "afterwards")
      t.equal(namesIn(tracing, { name: "before" }), [], "by name, afterwards")
      t.equal(tracing.stats(), stats, "the counts, afterwards")
      t.equal(held.length, 5, "spans that were read before")
      open.end()
      tracing.startSpan("after").end()
      t.equal(namesIn(tracing), ["open", "after"], "spans that ended afterwards")
      t.equal(tracing.stats().ended, stats.ended + 2, "the count of those")
      tracing.clearSpans()
      tracing.clearSpans()
      t.equal(namesIn(tracing), [], "cleared again")
    },
  }),
  clause("TRACING-READ-04", {
    why: "A page that sorts or hides what it shows changes what the next reader gets.",
    fix: "Give copies, of lists in attributes too, or freeze all that is given.",
    needs: ["spans"],
    async check(t, tracing) {
      const attributes = { list: ["a", "b"], text: "c" }
      const parent = { ...REMOTE, traceState: "a=1", baggage: { tenant: "acme" } }
      const links = [{ context: { ...REMOTE, baggage: { user: "7" } }, attributes }]
      const span = tracing.startSpan("kept", { parent, attributes, links })
      span.addEvent("event", attributes).setStatus("error", "no").end()
      tracing.startSpan("other", { parent: REMOTE }).end()
      const before = structuredClone(tracing.getSpans())
      const queries = [undefined, { name: "kept" }, { traceId: REMOTE.traceId }]
      for (const query of queries) {
        const read = tracing.getSpans(query)
        spoil(read)
        t.equal(structuredClone(tracing.getSpans()), before, "spans, after those that were read are changed")
      }
      t.equal(span.context.traceId, REMOTE.traceId, "the trace of the span itself")
    },
  }),
]
