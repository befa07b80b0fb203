import { mutants, seam } from "../mutant.ts"

export const groupsMutants = mutants({
  "QUEUE-GROUP-01": {
    "group-key-ignored": seam.takesGroup("Changes of one customer overwrite each other.", () => true),
    "group-runs-once-in-each-client": seam.takesGroup(
      "A second process runs a second message of the group.",
      (_, _held, { options }, { groupConcurrency, running }) => {
        const mine = [...running.keys()].filter((other) => other.options.groupKey === options.groupKey)
        return options.groupKey === undefined || mine.length < groupConcurrency
      },
      "p-limit by key in each process: the lock of a group is in memory",
    ),
    "group-concurrency-ignored": seam.takesGroup(
      "Groups that may run twice as fast do not.",
      ({ next }, held, message, subscription) => next(held, message, { ...subscription, groupConcurrency: 1 }),
    ),
  },
  "QUEUE-GROUP-02": {
    "groups-in-order-of-publish": seam.waiting(
      "One customer's import keeps all others waiting.",
      ({ self }, held) => self.messagesOf(held, "waiting").sort((one, other) => one.order - other.order),
      "Amazon SQS before fair queues, and one list in Redis: a noisy tenant is served until its backlog is done",
    ),
    "served-group-stays-first": seam.start(
      "The group that was served last is served again, until it has nothing left.",
      ({ next, self }, queue, subscription, message) => {
        next(queue, subscription, message)
        const { groupsServed } = self.queueOf(queue)
        const { groupKey } = message.options
        if (groupKey !== undefined) groupsServed.set(groupKey, -1)
      },
    ),
  },
  "QUEUE-GROUP-03": {
    "latest-of-a-group-first": seam.waiting("An old state overwrites a new one.", ({ next }, held) =>
      next(held).sort((one, other) => other.order - one.order),
    ),
  },
  "QUEUE-GROUP-04": {
    "busy-group-at-the-head": seam.waiting(
      "Slots are free while work waits behind a busy group.",
      ({ next }, held) =>
        next(held)
          .sort((one, other) => one.order - other.order)
          .slice(0, 1),
      "a list in Redis whose head is put back: consumers that look at the first message only",
    ),
    "no-group-is-one-group": seam.takesGroup(
      "Messages without a group run one at a time.",
      ({ next, self }, held, message, subscription) =>
        next(held, message, subscription) &&
        (message.options.groupKey !== undefined ||
          self.messagesOf(held, "active").every(({ options }) => options.groupKey !== undefined)),
    ),
  },
})
