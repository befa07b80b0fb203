import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import { referenceThatDeclares, referenceWithout } from "../reference/without.ts"

export const queueCapabilityMutants = mutants({
  "QUEUE-CAP-01": {
    "undeclared-cancel-does-nothing": subclass(
      "A message that was cancelled is delivered.",
      class extends referenceThatDeclares({ management: false }) {
        override async cancel(): Promise<boolean> {
          this.checkOpen()
          return false
        }
      },
    ),
    "undeclared-batch-publishes-first": subclass(
      "A batch that was refused has published its messages.",
      class extends referenceWithout("management") {
        override async publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
          this.checkItems(queue, items)
          for (const { data, options } of items) this.add(queue, data, options)
          this.refuse("UNSUPPORTED", "This queue has no batches.")
        }
      },
    ),
  },
  "QUEUE-CAP-02": {
    "undeclared-dead-letters-not-implemented": subclass(
      "Callers cannot tell a missing method from a fault.",
      class extends referenceWithout("deadLetters") {
        override async replayAll(): Promise<number> {
          throw new Error("replayAll is not implemented")
        }
      },
      "@objectstack/service-cache 17.4: methods of its Redis adapter reject a plain error, not yet implemented",
    ),
  },
  "QUEUE-CAP-03": {
    "undeclared-schedules-forgotten": subclass(
      "A schedule is taken, and nobody knows of it.",
      class extends referenceThatDeclares({ schedules: false }) {
        override hold(): void {}
      },
    ),
  },
  "QUEUE-CAP-06": {
    "priority-dropped": subclass(
      "What was urgent waits behind everything else.",
      class extends referenceThatDeclares({ priorities: false }) {
        override checkOffered({ priority: _, ...options }: PublishOptions): void {
          super.checkOffered(options)
        }
      },
      "amqplib: a queue without x-max-priority takes messages with a priority and ignores it",
    ),
    "usual-priority-taken": subclass(
      "Whether a priority is refused depends on its number.",
      class extends referenceThatDeclares({ priorities: false }) {
        override checkOffered(options: PublishOptions): void {
          super.checkOffered(options.priority === 2 ? { ...options, priority: undefined } : options)
        }
      },
    ),
    "priority-of-a-batch-dropped": subclass(
      "What was urgent in a batch waits behind everything else.",
      class extends referenceThatDeclares({ priorities: false }) {
        override checkItems(queue: unknown, items: unknown): asserts items is readonly PublishItem[] {
          const plain = Array.isArray(items)
            ? items.map(({ data, options }: PublishItem) => ({ data, options: { ...options, priority: undefined } }))
            : items
          super.checkItems(queue, plain)
        }
      },
    ),
  },
  "QUEUE-CAP-07": {
    "group-key-dropped": subclass(
      "Messages that must not run at one time do.",
      class extends referenceThatDeclares({ groups: false }) {
        override checkOffered({ groupKey: _, ...options }: PublishOptions): void {
          super.checkOffered(options)
        }
      },
      "BullMQ 6.7 without Pro: the option group is taken and ignored",
    ),
    "group-refused-after-the-work": subclass(
      "A message that was refused is delivered all the same.",
      class extends referenceThatDeclares({ groups: false }) {
        override checkOffered({ groupKey: _, ...options }: PublishOptions): void {
          super.checkOffered(options)
        }
        override async replyWithId(id: string): Promise<string> {
          const held = [...this.store.queues.values()].find(({ messages }) => messages.has(id))
          if (held?.messages.get(id)?.options.groupKey === undefined) return super.replyWithId(id)
          this.refuse("UNSUPPORTED", "This queue does not offer groups.")
        }
      },
    ),
  },
  "QUEUE-CAP-08": {
    "rate-limit-dropped": subclass(
      "Another service is called faster than it allows.",
      class extends referenceThatDeclares({ rateLimit: false }) {
        override checkSubscribe(queue: unknown, handler: unknown): void {
          super.checkSubscribe(queue, handler, undefined)
        }
      },
      "amqplib and kafkajs: options of a consumer that are not known are ignored",
    ),
    "limited-subscription-goes-on": subclass(
      "A handler whose subscribe was refused is given messages.",
      class extends referenceThatDeclares({ rateLimit: false }) {
        override checkSubscribe(queue: unknown, handler: unknown): void {
          super.checkSubscribe(queue, handler, undefined)
        }
        override wake(queue: string): void {
          super.wake(queue)
          if (this.queueOf(queue).rateLimit === undefined) return
          this.queueOf(queue).rateLimit = undefined
          this.subscriptions.delete(this.encodeName(queue))
          this.refuse("UNSUPPORTED", "This queue does not offer rateLimit.")
        }
      },
    ),
  },
})
