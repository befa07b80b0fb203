import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import { answers, type CacheWorld, clause } from "../clause.ts"

/** Long enough for its answer to come in several pieces over a network, where values may be that long. */
function longText({ capabilities }: CacheWorld): string {
  return "x".repeat(Math.min(60_000, Math.floor(capabilities.maxValueBytes / 4)))
}

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
      for (const fault of ["silent", "loseAnswer"] as const) {
        await world.faults[fault]()
        const early = async (key: string) => {
          const { error, value } = await t.outcome(() => cache.get(key), `get while ${fault}`)
          if (error === undefined) t.equal(value, key, `a read while ${fault}`)
        }
        await Promise.all(keys.slice(0, 3).map(early))
        await world.faults.heal()
        const reads = async () => {
          for (const key of keys.slice(3)) {
            const { error, value } = await t.outcome(() => cache.get(key), "a read")
            if (error !== undefined) return false
            t.equal(value, key, `a read after ${fault}`)
          }
          return true
        }
        await t.eventually(reads, "works again")
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
      const { batch, scan } = world.capabilities
      const text = longText(world)
      await cache.set("long", text)
      const walk = async () => {
        const keys: string[] = []
        for await (const key of cache.keys({ prefix: "long" })) keys.push(key)
        return keys
      }
      const reads: Record<string, [read: () => Promise<unknown>, whole: unknown]> = {
        get: [() => cache.get("long"), text],
        has: [() => cache.has("long"), true],
        ...(batch && { getMany: [() => cache.getMany(["long"]), new Map([["long", text]])] }),
        ...(scan && { keys: [walk, ["long"]] }),
      }
      for (const [name, [read, whole]] of Object.entries(reads)) {
        await world.faults.loseAnswer()
        const { error, value } = await t.outcome(read, name)
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        t.ok(error !== undefined || deepEqual(value, whole), `${name} resolved something else than what is stored`)
      }
      t.equal(await cache.get("long"), text, "the value afterwards")
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
          { state: "old", text: longText(world) },
          { state: "new", round, text: longText(world) },
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
    fix: "Reject CORRUPT from get and getMany when decoding fails; let set, delete and clear replace or remove the bytes.",
    uses: ["corrupt"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("other", 1)
      await cache.set("key", 1)
      await world.corrupt("key")
      await t.rejects(() => cache.get("key"), "CORRUPT", "get")
      if (world.capabilities.batch) await t.rejects(() => cache.getMany(["other", "key"]), "CORRUPT", "getMany")
      t.equal(await cache.get("other"), 1, "another key")
      t.ok((await cache.stats()).keyCount >= 1, "keyCount beside the bytes")
      if (world.capabilities.scan) for await (const _ of cache.keys());
      await cache.set("key", 2)
      t.equal(await cache.get("key"), 2, "after a set")
      await world.corrupt("key")
      await cache.delete("key")
      t.equal(await cache.get("key"), undefined, "after a delete")
      await world.corrupt("key")
      await cache.clear()
      t.equal(await cache.get("key"), undefined, "after a clear")
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
      await cache.set("cleared", 1)
      await cache.clear()
      await cache.set("stays", { kept: true })
      await cache.set("expires", 1, world.step * 4)
      await cache.set("replaced", "old")
      await cache.set("replaced", "new")
      await cache.set("deleted", 1)
      await cache.delete("deleted")
      await world.pass(world.step)
      // A ttl that begins anew with the restart would last for longer.
      world.window(world.step * 4)
      await world.restart()
      await t.eventually(() => answers(cache), "works again")
      t.equal(await cache.get("stays"), { kept: true }, "an entry without ttl")
      t.equal(await cache.get("deleted"), undefined, "a deleted entry")
      t.equal(await cache.get("cleared"), undefined, "a cleared entry")
      t.equal(await cache.get("replaced"), "new", "an entry that was replaced")
      await world.passTtl(world.step * 3)
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
        { state: "old", text: longText(world) },
        { state: "new", text: longText(world) },
      ]
      for (const key of keys) await cache.set(key, before)
      const { client, kill } = await world.fork()
      await client.has("connects")
      // What becomes of the calls themselves is nobody's business any more.
      for (const key of keys) client.set(key, after).catch(() => {})
      await kill()
      await world.settle()
      for (const key of keys) {
        const value = (await cache.get(key)) as { state?: string } | undefined
        t.equal(value, value?.state === "new" ? after : before, key)
      }
      t.equal((await cache.stats()).keyCount, keys.length, "keyCount")
    },
  }),
  clause({
    id: "CACHE-FAULT-08",
    level: "MUST",
    text: "While the store cannot be reached, no read is answered from what the client has read or written before.",
    why: "Nobody can tell how old such an answer is.",
    fix: "Ask the store on every read; a private copy is good for maxStalenessMs, in an outage too.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("key", 1)
      const reads: Record<string, () => Promise<unknown>> = {
        get: async () => (await cache.get("key")) === 1,
        has: () => cache.has("key"),
        ...(world.capabilities.batch && { getMany: async () => (await cache.getMany(["key"])).has("key") }),
      }
      for (const [name, read] of Object.entries(reads)) t.equal(await read(), true, `${name} before`)
      await world.settle()
      await world.faults.unreachable()
      for (const [name, read] of Object.entries(reads)) {
        const { value: found } = await t.outcome(read, `${name} while unreachable`)
        t.ok(found !== true, `${name} found the key without its store`)
      }
    },
  }),
  clause({
    id: "CACHE-FAULT-09",
    level: "MUST",
    text: "A write that is rejected UNAVAILABLE is not applied, whichever method it was and whatever befell the store.",
    why: "UNAVAILABLE is what callers may repeat without a look; a write of unknown outcome rejects TIMEOUT.",
    fix: "Reject UNAVAILABLE only for what was never sent, and keep no queue of writes for later.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      const { batch } = world.capabilities
      // What each write would change, and how that looks.
      const writes: Record<string, [write: () => Promise<unknown>, key: string, changed: unknown]> = {
        set: [() => cache.set("set", "new"), "set", "new"],
        delete: [() => cache.delete("delete"), "delete", undefined],
        ...(batch && {
          setMany: [() => cache.setMany([["setMany", "new"]]), "setMany", "new"],
          deleteMany: [() => cache.deleteMany(["deleteMany"]), "deleteMany", undefined],
        }),
        clear: [() => cache.clear(), "clear", undefined],
      }
      for (const fault of ["unreachable", "silent", "loseAnswer"] as const) {
        const refused: [name: string, key: string, changed: unknown][] = []
        for (const [name, [write, key, changed]] of Object.entries(writes)) {
          // A clear that was applied would hide what became of the others.
          if (name === "clear" && fault === "loseAnswer") continue
          // The business of FAULT-04.
          if (name === "set" && fault === "unreachable") continue
          await cache.set(key, "old")
          await world.faults[fault]()
          const { error } = await t.outcome(write, `${name} while ${fault}`)
          await world.faults.heal()
          await t.eventually(() => answers(cache), "works again")
          if ((error as { code?: ErrorCode } | undefined)?.code === "UNAVAILABLE") refused.push([name, key, changed])
        }
        const applied = async () => {
          for (const [name, key, changed] of refused) if ((await cache.get(key)) === changed) return name
          return undefined
        }
        await t.never(
          async () => (await applied()) !== undefined,
          `a write that was rejected UNAVAILABLE while ${fault} was applied`,
        )
      }
    },
  }),
  clause({
    id: "CACHE-FAULT-10",
    level: "MUST",
    text: "A write whose answer is lost has its ttl, or is not there.",
    why: "A value without its ttl is served for ever.",
    fix: "Write value and ttl in one command.",
    uses: ["faults"],
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttl = world.step * 2
      world.lateWindow(ttl)
      await world.faults.loseAnswer()
      await t.outcome(() => cache.set("key", "new", ttl), "a set whose answer is lost")
      await world.faults.heal()
      await t.eventually(() => answers(cache), "works again")
      await world.passTtl(ttl)
      t.ok((await cache.get("key")) !== "new", "the value is there after its ttl")
    },
  }),
]
