import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Carrier } from "../reference/carriers.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

/** The context that is active wherever one is read. */
class MixesIn extends ReferenceTracing {
  override withRest(...args: Parameters<ReferenceTracing["withRest"]>): TraceContext {
    const { baggage, traceState } = this.activeContext() ?? {}
    return { ...this.inherited({ baggage, traceState }), ...super.withRest(...args) }
  }
}

export const carriersMutants = mutants({
  "TRACING-CARRIER-01": {
    "given-context-is-not-looked-at": seam.inject("A message is in the trace of its worker.", ({ next }, carrier) =>
      next(carrier),
    ),
    "active-context-goes-first": seam.inject(
      "A message is in the trace of its worker.",
      ({ next, self }, carrier, context) => next(carrier, self.activeContext() ?? context),
    ),
    "active-context-is-not-written": seam.inject(
      "Each service begins a trace of its own.",
      ({ next }, carrier, context) => {
        if (context !== undefined) next(carrier, context)
      },
    ),
    "writes-another-version": seam.headersOf("Services of today take it for more than it is.", ({ next }, ...args) =>
      next(...args).map(([name, value]) => [name, value.replace(/^00-/, "01-")]),
    ),
    "never-says-sampled": seam.flagOf("No other service records anything.", () => "0"),
    "name-in-capitals": seam.headersOf(
      "A broker that knows names of lower case refuses the message.",
      ({ next }, ...args) =>
        next(...args).map(([name, value]) => [name === "traceparent" ? "Traceparent" : name, value]),
    ),
    "keeps-what-is-there": seam.writeContext(
      "A request that is handed on names its caller's span as the parent.",
      ({ next }, carrier, context) => {
        if (carrier["traceparent"] === undefined) next(carrier, context)
      },
    ),
    "empties-the-carrier": seam.writeContext("A request loses its headers.", ({ next }, carrier, context) => {
      for (const name of Object.keys(carrier)) delete carrier[name]
      next(carrier, context)
    }),
    "names-the-parent": subclass(
      "The next service stands beside this one.",
      class extends ReferenceTracing {
        override inject(carrier: Record<string, string>, context?: TraceContext): void {
          const active = [...this.open].find((held) => held.context === this.activeContext())
          const parent = active?.parentSpanId
          super.inject(carrier, active && parent !== undefined ? { ...active.context, spanId: parent } : context)
        }
      },
    ),
  },
  "TRACING-CARRIER-02": {
    "writes-zero-ids": seam.inject("Receivers get a parent that there is not.", ({ next, self }, carrier, context) => {
      if ((context ?? self.activeContext()) !== undefined) return next(carrier, context)
      carrier["traceparent"] = `00-${"0".repeat(32)}-${"0".repeat(16)}-00`
    }),
    "begins-a-trace": seam.inject("Each poll of a queue is a trace of nothing.", ({ next, self }, carrier, context) => {
      next(carrier, context ?? self.activeContext() ?? self.contextFor(undefined, "inject", {}))
    }),
    "writes-any-context": seam.inject(
      "One broken id travels through all services.",
      ({ self }, carrier, context) => {
        const held = context ?? self.activeContext()
        if (held !== undefined) self.writeContext(carrier, held)
      },
      "@opentelemetry/core 2.12.1: ids in upper case are written to headers as they are",
    ),
    "malformed-context-gives-the-active-one": seam.inject(
      "A message with broken ids is in the trace of its worker.",
      ({ next, self }, carrier, context) => next(carrier, self.contextOf(context)),
    ),
    "writes-the-last-one": subclass(
      "A call of a timer is part of the last request.",
      class extends ReferenceTracing {
        #last: TraceContext | undefined
        override activate<T>(context: TraceContext | undefined, fn: () => T): T {
          this.#last = context ?? this.#last
          return super.activate(context, fn)
        }
        override inject(carrier: Record<string, string>, context?: TraceContext): void {
          super.inject(carrier, context ?? this.activeContext() ?? this.#last)
        }
      },
    ),
  },
  "TRACING-CARRIER-03": {
    "trace-state-is-not-written": seam.headersOf("Each vendor's own sampling ends here.", ({ next }, ...args) =>
      next(...args).filter(([name]) => name !== "tracestate"),
    ),
    "trace-state-is-not-read": seam.withRest("Each vendor's own sampling ends here.", ({ next }, ...args) => {
      const { traceState: _, ...context } = next(...args)
      return context
    }),
    "trace-state-of-sampled-ones-alone": seam.headersOf(
      "A vendor's decision is lost for the traces that it decided on.",
      ({ next }, format, context) => next(format, context.sampled ? context : { ...context, traceState: undefined }),
    ),
    "flag-is-not-read": seam.isSampled("All that was left out is recorded again.", () => true),
    "span-id-is-shortened": seam.headersOf("The parent is not found.", ({ next }, ...args) =>
      next(...args).map(([name, value]) => [name, value.replace(/-([\da-f]{15})[\da-f]-/, "-$10-")]),
    ),
    "own-members-of-the-prototype": seam.extract("Headers without a prototype are not read.", ({ next }, carrier) =>
      carrier instanceof Object ? next(carrier) : undefined,
    ),
  },
  "TRACING-CARRIER-04": {
    "names-in-lower-case-alone": seam.isHeader(
      "Traces end at each broker that writes names in capitals.",
      (_, key, name) => key === name,
      "@opentelemetry/core 2.12.1: Traceparent is not found in a plain object",
    ),
    "names-of-http-alone": seam.isHeader(
      "Names are found in two ways of writing, and not in a third.",
      (_, key, name) =>
        key === name || key === `${name[0]?.toUpperCase()}${name.slice(1)}` || key === name.toUpperCase(),
    ),
    "names-that-end-so": seam.isHeader("Another header is taken for the trace.", (_, key, name) =>
      key.toLowerCase().endsWith(name),
    ),
    "blanks-are-not-trimmed": seam.trim("A header that was folded is malformed.", (_, value) => value),
    "tabs-are-not-trimmed": seam.trim("A header that was folded is malformed.", (_, value) =>
      value.replace(/^ +| +$/g, ""),
    ),
    "first-blank-is-trimmed": seam.trim("A header that was folded is malformed.", (_, value) => value.trimStart()),
  },
  "TRACING-CARRIER-10": {
    "active-where-there-is-none": seam.extract(
      "A request without a trace is part of whatever the server was started in.",
      ({ next, self }, carrier) => next(carrier) ?? self.activeContext(),
      "@opentelemetry/core 2.12.1: extract of a malformed header gives the context that it was given",
    ),
    "trace-state-and-baggage-of-the-active-one": subclass("A customer's name gets into another's request.", MixesIn),
    "active-where-it-is-malformed": seam.readContext(
      "A broken header joins two requests.",
      ({ next, self }, carrier) => {
        const isThere = self.valuesIn(carrier, "traceparent").length > 0
        return next(carrier) ?? (isThere ? self.activeContext() : undefined)
      },
    ),
    "trace-for-a-tracestate": seam.readContext("A trace begins that nobody began.", ({ next, self }, carrier) => {
      const isThere = self.valuesIn(carrier, "tracestate").length + self.valuesIn(carrier, "baggage").length > 0
      return next(carrier) ?? (isThere ? self.contextFor(undefined, "extract", {}) : undefined)
    }),
  },
  "TRACING-CARRIER-13": {
    "all-baggage-is-written": seam.baggageHeader(
      "A customer's address goes to each service that is called.",
      (_, { baggage = {} }) => {
        const pairs = Object.entries(baggage).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
        return pairs.length === 0 ? [] : [["baggage", pairs.join(",")]]
      },
      "@opentelemetry/core 2.12.1: all baggage is written to every request",
    ),
    "baggage-of-a-given-context": seam.inject(
      "A message in a queue has all baggage.",
      ({ next, self }, carrier, context) => {
        next(carrier, context)
        const pairs = Object.entries(self.contextOf(context)?.baggage ?? {})
        if (pairs.length > 0) carrier["baggage"] = pairs.map(([key, value]) => `${key}=${value}`).join(",")
      },
    ),
    "baggage-of-the-active-span": seam.inject(
      "Each call of a service has all baggage.",
      ({ next, self }, carrier, context) => {
        next(carrier, context)
        const pairs = Object.entries((context === undefined ? self.activeContext()?.baggage : undefined) ?? {})
        if (pairs.length > 0) carrier["baggage"] = pairs.map(([key, value]) => `${key}=${value}`).join(",")
      },
    ),
    "baggage-in-the-trace-state": seam.headersOf("Baggage leaves by another header.", ({ next }, format, context) => {
      const pairs = Object.entries(context.baggage ?? {}).map(([key, value]) => `${key}=${value}`)
      return next(format, pairs.length === 0 ? context : { ...context, traceState: pairs.join(",") })
    }),
    "empty-header-of-baggage": seam.baggageHeader(
      "Each request has a header that says nothing.",
      ({ next }, context) => {
        const header = next(context)
        return header.length === 0 && context.baggage !== undefined ? [["baggage", ""]] : header
      },
    ),
  },
  "TRACING-CARRIER-14": {
    "what-is-not-sampled-is-not-written": seam.writeContext(
      "The next service begins a trace of its own, and records it.",
      ({ next }, carrier, context) => {
        if (context.sampled) next(carrier, context)
      },
    ),
    "always-says-sampled": seam.flagOf("All services record what was left out.", () => "1"),
    "flags-are-compared-as-a-whole": seam.isSampled(
      "A trace whose flags say more is left out.",
      (_, flags) => flags === "01",
    ),
    "any-flag-is-sampled": seam.isSampled("A trace that was left out is recorded.", (_, flags) => flags !== "00"),
    "not-sampled-is-no-context": seam.extract(
      "A trace that was left out is sampled anew, in part.",
      ({ next }, carrier) => {
        const context = next(carrier)
        return context?.sampled === true ? context : undefined
      },
    ),
  },
  "TRACING-CARRIER-15": {
    "extract-throws": seam.extract(
      "A header that is a getter costs the request.",
      ({ self }, carrier) => self.readContext(carrier),
      "@opentelemetry/core 2.12.1: what a getter of the carrier throws reaches the host",
    ),
    "inject-throws": seam.inject(
      "A frozen object of headers costs the request.",
      ({ self }, carrier, context) => {
        const held = self.contextOf(context ?? self.activeContext())
        if (held !== undefined) self.writeContext(carrier, held)
      },
      "@opentelemetry/core 2.12.1: inject into a frozen object throws a TypeError",
    ),
    "values-become-text": changed(ReferenceTracing, "A number or an object is taken for a header.", {
      valuesIn({ self }, carrier: Carrier, name) {
        const keys = Object.keys(carrier).filter((key) => self.isHeader(key, name))
        return keys.flatMap((key) => [carrier[key]].flat().map(String))
      },
      extract: ({ self }, carrier) => self.readContext(carrier),
    }),
    "looks-for-names-first": seam.extract("Headers that are undefined cost the request.", ({ next }, carrier) =>
      Object.keys(carrier).length === 0 ? undefined : next(carrier),
    ),
  },
})
