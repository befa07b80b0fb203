import type { SpanHandle, SpanKind, SpanOptions, TraceContext } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, count, receivedOf, receivedSpan, type TracingClient, type TracingWorld } from "../clause.ts"
import { ELSEWHERE, MALFORMED, making, nothing } from "../ways.ts"

const TRACE_ID = /^[\da-f]{32}$/
const SPAN_ID = /^[\da-f]{16}$/
const ONLY_ZEROS = /^0+$/
const MANY = 100

/** Makes a span by each way, and gives it as the receiver has it. */
async function* madeByEach(tracing: TracingClient, world: TracingWorld, options: SpanOptions, more = "") {
  for (const [way, make] of making) {
    const name = `${way} ${more}`
    const span = await make(tracing, name, options, nothing)
    yield { way, span, received: await receivedSpan(tracing, world, name) }
  }
}

/** A span begins a trace of its own. */
async function beginsTrace(
  t: Checks,
  tracing: TracingClient,
  world: TracingWorld,
  options: SpanOptions,
  what: string,
): Promise<void> {
  const active = tracing.activeContext()?.traceId
  const seen = new Set([ELSEWHERE.traceId, active])
  for await (const { received, way } of madeByEach(tracing, world, options, what)) {
    t.equal(received.parentSpanId, undefined, `${way}, ${what}: the parent`)
    t.ok(!seen.has(received.context.traceId), `${way}, ${what}: the span is in a trace that was there before`)
    t.ok(TRACE_ID.test(received.context.traceId), `${way}, ${what}: the trace id is malformed`)
    seen.add(received.context.traceId)
  }
}

/** Each way to make a span makes a child of this one. */
async function isParent(
  t: Checks,
  tracing: TracingClient,
  world: TracingWorld,
  options: SpanOptions,
  { spanId, traceId }: TraceContext,
  what: string,
): Promise<void> {
  for await (const { received, span, way } of madeByEach(tracing, world, options, what)) {
    t.equal(span.context.traceId, traceId, `${way}, ${what}: the trace`)
    t.equal(received.context.traceId, traceId, `${way}, ${what}: the trace that was received`)
    t.equal(received.parentSpanId, spanId, `${way}, ${what}: the parent`)
  }
}

