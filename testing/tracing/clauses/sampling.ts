import type { SpanOptions, TraceSamplingConfig } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, configured, receivedOf, type TracingClient, type TracingWorld } from "../clause.ts"
import { REMOTE, traceparentOf } from "../contexts.ts"

const UNSAMPLED = { ...REMOTE, sampled: false }

export async function sampling(world: TracingWorld, config: TraceSamplingConfig): Promise<TracingClient> {
  return configured(world, { sampling: config })
}

/** Whether a span that begins so is sampled; it ends at once. */
export function isSampled(tracing: TracingClient, name = "sampled", options: SpanOptions = {}): boolean {
  const span = tracing.startSpan(name, options)
  span.end()
  return span.context.sampled
}

/** So many new traces that no ratio but 0 and 1 does the same with all of them. */
const ROOTS = 200

/** How many new traces are sampled. */
function sampledOf(tracing: TracingClient): number {
  let sampled = 0
  for (let root = 0; root < ROOTS; root++) if (isSampled(tracing)) sampled++
  return sampled
}

/** As many were received as were sampled, and the others were left out. */
async function agrees(t: Checks, tracing: TracingClient, world: TracingWorld, sampled: number, what: string) {
  t.equal((await receivedOf(tracing, world)).length, sampled, `spans that were received, ${what}`)
  const { dropped, ended, exported, pending, sampledOut } = tracing.stats()
  const want = { exported: sampled, sampledOut: ended - sampled, dropped: 0, pending: 0 }
  t.equal({ exported, sampledOut, dropped, pending }, want, `the counts, ${what}`)
}

