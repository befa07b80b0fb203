import type { Checks } from "../../engine/checks.ts"
import {
  baggages,
  laterTraceparents,
  longTracestates,
  malformedTraceparents,
  malformedTracestates,
  severalTraceparents,
} from "../carrier-tables.ts"
import { extracting, remoteCarrier } from "../carrying.ts"
import { clause, type TracingClient } from "../clause.ts"
import { type GivenCarrier, placeOf, REMOTE } from "../contexts.ts"

function isRemote(t: Checks, tracing: TracingClient, carrier: GivenCarrier, what: string): void {
  for (const [where, context] of extracting(tracing, carrier)) {
    t.equal(placeOf(context), placeOf(REMOTE), `${what}, ${where}`)
  }
}

function isNone(t: Checks, tracing: TracingClient, carrier: GivenCarrier, what: string): void {
  for (const [where, context] of extracting(tracing, carrier)) t.equal(context, undefined, `${what}, ${where}`)
}

function hasTraceState(
  t: Checks,
  tracing: TracingClient,
  given: string | string[],
  want: string | undefined,
  what: string,
) {
  const carrier = remoteCarrier({ tracestate: given })
  for (const [where, context] of extracting(tracing, carrier)) {
    t.equal(placeOf(context), placeOf(REMOTE), `the context of a tracestate with ${what}, ${where}`)
    t.equal(context?.traceState, want, `a tracestate with ${what}, ${where}`)
  }
}

function baggageOf(tracing: TracingClient, baggage: string | readonly string[]) {
  return tracing.extract(remoteCarrier({ baggage }))?.baggage
}

/** So many pairs `p0000=…` of so many characters each, with the commas between them one more each. */
function pairs(count: number, length: number): string[] {
  return Array.from({ length: count }, (_, index) => `p${String(index).padStart(4, "0")}=`.padEnd(length, "x"))
}

/** The names of pairs that are read. */
function namesOf(tracing: TracingClient, given: readonly string[]): string[] {
  return Object.keys(baggageOf(tracing, given.join(",")) ?? {})
}

function names(given: readonly string[]): string[] {
  return given.map((pair) => pair.slice(0, pair.indexOf("=")))
}

/** TRACING-CARRIER: headers that come from elsewhere, and may be anything. */
export const headersClauses = [
  clause("TRACING-CARRIER-05", {
    why: "Ids that are malformed go on to the receiver, which refuses all that it got with them.",
    fix: "Hold a traceparent against the whole grammar of W3C Trace Context, zero ids and version ff included.",
    async check(t, tracing) {
      for (const [what, traceparent] of malformedTraceparents) {
        isNone(t, tracing, { traceparent, tracestate: "a=1" }, `a traceparent with ${what}`)
      }
      isNone(t, tracing, { traceparent: undefined }, "a traceparent that is undefined")
    },
  }),
  clause("TRACING-CARRIER-06", {
    why: "Traces break off at each service that is newer than this one.",
    fix: "Read the first four parts of versions 01 to fe, and let more follow after a hyphen.",
    async check(t, tracing) {
      for (const [what, traceparent] of laterTraceparents) isRemote(t, tracing, { traceparent }, what)
    },
  }),
  clause("TRACING-CARRIER-07", {
    why: "A request that passed two proxies has the header twice; one that was forged has another one.",
    fix: "Split each value at commas, and take it where all of them are the same.",
    async check(t, tracing) {
      for (const [what, carrier, isOne] of severalTraceparents) {
        if (isOne) isRemote(t, tracing, carrier, what)
        else isNone(t, tracing, carrier, what)
      }
    },
  }),
  clause("TRACING-CARRIER-08", {
    why: "One vendor's mistake takes away what all the others need.",
    fix: "Hold each member against the grammar, and leave out those alone that do not keep to it.",
    async check(t, tracing) {
      for (const [what, given, left] of malformedTracestates) hasTraceState(t, tracing, given, left, what)
      hasTraceState(t, tracing, ["a=1,B=2", "c=3"], "a=1,c=3", "two values")
    },
  }),
  clause("TRACING-CARRIER-09", {
    why: "A header without a limit grows with each hop, until a proxy refuses the request.",
    fix: "Keep the leading members as long as there are 32 at most and 512 characters with their commas.",
    async check(t, tracing) {
      for (const [what, given, left] of longTracestates) {
        hasTraceState(t, tracing, given, left, what)
        const carrier: Record<string, string> = {}
        tracing.inject(carrier, { ...REMOTE, traceState: given })
        t.equal(carrier["tracestate"], left, `a tracestate that is written, of ${what}`)
      }
    },
  }),
  clause("TRACING-CARRIER-11", {
    why: "Who sends baggage is not known: one wrong pair must not cost the others, and none may harm the reader.",
    fix: "Decode each pair by itself, drop it where that fails, and define members instead of assigning them.",
    async check(t, tracing) {
      for (const [what, given, left] of baggages) t.equal(baggageOf(tracing, given), left, what)
      t.equal(({} as { polluted?: unknown }).polluted, undefined, "the prototype of all objects")
    },
  }),
  clause("TRACING-CARRIER-12", {
    why: "A header without a limit fills the memory, and all that it is handed on to.",
    fix: "Stop at 180 pairs and at 8,192 characters with their commas, and leave out pairs of more than 4,096.",
    async check(t, tracing) {
      const many = pairs(200, 8)
      t.equal(namesOf(tracing, many), names(many.slice(0, 180)), "200 pairs")
      const [long = "", ...rest] = pairs(3, 4096)
      t.equal(namesOf(tracing, [long]), names([long]), "a pair of 4,096 characters")
      t.equal(namesOf(tracing, [`${long}x`, "short=1"]), ["short"], "a pair of 4,097 characters, and a short one")
      const full = [long, (rest[0] ?? "").slice(0, 4095)]
      t.equal(namesOf(tracing, [...full, "late=1"]), names(full), "a pair after 8,192 characters")
      t.equal(namesOf(tracing, [long, ...rest]), names([long]), "pairs of 12,290 characters")
    },
  }),
]
