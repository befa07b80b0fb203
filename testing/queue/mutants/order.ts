import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import { mutants, seam } from "../mutant.ts"
import type { HeldMessage } from "../reference/store.ts"

const priorityOf = ({ options }: HeldMessage) => options.priority ?? QUEUE_DEFAULTS.priority

/** Those that wait in another order: by what `key` tells, and then by their place. */
function sortedBy(why: string, key: (message: HeldMessage) => number, source?: string) {
  const change = (one: HeldMessage, other: HeldMessage) => key(one) - key(other) || one.order - other.order
  return seam.waiting(why, ({ next }, held) => next(held).sort(change), source)
}

/** Those that wait in another order within their priority. */
function placedBy(why: string, key: (order: number) => number, source?: string) {
  const change = (one: HeldMessage, other: HeldMessage) =>
    priorityOf(one) - priorityOf(other) || key(one.order) - key(other.order)
  return seam.waiting(why, ({ next }, held) => next(held).sort(change), source)
}

/** A message with another priority than it was published with. */
function withPriority(message: HeldMessage, priority: number): void {
  Object.assign(message, { options: { ...message.options, priority } })
}

export const orderMutants = mutants({
  "QUEUE-ORDER-01": {
    "last-in-first-out": placedBy("The first change is handled last, and undoes the others.", (order) => -order),
    "sorted-as-text": placedBy("The tenth message is handled before the second.", (order) => Number(`0.${order}`)),
    "batches-from-the-end": seam.publishMany(
      "A batch is handled from its last item to its first.",
      async ({ next }, queue, items) => (await next(queue, items.toReversed())).toReversed(),
      "Redis: RPUSH and LPOP keep the order of a batch, LPUSH and LPOP turn it round",
    ),
    "any-of-the-first-five": placedBy(
      "Changes are handled in no order.",
      (order) => order - 2 * (order % 5),
      "delayed_job #15: workers took any of the first five jobs, so as not to meet",
    ),
  },
  "QUEUE-ORDER-02": {
    "one-instant-no-order": seam.due(
      "What is due at midnight is handled in any order.",
      ({ next }, held) => next(held).sort((one, other) => one.dueAt - other.dueAt || other.order - one.order),
      "bull #183: jobs of one timestamp were handled in no order, since a sorted set has them in that of their names",
    ),
    "counter-of-an-instant-wraps": seam.due(
      "Beyond a number, what is due at one instant is handled in no order.",
      ({ next }, held) =>
        next(held).sort((one, other) => one.dueAt - other.dueAt || (one.order % 256) - (other.order % 256)),
      "BullMQ 6: the order of jobs that are due in one millisecond holds for 4,095 of them",
    ),
  },
  "QUEUE-ORDER-03": {
    "due-goes-first": seam.promote(
      "Work that was put off overtakes all that waits.",
      ({ self }, held) => {
        for (const [index, message] of self.due(held).entries()) {
          message.state = "waiting"
          message.order = index - held.published
        }
      },
      "bull #1973: a job that is due goes to the front",
    ),
    "place-of-its-publish": seam.promote(
      "A message that was put off is handled as if it had waited.",
      ({ self }, held) => {
        for (const message of self.due(held)) message.state = "waiting"
      },
    ),
    "due-when-a-worker-looks": seam.promote(
      "In a busy queue what was published later goes first.",
      ({ next, self }, held) => {
        if (held.subscriptions.some((subscription) => self.hasSlot(subscription))) next(held)
      },
      "BullMQ 6: what is due is moved when a worker looks for its next job",
    ),
  },
  "QUEUE-PRIO-01": {
    "priorities-ignored": sortedBy(
      "What is urgent waits behind what is not.",
      ({ order }) => order,
      "@objectstack/service-queue 16.1, memory: priority is ignored",
    ),
    "higher-goes-first": sortedBy(
      "What is least urgent goes first.",
      (message) => -priorityOf(message),
      "pg-boss, RabbitMQ: a higher number goes first",
    ),
    "first-priority-is-none": sortedBy(
      "What is most urgent goes in the middle.",
      (message) => priorityOf(message) || QUEUE_DEFAULTS.priority,
    ),
    "five-classes": sortedBy(
      "All that is not very urgent is one.",
      (message) => Math.min(priorityOf(message), 4),
      "Kue, Laravel and others: a handful of named priorities",
    ),
    "sorted-by-digits": sortedBy("Priority 10 goes before 9.", (message) => Number(`0.${priorityOf(message)}`)),
  },
  "QUEUE-PRIO-02": {
    "heap-without-a-second-key": seam.waiting("Messages of one priority are handled in no order.", ({ next }, held) =>
      next(held).sort(
        (one, other) =>
          priorityOf(one) - priorityOf(other) ||
          (priorityOf(one) === QUEUE_DEFAULTS.priority ? one.order - other.order : other.order - one.order),
      ),
    ),
  },
  "QUEUE-PRIO-03": {
    "without-one-most-urgent": seam.priorityOf(
      "All that says nothing overtakes what is urgent.",
      (_, { priority = 0 }) => priority,
      "BullMQ: a job without a priority goes before all that have one",
    ),
    "without-one-least-urgent": seam.priorityOf(
      "All that says nothing waits behind what is not urgent.",
      (_, { priority = 100 }) => priority,
      "@objectstack/service-queue 17, database: a message without a priority has 100",
    ),
    "without-one-as-three": seam.priorityOf(
      "What says nothing is as urgent as what is not.",
      (_, { priority = 3 }) => priority,
    ),
  },
  "QUEUE-PRIO-04": {
    "priority-lost-at-a-retry": seam.deliverLater(
      "Work that failed once loses its urgency.",
      ({ next }, message, delayMs) => {
        withPriority(message, 1000)
        next(message, delayMs)
      },
      "bull #1755: a retry did not mind the priority",
    ),
    "retries-go-first": seam.deliverLater(
      "Work that fails keeps all other work waiting.",
      ({ next }, message, delayMs) => {
        withPriority(message, 0)
        next(message, delayMs)
      },
      "BullMQ 6: a job that stalled goes before every priority",
    ),
    "priority-lost-when-given-back": seam.giveBack(
      "Work that is given back loses its urgency.",
      ({ next }, message, delayMs) => {
        withPriority(message, 1000)
        next(message, delayMs)
      },
    ),
  },
  "QUEUE-PRIO-05": {
    "due-has-no-priority": seam.promote("Urgent work that was put off is urgent no more.", ({ next, self }, held) => {
      for (const message of self.due(held)) withPriority(message, QUEUE_DEFAULTS.priority)
      next(held)
    }),
    "due-before-every-priority": seam.promote(
      "Work that was put off overtakes what is urgent.",
      ({ next, self }, held) => {
        for (const message of self.due(held)) withPriority(message, 0)
        next(held)
      },
      "bull #1973: a job that is due goes to the front",
    ),
  },
})
