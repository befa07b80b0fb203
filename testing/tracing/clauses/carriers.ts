import type { Checks } from "../../engine/checks.ts"
import { flagsOfTraceparents } from "../carrier-tables.ts"
import { injecting, remoteCarrier } from "../carrying.ts"
import { clause, type TracingClient } from "../clause.ts"
import { malformedContexts, OTHER, placeOf, REMOTE, traceparentOf } from "../contexts.ts"
import { hostileValues } from "../hostile.ts"
import { quietly } from "../outcomes.ts"

const TRACE_STATE = "vendor=t61rcWkgMzE,other@tenant=00f067aa0ba902b7"

/** What is injected, each way, of a context. */
async function injected(
  tracing: TracingClient,
  context: unknown,
  given: Readonly<Record<string, string>> = {},
): Promise<[way: string, carrier: Record<string, string>][]> {
  const carriers: [string, Record<string, string>][] = []
  for (const [way, inject] of injecting) {
    const carrier = { ...given }
    await inject(tracing, carrier, context as never)
    carriers.push([way, carrier])
  }
  return carriers
}

/** A carrier whose every trap throws. */
const UNUSABLE = new Proxy(
  {},
  {
    get: fail,
    set: fail,
    has: fail,
    ownKeys: fail,
    defineProperty: fail,
    getOwnPropertyDescriptor: fail,
  },
)

function fail(): never {
  throw new Error("no such carrier")
}

function read(t: Checks, tracing: TracingClient, carrier: unknown, what: string): void {
  const context = quietly(t, () => tracing.extract(carrier as never), `extract of ${what}`)
  t.equal(context, undefined, `extract of ${what}`)
}

