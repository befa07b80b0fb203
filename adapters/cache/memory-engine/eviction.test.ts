import { describe, expect, it } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { createSeededRandom } from "../../../testing/engine/random.ts"
import { createMemoryCache } from "../memory.ts"

const POLICIES = ["lru", "lfu", "fifo"] as const

/** Which of the keys are there, looked at in a way that counts as no use. */
async function present(cache: Cache, keys: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const key of keys) if (await cache.has(key)) found.push(key)
  return found
}

async function setAll(cache: Cache, keys: readonly string[]): Promise<void> {
  for (const key of keys) await cache.set(key, key)
}

async function readTimes(cache: Cache, key: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await cache.get(key)
}

describe("eviction", () => {
  it("is lru when nothing is said", () => {
    expect(createMemoryCache().capabilities.eviction).toBe("lru")
  })

  it.each(POLICIES)("%s is declared, and holds maxEntries after every set", async (eviction) => {
    const cache = createMemoryCache({ eviction, maxEntries: 3 })
    expect(cache.capabilities.eviction).toBe(eviction)
    const counts: number[] = []
    for (const key of ["a", "b", "c", "b", "d", "e"]) {
      await cache.set(key, key)
      counts.push((await cache.stats()).keyCount)
      expect(await cache.has(key)).toBe(true)
    }
    expect(counts).toEqual([1, 2, 3, 3, 3, 3])
  })

  it.each([
    ["lru", ["a", "c", "d"]],
    ["fifo", ["b", "c", "d"]],
    ["lfu", ["a", "c", "d"]],
  ] as const)("%s: of a, b and c, where a was read, a set of d leaves %j", async (eviction, left) => {
    const cache = createMemoryCache({ eviction, maxEntries: 3 })
    await setAll(cache, ["a", "b", "c"])
    await cache.get("a")
    await cache.set("d", "d")
    expect(await present(cache, ["a", "b", "c", "d"])).toEqual(left)
  })

  it.each([
    ["lru", ["b"]],
    ["fifo", ["b"]],
    ["lfu", ["a"]],
  ] as const)("%s: of a, read thrice and first, and b, read once and last, %j is left", async (eviction, left) => {
    const cache = createMemoryCache({ eviction, maxEntries: 2 })
    await setAll(cache, ["a", "b"])
    await readTimes(cache, "a", 3)
    await readTimes(cache, "b", 1)
    await cache.set("c", "c")
    expect(await present(cache, ["a", "b"])).toEqual(left)
  })

  it.each(POLICIES)("%s does not take a look by has, ttl or keys for a use", async (eviction) => {
    const cache = createMemoryCache({ eviction, maxEntries: 2 })
    await setAll(cache, ["a", "b"])
    await cache.has("a")
    await cache.ttl("a")
    for await (const _ of cache.keys());
    await cache.set("c", "c")
    expect(await present(cache, ["a", "b"])).toEqual(["b"])
  })

  it.each(["lru", "lfu"] as const)("%s takes touch for a use", async (eviction) => {
    const cache = createMemoryCache({ eviction, maxEntries: 2 })
    await setAll(cache, ["a", "b"])
    await cache.touch("a", 60)
    await cache.set("c", "c")
    expect(await present(cache, ["a", "b"])).toEqual(["a"])
  })

  it("lfu tells apart entries that were used often and more often", async () => {
    const cache = createMemoryCache({ eviction: "lfu", maxEntries: 2 })
    await setAll(cache, ["a", "b"])
    await readTimes(cache, "b", 90)
    await readTimes(cache, "a", 80)
    await cache.set("c", "c")
    expect(await present(cache, ["a", "b"])).toEqual(["b"])
  })

  it("lfu ages: what was popular long ago goes before what is a little popular now", async () => {
    const cache = createMemoryCache({ eviction: "lfu", maxEntries: 3 })
    await setAll(cache, ["old", "now and then", "always"])
    await readTimes(cache, "old", 200)
    await readTimes(cache, "always", 5000)
    await readTimes(cache, "now and then", 50)
    await readTimes(cache, "old", 1)
    await cache.set("new", 1)
    expect(await present(cache, ["old", "now and then", "always"])).toEqual(["now and then", "always"])
  })

  it.each([
    ["popularity stays", Number.POSITIVE_INFINITY],
    ["others get popular every 10,000 reads", 10_000],
  ])("lfu finds a tenth more than lru where %s", async (_, shiftEvery) => {
    const hitsOf = async (eviction: "lru" | "lfu") => {
      const random = createSeededRandom(11)
      const cache = createMemoryCache({ eviction, maxEntries: 50 })
      for (let step = 0; step < 50_000; step++) {
        const key = `${Math.floor(step / shiftEvery)}-${Math.floor(1000 * random.next() ** 3)}`
        if ((await cache.get(key)) === undefined) await cache.set(key, step)
      }
      return (await cache.stats()).hits
    }
    expect(await hitsOf("lfu")).toBeGreaterThan(1.1 * (await hitsOf("lru")))
  })

  it("lfu remembers how much an evicted entry was used, and forgets that of a deleted one", async () => {
    const survivorsAfter = async (leave: (cache: Cache) => Promise<unknown>) => {
      const cache = createMemoryCache({ eviction: "lfu", maxEntries: 2 })
      await cache.set("a", 1)
      await readTimes(cache, "a", 3)
      await cache.set("b", 1)
      await readTimes(cache, "b", 5)
      await leave(cache)
      await cache.set("a", 1)
      await cache.set("d", 1)
      await cache.get("d")
      await cache.set("e", 1)
      return present(cache, ["a", "d"])
    }
    const evict = async (cache: Cache) => {
      await cache.set("c", 1)
      await cache.deleteMany(["b", "c"])
    }
    expect(await survivorsAfter(evict)).toEqual(["a"])
    expect(await survivorsAfter((cache) => cache.deleteMany(["a", "b"]))).toEqual(["d"])
  })

  it.each(POLICIES)("%s: what has expired goes first when room is needed", async (eviction) => {
    const clock = createManualClock()
    const cache = createMemoryCache({ eviction, maxEntries: 4 }, { clock })
    await setAll(cache, ["a", "b"])
    await cache.set("expired", 1, 0.01)
    await cache.set("expires later", 1, 60)
    await readTimes(cache, "expired", 9)
    await clock.advance(10)
    await cache.set("c", "c")
    expect(await present(cache, ["a", "b", "c", "expires later"])).toEqual(["a", "b", "c", "expires later"])
  })
})

