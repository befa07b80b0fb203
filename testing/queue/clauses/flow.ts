import { AT_ONCE, clause, clientsOf, type Deliveries, gate, listen, publishNumbers } from "../clause.ts"
import { aWhile, HOUR_MS, reachStatus } from "../states.ts"

const needs = ["management"] as const

/** QUEUE-MGMT, of whole queues: pause, resume, and waiting until a queue is idle. */
export const flowClauses = [
  clause("QUEUE-MGMT-13", {
    why: "A queue is paused since what its handlers need is broken; what comes meanwhile must not be lost.",
    fix: "Keep the pause in the store, and look at it in the step that takes a message.",
    needs,
    waits: true,
    async check(t, _queue, world) {
      const clients = await clientsOf(world, 2)
      const [queue] = clients
      if (queue === undefined) return
      const before = await listen(t, queue, "mail")
      await queue.publish("mail", "before")
      await before.end(1)
      const early = world.window(world.step)
      await queue.publish("mail", "delayed", { delay: world.step * 1000 })
      await queue.pause("mail")
      early.close()
      const others: Deliveries[] = []
      for (const client of new Set(clients.slice(1))) {
        if (client !== queue && world.capabilities.shared) others.push(await listen(t, client, "mail"))
      }
      for (const client of clients) await client.publish("mail", "paused")
      const delivered = () => others.reduce((sum, { messages }) => sum + messages.length, before.messages.length)
      await world.pass(world.step)
      await t.never(() => delivered() > 1, "a message was delivered while the queue was paused")
      await queue.resume("mail")
      await t.eventually(() => delivered() === 2 + clients.length, "every message, after resume")
    },
  }),
  clause("QUEUE-MGMT-14", {
    why: "A pause that stops work half done, or other queues, does more harm than it prevents.",
    fix: "Let workers take nothing new of this queue, and touch nothing else.",
    needs,
    async check(t, queue) {
      const held = gate()
      let signal: AbortSignal | undefined
      const seen = await listen(t, queue, "mail", (_, context) => {
        signal ??= context.signal
        return held.opened
      })
      try {
        const id = await queue.publish("mail", 1)
        await seen.reach(1)
        const paused = queue.pause("mail")
        paused.catch(() => {})
        const other = await listen(t, queue, "mail2")
        await queue.publish("mail2", 1)
        await other.reach(1, "a message of another queue, while one is paused")
        t.equal(signal?.aborted, false, "whether the signal of a running handler aborted")
        held.open()
        await paused
        await reachStatus(t, queue, "mail", id, "completed", "a message whose handler ended while its queue was paused")
        await queue.resume("mail")
        await seen.stay(1, "a message was delivered again whose handler ran when its queue was paused")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-15", {
    why: "A pause must cost nothing but time.",
    fix: "Keep messages where they are while the queue is paused, and wake workers at resume.",
    needs,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "mail")
      await queue.pause("mail")
      await publishNumbers(queue, "mail", 5)
      await aWhile(t)
      await queue.resume("mail")
      await seen.reach(5, "what was published while the queue was paused")
      await queue.pause("other")
      await queue.publish("other", 1)
      const late = await listen(t, queue, "other")
      await aWhile(t)
      await (await world.connect()).resume("other")
      await late.reach(1, "what another client resumed")
      const inOrder = world.capabilities.order === "fifo" ? seen.data : seen.data.toSorted()
      t.equal(inOrder, [0, 1, 2, 3, 4], "payloads")
    },
  }),
  clause("QUEUE-MGMT-16", {
    why: "Tests and deployments wait until work is done; a message for tomorrow would hold them for a day.",
    fix: "Look for messages that are due and for running handlers, of every client.",
    needs,
    async check(t, queue, world) {
      await t.settles(queue.whenIdle("unused"), "whenIdle of a queue that nobody has used")
      await queue.publish("mail", "delayed", { delay: HOUR_MS })
      await t.settles(queue.whenIdle("mail"), "whenIdle while a message is delayed")
      await queue.publish("mail", "waits")
      const clients = [queue, await world.connect()]
      let idle = 0
      const count = () => {
        idle++
      }
      const all = clients.map((client) => client.whenIdle("mail").then(count))
      for (const waiting of all) waiting.catch(() => {})
      const held = gate()
      try {
        await t.never(() => idle > 0, "whenIdle resolved while a message waited")
        const seen = await listen(t, queue, "mail", () => held.opened)
        await seen.reach(1)
        await t.never(() => idle > 0, "whenIdle resolved while a handler ran")
        held.open()
        await seen.end(1)
        await t.settles(Promise.all(all), "whenIdle when the handler has ended")
        t.equal(idle, clients.length, "how many calls of whenIdle resolved")
        const again = await listen(t, queue, "fails", () => {
          throw new Error("fails")
        })
        await queue.publish("fails", 1, { backoff: { type: "fixed", delayMs: HOUR_MS, maxDelayMs: HOUR_MS } })
        await again.end(1)
        await t.settles(queue.whenIdle("fails"), "whenIdle while a message waits for another attempt")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-17", {
    why: "A deployment that waits for ever is worse than one that is told to stop waiting.",
    fix: "Start a timer of timeoutMs, reject TIMEOUT when it fires, and stop looking.",
    needs,
    waits: true,
    async check(t, queue, world) {
      await queue.publish("mail", 1, { backoff: AT_ONCE })
      const early = world.window(world.step * 2)
      let settled = false
      const settle = () => {
        settled = true
      }
      const idle = queue.whenIdle("mail", { timeoutMs: world.step * 2000 })
      idle.then(settle, settle)
      await world.pass(world.step)
      await t.never(() => settled, "whenIdle settled before its time was over")
      early.close()
      await world.pass(world.step)
      await t.rejects(() => idle, "TIMEOUT", "whenIdle when its time is over")
    },
  }),
]
