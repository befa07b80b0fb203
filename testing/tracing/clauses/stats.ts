import type { TracingStats } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, receivedOf, type TracingClient } from "../clause.ts"

/** Started and ended, of a tracing. */
function isCounted(t: Checks, tracing: TracingClient, want: { started: number; ended: number }, what: string): void {
  const { ended, started } = tracing.stats()
  t.equal({ started, ended }, want, what)
}

/** What has ended is somewhere. */
function addsUp(
  t: Checks,
  { dropped, ended, exported, pending, sampledOut, started }: TracingStats,
  what: string,
): void {
  t.equal(exported + dropped + pending + sampledOut, ended, `exported, dropped, pending and left out, ${what}`)
  const counts = [started, ended, exported, dropped, pending, sampledOut]
  t.ok(
    counts.every((count) => Number.isSafeInteger(count) && count >= 0),
    `a count is negative or not whole, ${what}: ${counts.join(", ")}`,
  )
}

function startSome(tracing: TracingClient, some: number) {
  return Array.from({ length: some }, (_, index) => tracing.startSpan(`span ${index}`))
}

/** TRACING-STATS: what became of all spans. */
export const statsClauses = [
  clause("TRACING-STATS-01", {
    why: "Spans that nobody ends are a leak, and nobody sees it.",
    fix: "Count each span when it starts and when it ends, whoever started it.",
    async check(t, tracing) {
      isCounted(t, tracing, { started: 0, ended: 0 }, "before all")
      const spans = startSome(tracing, 5)
      isCounted(t, tracing, { started: 5, ended: 0 }, "with 5 open")
      for (const span of spans.slice(0, 2)) span.end()
      isCounted(t, tracing, { started: 5, ended: 2 }, "with 3 open")
      await tracing.withSpan("outer", {}, async () => {
        isCounted(t, tracing, { started: 6, ended: 2 }, "in withSpan")
        await tracing.withSpan("inner", {}, () => isCounted(t, tracing, { started: 7, ended: 2 }, "in another one"))
      })
      isCounted(t, tracing, { started: 7, ended: 4 }, "after withSpan")
      await tracing.flush()
      isCounted(t, tracing, { started: 7, ended: 4 }, "after a flush")
      for (const span of spans) span.end()
      isCounted(t, tracing, { started: 7, ended: 7 }, "with none open")
    },
  }),
  clause("TRACING-STATS-02", {
    why: "A span that is in no count is lost, and nobody knows.",
    fix: "Move each span that has ended from one count into another, and never into two.",
    async check(t, tracing) {
      addsUp(t, tracing.stats(), "before all")
      const spans = startSome(tracing, 10)
      addsUp(t, tracing.stats(), "with 10 open")
      for (const span of spans.slice(0, 7)) span.end()
      addsUp(t, tracing.stats(), "with 7 ended")
      const flushed = tracing.flush()
      addsUp(t, tracing.stats(), "while a flush is under way")
      spans[7]?.end()
      addsUp(t, tracing.stats(), "with one that ended while a flush is under way")
      await flushed
      addsUp(t, tracing.stats(), "after a flush")
      await tracing.flush()
      spans[8]?.end()
      const closed = tracing.close()
      addsUp(t, tracing.stats(), "while close is under way")
      await closed
      addsUp(t, tracing.stats(), "after close")
      spans[9]?.end()
      tracing.startSpan("late").end()
      addsUp(t, tracing.stats(), "with spans of after close")
    },
  }),
  clause("TRACING-STATS-03", {
    why: "Counts that do not agree with the receiver tell nobody whether traces are whole.",
    fix: "Count as exported what the receiver has taken, once its answer is there.",
    uses: ["received"],
    async check(t, tracing, world) {
      for (const count of [1, 20, 300]) {
        for (const span of startSome(tracing, count)) span.end()
        await tracing.flush()
        const { dropped, ended, exported, pending } = tracing.stats()
        t.equal(exported, (await world.received(tracing)).length, `exported, of ${ended} that ended`)
        t.equal({ exported, dropped, pending }, { exported: ended, dropped: 0, pending: 0 }, `of ${ended} that ended`)
      }
    },
  }),
  clause("TRACING-STATS-04", {
    why: "The spans of requests that were cut off are lost in silence.",
    fix: "Count the open spans as ended and dropped in close, and nothing of them later.",
    uses: ["received"],
    async check(t, tracing, world) {
      const [first, ...open] = startSome(tracing, 4)
      first?.end()
      await tracing.flush()
      await tracing.close()
      const want = { started: 4, ended: 4, exported: 1, dropped: 3, pending: 0, sampledOut: 0 }
      t.equal(tracing.stats(), want, "with three open at close")
      for (const span of open) span.end()
      t.equal(tracing.stats(), want, "when they end later")
      t.equal((await receivedOf(tracing, world)).length, 1, "spans that were received")
    },
  }),
  clause("TRACING-STATS-05", {
    why: "Work that goes on after close leaves no trace, and the counts must say so.",
    fix: "Count such a span as started, ended and dropped.",
    uses: ["received"],
    async check(t, tracing, world) {
      tracing.startSpan("before").end()
      await tracing.flush()
      await tracing.close()
      tracing.startSpan("late").end()
      await tracing.withSpan("late", {}, () => tracing.startSpan("later", { parent: null }).end())
      const want = { started: 4, ended: 4, exported: 1, dropped: 3, pending: 0, sampledOut: 0 }
      t.equal(tracing.stats(), want, "with three that began after close")
      t.equal((await receivedOf(tracing, world)).length, 1, "spans that were received")
    },
  }),
  clause("TRACING-STATS-06", {
    why: "A burst is when traces are needed, and when a queue overflows in silence.",
    fix: "Count what the queue does not take as dropped, at the moment when it does not.",
    uses: ["received"],
    async check(t, tracing, world) {
      const burst = world.many / 2
      for (const span of startSome(tracing, burst)) span.end()
      addsUp(t, tracing.stats(), "right after a burst")
      await tracing.flush()
      const { dropped, ended, exported, pending } = tracing.stats()
      t.equal(
        { ended, sum: exported + dropped, pending },
        { ended: burst, sum: burst, pending: 0 },
        `of ${burst} spans`,
      )
      t.equal((await world.received(tracing)).length, exported, "spans that were received")
    },
  }),
]
