import { describe, expect, it } from "vitest"
import * as z from "zod"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { describeConfig, parseConfig } from "../config/config.ts"
import { createServices } from "../services.ts"
import type { CacheDocument } from "./document.ts"
import { TestCache, TestStore } from "./test-store.fixture.ts"
import { createLocalBusHub, type LocalBusHub } from "./tiered/local-bus.ts"

type Tier = CacheDocument["tiers"][number]

const memory: Tier = { name: "near", type: "memory" }
const redis: Tier = { name: "far", type: "redis" }
const document = (tiers: Tier[], more: Partial<CacheDocument> = {}): CacheDocument => ({
  enabled: true,
  tiers,
  invalidation: [],
  ...more,
})
const input = (cache: object, env: Record<string, string> = {}) => ({
  services: ["cache"] as const,
  adapters: builtinAdapters,
  env,
  config: { cache },
})
const planned = async (cache: object, env?: Record<string, string>) => (await parseConfig(input(cache, env)))[0]

async function refusals(cache: object): Promise<string[]> {
  const error = await parseConfig(input(cache)).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG", details: { issues: expect.any(Array) } })
  const { details } = error as { details: { issues: { path: string }[] } }
  return details.issues.map(({ path }) => path)
}

/** Services whose redis tier is a store in this process, which can be made to fail. */
async function open(
  cache: CacheDocument,
  { hub, store = new TestStore() }: { hub?: LocalBusHub; store?: TestStore } = {},
) {
  const clock = createManualClock()
  const outage = { on: false, calls: 0 }
  const leases: number[] = []
  class Far extends TestCache {
    override async get<T>(key: string): Promise<T | undefined> {
      outage.calls++
      if (outage.on) throw new ServiceError("UNAVAILABLE", "gone")
      return super.get<T>(key)
    }
    override lease(key: string, ttlMs: number) {
      leases.push(ttlMs)
      return super.lease(key, ttlMs)
    }
  }
  const far = defineAdapter({
    service: "cache",
    name: "redis",
    contractVersion: 1,
    schemes: ["redis"],
    optionsSchema: z.strictObject({ defaultTtl: z.number() }),
    create: () => new Far(store, clock),
    ...(hub && { createBus: () => hub.bus() }),
  })
  const adapters = [...builtinAdapters.filter(({ name }) => name === "memory"), far]
  const services = await createServices({ ...input(cache), services: ["cache"], adapters, clock, random: () => 0.5 })
  return { ...services, clock, leases, outage, store }
}

describe("enabled", () => {
  it("is false by default: nothing is stored", async () => {
    const { cache, close } = await open({ tiers: [memory], invalidation: [] })
    await cache.set("key", 1)
    await cache.setTagged("tagged", 1, ["tag"])
    expect([await cache.get("key"), await cache.has("tagged"), (await cache.stats()).misses]).toEqual([
      undefined,
      false,
      1,
    ])
    expect(await cache.getOrSet("key", () => 2)).toBe(2)
    await close()
  })

  it("gives no counters and no locks that would count and lock nothing", async () => {
    const { cache, close } = await open({ enabled: false, tiers: [], invalidation: [] })
    await expect(cache.increment("key")).rejects.toMatchObject({ code: "UNSUPPORTED" })
    await expect(cache.setIfAbsent("key", 1)).rejects.toMatchObject({ code: "UNSUPPORTED" })
    await close()
  })

  it("is what the description names", async () => {
    const text = String(await describeConfig(input({ tiers: [memory], invalidation: [] })))
    expect(text).toBe("cache: disabled (config.cache.enabled)")
  })
})

