import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

export const samplingRulesMutants = mutants({
  "TRACING-SAMPLE-03": {
    "last-word-decides": seam.wordOf("Two services decide apart, and no trace is whole.", (_, traceId) =>
      Number.parseInt(traceId.slice(24), 16),
    ),
    "last-seven-bytes-decide": seam.wordOf(
      "Services of two languages decide apart, and no trace is whole.",
      (_, traceId) => Number.parseInt(traceId.slice(18), 16) / 2 ** 24,
      "opentelemetry-sdk 1.45.2 for Python and the SDK for JavaScript keep together 1 % of the ids, each of them 10 %",
    ),
    "words-are-signed": seam.wordOf(
      "Half of all traces are below any ratio.",
      ({ next }, traceId) => next(traceId) | 0,
    ),
    "words-are-added": seam.wordOf("Two services decide apart, and no trace is whole.", (_, traceId) => {
      const words = [0, 8, 16, 24].map((at) => Number.parseInt(traceId.slice(at, at + 8), 16))
      return words.reduce((one, other) => (one + other) % 2 ** 32)
    }),
    "two-words-decide": seam.wordOf("Two services decide apart, and no trace is whole.", (_, traceId) => {
      return (Number.parseInt(traceId.slice(0, 8), 16) ^ Number.parseInt(traceId.slice(24), 16)) >>> 0
    }),
    "ratio-is-drawn": seam.isWithin(
      "Each service draws anew, and no trace is whole.",
      (_, __, ratio) => Math.random() < ratio,
    ),
    "ratio-follows-the-parent": seam.byStrategy(
      "A caller that samples all is followed.",
      ({ next }, strategy, config, request) =>
        request.parent?.sampled === true && strategy !== "always_off"
          ? "record_and_sample"
          : next(strategy, config, request),
    ),
    "bound-belongs-to-the-ratio": seam.isWithin(
      "At ratio 0 a trace is recorded.",
      ({ self }, traceId, ratio) => self.wordOf(traceId) <= Math.floor(ratio * 0xffffffff),
    ),
    "probability-is-drawn": seam.byStrategy(
      "Each service draws anew, and no trace is whole.",
      ({ next }, strategy, config, request) => {
        if (strategy !== "probability") return next(strategy, config, request)
        return Math.random() < (config.ratio ?? 1) ? "record_and_sample" : "drop"
      },
    ),
  },
  "TRACING-SAMPLE-04": {
    "halves-of-ids-are-equal": seam.newTraceId(
      "Every trace is recorded, whatever the ratio.",
      ({ self }) => self.newSpanId().repeat(2),
      "@opentelemetry/sdk-trace-base 2.12.1: ids whose halves are equal are sampled at any ratio",
    ),
    "ids-of-counters": subclass(
      "Every trace is recorded, whatever the ratio.",
      class extends ReferenceTracing {
        #last = 0
        override newTraceId(): string {
          return (++this.#last).toString(16).padStart(32, "0")
        }
      },
      "@opentelemetry/sdk-trace-base 2.12.1: ids that are counted up are sampled at any ratio",
    ),
    "ratio-is-squared": seam.isWithin("A hundredth is recorded instead of a tenth.", ({ next }, traceId, ratio) =>
      next(traceId, ratio * ratio),
    ),
    "ratio-is-of-signed-words": seam.isWithin(
      "Half as much again is recorded.",
      ({ self }, traceId, ratio) => (self.wordOf(traceId) | 0) < ratio * 0xffffffff,
    ),
    "ratio-of-one-byte": seam.isWithin(
      "A tenth is 25 of 256.",
      ({ self }, traceId, ratio) => self.wordOf(traceId) >>> 28 < Math.floor(ratio * 16),
    ),
  },
  "TRACING-SAMPLE-07": {
    "rules-do-not-act": seam.decide("Health checks are most of what is paid for.", ({ self }, request) => {
      const { sampling } = self.config
      return self.byStrategy(sampling.type ?? "always_on", sampling, request)
    }),
    "last-rule-decides": seam.decide("An exception is overruled by the rule.", ({ self }, request) => {
      const { sampling } = self.config
      const rule = sampling.rules.findLast((each) => self.fits(each, request))
      if (rule !== undefined) return self.byRule(rule, request)
      return self.byStrategy(sampling.type ?? "always_on", sampling, request)
    }),
    "type-goes-before-the-rules": seam.decide(
      "Spans that matter are left out with the rest.",
      ({ next, self }, request) => {
        const { sampling } = self.config
        return self.byStrategy(sampling.type ?? "always_on", sampling, request) === "drop" ? "drop" : next(request)
      },
    ),
    "name-or-attributes": seam.fits(
      "A rule fits what it was not made for.",
      ({ self }, { match = {} }, { attributes, name }) => {
        if (match.service !== undefined) return false
        const isNamed = match.spanName !== undefined && self.isLike(name, match.spanName)
        const has = match.attributes !== undefined && self.hasAll(attributes, match.attributes)
        return isNamed || has || (match.spanName === undefined && match.attributes === undefined)
      },
    ),
    "some-attributes-fit": seam.hasAll("A rule fits what it was not made for.", ({ next }, attributes, wanted = {}) => {
      const pairs = Object.entries(wanted)
      return pairs.length === 0 ? next(attributes, wanted) : pairs.some(([key, value]) => attributes[key] === value)
    }),
    "attributes-fit-as-text": seam.hasAll("A rule fits what it was not made for.", (_, attributes, wanted = {}) =>
      Object.entries(wanted).every(([key, value]) => String(attributes[key]) === String(value)),
    ),
    "name-is-a-pattern": seam.isLike("A dot in a name stands for any character.", (_, name, pattern) =>
      new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "s").test(name),
    ),
    "name-begins-so": seam.isLike("A rule fits what it was not made for.", (_, name, pattern) =>
      name.startsWith(pattern.split("*")[0] ?? ""),
    ),
    "one-star-alone": seam.isLike(
      "A pattern with two stars fits nothing.",
      ({ next }, name, pattern) => pattern.split("*").length <= 2 && next(name, pattern),
    ),
    "star-within-a-line": seam.isLike(
      "A name with a line end fits nothing.",
      ({ next }, name, pattern) => !name.includes("\n") && next(name, pattern),
    ),
    "name-without-case": seam.isLike("A rule fits what it was not made for.", ({ next }, name, pattern) =>
      next(name.toLowerCase(), pattern.toLowerCase()),
    ),
    "service-is-not-looked-at": seam.fits("A rule for one service acts in all.", ({ next }, rule, request) =>
      next({ ...rule, match: { ...rule.match, service: undefined } }, request),
    ),
    "parts-may-overlap": seam.isLike("A name is shorter than its pattern, and fits.", (_, name, pattern) => {
      const parts = pattern.split("*")
      const isInOrder = parts.every((part) => name.includes(part))
      const [first = ""] = parts
      return parts.length === 1
        ? name === pattern
        : isInOrder && name.startsWith(first) && name.endsWith(parts.at(-1) ?? "")
    }),
  },
  "TRACING-SAMPLE-08": {
    "rate-of-a-rule-does-not-act": seam.byRule("All health checks are paid for.", ({ next }, rule, request) =>
      next({ ...rule, rate: 1 }, request),
    ),
    "what-a-rule-leaves-out-asks-the-type": seam.byRule(
      "Nine tenths come back by another way.",
      ({ self }, rule, request) => {
        if (self.isWithin(request.traceId, rule.rate ?? 1)) return rule.decision
        return self.byStrategy(self.config.sampling.type ?? "always_on", self.config.sampling, request)
      },
    ),
    "what-a-rule-leaves-out-asks-the-next": subclass(
      "Nine tenths come back by another way.",
      class extends ReferenceTracing {
        override fits(...[rule, request]: Parameters<ReferenceTracing["fits"]>): boolean {
          return super.fits(rule, request) && this.isWithin(request.traceId, rule.rate ?? 1)
        }
      },
    ),
    "rate-of-a-rule-is-drawn": seam.byRule(
      "Each service draws anew, and no trace is whole.",
      (_, { decision, rate = 1 }) => (Math.random() < rate ? decision : "drop"),
    ),
    "rate-0-is-no-rate": seam.byRule("Who wants none of them has all.", ({ next }, rule, request) =>
      next({ ...rule, rate: rule.rate || 1 }, request),
    ),
    "rate-is-of-what-is-dropped": seam.byRule(
      "Spans that are to be dropped are kept in part.",
      ({ next, self }, rule, request) => {
        const isWithin = self.isWithin(request.traceId, rule.rate ?? 1)
        return rule.decision === "drop" && !isWithin ? "record_and_sample" : next(rule, request)
      },
    ),
  },
  "TRACING-SAMPLE-09": {
    "none-fits-is-all": seam.byConditions(
      "Requests that nobody thought of flood the receiver.",
      ({ next, self }, config, request) => {
        const fits = (config.composite ?? []).some(({ condition }) => self.hasAll(request.attributes, condition))
        return fits ? next(config, request) : "record_and_sample"
      },
    ),
    "conditions-are-not-looked-at": seam.byConditions(
      "The first member decides for all.",
      ({ next }, { composite = [], ...config }, request) =>
        next({ ...config, composite: composite.map(({ ratio, strategy }) => ({ strategy, ratio })) }, request),
    ),
    "last-member-decides": seam.byConditions(
      "An exception is overruled by the rule.",
      ({ next }, { composite = [], ...config }, request) =>
        next({ ...config, composite: composite.toReversed() }, request),
    ),
    "any-member-samples": seam.byConditions(
      "One member records what another one leaves out.",
      ({ next }, { composite = [], ...config }, request) => {
        const decisions = composite.map((member) => next({ ...config, composite: [member] }, request))
        return decisions.includes("record_and_sample") ? "record_and_sample" : "drop"
      },
    ),
    "ratio-of-a-member-does-not-act": seam.byConditions(
      "All free requests are paid for.",
      ({ next }, { composite = [], ...config }, request) =>
        next({ ...config, composite: composite.map((member) => ({ ...member, ratio: 1 })) }, request),
    ),
    "member-without-a-condition-never-fits": seam.byConditions(
      "The remaining spans are not recorded.",
      ({ next }, { composite = [], ...config }, request) =>
        next({ ...config, composite: composite.filter(({ condition }) => condition !== undefined) }, request),
    ),
    "conditions-fit-in-part": seam.hasAll(
      "A condition fits what it was not made for.",
      (_, attributes, wanted = {}) => {
        const [[key, value] = []] = Object.entries(wanted)
        return key === undefined || attributes[key] === value
      },
    ),
  },
})
