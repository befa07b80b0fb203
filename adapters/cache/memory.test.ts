import { describe, expect, it } from "vitest"
import { memoryCacheSubject } from "../../conformance.config.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { createMemoryCache } from "./memory.ts"

bindContract({ describe, it }, cacheContract, memoryCacheSubject)

describe("memory cache", () => {
  it("evicts the least recently used entry when maxEntries are held", async () => {
    const cache = createMemoryCache({ maxEntries: 2 })
    await cache.set("a", 1)
    await cache.set("b", 2)
    await cache.get("a")
    await cache.set("c", 3)
    expect(await cache.getMany(["a", "b", "c"])).toEqual(
      new Map([
        ["a", 1],
        ["c", 3],
      ]),
    )
  })

  it("does not take a look by has for a use", async () => {
    const cache = createMemoryCache({ maxEntries: 2 })
    await cache.set("a", 1)
    await cache.set("b", 2)
    await cache.has("a")
    await cache.set("c", 3)
    expect(await cache.has("a")).toBe(false)
  })

  it("gives entries set without ttl the defaultTtl", async () => {
    const clock = createManualClock()
    const cache = createMemoryCache({ defaultTtl: 60 }, { clock })
    await cache.set("default", 1)
    await cache.set("own", 1, 120)
    await cache.set("never", 1, Number.POSITIVE_INFINITY)
    await clock.advance(60_000)
    expect([await cache.has("default"), await cache.has("own"), await cache.has("never")]).toEqual([false, true, true])
  })

  it.each([
    [{ maxEntries: 0 }, "maxEntries"],
    [{ maxEntries: 1.5 }, "maxEntries"],
    [{ defaultTtl: -1 }, "defaultTtl"],
    [{ maxValueBytes: 0 }, "maxValueBytes"],
    [{ maxEntrys: 5 }, "maxEntrys"],
  ])("refuses the options %j by name", (options, name) => {
    expect(() => createMemoryCache(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })
})
