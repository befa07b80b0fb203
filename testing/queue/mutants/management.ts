import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"

/** A mutant of publishMany that changes the options of items. */
function batchWith(why: string, change: (options: PublishOptions, items: readonly PublishItem[]) => PublishOptions) {
  return seam.publishMany(why, async ({ next, self }, queue, items) => {
    self.checkItems(queue, items)
    return next(
      queue,
      items.map(({ data, options = {} }) => ({ data, options: change(options, items) })),
    )
  })
}

export const managementMutants = mutants({
  "QUEUE-MGMT-01": {
    "batch-loses-metadata": batchWith(
      "A trace ends where a message goes through a batch.",
      ({ metadata, ...options }) => options,
    ),
    "batch-loses-delay": batchWith("What a batch has for tomorrow is sent today.", ({ delay, ...options }) => options),
    "batch-has-one-set-of-options": batchWith("Every item of a batch is sent as its first one.", (_, [first]) => {
      const { idempotencyKey, id, ...options } = first?.options ?? {}
      return options
    }),
    "batch-loses-attempts": batchWith(
      "What must be tried ten times is given up after three, in a batch.",
      ({ maxAttempts, ...options }) => options,
    ),
    "ids-in-another-order": seam.publishMany("An id is noted for another item.", async ({ next }, queue, items) =>
      (await next(queue, items)).reverse(),
    ),
  },
  "QUEUE-MGMT-02": {
    "batch-publishes-up-to-the-bad-item": seam.publishMany(
      "A batch that is mended and sent again is sent twice up to its mistake.",
      async ({ next }, queue, items) => {
        if (!Array.isArray(items)) return next(queue, items)
        const ids: string[] = []
        for (const item of items) ids.push(...(await next(queue, [item])))
        return items.length === 0 ? next(queue, items) : ids
      },
    ),
    "batch-checks-no-size": seam.checkItems(
      "A batch fills the store with what publish would refuse.",
      ({ next, self }, queue, items) => {
        const { checkSize } = self
        self.checkSize = () => {}
        try {
          next(queue, items)
        } finally {
          self.checkSize = checkSize
        }
      },
    ),
    "batch-passes-over-bad-items": seam.publishMany(
      "An item with a mistake is lost without a word.",
      async ({ next, self }, queue, items) => {
        if (!Array.isArray(items)) return next(queue, items)
        const isGood = (item: unknown) => {
          try {
            self.checkItems(queue, [item])
            return true
          } catch (error) {
            return (error as { code?: unknown }).code !== "INVALID_ARGUMENT"
          }
        }
        return next(queue, items.filter(isGood))
      },
    ),
  },
  "QUEUE-MGMT-03": {
    "empty-batch-refused": seam.checkItems("An import of an empty file fails.", ({ next, self }, queue, items) => {
      next(queue, items)
      if (Array.isArray(items) && items.length === 0) self.refuse("INVALID_ARGUMENT", "There must be an item.")
    }),
    "batch-of-a-thousand": seam.publishMany(
      "The rest of a long batch is lost.",
      async ({ next, self }, queue, items) => {
        self.checkItems(queue, items)
        return next(queue, items.slice(0, 1000))
      },
    ),
  },
  "QUEUE-MGMT-04": {
    "stats-without-own-priority": seam.getQueueStats(
      "An alarm stays silent while thousands of messages wait.",
      async ({ next, self }, queue) => {
        const stats = await next(queue)
        const passed = self.messagesOf(self.queueOf(queue), "waiting").filter(({ options }) => options.priority !== 2)
        return { ...stats, waiting: stats.waiting - passed.length }
      },
      "BullMQ 6.7.0: getWaitingCount leaves out messages with a priority",
    ),
    "stats-count-delayed-as-waiting": seam.getQueueStats(
      "Workers are added for what is due tomorrow.",
      async ({ next }, queue) => {
        const { delayed, waiting, ...stats } = await next(queue)
        return { ...stats, waiting: waiting + delayed, delayed: 0 }
      },
    ),
    "stats-of-paused-are-empty": seam.getQueueStats(
      "A queue that was paused looks as if its messages were lost.",
      async ({ next }, queue) => {
        const stats = await next(queue)
        return stats.paused ? { ...stats, waiting: 0 } : stats
      },
    ),
    "stats-without-further-attempts": seam.getQueueStats(
      "What fails again and again is in no count.",
      async ({ next, self }, queue) => {
        const stats = await next(queue)
        const again = self.messagesOf(self.queueOf(queue), "delayed").filter(({ attempts }) => attempts > 0)
        return { ...stats, delayed: stats.delayed - again.length }
      },
    ),
    "stats-count-running-twice": seam.getQueueStats(
      "The counts add up to more than there is.",
      async ({ next }, queue) => {
        const stats = await next(queue)
        return { ...stats, waiting: stats.waiting + stats.active }
      },
    ),
    "stats-tell-no-pause": seam.getQueueStats("Nobody sees why a queue stands still.", async ({ next }, queue) => ({
      ...(await next(queue)),
      paused: false,
    })),
  },
  "QUEUE-MGMT-05": {
    "stats-of-unused-not-found": seam.getQueueStats(
      "A dashboard fails until the first message.",
      async ({ next, self }, queue) => {
        const stats = await next(queue)
        if (self.queueOf(queue).published === 0) self.refuse("NOT_FOUND", "There is no such queue.")
        return stats
      },
    ),
    "stats-of-unused-leave-out-zeros": seam.getQueueStats(
      "A dashboard shows NaN until the first message.",
      async ({ next, self }, queue) => {
        const stats = await next(queue)
        return self.queueOf(queue).published === 0 ? ({ paused: stats.paused } as typeof stats) : stats
      },
    ),
  },
  "QUEUE-MGMT-18": {
    "list-by-utf-16": seam.listQueues("Two servers show the queues in another order.", async ({ next }) =>
      (await next()).sort(),
    ),
    "list-without-subscribed": seam.isUsed(
      "A queue that has workers and no messages is not to be found.",
      (_, __, { messages, schedules }) => messages.size + schedules.size > 0,
    ),
    "list-with-asked": seam.isUsed("A slip in a name makes a queue.", () => true),
    "list-of-own": subclass(
      "An operator sees no queue of other servers.",
      class extends ReferenceQueue {
        readonly #mine = new Set<string>()
        override add(...[queue, ...rest]: Parameters<ReferenceQueue["add"]>): string {
          this.#mine.add(queue)
          return super.add(queue, ...rest)
        }
        override async listQueues(): Promise<string[]> {
          const names = await super.listQueues()
          return names.filter((name) => this.#mine.has(name) || this.subscriptions.has(name))
        }
      },
    ),
    "list-for-each-use": seam.listQueues("A queue is shown twice.", async ({ next, self }) => {
      const subscribed = [...self.subscriptions.keys()]
      return (await next()).flatMap((name) => (subscribed.includes(name) ? [name, name] : [name]))
    }),
  },
  "QUEUE-MGMT-19": {
    "definition-without-attempts": seam.withDefaults(
      "Every caller must repeat how often its work is to be tried.",
      ({ next }, queue, options) => next(queue, { maxAttempts: 3, ...options }),
    ),
    "definition-without-backoff": seam.withDefaults(
      "A service that asked for an hour is called again after a second.",
      ({ next }, queue, options) => ({ ...next(queue, options), backoff: options.backoff }),
    ),
    "definition-without-concurrency": seam.subscribe(
      "Workers do one thing at a time, whatever their queue defines.",
      ({ next }, queue, handler, options) => next(queue, handler, { concurrency: 1, ...options }),
    ),
    "definition-goes-before-message": seam.withDefaults(
      "A message that must not be tried again is tried again.",
      ({ next, self }, queue, options) => {
        const { maxAttempts = options.maxAttempts } = self.definitions.get(queue) ?? {}
        return { ...next(queue, options), maxAttempts }
      },
    ),
    "definition-goes-before-subscription": seam.subscribe(
      "A worker that wants one message at a time gets two.",
      ({ next, self }, queue, handler, options) => {
        const concurrency = self.definitions.get(queue)?.concurrency
        return next(queue, handler, concurrency === undefined ? options : { ...options, concurrency })
      },
    ),
    "definition-not-for-batches": seam.publishMany(
      "What a batch has is tried more often than its queue defines.",
      async ({ next, self }, queue, items) => {
        const definition = self.definitions.get(queue)
        self.definitions.delete(queue)
        const ids = next(queue, items)
        if (definition !== undefined) self.definitions.set(queue, definition)
        return ids
      },
    ),
    "first-definition-stays": seam.defineQueue(
      "A queue that is defined anew goes on as before.",
      async ({ next, self }, definition) => {
        const known = self.definitions.get(definition?.name)
        await next(definition)
        if (known !== undefined) self.definitions.set(definition.name, known)
      },
    ),
  },
  "QUEUE-MGMT-20": {
    "task-of-any-queue": seam.getTask(
      "A page of one queue shows what another one has.",
      async ({ next, self }, queue, id) => {
        const task = await next(queue, id)
        const others = [...self.store.queues].filter(([name]) => name.startsWith(self.prefix()))
        const message = others.map(([, held]) => held.messages.get(id)).find((other) => other !== undefined)
        return task ?? (message && (self.recordOf(message) as never))
      },
    ),
    "cancel-in-any-queue": seam.cancel(
      "A slip in a name cancels what it must not.",
      async ({ next, self }, queue, id) => {
        const done = await next(queue, id)
        for (const [name, held] of self.store.queues) {
          const message = self.unstarted(held).find((other) => other.id === id)
          if (name.startsWith(self.prefix()) && message !== undefined) self.remove(held, message)
        }
        return done
      },
    ),
    "replay-in-any-queue": seam.replay(
      "A slip in a name starts work in another queue.",
      async ({ next, self }, queue, id) => {
        for (const [name, held] of self.store.queues) {
          const message = held.messages.get(id)
          if (name.startsWith(self.prefix()) && message?.state === "dead") return next(message.queue, id)
        }
        return next(queue, id)
      },
    ),
  },
  "QUEUE-MGMT-21": {
    "no-copy-of-what-was-given-up": seam.die(
      "What a handler gave up reaches nobody.",
      ({ next, self }, queue, message, reason, error) => {
        const definition = self.definitions.get(queue)
        if (reason === "handler") self.definitions.delete(queue)
        next(queue, message, reason, error)
        if (definition !== undefined) self.definitions.set(queue, definition)
      },
    ),
    "copy-of-each-failed-attempt": seam.fail(
      "One message that fails three times is looked at three times.",
      ({ next, self }, queue, message, reason, error) => {
        next(queue, message, reason, error)
        const copies = self.definitions.get(queue)?.deadLetterQueue
        if (copies !== undefined && message.state !== "dead") self.copyDead(copies, message)
      },
    ),
    "copy-does-not-tell-its-origin": seam.copyDead(
      "Nobody finds the message that died by its copy.",
      ({ self }, queue, { json, options }) => void self.add(queue, self.copyOut(json), options),
    ),
    "copy-without-metadata": seam.copyDead("A trace ends where a message dies.", ({ next }, queue, message) => {
      const { metadata: _, ...options } = message.options
      next(queue, { ...message, options })
    }),
    "two-copies": seam.copyDead("What died is mended twice.", ({ next }, queue, message) => {
      next(queue, message)
      next(queue, message)
    }),
    "no-copies": seam.copyDead("What dies reaches nobody.", () => {}),
  },
})
