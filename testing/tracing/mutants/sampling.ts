import type { SamplingDecision } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { SamplingRequest } from "../reference/sampling.ts"

const SAMPLE = "record_and_sample"

export const samplingMutants = mutants({
  "TRACING-SAMPLE-01": {
    "always-off-does-not-act": seam.byStrategy(
      "Who switches traces off pays for them.",
      ({ next }, strategy, ...rest) => next(strategy === "always_off" ? "always_on" : strategy, ...rest),
      "@opentelemetry/sdk-trace-base 2.12.1: of OTEL_TRACES_SAMPLER=Always_Off everything is recorded",
    ),
    "always-off-follows-the-parent": seam.byStrategy(
      "The caller decides what is paid for.",
      ({ next }, strategy, config, request) =>
        strategy === "always_off" && request.parent?.sampled === true ? SAMPLE : next(strategy, config, request),
    ),
    "what-is-not-sampled-is-sent": seam.ended("Traces that were left out are paid for.", ({ self }, held) => {
      if (!self.open.delete(held)) return
      self.count("ended", 1)
      self.keep(held)
    }),
    "left-out-counts-as-dropped": seam.ended("It looks as if all traces were lost.", ({ next, self }, held) => {
      const isLeftOut = self.open.has(held) && !held.context.sampled
      next(held)
      if (!isLeftOut) return
      self.count("sampledOut", -1)
      self.count("dropped", 1)
    }),
    "left-out-counts-at-the-start": subclass(
      "More is left out than has ended.",
      class extends ReferenceTracing {
        override began(...[held]: Parameters<ReferenceTracing["began"]>): void {
          super.began(held)
          if (held.context.sampled) return
          this.count("ended", 1)
          this.count("sampledOut", 1)
          this.open.delete(held)
        }
      },
    ),
    "always-on-follows-the-parent": seam.byStrategy(
      "Who asks for all traces has some.",
      ({ next }, strategy, config, request) =>
        strategy === "always_on" && request.parent?.sampled === false ? "drop" : next(strategy, config, request),
    ),
  },
  "TRACING-SAMPLE-02": {
    "left-out-has-zero-ids": seam.contextFor("The next service begins a trace of its own.", ({ next }, ...args) => {
      const context = next(...args)
      return context.sampled ? context : { ...context, traceId: "0".repeat(32), spanId: "0".repeat(16) }
    }),
    "left-out-stands-where-its-parent-does": seam.contextFor(
      "Logs of two services name one span.",
      ({ next }, parent, ...rest) => {
        const context = next(parent, ...rest)
        return context.sampled || parent === undefined ? context : { ...context, spanId: parent.spanId }
      },
    ),
    "left-out-is-not-active": seam.runWithin(
      "A span that is left out has children that are not.",
      ({ next }, held, fn) => (held.context.sampled ? next(held, fn) : fn()),
    ),
    "left-out-begins-a-trace": seam.contextFor("Logs of one request name two traces.", ({ next, self }, ...args) => {
      const context = next(...args)
      return context.sampled ? context : { ...context, traceId: self.newTraceId() }
    }),
    "left-out-says-sampled": seam.flagOf("The next service records a part of it.", () => "1"),
    "left-out-loses-its-trace-state": seam.contextFor("The words of vendors are lost.", ({ next }, ...args) => {
      const { traceState, ...context } = next(...args)
      return context.sampled && traceState !== undefined ? { ...context, traceState } : context
    }),
  },
  "TRACING-SAMPLE-05": {
    "parent-is-not-asked": seam.byParent(
      "A trace is recorded in part.",
      ({ next }, config, { parent: _, ...request }) => next(config, { ...request, parent: undefined }),
    ),
    "active-parent-is-not-asked": subclass(
      "A trace is recorded in part.",
      class extends ReferenceTracing {
        override byParent(...[config, request]: Parameters<ReferenceTracing["byParent"]>): SamplingDecision {
          const isActive = request.parent?.spanId === this.activeContext()?.spanId
          return super.byParent(config, isActive ? { ...request, parent: undefined } : request)
        }
      },
    ),
    "parent-that-is-left-out-is-none": seam.byParent(
      "A trace that was left out is recorded in part.",
      ({ next }, config, request) =>
        next(config, request.parent?.sampled === false ? { ...request, parent: undefined } : request),
    ),
    "root-does-not-act": seam.byParent("Who wants all new traces has a tenth.", ({ next }, config, request) =>
      next({ ...config, parentBased: { ...config.parentBased, root: "trace_id_ratio" } }, request),
    ),
    "ratio-of-the-root-does-not-act": seam.byParent(
      "Who wants all new traces has a tenth.",
      ({ next }, config, request) =>
        next({ ...config, parentBased: { ...config.parentBased, rootRatio: 0.1 } }, request),
    ),
    "whenParent-does-not-act": seam.byParent("Who does not trust its callers must.", (_, __, { parent }) =>
      parent === undefined || parent.sampled ? SAMPLE : "drop",
    ),
    "any-parent-is-sampled": seam.byParent(
      "A trace that was left out is recorded in part.",
      ({ next }, config, request) => (request.parent === undefined ? next(config, request) : SAMPLE),
    ),
  },
  "TRACING-SAMPLE-06": {
    "rate-is-no-limit": seam.takeToken("Traffic that doubles costs twice as much.", () => true),
    "rate-counts-all-spans": seam.byRate("Traces have a part of their spans.", ({ self }, perSecond) =>
      self.takeToken(perSecond) ? SAMPLE : "drop",
    ),
    "rate-saves-for-ever": subclass(
      "After a quiet night a thousand requests are recorded at once.",
      class extends ReferenceTracing {
        #tokens = Number.NaN
        #since = 0
        override takeToken(perSecond: number): boolean {
          const now = this.clock.monotonic()
          this.#tokens = Number.isNaN(this.#tokens)
            ? perSecond
            : this.#tokens + ((now - this.#since) * perSecond) / 1000
          this.#since = now
          if (this.#tokens < 1) return false
          this.#tokens--
          return true
        }
      },
    ),
    "rate-is-used-up": subclass(
      "After the first second nothing is recorded.",
      class extends ReferenceTracing {
        #taken = 0
        override takeToken(perSecond: number): boolean {
          return this.#taken++ < perSecond
        }
      },
    ),
    "rate-is-of-minutes": seam.takeToken("A sixtieth of what is asked for is recorded.", ({ next }, perSecond) =>
      next(perSecond / 60),
    ),
    "rate-takes-one-at-a-time": subclass(
      "Of requests that come at once one is recorded.",
      class extends ReferenceTracing {
        #next = 0
        override takeToken(perSecond: number): boolean {
          const now = this.clock.monotonic()
          if (now < this.#next) return false
          this.#next = now + 1000 / perSecond
          return true
        }
      },
    ),
    "rate-below-one-is-none": seam.takeToken(
      "One trace in two seconds is no trace.",
      ({ next }, perSecond) => perSecond >= 1 && next(perSecond),
    ),
    "parent-that-is-left-out-may-be-sampled": seam.byRate(
      "A trace that was left out is recorded in part.",
      ({ next }, perSecond, request) =>
        next(perSecond, request.parent?.sampled === false ? { ...request, parent: undefined } : request),
    ),
  },
  "TRACING-SAMPLE-10": {
    "record-only-is-sent": seam.decide("Spans that are to stay here are sent.", ({ next }, request) => {
      const decision = next(request)
      return decision === "record_only" ? SAMPLE : decision
    }),
    "record-only-is-sent-unsampled": seam.ended("Spans that are to stay here are sent.", ({ self }, held) => {
      if (!self.open.delete(held)) return
      self.count("ended", 1)
      self.keep(held)
    }),
    "record-only-travels-as-sampled": seam.flagOf("The next service sends its part.", () => "1"),
    "record-only-is-not-counted": seam.ended("A span is in no count.", ({ next, self }, held) => {
      const isLeftOut = self.open.has(held) && !held.context.sampled
      next(held)
      if (isLeftOut) self.count("ended", -1)
    }),
    "record-only-follows-its-parent": seam.decide(
      "Spans that are to stay here are sent.",
      ({ next }, request: SamplingRequest) => {
        const decision = next(request)
        return decision === "record_only" && request.parent?.sampled === true ? SAMPLE : decision
      },
    ),
  },
})
