import type { TracingStats } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

const SILENT_CLOSE = "@opentelemetry/sdk-trace-base 2.12.1: nothing is told of spans that are open at shutdown"

export const statsMutants = mutants({
  "TRACING-STATS-01": {
    "started-counts-at-the-end": changed(ReferenceTracing, "Spans that nobody ends are not seen.", {
      began({ self }, held) {
        if (!self.closed) self.open.add(held)
      },
      ended({ next, self }, held) {
        if (self.open.has(held)) self.count("started", 1)
        next(held)
      },
    }),
    "each-end-counts": seam.finish("More has ended than was started.", ({ next, self }, held, endTime) => {
      if (!self.isRunning(held)) self.count("ended", 1)
      next(held, endTime)
    }),
    "spans-of-withSpan-are-not-counted": subclass(
      "Half of the spans are in no count.",
      class extends ReferenceTracing {
        override async withSpan<T>(...args: Parameters<ReferenceTracing["withSpan"]>): Promise<T> {
          const given = (await super.withSpan(...args)) as T
          this.count("started", -1)
          this.count("ended", -1)
          return given
        }
      },
    ),
    "children-are-not-counted": seam.began("Only requests are counted.", ({ next, self }, held) => {
      next(held)
      if (held.parentSpanId !== undefined) self.count("started", -1)
    }),
    "flush-starts-anew": seam.flush(
      "Counts begin anew, and no graph can be made of them.",
      async ({ next, self }, timeoutMs) => {
        await next(timeoutMs)
        self.counts.started = self.open.size
        self.counts.ended = 0
        self.counts.exported = 0
      },
    ),
    "ends-are-counted-when-sent": changed(ReferenceTracing, "Spans are open for as long as they wait.", {
      ended({ next, self }, held) {
        next(held)
        self.count("ended", -1)
      },
      receive({ next, self }, batch) {
        self.count("ended", batch.length)
        return next(batch)
      },
    }),
  },
  "TRACING-STATS-02": {
    "pending-is-not-counted": seam.pending("Waiting spans are in no count.", () => 0),
    "what-is-on-its-way-is-not-counted": changed(ReferenceTracing, "Spans on their way are in no count.", {
      async sendBatch({ next, self }, timeoutMs) {
        const batch = self.queue
        self.queue = []
        await Promise.resolve()
        self.queue = [...batch, ...self.queue]
        return next(timeoutMs)
      },
    }),
    "exported-counts-twice": seam.receive("More is exported than has ended.", ({ next, self }, batch) => {
      self.count("exported", batch.length)
      return next(batch)
    }),
    "pending-has-the-open-ones": seam.pending(
      "Open spans are said to wait.",
      ({ next, self }) => next() + self.open.size,
    ),
    "late-spans-are-not-dropped": seam.began(
      "Spans of after close are in no count.",
      ({ next, self }, held) => {
        next(held)
        if (self.closed) self.count("dropped", -1)
      },
      "@opentelemetry/sdk-trace-base 2.12.1: nothing is told of spans that are started after shutdown",
    ),
    "open-at-close-are-dropped-twice": seam.finish(
      "More is dropped than has ended.",
      ({ next, self }, held, endTime) => {
        if (self.closed && self.isRunning(held)) self.count("dropped", 1)
        next(held, endTime)
      },
    ),
  },
  "TRACING-STATS-03": {
    "exported-counts-requests": seam.receive("The count is that of requests.", ({ next, self }, batch) => {
      const taken = next(batch)
      self.count("exported", 1 - batch.length)
      self.count("dropped", batch.length - 1)
      return taken
    }),
    "flush-sends-one-batch": seam.sendAll("After a flush something waits.", async ({ self }, timeoutMs) => {
      const rest = self.queue.splice(100)
      if (self.queue.length > 0) await self.sendBatch(timeoutMs)
      self.queue.push(...rest)
    }),
    "receiver-gets-each-twice": seam.receive("A trace has each span twice.", ({ next, self }, batch) => {
      next(batch)
      self.store.received.push(...self.store.received.slice(-1))
      return batch.length
    }),
    "last-of-a-batch-is-lost": seam.receive("One span of each batch is lost.", ({ next }, batch) => {
      next(batch.slice(0, -1))
      return batch.length
    }),
    "exported-comes-late": changed(ReferenceTracing, "The count is always that of before.", {
      async flush({ next, self }, timeoutMs) {
        const { exported } = self.counts
        await next(timeoutMs)
        const sent = self.counts.exported - exported
        self.counts.exported = exported
        setTimeout(() => self.count("exported", sent))
      },
    }),
  },
  "TRACING-STATS-04": {
    "open-ones-stay-open": seam.dropOpen("Spans that close loses are in no count.", () => {}, SILENT_CLOSE),
    "open-ones-end-without-being-dropped": seam.dropOpen("Spans that close loses are said to wait.", ({ self }) => {
      self.count("ended", self.open.size)
      self.open.clear()
    }),
    "open-ones-are-sent": seam.dropOpen("Spans are received that never ended.", ({ self }) => {
      for (const held of [...self.open]) self.finish(held)
    }),
    "ends-of-after-close-count": seam.dropOpen(
      "Spans that end after close are sent to nobody, and counted as open until then.",
      ({ self }) => {
        self.count("dropped", self.open.size)
      },
    ),
    "open-ones-are-left-out": seam.dropOpen("Lost spans look as if nobody wanted them.", ({ self }) => {
      self.count("ended", self.open.size)
      self.count("sampledOut", self.open.size)
      self.open.clear()
    }),
  },
  "TRACING-STATS-05": {
    "late-spans-are-in-no-count": seam.began(
      "Work that goes on after close is not seen.",
      ({ next, self }, held) => {
        if (self.closed) held.endTime = held.startTime
        else next(held)
      },
      "@opentelemetry/sdk-trace-base 2.12.1: a span that is started after shutdown records nothing, and nothing says so",
    ),
    "late-spans-are-left-out": seam.began("Lost spans look as if nobody wanted them.", ({ next, self }, held) => {
      next(held)
      if (!self.closed) return
      self.count("dropped", -1)
      self.count("sampledOut", 1)
    }),
    "late-spans-wait": seam.began("Spans that nobody will send are said to wait.", ({ next, self }, held) => {
      if (!self.closed) return next(held)
      self.count("started", 1)
      self.open.add(held)
    }),
    "late-spans-are-sent": changed(ReferenceTracing, "A receiver that was let go is called again.", {
      began({ self }, held) {
        self.count("started", 1)
        self.open.add(held)
      },
    }),
  },
  "TRACING-STATS-06": {
    "overflow-is-in-no-count": seam.keep(
      "Of a burst nobody knows how much is lost.",
      ({ self }, held) => {
        self.kept.push(held)
        if (self.queue.length < 100) self.enqueue(held)
        else self.count("ended", -1)
      },
      "@opentelemetry/sdk-trace-base 2.12.1: of 5,000 spans in one tick 2,560 are sent, and no count says what became of the others",
    ),
    "overflow-is-still-pending": subclass(
      "Lost spans are said to wait, for ever.",
      class extends ReferenceTracing {
        #lost = 0
        override keep(...[held]: Parameters<ReferenceTracing["keep"]>): void {
          if (this.queue.length < 100) super.keep(held)
          else this.#lost++
        }
        override pending(): number {
          return super.pending() + this.#lost
        }
      },
    ),
    "overflow-counts-as-exported": seam.keep("Lost spans are said to have been received.", ({ next, self }, held) => {
      if (self.queue.length < 100) next(held)
      else self.count("exported", 1)
    }),
    "counts-stop-at-4095": seam.stats("A count that is kept in 12 bits begins anew.", ({ next }): TracingStats => {
      const stats = next()
      return { ...stats, ended: stats.ended % 4096 }
    }),
    "oldest-makes-room-in-silence": seam.keep(
      "The beginning of a burst is lost in silence.",
      ({ next, self }, held) => {
        if (self.queue.length >= 100) self.queue.shift()
        next(held)
      },
    ),
  },
})
