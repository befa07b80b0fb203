import type { RecordedSpan } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

const LIVE =
  "@opentelemetry/sdk-trace-base 2.12.1: getFinishedSpans gives the spans themselves, with lists that can be changed"

export const readingMutants = mutants({
  "TRACING-READ-01": {
    "spans-by-their-start": changed(ReferenceTracing, "A page shows a request before the queries that it waited for.", {
      began({ next, self }, held) {
        next(held)
        self.kept.push(held)
      },
      keep({ next, self }, held) {
        const { kept } = self
        self.kept = []
        next(held)
        self.kept = kept
      },
      isAsked: ({ next, self }, held, query) => !self.open.has(held) && next(held, query),
    }),
    "newest-spans-first": seam.getSpans("A test reads its spans from behind.", ({ next }, query) =>
      next(query).toReversed(),
    ),
    "by-the-end-that-was-given": seam.getSpans("Two spans change places since a clock was set.", ({ next }, query) =>
      next(query).toSorted((one, other) => one.endTime - other.endTime),
    ),
    "open-spans-are-read": seam.getSpans("A span is shown that may still change.", ({ next, self }, query) => [
      ...next(query),
      ...[...self.open].map((held) => self.spanOf(held)),
    ]),
    "spans-are-read-once-sent": changed(ReferenceTracing, "A test must flush before it reads.", {
      keep({ next, self }, held) {
        next(held)
        self.kept.pop()
      },
      receive({ next, self }, batch) {
        self.kept.push(...batch)
        return next(batch)
      },
    }),
    "flush-forgets": seam.flush("Who flushes has nothing to read.", async ({ next, self }, timeoutMs) => {
      await next(timeoutMs)
      self.kept = []
    }),
    "last-hundred-are-kept": seam.keep("A test of many requests reads the last of them.", ({ next, self }, held) => {
      next(held)
      self.kept = self.kept.slice(-100)
    }),
    "ended-again-is-read-again": seam.finish("A span is shown twice.", ({ next, self }, held, endTime) => {
      if (!self.isRunning(held)) self.kept.push(held)
      next(held, endTime)
    }),
  },
  "TRACING-READ-02": {
    "query-is-not-looked-at": seam.isAsked("Who looks for one request reads all.", () => true),
    "trace-id-is-not-looked-at": seam.isAsked("Who looks for one request reads all.", ({ next }, held, query) =>
      next(held, query?.name === undefined ? {} : { name: query.name }),
    ),
    "name-is-not-looked-at": seam.isAsked("Who looks for one query reads all.", ({ next }, held, query) =>
      next(held, query?.traceId === undefined ? {} : { traceId: query.traceId }),
    ),
    "name-or-trace": seam.isAsked(
      "Who looks for one query of a request reads all of both.",
      (_, { context, name }, query) =>
        query === undefined || (query.name === undefined && query.traceId === undefined)
          ? true
          : name === query.name || context.traceId === query.traceId,
    ),
    "query-is-the-beginning-of-a-name": seam.isAsked("Who looks for a query finds others.", ({ next }, held, query) =>
      query?.name === undefined
        ? next(held, query)
        : held.name.startsWith(query.name) && next(held, { ...query, name: held.name }),
    ),
    "name-in-any-case": seam.isAsked("Who looks for a query finds others.", ({ next }, held, query) =>
      query?.name?.toLowerCase() === held.name.toLowerCase()
        ? next(held, { ...query, name: held.name })
        : next(held, query),
    ),
    "undefined-is-a-name": seam.isAsked(
      "Who leaves a name open finds nothing.",
      (_, { context, name }, query = {}) =>
        (!("name" in query) || query.name === name) && (!("traceId" in query) || query.traceId === context.traceId),
    ),
    "one-span-of-each-name": seam.getSpans("Of three queries one is shown.", ({ next }, query) => {
      const byName = new Map(next(query).map((span) => [span.name, span]))
      return query?.name === undefined ? next(query) : [...byName.values()]
    }),
  },
  "TRACING-READ-03": {
    "clearSpans-does-nothing": seam.clearSpans("A test reads the spans of the one before.", () => {}),
    "clearSpans-starts-anew": seam.clearSpans("Counts of a process begin anew with each test.", ({ next, self }) => {
      next()
      Object.assign(self.counts, { started: 0, ended: 0, exported: 0, dropped: 0, sampledOut: 0 })
    }),
    "clearSpans-forgets-the-open-ones": seam.clearSpans(
      "A request that is under way is never seen.",
      ({ next, self }) => {
        next()
        self.open.clear()
      },
    ),
    "clearSpans-is-for-good": subclass(
      "After it nothing is kept.",
      class extends ReferenceTracing {
        #isCleared = false
        override clearSpans(): void {
          super.clearSpans()
          this.#isCleared = true
        }
        override getSpans(...args: Parameters<ReferenceTracing["getSpans"]>): readonly RecordedSpan[] {
          return this.#isCleared ? [] : super.getSpans(...args)
        }
      },
    ),
    "clearSpans-keeps-the-last": seam.clearSpans("A test reads a span of the one before.", ({ self }) => {
      self.kept = self.kept.slice(-1)
    }),
    "clearSpans-empties-what-was-read": subclass(
      "Spans that a test has read vanish.",
      class extends ReferenceTracing {
        readonly #read: RecordedSpan[] = []
        override getSpans(...args: Parameters<ReferenceTracing["getSpans"]>): readonly RecordedSpan[] {
          this.#read.splice(0, this.#read.length, ...super.getSpans(...args))
          return this.#read
        }
        override clearSpans(): void {
          super.clearSpans()
          this.#read.length = 0
        }
      },
    ),
  },
  "TRACING-READ-04": {
    "spans-are-read-as-they-are": subclass(
      "A page that hides a value hides it for all.",
      class extends ReferenceTracing {
        readonly #spans = new Map<string, RecordedSpan>()
        override getSpans(...args: Parameters<ReferenceTracing["getSpans"]>): readonly RecordedSpan[] {
          return super.getSpans(...args).map((span) => {
            const held = this.#spans.get(span.context.spanId) ?? span
            this.#spans.set(span.context.spanId, held)
            return held
          })
        }
      },
      LIVE,
    ),
    "lists-are-read-as-they-are": sharing("A page that sorts a list sorts it for all.", (kept, span) => ({
      ...span,
      attributes: kept.attributes,
    })),
    "events-are-read-as-they-are": sharing("A page that hides an event hides it for all.", (kept, span) => ({
      ...span,
      events: kept.events,
    })),
    "contexts-are-read-as-they-are": sharing("A page that shortens an id does so for all.", (kept, span) => ({
      ...span,
      context: kept.context,
    })),
    "links-are-read-as-they-are": sharing("A page that shortens an id does so for all.", (kept, span) => ({
      ...span,
      links: kept.links,
    })),
    "status-is-read-as-it-is": sharing("A page that shortens a message does so for all.", (kept, span) => ({
      ...span,
      status: kept.status,
    })),
  },
})

/** Each span is read with a part that is the same for all who read it. */
function sharing(why: string, share: (kept: RecordedSpan, span: RecordedSpan) => RecordedSpan) {
  return subclass(
    why,
    class extends ReferenceTracing {
      readonly #spans = new Map<string, RecordedSpan>()
      override getSpans(...args: Parameters<ReferenceTracing["getSpans"]>): readonly RecordedSpan[] {
        return super.getSpans(...args).map((span) => {
          const { spanId } = span.context
          const kept = this.#spans.get(spanId) ?? structuredClone(span)
          this.#spans.set(spanId, kept)
          return share(kept, span)
        })
      }
    },
  )
}
