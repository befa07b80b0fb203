import { clause, Deliveries, gate, listen, publishNumbers } from "../clause.ts"
import { publishing } from "../probes.ts"

/** QUEUE-SUB: subscriptions. */
export const subscribeClauses = [
  clause("QUEUE-SUB-01", {
    why: "Two handlers of one queue are a mistake, and one of them would be ignored in silence.",
    fix: "Refuse the second one before anything is changed.",
    async check(t, queue) {
      const first = await listen(t, queue, "mail")
      const second = new Deliveries(t)
      await t.rejects(() => queue.subscribe("mail", second.handler), "ALREADY_EXISTS", "a second subscribe")
      await publishNumbers(queue, "mail", 3)
      await first.reach(3, "what the first handler is given afterwards")
      await second.stay(0, "the handler that was refused is given a message")
    },
  }),
  clause("QUEUE-SUB-02", {
    why: "A process that exits after unsubscribe would cut its handlers off.",
    fix: "Resolve when the last handler has ended.",
    async check(t, queue) {
      const gates = [gate(), gate()] as const
      const seen = await listen(t, queue, "mail", ({ data }) => gates[data]?.opened, { concurrency: 2 })
      try {
        await publishNumbers(queue, "mail", 2)
        await seen.reach(2)
        let isOver = false
        const ending = queue.unsubscribe("mail").finally(() => {
          isOver = true
        })
        ending.catch(() => undefined)
        await t.never(() => isOver, "unsubscribe is over while two handlers run")
        gates[0].open()
        await seen.end(1)
        await t.never(() => isOver, "unsubscribe is over while one of two handlers runs")
        gates[1].open()
        await t.settles(ending, "unsubscribe, when the last handler has ended")
        t.equal(seen.ended, 2, "handlers that have ended when unsubscribe resolves")
      } finally {
        for (const { open } of gates) open()
      }
    },
  }),
  clause("QUEUE-SUB-03", {
    why: "Workers come and go, and no message may go with them.",
    fix: "Stop taking messages first, and leave those that have not started where they are.",
    async check(t, queue, world) {
      const held = gate()
      const seen = await listen(t, queue, "mail", () => held.opened, { concurrency: 1 })
      const later = new Deliveries(t)
      try {
        await publishNumbers(queue, "mail", 3)
        await seen.reach(1)
        const ending = queue.unsubscribe("mail")
        ending.catch(() => undefined)
        await seen.stay(1, "a message is delivered while unsubscribe waits")
        held.open()
        await ending
        const methods = publishing(world.capabilities)
        for (const [index, [, publish]] of methods.entries()) await publish(queue, "mail", 3 + index)
        await seen.stay(1, "a message is delivered after unsubscribe")
        await queue.subscribe("mail", later.handler)
        await later.reach(2 + methods.length, "what waited is delivered to a later subscription")
        await later.stay(2 + methods.length, "a message was delivered twice")
        const numbers = Array.from({ length: 3 + methods.length }, (_, number) => number)
        t.equal([...seen.data, ...later.data].toSorted(), numbers, "what was delivered, before and after")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-SUB-04", {
    why: "Code that ends what may have begun should not have to remember whether it had.",
    fix: "Resolve where there is nothing to end.",
    async check(t, queue) {
      const ends = async (what: string) => {
        const { error } = await t.outcome(() => queue.unsubscribe("mail"), what)
        t.equal(error, undefined, what)
      }
      await ends("unsubscribe of a queue that nobody has used")
      await queue.publish("mail", 1)
      await ends("unsubscribe of a queue that has messages alone")
      await listen(t, queue, "mail")
      await ends("unsubscribe of a subscription")
      await ends("unsubscribe for the second time")
    },
  }),
  clause("QUEUE-SUB-05", {
    why: "Too many at once overload what the handlers call, and too few waste a machine.",
    fix: "Take a message whenever fewer handlers run than may, not when all of a batch have ended.",
    async check(t, queue) {
      const gates = Array.from({ length: 7 }, gate)
      const seen = await listen(t, queue, "mail", ({ data }) => gates[data]?.opened, { concurrency: 3 })
      try {
        await publishNumbers(queue, "mail", gates.length)
        await seen.reach(3, "as many handlers run as may")
        await seen.stay(3, "more handlers run than may")
        gates[seen.data[0] as number]?.open()
        await seen.reach(4, "a slot that is free is taken while other handlers run")
        await seen.stay(4, "more handlers run than may, when one has ended")
        for (const { open } of gates) open()
        await seen.end(gates.length)
        t.equal(seen.most, 3, "handlers at one time")
      } finally {
        for (const { open } of gates) open()
      }
    },
  }),
  clause("QUEUE-SUB-06", {
    why: "Handlers that were written for one at a time corrupt what they share.",
    fix: "Let concurrency be 1 by default.",
    async check(t, queue) {
      const gates = Array.from({ length: 3 }, gate)
      const seen = await listen(t, queue, "mail", ({ data }) => gates[data]?.opened)
      try {
        await publishNumbers(queue, "mail", gates.length)
        for (let count = 1; count <= gates.length; count++) {
          await seen.reach(count, `handler ${count}`)
          await seen.stay(count, "a second handler runs beside the first")
          gates[seen.data[count - 1] as number]?.open()
        }
        await seen.end(gates.length)
        t.equal(seen.most, 1, "handlers at one time")
      } finally {
        for (const { open } of gates) open()
      }
    },
  }),
  clause("QUEUE-SUB-07", {
    why: "One slow queue would stop all others of a process.",
    fix: "Count running handlers for each subscription.",
    async check(t, queue) {
      const held = gate()
      try {
        const slow = await listen(t, queue, "slow", () => held.opened)
        await queue.publish("slow", 1)
        await slow.reach(1)
        const quick = await listen(t, queue, "quick")
        const late = await listen(t, queue, "late", () => held.opened)
        await publishNumbers(queue, "quick", 3)
        await quick.reach(3, "messages of a queue while the handler of another runs")
        await queue.publish("late", 1)
        await late.reach(1, "a message of a third queue")
        t.equal([slow.running, late.running], [1, 1], "handlers of two queues that run side by side")
      } finally {
        held.open()
      }
    },
  }),
]
