import type { SpanHandle } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, receivedOf, receivedSpan, type TracingClient } from "../clause.ts"
import { malformedContexts, placeOf, REMOTE, traceparentOf } from "../contexts.ts"
import { endingOf } from "../outcomes.ts"

/** The active span is this one. */
function isActive(
  t: Checks,
  tracing: TracingClient,
  span: Pick<SpanHandle, "context"> | undefined,
  what: string,
): void {
  t.equal(placeOf(tracing.activeContext()), placeOf(span?.context), `the active span ${what}`)
}

/** Each way in which a function goes on later. */
const laters: readonly (readonly [what: string, later: () => Promise<unknown>])[] = [
  ["after an await", async () => undefined],
  ["in a timer", () => new Promise((resolve) => setTimeout(resolve, 1))],
  ["in a microtask", () => new Promise<void>((resolve) => queueMicrotask(resolve))],
  ["after several promises", () => Promise.all([Promise.resolve(), new Promise((resolve) => setTimeout(resolve, 0))])],
]

/** Whatever can be thrown. */
const thrown: readonly unknown[] = [
  new Error("out of stock"),
  Object.freeze(new TypeError("frozen")),
  "text",
  undefined,
  null,
  0,
  Object.freeze({ status: 404 }),
  Symbol("thrown"),
]

