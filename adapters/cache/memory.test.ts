import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { memoryCacheSubject, memoryLfuCacheSubject } from "../../subjects/cache.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { createMemoryCache } from "./memory.ts"

bindContract({ describe, it }, cacheContract, memoryCacheSubject)
bindContract({ describe, it }, cacheContract, memoryLfuCacheSubject)

describe("options", () => {
  it("give entries set without ttl the defaultTtl", async () => {
    const clock = createManualClock()
    const cache = createMemoryCache({ defaultTtl: 60 }, { clock })
    await cache.set("default", 1)
    await cache.setTagged("tagged", 1, ["tag"])
    await cache.setIfAbsent("if absent", 1)
    await cache.increment("counter")
    await cache.set("own", 1, 120)
    await cache.set("never", 1, Number.POSITIVE_INFINITY)
    await clock.advance(60_000)
    const left: string[] = []
    for await (const key of cache.keys()) left.push(key)
    expect(left).toEqual(["own", "never"])
  })

  it("refuse a value over maxValueBytes, and keep the old one", async () => {
    const cache = createMemoryCache({ maxValueBytes: 100 })
    await cache.set("key", "x".repeat(50))
    await expect(cache.set("key", "x".repeat(51))).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      adapter: "memory",
      operation: "set",
    })
    expect(await cache.get("key")).toBe("x".repeat(50))
  })

  it.each([
    [{ maxEntries: 0 }, "maxEntries"],
    [{ maxEntries: 1.5 }, "maxEntries"],
    [{ maxBytes: 0 }, "maxBytes"],
    [{ maxValueBytes: 0 }, "maxValueBytes"],
    [{ eviction: "random" }, "eviction"],
    [{ defaultTtl: -1 }, "defaultTtl"],
    [{ freeze: "yes" }, "freeze"],
    [{ maxEntrys: 5 }, "maxEntrys"],
  ])("%j are refused by name", (options, name) => {
    expect(() => createMemoryCache(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })
})

describe("freeze", () => {
  const plain = () => ({ name: "Ada", list: [{ a: 1 }, [2]], nested: { deep: { flag: true } } })

  it("hands out one object, frozen at every depth", async () => {
    const cache = createMemoryCache({ freeze: true })
    const given = plain()
    await cache.set("key", given)
    const got = await cache.get<ReturnType<typeof plain>>("key")
    expect(got).toStrictEqual(plain())
    expect(await cache.get("key")).toBe(got)
    expect((await cache.getMany(["key"])).get("key")).toBe(got)
    expect(() => got?.list.push([3])).toThrow(TypeError)
    expect(() => Object.assign(got?.nested.deep ?? {}, { flag: false })).toThrow(TypeError)
    expect(Object.isFrozen(given)).toBe(false)
  })

  it("keeps a member called __proto__ a member", async () => {
    const cache = createMemoryCache({ freeze: true })
    await cache.set("key", JSON.parse('{"__proto__":{"a":1}}'))
    const got = (await cache.get("key")) as object
    expect(Object.getOwnPropertyDescriptor(got, "__proto__")?.value).toEqual({ a: 1 })
  })

  it.each([
    ["a Date", new Date(0)],
    ["a Map", new Map([["a", 1]])],
    ["a Set", new Set([1])],
    ["bytes", Uint8Array.of(1)],
  ])("still copies a value that has %s in it on every read", async (_, inside) => {
    const cache = createMemoryCache({ freeze: true })
    const value = { outer: [{ inside }] }
    await cache.set("key", value)
    const got = await cache.get<typeof value>("key")
    expect(got).toStrictEqual(value)
    expect(await cache.get("key")).not.toBe(got)
    expect(Object.isFrozen(got)).toBe(false)
  })

  it("is off when nothing is said: every reader gets a copy", async () => {
    const cache = createMemoryCache()
    await cache.set("key", plain())
    expect(await cache.get("key")).not.toBe(await cache.get("key"))
  })
})