/** TRACING-CARRIER: what goes into a carrier, and comes out of it again. Headers of elsewhere are in `headers.ts`. */
export const carriersClauses = [
  clause("TRACING-CARRIER-01", {
    why: "The next service begins a trace of its own, or goes on with the wrong one.",
    fix: "Write traceparent as 00-{trace id}-{span id}-{01 where it is sampled, else 00}.",
    async check(t, tracing) {
      for (const [way, carrier] of await injected(tracing, REMOTE)) {
        t.equal(carrier, { traceparent: traceparentOf(REMOTE) }, `a context that is ${way}`)
      }
      for (const [way, carrier] of await injected(tracing, REMOTE, { accept: "text/plain", traceparent: "old" })) {
        const want = { accept: "text/plain", traceparent: traceparentOf(REMOTE) }
        t.equal(carrier, want, `a context that is ${way}, in a carrier that has something`)
      }
      await tracing.withSpan("request", {}, async (span) => {
        const carrier: Record<string, string> = {}
        tracing.inject(carrier)
        t.equal(carrier["traceparent"], traceparentOf(span.context), "the active span")
        await tracing.withSpan("query", {}, async (inner) => {
          await Promise.resolve()
          tracing.inject(carrier)
          t.equal(carrier["traceparent"], traceparentOf(inner.context), "the active span in another one")
        })
        tracing.inject(carrier)
        t.equal(carrier["traceparent"], traceparentOf(span.context), "the active span after another one")
      })
      const span = tracing.startSpan("apart")
      const carrier: Record<string, string> = {}
      tracing.inject(carrier, span.context)
      t.equal(carrier["traceparent"], traceparentOf(span.context), "the context of a span that is not active")
      span.end()
    },
  }),
  clause("TRACING-CARRIER-02", {
    why: "A header that is malformed may cost the request, and one that is made up joins what does not belong together.",
    fix: "Leave the carrier as it is where there is no context, or none that is well formed.",
    async check(t, tracing) {
      const carrier: Record<string, string> = { accept: "text/plain" }
      tracing.inject(carrier)
      t.equal(carrier, { accept: "text/plain" }, "where no context is active")
      await tracing.withSpan("request", {}, () => undefined)
      tracing.inject(carrier)
      t.equal(carrier, { accept: "text/plain" }, "after withSpan")
      for (const [what, context] of malformedContexts) {
        for (const [way, written] of await injected(tracing, context)) {
          t.equal(written, {}, `a context with ${what}, ${way}`)
        }
      }
    },
  }),
  clause("TRACING-CARRIER-03", {
    why: "A trace that goes through a queue must be the same when it comes out.",
    fix: "Read with the codec that writes, and keep the tracestate beside the traceparent.",
    async check(t, tracing) {
      const contexts = [REMOTE, { ...REMOTE, sampled: false }]
      for (const context of [...contexts, ...contexts.map((each) => ({ ...each, traceState: TRACE_STATE }))]) {
        for (const [way, carrier] of await injected(tracing, context)) {
          const copy = JSON.parse(JSON.stringify(carrier)) as Record<string, string>
          const read = tracing.extract(copy)
          t.equal(placeOf(read), placeOf(context), `a context that is ${way}`)
          const { traceState } = { traceState: undefined, ...context }
          t.equal(read?.traceState, traceState, `the trace state of a context that is ${way}`)
        }
      }
      const parent = { ...REMOTE, traceState: TRACE_STATE }
      await tracing.withSpan("request", { parent }, async (span) => {
        const carrier: Record<string, string> = Object.create(null)
        tracing.inject(carrier)
        const read = tracing.extract(carrier)
        t.equal(placeOf(read), placeOf(span.context), "the active span, in a carrier without a prototype")
        t.equal(read?.traceState, TRACE_STATE, "the trace state of the active span")
      })
    },
  }),
  clause("TRACING-CARRIER-04", {
    why: "Proxies, brokers and frameworks write the names of headers as they like.",
    fix: "Compare names in lower case, and trim values.",
    async check(t, tracing) {
      const [parent, state] = [traceparentOf(REMOTE), "a=1,b=2"]
      const carriers = [
        { traceparent: parent, tracestate: state, baggage: "c=3" },
        { Traceparent: parent, Tracestate: state, Baggage: "c=3" },
        { TraceParent: parent, TraceState: state, BAGGAGE: "c=3" },
        { TRACEPARENT: parent, TRACESTATE: state, baGGage: "c=3" },
        { traceparent: ` ${parent}`, tracestate: ` ${state} `, baggage: " c=3" },
        { traceparent: `\t${parent} \t`, tracestate: `\t${state}`, baggage: "c=3\t" },
        { "x-traceparent": "no", traceparents: "no", traceparent: parent, tracestate: state, baggage: "c=3" },
      ]
      for (const carrier of carriers) {
        const context = tracing.extract(carrier)
        const what = `of ${JSON.stringify(carrier)}`
        t.equal(placeOf(context), placeOf(REMOTE), `the context ${what}`)
        t.equal(context?.traceState, state, `the trace state ${what}`)
        t.equal(context?.baggage, { c: "3" }, `the baggage ${what}`)
      }
      t.equal(tracing.extract({ "x-traceparent": parent, trace_parent: parent }), undefined, "names that are others")
    },
  }),
  clause("TRACING-CARRIER-10", {
    why: "A request without a trace becomes part of whatever the server was started in.",
    fix: "Read a carrier from nothing: mix in no active context, and none of its trace state and baggage.",
    async check(t, tracing) {
      const active = { ...OTHER, traceState: "a=1", baggage: { tenant: "acme" } }
      const carriers: (readonly [string, Readonly<Record<string, string>>])[] = [
        ["an empty carrier", {}],
        ["a malformed traceparent", { traceparent: "garbage" }],
        ["a tracestate alone", { tracestate: "b=2" }],
        ["baggage alone", { baggage: "user=7" }],
      ]
      const isRead = (where: string) => {
        for (const [what, carrier] of carriers) t.equal(tracing.extract(carrier), undefined, `${what} ${where}`)
        const context = tracing.extract({ traceparent: traceparentOf(REMOTE) })
        t.equal(placeOf(context), placeOf(REMOTE), `a traceparent ${where}`)
        t.equal(context?.traceState, undefined, `the trace state of a traceparent ${where}`)
        t.equal(context?.baggage, undefined, `the baggage of a traceparent ${where}`)
      }
      tracing.run(active, () => isRead("in run"))
      await tracing.withSpan("boot", { parent: active }, async () => {
        isRead("in withSpan")
        await Promise.resolve()
        isRead("after an await in withSpan")
      })
    },
  }),
  clause("TRACING-CARRIER-13", {
    why: "Ids of customers leave the company with each request to somebody else.",
    fix: "Write baggage by a list of allowed names, which is empty by default; and nothing of it into queues.",
    async check(t, tracing) {
      const context = { ...REMOTE, baggage: { tenant: "acme", email: "zoe@example.com" } }
      for (const [way, carrier] of await injected(tracing, context)) {
        t.equal(carrier, { traceparent: traceparentOf(REMOTE) }, `a context with baggage that is ${way}`)
      }
      const extracted = tracing.extract(remoteCarrier({ baggage: "tenant=acme" }))
      await tracing.withSpan("request", { parent: extracted }, ({ context: { spanId } }) => {
        const carrier: Record<string, string> = {}
        tracing.inject(carrier)
        t.equal(carrier, { traceparent: traceparentOf({ ...REMOTE, spanId }) }, "a span whose parent has baggage")
      })
    },
  }),
  clause("TRACING-CARRIER-14", {
    why: "A trace that was left out is recorded again in part, by each service that does not hear of it.",
    fix: "Write and read the last bit of the flags, and write the header of a context that is not sampled too.",
    async check(t, tracing) {
      const context = { ...REMOTE, sampled: false }
      for (const [way, carrier] of await injected(tracing, context)) {
        t.equal(carrier["traceparent"], traceparentOf(context), `a context that is ${way}`)
        t.equal(tracing.extract(carrier)?.sampled, false, `whether it is sampled, read again, ${way}`)
      }
      t.equal(tracing.run(context, () => tracing.activeContext())?.sampled, false, "whether the active one is sampled")
      for (const [flags, sampled] of flagsOfTraceparents) {
        const read = tracing.extract({ traceparent: `00-${REMOTE.traceId}-${REMOTE.spanId}-${flags}` })
        t.equal(placeOf(read), { ...REMOTE, sampled }, `the flags ${flags}`)
      }
    },
  }),
  clause("TRACING-CARRIER-15", {
    why: "A broken header costs the request that it came with.",
    fix: "Catch what a carrier throws, and take values that are no text for none.",
    async check(t, tracing) {
      for (const [what, value] of hostileValues()) {
        read(t, tracing, value, what)
        read(t, tracing, { traceparent: value }, `a traceparent that is ${what}`)
        read(t, tracing, { traceparent: [value] }, `a traceparent that is a list of ${what}`)
        const given = { traceparent: traceparentOf(REMOTE), tracestate: value, baggage: value }
        quietly(t, () => tracing.extract(given as never), `extract of a tracestate that is ${what}`)
        quietly(t, () => tracing.inject(value as never, REMOTE), `inject into ${what}`)
        tracing.run(REMOTE, () =>
          quietly(t, () => tracing.inject(value as never), `inject the active one into ${what}`),
        )
      }
      read(t, tracing, UNUSABLE, "a carrier that throws")
      quietly(t, () => tracing.inject(UNUSABLE, REMOTE), "inject into a carrier that throws")
      const frozen = Object.freeze({ accept: "text/plain" })
      quietly(t, () => tracing.inject(frozen, REMOTE), "inject into a frozen carrier")
      t.equal(frozen, { accept: "text/plain" }, "a frozen carrier")
    },
  }),
]
