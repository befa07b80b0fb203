import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage } from "../reference/store.ts"

/** Only to be read: what a handler says to it comes to nothing. */
const NO_CONTEXT = {} as never

export const publishMutants = mutants({
  "QUEUE-PUB-01": {
    "type-lost": seam.messageOf("A handler of several types cannot tell what it has.", ({ next }, held) => {
      const { type: _, ...message } = next(held)
      return message
    }),
    "attempts-from-zero": seam.messageOf(
      "The first attempt looks like none.",
      ({ next }, held) => {
        const message = next(held)
        return { ...message, attempts: message.attempts - 1 }
      },
      "BullMQ: attemptsMade is 0 while the first attempt runs",
    ),
  },
  "QUEUE-PUB-02": {
    "ids-with-a-small-counter": seam.newId("Of many messages of one millisecond some are lost.", ({ next, self }) => {
      const count = String(self.store.idsGiven++ % 128).padStart(16, "0")
      return next().slice(0, 10) + count
    }),
    "ids-counted-by-each-client": subclass(
      "Two clients give one id to two messages.",
      class extends ReferenceQueue {
        #given = 0
        override newId(): string {
          const count = String(++this.#given).padStart(16, "0")
          return super.newId().slice(0, 10) + count
        }
      },
      "@objectstack/service-queue 16.1, memory: the first message of every instance is msg-1",
    ),
  },
  "QUEUE-PUB-03": {
    "ids-of-one-millisecond-by-chance": seam.newId(
      "Messages of one millisecond are listed in no order.",
      ({ next }) => {
        const id = next()
        const chance = String(Math.random()).slice(2, 8).padStart(6, "0")
        return id.slice(0, 10) + chance + id.slice(16)
      },
      "ulid: without its monotonic factory, ids of one millisecond sort by chance",
    ),
    "ids-are-counters": seam.newId(
      "The tenth message is listed before the second, and an id fits no column of fixed length.",
      ({ self }) => String(++self.store.idsGiven),
      "BullMQ: without one of its own a job has a counter as its id",
    ),
  },
  "QUEUE-PUB-04": {
    "handler-runs-inline": seam.wake(
      "A publisher runs the handlers of its messages.",
      ({ self }, queue) => self.pump(queue),
      "@objectstack/service-queue 16.1, memory: publish calls the handler, and waits for it",
    ),
  },
  "QUEUE-PUB-05": {
    "nobody-there-nothing-kept": seam.add(
      "Messages from before the worker started are lost.",
      ({ next, self }, queue, data, options) =>
        self.queueOf(queue).subscriptions.length === 0 ? self.newId() : next(queue, data, options),
      "@objectstack/service-queue 16.1, memory: a message that is published before a subscribe is lost",
    ),
    "late-subscriber-begins-at-the-end": seam.subscribe(
      "A worker that starts late never sees what was published before.",
      async ({ next, self }, queue, handler, options) => {
        await next(queue, handler, options)
        self.queueOf(queue).messages.clear()
      },
      "Redis Streams: a group that is made with $ is given only what is added later",
    ),
  },
  "QUEUE-PUB-06": {
    "every-handler-of-the-client-hears": seam.start(
      "Each handler is called with the messages of every queue.",
      ({ next, self }, queue, subscription, message) => {
        for (const other of self.subscriptions.values()) {
          if (other !== subscription) void other.handler(self.messageOf(message), NO_CONTEXT)
        }
        next(queue, subscription, message)
      },
    ),
    "names-match-as-prefixes": seam.start(
      "A queue gets the messages of those whose names begin with its own.",
      ({ next, self }, queue, subscription, message) => {
        for (const [name, other] of self.subscriptions) {
          if (name !== queue && queue.startsWith(name)) void other.handler(self.messageOf(message), NO_CONTEXT)
        }
        next(queue, subscription, message)
      },
    ),
  },
  "QUEUE-PUB-07": {
    "timestamp-of-the-delivery": seam.messageOf("A message looks new at each attempt.", ({ next, self }, held) => ({
      ...next(held),
      timestamp: self.clock.now(),
    })),
    "timestamp-of-the-due-time": seam.newMessage(
      "A delayed message was published in the future.",
      ({ next, self }, queue, id, json, options, order) => ({
        ...next(queue, id, json, options, order),
        timestamp: self.timestampNow() + self.delayOf(options),
      }),
    ),
    "timestamp-in-seconds": seam.timestampNow("Messages are from 1970.", ({ next }) => Math.floor(next() / 1000)),
  },
  "QUEUE-PUB-08": {
    "metadata-not-handed-over": seam.messageOf(
      "What is written with a message nobody can read.",
      ({ next }, held) => {
        const { metadata: _, ...message } = next(held)
        return message
      },
      "@objectstack/service-queue 17, database: metadata is stored, and not in what a handler is given",
    ),
    "metadata-lost-at-a-retry": seam.messageOf("A trace ends at the first retry.", ({ next }, held) => {
      const { metadata, ...message } = next(held)
      return held.attempts > 1 || metadata === undefined ? message : { ...message, metadata }
    }),
    "metadata-names-lower-cased": seam.messageOf(
      "A handler looks for a name that is not there.",
      ({ next }, held) => {
        const { metadata = {}, ...message } = next(held)
        const entries = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value])
        return { ...message, metadata: Object.fromEntries(entries) }
      },
      "Node: names of HTTP headers come in lower case",
    ),
    "metadata-values-trimmed": seam.messageOf("A value is not what was published.", ({ next }, held) => {
      const { metadata = {}, ...message } = next(held)
      const entries = Object.entries(metadata).map(([name, value]) => [name, value.trim()])
      return { ...message, metadata: Object.fromEntries(entries) }
    }),
  },
  "QUEUE-PUB-09": {
    "queue-locked-while-a-handler-runs": subclass(
      "A handler that publishes to its own queue waits for itself.",
      class extends ReferenceQueue {
        override async publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
          await Promise.resolve()
          const running = [...(this.subscriptions.get(queue)?.running.values() ?? [])]
          await Promise.all(running.map(({ done }) => done))
          return super.publish(queue, data, options)
        }
      },
    ),
  },
  "QUEUE-PUB-10": {
    "message-lost-under-load": seam.pump("Under load messages are never delivered.", ({ next, self }, queue) => {
      const held = self.queueOf(queue)
      for (const { id } of self.messagesOf(held, "waiting").slice(400)) held.messages.delete(id)
      next(queue)
    }),
    "message-started-twice": seam.countStart("Two workers read the same head of the queue.", ({ next, self }, held) => {
      next(held)
      const [first] = self.waiting(held)
      const [subscription] = held.subscriptions
      if (first !== undefined && held.published > 900) subscription?.handler(self.messageOf(first), NO_CONTEXT)
    }),
  },
  "QUEUE-PUB-11": {
    "messages-kept-in-the-client": subclass(
      "A worker in another process never gets anything.",
      class extends ReferenceQueue {
        readonly #own = Math.random().toString(36)
        override prefix(): string {
          return `${super.prefix()}${this.#own}:`
        }
      },
      "@objectstack/service-queue 16.1, memory: handlers are those of one instance",
    ),
    "other-clients-not-woken": seam.wake(
      "A worker sleeps on until it publishes something itself.",
      ({ next, self }, queue) => {
        if (self.subscriptions.has(queue)) next(queue)
      },
    ),
  },
  "QUEUE-PUB-12": {
    "each-client-gets-each-message": seam.start(
      "Every worker does all of the work.",
      ({ next, self }, queue, subscription, message) => {
        for (const other of self.queueOf(queue).subscriptions) {
          if (other !== subscription) void other.handler(self.messageOf(message), NO_CONTEXT)
        }
        next(queue, subscription, message)
      },
      "Redis PUBLISH: every subscriber hears it",
    ),
    "claimed-in-two-steps": seam.nextDelivery(
      "Two workers that look at one time take the same message.",
      ({ next, self }, held) => {
        const found = next(held)
        const rival = held.subscriptions.find((other) => other !== found?.subscription && self.hasSlot(other))
        const isEven = (message: HeldMessage) => message.order % 2 === 0
        if (found && rival && isEven(found.message)) void rival.handler(self.messageOf(found.message), NO_CONTEXT)
        return found
      },
      "@objectstack/service-queue 17, database: two workers claim one message, since the claim is a read and a write",
    ),
  },
})
