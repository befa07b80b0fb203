import type { TracingConfig } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { HeldConfig, TracingReferenceOptions } from "../reference/configured.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

/** The configuration as it is held, with a change. */
function held(why: string, change: (config: HeldConfig) => Partial<HeldConfig>, source?: string) {
  return seam.configOf(
    why,
    ({ next }, given) => {
      const config = next(given)
      return { ...config, ...change(config) }
    },
    source,
  )
}

/** Limits that do not act. */
function unlimited(why: string, ...names: readonly (keyof HeldConfig["spanLimits"])[]) {
  const limits = { maxAttributes: 128, maxEvents: 128, maxLinks: 128, maxAttributeValueLength: 4096 }
  const change = Object.fromEntries(names.map((name) => [name, limits[name]]))
  return held(why, ({ spanLimits }) => ({ spanLimits: { ...spanLimits, ...change } }))
}

/** Another propagation than was asked for. */
function propagating(
  why: string,
  change: (config: HeldConfig["propagation"]) => Partial<HeldConfig["propagation"]>,
  source?: string,
) {
  return held(why, ({ propagation }) => ({ propagation: { ...propagation, ...change(propagation) } }), source)
}

function withBaggage(why: string, change: Partial<HeldConfig["propagation"]["baggage"]>, source?: string) {
  return propagating(why, ({ baggage }) => ({ baggage: { ...baggage, ...change } }), source)
}

