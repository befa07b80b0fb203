import type { SpanHandle, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldSpan } from "../reference/sending.ts"

export const spansMutants = mutants({
  "TRACING-SPAN-01": {
    "ids-in-upper-case": seam.randomDigits(
      "Other services take the header for malformed, and begin a new trace.",
      ({ next }, bytes) => next(bytes).toUpperCase(),
    ),
    "leading-zeros-of-ids-left-out": seam.randomDigits(
      "One batch in sixteen is refused.",
      ({ next }, bytes) => next(bytes).replace(/^0+/, ""),
      "jaeger #1578: leading zeros are stripped from ids of traces",
    ),
    "trace-id-with-hyphens": seam.newTraceId("No receiver takes the id.", () => crypto.randomUUID()),
    "span-ids-by-the-clock": seam.newSpanId("Spans that begin at once are one for the receiver.", ({ self }) =>
      self.clock.now().toString(16).padStart(16, "0"),
    ),
    "span-ids-of-zeros": seam.newSpanId("Receivers refuse spans without an id.", () => "0".repeat(16)),
    "span-tells-another-id": seam.handleOf("Logs name a span that no receiver has.", ({ next, self }, held) =>
      withContext(next(held), { ...held.context, spanId: self.newSpanId() }),
    ),
  },
  "TRACING-SPAN-02": {
    "one-trace-for-all": subclass(
      "All requests of a process stand in one trace.",
      class extends ReferenceTracing {
        #traceId: string | undefined
        override newTraceId(): string {
          this.#traceId ??= super.newTraceId()
          return this.#traceId
        }
      },
      "opentelemetry-js, serve() called inside a span: each request is a child of that span for ever",
    ),
    "new-span-follows-the-last": subclass(
      "A request stands below the one before it.",
      class extends ReferenceTracing {
        #last: TraceContext | undefined
        override contextFor(...args: Parameters<ReferenceTracing["contextFor"]>): TraceContext {
          const [parent, ...rest] = args
          this.#last = super.contextFor(parent ?? this.#last, ...rest)
          return this.#last
        }
      },
    ),
    "root-names-a-parent": seam.spanOf("A trace is shown as if its beginning were missing.", ({ next }, held) => ({
      parentSpanId: "0".repeat(16),
      ...next(held),
    })),
  },
  "TRACING-SPAN-03": {
    "parent-gives-its-trace-alone": seam.newSpan(
      "All spans of a trace stand side by side.",
      ({ next }, name, options) => ({ ...next(name, options), parentSpanId: undefined }),
    ),
    "parent-of-the-parent": subclass(
      "A child stands beside its parent.",
      class extends ReferenceTracing {
        readonly #parents = new Map<string, string>()
        override newSpan(...args: Parameters<ReferenceTracing["newSpan"]>): HeldSpan {
          const held = super.newSpan(...args)
          const { context, parentSpanId = "" } = held
          if (parentSpanId !== "") this.#parents.set(context.spanId, parentSpanId)
          return { ...held, parentSpanId: this.#parents.get(parentSpanId) ?? held.parentSpanId }
        }
      },
    ),
    "active-span-before-the-given-parent": seam.parentOf(
      "A span of a message stands below the loop that fetched it.",
      ({ next, self }, options) => self.activeContext() ?? next(options),
    ),
    "parent-of-this-process-alone": subclass(
      "A trace breaks at each service.",
      class extends ReferenceTracing {
        readonly #own = new Set<string>()
        override newSpanId(): string {
          const id = super.newSpanId()
          this.#own.add(id)
          return id
        }
        override parentOf(...args: Parameters<ReferenceTracing["parentOf"]>): TraceContext | undefined {
          const parent = super.parentOf(...args)
          return parent && this.#own.has(parent.spanId) ? parent : undefined
        }
      },
    ),
    "parent-must-be-open": subclass(
      "Work that goes on behind an answer begins a trace of its own.",
      class extends ReferenceTracing {
        readonly #over = new Set<string>()
        override ended(held: HeldSpan): void {
          super.ended(held)
          this.#over.add(held.context.spanId)
        }
        override parentOf(...args: Parameters<ReferenceTracing["parentOf"]>): TraceContext | undefined {
          const parent = super.parentOf(...args)
          return parent && this.#over.has(parent.spanId) ? undefined : parent
        }
      },
    ),
    "trace-of-the-parent-shortened": seam.contextFor(
      "A receiver of 128 bits does not find the trace of one of 64.",
      ({ next }, ...args) => {
        const context = next(...args)
        return args[0] ? { ...context, traceId: context.traceId.slice(16).padStart(32, "0") } : context
      },
      "dd-trace-js #1325: ids of 128 bits are cut to 64, which ends the trace of others",
    ),
  },
  "TRACING-SPAN-04": {
    "null-is-no-word": seam.parentOf(
      "Each tick of a schedule stands below the start of the program.",
      ({ next, self }, options) => (options.parent === null ? self.activeContext() : next(options)),
      "opentelemetry-js: startSpan without root: true takes the active span",
    ),
    "null-gives-a-new-trace-with-a-parent": seam.newSpan(
      "The beginning of the trace is missing.",
      ({ next, self }, name, options) => {
        const held = next(name, options)
        return options.parent === null ? { ...held, parentSpanId: self.activeContext()?.spanId } : held
      },
    ),
    "null-in-the-trace-of-the-active": seam.contextFor(
      "Unrelated work stands in the trace of the request, twice as a root.",
      ({ next, self }, parent, ...rest) => {
        const { traceId } = parent ?? self.activeContext() ?? {}
        const context = next(parent, ...rest)
        return traceId === undefined ? context : { ...context, traceId }
      },
    ),
  },
  "TRACING-SPAN-05": {
    "active-span-not-looked-for": seam.parentOf("Every span is a trace of its own.", ({ next }, options) =>
      options.parent === undefined ? undefined : next(options),
    ),
    "options-hide-the-active-span": seam.parentOf(
      "Spans that are given a kind fall out of their trace.",
      ({ next }, options) => (options.kind !== undefined && options.parent === undefined ? undefined : next(options)),
    ),
    "outermost-span-is-the-parent": subclass(
      "All calls of a request stand side by side.",
      class extends ReferenceTracing {
        override activate<T>(context: TraceContext | undefined, fn: () => T): T {
          return super.activate(context && this.activeContext() ? this.activeContext() : context, fn)
        }
      },
    ),
    "context-of-run-is-no-parent": subclass(
      "The spans of a request do not follow those of its caller.",
      class extends ReferenceTracing {
        readonly #own = new Set<string>()
        override newSpanId(): string {
          const id = super.newSpanId()
          this.#own.add(id)
          return id
        }
        override parentOf(...args: Parameters<ReferenceTracing["parentOf"]>): TraceContext | undefined {
          const parent = super.parentOf(...args)
          return args[0].parent !== undefined || (parent && this.#own.has(parent.spanId)) ? parent : undefined
        }
      },
      "opentelemetry-js: the API 1.10 does not see the active span of a program that registered with 1.9",
    ),
  },
  "TRACING-SPAN-06": {
    "malformed-parent-means-the-active": seam.parentOf(
      "Whoever sends a broken header gets spans in the trace of the server's start.",
      ({ next, self }, options) => next(options) ?? (options.parent === null ? undefined : self.activeContext()),
    ),
    "ids-not-checked": seam.contextOf("A receiver refuses the batch for the id.", ({ next }, given) => {
      const { spanId, traceId } = (given ?? {}) as Partial<TraceContext>
      return (
        next(given) ?? (spanId && traceId ? { spanId: `${spanId}`, traceId: `${traceId}`, sampled: true } : undefined)
      )
    }),
    "zeros-are-an-id": seam.isTraceId(
      "All requests without a trace are in one.",
      ({ next }, id) => id === "0".repeat(32) || next(id),
    ),
    "span-id-of-zeros": seam.isSpanId("A trace begins with a span that is missing.", ({ next }, id) =>
      id === "0".repeat(16) ? true : next(id),
    ),
    "case-of-ids-does-not-count": seam.isTraceId("One trace is two for the receiver.", ({ next }, id) =>
      next(typeof id === "string" ? id.toLowerCase() : id),
    ),
    "ids-of-any-length": seam.isSpanId(
      "A receiver refuses the batch for the id.",
      (_, id) => typeof id === "string" && /[1-9a-f]/.test(id),
    ),
  },
  "TRACING-SPAN-07": {
    "server-unless-told": seam.kindOf("Each function is drawn as a service.", ({ next }, kind) =>
      next(kind ?? "server"),
    ),
    "kinds-by-number-off-by-one": seam.spanOf(
      "Callers are drawn as those that are called.",
      ({ next }, held) => {
        const kinds = ["internal", "server", "client", "producer", "consumer"] as const
        return { ...next(held), kind: kinds[(kinds.indexOf(held.kind) + 1) % kinds.length] as HeldSpan["kind"] }
      },
      "OTLP and the JavaScript API number kinds differently: SERVER is 2 there, and 1 here",
    ),
    "messages-are-calls": seam.kindOf("Queues are missing from the map of services.", ({ next }, kind) =>
      kind === "producer" ? "client" : kind === "consumer" ? "server" : next(kind),
    ),
    "names-in-ascii": seam.nameOf("Names are full of question marks.", ({ next }, name) =>
      next(name).replace(/[^\x20-\x7e]/g, "?"),
    ),
    "names-without-parameters": seam.nameOf("Routes are one route.", ({ next }, name) => next(name).replace(/:.*/, "")),
  },
  "TRACING-SPAN-14": {
    "names-of-any-length": seam.nameOf(
      "One URL in a name fills the index of the receiver.",
      ({ self }, name) => self.textOf(name, Number.POSITIVE_INFINITY, "unnamed"),
      "opentelemetry-js 2.12: limits cut values of attributes, and no names",
    ),
    "names-of-other-kinds-kept": seam.nameOf(
      "A name that is a number costs the whole batch.",
      ({ next }, name) => (typeof name === "number" ? (name as unknown as string) : next(name)),
      "opentelemetry-js 0.223: a collector answers a JSON batch with a name that is no text by 400",
    ),
    "empty-names-stay-empty": seam.nameOf("Spans without a name cannot be found.", ({ next }, name) =>
      name === "" ? "" : next(name),
    ),
    "names-of-other-kinds-are-none": seam.nameOf("A name that was a number is lost.", ({ next }, name) =>
      next(typeof name === "string" ? name : ""),
    ),
    "cut-one-too-early": seam.cutText("A name that just fits is cut.", ({ next }, text, max) => next(text, max - 1)),
    "cut-with-a-mark": seam.cutText("A name is longer than it may be.", ({ next }, text, max) =>
      text.length > max ? `${next(text, max)}…` : text,
    ),
  },
  "TRACING-SPAN-15": {
    "name-of-the-start-stays": seam.rename("All requests are called GET.", () => {}),
    "new-name-not-cut": seam.rename("A path of a crawler fills the index.", ({ self }, held, name) => {
      if (self.isRunning(held)) held.name = self.textOf(name, Number.POSITIVE_INFINITY, "unnamed")
    }),
    "empty-name-keeps-the-old": seam.rename("A span is called what it is not any more.", ({ next }, held, name) => {
      if (name !== "") next(held, name)
    }),
    "renamed-once": seam.rename("The first guess at a route stays.", ({ next }, held, name) => {
      if (held.name === "before" || held.name === "span") next(held, name)
    }),
    "new-name-must-be-text": seam.rename("A name that is a number leaves the old one.", ({ next }, held, name) => {
      if (typeof name === "string") next(held, name)
    }),
  },
  "TRACING-SPAN-16": {
    "trace-state-left-behind": seam.inherited("Vendors lose their place in the trace.", ({ next }, parent) => {
      const { traceState: _, ...rest } = next(parent)
      return rest
    }),
    "baggage-left-behind": seam.inherited(
      "The tenant is not known any more behind the first span.",
      ({ next }, parent) => {
        const { baggage: _, ...rest } = next(parent)
        return rest
      },
      "opentelemetry-js: a span context has no baggage, so a parent that is given by it has none",
    ),
    "empty-baggage-left-out": seam.baggageOf(
      "What is said to be empty is not said.",
      ({ next }, given) => {
        const pairs = Object.entries(next(given) ?? {}).filter(([, value]) => value !== "")
        return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
      },
      "opentelemetry-js 2.12: baggage with an empty value is dropped on its way in",
    ),
    "trace-state-of-roots-of-old": subclass(
      "A new trace says what another one's vendors said.",
      class extends ReferenceTracing {
        #last: Partial<TraceContext> = {}
        override inherited(parent?: TraceContext): Partial<TraceContext> {
          if (parent !== undefined) this.#last = super.inherited(parent)
          return this.#last
        }
      },
    ),
  },
  "TRACING-SPAN-17": {
    "set-attributes-gives-nothing": seam.handleOf("A line that goes on throws.", ({ next }, held) => {
      const handle = next(held)
      const { setAttributes } = handle
      return Object.assign(handle, {
        setAttributes: (given: object) => void setAttributes.call(handle, given as never),
      })
    }),
    "add-event-gives-the-event": seam.handleOf("A line that goes on throws.", ({ next }, held) => {
      const handle = next(held)
      const { addEvent } = handle
      return Object.assign(handle, {
        addEvent(name: string) {
          addEvent.call(handle, name)
          return { name } as unknown as SpanHandle
        },
      })
    }),
    "record-exception-gives-nothing": seam.handleOf(
      "A line that records and then sets the status throws, where an error was handled.",
      ({ next }, held) => {
        const handle = next(held)
        const { recordException } = handle
        return Object.assign(handle, { recordException: (error: unknown) => void recordException.call(handle, error) })
      },
      "opentelemetry-js: recordException gives nothing, though other methods give the span",
    ),
    "nothing-after-the-end": seam.handleOf("Late code throws, in the one case that nobody tried.", ({ next }, held) => {
      const handle = next(held)
      const { setStatus } = handle
      const once = (...args: Parameters<SpanHandle["setStatus"]>) =>
        held.endTime === undefined ? setStatus.apply(handle, args) : (undefined as unknown as SpanHandle)
      return Object.assign(handle, { setStatus: once }) as SpanHandle
    }),
  },
})

function withContext(handle: SpanHandle, context: TraceContext): SpanHandle {
  return Object.assign(handle, { context })
}