describe("tiers", () => {
  it("of one memory tier are the memory adapter, with size, ttl and strategy", async () => {
    const tier: Tier = { ...memory, maxSize: 1.5, ttl: 60, strategy: "lfu" }
    expect(await planned(document([tier]), { CACHE_URL: "redis://localhost" })).toMatchObject({
      definition: { name: "memory" },
      options: { maxBytes: 1_572_864, defaultTtl: 60, eviction: "lfu" },
      chosenBy: "config.cache",
    })
  })

  it.each(["lru", "lfu", "fifo"] as const)("evict by %s", async (strategy) => {
    const { cache, close } = await open(document([{ ...memory, strategy }]))
    expect(cache.capabilities.eviction).toBe(strategy)
    await close()
  })

  it("give entries their ttl, 300 seconds by default", async () => {
    const { cache, clock, close } = await open(document([memory]))
    await cache.set("key", 1)
    await clock.advance(299_999)
    expect(await cache.has("key")).toBe(true)
    await clock.advance(1)
    expect(await cache.has("key")).toBe(false)
    await close()
  })

  it("refuse a value larger than the whole size", async () => {
    const { cache, close } = await open(document([{ ...memory, maxSize: 0.001 }]))
    await expect(cache.set("key", "x".repeat(2000))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    await close()
  })

  it("of one redis tier are the redis adapter, where the environment says", async () => {
    const plan = await planned(document([redis]), { CACHE_URL: "redis://localhost:7000?defaultTtl=5" })
    expect(plan).toMatchObject({ definition: { name: "redis" }, options: { port: 7000, defaultTtl: 5 } })
    const said = await planned(document([{ ...redis, ttl: 9 }]), { CACHE_URL: "redis://localhost:7000?defaultTtl=5" })
    expect(said).toMatchObject({ options: { port: 7000, defaultTtl: 9 } })
  })

  it("of memory and redis keep entries in the near tier for the near ttl", async () => {
    const { cache, clock, close, outage } = await open(document([{ ...memory, ttl: 10 }, redis]))
    expect(cache.capabilities.maxStalenessMs).toBe(10_000)
    await cache.set("key", 1, 60)
    await clock.advance(9_999)
    expect([await cache.get("key"), outage.calls]).toEqual([1, 0])
    await clock.advance(1)
    expect([await cache.get("key"), outage.calls]).toEqual([1, 1])
    await close()
  })

  it("hear of writes by other processes where the adapter has a bus", async () => {
    const shared = { hub: createLocalBusHub(), store: new TestStore() }
    const here = await open(document([memory, redis]), shared)
    const there = await open(document([memory, redis]), shared)
    await Promise.all([here.ready(), there.ready()])
    await here.cache.set("key", "old", 60)
    await there.cache.set("key", "new", 60)
    expect(await here.cache.get("key")).toBe("new")
    expect([await here.cache.get("key"), here.outage.calls]).toEqual(["new", 1])
    await Promise.all([here.close(), there.close()])
  })

  it("of none leave the adapter to the environment", async () => {
    expect(await planned(document([]), { CACHE_URL: "memory:?maxEntries=5" })).toMatchObject({
      chosenBy: "CACHE_URL",
      options: { maxEntries: 5 },
    })
  })

  it("are described with where each value came from, by their names", async () => {
    const text = String(
      await describeConfig(
        input(
          document([
            { ...memory, maxSize: 1 },
            { ...redis, ttl: 60 },
          ]),
        ),
      ),
    )
    expect(text).toContain("cache: redis (config.cache)")
    expect(text).toContain("defaultTtl = 60 (config.cache.tiers.1.ttl)")
    expect(text).toContain("near.maxBytes = 1048576 (config.cache.tiers.0.maxSize)")
  })
})

describe("what a cache does around its tiers", () => {
  it("jitterTtl shortens ttls by at most maxJitterSeconds, the default one too", async () => {
    const jitterTtl = { enabled: true, maxJitterSeconds: 20 }
    const { cache, close } = await open(document([memory], { avalanchePrevention: { jitterTtl } }))
    await cache.set("default", 1)
    await cache.set("own", 1, 100)
    await cache.set("for ever", 1, Number.POSITIVE_INFINITY)
    expect(await cache.ttl("default")).toBe(290)
    expect(await cache.ttl("own")).toBe(90)
    expect(await cache.ttl("for ever")).toBe(Number.POSITIVE_INFINITY)
    await close()
  })

  it("circuitBreaker spares the store after failureThreshold failures, for resetTimeout seconds", async () => {
    const circuitBreaker = { enabled: true, failureThreshold: 2, resetTimeout: 10 }
    const { cache, clock, close, outage } = await open(document([redis], { avalanchePrevention: { circuitBreaker } }))
    outage.on = true
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect([await cache.get("key"), outage.calls]).toEqual([undefined, 2])
    await clock.advance(9_999)
    await cache.get("key")
    expect(outage.calls).toBe(2)
    outage.on = false
    await clock.advance(1)
    await cache.get("key")
    expect(outage.calls).toBe(3)
    await close()
  })

  it("lockout bounds how long one load keeps other processes waiting", async () => {
    const lockout = { enabled: true, lockTimeoutMs: 700 }
    const { cache, close, leases } = await open(document([redis], { avalanchePrevention: { lockout } }))
    await cache.getOrSet("key", () => 1)
    await cache.getOrSet("other", () => 1, { leaseMs: 90 })
    await cache.namespace("part").getOrSet("key", () => 1)
    expect(leases).toEqual([700, 90, 700])
    await close()
  })

  it("does nothing of what is not enabled", async () => {
    const avalanchePrevention = { jitterTtl: {}, circuitBreaker: {}, lockout: {} }
    const { cache, close, leases } = await open(document([redis], { avalanchePrevention, warmup: {} }))
    await cache.set("key", 1)
    expect(await cache.ttl("key")).not.toBe(290)
    await cache.getOrSet("other", () => 1)
    expect(leases).toEqual([30_000])
    await close()
  })

  it("write_through has a write in both tiers when it resolves", async () => {
    const { cache, close, store } = await open(document([memory, redis], { consistency: "write_through" }))
    await cache.set("key", 1, 60)
    expect([...store.entries.values()].map(({ value }) => value)).toEqual([1])
    expect(await cache.get("key")).toBe(1)
    await close()
  })

  it("invalidation by hand needs nothing", async () => {
    const { cache, close } = await open(document([memory], { invalidation: [{ trigger: "manual", scope: "tag" }] }))
    await cache.setTagged("key", 1, ["tag"])
    await cache.invalidateTags(["tag"])
    expect(await cache.has("key")).toBe(false)
    await close()
  })

  it("compression and encryption are options of an adapter that has them", async () => {
    const options = z.strictObject({ defaultTtl: z.number(), compression: z.boolean(), encryption: z.boolean() })
    const far = defineAdapter({
      service: "cache",
      name: "memcached",
      contractVersion: 1,
      schemes: ["memcached"],
      optionsSchema: options,
      create: () => new TestCache(new TestStore(), createManualClock()),
    })
    const cache = document([{ name: "far", type: "memcached" }], { compression: true, encryption: true })
    const [plan] = await parseConfig({ ...input(cache), adapters: [...builtinAdapters, far] })
    expect(plan?.options).toEqual({ defaultTtl: 300, compression: true, encryption: true })
  })
})

describe("refused with its path:", () => {
  const avalanche = (avalanchePrevention: CacheDocument["avalanchePrevention"], tier = redis) =>
    document([tier], { avalanchePrevention })

  it.each<[string, object]>([
    ["tiers.0.type", document([{ name: "far", type: "memcached" }])],
    ["tiers.0.type", document([{ name: "far", type: "cdn" }])],
    ["tiers.1.type", document([memory, { name: "far", type: "cdn" }])],
    ["tiers.0.type", document([redis, { ...redis, name: "other" }])],
    ["tiers.1.type", document([memory, { ...memory, name: "other" }])],
    ["tiers.1.name", document([memory, { ...redis, name: "near" }])],
    ["tiers.2", document([memory, redis, { ...redis, name: "third" }])],
    ["tiers.0.ttl", document([{ ...memory, ttl: -5 }])],
    ["tiers.0.ttl", document([{ ...memory, ttl: 0 }, redis])],
    ["tiers.0.maxSize", document([{ ...memory, maxSize: -1 }])],
    ["tiers.0.maxSize", document([{ ...redis, maxSize: 100 }])],
    ["tiers.0.strategy", document([{ ...memory, strategy: "ttl" }])],
    ["tiers.0.strategy", document([{ ...memory, strategy: "adaptive" }])],
    ["tiers.0.strategy", document([{ ...redis, strategy: "lfu" }])],
    ["tiers.0.warmup", document([{ ...memory, warmup: true }])],
    ["tiers.0.colour", document([{ ...memory, colour: "red" } as Tier])],
    ["invalidation.0.trigger", document([memory], { invalidation: [{ trigger: "update", scope: "all" }] })],
    ["invalidation.0.scope", document([memory], { invalidation: [{ trigger: "manual", scope: "some" as "all" }] })],
    [
      "invalidation.0.pattern",
      document([memory], { invalidation: [{ trigger: "manual", scope: "key", pattern: "a" }] }),
    ],
    ["invalidation.0.tags", document([memory], { invalidation: [{ trigger: "manual", scope: "tag", tags: ["a"] }] })],
    ["prefetch", document([memory], { prefetch: true })],
    ["compression", document([memory], { compression: true })],
    ["compression", document([redis], { compression: true })],
    ["encryption", document([memory, redis], { encryption: true })],
    ["consistency", document([memory], { consistency: "write_through" })],
    ["consistency", document([memory, redis], { consistency: "write_behind" })],
    ["consistency", document([memory, redis], { consistency: "write_around" })],
    ["consistency", document([memory, redis], { consistency: "refresh_ahead" })],
    ["warmup.enabled", document([memory], { warmup: { enabled: true } })],
    [
      "avalanchePrevention.jitterTtl.maxJitterSeconds",
      avalanche({ jitterTtl: { enabled: true, maxJitterSeconds: 0 } }),
    ],
    [
      "avalanchePrevention.jitterTtl.maxJitterSeconds",
      avalanche({ jitterTtl: { enabled: true } }, { ...redis, ttl: 60 }),
    ],
    [
      "avalanchePrevention.circuitBreaker.failureThreshold",
      avalanche({ circuitBreaker: { enabled: true, failureThreshold: 0 } }),
    ],
    [
      "avalanchePrevention.circuitBreaker.resetTimeout",
      avalanche({ circuitBreaker: { enabled: true, resetTimeout: 0 } }),
    ],
    ["avalanchePrevention.lockout.lockTimeoutMs", avalanche({ lockout: { enabled: true, lockTimeoutMs: 0 } })],
    ["avalanchePrevention.lockout.enabled", avalanche({ lockout: { enabled: true } }, memory)],
    ["tiers.0.strategy", { ...document([{ ...memory, strategy: "lfu" }]), options: { eviction: "fifo" } }],
    ["tiers.0.type", { ...document([memory]), adapter: "redis" }],
    ["tiers.1.type", { ...document([memory, redis]), adapter: "memory" }],
    ["url", { ...document([memory]), url: "redis://localhost" }],
    ["colour", { ...document([memory]), colour: "red" }],
    ["invalidation", { enabled: true, tiers: [memory] }],
  ])("%s %#", async (path, cache) => {
    expect(await refusals(cache)).toEqual([`config.cache.${path}`])
  })

  it("everything at once", async () => {
    const cache = document([{ ...memory, ttl: -1, warmup: true }], { prefetch: true, compression: true })
    expect((await refusals(cache)).sort()).toEqual(
      ["compression", "prefetch", "tiers.0.ttl", "tiers.0.warmup"].map((key) => `config.cache.${key}`),
    )
  })
})
