import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createRedisCache, type RedisCacheOptions } from "../redis.ts"

const installed = findRedis() !== undefined
let server: RedisServer
let prefix = ""
let count = 0

beforeAll(async () => {
  if (installed) server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach((context) => {
  if (!installed) context.skip(REDIS_MISSING)
  prefix = `test-${++count}`
})

function open(options: RedisCacheOptions = {}, events: unknown[] = []): Cache {
  const emit = (name: string, payload: unknown) => events.push([name, payload])
  const cache = createRedisCache(
    { port: server.port, keyPrefix: prefix, timeoutMs: 30_000, ...options },
    { events: { emit } },
  )
  onTestFinished(() => cache.close())
  return cache
}

/** What the server holds of this test, sorted. */
async function stored(pattern = `${prefix}*`): Promise<string[]> {
  const names = await server.command("KEYS", pattern)
  return names === "" ? [] : names.split("\n").sort()
}

async function keysOf(cache: Cache): Promise<string[]> {
  const keys: string[] = []
  for await (const key of cache.keys()) keys.push(key)
  return keys
}

describe("counters", () => {
  it("are plain integers that other programs count too", async () => {
    const cache = open()
    await cache.set("n", 41)
    expect(await server.command("INCRBY", `${prefix}:n`, "1")).toBe("42")
    expect(await cache.increment("n")).toBe(43)
    expect(await server.command("GET", `${prefix}:n`)).toBe("43")
    expect(await cache.get("n")).toBe(43)
  })

  it("keep ttl and tags of a tagged integer, and count on from -0", async () => {
    const cache = open()
    await cache.setTagged("n", 1, ["t"], 100)
    expect(await cache.increment("n", -3)).toBe(-2)
    expect(await cache.get("n")).toBe(-2)
    expect(await cache.ttl("n")).toBeGreaterThan(99)
    await cache.invalidateTags(["t"])
    expect(await cache.has("n")).toBe(false)
    await cache.set("zero", -0)
    expect(await cache.increment("zero", 2)).toBe(2)
  })
})

describe("scripts", () => {
  it("are sent again to a server that has lost them", async () => {
    const cache = open()
    expect(await cache.increment("n")).toBe(1)
    await server.command("SCRIPT", "FLUSH")
    expect(await Promise.all(Array.from({ length: 20 }, () => cache.increment("n")))).toHaveLength(20)
    expect(await cache.get("n")).toBe(21)
  })
})

describe("leases", () => {
  it("are under the entry's own key, so that another program's SET or DEL voids them too", async () => {
    const cache = open()
    const first = (await cache.lease("key", 60_000)) ?? ""
    expect(await server.command("TYPE", `${prefix}:key`)).toBe("hash")
    await server.command("SET", `${prefix}:key`, '"theirs"')
    expect(await cache.fill("key", first, "mine")).toBe(false)
    expect(await cache.take("key")).toBe("theirs")
    const second = (await cache.lease("key", 60_000)) ?? ""
    await server.command("DEL", `${prefix}:key`)
    expect(await cache.fill("key", second, "mine")).toBe(false)
  })

  it("are listed until their time is over, and leave nothing behind", async () => {
    const cache = open()
    await cache.lease("a", 60_000)
    await cache.lease("b", 90_000)
    expect(await server.command("ZRANGE", `${prefix}#leases`, "0", "-1")).toBe("a\nb")
    const left = Number(await server.command("PTTL", `${prefix}#leases`))
    expect(left).toBeGreaterThan(90_000)
    expect(left).toBeLessThanOrEqual(150_000)
    // As if its time had been over long ago.
    await server.command("ZADD", `${prefix}#leases`, "1000", "a")
    await cache.lease("c", 60_000)
    expect(await server.command("ZRANGE", `${prefix}#leases`, "0", "-1")).toBe("c\nb")
  })

  it("end within the longest ttl, however long they are asked for", async () => {
    const cache = open()
    expect(await cache.lease("key", Number.MAX_VALUE)).toBeDefined()
    expect(Number(await server.command("PTTL", `${prefix}:key`))).toBeGreaterThan(10 * 365 * 24 * 3600 * 1000)
  })
})

describe("tags", () => {
  it("stand before the value in a line, and in an index beside the keys", async () => {
    const cache = open()
    await cache.setTagged("key", { a: 1 }, ["x", "a, b", "x"])
    expect(await server.command("GET", `${prefix}:key`)).toBe('#x,a%2C%20b\n{"a":1}')
    expect(await stored()).toEqual([`${prefix}#tag:{a%2C%20b}`, `${prefix}#tag:{x}`, `${prefix}:key`])
    expect((await cache.stats()).keyCount).toBe(1)
    expect(await keysOf(cache)).toEqual(["key"])
  })

  it("have an index that forgets keys whose time is over, and expires with the last one", async () => {
    const cache = open()
    const index = `${prefix}#tag:{t}`
    await cache.setTagged("old", 1, ["t"], 10)
    const left = Number(await server.command("PTTL", index))
    expect(left).toBeGreaterThan(10_000)
    expect(left).toBeLessThanOrEqual(70_000)
    await server.command("ZADD", index, "1000", "old")
    await cache.setTagged("never", 1, ["t"])
    expect(await server.command("ZRANGE", index, "0", "-1")).toBe("never")
    expect(await server.command("PTTL", index)).toBe("-1")
  })

  it("are still found when touch made the entry live longer", async () => {
    const cache = open()
    const end = async () => Number(await server.command("ZSCORE", `${prefix}#tag:{t}`, "key"))
    await cache.setTagged("key", 1, ["t"], 10)
    const before = await end()
    expect(await cache.touch("key", 1000)).toBe(true)
    expect((await end()) - before).toBeGreaterThan(980_000)
    expect(await cache.touch("key", Number.POSITIVE_INFINITY)).toBe(true)
    expect(await server.command("ZSCORE", `${prefix}#tag:{t}`, "key")).toBe("inf")
    expect(await cache.touch("key", 10)).toBe(true)
    expect(await cache.ttl("key")).toBeLessThanOrEqual(10)
  })

  it("are invalidated where an earlier invalidation died on its way", async () => {
    const cache = open()
    await cache.setTagged("before", 1, ["t"])
    await server.command("RENAME", `${prefix}#tag:{t}`, `${prefix}#tag:{t}:aside`)
    await cache.setTagged("after", 1, ["t"])
    await cache.invalidateTags(["t"])
    expect(await cache.getMany(["before", "after"])).toEqual(new Map())
    expect(await stored()).toEqual([])
  })

  it("leave nothing behind when the cache is cleared", async () => {
    const cache = open()
    for (let tag = 0; tag < 30; tag++) await cache.setTagged(`key-${tag}`, 1, [`tag-${tag}`, "all"])
    await server.command("RENAME", `${prefix}#tag:{tag-1}`, `${prefix}#tag:{tag-1}:aside`)
    await cache.clear()
    expect(await stored()).toEqual([])
  })
})

describe("what others stored under the prefix", () => {
  it("is not replaced by a write that needs absence, and is no entry", async () => {
    const cache = open()
    await server.command("LPUSH", `${prefix}:list`, "1")
    await server.command("HSET", `${prefix}:hash`, "field", "1")
    for (const key of ["list", "hash"]) {
      await expect(cache.get(key)).rejects.toMatchObject({ code: "CORRUPT" })
      await expect(cache.take(key)).rejects.toMatchObject({ code: "CORRUPT" })
      await expect(cache.setIfAbsent(key, 1)).rejects.toMatchObject({ code: "CORRUPT" })
      await expect(cache.increment(key)).rejects.toMatchObject({ code: "CORRUPT" })
      expect(await cache.has(key)).toBe(false)
      expect(await cache.lease(key, 1000)).toBe(undefined)
    }
    expect((await cache.stats()).keyCount).toBe(0)
    expect(await server.command("LRANGE", `${prefix}:list`, "0", "-1")).toBe("1")
  })

  it("is a miss that is deleted and told, with onCorrupt: miss", async () => {
    const events: unknown[] = []
    const cache = open({ onCorrupt: "miss" }, events)
    const corrupt = { text: "not json", number: "1.2.3", tagged: "#tags without a value", empty: "" }
    for (const [key, text] of Object.entries(corrupt)) await server.command("SET", `${prefix}:${key}`, text)
    await server.command("LPUSH", `${prefix}:list`, "1")
    await cache.set("good", 1)
    const keys = [...Object.keys(corrupt), "list"]
    for (const key of keys) expect(await cache.get(key), key).toBe(undefined)
    expect(events).toEqual(keys.map((key) => ["cache.corrupt", { cache: "cache", key }]))
    expect(await stored()).toEqual([`${prefix}:good`])
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: keys.length })
    for (const key of keys) expect(await cache.get(key)).toBe(undefined)
    expect(events).toHaveLength(keys.length)
  })

  it("is a miss to getMany and take too", async () => {
    const events: unknown[] = []
    const cache = open({ onCorrupt: "miss" }, events)
    await cache.set("good", 1)
    await server.command("SET", `${prefix}:a`, "not json")
    await server.command("SET", `${prefix}:b`, "not json")
    expect(await cache.getMany(["a", "good"])).toEqual(new Map([["good", 1]]))
    expect(await cache.take("b")).toBe(undefined)
    expect(await stored()).toEqual([`${prefix}:good`])
    expect(events).toHaveLength(2)
  })

  it("is deleted where its bytes are no text at all", async () => {
    const cache = open({ onCorrupt: "miss" })
    await server.command("EVAL", "redis.call('SET', KEYS[1], '\\255\\254{')", "1", `${prefix}:bytes`)
    expect(await cache.get("bytes")).toBe(undefined)
    expect(await stored()).toEqual([])
  })

  it("rejects CORRUPT with the key and without what is stored, by default", async () => {
    const cache = open()
    await server.command("SET", `${prefix}:key`, "secret text")
    const error = await cache.get("key").catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining('"key"') })
    expect(JSON.stringify(error)).not.toContain("secret")
    await expect(cache.getMany(["key"])).rejects.toMatchObject({ code: "CORRUPT" })
  })
})
