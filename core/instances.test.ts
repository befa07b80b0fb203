import { describe, expect, it } from "vitest"
import { z } from "zod"
import { builtinAdapters } from "../adapters/manifest.ts"
import { defineAdapter } from "../contracts/adapter.ts"
import { createManualClock } from "../contracts/foundation/clock.ts"
import { createServices } from "./services.ts"

describe("an instance whose layers cannot be made", () => {
  it("is closed", async () => {
    let closed = 0
    const redis = defineAdapter({
      service: "cache",
      name: "redis",
      contractVersion: 1,
      schemes: ["redis"],
      optionsSchema: z.strictObject({ defaultTtl: z.number() }),
      create: () => ({ close: async () => void closed++ }),
      createBus: () => {
        throw new Error("hunter2")
      },
    })
    const tiers = [
      { name: "near", type: "memory" },
      { name: "far", type: "redis" },
    ] as const
    const services = createServices({
      services: ["cache"],
      adapters: [...builtinAdapters.filter(({ name }) => name === "memory"), redis],
      env: {},
      config: { cache: { enabled: true, tiers: [...tiers], invalidation: [] } },
    })
    await expect(services).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      details: { issues: [{ path: "config.cache", message: "The adapter could not be made; see cause" }] },
    })
    expect(closed).toBe(1)
  })
})

describe("a creation that fails", () => {
  it("waits for no instance that does not close", async () => {
    const clock = createManualClock()
    const closing: string[] = []
    const adapter = (service: string, create: () => object) =>
      defineAdapter({
        service,
        name: "memory",
        contractVersion: 1,
        schemes: ["memory"],
        optionsSchema: z.strictObject({}),
        create,
      })
    const hanging = (service: string) =>
      adapter(service, () => ({
        close() {
          closing.push(service)
          return new Promise(() => {})
        },
      }))
    const broken = adapter("third", () => {
      throw new Error("hunter2")
    })
    const services = createServices({ adapters: [hanging("first"), hanging("second"), broken], env: {}, clock })
    const outcome = services.catch((error: unknown) => error)
    await expect.poll(() => closing).toEqual(["second"])
    await clock.advance(5000)
    await expect.poll(() => closing).toEqual(["second", "first"])
    await clock.advance(5000)
    expect(await outcome).toMatchObject({ details: { issues: [{ path: "services.third" }] } })
  })
})

describe("the names of required", () => {
  it("are those of the call, whatever becomes of the list", async () => {
    const required: "cache"[] = []
    const making = createServices({ services: ["cache"], adapters: builtinAdapters, env: {}, required })
    required.push("cache")
    const { cache, close, health } = await making
    required.push("cache")
    await cache.close()
    expect((await health()).status).toBe("degraded")
    await close()
  })
})
