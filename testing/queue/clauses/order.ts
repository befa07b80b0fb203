import type { TaskContext } from "../../../contracts/queue/message.ts"
import { AGAIN, clause, Deliveries, gate, lateness, listen, passDue } from "../clause.ts"
import { publishing } from "../probes.ts"

/** The order of handlers that run side by side tells nothing. */
const ONE = { concurrency: 1 }

const numbersTo = (count: number) => Array.from({ length: count }, (_, number) => number)

/** QUEUE-ORDER and QUEUE-PRIO: who comes first. */
export const orderClauses = [
  clause("QUEUE-ORDER-01", {
    why: "The second of two changes that are handled in the wrong order is undone by the first.",
    fix: "Keep a list that is taken from at the other end.",
    needs: ["order"],
    async check(t, queue, { capabilities }) {
      let count = 0
      const publishSome = async () => {
        for (let round = 0; round < 15; round++) {
          for (const [, publish] of publishing(capabilities)) await publish(queue, "mail", count++)
        }
        if (!capabilities.management) return
        await queue.publishMany(
          "mail",
          Array.from({ length: 30 }, () => ({ data: count++ })),
        )
      }
      const seen = new Deliveries(t)
      await publishSome()
      await queue.subscribe("mail", seen.handler, ONE)
      await publishSome()
      await seen.reach(count, "every message")
      t.equal(seen.data, numbersTo(count), "the order of deliveries")
    },
  }),
  clause("QUEUE-ORDER-02", {
    why: "What is planned for midnight is published in an order that matters.",
    fix: "Give what is due at one instant a second thing to be sorted by, which grows with each publish.",
    needs: ["order"],
    async check(t, queue, world) {
      const { capabilities, manualTime, many, step } = world
      const seconds = step * 4
      let count = 0
      const publishSome = async (left: number, items: number) => {
        const options = { delay: left * 1000 }
        for (let round = 0; round < 10; round++) {
          for (const [, publish] of publishing(capabilities)) await publish(queue, "mail", count++, options)
        }
        if (!capabilities.management) return
        await queue.publishMany(
          "mail",
          Array.from({ length: items }, () => ({ data: count++, options })),
        )
      }
      const seen = await listen(t, queue, "mail", undefined, ONE)
      if (manualTime) {
        await publishSome(seconds, 150)
        await world.pass(step)
        await publishSome(seconds - step, 150)
        await passDue(world, seconds - step)
      } else {
        await publishSome(seconds, Math.min(many, 5000))
        await passDue(world, seconds)
      }
      await seen.reach(count, "every message")
      t.equal(seen.data, numbersTo(count), "the order of deliveries")
    },
  }),
  clause("QUEUE-ORDER-03", {
    why: "Work that was put off would overtake what has waited for longer, or never have its turn in a busy queue.",
    fix: "Move what is due to the end of those that wait, also when no handler is free, and before a new message is added.",
    needs: ["order"],
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const seen = await listen(t, queue, "mail", ({ data }) => (data === "first" ? held.opened : undefined), ONE)
      try {
        await queue.publish("mail", "first")
        await seen.reach(1)
        const inTime = world.window(world.step)
        await queue.publish("mail", "delayed", { delay: world.step * 1000 })
        await queue.publish("mail", "before it is due")
        inTime.close()
        await passDue(world, world.step)
        await queue.publish("mail", "after it is due")
        held.open()
        await seen.reach(4)
        t.equal(seen.data, ["first", "before it is due", "delayed", "after it is due"], "the order of deliveries")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-PRIO-01", {
    why: "What is urgent must not wait behind what is not.",
    fix: "Sort by the number of the priority, and let 0 be the first of them.",
    needs: ["priorities"],
    async check(t, queue, { capabilities }) {
      const priorities = [5, 1000, 0, 10, 1, 9, 3, 100]
      for (const [, publish] of publishing(capabilities)) {
        for (const priority of priorities) await publish(queue, "mail", priority, { priority })
      }
      const seen = await listen(t, queue, "mail", undefined, ONE)
      const count = priorities.length * publishing(capabilities).length
      await seen.reach(count)
      const sorted = (seen.data as number[]).toSorted((one, other) => one - other)
      t.equal(seen.data, sorted, "the priorities in the order of deliveries")
    },
  }),
  clause("QUEUE-PRIO-02", {
    why: "Changes of one thing are published with one priority, and their order matters.",
    fix: "Sort by the priority, and then by a number that grows with each publish.",
    needs: ["priorities", "order"],
    async check(t, queue, { capabilities }) {
      let count = 0
      for (let round = 0; round < 15; round++) {
        for (const [, publish] of publishing(capabilities)) {
          for (const priority of [7, 0, 1000]) await publish(queue, "mail", [priority, count++], { priority })
        }
      }
      const seen = await listen(t, queue, "mail", undefined, ONE)
      await seen.reach(count)
      for (const wanted of [7, 0, 1000]) {
        const numbers = (seen.data as [number, number][]).filter(([priority]) => priority === wanted)
        t.equal(
          numbers.map(([, number]) => number),
          numbers.map(([, number]) => number).toSorted((one, other) => one - other),
          `the order of deliveries of priority ${wanted}`,
        )
      }
    },
  }),
  clause("QUEUE-PRIO-03", {
    why: "Messages without a priority are most of them, and must not all be urgent, or all be late.",
    fix: "Store 2 where none is given.",
    needs: ["priorities"],
    async check(t, queue, { capabilities }) {
      const methods = publishing(capabilities)
      for (let round = 0; round < 3; round++) {
        for (const [, publish] of methods) {
          await publish(queue, "mail", 3, { priority: 3 })
          await publish(queue, "mail", 2)
          await publish(queue, "mail", 1, { priority: 1 })
        }
      }
      const seen = await listen(t, queue, "mail", undefined, ONE)
      await seen.reach(methods.length * 9)
      const sorted = (seen.data as number[]).toSorted((one, other) => one - other)
      t.equal(seen.data, sorted, "the order of deliveries, in which 2 stands for no priority")
    },
  }),
  clause("QUEUE-PRIO-04", {
    why: "Urgent work that failed once would wait behind all that is not urgent, or the other way round.",
    fix: "Keep the priority with the message, and sort it in anew.",
    needs: ["priorities"],
    waits: true,
    async check(t, queue, world) {
      const ways = {
        throws: () => {
          throw new Error("the first delivery")
        },
        "gives back": (context: TaskContext) => context.retryLater(0),
      }
      for (const [name, again] of Object.entries(ways)) {
        const held = gate()
        const isFirst = () => seen.data.filter((other) => other === 4).length === 1
        const seen = new Deliveries(t, async ({ data }, context) => {
          if (data === 0) await held.opened
          if (data !== 4 || !isFirst()) return
          // It holds up all others until the message has come back.
          await queue.publish(name, 0, { priority: 0 })
          again(context)
        })
        try {
          for (const priority of [5, 4, 3]) await queue.publish(name, priority, { priority, ...AGAIN })
          await queue.subscribe(name, seen.handler, ONE)
          await seen.reach(3)
          await queue.publish(name, 3, { priority: 3 })
          await world.pass(lateness(world))
          held.open()
          await seen.reach(6)
          t.equal(seen.data, [3, 4, 0, 3, 4, 5], `the priorities in the order of deliveries, where 4 ${name} at first`)
        } finally {
          held.open()
        }
      }
    },
  }),
  clause("QUEUE-PRIO-05", {
    why: "Work that was put off is not more urgent for that, and not less.",
    fix: "Sort a message in by its priority when it is due.",
    needs: ["priorities"],
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const seen = await listen(t, queue, "mail", ({ data }) => (data === "first" ? held.opened : undefined), ONE)
      try {
        await queue.publish("mail", "first")
        await seen.reach(1)
        const delay = world.step * 1000
        for (const priority of [1, 9, 5]) await queue.publish("mail", `${priority}, delayed`, { priority, delay })
        for (const priority of [0, 4, 6, 10]) await queue.publish("mail", `${priority}, waiting`, { priority })
        await passDue(world, world.step)
        held.open()
        await seen.reach(8)
        const wanted = [
          "0, waiting",
          "1, delayed",
          "4, waiting",
          "5, delayed",
          "6, waiting",
          "9, delayed",
          "10, waiting",
        ]
        t.equal(seen.data, ["first", ...wanted], "the order of deliveries")
      } finally {
        held.open()
      }
    },
  }),
]
