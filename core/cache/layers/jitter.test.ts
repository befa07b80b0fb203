import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { bindContract } from "../../../testing/bind.ts"
import { cacheContract } from "../../../testing/cache/contract.ts"
import { defineSubject } from "../../../testing/define-subject.ts"
import { asCache } from "../portable-cache.ts"
import { TestCache, TestStore } from "../test-store.fixture.ts"
import { jitterRelaxes, withJitter } from "./jitter.ts"

/** Always almost all of the jitter. */
const most = () => 0.999

bindContract(
  { describe, it },
  cacheContract,
  defineSubject({
    service: "cache",
    name: "memory withJitter",
    open: ({ clock }) => {
      const memory = createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock })
      const cache = withJitter(memory, { jitter: "75%", random: most })
      return { connect: () => cache, advance: (ms) => clock.advance(ms) }
    },
    // What is exempt must fail, so the list says no more than is true.
    exempt: Object.fromEntries(jitterRelaxes.map((id) => [id, { reason: "withJitter may shorten a ttl" }])),
  }),
)

function open(jitter: Parameters<typeof withJitter>[1]["jitter"], random: () => number) {
  const clock = createManualClock()
  return { clock, cache: withJitter(asCache(new TestCache(new TestStore(), clock), { clock }), { jitter, random }) }
}

describe("withJitter", () => {
  it("keeps an entry for its ttl at most and for ttl - jitter at least", async () => {
    for (const [chance, ttl] of [
      [0, 100],
      [0.5, 90],
      [most(), 80.02],
    ] as const) {
      const { cache, clock } = open(20, () => chance)
      await cache.set("key", 1, 100)
      expect(await cache.ttl("key")).toBe(ttl)
      await clock.advance(80_000)
      expect(await cache.has("key")).toBe(true)
      await clock.advance(20_000)
      expect(await cache.has("key")).toBe(false)
    }
  })

  it("shortens every ttl that a method takes", async () => {
    const { cache } = open("10%", () => 0.5)
    await cache.set("set", 1, 100)
    await cache.setMany([["setMany", 1]], 100)
    await cache.setTagged("setTagged", 1, ["tag"], 100)
    await cache.setIfAbsent("setIfAbsent", 1, 100)
    await cache.increment("increment", 1, 100)
    await cache.set("touch", 1)
    await cache.touch("touch", 100)
    await cache.fill("fill", (await cache.lease("fill", 1000)) ?? "", 1, 100)
    await cache.getOrSet("getOrSet", () => 1, { ttl: 100 })
    await cache.getOrSet("grace", () => 1, { ttl: 100, grace: 100 })
    for await (const key of cache.keys()) expect(`${key} ${await cache.ttl(key)}`).toBe(`${key} 95`)
  })

  it("leaves what never expires, and keeps the grace", async () => {
    const { cache, clock } = open("50%", () => 0.5)
    await cache.set("never", 1, Number.POSITIVE_INFINITY)
    await cache.set("default", 1)
    expect([await cache.ttl("never"), await cache.ttl("default")]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
    await cache.getOrSet("key", () => "old", { ttl: 100, grace: 100 })
    await clock.advance(174_999)
    expect(await cache.getStale("key")).toBe("old")
    await clock.advance(1)
    expect(await cache.getStale("key")).toBeUndefined()
  })

  it("never makes a ttl 0, however large the jitter", async () => {
    const { cache } = open(1000, () => 1 - Number.EPSILON)
    await cache.set("key", 1, 1)
    expect(await cache.has("key")).toBe(true)
  })

  it("refuses a bad ttl as the cache does, and a bad jitter by name", async () => {
    const { cache } = open(1, most)
    await expect(cache.set("key", 1, 0)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    for (const jitter of [0, -1, Number.NaN, "0%", "101%", "ten%" as "10%"] as const) {
      expect(() => open(jitter, most)).toThrowError(expect.objectContaining({ code: "INVALID_CONFIG" }))
    }
  })
})
