import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { HeldConfig } from "../reference/configured.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

/** Another propagation than was asked for. */
function propagating(
  why: string,
  change: (config: HeldConfig["propagation"]) => Partial<HeldConfig["propagation"]>,
  source?: string,
) {
  return seam.configOf(
    why,
    ({ next }, given) => {
      const { propagation, ...config } = next(given)
      return { ...config, propagation: { ...propagation, ...change(propagation) } }
    },
    source,
  )
}

function withBaggage(why: string, change: Partial<HeldConfig["propagation"]["baggage"]>, source?: string) {
  return propagating(why, ({ baggage }) => ({ baggage: { ...baggage, ...change } }), source)
}

export const propagationMutants = mutants({
  "TRACING-CONF-05": {
    "allowed-keys-do-not-act": withBaggage("A tenant that must go along does not.", { allowedKeys: [] }),
    "one-allowed-key-allows-all": seam.baggageHeader(
      "A customer's address goes to each service that is called.",
      ({ self }, { baggage = {} }) => {
        const pairs = Object.entries(baggage).map(([key, value]) => self.writePair(key, value))
        const { allowedKeys } = self.config.propagation.baggage
        return allowedKeys.length === 0 || pairs.length === 0 ? [] : [["baggage", pairs.join(",")]]
      },
      "@opentelemetry/core 2.12.1: all baggage is written to every request",
    ),
    "allowed-keys-have-no-case": subclass(
      "A name that is like an allowed one leaves.",
      class extends ReferenceTracing {
        override baggageHeader(...[context]: Parameters<ReferenceTracing["baggageHeader"]>) {
          const { baggage } = context
          if (baggage === undefined) return super.baggageHeader(context)
          const lower = Object.entries(baggage).map(([key, value]) => [key.toLowerCase(), value])
          return super.baggageHeader({
            ...context,
            baggage: Object.fromEntries([...Object.entries(baggage), ...lower]),
          })
        }
      },
    ),
    "values-are-written-as-they-are": seam.encode("A value with a comma brings along another pair.", (_, text) => text),
    "blanks-become-a-plus": seam.encode("Each blank is a plus sign at the next service.", ({ next }, text) =>
      next(text).replaceAll("%20", "+"),
    ),
    "empty-values-are-not-written": seam.writePair(
      "Who is said to have no tenant is said nothing of.",
      ({ next }, key, value) => (value === "" ? undefined : next(key, value)),
    ),
    "inherited-members-are-written": seam.contextOf("A member that nobody put in leaves.", ({ next }, given) => {
      const context = next(given)
      const baggage = (given as { baggage?: Record<string, string> } | undefined)?.baggage
      if (context === undefined || baggage === undefined) return context
      const all: Record<string, string> = Object.create(null)
      for (const key in baggage) all[key] = baggage[key] ?? ""
      return { ...context, baggage: all }
    }),
    "names-are-written-as-they-are": seam.writePair("A name with a blank costs the header.", ({ self }, key, value) => {
      return `${key}=${self.encode(value)}`
    }),
    "empty-baggage-is-written": seam.baggageHeader(
      "Each request has a header that says nothing.",
      ({ next }, context) => {
        const header = next(context)
        return header.length === 0 ? [["baggage", ""]] : header
      },
    ),
  },
  "TRACING-CONF-06": {
    "formats-do-not-act": propagating("A mesh that speaks B3 loses each trace here.", () => ({ formats: ["w3c"] })),
    "b3-without-a-decision": seam.headersOf("A trace that was left out is sampled anew.", ({ next }, format, context) =>
      next(format, context).map(([name, value]) => [name, name === "b3" ? value.slice(0, -2) : value]),
    ),
    "b3-says-true": seam.headersOf("Strict readers refuse the header.", ({ next }, format, context) =>
      next(format, context).map(([name, value]) => [name, name === "x-b3-sampled" ? String(context.sampled) : value]),
    ),
    "short-ids-are-none": seam.idsOfB3(
      "Services that have ids of 64 bits are in no trace.",
      ({ next }, traceId, ...rest) => (traceId?.length === 16 ? undefined : next(traceId, ...rest)),
    ),
    "short-ids-are-padded-behind": seam.idsOfB3("One trace has two ids.", ({ next }, traceId, ...rest) =>
      next(traceId?.padEnd(32, "0"), ...rest),
    ),
    "no-decision-is-no": seam.idsOfB3(
      "Traces of those who leave the decision to us are thrown away.",
      ({ next }, traceId, spanId, sampled) => next(traceId, spanId, sampled === "" ? "0" : sampled),
    ),
    "debugging-is-not-known": seam.idsOfB3("Who asks for a trace gets none.", ({ next }, traceId, spanId, sampled) =>
      sampled === "d" ? undefined : next(traceId, spanId, sampled),
    ),
    "any-decision-is-yes": seam.idsOfB3("A malformed header is read.", ({ next }, traceId, spanId, sampled) =>
      next(traceId, spanId, sampled === "0" ? "0" : "1"),
    ),
    "parent-in-b3-is-not-expected": seam.readB3("A header with all its parts is none.", ({ next }, text) =>
      text.split("-").length > 3 ? undefined : next(text),
    ),
    "w3c-is-always-read": seam.readContext(
      "Who asked for one format has two.",
      ({ next, self }, carrier) =>
        next(carrier) ?? self.readTraceparent(self.soleValueIn(carrier, "traceparent") ?? ""),
    ),
  },
  "TRACING-CONF-07": {
    "first-format-alone-is-read": propagating("Services of the other format are in no trace.", ({ formats }) => ({
      formats: formats.slice(0, 1),
    })),
    "last-format-is-read": seam.readContext(
      "The format that is to go counts for more than the new one.",
      ({ self }, carrier) => {
        for (const format of self.config.propagation.formats.toReversed()) {
          const ids = self.readFormat(format, carrier)
          if (ids !== undefined) return self.withRest(ids, format, carrier)
        }
        return undefined
      },
      "@opentelemetry/core 2.12.1: of a CompositePropagator's members the last one that finds a context wins",
    ),
    "first-format-alone-is-written": seam.writeContext(
      "Services of the other format begin traces of their own.",
      ({ self }, carrier, context) => {
        const [format = "w3c"] = self.config.propagation.formats
        for (const [name, value] of self.headersOf(format, context)) carrier[name] = value
      },
    ),
    "malformed-first-format-is-none": seam.readContext(
      "A broken header hides a good one.",
      ({ next, self }, carrier) => {
        const names = { w3c: "traceparent", b3: "b3", b3_multi: "x-b3-traceid" }
        const there = self.config.propagation.formats.find((format) => self.valuesIn(carrier, names[format]).length > 0)
        return there === undefined || self.readFormat(there, carrier) === undefined ? undefined : next(carrier)
      },
    ),
    "w3c-goes-first": propagating("The order of formats does not act.", ({ formats }) => ({
      formats: formats.toSorted((one) => (one === "w3c" ? -1 : 1)),
    })),
  },
  "TRACING-CONF-08": {
    "inject-false-does-not-act": propagating("Our ids go to everybody who is called.", () => ({ inject: true })),
    "extract-false-does-not-act": propagating("Anybody who calls chooses the trace.", () => ({ extract: true })),
    "inject-false-writes-what-is-given": seam.inject(
      "Our ids go out with each message.",
      ({ next, self }, carrier, context) => {
        if (context === undefined || self.config.propagation.inject) return next(carrier, context)
        const held = self.contextOf(context)
        if (held !== undefined) self.writeContext(carrier, held)
      },
    ),
    "one-switch-for-both": propagating("Who does not want to be told does not tell.", ({ extract, inject }) => ({
      extract: extract && inject,
      inject: extract && inject,
    })),
    "switches-are-exchanged": propagating("Who does not want to be told does not tell.", ({ extract, inject }) => ({
      extract: inject,
      inject: extract,
    })),
  },
  "TRACING-CONF-10": {
    "baggage-enabled-does-not-act": withBaggage("Who switches baggage off has it.", { enabled: true }),
    "baggage-off-is-still-read": seam.withRest(
      "The baggage of others gets into logs.",
      ({ next, self }, ids, format, carrier) => {
        const baggage = self.readBaggage(self.valuesIn(carrier, "baggage").join(","))
        return { ...next(ids, format, carrier), ...(baggage !== undefined && { baggage }) }
      },
    ),
    "baggage-off-is-still-written": seam.baggageHeader("Baggage that must stay leaves.", ({ next, self }, context) => {
      const { baggage } = self.config.propagation
      if (baggage.enabled) return next(context)
      const pairs = baggage.allowedKeys.flatMap((key) => self.writePair(key, context.baggage?.[key] ?? "") ?? [])
      return pairs.length === 0 || context.baggage === undefined ? [] : [["baggage", pairs.join(",")]]
    }),
    "baggage-off-reads-nothing-at-all": seam.readContext(
      "Who switches baggage off has no traces.",
      ({ next, self }, carrier) => (self.config.propagation.baggage.enabled ? next(carrier) : undefined),
    ),
    "baggage-off-drops-the-trace-state": seam.withRest(
      "Who switches baggage off loses what vendors say.",
      ({ next, self }, ...args) => {
        const { traceState, ...context } = next(...args)
        return self.config.propagation.baggage.enabled && traceState !== undefined
          ? { ...context, traceState }
          : context
      },
    ),
  },
  "TRACING-CONF-11": {
    "size-of-baggage-does-not-act": withBaggage("A proxy refuses the header.", { maxSize: 8192 }),
    "baggage-of-any-number": seam.baggageHeader(
      "A strict reader drops what is too much.",
      ({ self }, { baggage = {} }) => {
        const { allowedKeys, enabled, maxSize } = self.config.propagation.baggage
        const kept: string[] = []
        for (const key of enabled ? allowedKeys : []) {
          const pair = Object.hasOwn(baggage, key) ? self.writePair(key, baggage[key] ?? "") : undefined
          const isShort = pair !== undefined && pair.length <= 4096
          if (isShort && [...kept, pair].join(",").length <= maxSize) kept.push(pair)
        }
        return kept.length === 0 ? [] : [["baggage", kept.join(",")]]
      },
    ),
    "long-pairs-are-cut": seam.writePair("A value that was cut is another value.", ({ next }, key, value) =>
      next(key, value)?.slice(0, 4096),
    ),
    "size-is-of-values": changed(ReferenceTracing, "A header is longer than it may be.", {
      baggageHeader({ next, self }, context) {
        const { maxSize } = self.config.propagation.baggage
        const short = Object.entries(context.baggage ?? {}).filter(([, value]) => value.length <= maxSize)
        const { baggage } = self.config.propagation
        Object.assign(self.config.propagation, { baggage: { ...baggage, maxSize: 8192 } })
        try {
          return next({ ...context, baggage: Object.fromEntries(short) })
        } finally {
          Object.assign(self.config.propagation, { baggage })
        }
      },
    }),
    "one-pair-too-many-costs-all": seam.baggageHeader(
      "A tenant is not known for want of room for another name.",
      ({ next }, context) => {
        const pairs = Object.entries(context.baggage ?? {})
        return pairs.some(([, value]) => value.length > 4091) ? [] : next(context)
      },
    ),
    "commas-do-not-count-in-baggage": seam.baggageHeader(
      "A header is longer than it may be.",
      ({ self }, { baggage = {} }) => {
        const { allowedKeys, maxSize } = self.config.propagation.baggage
        const kept: string[] = []
        for (const key of allowedKeys) {
          const pair = Object.hasOwn(baggage, key) ? self.writePair(key, baggage[key] ?? "") : undefined
          if (pair === undefined || pair.length > 4096 || kept.length === 180) continue
          if (kept.join("").length + pair.length <= maxSize) kept.push(pair)
        }
        return kept.length === 0 ? [] : [["baggage", kept.join(",")]]
      },
    ),
  },
})
