import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { bindContract } from "../../../testing/bind.ts"
import { cacheContract } from "../../../testing/cache/contract.ts"
import { defineSubject } from "../../../testing/define-subject.ts"
import { FaultPlan, withFaults } from "../../../testing/faults/with-faults.ts"
import { namespaceRelaxes } from "../key-space.ts"
import { asCache } from "../portable-cache.ts"
import { deferred, TestCache, TestStore } from "../test-store.fixture.ts"
import { createLocalBusHub } from "./local-bus.ts"
import { tiered } from "./tiered.ts"

for (const kind of ["with a bus", "with a bus, in a namespace", "without a bus"] as const) {
  bindContract(
    { describe, it },
    cacheContract,
    defineSubject({
      service: "cache",
      name: `tiered ${kind}`,
      open: ({ clock }) => {
        const hub = createLocalBusHub()
        const store = new TestStore()
        const connect = (prefix: string, bus = hub.bus()) => {
          const l2 = asCache(new TestCache(store, clock), { clock }).namespace(prefix)
          const tier = tiered(createMemoryCache({}, { clock }), l2, { ...(kind !== "without a bus" && { bus }), clock })
          return kind === "with a bus, in a namespace" ? tier.namespace("part") : tier
        }
        return {
          connect: () => connect("one"),
          neighbour: () => connect("two", createLocalBusHub().bus()),
          advance: (ms) => clock.advance(ms),
        }
      },
      exempt: {
        ...Object.fromEntries(namespaceRelaxes.map((id) => [id, { reason: "a namespace voids all leases" }])),
        ...(kind === "with a bus, in a namespace" && {
          "CACHE-TAG-05": { reason: "a tag may be as long as the tier's tags less the name of the namespace" },
        }),
      },
    }),
  )
}

function open({ withBus = true, atomic = true } = {}) {
  const clock = createManualClock()
  const hub = createLocalBusHub()
  const store = new TestStore()
  const plan = new FaultPlan()
  const far = () => asCache(withFaults(new TestCache(store, clock), plan), { clock, capabilities: { atomic } })
  const connect = () => {
    const l1 = createMemoryCache({}, { clock })
    return { l1, cache: tiered(l1, far(), { clock, ...(withBus && { bus: hub.bus() }) }) }
  }
  return { clock, hub, store, plan, far, connect }
}

/** Reads of L2 since the last look. */
function farReads(store: TestStore): string[] {
  return store.calls.splice(0).filter((call) => call.startsWith("get"))
}

async function warm(...caches: Cache[]): Promise<void> {
  for (const cache of caches) for (let read = 0; read < 3; read++) await cache.get("key")
}

