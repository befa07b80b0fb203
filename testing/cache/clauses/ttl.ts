import { clause } from "../clause.ts"
import { reading, removing, storing } from "../probes.ts"

const DAY = 86_400

export const ttlClauses = [
  clause("CACHE-TTL-01", {
    why: "Entries that vanish early send load to what the cache protects.",
    fix: "Keep the entry until exactly set time plus ttl.",
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const stores = await storing(cache)
      world.window(ttl)
      for (const [method, store] of stores) await store(cache, method, "value", ttl)
      const alive = async (when: string) => {
        for (const [method] of stores) {
          t.equal(await cache.get(method), "value", `get of what ${method} stored, ${when}`)
          t.equal(await cache.has(method), true, `has of what ${method} stored, ${when}`)
        }
      }
      await alive("at once")
      await world.pass(ttl / 2)
      await alive("after half of the ttl")
      if (!world.manualTime) return
      await world.pass(ttl / 2 - 0.001)
      await alive("one millisecond before the end")
    },
  }),
  clause("CACHE-TTL-02", {
    why: "An expired entry is stale data.",
    fix: "Compare with the clock in get and in has; absent from set time plus ttl on, not one millisecond later.",
    waits: true,
    async check(t, cache, world) {
      const other = await world.connect()
      const [stores, reads] = [await storing(cache), await reading(cache)]
      world.lateWindow(world.step)
      for (const [method] of reads) await cache.set(method, "value", world.step)
      for (const [method, store] of stores) await store(cache, `by ${method}`, "value", world.step)
      await cache.set("has", "value", world.step)
      await cache.set("stays", "value")
      await cache.set("null", null, world.step)
      await cache.set("other client", "value", world.step)
      await world.passTtl(world.step)
      t.equal(await other.get("other client"), undefined, "get by another client")
      for (const [method, read] of reads) t.equal(await read(cache, method), undefined, method)
      for (const [method] of stores) {
        t.equal(await cache.get(`by ${method}`), undefined, `get of what ${method} stored`)
      }
      t.equal(await cache.get("null"), undefined, "get of what was null")
      t.equal(await cache.has("has"), false, "has")
      t.equal(await cache.get("has"), undefined, "get after has")
      t.equal(await cache.get("stays"), "value", "an entry without ttl")
    },
  }),
  clause("CACHE-TTL-03", {
    why: "Otherwise a refreshed value vanishes early.",
    fix: "Replace the whole entry on set, its expiry included.",
    waits: true,
    async check(t, cache, world) {
      const early = world.window(world.step)
      await cache.set("key", 1, world.step)
      await cache.set("key", 2)
      await cache.set("same value", 1, world.step)
      await cache.set("same value", 1)
      early.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("key"), 2)
      t.equal(await cache.get("same value"), 1, "set with the same value")
      t.equal(await cache.has("key"), true, "has")
    },
  }),
  clause("CACHE-TTL-04", {
    why: "The latest set decides how long its value is good for.",
    fix: "Compute the expiry from the latest set alone.",
    waits: true,
    async check(t, cache, world) {
      const long = world.step * 20
      const early = world.window(world.step)
      const late = world.lateWindow(world.step)
      await cache.set("shorter", 1, long)
      await cache.set("longer", 1, world.step)
      await cache.set("from none", 1)
      await cache.set("shorter", 2, world.step)
      await cache.set("longer", 2, long)
      await cache.set("from none", 2, world.step)
      early.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("shorter"), undefined, "a shorter ttl")
      t.equal(await cache.get("longer"), 2, "a longer ttl")
      t.equal(await cache.get("from none"), undefined, "a first ttl")
      late.close()
      const first = world.window(world.step * 3)
      await cache.set("same", 1, world.step * 3)
      await world.pass(world.step * 2)
      world.window(world.step * 3)
      await cache.set("same", 1, world.step * 3)
      first.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("same"), 1, "the same value with the same ttl, after the end of the first")
    },
  }),
  clause("CACHE-TTL-05", {
    why: "A computed 0 must not mean for ever, nor lose the entry.",
    fix: "Check the ttl before touching the entry, as cacheTtlIssue from @objectos/sdk/contracts does.",
    async check(t, cache) {
      await cache.set("key", "old", 3600)
      const wrong = [
        0,
        -0,
        -1,
        -0.5,
        Number.NaN,
        Number.NEGATIVE_INFINITY,
        10 * 365.25 * DAY + 1,
        1e300,
        "60",
        "",
        null,
        {},
        [60],
        new Date(0),
        true,
        false,
        60n,
      ]
      for (const [method, store] of await storing(cache)) {
        for (const ttl of wrong as number[]) {
          const what = `${method} with ttl ${String(ttl)}`
          await t.rejects(() => store(cache, "key", "new", ttl), "INVALID_ARGUMENT", what)
          await t.rejects(() => store(cache, "fresh", "new", ttl), "INVALID_ARGUMENT", `${what} of a fresh key`)
        }
      }
      t.equal(await cache.get("key"), "old", "the old value")
      t.equal(await cache.has("fresh"), false, "the fresh key")
    },
  }),
  clause("CACHE-TTL-06", {
    why: "It is how a caller overrules a default ttl.",
    fix: "Treat Infinity as no expiry; do not hand it to a timer or a store command.",
    waits: true,
    async check(t, cache, world) {
      const stores = await storing(cache)
      for (const [method, store] of stores) await store(cache, method, 1, Number.POSITIVE_INFINITY)
      const early = world.window(world.step)
      await cache.set("after a ttl", 1, world.step)
      await cache.set("after a ttl", 2, Number.POSITIVE_INFINITY)
      early.close()
      await world.passTtl(world.manualTime ? 11 * 365.25 * DAY : world.step)
      for (const [method] of stores) t.equal(await cache.get(method), 1, `what ${method} stored`)
      t.equal(await cache.get("after a ttl"), 2, "after an earlier ttl")
    },
  }),
  clause("CACHE-TTL-07", {
    why: "A popular entry would never be refreshed.",
    fix: "Set the expiry in set alone.",
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const alive = world.window(ttl)
      await cache.set("get", "value", ttl)
      await cache.set("has", "value", ttl)
      await cache.set("batch", "value", ttl)
      await cache.set("walk", "value", ttl)
      for (let read = 0; read < 3; read++) {
        await world.pass(world.step)
        await cache.get("get")
        await cache.has("has")
        await cache.stats()
        if (world.capabilities.batch) await cache.getMany(["batch"])
        if (world.capabilities.scan) for await (const _ of cache.keys({ prefix: "walk" }));
      }
      alive.close()
      // The last reads were less than a step ago.
      world.window(world.step * 3)
      await world.passTtl(world.step)
      t.equal(await cache.get("get"), undefined, "after reads by get")
      t.equal(await cache.get("has"), undefined, "after reads by has")
      t.equal(await cache.get("batch"), undefined, "after reads by getMany")
      t.equal(await cache.get("walk"), undefined, "after walks by keys")
    },
  }),
  clause("CACHE-TTL-08", {
    why: "To every caller it was not there.",
    fix: "Look at the expiry before answering a delete.",
    waits: true,
    async check(t, cache, world) {
      const removes = await removing(cache)
      world.lateWindow(world.step)
      for (const [method] of removes) await cache.set(method, 1, world.step)
      await cache.set("live", 1)
      await world.passTtl(world.step)
      t.equal(await cache.delete("delete"), false, "the expired key")
      for (const [method, take] of removes) t.ok(!(await take(cache, method)), `${method} found an expired key`)
      t.equal(await cache.delete("live"), true, "a live key")
    },
  }),
  clause("CACHE-TTL-09", {
    why: "The count would say the cache is full of what nobody can read.",
    fix: "Leave expired entries out of the count, or drop them first.",
    waits: true,
    async check(t, cache, world) {
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      // Soon after each other, so that whoever removes expired entries now and then has not removed all.
      for (let index = 0; index < 5; index++) await cache.set(`expires-${index}`, index, world.step + index / 100)
      await cache.set("stays", 1)
      t.equal((await cache.stats()).keyCount, 6, "before")
      alive.close()
      await world.passTtl(world.step + 0.04)
      t.equal((await cache.stats()).keyCount, 1, "after")
    },
  }),
]
