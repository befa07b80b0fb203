import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import { answers, type CacheWorld, clause } from "../clause.ts"
import { ending, expiringBy, looking, making, reading, removing, storing } from "../probes.ts"
import { type Write, writesOf } from "./fault-writes.ts"

/** Long enough for its answer to come in several pieces over a network, where values may be that long. */
function longText({ capabilities }: CacheWorld): string {
  return "x".repeat(Math.min(60_000, Math.floor(capabilities.maxValueBytes / 4)))
}

/** Methods that store only where nothing is stored. */
const KEEPS_OTHERS: ReadonlySet<string> = new Set(["setIfAbsent", "fill"])

export const faultClauses = [
  clause("CACHE-FAULT-01", {
    why: "One user is shown another user's data.",
    fix: "Match answers to calls by an id, or drop the connection over which an answer did not come in time.",
    uses: ["faults"],
    async check(t, cache, world) {
      const reads = await reading(cache)
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`)
      const rounds = [["silent", reads] as const, ...reads.map((read) => ["loseAnswer", [read]] as const)]
      for (const [fault, methods] of rounds) {
        for (const [method] of methods) {
          for (const key of keys) await cache.set(`${method} ${key}`, key)
        }
        await world.faults[fault]()
        const early = methods.flatMap(([method, read]) =>
          keys.slice(0, 3).map(async (key) => {
            const { error, value } = await t.outcome(() => read(cache, `${method} ${key}`), `${method} while ${fault}`)
            if (error === undefined) t.equal(value, key, `${method} while ${fault}`)
          }),
        )
        await Promise.all(early)
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        for (const [method, read] of methods) {
          for (const key of keys.slice(3))
            t.equal(await read(cache, `${method} ${key}`), key, `${method} after ${fault}`)
        }
      }
    },
  }),
  clause("CACHE-FAULT-02", {
    why: "A miss would be refilled over what is there, and part of a value is corrupted data.",
    fix: "Reject when a connection ends before an answer is complete.",
    uses: ["faults"],
    async check(t, cache, world) {
      const { atomic, batch, scan } = world.capabilities
      const text = longText(world)
      await cache.set("long", text)
      await cache.set("taken", text)
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
        ...(atomic && {
          take: [() => cache.take("taken"), text],
          ttl: [() => cache.ttl("long"), Number.POSITIVE_INFINITY],
        }),
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
  clause("CACHE-FAULT-03", {
    why: "The caller does not know what became of it, and must find one of two states.",
    fix: "Write an entry and all that belongs to it in one step.",
    uses: ["faults"],
    async check(t, cache, world) {
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
      for (const [method, store] of await storing(cache)) {
        const after = { state: "new", text: longText(world) }
        const before = KEEPS_OTHERS.has(method) ? undefined : { state: "old", text: longText(world) }
        if (before !== undefined) await cache.set(method, before)
        await world.faults.loseAnswer()
        await t.outcome(() => store(cache, method, after), `${method} whose answer is lost`)
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        const stored = (await cache.get(method)) as { state?: string } | undefined
        t.equal(stored, stored?.state === "new" ? after : before, `the value after ${method}`)
      }
      if (!world.capabilities.atomic) return
      const changes: Record<string, [change: () => Promise<unknown>, either: readonly unknown[]]> = {
        increment: [() => cache.increment("number"), [41, 42]],
        touch: [() => cache.touch("number", 3600), [41]],
        take: [() => cache.take("number"), [41, undefined]],
      }
      for (const [method, [change, either]] of Object.entries(changes)) {
        await cache.set("number", 41)
        await world.faults.loseAnswer()
        await t.outcome(change, `${method} whose answer is lost`)
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
        const stored = await cache.get("number")
        t.ok(either.includes(stored), `the value after ${method} is ${String(stored)}`)
      }
    },
  }),
  clause("CACHE-FAULT-04", {
    why: "A value that cannot be read is neither a miss nor a value.",
    fix: "Reject CORRUPT from get and getMany when decoding fails; let set, delete and clear replace or remove the bytes.",
    uses: ["corrupt"],
    async check(t, cache, world) {
      await cache.set("other", 1)
      await cache.set("key", 1)
      await world.corrupt("key")
      await t.rejects(() => cache.get("key"), "CORRUPT", "get")
      if (world.capabilities.batch) await t.rejects(() => cache.getMany(["other", "key"]), "CORRUPT", "getMany")
      t.equal(await cache.get("other"), 1, "another key")
      t.ok((await cache.stats()).keyCount >= 1, "keyCount beside the bytes")
      if (world.capabilities.scan) for await (const _ of cache.keys());
      if (world.capabilities.atomic) {
        await cache.set("taken", 1)
        await world.corrupt("taken")
        await t.rejects(() => cache.take("taken"), "CORRUPT", "take")
      }
      await cache.set("key", 2)
      t.equal(await cache.get("key"), 2, "after a set")
      await world.corrupt("key")
      await cache.delete("key")
      t.equal(await cache.get("key"), undefined, "after a delete")
      await world.corrupt("key")
      await cache.clear()
      t.equal(await cache.get("key"), undefined, "after a clear")
      for (const [method, store] of await storing(cache)) {
        if (KEEPS_OTHERS.has(method)) continue
        await world.corrupt("key")
        const { error } = await t.outcome(() => store(cache, "key", 3), method)
        t.equal(error, undefined, `${method} over the bytes`)
        t.equal(await cache.get("key"), 3, `after ${method}`)
      }
      for (const [method, take] of await removing(cache)) {
        await world.corrupt("key")
        const { error } = await t.outcome(() => take(cache, "key"), method)
        t.equal(error, undefined, `${method} of the bytes`)
        t.equal(await cache.has("key"), false, `after ${method}`)
      }
    },
  }),
  clause("CACHE-FAULT-05", {
    why: "A cache that comes back empty sends its whole load to what it protects.",
    fix: "Let the store write to disk before it answers, expiry included; or declare durable: false.",
    needs: ["durable"],
    uses: ["restart"],
    async check(t, cache, world) {
      await cache.set("cleared", 1)
      await cache.clear()
      await cache.set("stays", { kept: true })
      await cache.set("expires", 1, world.step * 4)
      await cache.set("replaced", "old")
      await cache.set("replaced", "new")
      await cache.set("deleted", 1)
      await cache.delete("deleted")
      const [reads, makes, removes] = [await looking(cache), await making(cache), await ending(cache)]
      for (const [method, make] of makes) {
        await make(cache, `${method} stays`)
        await make(cache, `${method} expires`, world.step * 4)
      }
      for (const [method, take] of removes) {
        await cache.set(`removed by ${method}`, 1)
        await take(cache, `removed by ${method}`)
      }
      for (const [method] of reads) {
        await cache.set(`stays for ${method}`, 1)
        await cache.set(`expires for ${method}`, 1, world.step * 4)
      }
      const { tags } = world.capabilities
      if (tags) await cache.setTagged("invalidated", 1, ["gone"])
      if (tags) await cache.invalidateTags(["gone"])
      await world.pass(world.step)
      // A ttl that begins anew with the restart would last for longer.
      world.window(world.step * 4)
      await world.restart()
      await t.eventually(() => answers(cache), "works again")
      t.equal(await cache.get("stays"), { kept: true }, "an entry without ttl")
      t.equal(await cache.get("deleted"), undefined, "a deleted entry")
      t.equal(await cache.get("cleared"), undefined, "a cleared entry")
      t.equal(await cache.get("replaced"), "new", "an entry that was replaced")
      for (const [method] of makes) t.equal(await cache.get(`${method} stays`), 1, `what ${method} stored`)
      for (const [method] of removes) {
        t.equal(await cache.get(`removed by ${method}`), undefined, `what ${method} removed`)
      }
      for (const [method, read] of reads) t.equal(await read(cache, `stays for ${method}`), 1, method)
      if (tags) t.equal(await cache.get("invalidated"), undefined, "an invalidated entry")
      await world.passTtl(world.step * 3)
      for (const [method] of makes) {
        t.equal(await cache.get(`${method} expires`), undefined, `what ${method} stored, after its ttl`)
      }
      for (const [method, read] of reads) {
        t.equal(await read(cache, `expires for ${method}`), undefined, `${method} of an entry whose ttl has passed`)
      }
      t.equal(await cache.get("expires"), undefined, "an entry whose ttl has passed")
    },
  }),
  clause("CACHE-FAULT-06", {
    why: "A set that has resolved is a promise; processes end at any moment.",
    fix: "Resolve set when the store has the value, not when it is in a buffer.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, cache, world) {
      const { client, kill } = await world.fork()
      const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
      await Promise.all(keys.map((key) => client.set(key, { key })))
      const makes = await making(client)
      await Promise.all(makes.map(([method, make]) => make(client, method)))
      await kill()
      await world.converge()
      for (const key of keys) t.equal(await cache.get(key), { key }, "what the killed client stored")
      for (const [method] of makes) t.equal(await cache.get(method), 1, `what the killed client stored by ${method}`)
    },
  }),
  clause("CACHE-FAULT-07", {
    why: "Half a value breaks every reader until somebody deletes it.",
    fix: "Write an entry and all that belongs to it in one step.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, cache, world) {
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      const [before, after] = [
        { state: "old", text: longText(world) },
        { state: "new", text: longText(world) },
      ]
      for (const key of keys) await cache.set(key, before)
      const { client, kill } = await world.fork()
      await client.has("connects")
      const stores = await storing(client)
      const others = stores.filter(([method]) => !KEEPS_OTHERS.has(method)).map(([method]) => method)
      for (const method of others) await cache.set(method, before)
      // What becomes of the calls themselves is nobody's business any more.
      for (const key of keys) client.set(key, after).catch(() => {})
      for (const [method, store] of stores) store(client, method, after).catch(() => {})
      await kill()
      await world.converge()
      for (const key of keys) {
        const value = (await cache.get(key)) as { state?: string } | undefined
        t.equal(value, value?.state === "new" ? after : before, key)
      }
      let made = 0
      for (const [method] of stores) {
        const value = (await cache.get(method)) as { state?: string } | undefined
        const old = others.includes(method) ? before : undefined
        t.equal(value, value?.state === "new" ? after : old, `what a killed ${method} left`)
        if (value !== undefined) made++
      }
      t.equal((await cache.stats()).keyCount, keys.length + made, "keyCount")
    },
  }),
  clause("CACHE-FAULT-08", {
    why: "Nobody can tell how old such an answer is.",
    fix: "Ask the store on every read; a private copy is good for maxStalenessMs, in an outage too.",
    uses: ["faults"],
    async check(t, cache, world) {
      await cache.set("key", 1)
      const { atomic, scan } = world.capabilities
      const walk = async () => {
        for await (const _ of cache.keys()) return true
        return false
      }
      const reads: Record<string, () => Promise<unknown>> = {
        ...Object.fromEntries(
          (await looking(cache)).map(([method, read]) => [method, async () => (await read(cache, "key")) === 1]),
        ),
        has: () => cache.has("key"),
        ...(atomic && {
          ttl: async () => (await cache.ttl("key")) !== undefined,
          touch: () => cache.touch("key", 3600),
        }),
        ...(scan && { keys: walk }),
      }
      await cache.set("taken", 1)
      for (const [name, read] of Object.entries(reads)) t.equal(await read(), true, `${name} before`)
      await world.converge()
      await world.faults.unreachable()
      for (const [name, read] of Object.entries(reads)) {
        const { value: found } = await t.outcome(read, `${name} while unreachable`)
        t.ok(found !== true, `${name} found the key without its store`)
      }
      if (!atomic) return
      const { value: taken } = await t.outcome(() => cache.take("taken"), "take while unreachable")
      t.ok(taken === undefined, "take gave a value without its store")
    },
  }),
  clause("CACHE-FAULT-09", {
    why: "UNAVAILABLE is what callers may repeat without a look; a write of unknown outcome rejects TIMEOUT.",
    fix: "Reject UNAVAILABLE only for what was never sent, and keep no queue of writes for later.",
    uses: ["faults"],
    async check(t, cache, world) {
      const writes = writesOf(cache, world.capabilities)
      const single = writes.filter(({ ofMany }) => !ofMany)
      const many = writes.filter(({ ofMany }) => ofMany)
      const rounds: ["unreachable" | "silent" | "loseAnswer", Write[]][] = [
        // A set that cannot reach its store is the business of FAULT-04.
        ["unreachable", single.filter(({ name }) => name !== "set")],
        ...many.map((write): ["unreachable", Write[]] => ["unreachable", [write]]),
        ["silent", single],
        ...many.map((write): ["silent", Write[]] => ["silent", [write]]),
        ...single.map((write): ["loseAnswer", Write[]] => ["loseAnswer", [write]]),
      ]
      for (const fault of ["unreachable", "silent", "loseAnswer"] as const) {
        const refused: Write[] = []
        for (const [, together] of rounds.filter(([kind]) => kind === fault)) {
          for (const { prepare } of together) await prepare()
          await world.faults[fault]()
          const refuse = async (write: Write) => {
            const { error } = await t.outcome(write.write, `${write.name} while ${fault}`)
            if (ServiceError.is(error) && error.code === "UNAVAILABLE") refused.push(write)
          }
          await Promise.all(together.map(refuse))
          await world.faults.heal()
          await t.eventually(() => answers(cache), "works again")
        }
        let applied: string | undefined
        const find = async () => {
          for (const { changed, look, name } of refused) if ((await look()) === changed) applied = name
          return applied !== undefined
        }
        const never = async () => {
          const found = await find()
          t.ok(!found, `${applied} was rejected UNAVAILABLE while ${fault}, and was applied`)
          return found
        }
        await t.never(never, `a write that was rejected UNAVAILABLE while ${fault} was applied`)
      }
    },
  }),
  clause("CACHE-FAULT-10", {
    why: "A value without its ttl is served for ever.",
    fix: "Write value and ttl in one command.",
    uses: ["faults"],
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 2
      const makes = await making(cache)
      // Where time is real, all answers are lost at once.
      const rounds = world.manualTime ? makes.map((make) => [make]) : [makes]
      world.lateWindow(ttl)
      const others = makes.map(([method, make]) => [`${method} in peace`, make] as const)
      const expired = await expiringBy(cache, others, ttl)
      await world.faults.loseAnswer()
      await t.outcome(() => cache.set("key", "new", ttl), "a set whose answer is lost")
      await world.faults.heal()
      await t.eventually(() => answers(cache), "works again")
      for (const together of rounds) {
        await world.faults.loseAnswer()
        await Promise.all(
          together.map(([method, make]) => t.outcome(() => make(cache, method, ttl), `${method} whose answer is lost`)),
        )
        await world.faults.heal()
        await t.eventually(() => answers(cache), "works again")
      }
      await world.passTtl(ttl)
      const peaceful = await expired()
      for (const [method] of makes) {
        if (!peaceful.includes(`${method} in peace`)) continue
        t.ok((await cache.get(method)) === undefined, `the value of ${method} is there after its ttl`)
      }
      t.ok((await cache.get("key")) !== "new", "the value is there after its ttl")
    },
  }),
]
