import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { AT_ONCE, clause, gate, listen } from "../clause.ts"
import { HOUR_MS, reachStats } from "../states.ts"

const needs = ["management"] as const

/** QUEUE-MGMT, of whole queues: many messages in one call, counts, lists. */
export const managementClauses = [
  clause("QUEUE-MGMT-01", {
    why: "A batch of a thousand calls is slow, and one that forgets options is wrong.",
    fix: "Store each item as publish stores its message.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const { groups, priorities } = world.capabilities
      const options: PublishOptions[] = [
        { type: "first", metadata: { trace: "1" }, maxAttempts: 7 },
        {},
        { type: "third", ...(priorities && { priority: 7 }), ...(groups && { groupKey: "group" }) },
      ]
      const items: PublishItem[] = options.map((some, data) => ({ data, options: some }))
      items.push({ data: 3 }, { data: 4, options: { delay: world.step * 1000 } })
      const early = world.window(world.step)
      const ids = await queue.publishMany("mail", items)
      t.equal(new Set(ids).size, 5, "different ids of five items")
      const told = new Map<string, unknown>()
      const seen = await listen(t, queue, "mail", ({ data, id, metadata, type }, { maxAttempts }) => {
        told.set(id, { data, type, metadata, maxAttempts })
      })
      await seen.reach(4)
      await seen.stay(4, "an item was delivered before its delay was over")
      early.close()
      await world.pass(world.step)
      await seen.reach(5, "the item with a delay")
      for (const [index, { data, options: some }] of items.entries()) {
        const alone = await queue.publish("mail", data, { ...some, delay: 0 })
        await seen.reach(6 + index)
        t.equal(told.get(ids[index] ?? ""), told.get(alone), `what the handler of item ${index} was given`)
      }
      if (priorities) t.equal((await queue.getTask("mail", ids[2] ?? ""))?.priority, 7, "the priority of item 2")
    },
  }),
  clause("QUEUE-MGMT-02", {
    why: "Half a batch is published, and nobody knows which half.",
    fix: "Check every item, as publish does, before the first one is stored.",
    needs,
    async check(t, queue, world) {
      const { groups, maxPayloadBytes, priorities } = world.capabilities
      const bad: Record<string, PublishItem> = {
        "no JSON data": { data: () => 1 },
        "a negative delay": { data: 1, options: { delay: -1 } },
        "an unknown option": { data: 1, options: { dealy: 1 } as PublishOptions },
        "no attempts": { data: 1, options: { maxAttempts: 0 } },
        "a priority": { data: 1, options: { priority: priorities ? 1001 : 1 } },
        "a group": { data: 1, options: { groupKey: groups ? "" : "group" } },
        "a bad backoff": { data: 1, options: { backoff: { type: "never" as "fixed", delayMs: 1 } } },
        "an id of no queue": { data: 1, options: { id: "id" } },
        "other than text as metadata": { data: 1, options: { metadata: { number: 1 as unknown as string } } },
      }
      if (maxPayloadBytes <= 16_777_216) bad["a long payload"] = { data: "x".repeat(maxPayloadBytes) }
      for (const [what, item] of Object.entries(bad)) {
        const { error } = await t.outcome(() => queue.publish("alone", item.data, item.options), `publish with ${what}`)
        if (error === undefined) continue
        const code = (error as { code?: ErrorCode }).code ?? "INTERNAL"
        await t.rejects(() => queue.publishMany("mail", [{ data: what }, item]), code, `an item with ${what}`)
      }
      for (const items of [undefined, "items", [undefined], ["item"], [{ data: 1, option: {} }]]) {
        const call = () => queue.publishMany("mail", items as unknown as PublishItem[])
        await t.rejects(call, "INVALID_ARGUMENT", `publishMany of ${JSON.stringify(items)}`)
      }
      const seen = await listen(t, queue, "mail")
      await seen.stay(0, "an item was published although another one was refused")
    },
  }),
  clause("QUEUE-MGMT-03", {
    why: "Imports publish what a file has: everything, or nothing.",
    fix: "Store long batches in pieces, and let an empty one be.",
    needs,
    async check(t, queue, world) {
      t.equal(await queue.publishMany("none", []), [], "the ids of no items")
      const items = Array.from({ length: world.many }, (_, data) => ({ data }))
      const ids = await queue.publishMany("mail", items)
      t.equal(ids.length, world.many, "how many ids")
      t.equal(new Set(ids).size, world.many, "how many different ids")
      t.equal((await queue.getQueueStats("mail")).waiting, world.many, "how many messages wait")
    },
  }),
  clause("QUEUE-MGMT-04", {
    why: "Alarms and dashboards are made of these numbers.",
    fix: "Give each message one state, and count each state, of whatever priority its messages are.",
    needs,
    async check(t, queue, world) {
      const held = gate()
      const own = world.capabilities.priorities ? { priority: 7 } : {}
      const never = { backoff: { type: "fixed", delayMs: HOUR_MS, maxDelayMs: HOUR_MS } } as const
      await queue.publish("another", 1)
      await queue.publish("mail", "delayed", { delay: HOUR_MS })
      const seen = await listen(t, queue, "mail", ({ data }) => {
        if (data === "fails") throw new Error("fails")
        if (data === "held") return held.opened
      })
      try {
        for (const data of ["done", "done", "done"]) await queue.publish("mail", data)
        for (const data of ["fails", "fails"]) await queue.publish("mail", data, { ...never, maxAttempts: 1 })
        await queue.publish("mail", "fails", never)
        await seen.end(6)
        await reachStats(t, queue, "mail", { delayed: 2, completed: 3, dead: 2 }, "when handlers have ended")
        await queue.publish("mail", "held")
        await seen.reach(7)
        for (const options of [{}, {}, {}, own]) await queue.publish("mail", "waits", options)
        const busy = { waiting: 4, delayed: 2, active: 1, completed: 3, dead: 2 }
        await reachStats(t, queue, "mail", busy, "while a handler runs")
        await queue.pause("mail")
        await reachStats(t, queue, "mail", { ...busy, paused: true }, "while it is paused")
        await queue.resume("mail")
        await reachStats(t, queue, "mail", busy, "after resume")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-05", {
    why: "A dashboard is opened before the first message.",
    fix: "Count nothing as 0.",
    needs,
    async check(t, queue) {
      const zeros = { waiting: 0, delayed: 0, active: 0, completed: 0, dead: 0, paused: false }
      t.equal(await queue.getQueueStats("unused"), zeros)
    },
  }),
  clause("QUEUE-MGMT-18", {
    why: "An operator looks for a queue in the list, and takes what is not there for lost.",
    fix: "Keep the names of queues in the store, each once, and sort them by code points.",
    needs,
    async check(t, queue, world) {
      t.equal(await queue.listQueues(), [], "before anything was published")
      const names = ["mail", "Mail", "a:b", "{a}", "10", "9", "\uFFFD", "😀", "ä"]
      for (const name of names) await queue.publish(name, 1)
      await queue.publish("mail", 2, { delay: HOUR_MS })
      await listen(t, queue, "subscribed")
      await listen(t, queue, "mail")
      await queue.getQueueStats("asked")
      const all = [...names, "subscribed"].sort(compareCodePoints)
      t.equal(await queue.listQueues(), all)
      if (!world.capabilities.shared) return
      const other = await world.connect()
      await other.publish("of another client", 1)
      await (await world.neighbour()).publish("of a neighbour", 1)
      t.equal(await queue.listQueues(), [...all, "of another client"].sort(compareCodePoints), "with another client")
    },
  }),
  clause("QUEUE-MGMT-19", {
    why: "Attempts and waits belong to the kind of work, not to each of its callers.",
    fix: "Look for options in the call, then in the definition of the queue, then in the contract.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const fails = () => {
        throw new Error("fails")
      }
      await queue.defineQueue({ name: "attempts", maxAttempts: 9 })
      await queue.defineQueue({ name: "attempts", maxAttempts: 2, backoff: AT_ONCE })
      const attempts = await listen(t, queue, "attempts", fails)
      await queue.publish("attempts", "publish")
      await queue.publishMany("attempts", [{ data: "publishMany" }])
      await queue.publish("attempts", "own", { maxAttempts: 1 })
      await attempts.reach(5, "two attempts of each message that says nothing, and one of one that wants one")
      await attempts.stay(5, "a message had more attempts than its queue defines")
      const counts = ["publish", "publishMany", "own"].map(
        (data) => attempts.data.filter((other) => other === data).length,
      )
      t.equal(counts, [2, 2, 1], "attempts of what publish, publishMany and publish with its own number stored")

      await queue.defineQueue({ name: "backoff", backoff: { type: "fixed", delayMs: HOUR_MS, maxDelayMs: HOUR_MS } })
      const backoff = await listen(t, queue, "backoff", fails)
      await queue.publish("backoff", "says nothing")
      await queue.publish("backoff", "own", { maxAttempts: 2, backoff: AT_ONCE })
      await backoff.reach(3, "two attempts of a message with a backoff of its own, and one of another")
      // Longer than the wait of the contract.
      await world.pass(1.3)
      await backoff.stay(3, "a further attempt came before the backoff that the queue defines")

      try {
        await queue.defineQueue({ name: "concurrency", concurrency: 2 })
        const two = await listen(t, queue, "concurrency", () => held.opened)
        for (const data of [1, 2, 3]) await queue.publish("concurrency", data)
        await two.reach(2, "two handlers at one time, as the queue defines")
        await two.stay(2, "more handlers ran at one time than the queue defines")
        await queue.defineQueue({ name: "own", concurrency: 2 })
        const one = await listen(t, queue, "own", () => held.opened, { concurrency: 1 })
        for (const data of [1, 2]) await queue.publish("own", data)
        await one.reach(1)
        await one.stay(1, "more handlers ran at one time than the subscription wants")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-20", {
    why: "A slip in a name would cancel the message of another queue.",
    fix: "Look for an id among the messages of the queue that was named.",
    needs,
    async check(t, queue, world) {
      const id = await queue.publish("mail", 1)
      await queue.publish("other", 1)
      t.equal(await queue.getTask("other", id), undefined, "getTask in another queue")
      t.equal(await queue.cancel("other", id), false, "cancel in another queue")
      const seen = await listen(t, queue, "mail", () => {
        throw new Error("fails")
      })
      await seen.reach(1, "a message that was to be cancelled in another queue")
      if (!world.capabilities.deadLetters) return
      const dead = await queue.publish("mail", 2, { maxAttempts: 1 })
      await t.eventually(async () => (await queue.listFailed("mail")).items.length === 1, "a dead message")
      await t.rejects(() => queue.replay("other", dead), "NOT_FOUND", "replay in another queue")
    },
  }),
  clause("QUEUE-MGMT-21", {
    why: "What dies must reach those who can mend it.",
    fix: "Publish a copy, with the id of the message in metadata.deadLetterOf, in the step that ends the message.",
    needs,
    async check(t, queue) {
      await queue.defineQueue({ name: "mail", deadLetterQueue: "dead mail" })
      const copies = await listen(t, queue, "dead mail")
      const seen = await listen(t, queue, "mail", ({ data }, context) => {
        if (data === "done") return
        if (data === "given up") return context.dead("nothing can mend it")
        throw new Error("fails")
      })
      const options = { maxAttempts: 2, backoff: AT_ONCE, type: "welcome", metadata: { trace: "1" } }
      const ids = new Map<unknown, string>()
      for (const data of ["done", "fails", "given up"]) ids.set(data, await queue.publish("mail", data, options))
      await seen.reach(4)
      await copies.reach(2, "copies of two messages that died")
      await copies.stay(2, "there are more copies than messages that died")
      for (const { data, metadata, type } of copies.messages) {
        const wanted = { type: "welcome", metadata: { trace: "1", deadLetterOf: ids.get(data) } }
        t.equal({ type, metadata }, wanted, `the copy of what ${data === "fails" ? "failed" : "was given up"}`)
      }
      t.equal(copies.data.toSorted(), ["fails", "given up"], "payloads of the copies")
    },
  }),
]
