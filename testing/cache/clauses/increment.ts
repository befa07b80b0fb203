import { type CacheClient, clause, clientsOf } from "../clause.ts"
import { ending, expiringBy, making, storing } from "../probes.ts"

const needs = ["atomic"] as const

export const incrementClauses = [
  clause("CACHE-ATOMIC-16", {
    why: "A limiter decides by the number that its own call resolves.",
    fix: "Begin with 0, add, store, and resolve the sum.",
    needs,
    async check(t, cache) {
      const numbers = [await cache.increment("count"), await cache.increment("count"), await cache.increment("count")]
      t.equal(numbers, [1, 2, 3], "three increments by 1")
      t.equal(await cache.increment("other", 5), 5, "an increment of an absent key by 5")
      for (const [method, take] of await ending(cache)) {
        await cache.increment("removed", 7)
        await take(cache, "removed")
        t.equal(await cache.increment("removed"), 1, `an increment after ${method}`)
        await cache.delete("removed")
      }
    },
  }),
  clause("CACHE-ATOMIC-17", {
    why: "Slots are given back by a negative step, and read by one of 0.",
    fix: "Take 1 only where nothing is given; hand the sign to the store.",
    needs,
    async check(t, cache) {
      await cache.increment("count")
      let count = await countOf(cache, "count")
      const steps = [undefined, 5, 0, -3, 2 ** 40, -(2 ** 41)]
      for (const step of steps) {
        await cache.increment("count", step)
        count += step ?? 1
        t.equal(await countOf(cache, "count"), count, `the count after an increment by ${step ?? "nothing given"}`)
      }
    },
  }),
  clause("CACHE-ATOMIC-18", {
    why: "A limit is passed by as many calls as are lost.",
    fix: "Let the store add (INCRBY); never read, add and write.",
    needs,
    async check(t, _cache, world) {
      const clients = await clientsOf(world, 4)
      const [cache] = clients as [CacheClient]
      await cache.increment("count")
      const before = await countOf(cache, "count")
      const numbers = await Promise.all(
        clients.flatMap((client) => Array.from({ length: 250 }, () => client.increment("count"))),
      )
      await world.converge()
      t.equal((await countOf(cache, "count")) - before, 1000, "what 1,000 increments added")
      t.equal(new Set(numbers).size, 1000, "different numbers that 1,000 increments resolved")
    },
  }),
  clause("CACHE-ATOMIC-19", {
    why: "A window that each call prolongs never ends, and one that loses its end locks out for ever.",
    fix: "Change the value alone; use the ttl of the call only where it makes the key.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const makes = await making(cache)
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.set("without", 7, ttl)
      await cache.set("longer", 7, ttl)
      await cache.set("zero", 0, ttl)
      await cache.set("lasting", 7)
      const expired = await expiringBy(cache, makes, ttl)
      await world.pass(ttl / 2)
      for (const [method] of makes) await cache.increment(method, 1, ttl * 10)
      await cache.increment("without")
      await cache.increment("longer", 1, ttl * 10)
      await cache.increment("zero")
      await cache.increment("lasting", 1, ttl / 4)
      alive.close()
      await world.passTtl(ttl / 2)
      for (const method of await expired()) {
        t.equal(await cache.get(method), undefined, `a key that ${method} stored, after its ttl`)
      }
      t.equal(await cache.get("without"), undefined, "a key after its ttl")
      t.equal(await cache.get("longer"), undefined, "a key after its ttl, incremented with a longer one")
      t.equal(await cache.get("zero"), undefined, "a key that was 0, after its ttl")
      t.ok((await cache.get("lasting")) !== undefined, "a key without ttl is gone, incremented with one")
    },
  }),
  clause("CACHE-ATOMIC-20", {
    why: "Counters without an end fill the store, and limit for ever.",
    fix: "Set the expiry in the same step that makes the key.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.increment("by one", 1, ttl)
      await cache.increment("by five", 5, ttl)
      await cache.increment("lasting")
      t.ok((await cache.get("by one")) !== undefined, "the key is gone at once")
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("by one"), undefined, "after the ttl")
      t.equal(await cache.get("by five"), undefined, "after the ttl, made by a step of 5")
      t.ok((await cache.get("lasting")) !== undefined, "a key without ttl is gone")
    },
  }),
  clause("CACHE-ATOMIC-21", {
    why: "The calls of the last window would count in this one.",
    fix: "Look at the expiry before adding.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const makes = await making(cache)
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await cache.set("count", 7, world.step)
      await world.passTtl(world.step)
      for (const method of await expired()) {
        await cache.increment(method, 2)
        t.equal(await countOf(cache, method), 2, `over what ${method} had stored`)
      }
      await cache.increment("count", 2)
      t.equal(await countOf(cache, "count"), 2)
    },
  }),
  clause("CACHE-ATOMIC-22", {
    why: "A count is seeded from a database, and shown on a page.",
    fix: "Store integers in the form that the store can add to, and read that form as a number.",
    needs,
    async check(t, cache, world) {
      for (const seed of [41, 0, -3, 2 ** 52]) {
        await cache.set("count", seed)
        await cache.increment("count")
        t.equal(await cache.get("count"), seed + 1, `get after set of ${seed} and an increment`)
        if (!world.capabilities.batch) continue
        t.equal((await cache.getMany(["count"])).get("count"), seed + 1, "getMany")
      }
      for (const [method, store] of await storing(cache)) {
        for (const seed of [41, 0, -3, 2 ** 52]) {
          await cache.delete("count")
          await store(cache, "count", seed)
          await cache.increment("count")
          t.equal(await cache.get("count"), seed + 1, `get after ${method} of ${seed} and an increment`)
        }
      }
    },
  }),
  clause("CACHE-ATOMIC-23", {
    why: "A key that is used for two things must not lose either in silence.",
    fix: "Look at the type of the value, not at what it could be converted to.",
    needs,
    async check(t, cache) {
      const values = ["5", "", "text", 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null, true, 5n, [5], {}]
      for (const value of values) {
        await cache.set("key", value)
        const before = await cache.get("key")
        const what = typeof value === "bigint" ? "a BigInt" : JSON.stringify(value)
        await t.rejects(() => cache.increment("key"), "PRECONDITION_FAILED", `increment of ${what}`)
        t.equal(await cache.get("key"), before, "the value afterwards")
      }
    },
  }),
  clause("CACHE-ATOMIC-24", {
    why: "Beyond them adding 1 changes nothing, and two counts look alike.",
    fix: "Check the sum before it is stored, in the same step.",
    needs,
    async check(t, cache) {
      const { MAX_SAFE_INTEGER: max, MIN_SAFE_INTEGER: min } = Number
      await cache.increment("max")
      await cache.increment("max", max - (await countOf(cache, "max")))
      t.equal(await countOf(cache, "max"), max, "the largest safe integer can be reached")
      await t.rejects(() => cache.increment("max"), "PRECONDITION_FAILED", "one more")
      await t.rejects(() => cache.increment("max", max), "PRECONDITION_FAILED", "far more")
      t.equal(await countOf(cache, "max"), max, "the largest safe integer afterwards")
      await cache.setIfAbsent("min", min)
      await t.rejects(() => cache.increment("min", -1), "PRECONDITION_FAILED", "one less than the smallest")
      t.equal(await countOf(cache, "min"), min, "the smallest safe integer afterwards")
    },
  }),
  clause("CACHE-ATOMIC-25", {
    why: "A step that is rounded or ignored is a wrong count.",
    fix: "Check the step before asking the store.",
    needs,
    async check(t, cache) {
      await cache.set("count", 7)
      const wrong = [0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, true, 1n, {}]
      for (const by of wrong as number[]) {
        await t.rejects(() => cache.increment("count", by), "INVALID_ARGUMENT", `increment by ${String(by)}`)
        await t.rejects(() => cache.increment("fresh", by), "INVALID_ARGUMENT", `increment by ${String(by)}`)
      }
      t.equal(await cache.get("count"), 7, "the count afterwards")
      t.equal(await cache.has("fresh"), false, "the fresh key")
    },
  }),
]

/** The count, in whatever form get gives it: that it is a number is a clause of its own. */
async function countOf(cache: CacheClient, key: string): Promise<number> {
  return Number(await cache.get(key))
}
