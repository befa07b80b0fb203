import { LRUCache } from "lru-cache"
import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { createServices } from "../../index.ts"
import { lruCacheSubjects } from "../../subjects/cache.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { createLruCache } from "./lru-cache.ts"

for (const subject of lruCacheSubjects) bindContract({ describe, it }, cacheContract, subject)

const lruOf = (options: Partial<LRUCache.OptionsMaxLimit<string, object, unknown>> = {}) =>
  new LRUCache<string, object>({ max: 100, ...options })

/** Text of so many bytes, as sizes are counted. */
const text = (bytes: number) => "x".repeat(bytes / 2)

describe("options", () => {
  const lru = lruOf()
  it.each([
    [{ max: 0 }, "max"],
    [{ maxBytes: 1.5 }, "maxBytes"],
    [{ maxValueBytes: 0 }, "maxValueBytes"],
    [{ defaultTtl: -1 }, "defaultTtl"],
    [{ maxEntries: 5 }, "maxEntries: unknown option"],
    [{ cache: new Map() }, "cache: must be an LRUCache of lru-cache; got an object"],
    [{ cache: null }, "cache: must be an LRUCache of lru-cache; got null"],
    [
      { cache: new LRUCache({ ttl: 1000, ttlAutopurge: true }) },
      "cache: must be an LRUCache with max or maxSize; got one of ttl alone",
    ],
    [{ cache: lru, keyPrefix: "a:b" }, "keyPrefix"],
    [{ keyPrefix: "mine" }, "keyPrefix: must be left out without cache"],
    [{ cache: lru, max: 5 }, "max: must be left out beside cache"],
    [{ cache: lru, maxBytes: 5 }, "maxBytes: must be left out beside cache"],
  ])("%o are refused by name", (options, message) => {
    expect(() => createLruCache(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(message) }),
    )
  })

  it("come from a URL", async () => {
    const env = { CACHE_URL: "lru-cache:?max=2&defaultTtl=60" }
    await using services = await createServices({ services: ["cache"], env })
    await services.cache.setMany(Object.entries({ a: 1, b: 2, c: 3 }))
    expect(await services.cache.getMany(["a", "b", "c"])).toEqual(new Map(Object.entries({ b: 2, c: 3 })))
    expect(await services.cache.ttl("c")).toBeLessThanOrEqual(60)
  })

  it("give entries set without ttl the defaultTtl, else the ttl of the LRUCache", async () => {
    const clock = createManualClock()
    const own = createLruCache({ defaultTtl: 60 }, { clock })
    const inherited = createLruCache({ cache: lruOf({ ttl: 60_000 }) }, { clock })
    for (const cache of [own, inherited]) {
      await cache.set("set", 1)
      await cache.setMany([["batch", 1]])
      await cache.increment("counter")
      await cache.set("never", 1, Number.POSITIVE_INFINITY)
      await cache.set("own", 1, 120)
      expect(await cache.ttl("batch")).toBe(60)
      await clock.advance(60_000)
      expect((await cache.getMany(["set", "batch", "counter", "never", "own"])).size).toBe(2)
    }
  })

  it.each([
    ["maxValueBytes", () => createLruCache({ maxValueBytes: 100 }), 100],
    ["maxBytes", () => createLruCache({ maxBytes: 106 }), 100],
    ["maxSize of the LRUCache", () => createLruCache({ cache: lruOf({ maxSize: 118 }) }), 100],
    ["its maxEntrySize", () => createLruCache({ cache: lruOf({ maxEntrySize: 118 }) }), 100],
  ])("%s: a larger value is refused, and the old one stays", async (_, create, most) => {
    const cache = create()
    await cache.set("key", text(most))
    await expect(cache.set("key", text(most + 2))).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      adapter: "lru-cache",
      operation: "set",
    })
    expect(await cache.get("key")).toBe(text(most))
  })
})

describe("eviction", () => {
  const LETTERS = ["a", "b", "c", "d"]
  const [first, second, third, fourth] = LETTERS as [string, string, string, string]

  it("at max drops what was read or written longest ago; has, ttl and lease are no use of it", async () => {
    const cache = createLruCache({ max: 3 })
    for (const key of [first, second, third]) await cache.set(key, key)
    await cache.get(first)
    await cache.touch(second, 60)
    await cache.has(third)
    await cache.ttl(third)
    await cache.lease(third, 1000)
    await cache.setIfAbsent(third, "not stored")
    await cache.set(fourth, fourth)
    expect([...(await cache.getMany(LETTERS)).keys()]).toEqual([first, second, fourth])
  })

  it("at maxBytes drops as many as need be", async () => {
    const cache = createLruCache({ maxBytes: 306 })
    for (const key of [first, second, third]) await cache.set(key, text(100))
    await cache.set(fourth, text(150))
    expect([...(await cache.getMany(LETTERS)).keys()]).toEqual([third, fourth])
  })

  it("lets go of the tags of what was dropped", async () => {
    const cache = createLruCache({ max: 1 })
    await cache.setTagged(first, 1, ["tag"])
    await cache.set(second, 2)
    await cache.set(first, 3)
    await cache.invalidateTags(["tag"])
    expect(await cache.get(first)).toBe(3)
  })

  it("an expired entry loses its room when it is asked for", async () => {
    const clock = createManualClock()
    const lru = lruOf()
    const cache = createLruCache({ cache: lru }, { clock })
    await cache.set("key", 1, 1)
    await clock.advance(1000)
    expect([(await cache.stats()).keyCount, lru.size]).toEqual([0, 1])
    expect([await cache.has("key"), lru.size]).toEqual([false, 0])
  })
})

