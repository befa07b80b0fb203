import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldQueue } from "../reference/store.ts"

export const rateLimitMutants = mutants({
  "QUEUE-RATE-01": {
    "rate-limit-taken-and-ignored": seam.mayStart("The limit of another service is run over.", () => true),
    "one-start-too-many": seam.mayStart(
      "Each window has one call more than the other service takes.",
      ({ next }, held) => next(held) || held.window.started === held.rateLimit?.max,
    ),
    "window-ends-unnoticed": seam.windowEnd(
      "What is over the limit waits until somebody publishes again.",
      () => Number.POSITIVE_INFINITY,
    ),
  },
  "QUEUE-RATE-02": {
    "attempts-take-no-place": seam.fail(
      "A message that fails calls the limited service as often as it likes.",
      ({ next, self }, queue, ...args) => {
        self.queueOf(queue).window.started--
        next(queue, ...args)
      },
    ),
    "returned-deliveries-take-no-place": seam.giveBack(
      "A handler that gives a message back, since it is over the limit, gets it again at once.",
      ({ next, self }, message, delayMs) => {
        self.queueOf(message.queue).window.started--
        next(message, delayMs)
      },
    ),
  },
  "QUEUE-RATE-03": {
    "limit-of-each-client": seam.mayStart(
      "Each process that is added raises the limit.",
      ({ next }, held) => next(held) || held.window.started < (held.rateLimit?.max ?? 0) * held.subscriptions.length,
      "p-queue and bottleneck without a store: a limiter in each process",
    ),
  },
  "QUEUE-RATE-04": {
    "latest-limit-holds": seam.limitRate(
      "A process with old numbers sets them for all others.",
      ({ self }, queue, { rateLimit }) => {
        self.queueOf(queue).rateLimit = rateLimit
      },
      "BullMQ 6.7: workers with other numbers share one counter, each with its own limit",
    ),
    "duration-not-compared": seam.limitRate(
      "The same number in another time is another limit.",
      ({ next, self }, queue, { rateLimit }) => {
        const known = self.queueOf(queue).rateLimit
        next(queue, { rateLimit: known?.max === rateLimit?.max ? known : rateLimit })
      },
    ),
  },
  "QUEUE-RATE-05": {
    "windows-one-after-the-other": seam.countStart(
      "A burst at the end of one window is followed by that of the next.",
      ({ next, self }, held) => {
        const { opensAt } = held.window
        next(held)
        const { durationMs = 1 } = held.rateLimit ?? {}
        if (Number.isFinite(opensAt) && held.window.opensAt !== opensAt) {
          held.window.opensAt = self.clock.monotonic() - ((self.clock.monotonic() - opensAt) % durationMs)
        }
      },
    ),
    "bucket-that-drips": changed(ReferenceQueue, "After a pause messages start one by one, not together.", {
      mayStart: ({ self }, held) => self.clock.monotonic() >= nextDrop(held),
      countStart: ({ self }, held) => {
        held.window = { opensAt: self.clock.monotonic(), started: 1 }
      },
      windowEnd: ({ self }, held) => (self.mayStart(held) ? Number.POSITIVE_INFINITY : nextDrop(held)),
    }),
  },
})

function nextDrop({ rateLimit, window }: HeldQueue): number {
  return window.opensAt + (rateLimit?.durationMs ?? 0) / (rateLimit?.max ?? 1)
}
