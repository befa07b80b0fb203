import { clause, type Deliveries, gate, listen } from "../clause.ts"
import { publishing } from "../publishing.ts"

/** The data of deliveries that begins with a text. */
function ofGroup({ data }: Deliveries, group: string): unknown[] {
  return data.filter((text) => String(text).startsWith(group))
}

/** QUEUE-GROUP: groups take turns. */
export const groupsClauses = [
  clause("QUEUE-GROUP-01", {
    why: "Two changes of one customer at one time overwrite each other.",
    fix: "Count what runs by group, over all clients, before a message starts.",
    needs: ["groups"],
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) {
        for (const [allowed, options] of [
          [1, { concurrency: 10 }],
          [2, { concurrency: 10, groupConcurrency: 2 }],
        ] as const) {
          const what = `of one group, by ${method}, with groupConcurrency ${allowed}`
          const held = gate()
          const name = `${method} ${allowed}`
          try {
            const seen = await listen(t, queue, name, () => held.opened, options)
            if (world.capabilities.shared) {
              await (await world.connect()).subscribe(name, seen.handler, options)
            }
            for (let number = 0; number < 5; number++) await publish(queue, name, number, { groupKey: "ada" })
            await seen.reach(allowed, `${allowed} running ${what}`)
            await seen.stay(allowed, `more than ${allowed} running ${what}`)
            held.open()
            await seen.end(5, `all ${what}`)
            t.equal(seen.most, allowed, `how many ran at one time ${what}`)
          } finally {
            held.open()
          }
        }
      }
    },
  }),
  clause("QUEUE-GROUP-02", {
    why: "One customer's import would keep all others waiting.",
    fix: "Take the next message of the group that was served longest ago.",
    needs: ["groups"],
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) {
        const send = (group: string, number: number) => publish(queue, method, `${group}${number}`, { groupKey: group })
        for (let number = 0; number < 20; number++) await send("many", number)
        for (let number = 0; number < 2; number++) {
          await send("few", number)
          await send("other", number)
        }
        const seen = await listen(t, queue, method)
        await seen.reach(24, "every message")
        const last = seen.data.findLastIndex((text) => !String(text).startsWith("many"))
        t.ok(
          last < 6,
          `the last message of groups of two came as number ${last + 1} of 24, want 6 at most, by ${method}`,
        )
      }
    },
  }),
  clause("QUEUE-GROUP-03", {
    why: "A group is there so that changes come in their order.",
    fix: "Keep the messages of a group in a list of their own.",
    needs: ["groups"],
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) {
        const seen = await listen(t, queue, method, undefined, { concurrency: 10 })
        const numbers = Array.from({ length: 8 }, (_, number) => number)
        await queue.unsubscribe(method)
        for (const number of numbers) {
          for (const groupKey of ["a", "b"]) await publish(queue, method, `${groupKey}${number}`, { groupKey })
        }
        await queue.subscribe(method, seen.handler, { concurrency: 10 })
        await seen.reach(16, "every message")
        for (const groupKey of ["a", "b"]) {
          t.equal(
            ofGroup(seen, groupKey),
            numbers.map((number) => `${groupKey}${number}`),
            `${groupKey}, by ${method}`,
          )
        }
      }
    },
  }),
  clause("QUEUE-GROUP-04", {
    why: "Slots would be free, and work would wait all the same.",
    fix: "Look past messages of a group that is busy.",
    needs: ["groups"],
    async check(t, queue) {
      const held = gate()
      try {
        const work = ({ data }: { data: string }) => (data === "b0" ? undefined : held.opened)
        const seen = await listen(t, queue, "work", work, { concurrency: 10 })
        const send = (data: string, groupKey?: string) => queue.publish("work", data, { groupKey })
        await send("a0", "a")
        await seen.reach(1)
        // It is b's turn no more.
        await send("b0", "b")
        await seen.end(1, "a message of another group")
        await send("a1", "a")
        await send("b1", "b")
        await send("plain0")
        await send("plain1")
        const started = (data: string) => t.eventually(() => seen.data.includes(data), `${data} beside a busy group`)
        for (const data of ["b1", "plain0", "plain1"]) await started(data)
      } finally {
        held.open()
      }
    },
  }),
]
