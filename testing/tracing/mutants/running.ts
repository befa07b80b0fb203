import type { SpanOptions, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

/** Contexts that are run, and those of elsewhere. */
export const runningMutants = mutants({
  "TRACING-ACTIVE-07": {
    "run-gives-a-promise": seam.run(
      "A parser that is run gives a promise of what it parsed.",
      ({ next }, context, fn) => {
        const given = next(context, fn)
        return given instanceof Promise ? given : Promise.resolve(given)
      },
    ),
    "run-gives-another-promise": seam.run(
      "A promise that can be cancelled cannot any more.",
      ({ next }, context, fn) => {
        const given = next(context, fn)
        return given instanceof Promise ? given.then((value) => value) : given
      },
    ),
    "run-gives-nothing": seam.run("A result is lost.", ({ next }, context, fn) => {
      next(context, fn)
      return undefined
    }),
    "run-wraps-what-is-thrown": seam.run("A handler does not recognise the error.", ({ next }, context, fn) => {
      try {
        return next(context, fn)
      } catch (error) {
        throw new Error("run failed", { cause: error })
      }
    }),
    "run-tries-again": seam.run("A message is handled twice.", ({ next }, context, fn) => {
      try {
        return next(context, fn)
      } catch {
        return next(context, fn)
      }
    }),
    "run-counts-what-is-first": seam.run("A message is handled twice.", ({ next }, context, fn) => {
      next(context, fn)
      return next(context, fn)
    }),
    "run-leaves-at-the-first-await": subclass(
      "The queries of a message are in no trace.",
      class extends ReferenceTracing {
        #now: { readonly context: TraceContext | undefined } | undefined
        override run<T>(context: TraceContext | undefined, fn: () => T): T {
          const before = this.#now
          this.#now = { context: this.contextOf(context) }
          try {
            return fn()
          } finally {
            this.#now = before
          }
        }
        override activeContext(): TraceContext | undefined {
          return this.#now === undefined ? super.activeContext() : this.#now.context
        }
      },
    ),
    "run-of-own-contexts-alone": seam.run(
      "A message is in the trace of whoever handles it.",
      ({ next, self }, context, fn) =>
        [...self.open].some((held) => held.context.traceId === context?.traceId) ? next(context, fn) : fn(),
    ),
  },
  "TRACING-ACTIVE-08": {
    "run-of-none-keeps-the-active-one": seam.run(
      "A timer is part of the request that set it.",
      ({ next, self }, context, fn) => (context === undefined ? fn() : next(context ?? self.activeContext(), fn)),
    ),
    "run-of-a-malformed-one-keeps-the-active-one": seam.run(
      "A message with a broken header is part of what was before.",
      ({ next, self }, context, fn) =>
        context !== undefined && self.contextOf(context) === undefined ? fn() : next(context, fn),
      "@opentelemetry/core 2.12.1: extract of a malformed header gives the context that it was given",
    ),
    "run-takes-any-context": seam.run(
      "Ids that no receiver takes go to the next service.",
      ({ self }, context, fn) => self.activate(context, fn),
      "@opentelemetry/core 2.12.1: ids in upper case are written to headers as they are",
    ),
    "run-refuses-a-malformed-context": seam.run("A broken header costs the message.", ({ next, self }, context, fn) => {
      if (context !== undefined && self.contextOf(context) === undefined) throw new TypeError("No context.")
      return next(context, fn)
    }),
    "zero-ids-are-a-context": seam.isSpanId("Spans stand below one that there is not.", (_, id) =>
      /^[\da-f]{16}$/.test(id as string),
    ),
    "ids-are-compared-as-text": seam.isTraceId("A list of one id is taken for an id.", (_, id) =>
      /^(?!0+$)[\da-f]{32}$/.test(id as string),
    ),
  },
  "TRACING-ACTIVE-10": {
    "contexts-of-elsewhere-are-none": subclass(
      "Each service begins a trace of its own.",
      class extends ReferenceTracing {
        readonly #own = new Set<string>()
        override newSpanId(): string {
          const id = super.newSpanId()
          this.#own.add(id)
          return id
        }
        override parentOf(options: SpanOptions): TraceContext | undefined {
          const parent = super.parentOf(options)
          return parent && this.#own.has(parent.spanId) ? parent : undefined
        }
      },
    ),
    "active-from-elsewhere-is-no-parent": subclass(
      "The work for a message is in another trace than the message.",
      class extends ReferenceTracing {
        override parentOf(options: SpanOptions): TraceContext | undefined {
          const parent = super.parentOf(options)
          const isActive = options.parent === undefined && parent !== undefined
          const isOwn = [...this.open].some((held) => held.context.spanId === parent?.spanId)
          return isActive && !isOwn ? undefined : parent
        }
      },
    ),
    "trace-without-the-parent": seam.newSpan("A trace has many beginnings.", ({ next, self }, name, options) => {
      const held = next(name, options)
      const isOwn = [...self.open].some(({ context }) => context.spanId === held.parentSpanId)
      return isOwn ? held : { ...held, parentSpanId: undefined }
    }),
    "takes-the-id-of-the-parent": seam.contextFor(
      "Two spans of two services are one for the receiver.",
      ({ next }, parent, ...rest) => {
        const context = next(parent, ...rest)
        return parent === undefined ? context : { ...context, spanId: parent.spanId }
      },
      "Zipkin's shared spans: client and server have one id, which receivers of OpenTelemetry take for one span",
    ),
  },
})
