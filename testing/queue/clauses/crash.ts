import { AT_ONCE, clause, Deliveries, gate, listen, publishNumbers, type QueueWorld } from "../clause.ts"
import { publishing } from "../publishing.ts"

/** Seconds that a worker may be silent. Shorter ones are not told from a busy machine. */
export function visibilityOf(world: QueueWorld): number {
  return Math.max(world.step, 1)
}

/** Lets pass what may pass until a lost message comes again. */
export async function passUntilLost(world: QueueWorld): Promise<void> {
  await world.pass(visibilityOf(world) * 2)
}

/** QUEUE-CRASH: workers that are lost. */
export const crashClauses = [
  clause("QUEUE-CRASH-01", {
    why: "Machines end at any moment, and their work must be done by others.",
    fix: "Lend a message for visibilityTimeoutMs, renew while its handler runs, and look for expired loans half as often.",
    needs: ["shared"],
    uses: ["fork"],
    waits: true,
    async check(t, queue, world) {
      const options = { visibilityTimeoutMs: visibilityOf(world) * 1000 }
      const { client, kill } = await world.fork()
      const hung = gate()
      try {
        const lost = await listen(t, client, "work", () => hung.opened, options)
        const id = await queue.publish("work", "precious")
        await lost.reach(1, "the delivery to the worker that is killed")
        await kill()
        const seen = await listen(t, queue, "work", undefined, options)
        await passUntilLost(world)
        await seen.reach(1, "the delivery to another worker, after twice the visibility timeout")
        t.equal([seen.messages[0]?.id, seen.data], [id, ["precious"]], "what was delivered again")
        await seen.stay(1, "it is delivered once more")
      } finally {
        hung.open()
      }
    },
  }),
  clause("QUEUE-CRASH-02", {
    why: "Handlers, and limits of attempts, go by the number: a crash is a failure like another.",
    fix: "Count a delivery when its handler is called, in the store, before it is.",
    needs: ["shared"],
    uses: ["fork"],
    waits: true,
    async check(t, queue, world) {
      const options = { visibilityTimeoutMs: visibilityOf(world) * 1000 }
      const { client, kill } = await world.fork()
      const hung = gate()
      try {
        const lost = await listen(t, client, "work", () => hung.opened, options)
        await queue.publish("work", 1, { maxAttempts: 3, backoff: AT_ONCE })
        await lost.reach(1, "the delivery to the worker that is killed")
        await kill()
        const work = () => {
          throw new Error("failed")
        }
        const seen = await listen(t, queue, "work", work, options)
        await passUntilLost(world)
        await seen.reach(2, "the deliveries after a crash")
        await seen.stay(2, "a message of three attempts has four, a crash included")
        t.equal(
          seen.messages.map(({ attempts }) => attempts),
          [2, 3],
          "attempts after a crash",
        )
      } finally {
        hung.open()
      }
    },
  }),
  clause("QUEUE-CRASH-03", {
    why: "A message that ends its worker would end all of them, one after the other.",
    fix: "Compare the count of started deliveries with maxAttempts before a lost message is given to another worker.",
    needs: ["shared"],
    uses: ["fork"],
    waits: true,
    async check(t, queue, world) {
      const options = { visibilityTimeoutMs: visibilityOf(world) * 1000 }
      const hung = gate()
      const seen = new Deliveries(t, ({ data }) => (data === "poison" ? hung.opened : undefined))
      const poisoned = () => seen.data.filter((data) => data === "poison").length
      try {
        await queue.publish("work", "poison", { maxAttempts: 2, backoff: AT_ONCE })
        for (const delivery of [1, 2]) {
          const { client, kill } = await world.fork()
          await client.subscribe("work", seen.handler, options)
          if (delivery === 2) await passUntilLost(world)
          await t.eventually(() => poisoned() === delivery, `delivery ${delivery} to a worker that is killed`)
          if (delivery === 1) await queue.publish("work", "behind")
          await kill()
        }
        await queue.subscribe("work", seen.handler, options)
        await passUntilLost(world)
        await t.eventually(() => seen.data.includes("behind"), "a message behind one that ends its workers")
        if (world.capabilities.deadLetters) {
          const reasons = async () => (await queue.listFailed("work")).items.map(({ reason }) => reason)
          await t.eventually(async () => (await reasons()).length > 0, "the message is listed as dead")
          t.equal(await reasons(), ["max_deliveries"], "the reasons of what is dead")
        }
        await t.never(() => poisoned() > 2, "a message of two attempts is given to a third worker")
      } finally {
        hung.open()
      }
    },
  }),
  clause("QUEUE-CRASH-04", {
    why: "A deployment ends many handlers at once: their work is neither lost nor done twice.",
    fix: "Let each message have a loan of its own, and end it when its handler is done.",
    needs: ["shared", "management"],
    uses: ["fork"],
    waits: true,
    async check(t, queue, world) {
      const count = 20
      const options = { concurrency: count * 2, visibilityTimeoutMs: visibilityOf(world) * 1000 }
      const { client, kill } = await world.fork()
      const hung = gate()
      try {
        const lost = await listen(t, client, "work", ({ data }) => (data % 2 === 0 ? undefined : hung.opened), options)
        await publishNumbers(queue, "work", count * 2)
        await lost.reach(count * 2, "the deliveries to the worker that is killed")
        const completed = async () => (await queue.getQueueStats("work")).completed === count
        await t.eventually(completed, "half of the messages are completed")
        await kill()
        const seen = await listen(t, queue, "work", undefined, options)
        await passUntilLost(world)
        await seen.reach(count, "what was in flight")
        await seen.stay(count, "more is delivered again than was in flight")
        const odd = Array.from({ length: count }, (_, index) => index * 2 + 1)
        t.equal(
          seen.data.map(Number).sort((one, other) => one - other),
          odd,
          "what was in flight",
        )
      } finally {
        hung.open()
      }
    },
  }),
  clause("QUEUE-CRASH-05", {
    why: "Work that takes long would be done twice at one time.",
    fix: "Renew the loan by a timer while the handler runs.",
    waits: true,
    async check(t, queue, world) {
      const seconds = world.step * 2
      const options = { concurrency: 2, visibilityTimeoutMs: seconds * 1000 }
      const held = gate()
      let aborted = false
      const work = (_: unknown, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener("abort", () => {
          aborted = true
        })
        return held.opened
      }
      try {
        const seen = await listen(t, queue, "work", work, options)
        if (world.capabilities.shared) await (await world.connect()).subscribe("work", seen.handler, options)
        await queue.publish("work", 1)
        await seen.reach(1)
        for (let part = 0; part < 12; part++) {
          // A process that is held up for longer loses the message by right.
          const awake = world.window(seconds * 0.45)
          await world.pass(seconds / 4)
          awake.close()
        }
        await seen.stay(1, "a message is delivered again while its handler runs")
        t.ok(!aborted, "the signal of a handler that runs has aborted")
        held.open()
        await seen.end(1)
        await world.pass(seconds)
        await seen.stay(1, "a message is delivered again after its handler")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CRASH-06", {
    why: "Who has the id of a message has told others that the work will be done.",
    fix: "Resolve publish when the store has the message, not when it is in a buffer.",
    needs: ["shared"],
    uses: ["fork"],
    waits: true,
    async check(t, queue, world) {
      const { client, kill } = await world.fork()
      const methods = publishing(world.capabilities)
      const published = methods.flatMap(([method, publish]) => [
        publish(client, "work", method),
        publish(client, "work", `${method}, delayed`, { delay: world.step * 1000 }),
      ])
      const ids = await Promise.all(published)
      await kill()
      const seen = await listen(t, queue, "work")
      await world.pass(world.step)
      await seen.reach(ids.length, "what the killed client had published")
      t.equal(seen.messages.map(({ id }) => id).sort(), [...ids].sort(), "ids of what it had published")
    },
  }),
]
