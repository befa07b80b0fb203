import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"

export const flowMutants = mutants({
  "QUEUE-MGMT-13": {
    "pause-stops-one-client": subclass(
      "One server pauses, and the others go on sending.",
      class extends ReferenceQueue {
        readonly #paused = new Set<string>()
        override async pause(queue: string): Promise<void> {
          await super.pause(queue)
          this.queueOf(queue).paused = false
          this.#paused.add(queue)
        }
        override async resume(queue: string): Promise<void> {
          this.#paused.delete(queue)
          await super.resume(queue)
        }
        override hasSlot(...[subscription]: Parameters<ReferenceQueue["hasSlot"]>): boolean {
          const mine = [...this.subscriptions].find(([, other]) => other === subscription)?.[0]
          return super.hasSlot(subscription) && !(mine !== undefined && this.#paused.has(mine))
        }
      },
    ),
    "paused-queue-refuses": seam.publish(
      "What comes while a queue is paused is lost.",
      async ({ next, self }, queue, data, options) => {
        const id = await next(queue, data, options)
        if (self.queueOf(queue).paused) self.refuse("UNAVAILABLE", "This queue is paused.")
        return id
      },
    ),
    "delayed-ignores-pause": seam.pump(
      "What is due while a queue is paused is sent although it must not be.",
      ({ next, self }, queue) => {
        const held = self.queueOf(queue)
        const isDue = self.messagesOf(held, "delayed").some((message) => self.isDue(message))
        const { paused } = held
        held.paused = paused && !isDue
        next(queue)
        held.paused = paused
      },
    ),
  },
  "QUEUE-MGMT-14": {
    "pause-aborts-handlers": seam.pause("A pause throws away work that is nearly done.", ({ next, self }, queue) => {
      for (const { running } of self.subscriptions.values()) for (const run of running.values()) self.abort(run)
      return next(queue)
    }),
    "pause-takes-messages-back": seam.pause(
      "What a handler was doing when its queue was paused is done twice.",
      async ({ next, self }, queue) => {
        await next(queue)
        for (const [message, running] of self.subscriptions.get(queue)?.running ?? []) {
          running.over = "lost"
          message.state = "waiting"
        }
      },
    ),
    "pause-of-every-queue": seam.pause("One broken receiver stops all work.", async ({ next, self }, queue) => {
      await next(queue)
      for (const [name, held] of self.store.queues) if (name.startsWith(self.prefix())) held.paused = true
    }),
  },
  "QUEUE-MGMT-15": {
    "resume-wakes-nobody": seam.resume(
      "A queue that was resumed stands still until something is published.",
      async ({ self }, queue) => {
        self.checkName(queue)
        self.queueOf(queue).paused = false
        return self.reply(undefined)
      },
    ),
    "pause-drops-what-comes": seam.resume(
      "What came while a queue was paused is lost.",
      async ({ next, self }, queue) => {
        const held = self.queueOf(queue)
        if (held.paused) for (const message of self.messagesOf(held, "waiting")) self.remove(held, message)
        return next(queue)
      },
    ),
    "resume-turns-order-round": seam.resume(
      "After a pause the newest message goes first.",
      async ({ next, self }, queue) => {
        for (const message of self.messagesOf(self.queueOf(queue), "waiting")) message.order = -message.order
        return next(queue)
      },
    ),
    "resume-by-who-paused": subclass(
      "A queue whose operator has gone stays paused.",
      class extends ReferenceQueue {
        readonly #mine = new Set<string>()
        override async pause(queue: string): Promise<void> {
          await super.pause(queue)
          this.#mine.add(queue)
        }
        override async resume(queue: string): Promise<void> {
          const { paused } = this.queueOf(queue)
          await super.resume(queue)
          this.queueOf(queue).paused = paused && !this.#mine.has(queue)
        }
      },
    ),
  },
  "QUEUE-MGMT-16": {
    "idle-while-a-handler-runs": seam.isIdle(
      "A deployment ends a process that is at work.",
      ({ self }, queue) => self.messagesOf(self.queueOf(queue), "waiting").length === 0,
    ),
    "idle-while-something-waits": seam.isIdle(
      "A test looks before the work has begun.",
      ({ self }, queue) => self.messagesOf(self.queueOf(queue), "active").length === 0,
    ),
    "idle-waits-for-delayed": seam.isIdle(
      "A deployment waits for a message that is due tomorrow.",
      ({ next, self }, queue) => next(queue) && self.messagesOf(self.queueOf(queue), "delayed").length === 0,
    ),
    "idle-of-one-client": seam.isIdle(
      "A deployment ends while other servers are at work.",
      ({ next, self }, queue) => next(queue) || (self.subscriptions.get(queue)?.running.size ?? 0) === 0,
    ),
  },
  "QUEUE-MGMT-17": {
    "idle-waits-for-ever": seam.whenIdle(
      "A deployment never ends.",
      ({ next }, queue, { timeoutMs, ...options } = {}) => next(queue, options),
    ),
    "idle-resolves-when-time-is-over": seam.whenIdle(
      "A deployment takes work for done that has not begun.",
      async ({ next }, queue, options) => {
        try {
          return await next(queue, options)
        } catch (error) {
          if ((error as { code?: unknown }).code !== "TIMEOUT") throw error
        }
      },
    ),
    "idle-counts-seconds": seam.whenIdle(
      "A deployment waits no time at all.",
      ({ next }, queue, { timeoutMs, ...options } = {}) =>
        next(queue, { ...options, ...(timeoutMs !== undefined && { timeoutMs: timeoutMs / 1000 }) }),
    ),
  },
})
