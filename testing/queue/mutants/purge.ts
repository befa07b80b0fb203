import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage } from "../reference/store.ts"

/** A mutant whose purge passes over some messages. */
function purgeWithout(why: string, isLeft: (message: HeldMessage) => boolean, source?: string) {
  return seam.purge(
    why,
    async ({ next, self }, queue) => {
      const held = self.queueOf(queue)
      const left = self.unstarted(held).filter(isLeft)
      for (const { id } of left) held.messages.delete(id)
      const count = await next(queue)
      for (const message of left) held.messages.set(message.id, message)
      self.wake(queue)
      return count
    },
    source,
  )
}

export const purgeMutants = mutants({
  "QUEUE-SIZE-01": {
    "size-without-own-priority": seam.getQueueSize(
      "Workers are taken away although thousands of messages wait.",
      async ({ next, self }, queue) => {
        const size = await next(queue)
        return size - self.unstarted(self.queueOf(queue)).filter(({ options }) => options.priority !== 2).length
      },
      "BullMQ 6.7.0: getWaitingCount leaves out messages with a priority",
    ),
    "size-without-delayed": seam.getQueueSize(
      "A queue looks empty that has a day's work.",
      async ({ next, self }, queue) => (await next(queue)) - self.messagesOf(self.queueOf(queue), "delayed").length,
    ),
    "size-with-running": seam.getQueueSize(
      "A worker is added for each message that is handled already.",
      async ({ next, self }, queue) => (await next(queue)) + self.messagesOf(self.queueOf(queue), "active").length,
    ),
    "size-with-dead": seam.getQueueSize(
      "Workers are added for what nobody will handle.",
      async ({ next, self }, queue) => (await next(queue)) + self.messagesOf(self.queueOf(queue), "dead").length,
    ),
    "size-with-completed": seam.getQueueSize(
      "A queue only ever grows.",
      async ({ next, self }, queue) => (await next(queue)) + self.messagesOf(self.queueOf(queue), "completed").length,
    ),
  },
  "QUEUE-SIZE-02": {
    "size-of-unused-not-found": seam.getQueueSize(
      "A page of queues fails until the first message.",
      async ({ next, self }, queue) => {
        const size = await next(queue)
        if (self.queueOf(queue).published === 0) self.refuse("NOT_FOUND", "There is no such queue.")
        return size
      },
    ),
    "size-of-unused-is-none": seam.getQueueSize("A sum over queues is NaN.", async ({ next, self }, queue) => {
      const size = await next(queue)
      return self.queueOf(queue).published === 0 ? (undefined as unknown as number) : size
    }),
  },
  "QUEUE-PURGE-01": {
    "purge-leaves-delayed": purgeWithout(
      "What was purged comes back tomorrow.",
      ({ attempts, state }) => state === "delayed" && attempts === 0,
    ),
    "purge-leaves-priorities": purgeWithout(
      "What was purged is delivered, since it was urgent.",
      ({ options }) => options.priority !== 2,
    ),
    "purge-counts-what-waits": seam.purge(
      "An operator is told of half of what was dropped.",
      async ({ next, self }, queue) => {
        const delayed = self.messagesOf(self.queueOf(queue), "delayed").length
        return (await next(queue)) - delayed
      },
    ),
  },
  "QUEUE-PURGE-02": {
    "purge-drops-running": seam.purge(
      "A message whose attempt fails during a purge is lost.",
      async ({ next, self }, queue) => {
        const held = self.queueOf(queue)
        const count = await next(queue)
        for (const { id } of self.messagesOf(held, "active")) held.messages.delete(id)
        return count
      },
    ),
    "purge-ends-subscriptions": seam.purge(
      "After a purge the workers of a queue idle for ever.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        self.queueOf(queue).subscriptions.length = 0
        return count
      },
    ),
    "purge-by-beginning-of-name": seam.purge(
      "A purge empties queues whose names begin alike.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        for (const [name, held] of self.store.queues) {
          if (!name.startsWith(self.prefix() + queue)) continue
          for (const message of self.unstarted(held)) self.remove(held, message)
        }
        return count
      },
    ),
    "purge-of-all-queues": seam.purge("A purge empties every queue.", async ({ next, self }, queue) => {
      const count = await next(queue)
      for (const [name, held] of self.store.queues) {
        if (!name.startsWith(self.prefix())) continue
        for (const message of self.unstarted(held)) self.remove(held, message)
      }
      return count
    }),
  },
  "QUEUE-PURGE-03": {
    "purge-pauses-unwatched-queue": seam.purge(
      "A queue that was purged before its workers start stands still.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        const held = self.queueOf(queue)
        if (held.subscriptions.length === 0) held.paused = true
        return count
      },
    ),
    "purge-goes-by-time": subclass(
      "What is published right after a purge is purged too.",
      class extends ReferenceQueue {
        readonly #purgedAt = new Map<string, number>()
        override async purge(queue: string): Promise<number> {
          const count = await super.purge(queue)
          if (count > 0) this.#purgedAt.set(queue, this.clock.now())
          return count
        }
        override pump(queue: string): void {
          const purgedAt = this.#purgedAt.get(queue) ?? -1
          const held = this.queueOf(queue)
          for (const message of this.unstarted(held)) if (message.timestamp <= purgedAt) this.remove(held, message)
          super.pump(queue)
        }
      },
    ),
  },
  "QUEUE-PURGE-04": {
    "purge-removes-one-page": seam.purge(
      "A purge leaves all but the first thousand messages.",
      async ({ next, self }, queue) => {
        const held = self.queueOf(queue)
        const left = self.unstarted(held).slice(1000)
        for (const { id } of left) held.messages.delete(id)
        const count = await next(queue)
        for (const message of left) held.messages.set(message.id, message)
        return count
      },
    ),
    "purge-counts-last-page": seam.purge("A purge of a long queue tells a small number.", async ({ next }, queue) => {
      const count = await next(queue)
      return count > 500 ? count % 500 || 500 : count
    }),
  },
  "QUEUE-PURGE-05": {
    "purge-leaves-further-attempts": purgeWithout(
      "What fails again and again outlives every purge.",
      ({ attempts }) => attempts > 0,
    ),
  },
})
