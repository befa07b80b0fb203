import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import type { Cache, ICacheService } from "../../contracts/cache/cache.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { defineSubject } from "../../testing/define-subject.ts"
import { wrap } from "../foundation/wrap.ts"
import { namespaceRelaxes } from "./key-space.ts"
import { asCache } from "./portable-cache.ts"
import { deferred, TestCache, TestStore } from "./test-store.fixture.ts"

bindContract(
  { describe, it },
  cacheContract,
  defineSubject({
    service: "cache",
    name: "a namespace of memory",
    open: ({ clock }) => {
      const whole = createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock })
      return { connect: () => whole.namespace("part"), advance: (ms) => clock.advance(ms) }
    },
  }),
)

bindContract(
  { describe, it },
  cacheContract,
  defineSubject({
    service: "cache",
    name: "a namespace in a namespace of a shared store",
    open: ({ clock }) => {
      const store = new TestStore()
      const connect = (name: string) => asCache(new TestCache(store, clock), { clock }).namespace("all").namespace(name)
      return {
        connect: () => connect("user"),
        neighbour: () => connect("us:r"),
        advance: (ms) => clock.advance(ms),
      }
    },
    exempt: Object.fromEntries(namespaceRelaxes.map((id) => [id, { reason: "a namespace voids all leases" }])),
  }),
)

/** Only the six methods of the base. */
function bareCache(): ICacheService {
  const entries = new Map<string, unknown>()
  return {
    get: async <T>(key: string) => entries.get(key) as T | undefined,
    set: async (key, value) => void entries.set(key, value),
    delete: async (key) => entries.delete(key),
    has: async (key) => entries.has(key),
    clear: async () => entries.clear(),
    stats: async () => ({ hits: 0, misses: 0, keyCount: entries.size }),
  }
}

async function contentOf(cache: Cache): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {}
  for await (const key of cache.keys()) content[key] = await cache.get(key)
  return content
}

function shared() {
  const clock = createManualClock()
  const store = new TestStore()
  return { clock, store, connect: () => asCache(new TestCache(store, clock), { clock }) }
}

