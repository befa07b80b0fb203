import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage } from "../reference/store.ts"

export const faultsMutants = mutants({
  "QUEUE-FAULT-01": {
    "publish-tried-again": seam.publish(
      "An order whose answer was lost is delivered twice.",
      async ({ next, self }, queue, data, options) => {
        try {
          return await next(queue, data, options)
        } catch (error) {
          if (self.store.fault !== "none" || !ServiceError.is(error) || error.code !== "TIMEOUT") throw error
          return next(queue, data, options)
        }
      },
      "ioredis: commands without an answer are sent again when the connection is back",
    ),
    "error-without-id": seam.unknownOutcome(
      "Nobody can find out what became of an order.",
      (_, { code, message }) => new ServiceError(code, message, { details: { outcome: "unknown" } }),
    ),
    "error-with-another-id": seam.unknownOutcome(
      "Who asks what became of an order is told that it never was.",
      ({ next, self }, error) => next(error, self.newId()),
      "BullMQ 6.7 without jobId: the store makes the id, and it is lost with the answer",
    ),
  },
  "QUEUE-FAULT-02": {
    "refused-and-kept-for-later": subclass(
      "An order that was refused is delivered when the store is back, beside its repetition.",
      class extends ReferenceQueue {
        readonly #kept: (() => void)[] = []
        override async publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
          if (this.store.fault === "unreachable") this.#kept.push(() => void this.add(queue, data, options))
          return super.publish(queue, data, options)
        }
        override checkPublish(...args: Parameters<ReferenceQueue["checkPublish"]>): void {
          super.checkPublish(...args)
          for (const publish of this.#kept.splice(0)) publish()
        }
      },
      "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back",
    ),
    "lost-answer-called-unavailable": seam.unknownOutcome(
      "A caller orders again what was ordered, as if it had not been.",
      (_, { message }) => new ServiceError("UNAVAILABLE", message),
      "node-redis 6: an answer that is lost rejects as one of a closed socket, though the server has done the work",
    ),
  },
  "QUEUE-FAULT-03": {
    "unheard-completion-is-a-failure": seam.settledUnheard(
      "Finished work is done again after each short loss of the connection.",
      ({ self }, queue, message) => self.fail(queue, message, "error", { message: "The connection was lost." }),
      "BullMQ 6.7 on node-redis: a completion whose connection drops is recorded as a failure",
    ),
    "unheard-completion-is-a-crash": seam.settledUnheard(
      "Finished work is done again when its loan is over.",
      ({ self }, queue, message) => void self.clock.setTimeout(() => self.lose(queue, message), 1000),
    ),
  },
  "QUEUE-FAULT-04": {
    "lost-delivery-is-an-attempt": seam.loseOnItsWay(
      "A handler is told that it has failed before.",
      ({ next }, queue, message, subscription) => {
        message.attempts++
        next(queue, message, subscription)
      },
      "BullMQ 6.7: attemptsMade and stalledCounter do not know whether a handler was called",
    ),
    "lost-delivery-ends-the-message": seam.loseOnItsWay(
      "A message is dead that no handler has seen.",
      ({ self }, queue, message, subscription) => {
        message.state = "active"
        message.attempts++
        self.clock.setTimeout(() => self.lose(queue, message), self.leaseMs(subscription))
      },
      "BullMQ 6.7 with maxStalledCount 0, and Amazon SQS with maxReceiveCount 1",
    ),
    "lost-delivery-never-comes-back": seam.loseOnItsWay(
      "A message is with nobody, for good.",
      (_, _queue, message) => {
        message.state = "active"
      },
      "lists in Redis that are popped: what is popped and does not arrive is gone",
    ),
  },
  "QUEUE-FAULT-05": {
    "looks-at-the-next-publish": seam.wakeAll("After an outage what is due waits until somebody publishes.", () => {}),
    "subscriptions-end-with-the-line": seam.wakeAll(
      "After an outage everything looks well, and no work is done.",
      ({ self }) => {
        for (const queue of self.subscriptions.keys()) self.queueOf(queue).subscriptions.length = 0
      },
      "amqplib: a channel that is closed takes its consumers along, and nobody makes them again",
    ),
  },
  "QUEUE-FAULT-06": {
    "messages-in-memory": subclass(
      "Work that was promised is gone.",
      class extends ReferenceQueue {
        readonly #storedIn = new WeakMap<HeldMessage, number>()
        override newMessage(...args: Parameters<ReferenceQueue["newMessage"]>): HeldMessage {
          const message = super.newMessage(...args)
          this.#storedIn.set(message, this.store.restarts)
          return message
        }
        override messagesOf(...args: Parameters<ReferenceQueue["messagesOf"]>): HeldMessage[] {
          const { restarts } = this.store
          return super.messagesOf(...args).filter((message) => (this.#storedIn.get(message) ?? restarts) === restarts)
        }
      },
    ),
    "delay-ends-with-a-restart": seam.isDue(
      "What was to come tomorrow comes when the store is started again.",
      ({ next, self }, message) => next(message) || self.store.restarts > 0,
    ),
    "priority-ends-with-a-restart": seam.waiting(
      "What was urgent waits behind everything else.",
      ({ next, self }, held) =>
        self.store.restarts > 0 ? next(held).sort((one, other) => one.order - other.order) : next(held),
    ),
  },
  "QUEUE-FAULT-07": {
    "pause-ends-with-a-restart": seam.queueOf(
      "What was stopped for a good reason goes on.",
      ({ next, self }, queue) => {
        const held = next(queue)
        if (self.store.restarts > 0) held.paused = false
        return held
      },
    ),
  },
  "QUEUE-FAULT-08": {
    "dead-end-with-a-restart": seam.dead("What failed is gone before anybody has looked.", ({ next, self }, held) =>
      self.store.restarts > 0 ? [] : next(held),
    ),
    "schedules-end-with-a-restart": seam.listSchedules(
      "What was to run each night runs no more.",
      async ({ next, self }, queue) => {
        if (self.store.restarts > 0) self.queueOf(queue).schedules.clear()
        return next(queue)
      },
      "node-cron and setInterval: schedules are in the process",
    ),
    "zones-end-with-a-restart": seam.zoneOf("After a restart everything is an hour off.", ({ next, self }, schedule) =>
      self.store.restarts > 0 ? "UTC" : next(schedule),
    ),
  },
  "QUEUE-FAULT-09": {
    "given-id-is-ignored": seam.add(
      "Who asks what became of an order has ordered twice.",
      ({ next }, queue, data, options = {}) => next(queue, data, { ...options, id: undefined }),
    ),
    "key-kept-by-the-client": seam.holdKey(
      "An order that is repeated by its key, since its answer was lost, is delivered twice.",
      ({ next, self }, held, options, id) => {
        if (self.store.fault === "none") next(held, options, id)
      },
      "p-memoize and other caches of promises: a call that rejects is forgotten",
    ),
  },
})
