import type { SpanHandle, SpanOptions } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

function closed(): never {
  throw new Error("this tracing is closed")
}

export const flushingMutants = mutants({
  "TRACING-FLUSH-01": {
    "flush-does-not-wait": seam.flush(
      "A function is frozen before its spans have left.",
      async ({ next }, timeoutMs) => {
        setTimeout(() => next(timeoutMs))
      },
    ),
    "flush-does-nothing": seam.flush("A test finds no spans.", async () => {}),
    "flush-waits-for-full-batches": seam.sendAll("Few spans are never sent.", async ({ next, self }, timeoutMs) => {
      if (self.queue.length >= 512) await next(timeoutMs)
    }),
    "second-flush-is-the-first": subclass(
      "The next flush does not send spans that ended during the first.",
      class extends ReferenceTracing {
        #flushing: Promise<void> | undefined
        override flush(timeoutMs?: number): Promise<void> {
          this.#flushing ??= this.#flush(timeoutMs)
          return this.#flushing
        }
        async #flush(timeoutMs?: number): Promise<void> {
          const count = this.queue.length
          await new Promise((resolve) => setTimeout(resolve))
          const late = this.queue.splice(count)
          await super.flush(timeoutMs)
          this.queue.push(...late)
          this.#flushing = undefined
        }
      },
    ),
    "second-flush-does-not-wait": subclass(
      "Of two that flush at once one goes on too early.",
      class extends ReferenceTracing {
        #isFlushing = false
        override async flush(timeoutMs?: number): Promise<void> {
          if (this.#isFlushing) return
          this.#isFlushing = true
          await new Promise((resolve) => setTimeout(resolve))
          await super.flush(timeoutMs)
          this.#isFlushing = false
        }
      },
    ),
    "open-spans-are-sent": seam.flush(
      "A span is received twice, once without its end.",
      async ({ next, self }, timeoutMs) => {
        self.queue.push(...self.open)
        await next(timeoutMs)
      },
    ),
  },
  "TRACING-FLUSH-02": {
    "flush-refuses-its-timeout": seam.timeoutOf("The end of a process fails.", ({ next }, ms) => {
      if (ms !== undefined && typeof ms !== "number") throw new TypeError("timeoutMs must be a number")
      return next(ms)
    }),
    "flush-of-0-rejects": seam.flush(
      "A flush that need not wait fails.",
      async ({ next }, timeoutMs) => {
        await next(timeoutMs)
        if (timeoutMs === 0) throw new Error("Timeout")
      },
      "@opentelemetry/sdk-trace-base 2.12.1: a forceFlush that takes longer than its limit rejects with Error: Timeout",
    ),
    "flush-throws-at-once": subclass(
      "Nobody catches it.",
      class extends ReferenceTracing {
        override flush(timeoutMs?: number): Promise<void> {
          if (Number.isNaN(timeoutMs)) throw new RangeError("timeoutMs must be a number")
          return super.flush(timeoutMs)
        }
      },
    ),
    "flush-computes-with-anything": seam.timeoutOf("A symbol costs the end of a process.", (_, ms) => Number(ms)),
    "flush-of-infinity-never-ends": seam.flush("A process does not end.", async ({ next }, timeoutMs) => {
      await next(timeoutMs)
      if (timeoutMs === Number.POSITIVE_INFINITY) await new Promise(() => {})
    }),
    "flush-tells-how-many": seam.flush(
      "Callers come to rely on a number that others do not give.",
      async ({ next, self }, timeoutMs) => {
        const { exported } = self.counts
        await next(timeoutMs)
        return (self.counts.exported - exported) as unknown as undefined
      },
    ),
  },
  "TRACING-FLUSH-03": {
    "startSpan-throws-after-close": seam.begin("Requests that are under way fail.", ({ next, self }, name, options) =>
      self.closed ? closed() : next(name, options),
    ),
    "withSpan-rejects-after-close": subclass(
      "The last orders are not taken.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          return this.closed ? closed() : super.withSpan(name, options, fn)
        }
      },
    ),
    "withSpan-runs-nothing-after-close": subclass(
      "The last orders are lost.",
      class extends ReferenceTracing {
        override async withSpan<T>(
          name: string,
          options: SpanOptions,
          fn: (span: SpanHandle) => T | Promise<T>,
        ): Promise<T> {
          return this.closed ? (undefined as T) : super.withSpan(name, options, fn)
        }
      },
    ),
    "run-throws-after-close": seam.run("The last messages are not handled.", ({ next, self }, context, fn) =>
      self.closed ? closed() : next(context, fn),
    ),
    "flush-rejects-after-close": seam.flush("A second end of a process fails.", async ({ next, self }, timeoutMs) =>
      self.closed ? closed() : next(timeoutMs),
    ),
    "stats-throw-after-close": seam.stats("Nobody can be told what was lost.", ({ next, self }) =>
      self.closed ? closed() : next(),
    ),
    "close-rejects-the-second-time": seam.close("Two who close it at the end are at odds.", async ({ next, self }) =>
      self.closed ? closed() : next(),
    ),
    "late-spans-are-received": changed(ReferenceTracing, "A receiver that was let go is called again.", {
      began({ self }, held) {
        self.count("started", 1)
        self.open.add(held)
      },
    }),
    "extract-throws-after-close": seam.extract("The last requests fail.", ({ next, self }, carrier) =>
      self.closed ? closed() : next(carrier),
    ),
    "ended-spans-of-before-throw": seam.isRunning(
      "Who describes a request after close fails.",
      ({ next, self }, held) => (self.closed && !self.open.has(held) && held.name === "open" ? closed() : next(held)),
    ),
  },
  "TRACING-FLUSH-04": {
    "close-sends-nothing": seam.close("The last requests are not in the traces.", async ({ next, self }) => {
      self.dropPending()
      await next()
    }),
    "close-loses-in-silence": seam.close("The last requests are lost, and nobody knows.", async ({ next, self }) => {
      self.queue = []
      await next()
    }),
    "close-does-not-wait": seam.close("A process ends before its spans have left.", async ({ self }) => {
      self.closed = true
      setTimeout(() => self.sendAll(0))
    }),
    "close-sends-one": seam.close("Of the last requests one is in the traces.", async ({ next, self }) => {
      const [first, ...rest] = self.queue
      self.queue = first === undefined ? [] : [first]
      self.count("dropped", rest.length)
      await next()
    }),
  },
})