describe("an LRUCache of the application", () => {
  it("keeps what is the application's through everything that the cache does", async () => {
    const lru = new LRUCache<string | number, object>({ max: 100 })
    const theirs: [string | number, object][] = [
      ["key", { id: 1 }],
      ["sharing:key", { id: 2 }],
      ["share", { id: 3 }],
      [7, { id: 4 }],
    ]
    for (const [key, value] of theirs) lru.set(key, value)
    const cache = createLruCache({ cache: lru, keyPrefix: "share" })
    expect(await cache.get("key")).toBeUndefined()
    await cache.setTagged("key", 1, ["tag"])
    await cache.set("other", 2)
    expect(lru.has("share:key")).toBe(true)
    expect((await cache.stats()).keyCount).toBe(2)
    await cache.invalidateTags(["tag"])
    for await (const key of cache.keys()) expect(key).toBe("other")
    await cache.clear()
    await cache.close()
    expect([...lru.entries()].reverse()).toEqual(theirs)
  })

  it("holds two caches under two prefixes, and what they leave when they are closed", async () => {
    const lru = lruOf()
    const [one, two] = [
      createLruCache({ cache: lru, keyPrefix: "one" }),
      createLruCache({ cache: lru }, { name: "two" }),
    ]
    await one.set("key", 1)
    await two.set("key", 2)
    await one.clear()
    expect(await two.get("key")).toBe(2)
    await two.close()
    expect([...lru.keys()]).toEqual(["two:key"])
  })

  it("evicts our entries and its own by one order", async () => {
    const lru = lruOf({ max: 2 })
    const cache = createLruCache({ cache: lru })
    lru.set("theirs", {})
    await cache.set("ours", 1)
    lru.get("theirs")
    await cache.set("new", 1)
    expect([lru.has("theirs"), await cache.has("ours")]).toEqual([true, false])
  })

  it("does not end our entries by its ttl, which has another clock", async () => {
    const perf = { now: () => time }
    let time = 1
    const lru = lruOf({ ttl: 1000, noUpdateTTL: true, perf, ttlResolution: 0 })
    const cache = createLruCache({ cache: lru })
    lru.set("cache:key", {}, { ttl: 5000 })
    await cache.set("key", 1, 60)
    time = 10_000
    expect(await cache.get("key")).toBe(1)
  })

  it("rejects CORRUPT from what reads something that it did not write, and replaces or removes it", async () => {
    const lru = lruOf()
    const cache = createLruCache({ cache: lru })
    const reads = {
      get: () => cache.get("key"),
      has: () => cache.has("key"),
      take: () => cache.take("key"),
      touch: () => cache.touch("key", 1),
      increment: () => cache.increment("key"),
      setIfAbsent: () => cache.setIfAbsent("key", 1),
      lease: () => cache.lease("key", 1000),
    }
    lru.set("cache:key", { theirs: true })
    for (const [operation, read] of Object.entries(reads)) {
      await expect(read()).rejects.toMatchObject({ code: "CORRUPT", operation })
    }
    expect(await cache.delete("key")).toBe(true)
    expect(await cache.get("key")).toBeUndefined()
  })
})

describe("the package lru-cache", () => {
  it("is not loaded for an LRUCache of the application, and is told with the install command where it is missing", async () => {
    vi.doMock("lru-cache", () => ({
      get LRUCache(): never {
        throw Object.assign(new Error("Cannot find package 'lru-cache'"), { code: "ERR_MODULE_NOT_FOUND" })
      },
    }))
    try {
      const own = createLruCache()
      await expect(own.get("key")).rejects.toMatchObject({
        code: "INVALID_CONFIG",
        message: "The package lru-cache must be installed; run npm install lru-cache.",
        details: { peer: "lru-cache" },
      })
      const injected = createLruCache({ cache: lruOf() })
      await injected.set("key", 1)
      expect(await injected.get("key")).toBe(1)
    } finally {
      vi.doUnmock("lru-cache")
    }
  })
})
