import type { GivenAttributes, SpanAttributes } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

export const eventsMutants = mutants({
  "TRACING-EVENT-01": {
    "newest-first": seam.spanOf("A log is read from its end.", ({ next }, held) => {
      const span = next(held)
      return { ...span, events: span.events.toReversed() }
    }),
    "one-of-each-name": seam.event("Of three retries one is told.", ({ next }, held, name, given) => {
      if (!held.events.some((event) => event.name === name)) next(held, name, given)
    }),
    "times-of-the-start": seam.spanOf("All events stand at the beginning.", ({ next }, held) => {
      const span = next(held)
      return { ...span, events: span.events.map((event) => ({ ...event, time: span.startTime })) }
    }),
    "times-of-the-end": seam.spanOf("All events stand at the end.", ({ next }, held) => {
      const span = next(held)
      return { ...span, events: span.events.map((event) => ({ ...event, time: span.endTime })) }
    }),
    "events-in-times-of-the-process": seam.spanOf(
      "Events are of 1970, and their span is of today.",
      ({ next, self }, held) => {
        const span = next(held)
        return { ...span, events: span.events.map((event) => ({ ...event, time: self.clock.monotonic() })) }
      },
      "opentelemetry-js #206: performance.now() was taken for a time since the epoch",
    ),
    "attributes-of-events-left-out": seam.spanOf(
      "An event says that something happened, and not what.",
      ({ next }, held) => {
        const span = next(held)
        return { ...span, events: span.events.map((event) => ({ ...event, attributes: {} })) }
      },
      "opentelemetry-js 0.223, exporter-zipkin: attributes of events are left out",
    ),
    "attributes-of-events-shared": seam.event(
      "All events say what the last one said.",
      ({ next }, held, name, given) => {
        next(held, name, given)
        const last = held.events.at(-1)?.attributes ?? {}
        for (const [index, event] of held.events.entries()) held.events[index] = { ...event, attributes: last }
      },
    ),
  },
  "TRACING-EVENT-02": {
    "first-ones-kept": seam.keepLast(
      "Why it failed is not told.",
      (_, list, max) => list.splice(max).length,
      "deno #34795: above the limit new events are dropped, and the first ones kept",
    ),
    "events-without-limit": seam.keepLast(
      "A loop that logs fills the memory.",
      () => 0,
      "deno #34795: a span took events without bound",
    ),
    "events-not-counted": subclass(
      "Nobody learns that something is missing.",
      class extends ReferenceTracing {
        override keepLast(list: unknown[], max: number): number {
          super.keepLast(list, max)
          return 0
        }
      },
      "opentelemetry-js #3576: until then no span told how many events it had dropped",
    ),
    "one-event-too-many": seam.keepLast("129 are kept.", ({ next }, list, max) => next(list, max + 1)),
    "exceptions-are-dropped": seam.exception("Why it failed is not told.", ({ next }, held, error) => {
      if (held.events.length < 128) next(held, error)
    }),
    "all-dropped-at-once": seam.keepLast("One event too many takes all.", (_, list, max) =>
      list.length > max ? list.splice(0, list.length - 1).length : 0,
    ),
  },
  "TRACING-EVENT-03": {
    "type-is-the-code": seam.typeIn(
      "One kind of error is two for the receiver.",
      ({ next, self }, error) => self.memberOf(error, "code") || next(error),
      "opentelemetry-js 2.12: the code of an error goes before its name",
    ),
    "type-is-always-error": seam.typeIn("All errors are of one group.", ({ next }, error) =>
      error instanceof Error ? "Error" : next(error),
    ),
    "type-is-that-of-the-class": seam.typeIn("An error that was named is in another group.", ({ next }, error) =>
      error instanceof Error ? error.constructor.name : next(error),
    ),
    "message-with-its-type": seam.messageIn("The type is told twice.", ({ next }, error) =>
      error instanceof Error ? String(error) : next(error),
    ),
    "stack-left-out": seam.stackOf(
      "Nobody finds the line.",
      () => "",
      "deno #29104: message and stack of an error were not told apart",
    ),
    "stack-of-here": seam.stackOf(
      "All errors come from the tracing.",
      () => String(new Error("recorded").stack),
      "opentelemetry-python #3762: the stack was that of what was being handled, not of the error",
    ),
    "name-of-the-event-is-the-type": seam.exception(
      "No receiver knows that it is an error.",
      ({ self }, held, error) => {
        self.event(held, self.typeIn(error), self.exceptionOf(error))
      },
    ),
    "names-of-attributes-of-our-own": seam.exceptionOf("Receivers show no error.", ({ next }, error) => {
      const renamed = Object.entries(next(error)).map(([key, value]) => [key.replace("exception", "error"), value])
      return Object.fromEntries(renamed) as SpanAttributes
    }),
  },
  "TRACING-EVENT-04": {
    "causes-left-out": seam.causesOf(
      "A page failed, and nobody learns that the disk was full.",
      (_, error) => [error],
      "opentelemetry-js #4227: recordException loses the cause of an error",
    ),
    "first-cause-alone": seam.causesOf("The reason behind the reason is missing.", ({ next }, error) =>
      next(error).slice(0, 2),
    ),
    "all-causes": seam.causesOf("A ring of causes is a ring of text.", ({ self }, error) => {
      const chain = [error]
      for (let cause = self.causeOf(error); cause && chain.length < 100; cause = self.causeOf(cause)) chain.push(cause)
      return chain
    }),
    "cause-instead-of-the-error": seam.causesOf("The line that threw is missing.", ({ next }, error) => {
      const chain = next(error)
      return chain.length > 1 ? chain.slice(1) : chain
    }),
    "last-cause-first": seam.causesOf("A trace is read backwards.", ({ next }, error) => next(error).toReversed()),
    "causes-cut-off": seam.stackOf("The first causes are behind the limit.", ({ self }, error) =>
      self
        .causesOf(error)
        .map((each) => `${self.memberOf(each, "stack") || self.titleOf(each)}${"\n    at deep code".repeat(100)}`)
        .join("\nCaused by: "),
    ),
    "causes-must-be-errors": seam.causeOf("A cause that is text is missing.", ({ next }, error) => {
      const cause = next(error)
      return cause instanceof Error ? cause : undefined
    }),
    "endless-ring": subclass(
      "An error that is its own cause is not recorded.",
      class extends ReferenceTracing {
        override exception(...[held, error]: Parameters<ReferenceTracing["exception"]>): void {
          if (this.causeOf(error) !== error || error === undefined || error === null) super.exception(held, error)
        }
      },
    ),
  },
  "TRACING-EVENT-05": {
    "null-throws": seam.exception(
      "A rejection without a reason becomes an error of the tracing.",
      ({ next }, held, error) => {
        void (error as Error).message
        next(held, error)
      },
      "elastic apm-agent-rum-js #940: a rejection whose reason is null throws at reason.message",
    ),
    "getters-throw": seam.memberOf(
      "An error with a member that throws takes the request with it.",
      (_, error, name) => {
        const value = (error as Readonly<Record<string, unknown>> | null | undefined)?.[name]
        return typeof value === "string" ? value : ""
      },
      "opentelemetry-js 2.12: a getter that throws reaches the host",
    ),
    "only-errors": seam.exception("Text that is thrown is not told.", ({ next }, held, error) => {
      if (error instanceof Error || typeof error === "object") next(held, error)
    }),
    "text-without-a-message": seam.messageIn("What was thrown is not told.", ({ next }, error) =>
      typeof error === "string" ? "" : next(error),
    ),
    "nothing-for-nothing": seam.exception(
      "A rejection without a reason leaves no trace.",
      ({ next }, held, error) => {
        if (error !== undefined && error !== null) next(held, error)
      },
      "opentelemetry-js 2.12: an exception without type and message is not recorded",
    ),
    "type-left-out": seam.exceptionOf("Errors without a type are in no group.", ({ next }, error) => {
      const { "exception.type": type, ...rest } = next(error)
      return error instanceof Error && type !== undefined ? { "exception.type": type, ...rest } : rest
    }),
    "members-as-they-are": seam.exceptionOf("A message that is an object costs the batch.", ({ next }, error) => {
      const { message, name } = (error ?? {}) as { message?: unknown; name?: unknown }
      const isOdd = typeof name === "number" && typeof message === "object"
      return isOdd ? ({ ...next(error), "exception.type": name } as GivenAttributes as SpanAttributes) : next(error)
    }),
    "symbols-throw": seam.messageIn("A symbol that is thrown becomes a TypeError.", ({ next }, error) =>
      typeof error === "symbol" ? `${error as unknown as string}` : next(error),
    ),
  },
  "TRACING-EVENT-06": {
    "recorded-means-failed": seam.exception(
      "A request that was served is shown as failed.",
      ({ next, self }, held, error) => {
        next(held, error)
        self.status(held, "error", self.messageIn(error))
      },
      "micrometer-metrics/tracing #58: whenever a span has an exception its status becomes error",
    ),
    "recorded-clears-ok": seam.exception("What was said to be well is open again.", ({ next }, held, error) => {
      next(held, error)
      if (held.status.code === "ok") held.status = { code: "unset" }
    }),
    "message-replaced": seam.exception(
      "The message is that of an error that was handled.",
      ({ next, self }, held, error) => {
        next(held, error)
        if (held.status.code === "error") held.status = { code: "error", message: self.messageIn(error) }
      },
    ),
    "ok-keeps-no-exceptions": seam.exception("An error that was handled is not told.", ({ next }, held, error) => {
      if (held.status.code !== "ok") next(held, error)
    }),
  },
})
