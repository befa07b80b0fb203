import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { asCache } from "../portable-cache.ts"
import { deferred, TestCache, TestStore } from "../test-store.fixture.ts"

const GRACE = { ttl: 10, grace: 60 }
const down = () => Promise.reject(new Error("down"))

/** A memory cache, and a client of a shared store with one more client of it. */
function open(kind: "memory" | "shared") {
  const clock = createManualClock()
  const store = new TestStore()
  const connect = () => asCache(new TestCache(store, clock), { clock, random: () => 0.5 })
  const cache = kind === "memory" ? createMemoryCache({}, { clock }) : connect()
  return { cache, clock, other: kind === "memory" ? cache : connect() }
}

async function keysOf(cache: Cache): Promise<string[]> {
  const keys: string[] = []
  for await (const key of cache.keys()) keys.push(key)
  return keys
}

describe.each(["memory", "shared"] as const)("grace, in a %s cache", (kind) => {
  it("serves the old value when the factory throws, until ttl and grace are over", async () => {
    const { cache, clock } = open(kind)
    await cache.getOrSet("key", () => "old", GRACE)
    await clock.advance(10_000)
    expect(await cache.getOrSet("key", down, GRACE)).toBe("old")
    await clock.advance(59_999)
    expect(await cache.getOrSet("key", down, GRACE)).toBe("old")
    await clock.advance(1)
    await expect(cache.getOrSet("key", down, GRACE)).rejects.toThrow("down")
  })

  it("serves it to no caller that did not ask for grace", async () => {
    const { cache, clock } = open(kind)
    await cache.getOrSet("key", () => "old", GRACE)
    await clock.advance(10_000)
    const both = [cache.getOrSet("key", down, GRACE), cache.getOrSet("key", down)]
    expect(await Promise.allSettled(both)).toMatchObject([{ value: "old" }, { reason: { message: "down" } }])
  })

  it("never shows the old value, nor where it is kept, to any other method", async () => {
    const { cache, clock } = open(kind)
    await cache.getOrSet("key", () => "old", GRACE)
    expect(await cache.get("key")).toBe("old")
    expect(await keysOf(cache)).toEqual(["key"])
    expect((await cache.stats()).keyCount).toBe(1)
    await clock.advance(10_000)
    expect(await cache.get("key")).toBeUndefined()
    expect(await cache.has("key")).toBe(false)
    expect(await cache.getMany(["key"])).toEqual(new Map())
    expect(await cache.delete("other")).toBe(false)
    expect(await keysOf(cache)).toEqual([])
    expect((await cache.stats()).keyCount).toBe(0)
  })

  it("counts one hit or miss a call, whatever it reads besides", async () => {
    const { cache, clock } = open(kind)
    await cache.getOrSet("key", () => "old", GRACE)
    await clock.advance(10_000)
    await cache.getOrSet("key", down, GRACE)
    await cache.getOrSet("key", () => "new", GRACE)
    await cache.getOrSet("key", () => "newer", GRACE)
    expect(await cache.stats()).toMatchObject({ hits: 1, misses: 3 })
  })

  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ["delete", (cache) => cache.delete("key")],
    ["deleteMany", (cache) => cache.deleteMany(["key", "other"])],
    ["clear", (cache) => cache.clear()],
    ["a set that has expired", (cache) => cache.set("key", "newer", 1)],
    ["a setMany that has expired", (cache) => cache.setMany([["key", "newer"]], 1)],
  ])("forgets the old value with %s, by any client", async (_, change) => {
    for (const before of [0, 10_000]) {
      const { cache, clock, other } = open(kind)
      await cache.getOrSet("key", () => "old", GRACE)
      await clock.advance(before)
      await change(other)
      await clock.advance(11_000)
      await expect(cache.getOrSet("key", down, GRACE)).rejects.toThrow("down")
    }
  })

  it("waits softTimeoutMs where there is an old value, and loads on by itself, once", async () => {
    const { cache, clock } = open(kind)
    const slow = deferred<string>()
    let calls = 0
    const load = () => {
      calls++
      return slow.promise
    }
    const soft = { ...GRACE, softTimeoutMs: 100 }
    await cache.getOrSet("key", () => "old", soft)
    await clock.advance(10_000)
    const seen: unknown[] = []
    void cache.getOrSet("key", load, soft).then((value) => seen.push(value))
    await clock.advance(99)
    expect(seen).toEqual([])
    await clock.advance(1)
    expect(seen).toEqual(["old"])
    expect(await cache.getOrSet("key", load, soft)).toBe("old")
    slow.resolve("new")
    await clock.advance(0)
    expect(await cache.get("key")).toBe("new")
    expect(calls).toBe(1)
  })

  it("waits on after softTimeoutMs where there is no old value", async () => {
    const { cache, clock } = open(kind)
    const slow = deferred<string>()
    const loading = cache.getOrSet("key", () => slow.promise, { ...GRACE, softTimeoutMs: 100 })
    await clock.advance(1000)
    slow.resolve("first")
    expect(await loading).toBe("first")
  })

  it("rejects TIMEOUT after hardTimeoutMs, and caches what comes later", async () => {
    const { cache, clock } = open(kind)
    const slow = deferred<string>()
    const outcome = cache.getOrSet("key", () => slow.promise, { hardTimeoutMs: 200 }).catch((error: unknown) => error)
    await clock.advance(200)
    expect(await outcome).toMatchObject({ code: "TIMEOUT", operation: "getOrSet" })
    slow.resolve("late")
    await clock.advance(0)
    expect(await cache.get("key")).toBe("late")
  })

  it.each([null, 5, "ttl"])("refuses options that are no object: %j", async (options) => {
    const { cache } = open(kind)
    const refused = { code: "INVALID_ARGUMENT", message: expect.stringContaining("Options must come as an object") }
    await expect(cache.getOrSet("key", () => 1, options as never)).rejects.toMatchObject(refused)
    await expect(cache.setWithGrace("key", 1, options as never)).rejects.toMatchObject(refused)
    await expect(
      cache
        .keys(options as never)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toMatchObject(refused)
    expect(await cache.has("key")).toBe(false)
  })

  it("refuses options that say nothing", async () => {
    const { cache } = open(kind)
    const wrong = [
      { grace: 60 },
      { ttl: 10, grace: 0 },
      { ttl: 10, grace: 1e300 },
      { ttl: 10, softTimeoutMs: 5 },
      { ...GRACE, softTimeoutMs: -1 },
      { hardTimeoutMs: Number.NaN },
      { leaseMs: 0 },
    ]
    for (const options of wrong) {
      await expect(cache.getOrSet("key", () => 1, options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    }
    const long = cache.getOrSet("k".repeat(cache.capabilities.maxKeyBytes), () => 1, GRACE)
    await expect(long).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })
})

describe("grace", () => {
  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ["invalidateTags", (cache) => cache.invalidateTags(["tag"])],
    ["setTagged", (cache) => cache.setTagged("key", "newer", [], 1)],
    ["setIfAbsent", (cache) => cache.setIfAbsent("key", "newer", 1)],
    ["increment", (cache) => cache.increment("key", 1, 1)],
    ["take", (cache) => cache.take("key")],
  ])("forgets the old value with %s, by any client", async (_, change) => {
    const { cache, clock, other } = open("shared")
    await cache.getOrSet("key", () => "old", { ...GRACE, tags: ["tag"] })
    await clock.advance(10_000)
    await change(other)
    await clock.advance(1000)
    await expect(cache.getOrSet("key", down, GRACE)).rejects.toThrow("down")
  })

  it("keeps the old value when setIfAbsent finds the key", async () => {
    const { cache, clock, other } = open("shared")
    await cache.getOrSet("key", () => "old", GRACE)
    await other.setIfAbsent("key", "other")
    await clock.advance(10_000)
    expect(await cache.getOrSet("key", down, GRACE)).toBe("old")
  })

  it("serves a process what another one loaded", async () => {
    const { cache, clock, other } = open("shared")
    await cache.getOrSet("key", () => "old", GRACE)
    await clock.advance(10_000)
    expect(await other.getOrSet("key", down, GRACE)).toBe("old")
  })

  it("costs a cache of one process nothing until it is used", async () => {
    const clock = createManualClock()
    const store = new TestStore()
    const cache = asCache(new TestCache(store, clock), { clock, capabilities: { shared: false } })
    await cache.set("key", 1)
    await cache.getOrSet("key", () => 2)
    expect(store.calls).toEqual(["set key", "get key"])
  })

  it("removes the stale entries of what is written in one turn by one call, the cheapest that the store has", async () => {
    const clock = createManualClock()
    const discarded: string[][] = []
    const store = Object.assign(new TestCache(new TestStore(), clock), {
      discard: async (keys: string[]) => void discarded.push(keys.map((key) => key.slice(2))),
    })
    const cache = asCache(store, { clock })
    await Promise.all([cache.set("a", 1), cache.set("b", 1), cache.delete("c"), cache.setMany([["d", 1]])])
    await cache.set("e", 1)
    expect(discarded).toEqual([["a", "b", "c", "d"], ["e"]])
  })

  it("needs scan, since keyCount does", async () => {
    const bare = asCache(new TestCache(new TestStore(), createManualClock()), { capabilities: { scan: false } })
    await expect(bare.getOrSet("key", () => 1, GRACE)).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })
})
