import { describe, expect, it } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { FaultPlan, withFaults } from "../../../testing/faults/with-faults.ts"
import { asCache } from "../portable-cache.ts"
import { deferred, TestCache, TestStore } from "../test-store.fixture.ts"

/** Two processes, as far as a cache can tell: they share a store and nothing else. */
function twoProcesses() {
  const clock = createManualClock()
  const store = new TestStore()
  const connect = (plan = new FaultPlan()) =>
    asCache(withFaults(new TestCache(store, clock), plan), { clock, random: () => 0.5 })
  return { clock, store, connect, here: connect(), there: connect() }
}

/** What a call came to, as soon as it did. */
function watch<T>(call: Promise<T>): { value?: T; error?: unknown } {
  const seen: { value?: T; error?: unknown } = {}
  call.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { error }),
  )
  return seen
}

describe("getOrSet in several processes", () => {
  it("runs one factory for all callers of all processes", async () => {
    const { clock, connect } = twoProcesses()
    const processes = Array.from({ length: 4 }, () => connect())
    let calls = 0
    const load = async () => {
      calls++
      await clock.sleep(50)
      return "loaded"
    }
    const callers = processes.flatMap((cache) => Array.from({ length: 25 }, () => cache.getOrSet("key", load)))
    await clock.advance(200)
    expect(new Set(await Promise.all(callers))).toEqual(new Set(["loaded"]))
    expect(calls).toBe(1)
  })

  it.each<[string, (cache: Cache) => Promise<unknown>, unknown]>([
    ["delete", (cache) => cache.delete("key"), undefined],
    ["deleteMany", (cache) => cache.deleteMany(["key"]), undefined],
    ["clear", (cache) => cache.clear(), undefined],
    ["invalidateTags", (cache) => cache.invalidateTags(["tag"]), undefined],
    ["set", (cache) => cache.set("key", "newer"), "newer"],
    ["setMany", (cache) => cache.setMany([["key", "newer"]]), "newer"],
    ["setTagged", (cache) => cache.setTagged("key", "newer", []), "newer"],
  ])("never loses a %s of another process during the load", async (_, change, expected) => {
    for (const grace of [undefined, 60]) {
      const { clock, here, there } = twoProcesses()
      const slow = deferred<string>()
      const loading = here.getOrSet("key", () => slow.promise, { ttl: 10, grace, tags: ["tag"] })
      await clock.advance(0)
      await change(there)
      slow.resolve("older")
      expect(await loading).toBe("older")
      expect(await there.get("key")).toBe(expected)
      expect(await there.getStale("key")).toBeUndefined()
    }
  })

  it("stores the ttl and the tags", async () => {
    const { clock, here, there } = twoProcesses()
    await here.getOrSet("key", () => 1, { ttl: 10, tags: ["tag"] })
    expect(await there.ttl("key")).toBe(10)
    await there.invalidateTags(["tag"])
    expect(await here.get("key")).toBeUndefined()
    await clock.advance(0)
  })

  it("hands a failed load to the next process at once, with the lease of the first", async () => {
    const { clock, here, there } = twoProcesses()
    const slow = deferred<string>()
    const failing = watch(here.getOrSet("key", () => slow.promise))
    await clock.advance(0)
    const waiting = watch(there.getOrSet("key", () => "second"))
    await clock.advance(100)
    expect(waiting).toEqual({})
    slow.reject(new Error("down"))
    await clock.advance(250)
    expect(failing).toMatchObject({ error: { message: "down" } })
    expect(waiting).toEqual({ value: "second" })
    expect(await here.get("key")).toBe("second")
  })

  it("retries at once in the process that failed, and after undefined", async () => {
    const { here } = twoProcesses()
    await expect(here.getOrSet("key", () => Promise.reject(new Error("down")))).rejects.toThrow("down")
    expect(await here.getOrSet("key", () => undefined)).toBeUndefined()
    expect(await here.getOrSet("key", () => "again")).toBe("again")
  })

  it("keeps the stale value when a load fails, for every process", async () => {
    const { clock, here, there } = twoProcesses()
    const options = { ttl: 10, grace: 60 }
    const down = () => Promise.reject(new Error("down"))
    await here.getOrSet("key", () => "old", options)
    await clock.advance(10_000)
    expect(await here.getOrSet("key", down, options)).toBe("old")
    expect(await there.getOrSet("key", down, options)).toBe("old")
  })

  it("lets another process load when the first dies, after leaseMs and not before", async () => {
    const { clock, here, there } = twoProcesses()
    void here.getOrSet("key", () => new Promise(() => {}), { leaseMs: 1000 })
    await clock.advance(0)
    const waiting = watch(there.getOrSet("key", () => "taken over", { leaseMs: 1000 }))
    await clock.advance(990)
    expect(waiting).toEqual({})
    await clock.advance(300)
    expect(waiting).toEqual({ value: "taken over" })
    expect(await there.get("key")).toBe("taken over")
  })

  it("returns what took longer than leaseMs, and does not cache it", async () => {
    const { clock, here } = twoProcesses()
    const slow = deferred<string>()
    const loading = here.getOrSet("key", () => slow.promise, { leaseMs: 100 })
    await clock.advance(101)
    slow.resolve("late")
    expect(await loading).toBe("late")
    expect(await here.has("key")).toBe(false)
  })

  it("ends the wait for another process with the caller's signal", async () => {
    const { clock, here, there } = twoProcesses()
    void here.getOrSet("key", () => new Promise(() => {}))
    await clock.advance(0)
    const controller = new AbortController()
    const waiting = watch(there.getOrSet("key", () => "never", { signal: controller.signal }))
    await clock.advance(50)
    controller.abort()
    await clock.advance(0)
    expect(waiting).toMatchObject({ error: { code: "ABORTED" } })
  })

  it("gives the lease back when the last caller leaves", async () => {
    const { clock, here, store } = twoProcesses()
    const controller = new AbortController()
    const load = ({ signal }: { signal: AbortSignal }) =>
      new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    const loading = watch(here.getOrSet("key", load, { signal: controller.signal }))
    await clock.advance(0)
    expect(store.leases.size).toBe(1)
    controller.abort()
    await clock.advance(0)
    expect(store.leases.size).toBe(0)
    expect(loading).toMatchObject({ error: { code: "ABORTED" } })
  })

  it("waits without counting misses", async () => {
    const { clock, here, there } = twoProcesses()
    const slow = deferred<string>()
    void here.getOrSet("key", () => slow.promise)
    await clock.advance(0)
    const waiting = there.getOrSet("key", () => "never")
    await clock.advance(1000)
    slow.resolve("loaded")
    await clock.advance(1000)
    expect(await waiting).toBe("loaded")
    expect(await there.stats()).toMatchObject({ hits: 1, misses: 1 })
  })
})

describe("getOrSet while the store fails", () => {
  it.each(["lease", "fill"])("returns the value when %s is UNAVAILABLE", async (method) => {
    const { connect } = twoProcesses()
    const plan = new FaultPlan().fail(method, "UNAVAILABLE")
    const cache = connect(plan)
    expect(await cache.getOrSet("key", () => "loaded")).toBe("loaded")
    expect(await cache.has("key")).toBe(false)
  })

  it("rejects what get rejects with, and runs no factory", async () => {
    const { connect } = twoProcesses()
    const cache = connect(new FaultPlan().fail("get", "UNAVAILABLE"))
    let calls = 0
    await expect(cache.getOrSet("key", () => ++calls)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(calls).toBe(0)
  })

  it("rejects for a value that no cache takes", async () => {
    const { here } = twoProcesses()
    await expect(here.getOrSet("key", () => Symbol("no data"))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(await here.getOrSet("key", () => "data")).toBe("data")
  })
})
