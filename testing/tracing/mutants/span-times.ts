import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldSpan } from "../reference/sending.ts"

export const spanTimesMutants = mutants({
  "TRACING-SPAN-08": {
    "small-times-are-of-the-process": seam.timeOf(
      "A span of a test stands in the year of the machine's start.",
      ({ next, self }, ms) => {
        const time = next(ms)
        return time !== undefined && time < 1e7 ? self.clock.now() - self.clock.monotonic() + time : time
      },
      "opentelemetry-js #5111: a number below performance.now() is read as a time of the process",
    ),
    "times-in-seconds": seam.spanOf("Short calls took no time.", ({ next }, held) => {
      const span = next(held)
      return { ...span, endTime: Math.floor(span.endTime / 1000) * 1000 }
    }),
    "zero-is-no-time": seam.timeOf("A span that began with the epoch begins now.", ({ next }, ms) =>
      ms ? next(ms) : undefined,
    ),
    "times-rounded-to-32-bits": seam.spanOf("A span of this century stands in 1970.", ({ next }, held) => {
      const span = next(held)
      return { ...span, startTime: span.startTime >>> 0, endTime: span.endTime >>> 0 }
    }),
    "start-time-ignored": seam.newSpan("Imported traces all begin now.", ({ next }, name, options) =>
      next(name, { ...options, startTime: undefined }),
    ),
    "end-time-ignored": seam.finish("What was measured elsewhere took as long as its report.", ({ next }, held) =>
      next(held),
    ),
    "far-times-ignored": seam.timeOf("A date of a test far ahead is today's.", ({ next, self }, ms) =>
      typeof ms === "number" && ms > self.clock.now() * 1.5 ? undefined : next(ms),
    ),
  },
  "TRACING-SPAN-09": {
    "ends-when-it-begins": seam.finish("Everything took no time.", ({ next }, held, endTime) =>
      next(held, endTime ?? held.startTime),
    ),
    "begins-when-it-ends": seam.spanOf("Everything took no time.", ({ next }, held) => {
      const span = next(held)
      return { ...span, startTime: span.endTime }
    }),
    "times-of-the-process": subclass(
      "All spans are of 1970.",
      class extends ReferenceTracing {
        override newSpan(...[name, options]: Parameters<ReferenceTracing["newSpan"]>): HeldSpan {
          return super.newSpan(name, { ...options, startTime: options.startTime ?? this.clock.monotonic() + 1 })
        }
      },
      "opentelemetry-js #206: performance.now() was taken for a time since the epoch",
    ),
    "clock-of-seconds": changed(ReferenceTracing, "Calls of less than a second took none, or one.", {
      finish({ next, self }, held, endTime) {
        next(held, endTime ?? Math.ceil(self.clock.now() / 60_000) * 60_000)
      },
    }),
    "time-since-the-last-flush": subclass(
      "Spans begin when their batch did.",
      class extends ReferenceTracing {
        #since = 0
        override newSpan(...[name, options]: Parameters<ReferenceTracing["newSpan"]>): HeldSpan {
          this.#since ||= this.clock.now()
          return super.newSpan(name, { ...options, startTime: options.startTime ?? this.#since })
        }
      },
      "opentelemetry-js #3355: a time of origin that was kept puts spans days into the past",
    ),
  },
  "TRACING-SPAN-10": {
    "negative-times-taken": seam.timeOf(
      "A time before 1970 costs the whole batch.",
      ({ next }, ms) => (typeof ms === "number" && ms < 0 && Number.isFinite(ms) ? ms : next(ms)),
      "opentelemetry-js 0.223: a collector answers a JSON batch with a time before 1970 by 400",
    ),
    "far-years-taken": seam.timeOf(
      "Nanoseconds of a far year do not fit into 64 bits, and come back as another year.",
      ({ next }, ms) => (typeof ms === "number" && Number.isFinite(ms) && ms > 7e12 ? ms : next(ms)),
    ),
    "nan-taken": seam.timeOf(
      "The span has no time, and the receiver refuses it.",
      ({ next }, ms) => (Number.isNaN(ms) ? Number.NaN : next(ms)),
      "opentelemetry-js 2.12: a span whose time is NaN keeps a timer of 30 s set after shutdown",
    ),
    "dates-taken-for-numbers": seam.timeOf("A date is a time, and text is too, in one place of two.", ({ next }, ms) =>
      next(ms instanceof Date ? ms.getTime() : ms),
    ),
    "text-turned-into-a-number": seam.timeOf(
      "A time that was read from a header is one of the year 1970.",
      ({ next }, ms) => next(typeof ms === "string" ? Number(ms) : ms),
    ),
    "pairs-taken": seam.timeOf("Seconds and nanoseconds are taken here and nowhere else.", ({ next }, ms) =>
      next(Array.isArray(ms) ? ms[0] * 1000 + ms[1] / 1e6 : ms),
    ),
    "no-time-is-the-epoch": seam.timeOf("Spans without a time are of 1970.", ({ next }, ms) =>
      ms === null ? 0 : next(ms),
    ),
  },
  "TRACING-SPAN-11": {
    "negative-durations": seam.endOf(
      "A span took less than nothing, which receivers show as centuries.",
      (_, _held, time) => time,
      "opentelemetry-js #3327: spans had a negative duration where clocks differed",
    ),
    "start-moved-to-the-end": seam.endOf("A span began before it began.", (_, held, time) => {
      if (time < held.startTime) Object.assign(held, { startTime: time })
      return time
    }),
    "a-millisecond-at-least": seam.endOf("A span that was over at once took time.", ({ next }, held, time) =>
      time < held.startTime ? held.startTime + 1 : next(held, time),
    ),
    "ends-now-instead": seam.endOf("A wrong end makes a span of years.", ({ next, self }, held, time) =>
      time < held.startTime ? Math.max(self.clock.now(), held.startTime) : next(held, time),
    ),
  },
  "TRACING-SPAN-12": {
    "late-attributes-kept": seam.attribute("A span says what happened after it.", ({ self }, held, key, value) =>
      self.setOne(held.attributes, key, value),
    ),
    "late-set-attributes-kept": seam.manyAttributes(
      "A span says what happened after it.",
      ({ self }, held, given) => self.setMany(held.attributes, given),
      "opentelemetry-php #1999: setAttributes of a span that had ended was let through, unlike setAttribute",
    ),
    "late-events-kept": subclass(
      "A span has an event that is later than its end.",
      class extends ReferenceTracing {
        override event(held: HeldSpan, name: unknown): void {
          held.events.push({ name: this.nameOf(name), time: this.clock.now(), attributes: {} })
        }
      },
    ),
    "late-status-kept": seam.status(
      "A span that was sent as failed is well in the list of this process.",
      ({ self }, held, code, message) => {
        if (!self.isFinal(held)) held.status = code === "ok" ? self.okStatus(message) : self.errorStatus(message)
      },
      "opentelemetry-js #908: the plugin of express set the status of spans that had ended",
    ),
    "late-names-kept": seam.rename("A span is called after what came next.", ({ self }, held, name) => {
      held.name = self.nameOf(name)
    }),
    "second-end-moves-the-first": seam.finish(
      "A span lasts until the last place that ended it.",
      ({ next, self }, held, endTime) => {
        if (self.isRunning(held)) next(held, endTime)
        else held.endTime = self.timeOf(endTime) ?? self.clock.now()
      },
    ),
  },
  "TRACING-SPAN-13": {
    "counted-at-each-end": seam.finish("The counts say that spans were lost.", ({ next, self }, held, endTime) => {
      if (!self.isRunning(held)) self.count("ended", 1)
      next(held, endTime)
    }),
    "sent-at-each-end": seam.finish(
      "A span is there twice.",
      ({ next, self }, held, endTime) => {
        if (!self.isRunning(held)) self.enqueue(held)
        next(held, endTime)
      },
      "nodejs-pubsub #2119: one span was ended for each message of a batch",
    ),
    "with-span-sends-what-was-ended": seam.settled(
      "A span that its callback ended is there twice.",
      ({ next, self }, held) => {
        if (!self.isRunning(held)) self.enqueue(held)
        next(held)
      },
    ),
    "started-again": seam.finish(
      "An end that comes twice counts a span that was never started.",
      ({ next, self }, held, end) => {
        if (!self.isRunning(held)) {
          self.count("started", 1)
          self.count("ended", 1)
        }
        next(held, end)
      },
    ),
  },
})