describe("values that memory checks itself", () => {
  it.each([
    ["a function", { user: { save() {} } }, "A cache value must be plain data; value.user.save is a function."],
    ["undefined", { list: [1, undefined] }, "A cache value must be plain data; value.list[1] is undefined."],
    ["a symbol as key", { [Symbol("s")]: 1 }, "A cache value must be plain data; value has a symbol as key."],
  ])("%s: refused in the words of every other adapter, before any effect", async (_, value, message) => {
    const cache = createMemoryCache()
    await cache.set("key", "old")
    await cache.lease("leased", 1000)
    const calls = {
      set: () => cache.set("key", value),
      setMany: () => cache.setMany([["key", value]]),
      setIfAbsent: () => cache.setIfAbsent("leased", value),
      setTagged: () => cache.setTagged("key", value, ["tag"]),
      fill: () => cache.fill("leased", "token", value),
    }
    for (const [operation, call] of Object.entries(calls)) {
      await expect(call()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message, adapter: "memory", operation })
    }
    expect(await cache.get("key")).toBe("old")
    expect(await cache.lease("leased", 1000)).toBeUndefined()
  })

  it("runs each getter once, and stores what it gave", async () => {
    let looks = 0
    const cache = createMemoryCache()
    const value = {
      get counted() {
        return ++looks
      },
    }
    await cache.set("key", value)
    expect(await cache.get("key")).toEqual({ counted: 1 })
  })

  it("keeps values apart when a getter of one sets another", async () => {
    const cache = createMemoryCache()
    await cache.set("outer", {
      get inner() {
        void cache.set("inner", 1)
        return 2
      },
    })
    expect(await cache.get("outer")).not.toBe(await cache.get("outer"))
    expect(await cache.getMany(["outer", "inner"])).toEqual(new Map(Object.entries({ outer: { inner: 2 }, inner: 1 })))
  })

  it("rejects INTERNAL, and changes nothing, when a getter throws", async () => {
    const cache = createMemoryCache()
    const hostile = {
      get trap(): never {
        throw new Error("looked at")
      },
    }
    await expect(cache.set("key", hostile)).rejects.toMatchObject({ code: "INTERNAL", operation: "set" })
    expect(await cache.has("key")).toBe(false)
  })

  it("refuses a malformed key that is not found, and counts no miss", async () => {
    const cache = createMemoryCache()
    await expect(cache.get("\ud800")).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "get" })
    expect((await cache.stats()).misses).toBe(0)
  })
})
describe("atomic and tags", () => {
  it("keeps the leases that hold among thousands that have ended", async () => {
    const clock = createManualClock()
    const cache = createMemoryCache({}, { clock })
    const lasting = (await cache.lease("lasting", 3_600_000)) as string
    for (let index = 0; index < 5000; index++) {
      await cache.lease(`key-${index}`, 10)
      if (index % 100 === 0) await clock.advance(10)
    }
    expect(await cache.fill("lasting", lasting, 1)).toBe(true)
  })

  it("a leased key takes no room", async () => {
    const cache = createMemoryCache({ maxEntries: 1 })
    await cache.set("a", 1)
    const token = (await cache.lease("b", 1000)) as string
    expect(await cache.has("a")).toBe(true)
    expect(await cache.fill("b", token, 2)).toBe(true)
    expect(await cache.getMany(["a", "b"])).toEqual(new Map([["b", 2]]))
  })

  it("forgets the tags of what was evicted or has expired, and no others", async () => {
    const clock = createManualClock()
    const cache = createMemoryCache({ maxEntries: 3 }, { clock })
    await cache.setTagged("evicted", 1, ["tag"])
    await cache.setTagged("expired", 1, ["tag"], 1)
    await cache.setTagged("stays tagged", 1, ["tag"])
    await cache.set("other", 1)
    await clock.advance(2000)
    await cache.delete("other")
    await cache.set("evicted", 2)
    await cache.set("expired", 2)
    await cache.invalidateTags(["tag"])
    expect(await cache.getMany(["evicted", "expired", "stays tagged"])).toEqual(
      new Map(Object.entries({ evicted: 2, expired: 2 })),
    )
  })

  it("takes the value that was stored, not a copy of it", async () => {
    const cache = createMemoryCache()
    const value = { list: [new Date(0)] }
    await cache.set("key", value)
    const taken = await cache.take("key")
    expect(taken).toStrictEqual(value)
    expect(taken).not.toBe(value)
  })
})
