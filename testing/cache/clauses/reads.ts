import { pathsOf } from "../../families/roles.ts"
import { clause } from "../clause.ts"
import { cacheFamilyProbes, reading } from "../probes.ts"

export const readClauses = [
  clause("CACHE-RW-01", {
    why: "A cache that loses what it was given is of no use.",
    fix: "Return from get exactly what the latest set of that key was given.",
    async check(t, cache, world) {
      const [first, second] = [world.random.word(), world.random.word()]
      const value = { id: world.random.integer(1_000_000), name: world.random.word() }
      await cache.set(first, value)
      await cache.set(second, "other")
      t.equal(await cache.get(first), value)
      t.equal(await cache.get(first), value, "second read")
      t.equal(await cache.get(second), "other", "the key set next")
      for (const { by, read, store } of await pathsOf(cache, cacheFamilyProbes)) {
        await store(cache, `${second} ${by}`, value)
        await cache.set(`${second} ${by} next`, "other")
        t.equal(await read(cache, `${second} ${by}`), value, by)
      }
    },
  }),
  clause("CACHE-RW-02", {
    why: "Otherwise an update is never seen.",
    fix: "Overwrite the stored entry on every set, also with a shorter value or one of another type.",
    async check(t, cache, world) {
      const key = world.random.word()
      await cache.set(key, "a long first value")
      await cache.set(key, "short")
      t.equal(await cache.get(key), "short", "after the second set")
      await cache.set(key, { kind: "object", a: 1 })
      await cache.set(key, { kind: "object" })
      t.equal(await cache.get(key), { kind: "object" }, "after an object with fewer members")
      await cache.set(key, null)
      t.equal(await cache.get(key), null, "after a set of null")
    },
  }),
  clause("CACHE-RW-03", {
    why: "Callers tell a miss from a stored value by undefined alone.",
    fix: "Resolve undefined for a miss: not null, not an error.",
    async check(t, cache, world) {
      const key = world.random.word()
      t.equal(await cache.get(key), undefined, "in an empty cache")
      await cache.set(`${key}1`, 1)
      t.equal(await cache.get(key), undefined, "beside another key")
      for (const [method, read] of await reading(cache)) {
        t.equal(await read(cache, `${key}11`), undefined, `${method} of an extension of another key`)
        t.equal(await read(cache, key), undefined, `${method} of the beginning of another key`)
      }
    },
  }),
  clause("CACHE-RW-04", {
    why: "Callers skip work on the word of has.",
    fix: "Resolve true from has exactly when get would hit.",
    async check(t, cache, world) {
      const key = world.random.word()
      t.equal(await cache.has(key), false, "before set")
      await cache.set(key, "value")
      t.equal(await cache.has(key), true, "after set")
      t.equal(await cache.has(`${key}x`), false, "a longer key")
      t.equal(await cache.has(key.slice(0, -1)), false, "a shorter key")
      await cache.delete(key)
      t.equal(await cache.has(key), false, "after delete")
    },
  }),
  clause("CACHE-RW-07", {
    why: "A count where a boolean is promised works until somebody compares it with true.",
    fix: "Make methods async, and turn the store's replies into the promised types.",
    async check(t, cache) {
      await cache.set("key", 1)
      for (const method of ["get", "has", "stats", "clear", "delete"] as const) {
        const answer: { then?: unknown } | undefined = cache[method]("key")
        t.equal(typeof answer?.then, "function", `${method} gives a promise: its then`)
        await answer
      }
      t.equal(await cache.set("key", 1), undefined, "set")
      t.equal(typeof (await cache.has("key")), "boolean", "has of a stored key")
      t.equal(typeof (await cache.has("absent")), "boolean", "has of an absent key")
      t.equal(typeof (await cache.delete("key")), "boolean", "delete of a stored key")
      t.equal(typeof (await cache.delete("absent")), "boolean", "delete of an absent key")
      await cache.set("key", 1)
      t.equal(await cache.clear(), undefined, "clear")
      const { hits, keyCount, memoryUsage = 0, misses } = await cache.stats()
      for (const [name, count] of Object.entries({ hits, misses, keyCount, memoryUsage })) {
        t.ok(Number.isFinite(count) && count >= 0, `${name} is ${String(count)}`)
      }
    },
  }),
]
