import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { AT_ONCE, clause, clientsOf, listen } from "../clause.ts"
import { HOUR_MS, publishBatch, reachDead, untilDone } from "../states.ts"

/** Adapters keep 1,000 records of completed messages, where nothing else is said. */
const MORE_THAN_KEPT = 1100
/** So many are waited for at a time: a slow worker may need long for all. */
const PORTION = 100

/** QUEUE-IDEM: publishing the same message again. */
export const idempotencyClauses = [
  clause("QUEUE-IDEM-01", {
    why: "A request that is repeated must not send a mail twice.",
    fix: "Store the id under the key with the message, and resolve it when the key comes again.",
    async check(t, queue) {
      const first = await queue.publish("mail", "first", { idempotencyKey: "key", type: "first" })
      const second = await queue.publish("mail", "second", { idempotencyKey: "key", type: "second" })
      t.equal(second, first, "the id of a second publish")
      const delayed = await queue.publish("mail", "delayed", { idempotencyKey: "delayed", delay: HOUR_MS })
      const again = await queue.publish("mail", "not delayed", { idempotencyKey: "delayed" })
      t.equal(again, delayed, "the id of a second publish, of a delayed message")
      const seen = await listen(t, queue, "mail")
      await seen.reach(1)
      await seen.stay(1, "a second publish made a message")
      const [message] = seen.messages
      t.equal([message?.id, message?.data, message?.type], [first, "first", "first"], "id, data and type")
    },
  }),
  clause("QUEUE-IDEM-02", {
    why: "A request is repeated at once, and by another server.",
    fix: "Let the store look for the key and write it in one step.",
    async check(t, _queue, world) {
      const clients = await clientsOf(world, 3)
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      const race = (idempotencyKey: string) =>
        Promise.all(clients.map((client, data) => client.publish("mail", data, { idempotencyKey })))
      const ids = await Promise.all(keys.map(race))
      for (const some of ids) t.equal(new Set(some).size, 1, `ids for ${clients.length} callers with one key`)
      const [queue] = clients
      if (queue === undefined) return
      const seen = await listen(t, queue, "mail", undefined, { concurrency: 10 })
      await seen.reach(keys.length, "a message for each key")
      await seen.stay(keys.length, "a key made two messages")
      const made = ids.map(([id]) => id).toSorted()
      t.equal(seen.messages.map(({ id }) => id).toSorted(), made, "ids of what was delivered")
    },
  }),
  clause("QUEUE-IDEM-03", {
    why: "The number of an order is a key in the queue of mails and in that of invoices.",
    fix: "Store keys under the name of their queue, in a form that no other name and key have together.",
    async check(t, queue) {
      const pairs = [
        ["mail", "key"],
        ["invoices", "key"],
        ["a", "b:c"],
        ["a:b", "c"],
      ] as const
      const ids: string[] = []
      for (const [name, idempotencyKey] of pairs) ids.push(await queue.publish(name, name, { idempotencyKey }))
      t.equal(new Set(ids).size, pairs.length, `different ids of ${JSON.stringify(pairs)}`)
      for (const [name] of pairs) await (await listen(t, queue, name)).reach(1, `the message of ${name}`)
    },
  }),
  clause("QUEUE-IDEM-04", {
    why: "A request is repeated after its work was done, since its answer was lost.",
    fix: "Keep the key apart from the message, for its whole window.",
    async check(t, queue, world) {
      const seen = await listen(t, queue, "mail")
      const first = await queue.publish("mail", 1, { idempotencyKey: "key" })
      await seen.end(1)
      await untilDone(t, queue, world, "mail", first)
      t.equal(await queue.publish("mail", 2, { idempotencyKey: "key" }), first, "the id of a second publish")
      await seen.stay(1, "a second publish made a message")
    },
  }),
  clause("QUEUE-IDEM-05", {
    why: "What is sent once a day has the same key every day.",
    fix: "Store the key with its end, counted from the publish that made the message.",
    waits: true,
    async check(t, queue, world) {
      const { step } = world
      const options = { idempotencyKey: "key", idempotencyWindowMs: step * 1000 }
      const open = world.window(step)
      const first = await queue.publish("mail", 1, options)
      await world.pass(step / 2)
      const second = await queue.publish("mail", 2, options)
      open.close()
      t.equal(second, first, "the id of a publish in the middle of the window")
      await world.passTtl(step / 2)
      t.ok((await queue.publish("mail", 3, options)) !== first, "the key made no message when its window was over")
      const seen = await listen(t, queue, "mail")
      await seen.reach(2, "two messages")
      t.equal(seen.data.toSorted(), [1, 3], "payloads")
      if (!world.manualTime) return
      const key = { idempotencyKey: "daily" }
      const daily = await queue.publish("daily", 1, key)
      await world.pass(23 * 3600)
      t.equal(await queue.publish("daily", 2, key), daily, "the id after 23 hours")
      await world.pass(3600)
      t.ok((await queue.publish("daily", 3, key)) !== daily, "the key held after 24 hours")
    },
  }),
  clause("QUEUE-IDEM-06", {
    why: "What was called off could not be published again for a day.",
    fix: "Remove the key together with its message, and no other one.",
    methods: ["purge"],
    async check(t, queue, world) {
      const states = { waiting: 0, delayed: HOUR_MS }
      for (const [state, delay] of Object.entries(states)) {
        const options = { idempotencyKey: `to purge, ${state}`, delay }
        const first = await queue.publish(state, 1, options)
        await queue.purge(state)
        t.ok((await queue.publish(state, 2, options)) !== first, `purge kept the key of what was ${state}`)
      }
      if (world.capabilities.management) {
        for (const [state, delay] of Object.entries(states)) {
          const options = { idempotencyKey: `to cancel, ${state}`, delay }
          const first = await queue.publish(`to cancel, ${state}`, 1, options)
          await queue.cancel(`to cancel, ${state}`, first)
          const second = await queue.publish(`to cancel, ${state}`, 2, options)
          t.ok(second !== first, `cancel kept the key of what was ${state}`)
        }
      }
      const seen = await listen(t, queue, "handled")
      const key = { idempotencyKey: "handled" }
      const handled = await queue.publish("handled", 1, key)
      await seen.end(1)
      await untilDone(t, queue, world, "handled", handled)
      await queue.purge("handled")
      t.equal(await queue.publish("handled", 2, key), handled, "the id after a purge that removed nothing")
    },
  }),
  clause("QUEUE-IDEM-07", {
    why: "A publisher that repeats itself would start work again that somebody must look at first.",
    fix: "Leave the key alone when its message dies.",
    waits: true,
    async check(t, queue, world) {
      const seconds = world.step * 3
      const options = {
        idempotencyKey: "key",
        idempotencyWindowMs: seconds * 1000,
        maxAttempts: 1,
        backoff: AT_ONCE,
      }
      const seen = await listen(t, queue, "mail", () => {
        throw new Error("fails")
      })
      const open = world.window(seconds)
      const first = await queue.publish("mail", 1, options)
      await seen.end(1)
      await untilDone(t, queue, world, "mail", first)
      const second = await queue.publish("mail", 2, options)
      open.close()
      t.equal(second, first, "the id of a second publish, after the message died")
      await seen.stay(1, "a second publish made a message")
      await world.passTtl(seconds)
      t.ok((await queue.publish("mail", 3, options)) !== first, "the key held when its window was over")
      await seen.reach(2, "the message of a publish after the window")
    },
  }),
  clause("QUEUE-IDEM-08", {
    why: "A publish whose answer was lost is repeated with the id of its error.",
    fix: "Look for the id first, and store nothing where a message has it.",
    async check(t, queue, world) {
      const first = await queue.publish("mail", "first", { idempotencyKey: "key of the first" })
      const other = await queue.publish("mail", "other", { idempotencyKey: "key of the other" })
      const repeats = [
        { id: first },
        { id: first, idempotencyKey: "key of the first" },
        { id: first, idempotencyKey: "key of the other" },
        { id: first, idempotencyKey: "another key" },
      ]
      for (const options of repeats) {
        t.equal(await queue.publish("mail", "again", options), first, `the id of a publish with ${describe(options)}`)
      }
      const seen = await listen(t, queue, "mail")
      await seen.end(2)
      await untilDone(t, queue, world, "mail", first)
      await untilDone(t, queue, world, "mail", other)
      t.equal(await queue.publish("mail", "again", { id: first }), first, "the id after the message was handled")
      await seen.stay(2, "a publish with the id of a message made another one")
      t.equal(seen.data.toSorted(), ["first", "other"], "payloads")
    },
  }),
  clause("QUEUE-IDEM-09", {
    why: "A batch is repeated as a call is, and can name one thing twice.",
    fix: "Store each item as publish does, in one step with its key.",
    needs: ["management"],
    async check(t, queue) {
      const item = (data: string, idempotencyKey?: string) => ({ data, options: { idempotencyKey } })
      const known = await queue.publish("mail", "before", { idempotencyKey: "a" })
      const ids = await queue.publishMany("mail", [
        item("a again", "a"),
        item("b"),
        item("c", "c"),
        item("c again", "c"),
      ])
      t.equal(ids[0], known, "the id of an item whose key was there before")
      t.equal(ids[3], ids[2], "the id of an item whose key another item has")
      t.equal(new Set(ids).size, 3, "different ids")
      t.equal(
        await queue.publish("mail", "after", { idempotencyKey: "c" }),
        ids[2],
        "a publish with the key of an item",
      )
      const repeated = await queue.publishMany("mail", [item("c once more", "c")])
      t.equal(repeated, [ids[2]], "the ids of a second call")
      const seen = await listen(t, queue, "mail")
      await seen.reach(3)
      await seen.stay(3, "a key made two messages")
      t.equal(seen.data.toSorted(), ["b", "before", "c"], "payloads")
    },
  }),
  clause("QUEUE-IDEM-10", {
    why: "The message of one customer would be taken for that of another.",
    fix: "Store the key as it is, or a digest of all of it.",
    async check(t, queue) {
      const long = "k".repeat(255)
      const keys = ["a", "A", "a ", " a", "a\0", "a\n", "ä", "a\u0308", "ａ", "a/b", "a:b", "a%3Ab", "1", "01", "1.0"]
      const all = [...keys, "__proto__", "constructor", "null", "*", `${long}1`, `${long}2`]
      const ids = new Map<string, string>()
      for (const idempotencyKey of all) {
        const { error, value } = await t.outcome(() => queue.publish("mail", 1, { idempotencyKey }), "publish")
        t.equal(
          (error as { code?: ErrorCode } | undefined)?.code,
          undefined,
          `publish with the key ${show(idempotencyKey)}`,
        )
        const holder = [...ids].find(([, id]) => id === value)?.[0]
        t.equal(holder, undefined, `the key that has the id of the key ${show(idempotencyKey)}`)
        ids.set(idempotencyKey, String(value))
      }
      for (const [idempotencyKey, id] of ids) {
        t.equal(await queue.publish("mail", 2, { idempotencyKey }), id, `the id of the key ${show(idempotencyKey)}`)
      }
    },
  }),
  clause("QUEUE-IDEM-11", {
    why: "A publish that is repeated with its id would do work again that was done, since its record made room for others.",
    fix: "Remember the ids of records that are dropped, and of those that are forgotten up to when they were published.",
    waits: true,
    async check(t, queue, world) {
      const { deadLetters } = world.capabilities
      const ids: Record<string, string> = {}
      const seen = await listen(
        t,
        queue,
        "mail",
        ({ data }) => {
          if (data === "dies") throw new Error("fails")
        },
        { concurrency: 20 },
      )
      const key = { idempotencyKey: "key of another" }
      await queue.publish("mail", "another", key)
      ids["handled"] = await queue.publish("mail", "handled")
      if (deadLetters) {
        ids["purged when it was dead"] = await queue.publish("mail", "dies", { maxAttempts: 1 })
        await reachDead(t, queue, "mail", 1)
        await queue.purgeFailed("mail")
      }
      let count = 1 + Object.keys(ids).length
      for (let published = 0; published < MORE_THAN_KEPT; published += PORTION) {
        await publishBatch(queue, world, "mail", PORTION)
        count += PORTION
        await seen.end(count)
      }
      const early = world.window(9 * 60)
      if (world.manualTime) await world.pass(9 * 60)
      for (const [what, id] of Object.entries(ids)) {
        for (const options of [{ id }, { id, ...key }]) {
          const given = await queue.publish("mail", "again", options)
          t.equal(given, id, `the id of a publish with ${describe(options)} of a message that was ${what}`)
        }
      }
      early.close()
      if (world.manualTime) await world.pass(48 * 3600)
      for (const [what, id] of Object.entries(ids)) {
        const call = () => queue.publish("mail", "again", { id })
        const { error, value } = await t.outcome(call, `publish with the id of a message that was ${what}`)
        const { code, details } = (error ?? {}) as { code?: ErrorCode; details?: { outcome?: unknown } }
        const told = error === undefined ? value : [code, details?.outcome]
        const wanted = error === undefined ? id : ["TIMEOUT", "unknown"]
        t.equal(told, wanted, `what a late publish gives with the id of a message that was ${what}`)
      }
      await seen.stay(count, "a publish with the id of a message whose record was dropped made another one")
    },
  }),
]

function describe(options: object): string {
  return JSON.stringify(Object.keys(options))
}

/** Keys as long as a page are shown by their ends. */
function show(key: string): string {
  return JSON.stringify(key.length > 30 ? `${key.slice(0, 10)}...${key.slice(-10)}` : key)
}