/** TRACING-ACTIVE: the span that is active, where, and for how long. */
export const activeClauses = [
  clause("TRACING-ACTIVE-01", {
    why: "A span that is lost at the first await has no children: each query begins a trace of its own.",
    fix: "Run the callback in an AsyncLocalStorage that holds the span, call it once, and resolve what it resolves.",
    async check(t, tracing) {
      let calls = 0
      const value = { order: 7 }
      const given = await tracing.withSpan("checkout", {}, async (span) => {
        calls++
        isActive(t, tracing, span, "at once")
        for (const [what, later] of laters) {
          await later()
          isActive(t, tracing, span, what)
        }
        await new Promise<void>((resolve) =>
          setTimeout(() => {
            isActive(t, tracing, span, "in the callback of a timer")
            resolve()
          }, 1),
        )
        return value
      })
      t.ok(given === value, "an async callback gives an object, and withSpan another one")
      const promise = tracing.withSpan("sync", {}, () => {
        calls++
        return 42
      })
      t.ok(typeof promise?.then === "function", "withSpan of a callback that is not async gives no promise")
      t.equal(await promise, 42, "what withSpan gives of a callback that is not async")
      t.equal(await tracing.withSpan("none", {}, () => undefined), undefined, "what withSpan gives of nothing")
      t.equal(calls, 2, "calls of two callbacks")
    },
  }),
  clause("TRACING-ACTIVE-02", {
    why: "A span that ends early has no time, and one that ends twice is two.",
    fix: "End the span in a finally, once the promise of the callback has settled.",
    uses: ["received"],
    async check(t, tracing, world) {
      await tracing.withSpan("open", {}, async () => {
        t.equal(tracing.stats().ended, 0, "spans that have ended while the callback runs")
        await new Promise((resolve) => setTimeout(resolve, 1))
        t.equal(tracing.stats().ended, 0, "spans that have ended after an await in the callback")
      })
      t.equal(tracing.stats().ended, 1, "spans that have ended once the callback has")
      await tracing.withSpan("sync", {}, () => 1)
      t.equal(tracing.stats().ended, 2, "and of a callback that is not async")
      const fail = () => Promise.reject(new Error("no"))
      await endingOf(t, () => tracing.withSpan("failing", {}, fail), "a callback that rejects")
      t.equal(tracing.stats().ended, 3, "and of a callback that rejects")
      await tracing.withSpan("ended", {}, (span) => span.end())
      t.equal(tracing.stats().ended, 4, "and of a callback that ended the span itself")
      const names = (await receivedOf(tracing, world)).map(({ name }) => name)
      t.equal(names.toSorted(), ["ended", "failing", "open", "sync"], "the spans that were received")
    },
  }),
  clause("TRACING-ACTIVE-03", {
    why: "Callers tell errors apart by what they are: one that is wrapped is not recognised any more.",
    fix: "Throw on what was caught, whatever it is, and look at it without changing it.",
    async check(t, tracing) {
      for (const value of thrown) {
        const ways: [way: string, callback: () => unknown][] = [
          [
            "throws",
            () => {
              throw value
            },
          ],
          ["rejects with", () => Promise.reject(value)],
          [
            "rejects later with",
            async () => {
              await Promise.resolve()
              throw value
            },
          ],
        ]
        for (const [way, callback] of ways) {
          const what = `withSpan of a callback that ${way} ${String(value)}`
          const ending = await endingOf(t, () => tracing.withSpan("failing", {}, callback), what)
          t.ok("rejected" in ending, `${what}: did not reject`)
          t.ok("rejected" in ending && Object.is(ending.rejected, value), `${what}: rejects with something else`)
        }
      }
    },
  }),
  clause("TRACING-ACTIVE-04", {
    why: "A trace that does not show what failed is read in vain.",
    fix: "Call recordException and setStatus('error', message) with what was thrown, before the span ends.",
    uses: ["received"],
    async check(t, tracing, world) {
      const failures: [name: string, error: unknown, message: string | undefined][] = [
        ["error", new RangeError("out of stock"), "out of stock"],
        ["text", "no such item", "no such item"],
        ["nothing", undefined, undefined],
      ]
      for (const [name, error, message] of failures) {
        const later = async () => {
          throw error
        }
        await endingOf(t, () => tracing.withSpan(name, {}, later), name)
        const span = await receivedSpan(tracing, world, name)
        t.equal(span.status.code, "error", `the status of a callback that throws ${name}`)
        t.equal(span.status.message, message, `the message of a callback that throws ${name}`)
        const exceptions = span.events.filter((event) => event.name === "exception")
        t.equal(exceptions.length, 1, `exceptions of a callback that throws ${name}`)
        t.equal(exceptions[0]?.attributes["exception.message"], message, `the exception that is ${name}`)
      }
      await tracing.withSpan("fine", {}, () => "fine")
      const { events, status } = await receivedSpan(tracing, world, "fine")
      t.equal(status.code, "unset", "the status of a callback that gives something")
      t.equal(events.length, 0, "events of a callback that gives something")
    },
  }),
  clause("TRACING-ACTIVE-05", {
    why: "Two requests at the same time get each other's queries, and their traces show what never was.",
    fix: "Keep the active span in an AsyncLocalStorage, not in a variable or a stack.",
    uses: ["received"],
    async check(t, tracing, world) {
      const names = Array.from({ length: 10 }, (_, index) => `request ${index}`)
      const spans = await Promise.all(
        names.map((name, index) =>
          tracing.withSpan(name, { parent: null }, async (span) => {
            for (let step = 0; step < 3; step++) {
              await new Promise((resolve) => setTimeout(resolve, (index + step) % 3))
              isActive(t, tracing, span, `of ${name}, at step ${step}`)
            }
            await tracing.withSpan(`query of ${name}`, {}, async () => Promise.resolve())
            isActive(t, tracing, span, `of ${name}, after its query`)
            return span.context
          }),
        ),
      )
      t.equal(new Set(spans.map(({ traceId }) => traceId)).size, names.length, "traces of requests")
      const received = await receivedOf(tracing, world)
      for (const [index, name] of names.entries()) {
        const query = received.find((span) => span.name === `query of ${name}`)
        t.equal(query?.context.traceId, spans[index]?.traceId, `the trace of the query of ${name}`)
        t.equal(query?.parentSpanId, spans[index]?.spanId, `the parent of the query of ${name}`)
      }
    },
  }),
  clause("TRACING-ACTIVE-06", {
    why: "The next request becomes a child of something that is over.",
    fix: "Enter the context for the callback alone: AsyncLocalStorage.run, not enterWith.",
    async check(t, tracing) {
      isActive(t, tracing, undefined, "before all")
      const pending = tracing.withSpan("outer", {}, async (outer) => {
        const inner = tracing.withSpan("inner", {}, async () => Promise.resolve())
        isActive(t, tracing, outer, "while an inner one is under way")
        await inner
        isActive(t, tracing, outer, "after an inner one")
        const fail = () => Promise.reject(new Error("no"))
        await tracing.withSpan("failing", {}, fail).catch(() => undefined)
        isActive(t, tracing, outer, "after an inner one that failed")
        tracing.run(REMOTE, () => undefined)
        isActive(t, tracing, outer, "after run")
        try {
          tracing.run(REMOTE, () => {
            throw new Error("no")
          })
        } catch {
          // Its own error.
        }
        isActive(t, tracing, outer, "after run of what throws")
        await tracing.run(undefined, async () => Promise.resolve())
        isActive(t, tracing, outer, "after run of none")
      })
      isActive(t, tracing, undefined, "while withSpan is under way")
      await pending
      isActive(t, tracing, undefined, "after withSpan")
      tracing.run(REMOTE, () => undefined)
      isActive(t, tracing, undefined, "after run, where none was")
    },
  }),
  clause("TRACING-ACTIVE-07", {
    why: "A message that is handled in the trace of its sender is handled once, and fails as it would without a trace.",
    fix: "Call the callback once in the context, and hand on what it returns or throws.",
    async check(t, tracing) {
      const promise = Promise.resolve(1)
      for (const value of [42, undefined, { a: 1 }, promise]) {
        let calls = 0
        const given = tracing.run(REMOTE, () => {
          calls++
          isActive(t, tracing, { context: REMOTE }, "in run")
          return value
        })
        t.ok(Object.is(given, value), `run gives something else than ${String(value)}`)
        t.equal(calls, 1, "calls of the callback")
      }
      for (const value of thrown) {
        const what = `run of a callback that throws ${String(value)}`
        let calls = 0
        const ending = await endingOf(
          t,
          () =>
            tracing.run(REMOTE, () => {
              calls++
              throw value
            }),
          what,
        )
        t.equal(calls, 1, `${what}: its calls`)
        t.ok("threw" in ending && Object.is(ending.threw, value), `${what}: it did not throw that`)
      }
      await tracing.run(REMOTE, async () => {
        for (const [what, later] of laters) {
          await later()
          isActive(t, tracing, { context: REMOTE }, `in run, ${what}`)
        }
      })
    },
  }),
  clause("TRACING-ACTIVE-08", {
    why: "Work that belongs to nobody's request must not be part of one.",
    fix: "Run the callback without an active context where the one that is given is none.",
    async check(t, tracing) {
      const none: (readonly [string, unknown])[] = [["undefined", undefined], ...malformedContexts]
      for (const [what, context] of none) {
        await tracing.withSpan("request", {}, async ({ context: { traceId } }) => {
          const given = await tracing.run(context as never, async () => {
            isActive(t, tracing, undefined, `in run of ${what}`)
            const carrier: Record<string, string> = {}
            tracing.inject(carrier)
            t.equal(carrier, {}, `what is injected in run of ${what}`)
            await Promise.resolve()
            isActive(t, tracing, undefined, `after an await in run of ${what}`)
            const span = tracing.startSpan("apart")
            span.end()
            t.ok(span.context.traceId !== traceId, `a span in run of ${what} is in the trace of the request`)
            return "given"
          })
          t.equal(given, "given", `what run of ${what} gives`)
        })
      }
    },
  }),
  clause("TRACING-ACTIVE-09", {
    why: "A span that nobody leaves stays active for all that follows.",
    fix: "Enter no context in startSpan.",
    uses: ["received"],
    async check(t, tracing, world) {
      const first = tracing.startSpan("first")
      isActive(t, tracing, undefined, "after startSpan")
      const second = tracing.startSpan("second")
      t.ok(second.context.traceId !== first.context.traceId, "a second span is in the trace of the first")
      for (const span of [first, second]) span.end()
      await tracing.withSpan("outer", {}, async (outer) => {
        const inner = tracing.startSpan("inner")
        isActive(t, tracing, outer, "after startSpan in withSpan")
        await Promise.resolve()
        isActive(t, tracing, outer, "after startSpan and an await in withSpan")
        tracing.startSpan("sibling").end()
        inner.end()
        isActive(t, tracing, outer, "after the end of a span in withSpan")
      })
      const sibling = await receivedSpan(tracing, world, "sibling")
      const outer = await receivedSpan(tracing, world, "outer")
      t.equal(sibling.parentSpanId, outer.context.spanId, "the parent of a span beside one that was started")
    },
  }),
  clause("TRACING-ACTIVE-10", {
    why: "A trace that breaks off at each process shows no request as a whole.",
    fix: "Take ids from elsewhere as they are, for the parent that is given and for the active one.",
    uses: ["received"],
    async check(t, tracing, world) {
      tracing.run(REMOTE, () => tracing.startSpan("in run").end())
      await tracing.run(REMOTE, () => tracing.withSpan("withSpan in run", {}, () => 1))
      tracing.startSpan("given", { parent: REMOTE }).end()
      await tracing.withSpan("withSpan given", { parent: REMOTE }, () => 1)
      const extracted = tracing.extract({ traceparent: traceparentOf(REMOTE) })
      tracing.run(extracted, () => tracing.startSpan("extracted").end())
      tracing.startSpan("extracted parent", { parent: extracted }).end()
      const received = await receivedOf(tracing, world)
      t.equal(received.length, 6, "spans that were received")
      for (const { context, name, parentSpanId } of received) {
        t.equal(context.traceId, REMOTE.traceId, `the trace of the span ${name}`)
        t.equal(parentSpanId, REMOTE.spanId, `the parent of the span ${name}`)
        t.ok(context.spanId !== REMOTE.spanId, `the span ${name} has the id of its parent`)
      }
    },
  }),
]
