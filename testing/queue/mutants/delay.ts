import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldQueue } from "../reference/store.ts"

const LONGEST_TIMER_MS = 2_147_483_647

export const delayMutants = mutants({
  "QUEUE-DELAY-01": {
    "delay-ignored": seam.delayOf(
      "A reminder for tomorrow comes today.",
      () => 0,
      "@objectstack/service-queue 16.1, memory: delay is ignored",
    ),
    "delay-rounded-down-to-seconds": seam.delayOf(
      "A message comes up to a second early.",
      ({ next }, options) => Math.floor(next(options) / 1000) * 1000,
      "pgmq, Amazon SQS: a delay counts whole seconds",
    ),
    "looked-at-some-time-before": seam.isDue("A message comes a little early.", ({ self }, { dueAt }) => {
      return self.clock.monotonic() >= dueAt * 0.97
    }),
  },
  "QUEUE-DELAY-02": {
    "delay-rounded-up-to-seconds": seam.delayOf(
      "A message comes up to a second late.",
      ({ next }, options) => Math.ceil(next(options) / 1000) * 1000,
      "pgmq, Amazon SQS: a delay counts whole seconds",
    ),
    "looked-at-once-in-three-seconds": seam.nextDueAt(
      "A message waits for the next time that somebody looks.",
      ({ next }, held) => Math.ceil(next(held) / 3000) * 3000,
      "pg-boss 12: by default a worker looks once in two seconds",
    ),
    "nobody-looks-until-the-next-publish": seam.startTimer(
      "A message that is due waits for another one to come.",
      () => {},
      "rsmq #14: a delayed message is found when somebody asks",
    ),
  },
  "QUEUE-DELAY-03": {
    "first-timer-is-kept": subclass(
      "What is due in a minute waits for what is due in six hours.",
      class extends ReferenceQueue {
        readonly #until = new WeakMap<HeldQueue, number>()
        override startTimer(queue: string): void {
          const held = this.queueOf(queue)
          if ((this.#until.get(held) ?? -1) > this.clock.monotonic()) return
          super.startTimer(queue)
          this.#until.set(held, this.nextDueAt(held))
        }
      },
      "bullmq #1680: a job with a delay of six hours held up those of a minute that were added later",
    ),
    "delayed-in-the-order-of-publish": seam.due(
      "A message with a short delay waits for a longer one.",
      ({ self }, held) => {
        const delayed = self.messagesOf(held, "delayed")
        const first = delayed.findIndex((message) => !self.isDue(message))
        return first === -1 ? delayed : delayed.slice(0, first)
      },
      "RabbitMQ: messages of different TTL expire at the head of a queue alone",
    ),
  },
  "QUEUE-DELAY-04": {
    "delay-in-one-timer": seam.delayOf(
      "A reminder for next year comes now.",
      ({ next }, options) => (next(options) > LONGEST_TIMER_MS ? 1 : next(options)),
      "bull #452: a job with a delay of more than 2^31 ms ran at once",
    ),
    "delay-in-32-bits": seam.delayOf(
      "A reminder for next year comes now, or on some other day.",
      ({ next }, options) => Math.max(0, next(options) | 0),
      "meteor.jobs #5: times beyond 24.8 days do not fit a timer",
    ),
    "delay-cut": seam.delayOf(
      "A reminder for next week comes in a quarter of an hour.",
      ({ next }, options) => Math.min(next(options), 900_000),
      "Amazon SQS: a delay is at most 15 minutes",
    ),
  },
  "QUEUE-DELAY-05": {
    "delayed-head-holds-the-queue": seam.nextDelivery(
      "One reminder for tomorrow stops all work.",
      ({ next, self }, held) => {
        const found = next(held)
        const delayed = self.messagesOf(held, "delayed")
        return delayed.some(({ order }) => order < (found?.message.order ?? 0)) ? undefined : found
      },
      "vapor-queues-fluent-driver #15: a delayed job that was next in line paused the whole queue",
    ),
    "delayed-messages-take-slots": seam.hasSlot(
      "A worker sleeps until its message is due.",
      ({ next, self }, subscription) => {
        const held = [...self.store.queues.values()].find(({ subscriptions }) => subscriptions.includes(subscription))
        return next(subscription) && (held === undefined || self.messagesOf(held, "delayed").length === 0)
      },
      "Celery: a worker holds tasks with an eta until they are due, and they fill its prefetch",
    ),
    "only-the-first-thirty-looked-at": seam.nextDelivery(
      "Delayed messages of a higher priority hide those that are due.",
      ({ next, self }, held) => {
        const hiding = self.messagesOf(held, "delayed").filter(({ options }) => (options.priority ?? 2) < 2)
        return hiding.length < 30 ? next(held) : undefined
      },
      "@objectstack/service-queue 17, database: a poll reads 30 messages by priority, and those that are not due count",
    ),
  },
})