describe("tiered", () => {
  it("reads L2 once, and L1 from then on", async () => {
    const { connect, far, store } = open()
    await far().set("key", { a: 1 }, 100)
    const { cache } = connect()
    await warm(cache)
    farReads(store)
    expect(await cache.get("key")).toEqual({ a: 1 })
    expect(await cache.getMany(["key"])).toEqual(new Map([["key", { a: 1 }]]))
    expect(await cache.has("key")).toBe(true)
    expect(farReads(store)).toEqual([])
  })

  it("keeps nothing in L1 for longer than its entry lives, however late the answer of L2", async () => {
    const clock = createManualClock()
    const store = new TestStore()
    class Late extends TestCache {
      override async ttl(key: string): Promise<number | undefined> {
        const ttl = await super.ttl(key)
        await clock.advance(2000)
        return ttl
      }
      override async set(key: string, value: unknown, ttl?: number): Promise<void> {
        await super.set(key, value, ttl)
        await clock.advance(2000)
      }
    }
    const l1 = createMemoryCache({}, { clock })
    const cache = tiered(l1, asCache(new Late(store, clock), { clock }), { clock })
    await cache.set("written", 1, 3)
    expect(await l1.ttl("written")).toBe(1)
    await new TestCache(store, clock).set("read", 1, 3)
    expect(await cache.get("read")).toBe(1)
    expect(await l1.ttl("read")).toBe(1)
    await cache.set("gone meanwhile", 1, 2)
    expect(await l1.has("gone meanwhile")).toBe(false)
  })

  it("writes both", async () => {
    const { connect, far, store } = open()
    const { cache, l1 } = connect()
    await warm(cache)
    await cache.set("key", "value", 100)
    expect([await far().get("key"), await l1.get("key")]).toEqual(["value", "value"])
    store.calls.length = 0
    expect(await cache.get("key")).toBe("value")
    expect(store.calls).toEqual([])
  })

  it("keeps what was passed in, not what became of it while it was written", async () => {
    const { connect } = open()
    const { cache } = connect()
    await warm(cache)
    const value = { a: 1 }
    const writing = cache.set("key", value, 100)
    value.a = 2
    await writing
    expect(await cache.get("key")).toEqual({ a: 1 })
  })

  it("never keeps anything in L1 for longer than its entry has left", async () => {
    const { clock, connect, far } = open()
    const { cache } = connect()
    await warm(cache)
    await far().set("key", 1, 30)
    await clock.advance(20_000)
    expect(await cache.get("key")).toBe(1)
    await clock.advance(10_000)
    expect(await cache.get("key")).toBeUndefined()
  })

  it("keeps an entry in L1 for l1Ttl where L2 cannot tell, and declares so", async () => {
    const { clock, connect, far } = open({ atomic: false, withBus: false })
    const { cache } = connect()
    expect(cache.capabilities.maxStalenessMs).toBe(5000)
    await far().set("key", 1, 1)
    expect(await cache.get("key")).toBe(1)
    await clock.advance(4999)
    expect(await cache.get("key")).toBe(1)
    await clock.advance(1)
    expect(await cache.get("key")).toBeUndefined()
  })

  it.each<[string, (cache: Cache) => Promise<unknown>, unknown]>([
    ["set", (cache) => cache.set("key", "new"), "new"],
    ["setMany", (cache) => cache.setMany([["key", "new"]]), "new"],
    ["setTagged", (cache) => cache.setTagged("key", "new", ["tag"]), "new"],
    ["setWithGrace", (cache) => cache.setWithGrace("key", "new", { ttl: 9, grace: 9 }), "new"],
    ["delete", (cache) => cache.delete("key"), undefined],
    ["deleteMany", (cache) => cache.deleteMany(["key"]), undefined],
    ["take", (cache) => cache.take("key"), undefined],
    ["increment", (cache) => cache.increment("key", 41), 42],
    ["clear", (cache) => cache.clear(), undefined],
    ["invalidateTags", (cache) => cache.invalidateTags(["tag"]), undefined],
  ])("drops what L1 of every process has with %s", async (_, change, expected) => {
    const { connect, far } = open()
    const [here, there] = [connect().cache, connect().cache]
    await warm(here, there)
    await far().setTagged("key", 1, ["tag"], 100)
    await warm(here, there)
    await change(here)
    expect([await here.get("key"), await there.get("key")]).toEqual([expected, expected])
  })

  it("does not tell itself", async () => {
    const { connect } = open()
    const { cache, l1 } = connect()
    await warm(cache)
    await cache.set("key", 1, 100)
    expect(await l1.has("key")).toBe(true)
  })

  it("keeps nothing in L1 that was read before a write and answered after it", async () => {
    for (const writer of ["here", "there"] as const) {
      const { clock, far, hub, store } = open()
      const answer = deferred()
      const slow = Object.assign(new TestCache(store, clock), {
        get: async (key: string) => {
          const value = await TestCache.prototype.get.call(slow, key)
          if (value === "old") await answer.promise
          return value as never
        },
      })
      const here = tiered(createMemoryCache({}, { clock }), asCache(slow, { clock }), { clock, bus: hub.bus() })
      const there = tiered(createMemoryCache({}, { clock }), far(), { clock, bus: hub.bus() })
      await warm(here, there)
      await far().set("key", "old")
      const reading = here.get("key")
      await clock.advance(0)
      await (writer === "here" ? here : there).set("key", "new")
      answer.resolve()
      expect(await reading).toBe("old")
      expect(await here.get("key")).toBe("new")
    }
  })

  it("keeps neither of two writes in L1 at once", async () => {
    const { connect, far } = open()
    const { cache, l1 } = connect()
    await warm(cache)
    await Promise.all([cache.set("key", 1, 100), cache.set("key", 2, 100)])
    expect(await l1.has("key")).toBe(false)
    expect(await cache.get("key")).toBe(await far().get("key"))
  })

  it("drops what L1 has when a write fails: it may have been applied", async () => {
    const { connect, plan } = open()
    const { cache } = connect()
    await warm(cache)
    await cache.set("key", "old", 100)
    plan.loseReply("set", 1)
    await expect(cache.set("key", "new", 100)).rejects.toMatchObject({ code: "TIMEOUT" })
    expect(await cache.get("key")).toBe("new")
  })

  it("drops the entry of L1 that a value too large for L1 replaces", async () => {
    const { clock, far } = open()
    const cache = tiered(createMemoryCache({ maxValueBytes: 100 }, { clock }), far(), { clock })
    await cache.set("key", "small", 100)
    await cache.set("key", "large".repeat(100), 100)
    expect(await cache.get("key")).toBe("large".repeat(100))
  })

  it("reads past L1 while the bus is cut, and empties L1 when it is back", async () => {
    const { clock, connect, hub, store } = open()
    const [here, there] = [connect().cache, connect().cache]
    await warm(here, there)
    await here.set("key", "old", 100)
    await warm(here, there)
    hub.cut()
    await there.set("key", "new", 100)
    expect(await here.get("key")).toBe("new")
    expect((await here.healthCheck()).status).toBe("degraded")
    hub.heal()
    await clock.advance(0)
    await warm(here)
    expect(await here.get("key")).toBe("new")
    farReads(store)
    await here.get("key")
    expect(farReads(store)).toEqual([])
    expect((await here.healthCheck()).status).toBe("healthy")
  })

  it("tells the others of everything when it could not tell them of something", async () => {
    const { clock, far, hub } = open()
    const other = hub.bus()
    const told: unknown[] = []
    other.subscribe({ invalidated: (message) => told.push(message), connected() {}, disconnected() {} })
    const plan = new FaultPlan()
    const cache = tiered(createMemoryCache({}, { clock }), far(), { clock, bus: withFaults(hub.bus(), plan) })
    await warm(cache)
    plan.fail("publish", "UNAVAILABLE", 1)
    await cache.set("key", 1)
    expect(told).toEqual([])
    hub.cut()
    hub.heal()
    await clock.advance(0)
    expect(told).toEqual([{ all: true }])
  })

  it("runs one factory for all processes, and keeps the value in L1", async () => {
    const { clock, connect, store } = open()
    const [here, there] = [connect().cache, connect().cache]
    let calls = 0
    const load = async () => {
      calls++
      await clock.sleep(50)
      return "loaded"
    }
    const both = [here, there].map((cache) => cache.getOrSet("key", load, { ttl: 100, grace: 100 }))
    await clock.advance(500)
    expect([await Promise.all(both), calls]).toEqual([["loaded", "loaded"], 1])
    await warm(here, there)
    farReads(store)
    await warm(here, there)
    expect(farReads(store)).toEqual([])
    await clock.advance(100_000)
    const down = () => Promise.reject(new Error("down"))
    expect(await there.getOrSet("key", down, { ttl: 100, grace: 100 })).toBe("loaded")
  })

  it("counts its own hits and misses, and shows those of both tiers", async () => {
    const { connect } = open()
    const { cache } = connect()
    await warm(cache)
    await cache.set("key", 1, 100)
    await cache.get("key")
    expect(await cache.stats()).toEqual({ hits: 1, misses: 3, keyCount: 1 })
    expect(await cache.getMetrics()).toMatchObject({ hits: 1, misses: 3, "l1.hits": 1, "l2.hits": 0, "l2.misses": 3 })
  })

  it("closes both tiers and the bus", async () => {
    const { clock, far, hub } = open()
    const tiers = [createMemoryCache({}, { clock }), far()] as const
    let closed = false
    const close = async () => {
      closed = true
    }
    const bus = Object.assign(hub.bus(), { close })
    await tiered(...tiers, { bus, clock }).close()
    for (const tier of tiers) await expect(tier.get("key")).rejects.toMatchObject({ code: "CLOSED" })
    expect(closed).toBe(true)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the l1Ttl %d", (l1Ttl) => {
    expect(() => tiered(createMemoryCache(), createMemoryCache(), { l1Ttl })).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG" }),
    )
  })
})
