import type { FailedMessage } from "../../../contracts/queue/message.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage, HeldQueue } from "../reference/store.ts"

export const deadLettersMutants = mutants({
  "QUEUE-DEAD-01": {
    "dead-with-first-error": seam.failedOf("The error that is shown is long mended.", ({ next }, message) => {
      const dead = next(message)
      return { ...dead, error: dead.failures[0]?.error ?? dead.error }
    }),
    "dead-without-failures": seam.failedOf("Nobody sees that it failed in three ways.", ({ next }, message) => ({
      ...next(message),
      failures: [],
    })),
    "dead-without-metadata": seam.failedOf("A trace ends where a message dies.", ({ next }, message) => {
      const { metadata: _, ...dead } = next(message)
      return dead
    }),
    "failed-listed-as-dead": seam.dead("What is tried again by itself is replayed by hand.", ({ next, self }, held) => {
      const failing = self
        .messagesOf(held, "waiting", "delayed", "active")
        .filter(({ failures }) => failures.length > 0)
      return [...next(held), ...failing]
    }),
    "dead-since-publish": seam.failedOf("Nobody sees when it began to go wrong.", ({ next }, message) => ({
      ...next(message),
      diedAt: 0,
    })),
  },
  "QUEUE-DEAD-02": {
    "dead-in-order-of-publish": seam.dead("What died last is lost among what died before.", ({ next }, held) =>
      next(held).sort((one, other) => (one.id < other.id ? -1 : 1)),
    ),
    "newest-death-first": pagesOf("A walk while messages die never comes to an end.", async (page, _, read) => {
      const { items, ...rest } = await read(page)
      return { ...rest, items: items.reverse() }
    }),
    "cursor-is-an-offset": pagesOf(
      "A walk that replays leaves out as many as it has replayed.",
      async ({ cursor = "0", limit = 100 }, _, read) => {
        const { items } = await read({ limit: 1000 })
        const end = Number(cursor) + limit
        return { items: items.slice(Number(cursor), end), ...(end < items.length && { cursor: String(end) }) }
      },
    ),
    "page-repeats-last-one": pagesOf("A walk replays a message twice.", async (page, _, read) => {
      const { cursor, items } = await read(page)
      return { items, ...(cursor !== undefined && { cursor: String(Number(cursor) - 1) }) }
    }),
    "last-page-has-a-cursor": pagesOf("A walk asks for ever.", async (page, { published }, read) => ({
      cursor: String(published),
      ...(await read(page)),
    })),
    "limit-ignored": pagesOf("A page of ten has a thousand rows.", async (page, _, read) => {
      const { cursor, items } = await read(page)
      return cursor === undefined ? { items } : read({ ...page, limit: 1000 })
    }),
  },
  "QUEUE-DEAD-03": {
    "replay-keeps-attempts": seam.revive(
      "A replayed message dies of its first failure.",
      ({ next }, queue, message) => {
        const { attempts } = message
        next(queue, message)
        message.attempts = attempts
      },
      "BullMQ 6.7.0: retryJobs keeps the attempts",
    ),
    "replay-under-another-id": seam.revive(
      "A message that was replayed is not found by its id.",
      ({ self }, queue, message) => {
        self.queueOf(queue).messages.delete(message.id)
        const { id: _, idempotencyKey: __, ...options } = message.options
        self.add(queue, self.copyOut(message.json), options)
      },
    ),
    "replayed-still-listed": seam.dead("What was replayed is replayed again.", ({ next, self }, held) => [
      ...next(held),
      ...self.messagesOf(held, "waiting", "active").filter(({ reason }) => reason !== undefined),
    ]),
    "replayed-without-type": seam.revive(
      "A handler of several types cannot tell what was replayed.",
      ({ next, self }, queue, message) => {
        const { type: _, ...options } = message.options
        const bare = { ...message, options }
        self.queueOf(queue).messages.set(message.id, bare)
        next(queue, bare)
      },
    ),
  },
  "QUEUE-DEAD-04": {
    "replay-of-missing-resolves": seam.replay("A slip in an id goes unnoticed.", async ({ next, self }, queue, id) => {
      self.checkId(queue, id)
      return self.queueOf(queue).messages.has(id) ? next(queue, id) : self.reply(undefined)
    }),
    "replay-of-what-is-done": seam.replay("What is done is done again.", async ({ next, self }, queue, id) => {
      self.checkId(queue, id)
      const message = self.queueOf(queue).messages.get(id)
      if (message?.state !== "completed") return next(queue, id)
      self.revive(queue, message)
      return self.reply(undefined)
    }),
    "replay-of-delayed": seam.replay(
      "What is due tomorrow is sent today, and the caller is told that it was not.",
      async ({ next, self }, queue, id) => {
        self.checkId(queue, id)
        const message = self.queueOf(queue).messages.get(id)
        if (message?.state === "delayed") {
          message.state = "waiting"
          self.wake(queue)
        }
        return next(queue, id)
      },
    ),
    "replay-refused-as-unknown-state": seam.replay(
      "A caller cannot tell what is not dead from a queue that is broken.",
      async ({ next, self }, queue, id) => {
        self.checkId(queue, id)
        const message = self.queueOf(queue).messages.get(id)
        if (message !== undefined && message.state !== "dead")
          self.refuse("INTERNAL", "The message is in another state.")
        return next(queue, id)
      },
    ),
  },
  "QUEUE-DEAD-05": {
    "replay-goes-first": seam.revive(
      "A replayed backlog holds up what is urgent.",
      ({ next, self }, queue, message) => prioritised(self, queue, message, 0, next),
      "BullMQ 6.7.0: retryJobs loses the priority",
    ),
    "replay-has-default-priority": seam.revive(
      "What can wait for days is replayed before what cannot.",
      ({ next, self }, queue, message) => prioritised(self, queue, message, 10, next),
    ),
  },
  "QUEUE-DEAD-06": {
    "replay-all-is-one-page": seam.replayAll("Most of a backlog stays dead.", async ({ self }, queue) => {
      self.checkName(queue)
      const messages = self.dead(self.queueOf(queue)).slice(0, 100)
      for (const message of messages) self.revive(queue, message)
      return self.reply(messages.length)
    }),
    "replay-all-with-completed": seam.replayAll(
      "What is done is done again after an outage.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        for (const message of self.messagesOf(self.queueOf(queue), "completed")) self.revive(queue, message)
        return count
      },
    ),
    "replay-all-counts-pages": seam.replayAll(
      "An operator is told that hardly anything was replayed.",
      async ({ next }, queue) => Math.ceil((await next(queue)) / 100),
    ),
  },
  "QUEUE-DEAD-07": {
    "purge-failed-is-one-page": seam.purgeFailed(
      "Most of what was dropped is still there.",
      async ({ self }, queue) => {
        self.checkName(queue)
        const held = self.queueOf(queue)
        const messages = self.dead(held).slice(0, 100)
        for (const { id } of messages) held.messages.delete(id)
        return self.reply(messages.length)
      },
    ),
    "purge-failed-drops-what-waits": seam.purgeFailed(
      "Work is dropped with what nobody would mend.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        const held = self.queueOf(queue)
        for (const message of self.messagesOf(held, "waiting")) self.remove(held, message)
        return count
      },
    ),
    "purge-failed-drops-delayed": seam.purgeFailed(
      "What is due tomorrow is dropped with what nobody would mend.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        const held = self.queueOf(queue)
        for (const message of self.messagesOf(held, "delayed")) self.remove(held, message)
        return count
      },
    ),
    "purge-failed-counts-nothing": seam.purgeFailed("An operator is told of nothing.", async ({ next }, queue) => {
      await next(queue)
      return 0
    }),
  },
  "QUEUE-DEAD-08": {
    "each-death-listed": subclass(
      "A message that was replayed in vain is mended twice.",
      class extends ReferenceQueue {
        readonly #deaths: HeldMessage[] = []
        override die(...args: Parameters<ReferenceQueue["die"]>): void {
          super.die(...args)
          this.#deaths.push(args[1])
        }
        override dead(held: HeldQueue): HeldMessage[] {
          const times = (message: HeldMessage) => this.#deaths.filter((other) => other === message)
          return super.dead(held).flatMap((message) => [...new Set([message]), ...times(message).slice(1)])
        }
      },
    ),
    "second-death-not-listed": subclass(
      "A message that was replayed in vain is lost.",
      class extends ReferenceQueue {
        readonly #replayed = new Set<HeldMessage>()
        override revive(...[queue, message]: Parameters<ReferenceQueue["revive"]>): void {
          this.#replayed.add(message)
          super.revive(queue, message)
        }
        override dead(held: HeldQueue): HeldMessage[] {
          return super.dead(held).filter((message) => !this.#replayed.has(message))
        }
      },
    ),
    "second-death-keeps-first-error": subclass(
      "A message that was replayed in vain shows an error that is mended.",
      class extends ReferenceQueue {
        readonly #first = new Map<HeldMessage, HeldMessage["error"]>()
        override revive(...[queue, message]: Parameters<ReferenceQueue["revive"]>): void {
          this.#first.set(message, message.error)
          super.revive(queue, message)
        }
        override failedOf(message: HeldMessage): FailedMessage {
          const dead = super.failedOf(message)
          return { ...dead, error: this.#first.get(message) ?? dead.error }
        }
      },
    ),
  },
  "QUEUE-DEAD-09": {
    "reason-of-handler-lost": seam.die("What the handler knew is lost.", ({ next }, queue, message, reason, error) =>
      next(queue, message, reason, reason === "handler" ? { message: "The handler gave up." } : error),
    ),
    "given-up-told-as-used-up": seam.failedOf(
      "What nothing can mend is replayed since it seems to have failed by chance.",
      ({ next }, message) => {
        const dead = next(message)
        return { ...dead, reason: dead.reason === "handler" ? "max_attempts" : dead.reason }
      },
    ),
    "later-error-told": seam.settle(
      "What the handler threw hides what it knew.",
      ({ next }, queue, message, running, outcome) => {
        const { dead } = running.said
        const said = { ...running.said, ...(dead !== undefined && { dead: outcome.thrown?.message ?? dead }) }
        next(queue, message, { ...running, said }, outcome)
      },
    ),
  },
  "QUEUE-DEAD-10": {
    "one-list-of-the-dead": seam.dead("What died in one queue is replayed in another.", ({ next, self }) => {
      const mine = [...self.store.queues].filter(([name]) => name.startsWith(self.prefix()))
      return mine.flatMap(([, held]) => next(held))
    }),
    "purge-failed-by-beginning-of-name": seam.purgeFailed(
      "What died in queues of like names is dropped.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        for (const [name, held] of self.store.queues) {
          if (!name.startsWith(self.prefix() + queue)) continue
          for (const { id } of self.dead(held)) held.messages.delete(id)
        }
        return count
      },
    ),
    "replay-all-by-beginning-of-name": seam.replayAll(
      "What died in queues of like names is done again.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        for (const [name, held] of self.store.queues) {
          if (!name.startsWith(self.prefix() + queue)) continue
          for (const message of self.dead(held)) self.revive(message.queue, message)
        }
        return count
      },
    ),
  },
  "QUEUE-DEAD-11": {
    "bad-cursor-lists-from-the-start": seam.cursorIssue(
      "A page of ten thousand rows begins again in silence.",
      () => undefined,
    ),
    "unused-queue-takes-any-cursor": seam.listFailed(
      "A page that works before the first message fails after it.",
      async ({ next, self }, queue, page) => {
        const isUnused = self.queueOf(queue).published === 0
        return isUnused ? { items: [] } : next(queue, page)
      },
    ),
  },
})

interface Page<T> {
  items: FailedMessage<T>[]
  cursor?: string
}

type Asked = NonNullable<Parameters<ReferenceQueue["listFailed"]>[1]>

/** A mutant whose listFailed makes its pages in another way, of what the reference reads. */
function pagesOf(
  why: string,
  make: <T>(page: Asked, held: HeldQueue, read: (page: Asked) => Promise<Page<T>>) => Promise<Page<T>>,
) {
  return subclass(
    why,
    class extends ReferenceQueue {
      override async listFailed<T>(queue: string, page: Asked = {}): Promise<Page<T>> {
        this.checkPage(queue, page)
        return make<T>(page, this.queueOf(queue), (other) => super.listFailed<T>(queue, other))
      }
    },
  )
}

/** Puts a dead message back with a priority that is not its own. */
function prioritised(
  queue: ReferenceQueue,
  name: string,
  message: HeldMessage,
  priority: number,
  revive: (name: string, message: HeldMessage) => void,
): void {
  const other = { ...message, options: { ...message.options, priority } }
  queue.queueOf(name).messages.set(message.id, other)
  revive(name, other)
}
