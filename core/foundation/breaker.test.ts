import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { ErrorCode } from "../../contracts/foundation/errors.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { defineSubject } from "../../testing/define-subject.ts"
import { FaultPlan, withFaults } from "../../testing/faults/with-faults.ts"
import { asCache } from "../cache/portable-cache.ts"
import { deferred, TestCache, TestStore } from "../cache/test-store.fixture.ts"
import { withBreaker } from "./breaker.ts"

bindContract(
  { describe, it },
  cacheContract,
  defineSubject({
    service: "cache",
    name: "memory withBreaker",
    open: ({ clock }) => {
      const cache = withBreaker(createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock }), { clock })
      return { connect: () => cache, advance: (ms) => clock.advance(ms) }
    },
  }),
)

function open() {
  const clock = createManualClock()
  const plan = new FaultPlan()
  const store = new TestStore()
  const emitted: string[] = []
  const slow = deferred<string>()
  const client = Object.assign(new TestCache(store, clock), {
    get: (key: string) => (key === "slow" ? slow.promise : TestCache.prototype.get.call(client, key)) as Promise<never>,
  })
  const inner = asCache(withFaults(client, plan), { clock })
  const cache = withBreaker(inner, {
    failures: 3,
    resetMs: 1000,
    clock,
    events: { emit: (name) => emitted.push(name) },
  })
  const fail = async (times: number, code: ErrorCode = "UNAVAILABLE") => {
    plan.fail("*", code)
    for (let call = 0; call < times; call++) await cache.get("key").catch(() => {})
  }
  return { cache, clock, plan, store, emitted, fail, slow }
}

describe("withBreaker", () => {
  it("stays closed below the failures, and counts them in a row", async () => {
    const { cache, plan, fail } = open()
    await fail(2)
    plan.heal()
    await cache.get("key")
    await fail(2)
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(await cache.get("key")).toBeUndefined()
  })

  it("lets reads miss and writes reject at once while it is open, and calls nothing", async () => {
    const { cache, emitted, fail, plan, store } = open()
    await cache.set("key", 1)
    await fail(3)
    plan.heal()
    store.calls.length = 0
    expect(await cache.get("key")).toBeUndefined()
    expect(await cache.has("key")).toBe(false)
    expect(await cache.getMany(["key"])).toEqual(new Map())
    expect(await cache.ttl("key")).toBeUndefined()
    const refused = { code: "UNAVAILABLE", retryable: true }
    await expect(cache.set("key", 2)).rejects.toMatchObject({ ...refused, operation: "set" })
    await expect(cache.delete("key")).rejects.toMatchObject(refused)
    await expect(cache.clear()).rejects.toMatchObject(refused)
    await expect(cache.stats()).rejects.toMatchObject(refused)
    expect(store.calls).toEqual([])
    expect(emitted).toEqual(["cache.breaker.open"])
  })

  it("runs the factory of getOrSet while it is open", async () => {
    const { cache, fail } = open()
    await fail(3)
    expect(await cache.getOrSet("key", () => "loaded", { ttl: 10, grace: 10 })).toBe("loaded")
  })

  it("counts UNAVAILABLE and TIMEOUT, and no other error", async () => {
    const { cache, plan, fail } = open()
    await fail(10, "CORRUPT")
    await expect(cache.get("key")).rejects.toMatchObject({ code: "CORRUPT" })
    await fail(3, "TIMEOUT")
    plan.heal()
    await expect(cache.set("key", 1)).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it("lets one call try after resetMs, and closes when it succeeds", async () => {
    const { cache, clock, emitted, fail, plan } = open()
    await cache.set("key", 1)
    await fail(3)
    plan.heal()
    await clock.advance(999)
    expect(await cache.get("key")).toBeUndefined()
    await clock.advance(1)
    const [tried, refused] = await Promise.all([cache.get("key"), cache.get("key")])
    expect([tried, refused]).toEqual([1, undefined])
    expect(await cache.get("key")).toBe(1)
    expect(emitted).toEqual(["cache.breaker.open", "cache.breaker.close"])
  })

  it("opens again for resetMs when the try fails", async () => {
    const { cache, clock, emitted, fail, plan } = open()
    await fail(3)
    await clock.advance(1000)
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    plan.heal()
    await clock.advance(999)
    await expect(cache.set("key", 1)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await clock.advance(1)
    await cache.set("key", 1)
    expect(await cache.get("key")).toBe(1)
    expect(emitted).toEqual(["cache.breaker.open", "cache.breaker.close"])
  })

  it("lets the next call try when the first only told of a bad value", async () => {
    const { cache, clock, fail, plan } = open()
    await cache.set("key", 1)
    await fail(3)
    plan.heal().fail("get", "CORRUPT", 1)
    await clock.advance(1000)
    await expect(cache.get("key")).rejects.toMatchObject({ code: "CORRUPT" })
    expect(await cache.get("key")).toBe(1)
  })

  it("does not close for a call that began before it opened", async () => {
    const { cache, fail, slow } = open()
    const early = cache.get("slow")
    await fail(3)
    slow.resolve("late")
    expect(await early).toBe("late")
    expect(await cache.get("key")).toBeUndefined()
  })

  it("lets another call try when the first does not settle", async () => {
    const { cache, clock, fail, plan } = open()
    await cache.set("key", 1)
    await fail(3)
    plan.heal()
    await clock.advance(1000)
    void cache.get("slow")
    expect(await cache.get("key")).toBeUndefined()
    await clock.advance(1000)
    expect(await cache.get("key")).toBe(1)
  })

  it("is degraded while it is open", async () => {
    const { cache, clock, fail, plan } = open()
    expect((await cache.healthCheck()).status).toBe("healthy")
    await fail(3)
    expect(await cache.healthCheck()).toMatchObject({ status: "degraded" })
    plan.heal()
    await clock.advance(1000)
    await cache.get("key")
    expect((await cache.healthCheck()).status).toBe("healthy")
  })

  it("is one for all namespaces", async () => {
    const { cache, fail } = open()
    await fail(3)
    expect(await cache.namespace("a").get("key")).toBeUndefined()
    await expect(cache.namespace("a").set("key", 1)).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it.each([{ failures: 0 }, { failures: 1.5 }, { resetMs: 0 }])("refuses the options %j", (options) => {
    expect(() => withBreaker(createMemoryCache(), options)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG" }),
    )
  })
})

it("no listener changes what a call gives: one that throws, and one that cannot be counted", async () => {
  const faulty = () => {
    throw new Error("no")
  }
  const listeners = [{ emit: faulty }, { emit: () => {}, listenerCount: faulty }]
  for (const events of listeners) {
    const plan = new FaultPlan().fail("get", "UNAVAILABLE", 1)
    const cache = withBreaker(withFaults(createMemoryCache(), plan), { failures: 1, events })
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
  }
})
