import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { type CacheClient, clause, clientsOf, refusedAsBySet } from "../clause.ts"

const needs = ["atomic"] as const

/** Calls that tell an absent key from one with the value 7: how each answers. */
const LOOKS: readonly [
  method: string,
  call: (cache: CacheClient, key: string) => Promise<unknown>,
  missed: unknown,
  found: unknown,
][] = [
  ["ttl", (cache, key) => cache.ttl(key), undefined, Number.POSITIVE_INFINITY],
  ["touch", (cache, key) => cache.touch(key, Number.POSITIVE_INFINITY), false, true],
  ["take", (cache, key) => cache.take(key), undefined, 7],
  ["setIfAbsent", (cache, key) => cache.setIfAbsent(key, 7), true, false],
  ["increment", (cache, key) => cache.increment(key), 1, 8],
  ["lease", async (cache, key) => (await cache.lease(key, 3_600_000)) !== undefined, true, false],
]

/** What all methods of ICacheAtomic have in common. */
export const atomicMethodClauses = [
  clause("CACHE-ATOMIC-26", {
    why: "What set refuses would get in by another door.",
    fix: "Run the checks of get and set in each of them first, or let asCache do it.",
    needs,
    async check(t, cache, world) {
      const { maxKeyBytes, maxValueBytes } = world.capabilities
      await cache.set("kept", 1)
      const calls: Record<string, (key: string) => Promise<unknown>> = {
        setIfAbsent: (key) => cache.setIfAbsent(key, 1),
        increment: (key) => cache.increment(key),
        take: (key) => cache.take(key),
        touch: (key) => cache.touch(key, 3600),
        ttl: (key) => cache.ttl(key),
        lease: (key) => cache.lease(key, 3_600_000),
        fill: (key) => cache.fill(key, "token", 1),
      }
      for (const [name, call] of Object.entries(calls)) {
        for (const key of ["", "\ud800", "k".repeat(maxKeyBytes + 1), 7 as unknown as string]) {
          await refusedAsBySet(t, cache, [key, 1], () => call(key), `${name} of a bad key`)
        }
      }
      for (const value of [undefined, () => 1, new (class User {})()]) {
        const bad = ["value", value] as const
        await refusedAsBySet(t, cache, bad, () => cache.setIfAbsent("fresh", value), "setIfAbsent of a bad value")
        await refusedAsBySet(t, cache, bad, () => cache.fill("fresh", "token", value), "fill of a bad value")
      }
      for (const ttl of [0, "60" as unknown as number]) {
        const timed: Record<string, () => Promise<unknown>> = {
          setIfAbsent: () => cache.setIfAbsent("fresh", 1, ttl),
          increment: () => cache.increment("fresh", 1, ttl),
          "increment of a stored key": () => cache.increment("kept", 1, ttl),
          touch: () => cache.touch("kept", ttl),
          fill: () => cache.fill("fresh", "token", 1, ttl),
        }
        for (const [name, call] of Object.entries(timed)) {
          await refusedAsBySet(t, cache, ["ttl", 1, ttl], call, `${name} with ttl ${ttl}`)
        }
      }
      if (maxValueBytes <= LARGEST_TRIED_BYTES) {
        const large = "x".repeat(maxValueBytes + 1)
        const call = () => cache.setIfAbsent("fresh", large)
        await refusedAsBySet(t, cache, ["large", large], call, "setIfAbsent of a large value")
      }
      t.equal(await cache.get("fresh"), undefined, "the key of the refused calls")
      t.equal(await cache.get("kept"), 1, "an entry that refused calls named")
    },
  }),
  clause("CACHE-ATOMIC-27", {
    why: "Isolation that ends at the atomic methods is none.",
    fix: "Use the same encoding or copying as set, before anything is awaited.",
    needs,
    async check(t, cache) {
      const token = (await cache.lease("fill", 3_600_000)) ?? "no token"
      const given = { list: [1], date: new Date(0) }
      const calls = [cache.setIfAbsent("setIfAbsent", given), cache.fill("fill", token, given)]
      given.list.push(2)
      given.date.setTime(5)
      await Promise.all(calls)
      for (const key of ["setIfAbsent", "fill"]) {
        t.equal(await cache.get(key), { list: [1], date: new Date(0) }, `after changing what ${key} was given`)
      }
    },
  }),
  clause("CACHE-ATOMIC-28", {
    why: "Locks and counters would drown the hit ratio of what is cached.",
    fix: "Count in get and getMany alone.",
    needs,
    async check(t, cache) {
      for (const key of ["absent", "stored"]) {
        if (key === "stored") await cache.set(key, 1)
        await cache.ttl(key)
        await cache.touch(key, 3600)
        const token = await cache.lease(key, 3_600_000)
        await cache.fill(key, token ?? "no token", 1)
        await cache.increment(key)
        await cache.setIfAbsent(key, 1)
        await cache.take(key)
        await cache.take(key)
      }
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: 0, misses: 0 })
    },
  }),
  clause("CACHE-ATOMIC-29", {
    why: "A lock that is taken by what a process remembers is taken twice.",
    fix: "Ask the store, not a copy in the process.",
    needs: ["atomic", "shared"],
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      await cache.get("key")
      await other.increment("key")
      await world.converge()
      const before = Number(await cache.get("key"))
      t.equal(await cache.setIfAbsent("key", 5), false, "setIfAbsent of what another client stored")
      t.equal(await cache.lease("key", 3_600_000), undefined, "lease of what another client stored")
      t.equal(await cache.touch("key", 3600), true, "touch of what another client stored")
      await cache.increment("key")
      await world.converge()
      t.equal(Number(await other.take("key")), before + 1, "take of what another client counted")
      await world.converge()
      t.equal(await cache.ttl("key"), undefined, "ttl of what another client took")
      t.ok(await cache.setIfAbsent("key", 5), "setIfAbsent stored nothing after another client's take")
      for (const [method, call, missed] of LOOKS) {
        t.equal(await call(cache, method), missed, `${method} of nothing`)
        await cache.delete(method)
      }
      await world.converge()
      for (const [method] of LOOKS) await other.set(method, 7)
      await world.converge()
      for (const [method, call, , found] of LOOKS) {
        t.equal(await call(cache, method), found, `${method} of what another client stored`)
      }
      await world.converge()
      for (const [method] of LOOKS) await other.delete(method)
      await world.converge()
      for (const [method, call, missed] of LOOKS) {
        t.equal(await call(cache, method), missed, `${method} of what another client deleted`)
      }
    },
  }),
]