export const configurationMutants = mutants({
  "TRACING-CONF-01": {
    "config-is-the-one-that-acts": seam.getConfig(
      "Who changes what is shown changes what acts.",
      ({ self }) => self.config,
    ),
    "config-without-defaults": subclass(
      "A page of settings shows nothing of what acts.",
      class extends ReferenceTracing {
        readonly #given: TracingConfig
        constructor(options: TracingReferenceOptions) {
          super(options)
          this.#given = structuredClone({ ...options.configuration, password: undefined } as TracingConfig)
        }
        override getConfig(): TracingConfig {
          return structuredClone(this.#given)
        }
      },
    ),
    "config-with-credentials": subclass(
      "A page of settings shows the key of the receiver.",
      class extends ReferenceTracing {
        override getConfig(): TracingConfig {
          return { ...super.getConfig(), password: this.password } as TracingConfig
        }
      },
    ),
    "config-is-read-later": subclass(
      "Who reuses an object of options changes what acts.",
      class extends ReferenceTracing {
        readonly #baggage: HeldConfig["propagation"]["baggage"]
        constructor(options: TracingReferenceOptions) {
          super(options)
          const { propagation } = (options.configuration ?? {}) as Partial<HeldConfig>
          this.#baggage = { ...this.config.propagation.baggage, ...propagation?.baggage }
        }
        override baggageHeader(...args: Parameters<ReferenceTracing["baggageHeader"]>) {
          Object.assign(this.config.propagation, { baggage: this.#baggage })
          return super.baggageHeader(...args)
        }
      },
    ),
    "given-limits-replace-all": seam.configOf("Who sets one limit has no other.", ({ next }, given) => {
      const { spanLimits } = given as TracingConfig
      return { ...next(given), ...(spanLimits !== undefined && { spanLimits: spanLimits as HeldConfig["spanLimits"] }) }
    }),
  },
  "TRACING-CONF-02": {
    "enabled-does-not-act": held("Who switches tracing off pays for it.", () => ({ enabled: true })),
    "off-gives-spans-of-their-own": seam.unrecorded(
      "A trace ends at each service that records nothing.",
      ({ self }, options) => ({ ...self.newSpan("unrecorded", options), endTime: 0 }),
    ),
    "off-runs-nothing": subclass(
      "Who switches tracing off switches everything off.",
      class extends ReferenceTracing {
        override async withSpan<T>(...args: Parameters<ReferenceTracing["withSpan"]>): Promise<T> {
          return (this.config.enabled ? super.withSpan(...args) : undefined) as Promise<T>
        }
      },
    ),
    "off-writes-nothing": seam.inject(
      "A trace ends at each service that records nothing.",
      ({ next, self }, ...args) => {
        if (self.config.enabled) next(...args)
      },
    ),
    "off-reads-nothing": seam.extract(
      "A trace ends at each service that records nothing.",
      ({ next, self }, carrier) => (self.config.enabled ? next(carrier) : undefined),
      "@opentelemetry/sdk-node with OTEL_SDK_DISABLED: no propagator is set, so contexts do not pass through",
    ),
    "off-counts": seam.begin("Spans that are not to be recorded count as open.", ({ next, self }, name, options) => {
      if (!self.config.enabled) self.count("started", 1)
      return next(name, options)
    }),
    "off-writes-zero-ids": seam.contextOf("Receivers get a parent that there is not.", ({ next, self }, given) => {
      const { spanId, traceId } = (given ?? {}) as { spanId?: string; traceId?: string }
      const isNowhere = !self.config.enabled && /^0+$/.test(spanId ?? "")
      return isNowhere ? { spanId: spanId ?? "", traceId: traceId ?? "", sampled: false } : next(given)
    }),
  },
  "TRACING-CONF-03": {
    "limit-of-attributes-does-not-act": unlimited("A receiver refuses spans of that size.", "maxAttributes"),
    "limit-of-events-does-not-act": unlimited("A receiver refuses spans of that size.", "maxEvents"),
    "limit-of-links-does-not-act": unlimited("A receiver refuses spans of that size.", "maxLinks"),
    "zero-is-no-limit": held("Who wants no events has all of them.", ({ spanLimits }) => ({
      spanLimits: { ...spanLimits, maxEvents: spanLimits.maxEvents || 128, maxLinks: spanLimits.maxLinks || 128 },
    })),
    "zero-keeps-one": seam.keepLast("Who wants no events has one.", ({ next }, list, max) =>
      next(list, Math.max(1, max)),
    ),
    "first-events-are-kept": seam.keepLast(
      "The end of a long request is not in its trace.",
      (_, list, max) => list.splice(max).length,
    ),
    "limits-drop-in-silence": seam.keepLast("A trace looks whole that is not.", ({ next }, list, max) => {
      next(list, max)
      return 0
    }),
  },
  "TRACING-CONF-04": {
    "limit-of-text-does-not-act": unlimited("Text of any length fills the receiver.", "maxAttributeValueLength"),
    "limit-of-text-not-in-lists": seam.cutValue("A list of texts fills the receiver.", ({ next }, value, maxLength) =>
      Array.isArray(value) ? value : next(value, maxLength),
    ),
    "limit-of-text-cuts-names": seam.nameOf("Names that are cut are other names.", ({ next, self }, name) =>
      next(name).slice(0, self.config.spanLimits.maxAttributeValueLength),
    ),
    "limit-of-text-cuts-messages": seam.messageOf(
      "The message of a failure is cut in the middle.",
      ({ next, self }, message) => next(message)?.slice(0, self.config.spanLimits.maxAttributeValueLength),
    ),
    "limit-of-text-cuts-keys": seam.setOne("Two attributes become one.", ({ next, self }, held, key, given) => {
      const { maxAttributeValueLength } = self.config.spanLimits
      next(held, typeof key === "string" ? key.slice(0, maxAttributeValueLength) : key, given)
    }),
    "limit-of-text-is-of-a-list": seam.cutValue("Lists lose their members.", (_, value, maxLength) =>
      typeof value === "string" || Array.isArray(value) ? (value.slice(0, maxLength) as string) : value,
    ),
    "cut-text-says-so": seam.cutText("Text is longer than its limit.", ({ next }, text, maxLength) =>
      text.length > maxLength ? `${next(text, maxLength)}...` : text,
    ),
  },
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
  "TRACING-CONF-09": {
    "uuid-does-not-act": held("Ids are not of the kind that was asked for.", () => ({ traceIdGenerator: "random" })),
    "uuid-with-hyphens": seam.newTraceId("No receiver takes the id.", ({ next, self }) =>
      self.config.traceIdGenerator === "uuid" ? crypto.randomUUID() : next(),
    ),
    "uuid-in-upper-case": seam.newTraceId("Other services take the header for malformed.", ({ next, self }) =>
      self.config.traceIdGenerator === "uuid" ? next().toUpperCase() : next(),
    ),
    "one-uuid-for-all": subclass(
      "All requests of a process are one trace.",
      class extends ReferenceTracing {
        readonly #uuid = crypto.randomUUID().replaceAll("-", "")
        override newTraceId(): string {
          return this.config.traceIdGenerator === "uuid" ? this.#uuid : super.newTraceId()
        }
      },
    ),
    "span-ids-by-uuid-too": seam.newSpanId("Ids of spans are twice as long as they may be.", ({ next, self }) =>
      self.config.traceIdGenerator === "uuid" ? crypto.randomUUID().replaceAll("-", "") : next(),
    ),
    "receiver-gets-another-id": seam.spanOf("Logs name a trace that no receiver has.", ({ next, self }, each) => {
      const span = next(each)
      if (self.config.traceIdGenerator !== "uuid") return span
      return { ...span, context: { ...span.context, traceId: self.newTraceId() } }
    }),
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
  "TRACING-CONF-12": {
    "sampling-is-not-checked": seam.canAct(
      "A word that is misspelt records everything.",
      ({ next }, key, value) => key === "sampling" || next(key, value),
      "@opentelemetry/sdk-trace-base 2.12.1: of OTEL_TRACES_SAMPLER=Always_Off everything is recorded",
    ),
    "ratio-of-NaN-is-0": seam.canAct(
      "A ratio that was computed wrongly records nothing.",
      ({ next }, key, value) =>
        next(key, JSON.parse(JSON.stringify(value, (_, each) => (Number.isNaN(each) ? 0 : each)))),
      "@opentelemetry/sdk-trace-base 2.12.1: a ratio that is NaN is 0",
    ),
    "ratios-as-text": seam.canAct("Text is compared with numbers.", ({ next }, key, value) =>
      next(key, JSON.parse(JSON.stringify(value, (_, each) => (each === "0.5" ? 0.5 : each)))),
    ),
    "formats-are-not-checked": seam.canAct(
      "A format that is misspelt is neither read nor written.",
      ({ next }, key, value) => key === "propagation" || next(key, value),
    ),
    "limit-of-text-of-0": seam.canAct(
      "Who wants no text has all of it.",
      ({ next }, key, value) =>
        next(
          key,
          JSON.parse(
            JSON.stringify(value, (name, each) => (name === "maxAttributeValueLength" && each === 0 ? 1 : each)),
          ),
        ),
      "@opentelemetry/sdk-trace-base 2.12.1: a limit of text of 0 is ignored with a warning",
    ),
    "unknown-keys-are-ignored": seam.canAct("A limit that is misspelt does not act.", ({ next }, key, value) => {
      const known = Object.entries(value as object).filter(([name]) => name !== "rato" && name !== "maxSpans")
      return next(key, typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(known) : value)
    }),
    "names-are-not-checked": seam.canAct(
      "A scope has a name that no query finds.",
      ({ next }, key, value) => key === "name" || next(key, value),
    ),
  },
})
