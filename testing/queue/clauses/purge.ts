import { AT_ONCE, clause, gate, listen } from "../clause.ts"
import { HOUR_MS, publishBatch, reachSize } from "../states.ts"

/** QUEUE-SIZE and QUEUE-PURGE: what waits, and how to drop it. */
export const purgeClauses = [
  clause("QUEUE-SIZE-01", {
    why: "Workers are added and taken away by it.",
    fix: "Add up every list in which messages wait or are delayed, those of priorities too.",
    methods: ["getQueueSize"],
    async check(t, queue, world) {
      const held = gate()
      const work = ({ data }: { data: unknown }) => {
        if (data === "fails") throw new Error("fails")
        if (data === "held") return held.opened
      }
      const own = world.capabilities.priorities ? { priority: 7 } : {}
      await queue.publish("mail", 1)
      t.equal(await queue.getQueueSize("mail"), 1, "the size with one message")
      for (const data of [2, 3]) await queue.publish("mail", data)
      await queue.publish("mail", 4, own)
      await queue.publish("mail", 5, { delay: HOUR_MS })
      await queue.publish("mail", 6, { ...own, delay: HOUR_MS })
      t.equal(await queue.getQueueSize("mail"), 6, "the size with four messages that wait and two that are delayed")
      const seen = await listen(t, queue, "busy", work)
      try {
        await queue.publish("busy", "held")
        await seen.reach(1)
        t.equal(await queue.getQueueSize("busy"), 0, "the size while a handler has the only message")
        await queue.publish("busy", "done")
        await queue.publish("busy", "fails", { maxAttempts: 1 })
        t.equal(await queue.getQueueSize("busy"), 2, "the size while two messages wait behind one")
        held.open()
        await seen.end(3)
        await reachSize(t, queue, "busy", 0, "when every message is done, or dead")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-SIZE-02", {
    why: "A page of queues is looked at before their first message.",
    fix: "Count nothing as 0.",
    methods: ["getQueueSize"],
    async check(t, queue) {
      t.equal(await queue.getQueueSize("unused"), 0)
    },
  }),
  clause("QUEUE-PURGE-01", {
    why: "A queue is purged to be rid of all that it would still do.",
    fix: "Remove from every list in which messages wait or are delayed, and count what you removed.",
    methods: ["purge"],
    waits: true,
    async check(t, queue, world) {
      const own = world.capabilities.priorities ? { priority: 7 } : {}
      const early = world.window(world.step)
      await queue.publish("mail", 1)
      await queue.publish("mail", 2, own)
      await queue.publish("mail", 3, { delay: world.step * 1000 })
      const removed = await queue.purge("mail")
      early.close()
      t.equal(removed, 3, "how many messages purge removed, of two that waited and one that was delayed")
      t.equal(await queue.purge("mail"), 0, "how many messages a second purge removed")
      const seen = await listen(t, queue, "mail")
      await world.pass(world.step)
      await seen.stay(0, "what was purged was delivered")
    },
  }),
  clause("QUEUE-PURGE-02", {
    why: "Work that is under way, and that of others, would be lost.",
    fix: "Remove what has not started from this one queue; do not destroy the queue to empty it.",
    methods: ["purge"],
    async check(t, queue) {
      const held = gate()
      const seen = await listen(t, queue, "mail", async ({ attempts, data }) => {
        if (data !== "running" || attempts > 1) return
        await held.opened
        throw new Error("fails at first")
      })
      try {
        await queue.publish("mail", "running", { backoff: AT_ONCE })
        await seen.reach(1)
        await queue.publish("mail", "waiting")
        const others = ["mail2", "mail:other", "another"]
        for (const name of others) await queue.publish(name, name)
        await queue.purge("mail")
        for (const name of others) await (await listen(t, queue, name)).reach(1, `the message of ${name}`)
        held.open()
        await seen.reach(2, "a second attempt of the message that ran during the purge")
        t.equal(seen.messages[1]?.attempts, 2, "its attempts")
        await queue.publish("mail", "after")
        await seen.reach(3, "a message for the subscription that was there before the purge")
        t.equal(seen.data, ["running", "running", "after"], "deliveries")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-PURGE-03", {
    why: "A purge is for what waits, not for what comes.",
    fix: "Remove messages alone, and leave no mark on the queue.",
    methods: ["purge"],
    waits: true,
    async check(t, queue, world) {
      await queue.publish("mail", "before")
      await queue.publish("mail", "before, delayed", { delay: HOUR_MS })
      await queue.purge("mail")
      await queue.publish("mail", "after")
      await queue.publish("mail", "after, delayed", { delay: world.step * 1000 })
      const seen = await listen(t, queue, "mail")
      await seen.reach(1, "a message that was published after a purge")
      await world.pass(world.step)
      await seen.reach(2, "a delayed message that was published after a purge")
      t.equal(seen.data, ["after", "after, delayed"], "deliveries")
    },
  }),
  clause("QUEUE-PURGE-04", {
    why: "A queue is purged because it has become too long.",
    fix: "Remove page after page until nothing is left, and add up what that was.",
    methods: ["purge"],
    async check(t, queue, world) {
      const count = Math.min(world.many, 2500)
      await publishBatch(queue, world, "mail", count)
      t.equal(await queue.purge("mail"), count, "how many messages purge removed")
      t.equal(await queue.purge("mail"), 0, "how many messages it left")
    },
  }),
  clause("QUEUE-PURGE-05", {
    why: "Messages that fail again and again are what a queue is purged of.",
    fix: "Remove what is delayed, whatever it is delayed for.",
    methods: ["purge", "getQueueSize"],
    waits: true,
    async check(t, queue, world) {
      const waitMs = world.step * 2000
      const seen = await listen(t, queue, "mail", () => {
        throw new Error("fails")
      })
      const early = world.window(world.step * 2)
      await queue.publish("mail", 1, { backoff: { type: "fixed", delayMs: waitMs } })
      await seen.end(1)
      await reachSize(t, queue, "mail", 1, "when its message waits for another attempt")
      const removed = await queue.purge("mail")
      early.close()
      t.equal(removed, 1, "how many messages purge removed")
      await world.pass(world.step * 2)
      await seen.stay(1, "a message that was purged had another attempt")
    },
  }),
]
