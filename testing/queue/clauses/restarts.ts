import { clause, listen, type QueueClient } from "../clause.ts"

/** Whether the store answers. */
async function answers(queue: QueueClient): Promise<boolean> {
  return queue.publish("answers", 1).then(
    () => true,
    () => false,
  )
}

/** QUEUE-FAULT: durable stores that are started again. */
export const restartsClauses = [
  clause("QUEUE-FAULT-06", {
    why: "A store that comes back empty has lost work that was promised.",
    fix: "Let the store write to disk before it answers, with all that belongs to a message; or declare durable: false.",
    needs: ["durable"],
    uses: ["restart"],
    waits: true,
    async check(t, queue, world) {
      const { priorities } = world.capabilities
      const delay = Math.max(world.step * 3, 3)
      const early = world.window(delay)
      await queue.publish("work", "delayed", { delay: delay * 1000 })
      await queue.publish("work", "later", priorities ? { priority: 900 } : {})
      await queue.publish("work", "first", priorities ? { priority: 1 } : {})
      await world.restart()
      await t.eventually(() => answers(queue), "works again")
      const seen = await listen(t, queue, "work")
      await seen.reach(2, "what was published before the restart")
      t.equal(seen.data, priorities ? ["first", "later"] : [...seen.data], "its order by priority")
      await seen.stay(2, "a delayed message is delivered early, after a restart")
      early.close()
      await world.pass(delay)
      await seen.reach(3, "a delayed message, after its delay and a restart")
      t.equal(seen.data.map(String).sort(), ["delayed", "first", "later"], "what was published before the restart")
    },
  }),
  clause("QUEUE-FAULT-07", {
    why: "What was stopped for a good reason would go on, in the night in which the store was replaced.",
    fix: "Keep the pause in the store.",
    needs: ["durable", "management"],
    uses: ["restart"],
    async check(t, queue, world) {
      const seen = await listen(t, queue, "work")
      await queue.pause("work")
      await queue.publish("work", 1)
      await world.restart()
      await t.eventually(() => answers(queue), "works again")
      t.equal((await queue.getQueueStats("work")).paused, true, "paused, after a restart")
      await seen.stay(0, "a paused queue delivers after a restart")
      await queue.resume("work")
      await seen.reach(1, "what was published while it was paused")
    },
  }),
  clause("QUEUE-FAULT-08", {
    why: "What failed is gone before anybody has looked, and what was to run each night runs no more.",
    fix: "Keep dead messages and schedules in the store, not in the client.",
    needs: ["durable", "deadLetters"],
    uses: ["restart"],
    async check(t, queue, world) {
      const { schedules } = world.capabilities
      let failing = true
      const seen = await listen(t, queue, "work", () => {
        if (failing) throw new Error("failed")
      })
      const id = await queue.publish("work", "dies", { maxAttempts: 1 })
      const dead = async () => (await queue.listFailed("work")).items.map(({ data, id }) => ({ data, id }))
      await t.eventually(async () => (await dead()).length === 1, "the dead message is listed")
      if (schedules)
        await queue.schedule("reports", "yearly", { cron: "0 0 1 1 *", timezone: "Asia/Kolkata" }, { of: 1 })
      const before = schedules ? await queue.listSchedules("reports") : []
      await world.restart()
      await t.eventually(() => answers(queue), "works again")
      t.equal(await dead(), [{ data: "dies", id }], "dead messages, after a restart")
      if (schedules) t.equal(await queue.listSchedules("reports"), before, "schedules, after a restart")
      failing = false
      await queue.replay("work", id)
      await seen.reach(2, "a dead message that is replayed after a restart")
      t.equal(seen.messages[1]?.id, id, "its id")
    },
  }),
]