/** TRACING-SPAN: ids, parents, names. */
export const spansClauses = [
  clause("TRACING-SPAN-01", {
    why: "Receivers refuse a batch with an id that is malformed, and draw two spans of one id as one.",
    fix: "Draw 16 and 8 random bytes, write them in lower-case hex, and draw again where all are zero.",
    async check(t, tracing, world) {
      for (let at = 0; at < MANY; at++) tracing.startSpan("many").end()
      for (const [, make] of making) await make(tracing, "one", {}, nothing)
      tracing.startSpan("child", { parent: ELSEWHERE }).end()
      const contexts = (await receivedOf(tracing, world)).map(({ context }) => context)
      count(t, contexts, MANY + 3, "spans")
      for (const { spanId, traceId } of contexts) {
        t.ok(TRACE_ID.test(traceId) && !ONLY_ZEROS.test(traceId), `the trace id is ${traceId}`)
        t.ok(SPAN_ID.test(spanId) && !ONLY_ZEROS.test(spanId), `the span id is ${spanId}`)
      }
      t.equal(new Set(contexts.map(({ spanId }) => spanId)).size, MANY + 3, "different span ids")
      const span = tracing.startSpan("told")
      span.end()
      const { traceId, spanId } = (await receivedSpan(tracing, world, "told")).context
      t.equal([span.context.traceId, span.context.spanId], [traceId, spanId], "the ids that the span tells")
    },
  }),
  clause("TRACING-SPAN-02", {
    why: "Requests that have nothing to do with each other stand in one trace, which nobody can read.",
    fix: "Draw a new trace id for each span that has no parent, and name none.",
    async check(t, tracing, world) {
      await beginsTrace(t, tracing, world, {}, "without options")
      await beginsTrace(t, tracing, world, { parent: undefined, kind: "server" }, "as a server")
      const bare = tracing.startSpan("bare")
      bare.end()
      const other = tracing.startSpan("other")
      other.end()
      t.ok(bare.context.traceId !== other.context.traceId, "two spans have one trace")
    },
  }),
  clause("TRACING-SPAN-03", {
    why: "A trace falls apart where a child does not know whose child it is.",
    fix: "Take the trace id of the parent, and its span id as the parent's.",
    async check(t, tracing, world) {
      await isParent(t, tracing, world, { parent: ELSEWHERE }, ELSEWHERE, "a context from elsewhere")
      const root = tracing.startSpan("root")
      await isParent(t, tracing, world, { parent: root.context }, root.context, "a span that is open")
      const child = tracing.startSpan("child", { parent: root.context })
      root.end()
      await isParent(t, tracing, world, { parent: root.context }, root.context, "a span that has ended")
      await isParent(t, tracing, world, { parent: child.context }, child.context, "a child")
      await tracing.withSpan("active", {}, () =>
        isParent(t, tracing, world, { parent: ELSEWHERE }, ELSEWHERE, "where another span is active"),
      )
    },
  }),
  clause("TRACING-SPAN-04", {
    why: "A schedule that begins work of its own would hang it all on the span that started the schedule.",
    fix: "Tell null from undefined, and look for no active span then.",
    async check(t, tracing, world) {
      await beginsTrace(t, tracing, world, { parent: null }, "where none is active")
      await tracing.withSpan("active", {}, () => beginsTrace(t, tracing, world, { parent: null }, "in withSpan"))
      await tracing.run(ELSEWHERE, () => beginsTrace(t, tracing, world, { parent: null }, "in run"))
    },
  }),
  clause("TRACING-SPAN-05", {
    why: "Nobody hands contexts down through twenty functions.",
    fix: "Take the context of the AsyncLocalStorage where no parent is given.",
    async check(t, tracing, world) {
      await tracing.withSpan("active", {}, async (span) => {
        await isParent(t, tracing, world, {}, span.context, "in withSpan")
        await tracing.withSpan("inner", {}, (inner) => isParent(t, tracing, world, {}, inner.context, "nested"))
        await isParent(t, tracing, world, { kind: "client", parent: undefined }, span.context, "after an inner span")
      })
      await tracing.run(ELSEWHERE, () => isParent(t, tracing, world, {}, ELSEWHERE, "in run"))
    },
  }),
  clause("TRACING-SPAN-06", {
    why: "A header that somebody made up breaks the spans of the request, or puts them into another trace.",
    fix: "Check both ids of a parent, and begin a new trace where one is malformed.",
    async check(t, tracing, world) {
      for (const [what, context] of MALFORMED) {
        const options = { parent: context as TraceContext }
        await beginsTrace(t, tracing, world, options, what)
        await tracing.withSpan("active", {}, () =>
          beginsTrace(t, tracing, world, options, `${what}, where a span is active`),
        )
      }
    },
  }),
  clause("TRACING-SPAN-07", {
    why: "Traces are searched by name, and maps of services are drawn by kind.",
    fix: "Keep both as they are given; the kind is internal where none is.",
    async check(t, tracing, world) {
      const kinds: readonly (SpanKind | undefined)[] = [
        "server",
        "client",
        "producer",
        "consumer",
        "internal",
        undefined,
      ]
      for (const kind of kinds) {
        for await (const { received, way } of madeByEach(tracing, world, { kind }, `Grüße, 世界 ${kind}`)) {
          t.equal(received.kind, kind ?? "internal", `${way}: the kind of ${kind}`)
        }
      }
      tracing.startSpan("GET /users/:id").end()
      const { kind, name } = await receivedSpan(tracing, world, "GET /users/:id")
      t.equal([name, kind], ["GET /users/:id", "internal"], "without options")
    },
  }),
  clause("TRACING-SPAN-14", {
    why: "A name without bound is an index without bound at the receiver, and one that is no text costs the batch.",
    fix: "Turn the name into text, cut it at 256 characters, and call an empty one unnamed.",
    async check(t, tracing, world) {
      for (const [given, want] of NAMES) {
        for (const [way, make] of making) {
          const { context } = await make(tracing, given as string, {}, nothing)
          t.equal(await nameOf(tracing, world, context), want, `${way}: the name of ${typeof given}`)
        }
      }
    },
  }),
  clause("TRACING-SPAN-15", {
    why: "The route of a request is known when it was matched, after its span has begun.",
    fix: "Replace the name, and make it safe as at the start.",
    async check(t, tracing, world) {
      for (const [given, want] of [["route", "route"] as const, ...NAMES]) {
        for (const [way, make] of making) {
          const { context } = await make(tracing, "before", {}, (span) => span.updateName(given as string))
          t.equal(await nameOf(tracing, world, context), want, `${way}: the name after updateName of ${typeof given}`)
        }
      }
      const { context } = await (making[0] as (typeof making)[number])[1](tracing, "before", {}, (span) =>
        span.updateName("first").updateName("last"),
      )
      t.equal(await nameOf(tracing, world, context), "last", "of two the last")
    },
  }),
  clause("TRACING-SPAN-16", {
    why: "Vendors find their place in a trace by its state, and services their tenant by its baggage.",
    fix: "Copy both from the parent to the context of the span, and so to those of its children.",
    async check(t, tracing) {
      const parent = { ...ELSEWHERE, traceState: "vendor=1,other=2", baggage: { tenant: "acme", empty: "" } }
      const has = (span: SpanHandle, what: string) => {
        const { baggage, traceState } = span.context
        t.equal([traceState, baggage], [parent.traceState, parent.baggage], `trace state and baggage, ${what}`)
      }
      for (const [way, make] of making) {
        const child = await make(tracing, "child", { parent }, nothing)
        has(child, `${way} with a parent`)
        has(await make(tracing, "grandchild", { parent: child.context }, nothing), `${way} of a grandchild`)
        has(await tracing.run(parent, () => make(tracing, "in run", {}, nothing)), `${way} in run`)
        await tracing.withSpan("active", { parent }, async () => {
          has(await make(tracing, "in withSpan", {}, nothing), `${way} in withSpan`)
        })
        const { context } = await make(tracing, "alone", {}, nothing)
        t.equal([context.traceState, context.baggage], [undefined, undefined], `${way} without a parent`)
      }
    },
  }),
  clause("TRACING-SPAN-17", {
    why: "A call that gives something else breaks the line that goes on with it.",
    fix: "Return this from each method but end, also where it does nothing.",
    async check(t, tracing) {
      const calls: readonly [method: string, call: (span: SpanHandle) => SpanHandle][] = [
        ["setAttribute", (span) => span.setAttribute("key", 1)],
        ["setAttributes", (span) => span.setAttributes({ key: 1 })],
        ["addEvent", (span) => span.addEvent("event")],
        ["recordException", (span) => span.recordException(new Error("recorded"))],
        ["setStatus", (span) => span.setStatus("ok")],
        ["updateName", (span) => span.updateName("renamed")],
      ]
      for (const [way, make] of making) {
        const seen = await make(tracing, "span", {}, (span) => {
          for (const [method, call] of calls) t.ok(call(span) === span, `${way}: ${method} gives something else`)
        })
        for (const [method, call] of calls) t.ok(call(seen) === seen, `${way}: ${method} after the end`)
      }
    },
  }),
]

const NAMES: readonly [given: unknown, want: string][] = [
  ["n".repeat(256), "n".repeat(256)],
  [`${"n".repeat(256)}more`, "n".repeat(256)],
  ["n".repeat(100_000), "n".repeat(256)],
  ["", "unnamed"],
  [42, "42"],
  [true, "true"],
  [42n, "42"],
  [["a", "b"], "a,b"],
]

/** The name of the span with this id. */
async function nameOf(
  tracing: TracingClient,
  world: TracingWorld,
  { spanId }: TraceContext,
): Promise<string | undefined> {
  return (await receivedOf(tracing, world)).find(({ context }) => context.spanId === spanId)?.name
}