/** TRACING-SAMPLE: what is recorded at all. Ratios and rules are in `sampling-rules.ts`. */
export const samplingClauses = [
  clause("TRACING-SAMPLE-01", {
    why: "Traces that are switched off must cost nothing, and must not look as if they were lost.",
    fix: "Decide when the span begins, and count it as left out when it ends.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const tracing = await sampling(world, { type: "always_off" })
      for (let index = 0; index < 3; index++) t.ok(!isSampled(tracing), "a span is sampled")
      t.ok(!isSampled(tracing, "child", { parent: REMOTE }), "a span is sampled as its parent is")
      t.equal(await tracing.withSpan("off", {}, () => "value"), "value", "what withSpan gives")
      const open = tracing.startSpan("open")
      t.equal(
        tracing.stats(),
        { started: 6, ended: 5, exported: 0, dropped: 0, pending: 0, sampledOut: 5 },
        "the counts",
      )
      open.setAttribute("a", 1).addEvent("event").end()
      await agrees(t, tracing, world, 0, "of 6 spans")
      const on = await sampling(world, { type: "always_on" })
      t.ok(isSampled(on), "always_on leaves a span out")
      t.ok(isSampled(on, "child", { parent: UNSAMPLED }), "always_on leaves a span out as its parent is")
      await agrees(t, on, world, 2, "of always_on")
    },
  }),
  clause("TRACING-SAMPLE-02", {
    why: "The next service must hear that the trace was left out, or it records a part of it.",
    fix: "Give each span ids and a context, sampled or not, make it active, and write it to carriers.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const tracing = await sampling(world, { type: "always_off" })
      const parent = { ...REMOTE, traceState: "a=1", baggage: { tenant: "acme" } }
      await tracing.withSpan("off", { parent }, async ({ context }) => {
        t.equal(context.traceId, REMOTE.traceId, "the trace of a span with a parent")
        t.ok(/^[\da-f]{16}$/.test(context.spanId) && context.spanId !== REMOTE.spanId, `the span id ${context.spanId}`)
        t.equal([context.sampled, context.traceState], [false, "a=1"], "whether it is sampled, and its trace state")
        await Promise.resolve()
        t.equal(tracing.activeContext()?.spanId, context.spanId, "the active span")
        const carrier: Record<string, string> = {}
        tracing.inject(carrier)
        t.equal(carrier, { traceparent: traceparentOf(context), tracestate: "a=1" }, "what is injected")
        t.ok(carrier["traceparent"]?.endsWith("-00") === true, "the flags say that it is sampled")
        const child = tracing.startSpan("child")
        child.end()
        t.equal(child.context.traceId, context.traceId, "the trace of a child")
        t.ok(child.context.spanId !== context.spanId, "a child has the id of its parent")
      })
      const root = tracing.startSpan("root")
      root.end()
      t.ok(/^(?!0+$)[\da-f]{32}$/.test(root.context.traceId), `the trace id ${root.context.traceId}`)
    },
  }),
  clause("TRACING-SAMPLE-05", {
    why: "A trace is of use as a whole: each service must do as the first one decided.",
    fix: "Follow the flag of the parent, and ask the root's sampler where there is none.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const off = await sampling(world, { type: "parent_based", parentBased: { root: "always_off" } })
      t.equal(sampledOf(off), 0, "new traces that are sampled where their root is always_off")
      t.ok(isSampled(off, "child", { parent: REMOTE }), "a span is left out whose parent is sampled")
      t.ok(!isSampled(off, "child", { parent: UNSAMPLED }), "a span is sampled whose parent is left out")
      t.ok(
        off.run(REMOTE, () => isSampled(off)),
        "a span is left out where a context that is sampled is active",
      )
      t.ok(!off.run(REMOTE, () => isSampled(off, "new", { parent: null })), "a new trace is sampled in another one")
      await off.withSpan("child", { parent: REMOTE }, () => t.ok(isSampled(off), "a grandchild is left out"))
      await agrees(t, off, world, 4, "of a root that is always_off")
      const on = await sampling(world, { type: "parent_based", parentBased: { root: "always_on" } })
      t.equal(sampledOf(on), ROOTS, "new traces that are sampled where their root is always_on")
      t.ok(!isSampled(on, "child", { parent: UNSAMPLED }), "a span is sampled whose parent is left out")
      const parentBased = {
        root: "trace_id_ratio",
        rootRatio: 1,
        whenParentSampled: "always_off",
        whenParentNotSampled: "always_on",
      } as const
      const other = await sampling(world, { type: "parent_based", parentBased })
      t.equal(sampledOf(other), ROOTS, "new traces that are sampled where the ratio of their root is 1")
      t.ok(!isSampled(other, "child", { parent: REMOTE }), "whenParentSampled does not act")
      t.ok(isSampled(other, "child", { parent: UNSAMPLED }), "whenParentNotSampled does not act")
      const none = { root: "trace_id_ratio", rootRatio: 0 } as const
      const nothing = await sampling(world, { type: "parent_based", parentBased: none })
      t.equal(sampledOf(nothing), 0, "new traces that are sampled where the ratio of their root is 0")
    },
  }),
  clause("TRACING-SAMPLE-06", {
    why: "A rate that is not kept costs as much as the traffic has peaks, and one that cuts traces makes them useless.",
    fix: "Fill a bucket by the clock up to a second's worth, take from it for new traces alone, and follow parents.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    waits: true,
    async check(t, _client, world) {
      const rate = world.manualTime ? 5 : Math.max(1, Math.round(1.5 / world.step))
      const tracing = await sampling(world, { type: "rate_limiting", rateLimit: rate })
      let kept = 0
      const burst = () => {
        const spans = Array.from({ length: 40 }, () => tracing.startSpan("new", { parent: null }))
        for (const span of spans) span.end()
        kept += spans.filter(({ context }) => context.sampled).length
        return spans
      }
      for (const seconds of [0, 1, 3]) {
        if (seconds > 0) await world.pass(seconds)
        // Later than that the next trace may come.
        const soon = world.window(0.9 / rate)
        const spans = burst()
        const sampled = spans.filter(({ context }) => context.sampled)
        const left = spans.filter(({ context }) => !context.sampled)
        t.equal(sampled.length, rate, `new traces of 40 that are sampled, at once, after ${seconds} seconds`)
        for (const span of sampled.slice(0, 2)) {
          for (let child = 0; child < rate; child++) {
            t.ok(isSampled(tracing, "child", { parent: span.context }), "a child of a span that is sampled is left out")
            kept++
          }
        }
        soon.close()
        const [parent] = left
        await world.pass(1)
        t.ok(!isSampled(tracing, "child", { parent: parent?.context }), "a child of a span that is left out is sampled")
      }
      await agrees(t, tracing, world, kept, "of a rate")
      const slow = await sampling(world, { type: "rate_limiting", rateLimit: 0.5 })
      const early = world.window(1.8)
      t.ok(isSampled(slow), "the first trace is left out where there is one in two seconds")
      t.ok(!isSampled(slow), "a second trace is sampled where there is one in two seconds")
      early.close()
      await world.pass(2.1)
      t.ok(isSampled(slow), "a trace is left out two seconds after the last one")
    },
  }),
  clause("TRACING-SAMPLE-10", {
    why: "Who asks for spans to be recorded here alone must not have them sent.",
    fix: "Tell listeners of the span, and nobody else; write to carriers that it is not sampled.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const rules = [{ name: "here", match: { spanName: "here*" }, decision: "record_only" as const }]
      const tracing = await sampling(world, { rules })
      t.ok(!isSampled(tracing, "here"), "the context says that it is sampled")
      await tracing.withSpan("here too", {}, ({ context }) => {
        const carrier: Record<string, string> = {}
        tracing.inject(carrier)
        t.equal(carrier["traceparent"], traceparentOf({ ...context, sampled: false }), "what is injected")
      })
      const span = tracing.startSpan("here", { parent: REMOTE })
      t.equal([span.context.traceId, span.context.sampled], [REMOTE.traceId, false], "a span with a parent")
      t.equal(tracing.stats().ended, 2, "spans that have ended")
      span.setAttribute("a", 1).addEvent("event").recordException(new Error("no")).end()
      await agrees(t, tracing, world, 0, "of record_only")
      t.ok(isSampled(tracing, "elsewhere"), "a span that no rule fits is left out")
      await agrees(t, tracing, world, 1, "beside record_only")
    },
  }),
]
