import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ReferenceCache } from "../cache/reference-cache.ts"
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
