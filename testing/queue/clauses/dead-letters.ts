import type { FailedMessage } from "../../../contracts/queue/message.ts"
import { forAll } from "../../families/roles.ts"
import { AT_ONCE, clause, type Deliveries, gate, listen, type QueueClient } from "../clause.ts"
import { NO_ID } from "../probes.ts"
import { aWhile, HOUR_MS, reachDead, untilDone } from "../states.ts"

const needs = ["deadLetters"] as const
/** More than a page of listFailed. */
const MANY_DEAD = 120

/** QUEUE-DEAD: what died, and how it is tried again. */
export const deadLettersClauses = [
  clause("QUEUE-DEAD-01", {
    why: "What died is mended by those who can see what it was and what went wrong.",
    fix: "Keep the message, every attempt that failed and the reason, in the step that ends it.",
    needs,
    async check(t, queue) {
      const early: number[] = []
      const data = { to: "ada" }
      const seen = await listen(t, queue, "mail", async ({ attempts, type }) => {
        if (type === "done") return
        early.push((await queue.listFailed("mail")).items.length)
        throw Object.assign(new Error(`attempt ${attempts}`), { code: `E_${attempts}` })
      })
      await queue.publish("mail", 1, { type: "done" })
      const options = { type: "welcome", metadata: { trace: "1" }, maxAttempts: 2, backoff: AT_ONCE }
      const id = await queue.publish("mail", data, options)
      await seen.end(3)
      const [dead] = await reachDead(t, queue, "mail", 1)
      t.equal(early, [0, 0], "how many were dead while attempts were left")
      if (dead === undefined) return
      const { attempts, error, failures, metadata, reason, type } = dead
      const wanted = { id, queue: "mail", data, type: "welcome", metadata: { trace: "1" } }
      t.equal({ id: dead.id, queue: dead.queue, data: dead.data, type, metadata }, wanted, "what was published")
      t.equal({ attempts, reason }, { attempts: 2, reason: "max_attempts" })
      t.equal([error.code, error.message], ["E_2", "attempt 2"], "code and message of the last error")
      const told = failures.map((failure) => [failure.attempt, failure.reason, failure.error.message])
      t.equal(
        told,
        [1, 2].map((number) => [number, "error", `attempt ${number}`]),
        "the attempts that failed",
      )
      const { timestamp } = seen.messages.find((message) => message.id === id) ?? {}
      t.equal(dead.timestamp, timestamp, "the timestamp, and that of its deliveries")
      const lived = dead.diedAt - dead.timestamp
      t.ok(lived >= 0 && lived < HOUR_MS, `it died ${lived} ms after it was published`)
    },
  }),
  clause("QUEUE-DEAD-02", {
    why: "A walk over a thousand dead messages must see each, also while some of them are replayed.",
    fix: "Let a cursor say which message was the last, by the time of its death, and not how many there were.",
    needs,
    async check(t, queue) {
      const gates = [gate(), gate(), gate(), gate(), gate()]
      const order = [2, 0, 4, 1, 3]
      const work = async ({ data }: { data: number }) => {
        await gates[data]?.opened
        throw new Error("fails")
      }
      try {
        const seen = await listen(t, queue, "mail", work, { concurrency: 5 })
        const ids: string[] = []
        for (const data of gates.keys()) ids.push(await queue.publish("mail", data, { maxAttempts: 1 }))
        await seen.reach(5)
        for (const [index, data] of order.entries()) {
          gates[data]?.open()
          await reachDead(t, queue, "mail", index + 1)
        }
        t.equal(await walk(queue, "mail", 2), [order.slice(0, 2), order.slice(2, 4), order.slice(4)], "pages of two")
        t.equal(await walk(queue, "mail", 5), [order], "pages of five")
        t.equal(await walk(queue, "mail"), [order], "pages of any size")
        await queue.unsubscribe("mail")
        const replayFirst = (page: readonly number[]) => queue.replay("mail", ids[page[0] ?? 0] ?? "")
        const replayed = await walk(queue, "mail", 2, replayFirst)
        t.equal(replayed.flat(), order, "what a walk gives in which a message of each page is replayed")
        t.equal(await walk(queue, "mail", 2), [[0, 1]], "what is left of five after three were replayed")
      } finally {
        for (const { open } of gates) open()
      }
    },
  }),
  clause("QUEUE-DEAD-03", {
    why: "When the reason is mended the message must have every chance again, and be found by its id.",
    fix: "Put the message back under its id, with no attempts counted, and take it off the dead in one step.",
    needs,
    async check(t, queue) {
      const held = gate()
      const seen = await listen(t, queue, "mail", async () => {
        if (seen.messages.length === 3) await held.opened
        throw new Error("fails")
      })
      try {
        const id = await queue.publish("mail", "data", { maxAttempts: 2, backoff: AT_ONCE, type: "welcome" })
        await reachDead(t, queue, "mail", 1)
        await queue.replay("mail", id)
        t.equal((await queue.listFailed("mail")).items, [], "what is dead after replay")
        await seen.reach(3, "a delivery after replay")
        t.equal((await queue.listFailed("mail")).items, [], "what is dead while it is delivered again")
        held.open()
        await seen.reach(4, "a second attempt after replay")
        await reachDead(t, queue, "mail", 1, "after the attempts of a replayed message")
        await seen.stay(4, "a replayed message had more attempts than before")
        const deliveries = seen.messages.map((message) => [message.id, message.data, message.type])
        t.equal(deliveries, Array(4).fill([id, "data", "welcome"]), "id, data and type")
        t.equal(
          seen.messages.map(({ attempts }) => attempts),
          [1, 2, 1, 2],
          "attempts",
        )
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-DEAD-04", {
    why: "A replay that is clicked twice must not do work twice.",
    fix: "Replay in one step that looks whether the message is dead, and refuse every other one.",
    needs,
    async check(t, queue, world) {
      const held = gate()
      const seen = await listen(t, queue, "mail", ({ data }) => {
        if (data === "fails") throw new Error("fails")
        if (data === "runs") return held.opened
      })
      try {
        const later = { backoff: { type: "fixed", delayMs: HOUR_MS, maxDelayMs: HOUR_MS } } as const
        const done = await queue.publish("mail", "done")
        const again = await queue.publish("mail", "fails", later)
        await seen.end(2)
        await untilDone(t, queue, world, "mail", done)
        await aWhile(t)
        const ids: Record<string, string> = {
          "is not there": NO_ID,
          "is no id": "no id",
          "is completed": done,
          "waits for another attempt": again,
          runs: await queue.publish("mail", "runs"),
          waits: await queue.publish("mail", "waits"),
          "is delayed": await queue.publish("mail", "is delayed", { delay: HOUR_MS }),
        }
        await seen.reach(3)
        for (const [what, id] of Object.entries(ids)) {
          await t.rejects(() => queue.replay("mail", id), "NOT_FOUND", `replay of what ${what}`)
        }
        await t.rejects(() => queue.replay("unused", NO_ID), "NOT_FOUND", "replay in a queue that nobody has used")
        held.open()
        await seen.reach(4, "the message that waited")
        await seen.stay(4, "a replay that was refused made a delivery")
        const told = seen.messages.map(({ attempts, data }) => [data, attempts]).toSorted()
        const wanted = ["done", "fails", "runs", "waits"].map((data) => [data, 1])
        t.equal(told, wanted, "data and attempts of the deliveries")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-DEAD-05", {
    why: "A replayed backlog must not hold up what is urgent, nor wait behind what is not.",
    fix: "Put the message back with the priority that it was published with.",
    needs: ["deadLetters", "priorities"],
    async check(t, queue) {
      const replays = {
        replay: (id: string) => queue.replay("mail", id),
        replayAll: () => queue.replayAll("mail"),
      }
      for (const [method, replay] of Object.entries(replays)) {
        await listen(t, queue, "mail", () => {
          throw new Error("fails")
        })
        const id = await queue.publish("mail", "dead", { priority: 5, maxAttempts: 1 })
        await reachDead(t, queue, "mail", 1)
        await queue.unsubscribe("mail")
        await replay(id)
        for (const priority of [9, 1]) await queue.publish("mail", priority, { priority })
        const seen = await listen(t, queue, "mail")
        await seen.end(3)
        t.equal(seen.data, [1, "dead", 9], `what is handled after ${method} of priority 5`)
        await queue.unsubscribe("mail")
      }
    },
  }),
  clause("QUEUE-DEAD-06", {
    why: "After an outage nobody replays ten thousand messages one by one.",
    fix: "Replay page after page until none is dead, and add up how many that were.",
    needs,
    async check(t, queue, world) {
      let works = false
      const work = () => {
        if (!works) throw new Error("fails")
      }
      const seen = await listen(t, queue, "mail", work, { concurrency: 20 })
      t.equal(await queue.replayAll("mail"), 0, "how many were replayed before any was dead")
      const ids = await publishMortal(queue, "mail", MANY_DEAD)
      await reachDead(t, queue, "mail", MANY_DEAD)
      works = true
      const done = await queue.publish("mail", "done")
      await seen.end(MANY_DEAD + 1)
      await untilDone(t, queue, world, "mail", done)
      t.equal(await queue.replayAll("mail"), MANY_DEAD, "how many were replayed")
      t.equal((await queue.listFailed("mail")).items, [], "what is dead after replayAll")
      await seen.end(2 * MANY_DEAD + 1, "every dead message again")
      await seen.stay(2 * MANY_DEAD + 1, "replayAll replayed a message that was not dead, or one twice")
      const replayed = seen.messages.slice(MANY_DEAD + 1)
      t.equal(replayed.map(({ id }) => id).toSorted(), ids.toSorted(), "ids of what was replayed")
      t.ok(
        replayed.every(({ attempts }) => attempts === 1),
        "a replayed message was delivered with the attempts of before",
      )
    },
  }),
  clause("QUEUE-DEAD-07", {
    why: "What nobody will mend is dropped, and work that waits must not be dropped with it.",
    fix: "Remove page after page of what is dead, and touch no other list.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(
        t,
        queue,
        "mail",
        ({ data }) => {
          if (typeof data === "number") throw new Error("fails")
        },
        { concurrency: 20 },
      )
      t.equal(await queue.purgeFailed("mail"), 0, "how many were dropped before any was dead")
      await publishMortal(queue, "mail", MANY_DEAD)
      await reachDead(t, queue, "mail", MANY_DEAD)
      await queue.unsubscribe("mail")
      await queue.publish("mail", "waits")
      await queue.publish("mail", "is delayed", { delay: world.step * 1000 })
      t.equal(await queue.purgeFailed("mail"), MANY_DEAD, "how many were dropped")
      t.equal((await queue.listFailed("mail")).items, [], "what is dead after purgeFailed")
      t.equal(await queue.purgeFailed("mail"), 0, "how many a second purgeFailed dropped")
      const rest = await listen(t, queue, "mail")
      await rest.reach(1, "the message that waited")
      await world.pass(world.step)
      await rest.reach(2, "the message that was delayed")
      await aWhile(t)
      t.equal([seen.messages.length, rest.data], [MANY_DEAD, ["waits", "is delayed"]], "deliveries")
    },
  }),
  clause("QUEUE-DEAD-08", {
    why: "A message that is listed twice is mended twice.",
    fix: "Let being dead be a state of the message, not an entry beside it.",
    needs,
    async check(t, queue) {
      const seen = await listen(t, queue, "mail", () => {
        throw new Error(`failure ${seen.messages.length}`)
      })
      const id = await queue.publish("mail", 1, { maxAttempts: 1 })
      for (const round of [1, 2, 3]) {
        await seen.end(round)
        const items = await reachDead(t, queue, "mail", 1, `after ${round} deaths of one message`)
        t.equal(ended(items), [[id, `failure ${round}`]], `id and error after ${round} deaths`)
        if (round < 3) await queue.replay("mail", id)
      }
      t.equal(await walk(queue, "mail", 1), [[1]], "pages of one")
    },
  }),
  clause("QUEUE-DEAD-09", {
    why: "A handler knows why nothing can mend its message, and nobody else does.",
    fix: "Keep what context.dead was told as the error, and handler as the reason.",
    needs,
    async check(t, queue) {
      const seen = await listen(t, queue, "mail", ({ data }, context) => {
        context.dead("the address does not exist")
        if (data === "throws") throw new Error("another reason")
      })
      for (const data of ["returns", "throws"]) await queue.publish("mail", data, { maxAttempts: 5 })
      await seen.end(2)
      for (const { attempts, data, error, reason } of await reachDead(t, queue, "mail", 2)) {
        const told = { attempts, message: error.message, reason }
        const wanted = { attempts: 1, message: "the address does not exist", reason: "handler" }
        t.equal(told, wanted, `what is listed of a message whose handler says dead and ${data}`)
      }
    },
  }),
  clause("QUEUE-DEAD-10", {
    why: "A replay of all mails must not send invoices.",
    fix: "Keep the dead by the name of their queue.",
    needs,
    async check(t, queue) {
      const died: Deliveries[] = []
      const names = ["mail", "mail2", "mail:dead"]
      for (const name of names) {
        const seen = await listen(t, queue, name, () => {
          throw new Error("fails")
        })
        died.push(seen)
        await queue.publish(name, name, { maxAttempts: 1 })
        const items = await reachDead(t, queue, name, 1, `in the queue ${name}`)
        t.equal(
          items.map(({ data }) => data),
          [name],
          `what is listed of ${name}`,
        )
      }
      t.equal(await queue.replayAll("mail"), 1, "how many replayAll of one queue replayed")
      await died[0]?.reach(2)
      await reachDead(t, queue, "mail", 1, "after a second death")
      t.equal(await queue.purgeFailed("mail"), 1, "how many purgeFailed of one queue dropped")
      await aWhile(t)
      for (const [index, name] of names.slice(1).entries()) {
        t.equal(died[index + 1]?.messages.length, 1, `deliveries of ${name}`)
        await reachDead(t, queue, name, 1, `in ${name} after purgeFailed of another queue`)
      }
    },
  }),
  clause("QUEUE-DEAD-11", {
    why: "A page whose cursor comes from a link would show the first rows, or none, in place of what is wrong.",
    fix: "Read the cursor before anything else, and refuse one of another form.",
    needs,
    async check(t, queue) {
      await listen(t, queue, "mail", () => {
        throw new Error("fails")
      })
      await publishMortal(queue, "mail", 2)
      await reachDead(t, queue, "mail", 2)
      for (const name of ["mail", "unused"]) {
        for (const cursor of ["no cursor", ""]) {
          const call = () => queue.listFailed(name, { cursor })
          await t.rejects(call, "INVALID_ARGUMENT", `listFailed of ${name} with the cursor ${JSON.stringify(cursor)}`)
        }
      }
      const { cursor } = await queue.listFailed("mail", { limit: 1 })
      t.equal((await queue.listFailed("mail", { cursor })).items.length, 1, "what a cursor of listFailed leads to")
      t.equal(
        await queue.listFailed("unused", { cursor }),
        { items: [] },
        "what it leads to in a queue that nobody used",
      )
    },
  }),
]

/** Publishes numbers from 0 that have one attempt. */
function publishMortal(queue: QueueClient, name: string, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, number) => number)
  return forAll(numbers, (number) => queue.publish(name, number, { maxAttempts: 1 }))
}

/** The payloads of what is dead, page by page. */
async function walk(
  queue: QueueClient,
  name: string,
  limit?: number,
  afterPage?: (page: readonly number[]) => Promise<unknown>,
): Promise<number[][]> {
  const pages: number[][] = []
  let cursor: string | undefined
  do {
    const { cursor: next, items } = await queue.listFailed<number>(name, { limit, cursor })
    const page = items.map(({ data }) => data)
    pages.push(page)
    await afterPage?.(page)
    cursor = next
    // A cursor that never ends.
  } while (cursor !== undefined && pages.length < 20)
  return pages
}

function ended(items: readonly FailedMessage[]): unknown[] {
  return items.map(({ error, id }) => [id, error.message])
}
