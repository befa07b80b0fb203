import { describe, expect, it } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { createManualClock, type Timer } from "../../../contracts/foundation/clock.ts"
import { createMemoryCache } from "../memory.ts"

describe("sweeping", () => {
  /** A manual clock that knows how many timers wait, and how many were ever set. */
  function watchedClock() {
    const clock = createManualClock()
    const timers = new Set<Timer>()
    const counts = { set: 0 }
    const setTimeout = (fn: () => void, ms: number): Timer => {
      const own: Timer = {
        cancel: () => {
          timers.delete(own)
          timer.cancel()
        },
      }
      const timer = clock.setTimeout(() => {
        timers.delete(own)
        fn()
      }, ms)
      timers.add(own)
      counts.set++
      return own
    }
    return { ...clock, setTimeout, timers, counts }
  }
  const held = async (cache: Cache) => (await cache.stats()).memoryUsage

  it("removes what has expired, without a read", async () => {
    const clock = createManualClock()
    const cache = createMemoryCache({ maxBytes: 1_000_000 }, { clock })
    await cache.set("stays", 1)
    const alone = await held(cache)
    for (let index = 0; index < 1000; index++) await cache.set(`key-${index}`, index, 1 + index / 10)
    await clock.advance(102_000)
    expect(await held(cache)).toBe(alone)
  })

  it("sets no timer while nothing expires, and one however many entries do", async () => {
    const clock = watchedClock()
    const cache = createMemoryCache({}, { clock })
    await cache.set("a", 1)
    await cache.set("b", 1)
    expect(clock.timers.size).toBe(0)
    for (let index = 0; index < 100; index++) await cache.set(`key-${index}`, index, 100 - index)
    expect(clock.timers.size).toBe(1)
  })

  it("sleeps until something can have expired, and stops when nothing is left to expire", async () => {
    const clock = watchedClock()
    const cache = createMemoryCache({}, { clock })
    await cache.set("first", 1, 3600)
    await cache.set("second", 1, 7200)
    await clock.advance(3_599_000)
    expect(clock.counts.set).toBe(1)
    await clock.advance(1000)
    expect([clock.counts.set, clock.timers.size]).toEqual([2, 1])
    await clock.advance(3_600_000)
    expect([clock.counts.set, clock.timers.size]).toEqual([2, 0])
  })

  it.each([
    ["set", (cache: Cache) => cache.set("soon", 1, 1)],
    ["touch", (cache: Cache) => cache.touch("soon", 1)],
  ])("wakes earlier for an entry that is to expire earlier by %s", async (_, expireSoon) => {
    const clock = createManualClock()
    const cache = createMemoryCache({ maxBytes: 1000 }, { clock })
    await cache.set("late", 1, 3600)
    const alone = await held(cache)
    await cache.set("soon", 1)
    await expireSoon(cache)
    await clock.advance(1100)
    expect(await held(cache)).toBe(alone)
  })

  it.each([
    ["clear", (cache: Cache) => cache.clear()],
    ["close", (cache: Cache) => cache.close()],
  ])("is stopped by %s", async (_, stop) => {
    const clock = watchedClock()
    const cache = createMemoryCache({}, { clock })
    await cache.set("key", 1, 60)
    await stop(cache)
    expect(clock.timers.size).toBe(0)
  })

  it("goes on a moment later when there is much to remove", async () => {
    const clock = createManualClock()
    let looks = 0
    // Each look at the clock takes a tenth of a millisecond.
    const slow = { ...clock, monotonic: () => clock.monotonic() + looks++ / 10 }
    const cache = createMemoryCache({ maxBytes: 1_000_000 }, { clock: slow })
    for (let index = 0; index < 1000; index++) await cache.set(`key-${index}`, "", 3600)
    const all = (await held(cache)) as number
    await clock.advance(3_600_000)
    const afterOne = (await held(cache)) as number
    expect(afterOne).toBeLessThan(all)
    expect(afterOne).toBeGreaterThan(all / 2)
    await clock.advance(100)
    expect(await held(cache)).toBe(0)
  })
})
