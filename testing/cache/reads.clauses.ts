import { clause } from "./clause.ts"

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
    text: "Each method resolves what its signature says: set and clear undefined, delete and has booleans, stats numbers.",
    why: "A count where a boolean is promised works until somebody compares it with true.",
    fix: "Turn the store's replies into the promised types.",
    async check(t, world) {
      const cache = await world.connect()
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
      const [cache, other] = [await world.connect(), await world.connect()]
      const values = Array.from({ length: 20 }, (_, index) => ({ by: index, text: `${index}`.repeat(1 + index * 500) }))
      await Promise.all(values.map((value, index) => (index % 2 === 0 ? cache : other).set("key", value)))
      await world.settle()
      const stayed = (await cache.get("key")) as { by: number } | undefined
      t.equal(stayed, values[stayed?.by ?? -1], "what stayed")
      t.equal(await other.get("key"), stayed, "what another client sees")
    },
  }),
  clause({
    id: "CACHE-DEL-01",
    level: "MUST",
    text: "delete of a stored key removes it and resolves true.",
    why: "A delete that does nothing serves stale data for ever.",
    fix: "Remove the entry, and resolve true when it was there.",
    async check(t, world) {
      const cache = await world.connect()
      const key = world.random.word()
      await cache.set(key, "value")
      t.equal(await cache.delete(key), true, "the answer")
      t.equal(await cache.get(key), undefined, "get afterwards")
      t.equal(await cache.has(key), false, "has afterwards")
      for (const value of [null, false, 0, ""]) {
        await cache.set(key, value)
        t.equal(await cache.delete(key), true, "the answer for a falsy value")
      }
    },
  }),
  clause({
    id: "CACHE-DEL-02",
    level: "MUST",
    text: "delete of an absent key, or a second delete, resolves false.",
    why: "The answer tells whether this call was the one that removed it.",
    fix: "Resolve false, and do not reject, when there was nothing to remove.",
    async check(t, world) {
      const cache = await world.connect()
      const key = world.random.word()
      t.equal(await cache.delete(key), false, "a key never set")
      await cache.set(key, 1)
      await cache.delete(key)
      t.equal(await cache.delete(key), false, "the second delete")
    },
  }),
  clause({
    id: "CACHE-DEL-03",
    level: "MUST",
    text: "delete removes exactly its key and no key that resembles it.",
    why: "Prefix or pattern deletes wipe other users' entries.",
    fix: "Delete by the exact key; never by prefix, pattern or case.",
    async check(t, world) {
      const cache = await world.connect()
      const key = world.random.word()
      const others = [`${key}a`, `${key}:a`, `${key}*`, key.slice(0, -1), `x${key}`]
      for (const other of others) await cache.set(other, other)
      await cache.set(key, "gone")
      await cache.delete(key)
      for (const other of others) t.equal(await cache.get(other), other, `${other} after delete of ${key}`)
      await cache.delete(`${key}*`)
      t.equal(await cache.get(`${key}a`), `${key}a`, "after delete of a key that ends in *")
    },
  }),
  clause({
    id: "CACHE-DEL-04",
    level: "MUST",
    text: "A key can be set again after its delete.",
    why: "Invalidate and refill is what caches are used for.",
    fix: "Leave no mark behind on delete that hides a later set.",
    async check(t, world) {
      const cache = await world.connect()
      const key = world.random.word()
      await cache.set(key, "old")
      await cache.delete(key)
      await cache.set(key, "new")
      t.equal(await cache.get(key), "new")
      t.equal(await cache.has(key), true, "has")
    },
  }),
  clause({
    id: "CACHE-DEL-05",
    level: "MUST",
    text: "Of simultaneous deletes of one key one resolves true.",
    why: "Whoever removed it does what follows, such as telling others.",
    fix: "Look and delete in one step.",
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
      for (let round = 0; round < 5; round++) {
        await cache.set("key", `round ${round}`)
        await world.settle()
        const deleted = await Promise.all([cache, other, cache, other].map((client) => client.delete("key")))
        t.equal(deleted.filter((answer) => answer === true).length, 1, "deletes that resolved true")
      }
    },
  }),
  clause({
    id: "CACHE-CLEAR-01",
    level: "MUST",
    text: "clear removes every key from get, has and keyCount.",
    why: "After a clear nothing old may be served.",
    fix: "Remove entries of every kind: with and without ttl, whoever set them.",
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
      const keys = [world.random.word(), world.random.word(), `${world.random.word()}:nested:key`]
      await cache.set(keys[0] as string, 1)
      await cache.set(keys[1] as string, 2, 3600)
      await other.set(keys[2] as string, 3)
      await world.settle()
      await cache.clear()
      for (const key of keys) {
        t.equal(await cache.get(key), undefined, "get")
        t.equal(await cache.has(key), false, "has")
      }
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
      await cache.set(keys[0] as string, "again")
      t.equal(await cache.get(keys[0] as string), "again", "a set after clear")
    },
  }),
  clause({
    id: "CACHE-CLEAR-02",
    level: "MUST",
    text: "clear of an empty cache resolves, also twice.",
    why: "Test set-ups and deploy scripts clear without looking.",
    fix: "Treat nothing to remove as success.",
    async check(t, world) {
      const cache = await world.connect()
      t.equal(await cache.clear(), undefined, "first clear")
      t.equal(await cache.clear(), undefined, "second clear")
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
    },
  }),
  clause({
    id: "CACHE-CLEAR-03",
    level: "MUST",
    text: "clear removes any number of keys.",
    why: "A clear that stops after one page leaves stale entries behind.",
    fix: "Follow the store's cursor to its end, and split deletes into batches.",
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 2_101 }, (_, index) => `key-${index}`)
      await Promise.all(keys.map((key) => cache.set(key, 1)))
      t.equal((await cache.stats()).keyCount, keys.length, "keyCount before")
      await cache.clear()
      t.equal((await cache.stats()).keyCount, 0, "keyCount after")
      const left = await Promise.all(keys.map((key) => cache.has(key)))
      t.equal(left.filter(Boolean).length, 0, "keys left")
    },
  }),
  clause({
    id: "CACHE-CLEAR-04",
    level: "MUST",
    text: "clear leaves the keys of other caches in a shared store alone.",
    why: "One application's clear must not empty another's cache, sessions or queues.",
    fix: "Remove only keys under this cache's own prefix, ended so that no other prefix begins with it.",
    needs: ["shared"],
    async check(t, world) {
      const [cache, neighbour] = [await world.connect(), await world.neighbour()]
      const key = world.random.word()
      await cache.set(key, "mine")
      await neighbour.set(key, "theirs")
      t.equal(await cache.get(key), "mine", "the same key in the other cache")
      await cache.clear()
      t.equal(await cache.get(key), undefined, "mine after clear")
      t.equal(await neighbour.get(key), "theirs", "theirs after my clear")
      await cache.set(key, "mine")
      await neighbour.clear()
      t.equal(await cache.get(key), "mine", "mine after their clear")
    },
  }),
  clause({
    id: "CACHE-CLEAR-05",
    level: "MUST",
    text: "clear among simultaneous sets leaves each key whole or absent, and keyCount agrees.",
    why: "Traffic does not stop for a clear.",
    fix: "Remove an entry and all that belongs to it in one step.",
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`)
      const set = (key: string) => cache.set(key, { key })
      await Promise.all([...keys.slice(0, 30).map(set), cache.clear(), ...keys.slice(30).map(set)])
      let stored = 0
      for (const key of keys) {
        const value = await cache.get(key)
        if (value === undefined) continue
        stored++
        t.equal(value, { key }, "what stayed")
      }
      t.equal((await cache.stats()).keyCount, stored, "keyCount")
      await cache.clear()
      t.equal((await cache.stats()).keyCount, 0, "keyCount after a clear in peace")
    },
  }),
]
