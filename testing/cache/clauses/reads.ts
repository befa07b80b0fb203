import { deepEqual } from "../../engine/deep-equal.ts"
import { show } from "../../engine/show.ts"
import { clause } from "../clause.ts"

export const readClauses = [
  clause({
    id: "CACHE-RW-01",
    level: "MUST",
    text: "get of a stored key resolves the value that set stored.",
    why: "A cache that loses what it was given is of no use.",
    fix: "Return from get exactly what the latest set of that key was given.",
    async check(t, world) {
      const cache = await world.connect()
      const [first, second] = [world.random.word(), world.random.word()]
      const value = { id: world.random.integer(1_000_000), name: world.random.word() }
      await cache.set(first, value)
      await cache.set(second, "other")
      t.equal(await cache.get(first), value)
      t.equal(await cache.get(first), value, "second read")
      t.equal(await cache.get(second), "other", "the key set next")
    },
  }),
  clause({
    id: "CACHE-RW-02",
    level: "MUST",
    text: "A second set of a key replaces the value of the first.",
    why: "Otherwise an update is never seen.",
    fix: "Overwrite the stored entry on every set, also with a shorter value or one of another type.",
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-RW-03",
    level: "MUST",
    text: "get of a key that was never set resolves undefined.",
    why: "Callers tell a miss from a stored value by undefined alone.",
    fix: "Resolve undefined for a miss: not null, not an error.",
    async check(t, world) {
      const cache = await world.connect()
      const key = world.random.word()
      t.equal(await cache.get(key), undefined, "in an empty cache")
      await cache.set(`${key}1`, 1)
      t.equal(await cache.get(key), undefined, "beside another key")
      t.equal(await cache.get(`${key}11`), undefined, "an extension of another key")
    },
  }),
  clause({
    id: "CACHE-RW-04",
    level: "MUST",
    text: "has tells stored keys from absent ones.",
    why: "Callers skip work on the word of has.",
    fix: "Resolve true from has exactly when get would hit.",
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-RW-05",
    level: "MUST",
    text: "Simultaneous calls on different keys each do their own work.",
    why: "Servers call a cache from many requests at once.",
    fix: "Keep no state of one call where another can overwrite it; match replies to their calls.",
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 100 }, (_, index) => `${world.random.word()}-${index}`)
      await Promise.all(keys.map((key) => cache.set(key, { key })))
      const values = await Promise.all(keys.map((key) => cache.get(key)))
      t.equal(
        values,
        keys.map((key) => ({ key })),
        "100 parallel reads",
      )
      const deleted = await Promise.all(keys.slice(0, 50).map((key) => cache.delete(key)))
      t.equal(
        deleted,
        keys.slice(0, 50).map(() => true),
        "50 parallel deletes",
      )
      const present = await Promise.all(keys.map((key) => cache.has(key)))
      t.equal(
        present,
        keys.map((_, index) => index >= 50),
        "what the deletes left",
      )
    },
  }),
  clause({
    id: "CACHE-RW-06",
    level: "MUST",
    text: "A client of a shared store reads what another client stored.",
    why: "Several processes share a cache to share work.",
    fix: "Keep entries in the store, under the same key and encoding in every client; keep no private copy.",
    needs: ["shared"],
    async check(t, world) {
      const [first, second] = [await world.connect(), await world.connect()]
      const key = world.random.word()
      await first.set(key, { by: "first" })
      await world.settle()
      t.equal(await second.get(key), { by: "first" }, "the other client's read")
      await second.set(key, { by: "second" })
      await world.settle()
      t.equal(await first.get(key), { by: "second" }, "after the other client's overwrite")
      t.equal(await second.delete(key), true, "the other client's delete")
      await world.settle()
      t.equal(await first.get(key), undefined, "after the other client's delete")
      t.equal(await first.has(key), false, "has after the other client's delete")
    },
  }),
  clause({
    id: "CACHE-RW-07",
    level: "MUST",
    text: "Each method gives a promise of what its signature says: set and clear undefined, delete and has booleans, stats numbers.",
    why: "A count where a boolean is promised works until somebody compares it with true.",
    fix: "Make methods async, and turn the store's replies into the promised types.",
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-RW-08",
    level: "MUST",
    text: "Of simultaneous sets of one key one value stays, whole.",
    why: "Values that run into each other are corrupted data.",
    fix: "Replace an entry in one step: one command, or a temporary file and a rename.",
    async check(t, world) {
      const { maxValueBytes, shared } = world.capabilities
      const cache = await world.connect()
      const other = shared ? await world.connect() : cache
      const step = Math.min(500, Math.floor(maxValueBytes / 160))
      const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(1 + index * step))
      const objects = texts.map((text, by) => ({ by, text }))
      const lists = texts.map((text, by) => [by, text, by])
      for (const values of [objects, lists]) {
        await Promise.all(values.map((value, index) => (index % 2 === 0 ? cache : other).set("key", value)))
        await world.settle()
        const stayed = await cache.get("key")
        const whole = values.some((value) => deepEqual(value, stayed))
        t.ok(whole, `what stayed is none of the values: ${show(stayed)}`)
        t.equal(await other.get("key"), stayed, "what another client sees")
      }
    },
  }),
  clause({
    id: "CACHE-RW-09",
    level: "MUST",
    text: "A client sees what another client changed, whatever it has read, missed or deleted itself before.",
    why: "A private memory of hits or misses serves what was replaced long ago.",
    fix: "Ask the store on every read, or declare in maxStalenessMs how old an answer may be.",
    needs: ["shared"],
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
      for (const key of ["read", "asked for", "deleted"]) await cache.set(key, "old")
      await cache.get("read")
      await cache.has("asked for")
      await cache.get("missed")
      await cache.has("missed by has")
      await cache.delete("deleted")
      await world.settle()
      for (const key of ["read", "missed", "missed by has", "deleted"]) await other.set(key, "new")
      await other.delete("asked for")
      await world.settle()
      t.equal(await cache.get("read"), "new", "a key that was read")
      t.equal(await cache.get("missed"), "new", "a key that was missed")
      t.equal(await cache.has("missed by has"), true, "a key that has missed")
      t.equal(await cache.get("deleted"), "new", "a key that was deleted")
      t.equal(await cache.has("asked for"), false, "a key that has found")
    },
  }),
  clause({
    id: "CACHE-RW-10",
    level: "MUST",
    text: "A read that is called after a set has resolved sees it, also while an earlier read is under way.",
    why: "Joined reads hand out what was true when the first of them began.",
    fix: "Let a set end the sharing of reads that began before it; join no later read to them.",
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("key", "old")
      const early = cache.get("key")
      await cache.set("key", "new")
      const late = cache.get("key")
      t.ok(["old", "new"].includes((await early) as string), "the earlier read gave neither value")
      t.equal(await late, "new", "the later read")
    },
  }),
]
