import { clause } from "../clause.ts"
import { making, removing, storing } from "../probes.ts"

export const removalClauses = [
  clause("CACHE-DEL-01", {
    why: "A delete that does nothing serves stale data for ever.",
    fix: "Remove the entry, and resolve true when it was there.",
    async check(t, cache, world) {
      const key = world.random.word()
      await cache.set(key, "value")
      t.equal(await cache.delete(key), true, "the answer")
      t.equal(await cache.get(key), undefined, "get afterwards")
      t.equal(await cache.has(key), false, "has afterwards")
      for (const [method, take] of await removing(cache)) {
        for (const value of [null, false, 0, "", { a: 1 }]) {
          await cache.set(key, value)
          t.ok(Boolean(await take(cache, key)), `${method} of ${JSON.stringify(value)} found nothing`)
          t.equal(await cache.get(key), undefined, `get after ${method}`)
          t.equal(await cache.has(key), false, `has after ${method}`)
        }
      }
      for (const [method, store] of await storing(cache)) {
        await store(cache, key, "value")
        t.equal(await cache.delete(key), true, `delete of what ${method} stored`)
        t.equal(await cache.has(key), false, `has of what ${method} stored`)
      }
    },
  }),
  clause("CACHE-DEL-02", {
    why: "The answer tells whether this call was the one that removed it.",
    fix: "Resolve false, and do not reject, when there was nothing to remove.",
    async check(t, cache, world) {
      const key = world.random.word()
      t.equal(await cache.delete(key), false, "a key never set")
      await cache.set(key, 1)
      await cache.delete(key)
      t.equal(await cache.delete(key), false, "the second delete")
      for (const [method, take] of await removing(cache)) {
        t.ok(!(await take(cache, key)), `${method} of a deleted key found something`)
        t.ok(!(await take(cache, `${key}x`)), `${method} of a key never set found something`)
      }
    },
  }),
  clause("CACHE-DEL-03", {
    why: "Prefix or pattern deletes wipe other users' entries.",
    fix: "Delete by the exact key; never by prefix, pattern or case.",
    async check(t, cache, world) {
      const key = world.random.word()
      const others = [`${key}a`, `${key}:a`, `${key}*`, key.slice(0, -1), `x${key}`]
      for (const other of others) await cache.set(other, other)
      await cache.set(key, "gone")
      await cache.delete(key)
      for (const other of others) t.equal(await cache.get(other), other, `${other} after delete of ${key}`)
      for (const [method, take] of await removing(cache)) {
        await cache.set(key, "gone")
        await take(cache, key)
        for (const other of others) t.equal(await cache.get(other), other, `${other} after ${method} of ${key}`)
      }
      await cache.delete(`${key}*`)
      t.equal(await cache.get(`${key}a`), `${key}a`, "after delete of a key that ends in *")
    },
  }),
  clause("CACHE-DEL-04", {
    why: "Invalidate and refill is what caches are used for.",
    fix: "Leave no mark behind on delete that hides a later set.",
    async check(t, cache, world) {
      const key = world.random.word()
      for (const [removedBy, take] of await removing(cache)) {
        for (const [storedBy, store] of await storing(cache)) {
          await cache.set(key, "old")
          await take(cache, key)
          await store(cache, key, "new")
          t.equal(await cache.get(key), "new", `get after ${removedBy} and ${storedBy}`)
          t.equal(await cache.has(key), true, `has after ${removedBy} and ${storedBy}`)
        }
      }
    },
  }),
  clause("CACHE-CLEAR-01", {
    why: "After a clear nothing old may be served.",
    fix: "Remove entries of every kind: with and without ttl, whoever set them.",
    async check(t, cache, world) {
      const other = await world.connect()
      const word = world.random.word()
      const keys = [word, `${word}:nested:key`, "line\nline", "ключ", "*", "null"]
      for (const key of keys) await cache.set(key, key === "null" ? null : 1)
      await cache.set("with ttl", 2, 3600)
      const makes = await making(cache)
      for (const [method, make] of makes) {
        await make(cache, method)
        await make(cache, `${method} with ttl`, 3600)
        await make(other, `${method} by another client`)
      }
      const made = makes.flatMap(([method]) => [method, `${method} with ttl`, `${method} by another client`])
      await other.set("theirs", 3)
      await world.converge()
      await cache.clear()
      for (const key of [...keys, "with ttl", "theirs", ...made]) {
        t.equal(await cache.get(key), undefined, `get of ${JSON.stringify(key)}`)
        t.equal(await cache.has(key), false, `has of ${JSON.stringify(key)}`)
      }
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
      await world.converge()
      t.equal(await other.get(word), undefined, "get by another client")
      await cache.set(word, "again")
      t.equal(await cache.get(word), "again", "a set after clear")
    },
  }),
  clause("CACHE-CLEAR-02", {
    why: "Test set-ups and deploy scripts clear without looking.",
    fix: "Treat nothing to remove as success.",
    async check(t, cache) {
      t.equal(await cache.clear(), undefined, "first clear")
      t.equal(await cache.clear(), undefined, "second clear")
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
    },
  }),
  clause("CACHE-CLEAR-03", {
    why: "A clear that stops after one page leaves stale entries behind.",
    fix: "Follow the store's cursor to its end, and split deletes into batches.",
    async check(t, cache, { many }) {
      const keys = Array.from({ length: Math.min(many, 2_101) }, (_, index) => `key-${index}`)
      const stores = await storing(cache)
      await Promise.all(keys.map((key, index) => stores[index % stores.length]?.[1](cache, key, 1)))
      t.equal((await cache.stats()).keyCount, keys.length, "keyCount before")
      await cache.clear()
      t.equal((await cache.stats()).keyCount, 0, "keyCount after")
      const left = await Promise.all(keys.map((key) => cache.has(key)))
      t.equal(left.filter(Boolean).length, 0, "keys left")
    },
  }),
  clause("CACHE-CLEAR-04", {
    why: "One application's clear must not empty another's cache, sessions or queues.",
    fix: "Remove only keys under this cache's own prefix, ended so that no other prefix begins with it.",
    needs: ["shared"],
    async check(t, cache, world) {
      const neighbour = await world.neighbour()
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
      const stores = await storing(cache)
      for (const [method, store] of stores) {
        await store(cache, method, "mine")
        await store(neighbour, method, "theirs")
      }
      await cache.clear()
      for (const [method] of stores) {
        t.equal(await neighbour.get(method), "theirs", `theirs by ${method} after my clear`)
      }
    },
  }),
  clause("CACHE-CLEAR-05", {
    why: "Traffic does not stop for a clear.",
    fix: "Remove an entry and all that belongs to it in one step.",
    async check(t, cache) {
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
      const stores = await storing(cache)
      const entries = stores.flatMap(([method, store]) =>
        [1, 2, 3, 4, 5, 6].map((part) => ({ key: `${method} ${part}`, value: { method, part, end: true }, store })),
      )
      const storeAll = (some: typeof entries) => some.map(({ key, store, value }) => store(cache, key, value))
      const odd = entries.filter((_, index) => index % 2 === 1)
      const even = entries.filter((_, index) => index % 2 === 0)
      await Promise.all([...storeAll(odd), cache.clear(), ...storeAll(even)])
      let kept = 0
      for (const { key, value: whole } of entries) {
        const value = await cache.get(key)
        if (value === undefined) continue
        kept++
        t.equal(value, whole, `what stayed: ${key}`)
      }
      t.equal((await cache.stats()).keyCount, kept, "keyCount after a clear among all methods that store")
    },
  }),
]
