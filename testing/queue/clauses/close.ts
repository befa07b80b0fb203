import { clause, gate, listen, publishNumbers } from "../clause.ts"
import { publishing } from "../publishing.ts"
import { passUntilLost, visibilityOf } from "./crash.ts"

/** QUEUE-CLOSE: the end of a client. */
export const closeClauses = [
  clause("QUEUE-CLOSE-01", {
    why: "Work that is cut off in the middle leaves half of it behind.",
    fix: "End every subscription, wait for what runs, and only then let go of the store.",
    methods: ["close"],
    async check(t, queue, world) {
      const held = gate()
      const told = gate()
      let closing = false
      try {
        const work = async ({ data }: { data: string }) => {
          await told.opened
          // Refused or not: it must not be started here any more.
          if (closing && data === "first") await queue.publish("work", "late").catch(() => {})
          await held.opened
        }
        const seen = await listen(t, queue, "work", work, { concurrency: 2 })
        await queue.publish("work", "first")
        await seen.reach(1)
        closing = true
        let closed = false
        const end = queue.close().then(() => {
          closed = true
        })
        if (world.capabilities.shared) await publishNumbers(await world.connect(), "work", 2)
        told.open()
        await t.never(() => closed, "close has resolved while a handler runs")
        t.equal(seen.data, ["first"], "what was started while close waits")
        held.open()
        await t.settles(end, "close after the handler")
        t.equal(seen.ended, 1, "handlers that have ended when close resolves")
        await seen.stay(1, "a handler is started after close")
      } finally {
        told.open()
        held.open()
      }
    },
  }),
  clause("QUEUE-CLOSE-02", {
    why: "The last step of a handler is to publish the next one: it would fail at each deployment.",
    fix: "Close workers before publishers.",
    methods: ["close"],
    async check(t, queue, world) {
      const held = gate()
      const outcomes: Record<string, unknown> = {}
      try {
        const seen = await listen(t, queue, "steps", async () => {
          await held.opened
          for (const [method, publish] of publishing(world.capabilities)) {
            outcomes[method] = await publish(queue, "next", method).catch((error: unknown) => error)
          }
        })
        await queue.publish("steps", 1)
        await seen.reach(1)
        const end = queue.close()
        held.open()
        await t.settles(end, "close")
        for (const [method] of publishing(world.capabilities)) {
          const outcome = outcomes[method]
          t.ok(typeof outcome === "string", `${method} by a handler while close waits for it: ${String(outcome)}`)
        }
        if (!world.capabilities.shared) return
        const next = await listen(t, await world.connect(), "next")
        await next.reach(publishing(world.capabilities).length, "what was published while close waits")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CLOSE-03", {
    why: "A deployment replaces one process by another, which takes over what is left.",
    fix: "Give back what was fetched and not started, and take nothing along.",
    needs: ["shared"],
    methods: ["close"],
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      try {
        const leaving = await listen(t, queue, "work", () => held.opened)
        await publishNumbers(queue, "work", 4)
        await queue.publish("work", "delayed", { delay: world.step * 1000 })
        await leaving.reach(1)
        const end = queue.close()
        held.open()
        await t.settles(end, "close")
        const seen = await listen(t, await world.connect(), "work")
        await seen.reach(3, "what waited when the client closed")
        await world.pass(world.step)
        await seen.reach(4, "what was delayed when the client closed")
        const all = [...leaving.data, ...seen.data].map(String).sort()
        t.equal(all, ["0", "1", "2", "3", "delayed"], "what both clients were given")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CLOSE-04", {
    why: "Each deployment would do the work of its last second twice.",
    fix: "Wait until the store knows that the message is completed before close resolves.",
    needs: ["shared"],
    methods: ["close"],
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const options = { visibilityTimeoutMs: visibilityOf(world) * 1000 }
      try {
        const leaving = await listen(t, queue, "work", () => held.opened, options)
        await queue.publish("work", 1)
        await leaving.reach(1)
        const end = queue.close()
        held.open()
        await t.settles(end, "close")
        t.equal(leaving.ended, 1, "handlers that have ended when close resolves")
        const seen = await listen(t, await world.connect(), "work", undefined, options)
        await passUntilLost(world)
        await seen.stay(0, "a message whose handler has finished is delivered again")
      } finally {
        held.open()
      }
    },
  }),
]
