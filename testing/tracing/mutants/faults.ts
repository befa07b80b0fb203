import type { SpanHandle, SpanOptions } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

const REJECTS =
  "@opentelemetry/sdk-trace-base 2.12.1: forceFlush rejects with an array of errors, and shutdown with an error"
const WAITS = "@opentelemetry/sdk-trace-base 2.12.1: forceFlush has no timeout of its own, and waits for the exporter's"

const NEVER = new Promise<never>(() => {})

export const faultsMutants = mutants({
  "TRACING-FAULT-01": {
    "withSpan-waits-for-the-receiver": subclass(
      "All requests wait for a receiver that is away.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          const given = await super.withSpan(name, options, fn)
          if (this.store.fault === "silent") await NEVER
          return given
        }
      },
    ),
    "withSpan-fails-with-the-receiver": subclass(
      "No order is taken while the receiver is away.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          const given = await super.withSpan(name, options, fn)
          this.checkOpen()
          return given
        }
      },
    ),
    "end-throws-with-the-receiver": seam.ended("Each request fails at its end.", ({ next, self }, held) => {
      next(held)
      self.checkOpen()
    }),
    "full-queue-throws": seam.keep("Requests fail once the queue is full.", ({ next, self }, held) => {
      if (self.queue.length >= 2048) throw new RangeError("the queue is full")
      next(held)
    }),
    "full-queue-loses-in-silence": seam.keep("Nobody knows how much is lost.", ({ next, self }, held) => {
      if (self.queue.length < 2048) next(held)
    }),
    "requests-are-sent-one-by-one": subclass(
      "Each request takes as long as the receiver does.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          const given = await super.withSpan(name, options, fn)
          if (this.store.fault !== "none") await this.wait(50)
          return given
        }
      },
    ),
  },
  "TRACING-FAULT-02": {
    "flush-rejects-with-the-receiver": seam.flush(
      "The end of a process fails.",
      async ({ next, self }, timeoutMs) => {
        await next(timeoutMs)
        self.checkOpen()
      },
      REJECTS,
    ),
    "flush-waits-for-an-answer": seam.patience(
      "A process does not end while the receiver is silent.",
      () => 2 ** 31 - 1,
      WAITS,
    ),
    "flush-tries-until-it-works": seam.sendAll(
      "A process does not end while the receiver is away.",
      async ({ next, self }, timeoutMs) => {
        await next(timeoutMs)
        while (self.queue.length > 0 && self.store.fault === "unreachable") await self.wait(10)
      },
    ),
    "flush-times-out-with-an-error": seam.waitInVain(
      "The end of a process fails.",
      async ({ next }, batch, timeoutMs) => {
        await next(batch, timeoutMs)
        throw new Error("Timeout")
      },
      REJECTS,
    ),
    "flush-0-waits-for-ever": seam.patience("Who does not want to wait must.", ({ next }, timeoutMs) =>
      timeoutMs === 0 ? 2 ** 31 - 1 : next(timeoutMs),
    ),
  },
  "TRACING-FAULT-03": {
    "close-rejects-with-the-receiver": seam.close(
      "A deployment fails since its traces are lost.",
      async ({ next, self }) => {
        await next()
        self.checkOpen()
      },
      REJECTS,
    ),
    "close-waits-for-an-answer": seam.close(
      "A deployment hangs for as long as the receiver does.",
      async ({ next, self }) => {
        if (self.store.fault === "silent") await NEVER
        await next()
      },
      "@opentelemetry/sdk-trace-base 2.12.1: shutdown waits as long as forceFlush, 8.5 s for one batch with OTLP's defaults",
    ),
    "close-tries-until-it-works": seam.close(
      "A deployment hangs for as long as the receiver does.",
      async ({ next, self }) => {
        while (self.store.fault === "unreachable") await self.wait(10)
        await next()
      },
    ),
    "left-overs-are-pending-for-ever": seam.dropPending("Lost spans are said to wait.", () => {}),
    "left-overs-are-in-no-count": seam.dropPending(
      "Nobody knows how much is lost.",
      ({ self }) => {
        self.queue = []
      },
      "@opentelemetry/sdk-trace-base 2.12.1: nothing tells how many spans were left at shutdown",
    ),
    "left-overs-count-as-exported": seam.dropPending("Lost spans are said to have been received.", ({ self }) => {
      self.count("exported", self.queue.length)
      self.queue = []
    }),
    "silent-batch-is-in-no-count": seam.waitInVain(
      "Spans on their way are in no count.",
      async ({ next, self }, batch, timeoutMs) => {
        const goes = await next(batch, timeoutMs)
        if (self.closed) self.queue = self.queue.filter((held) => !batch.includes(held))
        return goes
      },
    ),
  },
  "TRACING-FAULT-04": {
    "gives-up-for-good": subclass(
      "A receiver that was restarted gets nothing until the application is.",
      class extends ReferenceTracing {
        #isLost = false
        override sendBatch(timeoutMs: number): boolean | Promise<boolean> {
          this.#isLost ||= this.store.fault === "unreachable"
          return this.#isLost ? false : super.sendBatch(timeoutMs)
        }
      },
    ),
    "waits-for-the-lost-answer": subclass(
      "One answer that is lost ends all traces.",
      class extends ReferenceTracing {
        #isWaiting = false
        override sendBatch(timeoutMs: number): boolean | Promise<boolean> {
          if (this.#isWaiting) return false
          this.#isWaiting = this.store.fault === "silent" || this.store.fault === "lose-answer"
          return super.sendBatch(timeoutMs)
        }
      },
    ),
    "full-queue-stays-full": subclass(
      "A queue that was full once takes nothing any more.",
      class extends ReferenceTracing {
        #isFull = false
        override keep(...[held]: Parameters<ReferenceTracing["keep"]>): void {
          this.#isFull ||= this.queue.length >= 512 && this.store.fault !== "none"
          if (this.#isFull) this.count("dropped", 1)
          else super.keep(held)
        }
      },
    ),
    "lost-batch-stands-in-the-way": seam.keepForLater(
      "A batch that was refused is tried for ever, before all others.",
      ({ next, self }, batch) => {
        const [first] = batch
        if (first !== undefined) self.sendAll = async () => {}
        return next(batch)
      },
    ),
  },
  "TRACING-FAULT-05": {
    "exported-counts-what-was-sent": changed(
      ReferenceTracing,
      "All is well in the counts, and nothing arrives.",
      {
        keepForLater({ self }, batch) {
          self.count("exported", batch.length)
          return true
        },
      },
      "@opentelemetry/otlp-exporter-base 0.223.1: a batch that the receiver answers with any 2xx counts as taken",
    ),
    "silence-counts-as-an-answer": seam.waitInVain(
      "A receiver that hangs looks well.",
      async ({ self }, batch, timeoutMs) => {
        await self.wait(self.patience(timeoutMs))
        self.count("exported", batch.length)
        return true
      },
    ),
    "exported-at-the-end-of-a-span": changed(ReferenceTracing, "All is well in the counts, and nothing arrives.", {
      keep({ next, self }, held) {
        next(held)
        self.count("exported", 1)
      },
      receive({ next, self }, batch) {
        self.count("exported", -batch.length)
        return next(batch)
      },
    }),
    "lost-answer-is-in-no-count": seam.sendBatch(
      "A batch whose answer was lost is in no count.",
      ({ next, self }, timeoutMs) => {
        const isLost = self.store.fault === "lose-answer"
        const { dropped } = self.counts
        const goes = next(timeoutMs)
        if (isLost) self.counts.dropped = dropped
        return goes
      },
    ),
    "lost-batch-is-in-no-count": seam.keepForLater("A batch that was not taken is in no count.", () => false),
  },
})
