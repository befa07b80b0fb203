import type { TracingConfig } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
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
    "limit-drops-attributes-in-silence": seam.dropAttribute("A trace looks whole that is not.", () => {}),
    "replaced-attributes-count-as-dropped": seam.setOne(
      "A trace looks cut that is whole.",
      ({ next }, held, key, given) => {
        if (held.values.has(key as string)) held.dropped++
        next(held, key, given)
      },
    ),
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
