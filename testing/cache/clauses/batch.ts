import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { clause, refusedAsBySet } from "../clause.ts"
import { ending, expiringBy, making, storing } from "../probes.ts"

export const batchClauses = [
  clause("CACHE-BATCH-01", {
    why: "Callers load exactly the keys that the map lacks.",
    fix: "Match each reply to its key, and leave misses out instead of mapping them to undefined.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.set("a", { id: "a" })
      await cache.set("b", null)
      await cache.set("C", 0)
      await cache.set("7", 7)
      await cache.set("other", "never asked for")
      const found = await cache.getMany(Object.freeze(["missing", "C", "a", "absent", "7", "b"]))
      t.ok(found instanceof Map, "the result is a Map")
      const sorted = [...found].sort(([left], [right]) => (left < right ? -1 : 1))
      t.equal(
        sorted,
        [
          ["7", 7],
          ["C", 0],
          ["a", { id: "a" }],
          ["b", null],
        ],
        "what is found",
      )
      const stores = await storing(cache)
      for (const [method, store] of stores) await store(cache, method, { by: method })
      const methods = stores.map(([method]) => method)
      const all = await cache.getMany(["absent", ...methods])
      t.equal([...all.keys()].sort(), methods.toSorted(), "what is found of what each method stored")
      for (const method of methods) t.equal(all.get(method), { by: method }, `what ${method} stored`)
      for (const [method, take] of await ending(cache)) {
        await take(cache, "a")
        t.equal(await cache.getMany(["a", "7"]), new Map([["7", 7]]), `what is found after ${method}`)
        await cache.set("a", 1)
      }
    },
  }),
  clause("CACHE-BATCH-02", {
    why: "Batches are made of lists that repeat themselves.",
    fix: "Drop duplicates before asking the store.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.set("a", 1)
      const counted = async (read: () => Promise<unknown>) => {
        const before = await cache.stats()
        await read()
        const { hits, misses } = await cache.stats()
        return { hits: hits - before.hits, misses: misses - before.misses }
      }
      const once = await counted(() => Promise.all([cache.get("a"), cache.get("absent")]))
      const repeated = ["a", "absent", "a", "absent", "a"]
      t.equal(await counted(() => cache.getMany(repeated)), once, "what is counted")
      await cache.set("b", 2)
      t.equal(
        [...(await cache.getMany(["a", "a", "b"]))].sort(),
        [
          ["a", 1],
          ["b", 2],
        ],
        "what is found",
      )
      t.equal(await cache.deleteMany(["a", "a"]), 1, "deleteMany of a key given twice")
    },
  }),
  clause("CACHE-BATCH-03", {
    why: "A filter upstream may leave nothing, and stores refuse commands without keys.",
    fix: "Answer an empty batch without asking the store.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.set("a", 1)
      t.equal(await cache.getMany([]), new Map(), "getMany")
      t.equal(await cache.setMany([]), undefined, "setMany")
      t.equal(await cache.deleteMany([]), 0, "deleteMany")
      t.equal((await cache.stats()).keyCount, 1, "keyCount")
    },
  }),
  clause("CACHE-BATCH-04", {
    why: "A silent cap loses what is beyond it.",
    fix: "Split large batches into commands that the store takes.",
    needs: ["batch"],
    async check(t, cache, { many }) {
      const entries = Array.from({ length: many }, (_, index) => [`key-${index}`, index] as const)
      const keys = entries.map(([key]) => key)
      await cache.setMany(entries)
      t.equal((await cache.stats()).keyCount, many, "keyCount after setMany")
      const found = await cache.getMany(keys)
      t.equal(found.size, many, "keys found")
      const wrong = entries.filter(([key, value]) => found.get(key) !== value)
      t.equal(wrong, [], "keys with another value")
      t.equal(await cache.deleteMany(keys), many, "keys deleted")
      t.equal((await cache.stats()).keyCount, 0, "keyCount after deleteMany")
    },
  }),
  clause("CACHE-BATCH-05", {
    why: "A batch that drops the ttl fills the store for ever.",
    fix: "Apply the ttl to every entry of the batch, and none without one.",
    needs: ["batch"],
    waits: true,
    async check(t, cache, world) {
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      await cache.set("plain", 0, world.step)
      await cache.setMany(
        [
          ["first", 1],
          ["last", 2],
        ],
        world.step,
      )
      await cache.setMany([
        ["plain", 3],
        ["stays", 4],
      ])
      t.equal(await cache.get("first"), 1, "at once")
      t.equal(await cache.get("last"), 2, "the last entry at once")
      alive.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("first"), undefined, "the first entry after the ttl")
      t.equal(await cache.get("last"), undefined, "the last entry after the ttl")
      t.equal(await cache.get("plain"), 3, "an earlier ttl is removed")
      t.equal(await cache.get("stays"), 4, "an entry without ttl")
    },
  }),
  clause("CACHE-BATCH-06", {
    why: "It is what a loop of set would do.",
    fix: "Write in order, or keep the last of each key.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.setMany([
        ["a", 1],
        ["b", 1],
        ["a", 2],
        ["a", 3],
      ])
      t.equal(await cache.get("a"), 3, "the repeated key")
      t.equal(await cache.get("b"), 1, "the other key")
    },
  }),
  clause("CACHE-BATCH-07", {
    why: "Entries come from Maps and generators.",
    fix: "Iterate once with for...of; do not index, and do not read the length.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.setMany(new Map([["map", 1]]))
      await cache.setMany(
        (function* () {
          yield ["generated", 1] as const
          yield ["generated too", 2] as const
        })(),
      )
      const found = await cache.getMany(["map", "generated", "generated too"])
      t.equal(Object.fromEntries(found), { map: 1, generated: 1, "generated too": 2 })
    },
  }),
  clause("CACHE-BATCH-08", {
    why: "A refused call must leave nothing half done.",
    fix: "Check all keys, all values and the ttl as set does, then write.",
    needs: ["batch"],
    async check(t, cache, world) {
      const { maxKeyBytes, maxValueBytes } = world.capabilities
      await cache.set("kept", "old")
      const refusals = (entry: readonly [string, unknown], ttl?: number) => {
        const entries = [["fresh", 1], ["kept", "new"], entry] as const
        return refusedAsBySet(t, cache, [...entry, ttl], () => cache.setMany(entries, ttl), "setMany")
      }
      await refusals(["", 1])
      await refusals([7 as unknown as string, 1])
      await refusals(["k".repeat(maxKeyBytes + 1), 1])
      await refusals(["undefined", undefined])
      await refusals(["function", () => 1])
      for (const ttl of [0, -1, Number.NaN, null, "60"] as number[]) await refusals(["ttl", 1], ttl)
      if (maxValueBytes <= LARGEST_TRIED_BYTES) await refusals(["large", "x".repeat(maxValueBytes + 1)])
      t.equal(await cache.has("fresh"), false, "a key of the refused batches")
      t.equal(await cache.get("kept"), "old", "an entry that refused batches named")
    },
  }),
  clause("CACHE-BATCH-09", {
    why: "The number tells what an invalidation did.",
    fix: "Count the keys that were there and live, not the keys given.",
    needs: ["batch"],
    waits: true,
    async check(t, cache, world) {
      for (const key of ["a", "b", "c", "ab", "a*"]) await cache.set(key, key)
      t.equal(await cache.deleteMany(Object.freeze(["b", "absent", "a"])), 2, "the number")
      for (const key of ["a", "b"]) t.equal(await cache.has(key), false, `${key} afterwards`)
      for (const key of ["c", "ab", "a*"]) t.equal(await cache.get(key), key, `${key} afterwards`)
      t.equal(await cache.deleteMany(["a", "b"]), 0, "the number, again")
      const stores = await storing(cache)
      const keys = stores.map(([method]) => `by ${method}`)
      for (const [method, store] of stores) await store(cache, `by ${method}`, 1)
      t.equal(await cache.deleteMany([...keys, "absent"]), keys.length, "the number of what each method stored")
      for (const key of keys) t.equal(await cache.has(key), false, `a key afterwards: ${key}`)
      for (const [method, take] of await ending(cache)) {
        await cache.set("gone", 1)
        await take(cache, "gone")
        t.equal(await cache.deleteMany(["gone"]), 0, `the number after ${method}`)
      }
      world.lateWindow(world.step)
      await cache.set("expires", 1, world.step)
      await world.passTtl(world.step)
      t.equal(await cache.deleteMany(["expires", "c"]), 1, "the number with an expired key")
    },
  }),
  clause("CACHE-BATCH-10", {
    why: "Isolation that ends at the batch is none.",
    fix: "Use the same encoding or copying in batches as in single calls.",
    needs: ["batch"],
    async check(t, cache) {
      const given = { name: "stored" }
      const entries: [string, unknown][] = [["key", given]]
      const written = cache.setMany(entries)
      given.name = "changed"
      entries[0] = ["key", "another"]
      await written
      t.equal(await cache.get("key"), { name: "stored" }, "after changing what setMany was given")
      const got = (await cache.getMany(["key"])).get("key") as typeof given
      try {
        got.name = "changed"
      } catch {}
      t.equal(await cache.get("key"), { name: "stored" }, "after changing what getMany gave")
    },
  }),
  clause("CACHE-BATCH-11", {
    why: "A batch must not serve what a single read would not.",
    fix: "Look at the expiry in getMany too.",
    needs: ["batch"],
    waits: true,
    async check(t, cache, world) {
      const makes = await making(cache)
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await cache.set("expires", 1, world.step)
      await cache.set("stays", 2)
      await world.passTtl(world.step)
      const methods = await expired()
      const old = await cache.getMany(methods)
      for (const method of methods) t.equal(old.get(method), undefined, `an expired entry that ${method} stored`)
      const found = await cache.getMany(["stays", "expires"])
      t.equal(found.get("expires"), undefined, "an expired entry")
      t.equal(found.get("stays"), 2, "an entry without ttl")
      t.equal(await cache.has("stays"), true, "an entry that was asked for with an expired one")
    },
  }),
  clause("CACHE-BATCH-12", {
    why: "A batch with a hole in it is a bug of the caller that must not pass in silence.",
    fix: "Check every key of the batch before the first command.",
    needs: ["batch"],
    async check(t, cache, world) {
      await cache.set("kept", 1)
      const tooLong = "k".repeat(world.capabilities.maxKeyBytes + 1)
      for (const key of ["", undefined as unknown as string, tooLong, "a\ud800"]) {
        const { error } = await t.outcome(() => cache.get(key), "get")
        if (error === undefined) continue
        const { code } = error as { code?: ErrorCode }
        await t.rejects(() => cache.getMany(["kept", key]), code ?? "INTERNAL", "getMany")
        await t.rejects(() => cache.deleteMany(["kept", key]), code ?? "INTERNAL", "deleteMany")
      }
      t.equal(await cache.has("kept"), true, "a key that refused batches named")
    },
  }),
  clause("CACHE-BATCH-13", {
    why: "A text passed for a list would be read as its characters, and delete their keys.",
    fix: "Check Array.isArray for keys, and Symbol.iterator for entries.",
    needs: ["batch"],
    async check(t, cache) {
      await cache.set("k", "kept")
      const { error } = await t.outcome(() => cache.get(""), "get")
      const code = (error as { code?: ErrorCode } | undefined)?.code ?? "INVALID_ARGUMENT"
      for (const keys of ["k", undefined, { 0: "k", length: 1 }, 1] as unknown as string[][]) {
        await t.rejects(() => cache.getMany(keys), code, "getMany")
        await t.rejects(() => cache.deleteMany(keys), code, "deleteMany")
      }
      for (const entries of [undefined, null, { k: "lost" }, 1] as unknown as [string, unknown][][]) {
        await t.rejects(() => cache.setMany(entries), code, "setMany")
      }
      t.equal(await cache.get("k"), "kept", "the key after refused batches")
    },
  }),
]
