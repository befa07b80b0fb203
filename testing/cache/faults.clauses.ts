import { type CacheClient, clause } from "./clause.ts"

/** Long enough for its answer to come in several pieces over a network. */
const LONG_TEXT = "x".repeat(60_000)

export const faultClauses = [
  clause({
    id: "CACHE-FAULT-01",
    level: "MUST",
    text: "An answer that comes late answers no other call.",
    why: "One user is shown another user's data.",
    fix: "Match answers to calls by an id, or drop the connection over which an answer did not come in time.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`)
      for (const key of keys) await cache.set(key, key)
      await world.faults.silent()
      await Promise.all(keys.slice(0, 3).map((key) => t.outcome(() => cache.get(key), "get while silent")))
      await world.faults.heal()
      await t.eventually(() => answers(cache), "works again")
      for (let round = 0; round < 3; round++) {
        for (const key of keys) t.equal(await cache.get(key), key, "a read afterwards")
      }
    },
  }),
  clause({
    id: "CACHE-FAULT-02",
    level: "MUST",
    text: "A read whose answer is cut rejects: it gives no part of a value, and no miss.",
    why: "A miss would be refilled over what is there, and part of a value is corrupted data.",
    fix: "Reject when a connection ends before an answer is complete.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("long", LONG_TEXT)
      const reads: Record<string, () => Promise<unknown>> = {
        get: () => cache.get("long"),
        ...(world.capabilities.batch && { getMany: async () => (await cache.getMany(["long"])).get("long") }),
      }
      for (const [name, read] of Object.entries(reads)) {
        await world.faults.loseAnswer()
        const { error, value } = await t.outcome(read, name)
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        t.ok(error !== undefined || value === LONG_TEXT, `${name} resolved something else than the value`)
      }
      t.equal(await cache.get("long"), LONG_TEXT, "the value afterwards")
    },
  }),
  clause({
    id: "CACHE-FAULT-03",
    level: "MUST",
    text: "A write whose answer is lost leaves the old or the new value, whole.",
    why: "The caller does not know what became of it, and must find one of two states.",
    fix: "Write an entry and all that belongs to it in one step.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      for (let round = 0; round < 3; round++) {
        const [before, after] = [
          { state: "old", text: LONG_TEXT },
          { state: "new", round, text: LONG_TEXT },
        ]
        await cache.set("key", before)
        await world.faults.loseAnswer()
        await t.outcome(() => cache.set("key", after), "a set whose answer is lost")
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        const stored = (await cache.get("key")) as { state?: string } | undefined
        t.equal(stored, stored?.state === "new" ? after : before, "the value afterwards")
      }
    },
  }),
  clause({
    id: "CACHE-FAULT-04",
    level: "MUST",
    text: "Bytes that no cache wrote reject CORRUPT, and leave other keys alone.",
    why: "A value that cannot be read is neither a miss nor a value.",
    fix: "Reject CORRUPT from get and getMany when decoding fails; let set and delete replace the bytes.",
    uses: ["corrupt"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("other", 1)
      await cache.set("key", 1)
      await world.corrupt("key")
      await t.rejects(() => cache.get("key"), "CORRUPT", "get")
      if (world.capabilities.batch) await t.rejects(() => cache.getMany(["other", "key"]), "CORRUPT", "getMany")
      t.equal(await cache.get("other"), 1, "another key")
      await cache.delete("key")
      await cache.set("key", 2)
      t.equal(await cache.get("key"), 2, "after a set")
    },
  }),
  clause({
    id: "CACHE-FAULT-05",
    level: "MUST",
    text: "Entries outlive a restart of a durable store, and so do their ttls.",
    why: "A cache that comes back empty sends its whole load to what it protects.",
    fix: "Let the store write to disk before it answers, expiry included; or declare durable: false.",
    needs: ["durable"],
    uses: ["restart"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("stays", { kept: true })
      await cache.set("expires", 1, world.step)
      await cache.set("deleted", 1)
      await cache.delete("deleted")
      await world.restart()
      await t.eventually(() => answers(cache), "works again")
      t.equal(await cache.get("stays"), { kept: true }, "an entry without ttl")
      t.equal(await cache.get("deleted"), undefined, "a deleted entry")
      await world.pass(world.step * 2)
      t.equal(await cache.get("expires"), undefined, "an entry whose ttl has passed")
    },
  }),
  clause({
    id: "CACHE-FAULT-06",
    level: "MUST",
    text: "What a client stored before its process was killed is there for other clients.",
    why: "A set that has resolved is a promise; processes end at any moment.",
    fix: "Resolve set when the store has the value, not when it is in a buffer.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, world) {
      const cache = await world.connect()
      const { client, kill } = await world.fork()
      const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
      await Promise.all(keys.map((key) => client.set(key, { key })))
      await kill()
      await world.settle()
      for (const key of keys) t.equal(await cache.get(key), { key }, "what the killed client stored")
    },
  }),
  clause({
    id: "CACHE-FAULT-07",
    level: "MUST",
    text: "A client that is killed while it writes leaves each key with its old or its new value, whole.",
    why: "Half a value breaks every reader until somebody deletes it.",
    fix: "Write an entry and all that belongs to it in one step.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      const [before, after] = [
        { state: "old", text: LONG_TEXT },
        { state: "new", text: LONG_TEXT },
      ]
      for (const key of keys) await cache.set(key, before)
      const { client, kill } = await world.fork()
      await client.has("connects")
      const writes = keys.map((key) => t.outcome(() => client.set(key, after), "a set of the killed client"))
      await kill()
      await Promise.all(writes)
      await world.settle()
      for (const key of keys) {
        const value = (await cache.get(key)) as { state?: string } | undefined
        t.equal(value, value?.state === "new" ? after : before, key)
      }
      t.equal((await cache.stats()).keyCount, keys.length, "keyCount")
    },
  }),
]

async function answers(cache: CacheClient): Promise<boolean> {
  try {
    await cache.has("answers")
    return true
  } catch {
    return false
  }
}