describe("maxBytes", () => {
  /** With its key of one letter, 100 bytes. */
  const value = "x".repeat(49)
  const usage = async (cache: Cache) => (await cache.stats()).memoryUsage

  it("is told in memoryUsage, which is absent without it", async () => {
    const cache = createMemoryCache({ maxBytes: 1000 })
    await cache.set("a", value)
    await cache.set("b", value)
    expect(await usage(cache)).toBe(200)
    await cache.set("a", 1)
    await cache.delete("b")
    expect(await usage(cache)).toBe(10)
    await cache.clear()
    expect(await usage(cache)).toBe(0)
    expect(await createMemoryCache().stats()).not.toHaveProperty("memoryUsage")
  })

  it.each(POLICIES)("holds after every set, for %s", async (eviction) => {
    const random = createSeededRandom(7)
    const cache = createMemoryCache({ eviction, maxBytes: 2000 })
    for (let step = 0; step < 2000; step++) {
      const key = `key-${random.integer(40)}`
      const size = random.integer(900)
      if (random.next() < 0.3) await cache.get(key)
      await cache.set(key, "x".repeat(size))
      expect(await cache.get(key)).toHaveLength(size)
      expect(await usage(cache)).toBeLessThanOrEqual(2000)
    }
  })

  it("evicts as many entries as the new one needs, and no more", async () => {
    const cache = createMemoryCache({ maxBytes: 500 })
    for (const key of "abcde") await cache.set(key, value)
    await cache.set("f", "x".repeat(80))
    expect(await present(cache, [..."abcdef"])).toEqual(["c", "d", "e", "f"])
  })

  it("makes room for a value that grows, too", async () => {
    const cache = createMemoryCache({ maxBytes: 300 })
    for (const key of "abc") await cache.set(key, value)
    await cache.set("a", "x".repeat(99))
    expect(await present(cache, [..."abc"])).toEqual(["a", "c"])
  })

  it.each([
    ["set", (cache: Cache) => cache.set("a", "x".repeat(300))],
    ["setMany", (cache: Cache) => cache.setMany([["new", 1] as const, ["a", "x".repeat(300)] as const])],
    ["setIfAbsent", (cache: Cache) => cache.setIfAbsent("new", "x".repeat(300))],
    ["setTagged", (cache: Cache) => cache.setTagged("a", "x".repeat(300), ["tag"])],
  ])("refuses an entry larger than the cache by %s, and keeps all that is there", async (operation, call) => {
    const cache = createMemoryCache({ maxBytes: 500 })
    await cache.set("a", value)
    await cache.set("b", value)
    await expect(call(cache)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", adapter: "memory", operation })
    expect(await cache.getMany(["a", "b", "new"])).toEqual(new Map(Object.entries({ a: value, b: value })))
  })

  it("counts the key as well", async () => {
    const cache = createMemoryCache({ maxBytes: 100 })
    await expect(cache.set("k".repeat(50), 1)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    await cache.set("k".repeat(46), 1)
    expect(await usage(cache)).toBe(100)
  })

  it("limits what maxValueBytes promises", () => {
    expect(createMemoryCache({ maxBytes: 1000 }).capabilities.maxValueBytes).toBe(1000)
    expect(createMemoryCache({ maxBytes: 1000, maxValueBytes: 10 }).capabilities.maxValueBytes).toBe(10)
  })
})
