import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage } from "../reference/store.ts"

export const crashMutants = mutants({
  "QUEUE-CRASH-01": {
    "lost-message-stays-lost": seam.lose(
      "The work of a machine that ended is never done.",
      () => {},
      "lists in Redis that are popped, and amqplib with noAck: a message is gone when it is given out",
    ),
    "visibility-of-the-default": seam.leaseMs(
      "Work that was to go on after a second goes on after half a minute.",
      () => QUEUE_DEFAULTS.visibilityTimeoutMs,
      "BullMQ 6.7: lockDuration without stalledInterval, which stays at 30 s",
    ),
    "noticed-at-the-third-look": seam.leaseMs(
      "Work that was lost waits longer than was said.",
      ({ next }, subscription) => next(subscription) * 2.5,
    ),
  },
  "QUEUE-CRASH-02": {
    "crash-costs-no-attempt": seam.lose(
      "A handler that ends its process by the memory it takes does so for ever.",
      ({ next, self }, queue, message) => {
        next(queue, message)
        message.attempts = Math.max(0, message.attempts - 1)
        self.wake(queue)
      },
      "BullMQ 6.7: attemptsMade does not count stalled deliveries",
    ),
    "crash-costs-all-attempts": seam.lose(
      "A message whose machine was switched off is given up.",
      ({ next, self }, queue, message) => {
        message.attempts = self.maxAttemptsOf(message)
        next(queue, message)
      },
      "BullMQ 6.7: a job that has stalled twice fails, whatever attempts it has left",
    ),
  },
  "QUEUE-CRASH-03": {
    "crashes-without-end": seam.lose(
      "A message that ends its worker ends all of them, one after the other.",
      ({ self }, queue, message) => {
        message.state = "waiting"
        self.wake(queue)
      },
      "BullMQ 6.7: ticks of schedulers are exempt from maxStalledCount",
    ),
    "crash-told-as-failure": seam.die(
      "An administrator looks for an error of the handler, which there was not.",
      ({ next }, queue, message, reason, error) =>
        next(queue, message, reason === "max_deliveries" ? "max_attempts" : reason, error),
    ),
  },
  "QUEUE-CRASH-04": {
    "first-lost-message-comes-back": seam.lose(
      "Of all that a machine had in hand one message is done, and the others are forgotten.",
      ({ next, self }, queue, message) => {
        const crashed = [...self.queueOf(queue).messages.values()].some(({ failures }) => failures.length > 0)
        if (!crashed) next(queue, message)
      },
    ),
    "handled-with-the-worker": seam.isRunning(
      "What a machine had done before it ended is done again.",
      ({ next }, message, attempts) => next(message, attempts) || message.state === "completed",
      "consumers that commit an offset in batches, as kafkajs does: what was handled since comes again",
    ),
  },
  "QUEUE-CRASH-05": {
    "loan-is-not-renewed": seam.holds(
      "Work that takes long is done twice at one time.",
      () => false,
      "Amazon SQS consumers without a heartbeat, and BullMQ with skipLockRenewal",
    ),
    "loan-renewed-once": subclass(
      "Work that takes very long is done twice at one time.",
      class extends ReferenceQueue {
        readonly #renewed = new Set<HeldMessage>()
        override lose(queue: string, message: HeldMessage): void {
          if (this.killed || !this.#renewed.has(message)) super.lose(queue, message)
        }
        override isRunning(message: HeldMessage, attempts: number): boolean {
          const running = super.isRunning(message, attempts)
          if (running && this.#renewed.has(message)) {
            this.#renewed.delete(message)
            super.lose(message.queue, message)
            return false
          }
          if (running) this.#renewed.add(message)
          return running
        }
      },
    ),
  },
  "QUEUE-CRASH-06": {
    "published-from-a-buffer": subclass(
      "What was published just before a crash is lost, though its id is known.",
      class extends ReferenceQueue {
        readonly #buffer = new Map<string, HeldMessage>()
        override newMessage(...args: Parameters<ReferenceQueue["newMessage"]>): HeldMessage {
          const message = super.newMessage(...args)
          this.#buffer.set(message.id, message)
          setTimeout(() => this.#buffer.delete(message.id))
          return message
        }
        override kill(): void {
          for (const { id, queue } of this.#buffer.values()) this.queueOf(queue).messages.delete(id)
          super.kill()
        }
      },
      "kafkajs and amqplib without confirms: send resolves when the message is in a buffer",
    ),
    "delays-in-the-process": subclass(
      "What was to come later ends with the process that said so.",
      class extends ReferenceQueue {
        override kill(): void {
          for (const held of this.store.queues.values()) {
            for (const { id } of this.messagesOf(held, "delayed")) held.messages.delete(id)
          }
          super.kill()
        }
      },
      "fastq, better-queue and p-queue with setTimeout: a delay is a timer of the process",
    ),
  },
})