describe("namespaces", () => {
  it("never overlap each other, nor the keys of the whole, however they are named", async () => {
    const whole = createMemoryCache()
    const names = ["user", "users", "user:x", "4:user", "user:4:user", "\u00004:user:", "ключ", "=", "~"]
    const spaces: [string, Cache][] = [
      ["the whole", whole],
      ...names.map((name): [string, Cache] => [name, whole.namespace(name)]),
      ["user in user", whole.namespace("user").namespace("user")],
    ]
    const keys = ["x", "user:x", ":x", "4:user:x", "\u00004:user:x", "\u0000=x", "\u0000~x", "\u0000", "\u0000\u0000"]
    for (const [name, space] of spaces) for (const key of keys) await space.set(key, `${key} of ${name}`)
    for (const [name, space] of spaces) {
      expect(await contentOf(space)).toEqual(Object.fromEntries(keys.map((key) => [key, `${key} of ${name}`])))
      expect((await space.stats()).keyCount).toBe(keys.length)
    }
  })

  it("are cleared alone, with what is in them", async () => {
    const whole = createMemoryCache()
    const [user, users] = [whole.namespace("user"), whole.namespace("users")]
    for (const space of [whole, user, users, user.namespace("inner")]) await space.set("key", 1)
    await user.clear()
    expect([await whole.has("key"), await user.has("key"), await users.has("key")]).toEqual([true, false, true])
    expect(await user.namespace("inner").has("key")).toBe(false)
  })

  it("are cleared with the whole", async () => {
    const whole = createMemoryCache()
    await whole.namespace("user").set("key", 1)
    await whole.clear()
    expect(await whole.namespace("user").has("key")).toBe(false)
  })

  it("clears more keys than one call takes", async () => {
    const space = createMemoryCache().namespace("many")
    await space.setMany(Array.from({ length: 2500 }, (_, index) => [`key ${index}`, index]))
    await space.clear()
    expect((await space.stats()).keyCount).toBe(0)
  })

  it("read batches under their own names", async () => {
    const { connect } = shared()
    const space = connect().namespace("part")
    await space.setMany([
      ["a", 1],
      ["\u0000b", 2],
    ])
    expect(await space.getMany(["a", "\u0000b", "c"])).toEqual(
      new Map([
        ["a", 1],
        ["\u0000b", 2],
      ]),
    )
    expect(await space.deleteMany(["a", "c"])).toBe(1)
  })

  it("count their own reads, and the whole counts its own", async () => {
    const whole = createMemoryCache()
    const space = whole.namespace("part")
    await space.set("a", 1)
    await space.get("a")
    await space.getMany(["a", "b"])
    await whole.get("a")
    expect(await space.stats()).toEqual({ hits: 2, misses: 1, keyCount: 1 })
    expect(await whole.stats()).toEqual({ hits: 0, misses: 1, keyCount: 0 })
    expect(await space.getMetrics()).toMatchObject({ hits: 2, misses: 1 })
  })

  it("have tags of their own", async () => {
    const whole = shared().connect()
    const [a, b] = [whole.namespace("a"), whole.namespace("b")]
    for (const space of [whole, a, b]) await space.setTagged("key", 1, ["tag"])
    await a.invalidateTags(["tag"])
    expect([await whole.has("key"), await a.has("key"), await b.has("key")]).toEqual([true, false, true])
    await whole.invalidateTags(["tag"])
    expect([await whole.has("key"), await b.has("key")]).toEqual([false, true])
  })

  it("have grace of their own", async () => {
    const clock = createManualClock()
    const whole = createMemoryCache({}, { clock })
    const options = { ttl: 10, grace: 60 }
    await whole.namespace("a").getOrSet("key", () => "old", options)
    expect(await contentOf(whole.namespace("a"))).toEqual({ key: "old" })
    await clock.advance(10_000)
    const down = () => Promise.reject(new Error("down"))
    expect(await whole.namespace("a").getOrSet("key", down, options)).toBe("old")
    await expect(whole.namespace("b").getOrSet("key", down, options)).rejects.toThrow("down")
    await whole.namespace("a").delete("key")
    await expect(whole.namespace("a").getOrSet("key", down, options)).rejects.toThrow("down")
  })

  it("share one load of a key, and the clear of the whole is not lost to it", async () => {
    const whole = createMemoryCache()
    const slow = deferred<string>()
    const first = whole.namespace("a").getOrSet("key", () => slow.promise)
    const second = whole.namespace("a").getOrSet("key", () => "another")
    const elsewhere = whole.getOrSet("key", () => "elsewhere")
    expect(await elsewhere).toBe("elsewhere")
    await whole.clear()
    slow.resolve("loaded")
    expect(await Promise.all([first, second])).toEqual(["loaded", "loaded"])
    expect(await whole.namespace("a").has("key")).toBe(false)
  })

  it("lose no clear to a load in another process", async () => {
    const { clock, connect } = shared()
    const slow = deferred<string>()
    const loading = connect()
      .namespace("a")
      .getOrSet("key", () => slow.promise)
    await clock.advance(0)
    await connect().namespace("a").clear()
    slow.resolve("loaded")
    expect(await loading).toBe("loaded")
    expect(await connect().namespace("a").has("key")).toBe(false)
  })

  it("close alone, and are closed with the whole", async () => {
    const whole = createMemoryCache()
    const [a, b] = [whole.namespace("a"), whole.namespace("b")]
    await a.close()
    await expect(a.get("key")).rejects.toMatchObject({ code: "CLOSED" })
    await b.set("key", 1)
    await whole.close()
    await expect(b.get("key")).rejects.toMatchObject({ code: "CLOSED" })
    expect((await b.healthCheck()).status).toBe("unhealthy")
  })

  it("have the layers of the whole", async () => {
    const seen: string[] = []
    const layered = wrap(createMemoryCache(), ({ method, args }, next) => {
      seen.push(`${method} ${args[0]}`)
      return next()
    })
    await layered
      .namespace("a")
      .namespace("b")
      .getOrSet("key", () => 1)
    expect(seen).toEqual(["get key", "set key"])
    expect(await layered.namespace("a").namespace("b").get("key")).toBe(1)
  })

  it("declare what is left of the length of keys", async () => {
    const whole = createMemoryCache()
    const space = whole.namespace("part")
    const { maxKeyBytes } = space.capabilities
    expect(maxKeyBytes).toBe(whole.capabilities.maxKeyBytes - 8)
    await space.set("k".repeat(maxKeyBytes), 1)
    await expect(space.set("k".repeat(maxKeyBytes + 1), 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it.each([[""], ["\ud800"], ["n".repeat(510)], [undefined]])("refuse the name %j", (name) => {
    expect(() => createMemoryCache().namespace(name as string)).toThrowError(
      expect.objectContaining({ code: "INVALID_ARGUMENT", operation: "namespace" }),
    )
  })

  it("need scan for clear and keyCount", async () => {
    const space = asCache(bareCache()).namespace("part")
    await space.set("key", 1)
    expect(await space.get("key")).toBe(1)
    await expect(space.clear()).rejects.toMatchObject({ code: "UNSUPPORTED" })
    await expect(space.stats()).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })
})
