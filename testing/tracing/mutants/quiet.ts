import type { SpanHandle, SpanOptions } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

const THROWING_GETTER = "@opentelemetry/sdk-trace-base 2.12.1: what a getter of attributes throws reaches the host"

/** A value goes to the receiver as it is, which refuses the batch for it. */
function refusedFor(isCostly: (text: string) => boolean, why: string, source?: string) {
  return seam.receive(
    why,
    ({ next, self }, batch) => (batch.some((held) => isCostly(JSON.stringify(self.spanOf(held)))) ? 0 : next(batch)),
    source,
  )
}

export const quietMutants = mutants({
  "TRACING-QUIET-01": {
    "options-are-read-at-once": seam.readSpan(
      "A getter costs the request.",
      ({ self }, name, options) => self.newSpan(name, options),
      THROWING_GETTER,
    ),
    "null-is-read-as-options": subclass(
      "Options that are null cost the request.",
      class extends ReferenceTracing {
        override startSpan(name: string, options: SpanOptions = {}): SpanHandle {
          if (options.parent === undefined && options.kind === "internal") return super.startSpan(name)
          return super.startSpan(name, options)
        }
      },
      "@opentelemetry/sdk-trace-base 2.12.1: startSpan with options that are null throws a TypeError",
    ),
    "links-are-walked": seam.linksOf(
      "A link that is null costs the request.",
      (_, given) => ((given ?? []) as { context: never }[]).map(({ context }) => ({ context, attributes: {} })),
      "@opentelemetry/sdk-trace-base 2.12.1: a list of links with null in it throws a TypeError",
    ),
    "name-becomes-text": changed(ReferenceTracing, "A name whose toString throws costs the request.", {
      nameOf: (_, name) => `${name}`.slice(0, 256) || "unnamed",
      readSpan: ({ self }, name, options) => self.newSpan(name, options),
    }),
    "query-is-taken-apart": seam.getSpans("A page of traces fails for a query that is null.", ({ next }, query) => {
      const { name, traceId } = query as { name?: string; traceId?: string }
      return next({ name, traceId })
    }),
    "run-looks-at-its-context": seam.contextOf("A message with a broken context is not handled.", ({ next }, given) => {
      const { traceId } = given as { traceId: string }
      return traceId === "" ? undefined : next(given)
    }),
    "what-fails-counts-twice": seam.readSpan("Spans are open for ever.", ({ next, self }, name, options) => {
      try {
        return self.newSpan(name, options)
      } catch {
        self.count("started", 1)
        return next(name, {})
      }
    }),
    "carrier-is-taken-for-an-object": seam.inject(
      "A carrier that is undefined costs the message.",
      ({ self }, carrier, context) => {
        const held = self.contextOf(context ?? self.activeContext())
        if (held === undefined && Object.keys(carrier).length === 0) return
        if (held !== undefined) self.writeContext(carrier, held)
      },
    ),
  },
  "TRACING-QUIET-02": {
    "lists-are-read-at-once": seam.quietly(
      "A list that throws costs the request.",
      (_, call) => call(),
      THROWING_GETTER,
    ),
    "exception-is-read-at-once": seam.memberOf(
      "An error whose message is a getter that throws hides the error.",
      (_, error, name) => String((error as Record<string, unknown> | undefined)?.[name] ?? ""),
      "@opentelemetry/sdk-trace-base 2.12.1: recordException of an object whose getters throw throws",
    ),
    "attributes-are-walked": seam.keysOf("Attributes that are null or a proxy cost the request.", (_, __, given) =>
      Object.keys(given as object),
    ),
    "message-becomes-text": seam.messageOf("A message that is a symbol costs the request.", (_, message) =>
      message === undefined ? undefined : `${message}`.slice(0, 4096),
    ),
    "event-name-becomes-text": seam.event(
      "An event whose name is a symbol costs the request.",
      ({ next }, held, name, given) => next(held, `${name}`, given),
    ),
    "ended-span-throws": seam.isRunning("A line after the end of a span costs the request.", ({ next }, held) => {
      if (!next(held)) throw new Error("the span has ended")
      return true
    }),
    "end-computes-with-anything": seam.timeOf("An end that is a symbol costs the request.", ({ next }, ms) =>
      ms === undefined ? undefined : next(Number(ms)),
    ),
    "methods-give-nothing": seam.handleOf("A chain of calls ends at the first one.", ({ next }, held) => {
      const span = next(held)
      const { recordException } = span
      return Object.assign(span, {
        recordException(error: unknown) {
          recordException.call(span, error)
          return undefined as unknown as SpanHandle
        },
      })
    }),
    "what-throws-loses-the-span": seam.exception(
      "A span with a strange error is lost.",
      ({ next, self }, held, error) => {
        if (typeof error === "symbol" || typeof error === "bigint") self.open.delete(held)
        next(held, error)
      },
    ),
  },
  "TRACING-QUIET-03": {
    "NaN-goes-as-it-is": changed(
      ReferenceTracing,
      "One attribute hides what all requests did.",
      {
        numberOf: (_, number) => number,
        sendBatch({ next, self }, timeoutMs) {
          const values = self.queue.flatMap((held) => Object.values(self.recordOf(held.attributes)).flat())
          if (!values.some((value) => typeof value === "number" && !Number.isFinite(value))) return next(timeoutMs)
          self.count("dropped", self.queue.length)
          self.queue = []
          return true
        },
      },
      "OpenTelemetry collector 0.165.0: a batch of OTLP as JSON with NaN in it is answered with 400",
    ),
    "numbers-of-64-bits-cost-the-batch": changed(
      ReferenceTracing,
      "One counter hides what all requests did.",
      {
        numberOf: (_, number) => (Number.isFinite(number) ? number : String(number)),
        receive({ next, self }, batch) {
          const values = batch.flatMap((held) => Object.values(self.recordOf(held.attributes)).flat())
          return values.some((value) => typeof value === "number" && Math.abs(value) >= 2 ** 63) ? 0 : next(batch)
        },
      },
      "OpenTelemetry collector 0.165.0: a batch of OTLP as JSON with an integer of 2^63 is answered with 400",
    ),
    "times-before-1970-cost-the-batch": changed(
      ReferenceTracing,
      "One clock that is wrong hides what all requests did.",
      {
        timeOf: (_, ms) => (typeof ms === "number" && Number.isFinite(ms) ? ms : undefined),
        receive: ({ next }, batch) => (batch.some(({ startTime }) => startTime < 0) ? 0 : next(batch)),
      },
      "OpenTelemetry collector 0.165.0: a batch of OTLP as JSON with a time before 1970 is answered with 400",
    ),
    "names-that-are-no-text-cost-the-batch": changed(
      ReferenceTracing,
      "One name that was forgotten hides what all requests did.",
      {
        nameOf: (_, name) => name as string,
        receive: ({ next }, batch) => (batch.some(({ name }) => typeof name !== "string") ? 0 : next(batch)),
      },
      "@opentelemetry/exporter-trace-otlp-proto 0.223.1: a name that is undefined throws, and the batch is lost",
    ),
    "half-a-character-costs-the-batch": refusedFor(
      (text) => text.includes("\\ud800"),
      "One emoji that was cut hides what all requests did.",
    ),
    "bad-span-is-left-out": seam.ended("A span whose name was forgotten is lost.", ({ next, self }, held) => {
      if (held.name !== "unnamed") return next(held)
      self.open.delete(held)
      self.count("ended", 1)
      self.count("dropped", 1)
    }),
    "list-with-a-hole-costs-the-batch": changed(ReferenceTracing, "One list hides what all requests did.", {
      isOneKind: ({ next }, items) => next(items.filter((item) => item !== undefined && item !== null)),
      receive({ next, self }, batch) {
        const lists = batch.flatMap((held) => Object.values(self.recordOf(held.attributes)).filter(Array.isArray))
        return lists.some((list) => list.includes(undefined)) ? 0 : next(batch)
      },
    }),
  },
  "TRACING-QUIET-04": {
    "unreadable-options-keep-it-from-running": seam.readSpan(
      "An order is not taken for the sake of an attribute.",
      ({ self }, name, options) => self.newSpan(name, options),
      THROWING_GETTER,
    ),
    "unreadable-options-run-it-without-a-span": subclass(
      "The steps of an order are in no trace.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          try {
            this.newSpan(name, options)
          } catch {
            return fn(this.handleOf(this.unrecorded({})))
          }
          return super.withSpan(name, options, fn)
        }
      },
    ),
    "tries-again-from-the-start": subclass(
      "An order is taken twice.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          try {
            return await super.withSpan(name, options, fn)
          } catch {
            return super.withSpan(name, {}, fn)
          }
        }
      },
    ),
    "unreadable-options-count-twice": seam.readSpan("Spans are open for ever.", ({ next, self }, name, options) => {
      try {
        return self.newSpan(name, options)
      } catch {
        self.began(next(name, {}))
        return next(name, {})
      }
    }),
    "null-options-throw": subclass(
      "Who has no options cannot say null.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          if (typeof options !== "object" || options === null) throw new TypeError("options must be an object")
          return super.withSpan(name, options, fn)
        }
      },
      "@opentelemetry/sdk-trace-base 2.12.1: startSpan with options that are null throws a TypeError",
    ),
  },
  "TRACING-QUIET-05": {
    "large-spans-are-refused": refusedFor(
      (text) => text.length > 1_000_000,
      "A receiver that takes four megabytes refuses the batch.",
      "gRPC: a receiver takes 4 MiB for a message unless it is told to take more, and refuses the whole of it",
    ),
    "text-is-not-cut": seam.cutText(
      "A body that was put into an attribute fills the memory.",
      ({ self }, text, maxLength) => {
        if (text.length > 1_000_000) throw new RangeError(`${self.service}: too large`)
        return text.slice(0, maxLength)
      },
    ),
    "circles-are-followed": changed(ReferenceTracing, "An object that refers to itself costs the request.", {
      attributeOf: ({ next }, value) =>
        next(typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value),
      setMany({ next, self }, held, given) {
        if (typeof given !== "object" || given === null) return next(held, given)
        for (const [key, value] of Object.entries(given)) self.setOne(held, key, value)
      },
    }),
    "all-causes-are-followed": seam.causesOf("An error that is its own cause hangs the process.", ({ self }, error) => {
      const chain: unknown[] = []
      for (let cause: unknown = error; cause !== undefined && cause !== null; cause = self.causeOf(cause)) {
        chain.push(cause)
        if (chain.length > 20_000) throw new RangeError("Invalid array length")
      }
      return chain
    }),
    "causes-are-followed-by-calls": subclass(
      "A long chain of causes is more than the stack holds.",
      class extends ReferenceTracing {
        override causesOf(error: unknown): unknown[] {
          const cause = this.causeOf(error)
          return cause === undefined || cause === null ? [error] : [error, ...this.causesOf(cause)]
        }
      },
    ),
    "wide-spans-are-left-out": seam.ended("A span with many attributes is lost.", ({ next, self }, held) => {
      if (held.attributes.dropped < 10_000) return next(held)
      self.open.delete(held)
      self.count("ended", 1)
      self.count("dropped", 1)
    }),
  },
})
