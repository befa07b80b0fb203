import { clause } from "../clause.ts"

export const removalClauses = [
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
      const word = world.random.word()
      const keys = [word, `${word}:nested:key`, "line\nline", "ключ", "*", "null"]
      for (const key of keys) await cache.set(key, key === "null" ? null : 1)
      await cache.set("with ttl", 2, 3600)
      await other.set("theirs", 3)
      await world.settle()
      await cache.clear()
      for (const key of [...keys, "with ttl", "theirs"]) {
        t.equal(await cache.get(key), undefined, `get of ${JSON.stringify(key)}`)
        t.equal(await cache.has(key), false, `has of ${JSON.stringify(key)}`)
      }
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
      await world.settle()
      t.equal(await other.get(word), undefined, "get by another client")
      await cache.set(word, "again")
      t.equal(await cache.get(word), "again", "a set after clear")
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
