import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { type CacheClient, clause, clientsOf, FALSY_VALUES, leaseOf, refusedAsBySet } from "../clause.ts"

import { ending, expiringBy, making } from "../probes.ts"

const needs = ["atomic"] as const
const HOUR_MS = 3_600_000

export const leaseClauses = [
  clause("CACHE-LEASE-01", {
    why: "Without a token nobody may load, and the key stays absent.",
    fix: "Make a token that no other lease of the key has had, store it with its end, and resolve it.",
    needs,
    async check(t, cache) {
      const token: unknown = await cache.lease("key", HOUR_MS)
      t.ok(typeof token === "string" && token.length > 0, `the token is ${typeof token}, want a string with content`)
      for (const [method, take] of await ending(cache)) {
        await cache.set("gone", 1)
        await take(cache, "gone")
        t.ok((await cache.lease("gone", HOUR_MS)) !== undefined, `after ${method} the key could not be leased`)
      }
    },
  }),
  clause("CACHE-LEASE-02", {
    why: "What is cached would be loaded again.",
    fix: "Ask whether the key is there, not whether its value is truthy, before giving a lease.",
    needs,
    async check(t, cache) {
      for (const value of [1, ...FALSY_VALUES]) {
        await cache.set("key", value)
        t.equal(await cache.lease("key", HOUR_MS), undefined, `lease of a key with the value ${JSON.stringify(value)}`)
      }
      for (const [method, make] of await making(cache)) {
        await make(cache, method)
        t.equal(await cache.lease(method, HOUR_MS), undefined, `lease of a key that ${method} stored`)
      }
    },
  }),
  clause("CACHE-LEASE-03", {
    why: "Two callers with a token load the same value twice.",
    fix: "Refuse a second lease of a key while the first holds, to its own holder too.",
    needs,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      await cache.lease("key", HOUR_MS)
      t.equal(await cache.lease("key", HOUR_MS), undefined, "a second lease by the same client")
      t.equal(await other.lease("key", HOUR_MS), undefined, "a second lease by another client")
      t.ok((await cache.lease("other", HOUR_MS)) !== undefined, "another key could not be leased")
    },
  }),
  clause("CACHE-LEASE-04", {
    why: "A stampede is simultaneous calls.",
    fix: "Use one command of the store that looks and writes (SET with NX and PX), never a read and then a write.",
    needs,
    async check(t, _cache, world) {
      const clients = await clientsOf(world, 3)
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      const race = (key: string) => Promise.all(clients.map((client) => client.lease(key, HOUR_MS)))
      for (const tokens of await Promise.all(keys.map(race))) {
        t.equal(tokens.filter((token) => token !== undefined).length, 1, `tokens for ${clients.length} callers`)
      }
    },
  }),
  clause("CACHE-LEASE-05", {
    why: "Loading again after expiry is what a lease is for.",
    fix: "Look at the expiry before answering that the key is there.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const makes = await making(cache)
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await cache.set("key", 1, world.step)
      await world.passTtl(world.step)
      t.ok((await cache.lease("key", HOUR_MS)) !== undefined, "the expired key could not be leased")
      for (const method of await expired()) {
        const token = await cache.lease(method, HOUR_MS)
        t.ok(token !== undefined, `an expired key that ${method} had stored could not be leased`)
      }
    },
  }),
  clause("CACHE-LEASE-06", {
    why: "A placeholder that readers see is served as data.",
    fix: "Keep leases apart from entries, or leave them out of every read, count and walk.",
    needs,
    async check(t, cache, world) {
      const { batch, scan } = world.capabilities
      await cache.lease("key", HOUR_MS)
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
      t.equal(await cache.get("key"), undefined, "get")
      t.equal(await cache.has("key"), false, "has")
      t.equal(await cache.take("key"), undefined, "take")
      t.equal(await cache.touch("key", 3600), false, "touch")
      t.equal(await cache.ttl("key"), undefined, "ttl")
      if (batch) t.equal(await cache.getMany(["key"]), new Map(), "getMany")
      if (scan) for await (const key of cache.keys()) t.equal(key, undefined, "what keys yields")
      if (batch) t.equal(await cache.deleteMany(["key"]), 0, "deleteMany")
      await cache.lease("free", HOUR_MS)
      t.ok(await cache.setIfAbsent("free", 1), "setIfAbsent stored nothing")
      await cache.lease("counted", HOUR_MS)
      const { value: count } = await t.outcome(() => cache.increment("counted"), "increment")
      t.equal(count, 1, "increment")
    },
  }),
  clause("CACHE-LEASE-07", {
    why: "A process that dies while it loads must not lock the key for ever, nor lose the lease while it works.",
    fix: "Store the end with the lease, in milliseconds, in one step.",
    needs,
    waits: true,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      const seconds = world.step * 4
      const held = world.window(seconds)
      world.lateWindow(seconds)
      await cache.lease("key", seconds * 1000)
      await world.pass(seconds / 2)
      t.equal(await other.lease("key", HOUR_MS), undefined, "another lease, after half of the time")
      held.close()
      await world.passTtl(seconds / 2)
      t.ok((await other.lease("key", HOUR_MS)) !== undefined, "there was no other lease after the time")
    },
  }),
  clause("CACHE-LEASE-08", {
    why: "A lease without end locks the key when its holder dies.",
    fix: "Check the time before giving the lease.",
    needs,
    async check(t, cache) {
      const wrong = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1000", null, undefined, {}, 10n]
      for (const ttlMs of wrong as number[]) {
        await t.rejects(() => cache.lease("key", ttlMs), "INVALID_ARGUMENT", `a lease of ${String(ttlMs)} ms`)
      }
      t.ok((await cache.lease("key", HOUR_MS)) !== undefined, "a refused lease was given")
    },
  }),
  clause("CACHE-LEASE-09", {
    why: "It is the one way to store what was loaded.",
    fix: "Compare the token with that of the lease, and store, in one step.",
    needs,
    async check(t, cache) {
      t.equal(await cache.fill("key", await leaseOf(cache, "key"), { id: 1 }), true)
      t.equal(await cache.get("key"), { id: 1 }, "what is stored")
    },
  }),
  clause("CACHE-LEASE-10", {
    why: "What is loaded through leases would never be loaded again.",
    fix: "Treat value and ttl as set does.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.fill("expires", await leaseOf(cache, "expires"), 1, ttl)
      await cache.fill("lasting", await leaseOf(cache, "lasting"), 1)
      t.equal(await cache.get("expires"), 1, "at once")
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("expires"), undefined, "after the ttl")
      t.equal(await cache.get("lasting"), 1, "a key without ttl")
    },
  }),
  clause("CACHE-LEASE-11", {
    why: "A retry that comes late would bring an old value back.",
    fix: "Remove the lease in the step that stores.",
    needs,
    async check(t, cache) {
      const token = await leaseOf(cache, "key")
      await cache.fill("key", token, "first")
      t.equal(await cache.fill("key", token, "second"), false)
      t.equal(await cache.get("key"), "first", "the value")
    },
  }),
  clause("CACHE-LEASE-12", {
    why: "Whoever does not hold the lease must neither store nor take it from its holder.",
    fix: "Compare the whole token, and do nothing where it differs.",
    needs,
    async check(t, cache) {
      const token = await leaseOf(cache, "key")
      for (const wrong of [`${token}x`, `x${token}`, "", `${token}${token}`]) {
        t.equal(await cache.fill("key", wrong, "wrong"), false, "fill with another token")
        t.equal(await cache.fill("never leased", wrong, "wrong"), false, "fill of a key that was never leased")
      }
      t.equal(await cache.get("key"), undefined, "the leased key")
      t.equal(await cache.get("never leased"), undefined, "the key that was never leased")
      await cache.fill("key", token, "right")
      t.equal(await cache.get("key"), "right", "what the holder of the lease stored afterwards")
    },
  }),
  clause("CACHE-LEASE-13", {
    why: "A process that was slow must not overwrite, or end the lease of, the one that took over.",
    fix: "Give each lease of a key a token of its own, and look at its end in fill.",
    needs,
    waits: true,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      world.lateWindow(world.step)
      const token = (await cache.lease("key", world.step * 1000)) ?? "no token"
      await world.passTtl(world.step)
      t.equal(await cache.fill("key", token, "late"), false, "after the end")
      await other.lease("key", HOUR_MS)
      t.equal(await cache.fill("key", token, "late"), false, "while the next lease holds")
      t.equal(await other.get("key"), undefined, "the key")
    },
  }),
  clause("CACHE-LEASE-14", {
    why: "Who got no lease, and fills all the same, has a bug that false would hide.",
    fix: "Check the type of the token before asking the store.",
    needs,
    async check(t, cache) {
      for (const token of [undefined, null, {}, true] as unknown as string[]) {
        await t.rejects(() => cache.fill("key", token, 1), "INVALID_ARGUMENT", `fill with the token ${String(token)}`)
      }
      t.equal(await cache.get("key"), undefined, "the key")
    },
  }),
  clause("CACHE-LEASE-15", {
    why: "The holder can still store what it may, and nobody else loads meanwhile.",
    fix: "Check all arguments before looking at the lease.",
    needs,
    async check(t, cache, world) {
      const { maxValueBytes } = world.capabilities
      const token = await leaseOf(cache, "key")
      const undefinedFill = () => cache.fill("key", token, undefined)
      await refusedAsBySet(t, cache, ["other", undefined], undefinedFill, "fill of undefined")
      await refusedAsBySet(t, cache, ["other", 1, 0], () => cache.fill("key", token, 1, 0), "fill with a ttl of 0")
      if (maxValueBytes <= LARGEST_TRIED_BYTES) {
        const large = "x".repeat(maxValueBytes + 1)
        await refusedAsBySet(t, cache, ["other", large], () => cache.fill("key", token, large), "fill of a large value")
      }
      t.equal(await cache.get("key"), undefined, "the key after refused calls")
      await cache.fill("key", token, "right")
      t.equal(await cache.get("key"), "right", "what the lease filled afterwards")
    },
  }),
]
