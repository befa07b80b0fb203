import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage, Subscription } from "../reference/store.ts"

export const subscribeMutants = mutants({
  "QUEUE-SUB-01": {
    "second-handler-takes-over": seam.subscribe(
      "The handler that a process began with is never called again.",
      async ({ next, self }, queue, handler, options) => {
        await self.end(self.encodeName(queue))
        await next(queue, handler, options)
      },
    ),
    "both-handlers-called": seam.subscribe(
      "Each message is handled twice.",
      async ({ next, self }, queue, handler, options) => {
        self.checkName(queue)
        const first = self.queueOf(queue).subscriptions.find((other) => other === self.subscriptions.get(queue))
        if (first === undefined) return next(queue, handler, options)
        const { handler: former } = first
        const both = async (...args: Parameters<typeof former>) => {
          await former(...args)
          return handler(args[0], args[1])
        }
        Object.assign(first, { handler: both })
      },
      "@objectstack/service-queue 16.1: each subscribe adds a handler, and all are called with each message",
    ),
    "second-handler-ignored": seam.subscribe(
      "A handler is never called, and nobody says so.",
      async ({ next, self }, queue, handler, options) => {
        if (!self.subscriptions.has(self.encodeName(queue))) await next(queue, handler, options)
      },
    ),
    "refusal-ends-the-first": seam.subscribe(
      "A mistake in one module stops the work of another.",
      async ({ next, self }, queue, handler, options) => {
        try {
          await next(queue, handler, options)
        } catch (error) {
          await self.end(queue)
          throw error
        }
      },
    ),
  },
  "QUEUE-SUB-02": {
    "running-handlers-not-waited-for": seam.ended(
      "A process exits in the middle of its work.",
      async () => {},
      "bullmq #2199, Python: close ends the connection and does not wait for jobs that run",
    ),
    "first-handler-to-end-is-waited-for": seam.ended(
      "A process exits when the first of its handlers has ended.",
      async (_, { running }) => {
        if (running.size > 0) await Promise.race([...running.values()].map(({ done }) => done))
      },
    ),
  },
  "QUEUE-SUB-03": {
    "unsubscribe-drops-what-waits": seam.end(
      "Messages are lost at each deployment.",
      async ({ next, self }, queue) => {
        await next(queue)
        self.queueOf(queue).messages.clear()
      },
      "RabbitMQ: a queue that is declared with auto-delete goes with its last consumer, and its messages with it",
    ),
    "works-on-until-empty": seam.end(
      "A worker that should stop takes all that waits.",
      async ({ next, self }, queue) => {
        const isEmpty = () => self.messagesOf(self.queueOf(queue), "waiting").length === 0
        while (self.subscriptions.has(queue) && !isEmpty()) await new Promise((resolve) => setImmediate(resolve))
        await next(queue)
      },
    ),
    "unsubscribe-forgets-and-goes-on": seam.end(
      "A handler is called after its module was stopped.",
      async ({ self }, queue) => {
        const subscription = self.subscriptions.get(queue)
        self.subscriptions.delete(queue)
        if (subscription !== undefined) await self.ended(subscription)
      },
    ),
    "subscribed-once-and-for-all": seam.end(
      "A worker that was stopped cannot be started again.",
      async ({ next, self }, queue) => {
        const subscription = self.subscriptions.get(queue)
        await next(queue)
        if (subscription !== undefined) self.subscriptions.set(queue, subscription)
      },
    ),
  },
  "QUEUE-SUB-04": {
    "nothing-to-end-is-refused": seam.unsubscribe(
      "A shutdown stops half-way at a queue that was never subscribed.",
      async ({ next, self }, queue) => {
        self.checkName(queue)
        if (!self.subscriptions.has(queue)) self.refuse("NOT_FOUND", "This queue has no subscription.")
        await next(queue)
      },
    ),
  },
  "QUEUE-SUB-05": {
    "one-more-than-allowed": seam.hasSlot(
      "A limit of connections is passed by one.",
      (_, { concurrency, running }) => running.size < (concurrency === 1 ? 1 : concurrency + 1),
    ),
    "concurrency-ignored": seam.hasSlot("A machine does one thing at a time.", (_, { running }) => running.size === 0),
    "batch-before-batch": subclass(
      "One slow message keeps all slots empty.",
      class extends ReferenceQueue {
        readonly #left = new WeakMap<Subscription, number>()
        override hasSlot(subscription: Subscription): boolean {
          const { concurrency, running } = subscription
          if (running.size === 0) this.#left.set(subscription, concurrency)
          return (this.#left.get(subscription) ?? 0) > 0
        }
        override start(queue: string, subscription: Subscription, message: HeldMessage): void {
          this.#left.set(subscription, (this.#left.get(subscription) ?? 0) - 1)
          super.start(queue, subscription, message)
        }
      },
      "pikku #1020: the batch size of pg-boss was taken for concurrency, so one slow job held up a whole batch",
    ),
  },
  "QUEUE-SUB-06": {
    "many-at-once-by-default": seam.subscribe(
      "Handlers that were written for one at a time run side by side.",
      ({ next }, queue, handler, options) => next(queue, handler, { concurrency: 5, ...options }),
      "Sidekiq: five jobs of a process run at one time unless it is told otherwise",
    ),
    "next-starts-when-the-call-returns": seam.hasSlot(
      "Handlers run side by side as soon as they wait for something.",
      ({ next }, subscription) => subscription.concurrency === 1 || next(subscription),
      "fastq, p-queue and their kind: a task whose promise is not returned counts as done",
    ),
  },
  "QUEUE-SUB-07": {
    "one-handler-at-a-time-in-all": seam.hasSlot("One slow queue stops all others.", ({ next, self }, subscription) => {
      const running = [...self.subscriptions.values()].some((other) => other.running.size > 0)
      return next(subscription) && !running
    }),
    "one-subscription-for-each-client": seam.subscribe(
      "The queue that was subscribed first is no longer served.",
      async ({ next, self }, queue, handler, options) => {
        await next(queue, handler, options)
        for (const other of self.subscriptions.keys()) if (other !== queue) void self.end(other)
      },
    ),
  },
})
