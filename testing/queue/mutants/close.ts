import { mutants, seam } from "../mutant.ts"

export const closeMutants = mutants({
  "QUEUE-CLOSE-01": {
    "close-waits-for-nobody": seam.close(
      "Handlers go on in a process that takes its connections away from them.",
      async ({ self }) => {
        self.closed = true
        for (const queue of [...self.subscriptions.keys()]) void self.end(queue)
        return self.deliver(undefined)
      },
      "BullMQ 6.7: close(true), and amqplib's connection.close, leave handlers behind",
    ),
    "close-takes-more": seam.close(
      "Under load a process never ends, since it always has something in hand.",
      async ({ next, self }) => {
        for (const subscription of [...self.subscriptions.values()]) await self.ended(subscription)
        return next()
      },
    ),
  },
  "QUEUE-CLOSE-02": {
    "publish-refused-at-once": seam.checkOpenToPublish(
      "The last step of each handler fails at each deployment.",
      ({ self }) => self.checkOpen(),
      "BullMQ programs that close queues and workers together: add rejects Connection is closed",
    ),
    "publish-many-refused-at-once": seam.checkItems(
      "A handler that publishes several messages fails at each deployment.",
      ({ next, self }, queue, items) => {
        self.checkOpen()
        next(queue, items)
      },
    ),
    "publish-into-nothing-while-closing": seam.add(
      "The last step of each handler looks published, and is not.",
      ({ next, self }, queue, data, options) => {
        const id = next(queue, data, options)
        if (self.closing) self.queueOf(queue).messages.delete(id)
        return id
      },
    ),
  },
  "QUEUE-CLOSE-03": {
    "close-drops-what-waits": seam.close(
      "A deployment loses all work that has not begun.",
      async ({ next, self }) => {
        const queues = [...self.subscriptions.keys()].map((queue) => self.queueOf(queue))
        await next()
        for (const held of queues) for (const message of self.unstarted(held)) held.messages.delete(message.id)
      },
      "fastq and p-queue: kill and clear at the end of a process",
    ),
    "fetched-messages-go-along": seam.close(
      "What a process has fetched for later is with nobody until its loan is over.",
      async ({ next, self }) => {
        const queues = [...self.subscriptions.keys()].map((queue) => self.queueOf(queue))
        await next()
        for (const held of queues)
          for (const message of self.messagesOf(held, "waiting").slice(0, 1)) message.state = "active"
      },
      "amqplib with prefetch and Amazon SQS with batches of ten",
    ),
    "delays-go-along": seam.close(
      "What was to come later ends with the process that said so.",
      async ({ next, self }) => {
        const queues = [...self.subscriptions.keys()].map((queue) => self.queueOf(queue))
        await next()
        for (const held of queues) for (const { id } of self.messagesOf(held, "delayed")) held.messages.delete(id)
      },
    ),
  },
  "QUEUE-CLOSE-04": {
    "completion-not-told-at-close": seam.settle(
      "Each deployment does the work of its last second twice.",
      ({ next, self }, queue, message, running, outcome) => {
        if (self.closing) message.state = "waiting"
        else next(queue, message, running, outcome)
      },
      "amqplib: a channel that is closed before ack, and the message is given to another",
    ),
    "completion-told-to-a-closed-line": seam.settle(
      "What was finished during a shutdown comes again when its loan is over.",
      ({ next, self }, queue, message, running, outcome) => {
        if (self.closing) self.clock.setTimeout(() => self.lose(queue, message), 1000)
        else next(queue, message, running, outcome)
      },
    ),
  },
})
