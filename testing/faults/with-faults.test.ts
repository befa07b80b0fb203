import { describe, expect, it } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { storageMethods } from "../../contracts/storage/storage.ts"
import { tracingMethods } from "../../contracts/tracing/tracing.ts"
import { ReferenceCache } from "../cache/reference/reference-cache.ts"
import { FaultPlan, withFaults } from "./with-faults.ts"

function faulty() {
  const real = new ReferenceCache({ clock: createManualClock() })
  const plan = new FaultPlan()
  return { real, plan, cache: withFaults(real, plan) }
}

describe("withFaults", () => {
  it("changes nothing without a fault, also for classes with private members", async () => {
    const { cache } = faulty()
    await cache.set("a", 1)
    expect(await cache.get("a")).toBe(1)
  })

  it("fails as often as it is told, without applying the call", async () => {
    const { cache, plan, real } = faulty()
    plan.fail("set", "UNAVAILABLE", 2)
    for (let call = 0; call < 2; call++) {
      await expect(cache.set("a", 1)).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "set" })
    }
    expect(await real.has("a")).toBe(false)
    await cache.set("a", 1)
    expect(await real.get("a")).toBe(1)
  })

  it("applies a call whose reply it loses", async () => {
    const { cache, plan, real } = faulty()
    plan.loseReply("set")
    await expect(cache.set("a", 1)).rejects.toMatchObject({ code: "TIMEOUT" })
    expect(await real.get("a")).toBe(1)
  })

  it("lets methods pass that answer at once", async () => {
    const plan = new FaultPlan().fail("*")
    const tracing = withFaults(createMemoryTracing(), plan, tracingMethods)
    expect(tracing.stats().started).toBe(0)
    await expect(tracing.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it("delays, hangs and heals", async () => {
    const { cache, plan } = faulty()
    plan.delay("*", 1).hang("has")
    let answered = false
    const hanging = cache.has("a").then(() => {
      answered = true
    })
    expect(await cache.get("a")).toBeUndefined()
    expect(answered).toBe(false)
    plan.heal()
    expect(await cache.has("a")).toBe(false)
    expect(hanging).toBeInstanceOf(Promise)
  })

  it("fails streams where they are walked", async () => {
    const { cache, plan } = faulty()
    plan.fail("keys", "UNAVAILABLE")
    const walk = async () => {
      for await (const _ of cache.keys());
    }
    await expect(walk()).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })
})

describe("withFaults, of handles", () => {
  async function faultyStorage() {
    const plan = new FaultPlan()
    const storage = withFaults(createMemoryStorage(), plan, storageMethods)
    await storage.createBucket("files")
    await storage.put("files", "hello.txt", "hello")
    return { plan, storage }
  }

  it("changes nothing without a fault", async () => {
    const { storage } = await faultyStorage()
    const object = await storage.get("files", "hello.txt")
    expect(object.info.size).toBe(5)
    expect(await object.text()).toBe("hello")
    const again = await storage.get("files", "hello.txt")
    expect(await new Response(again.stream()).text()).toBe("hello")
  })

  it("fails a method of what was resolved, and no other", async () => {
    const { plan, storage } = await faultyStorage()
    plan.fail("get.bytes", "UNAVAILABLE", 1)
    expect(await (await storage.get("files", "hello.txt")).text()).toBe("hello")
    const object = await storage.get("files", "hello.txt")
    await expect(object.bytes()).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "get.bytes" })
    expect(await object.bytes()).toHaveLength(5)
  })

  it("fails them by a fault of every method, also where it comes later", async () => {
    const { plan, storage } = await faultyStorage()
    const object = await storage.get("files", "hello.txt")
    plan.fail("*")
    await expect(object.text()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    plan.heal()
    expect(await object.text()).toBe("hello")
  })

  it("loses the reply of one", async () => {
    const { plan, storage } = await faultyStorage()
    plan.loseReply("get.text")
    const object = await storage.get("files", "hello.txt")
    await expect(object.text()).rejects.toMatchObject({ code: "TIMEOUT" })
  })

  it("keeps readable streams readable, those that fail or are late too", async () => {
    const { plan, storage } = await faultyStorage()
    const object = await storage.get("files", "hello.txt")
    plan.fail("get.stream", "UNAVAILABLE", 1)
    await expect(object.stream().getReader().read()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    plan.delay("get.stream", 1)
    expect(await new Response(object.stream()).text()).toBe("hello")
  })

  it("fails the methods of a handle that is given at once", async () => {
    const write = { kind: "write", idempotent: true } as const
    const methods = { startSpan: { kind: "handle", idempotent: false, returns: { end: write } } } as const
    const plan = new FaultPlan().fail("startSpan", "UNAVAILABLE", 1).fail("startSpan.end", "TIMEOUT", 1)
    const tracing = withFaults({ startSpan: () => ({ end: async () => "ended" }) }, plan, methods)
    await expect(tracing.startSpan().end()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await expect(tracing.startSpan().end()).rejects.toMatchObject({ code: "TIMEOUT" })
    expect(await tracing.startSpan().end()).toBe("ended")
  })
})
