import { clause, receivedOf, type TracingClient, type TracingWorld } from "../clause.ts"
import { REMOTE, traceparentOf } from "../contexts.ts"
import { endingOf, quietly } from "../outcomes.ts"

async function namesNow(tracing: TracingClient, world: TracingWorld): Promise<string[]> {
  const spans = (await world.received(tracing)) as readonly { readonly name: string }[]
  return spans.map(({ name }) => name).toSorted()
}

/** Whatever may be given for milliseconds. */
const timeouts: readonly unknown[] = [
  undefined,
  null,
  0,
  1,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31,
  2 ** 53,
  1e300,
  "10",
  10n,
  {},
  [],
  Symbol("timeout"),
  () => 10,
  {
    valueOf() {
      throw new Error("no number")
    },
  },
]

/** TRACING-FLUSH: spans leave when they are asked to, and nothing happens after close. */
export const flushingClauses = [
  clause("TRACING-FLUSH-01", {
    why: "A function that is frozen after its answer, or a test that reads its traces, needs them to be there.",
    fix: "Send all that waits, what ended while another flush was under way too, and resolve once it is answered.",
    uses: ["received"],
    async check(t, tracing, world) {
      for (const name of ["a", "b", "c"]) {
        tracing.startSpan(name).end()
        await tracing.flush()
        t.ok((await namesNow(tracing, world)).includes(name), `${name} was not received when flush resolved`)
      }
      tracing.startSpan("d").end()
      const first = tracing.flush()
      tracing.startSpan("e").end()
      const second = tracing.flush(5000)
      await second
      t.equal(await namesNow(tracing, world), ["a", "b", "c", "d", "e"], "when a second flush resolved")
      await first
      const open = tracing.startSpan("open")
      await tracing.flush()
      t.equal((await namesNow(tracing, world)).length, 5, "spans that were received while one is open")
      open.end()
      await tracing.flush()
      t.equal((await namesNow(tracing, world)).length, 6, "spans that were received when it had ended")
    },
  }),
  clause("TRACING-FLUSH-02", {
    why: "A flush that rejects breaks the end of a process, where nobody catches it.",
    fix: "Take a timeout that is no number of milliseconds for the default, and swallow what goes wrong.",
    async check(t, tracing) {
      for (const timeout of timeouts) {
        const what = `flush(${typeof timeout === "object" && timeout !== null ? "an object" : String(timeout)})`
        tracing.startSpan("some").end()
        const ending = await endingOf(t, () => tracing.flush(timeout as never), what)
        t.equal(ending, { gave: undefined }, what)
      }
    },
  }),
  clause("TRACING-FLUSH-03", {
    why: "Requests that are still under way when a process ends must be answered.",
    fix: "Let every method go on after close; what begins then is dropped.",
    uses: ["received"],
    async check(t, tracing, world) {
      tracing.startSpan("before").end()
      const open = tracing.startSpan("open")
      await tracing.flush()
      await tracing.close()
      const span = quietly(t, () => tracing.startSpan("late", { attributes: { a: 1 } }), "startSpan")
      for (const late of [open, span]) {
        quietly(t, () => late?.setAttribute("a", 1).addEvent("event").recordException(new Error("no")).end(), "a span")
      }
      let calls = 0
      const value = await tracing.withSpan("late", {}, async () => {
        calls++
        return "value"
      })
      t.equal(value, "value", "what withSpan gives")
      const error = new Error("the callback's own")
      const ending = await endingOf(t, () => tracing.withSpan("late", {}, () => Promise.reject(error)), "withSpan")
      t.ok("rejected" in ending && ending.rejected === error, "withSpan does not reject with the error of its callback")
      const given = quietly(t, () => tracing.run(REMOTE, () => ++calls), "run")
      t.equal([given, calls], [2, 2], "what run gives, and calls of callbacks")
      quietly(t, () => tracing.activeContext(), "activeContext")
      quietly(t, () => tracing.inject({}, REMOTE), "inject")
      quietly(t, () => tracing.extract({ traceparent: traceparentOf(REMOTE) }), "extract")
      t.ok(typeof quietly(t, () => tracing.getConfig(), "getConfig") === "object", "getConfig gives no object")
      t.ok(typeof quietly(t, () => tracing.stats(), "stats")?.started === "number", "stats gives no counts")
      t.equal(await endingOf(t, () => tracing.flush(), "flush"), { gave: undefined }, "flush")
      t.equal(await endingOf(t, () => tracing.close(), "close"), { gave: undefined }, "close, again")
      const names = (await receivedOf(tracing, world)).map(({ name }) => name)
      t.equal(names, ["before"], "spans that were received")
    },
  }),
  clause("TRACING-FLUSH-04", {
    why: "The last requests of each process are the ones that are looked for.",
    fix: "Send what waits before the exporter is shut down.",
    uses: ["received"],
    async check(t, tracing, world) {
      for (let index = 0; index < 20; index++) tracing.startSpan(`span ${index}`).end()
      await tracing.close()
      t.equal((await namesNow(tracing, world)).length, 20, "spans that were received")
      const { dropped, exported } = tracing.stats()
      t.equal({ exported, dropped }, { exported: 20, dropped: 0 }, "the counts")
    },
  }),
]
