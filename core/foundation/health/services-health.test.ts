import { describe, expect, it } from "vitest"
import { z } from "zod"
import { builtinAdapters } from "../../../adapters/manifest.ts"
import { defineAdapter } from "../../../contracts/adapter.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { createServices } from "../../services.ts"

type Status = PluginHealthStatus["status"]

const latency = 0

/** Services whose adapters say how they are; undefined rejects. */
const open = (statuses: Record<string, Status | undefined>, required?: readonly string[]) =>
  createServices({
    adapters: Object.entries(statuses).map(([service, status]) =>
      defineAdapter({
        service,
        name: "memory",
        contractVersion: 1,
        schemes: [],
        optionsSchema: z.strictObject({}),
        create: () => ({
          async healthCheck() {
            if (status === undefined) throw new Error("hunter2")
            return { status, latency }
          },
        }),
      }),
    ),
    env: {},
    required: required as undefined,
  })

describe("the health of the whole", () => {
  it.each<[Status, Record<string, Status | undefined>, string[]]>([
    ["healthy", { one: "healthy", two: "healthy" }, []],
    ["healthy", { one: "healthy", two: "healthy" }, ["one", "two"]],
    ["degraded", { one: "healthy", two: "degraded" }, []],
    ["degraded", { one: "healthy", two: "unhealthy" }, []],
    ["degraded", { one: "healthy", two: "unhealthy" }, ["one"]],
    ["degraded", { one: "degraded", two: "unhealthy" }, ["one"]],
    ["degraded", { one: "unhealthy", two: "unhealthy" }, []],
    ["unhealthy", { one: "healthy", two: "unhealthy" }, ["two"]],
    ["unhealthy", { one: "healthy", two: undefined }, ["two"]],
    ["unhealthy", { one: "unhealthy", two: "healthy" }, ["one", "two"]],
  ])("is %s for %j where %j are required", async (status, statuses, required) => {
    const { close, health } = await open(statuses, required)
    const { services, status: whole } = await health()
    expect([whole, Object.keys(services)]).toEqual([status, ["one", "two"]])
    await close()
  })

  it("is unhealthy once the services are closed, with what each says", async () => {
    const { close, health } = await open({ one: "healthy" })
    await close()
    expect(await health()).toMatchObject({ status: "unhealthy", services: { one: { status: "healthy" } } })
  })
})

describe("required", () => {
  it("must name instances that are selected, each with its path", async () => {
    await expect(open({ one: "healthy" }, ["one", "two"])).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      details: {
        issues: [{ path: "required.two", message: "must be the name of a selected service; the selected are one" }],
      },
    })
  })
})

describe("the services that were created", () => {
  const selected = { pages: "cache", jobs: "queue" } as const

  it("tell the service of each instance, and their metrics in one map", async () => {
    const services = await createServices({
      adapters: builtinAdapters,
      services: selected,
      env: {},
      required: ["pages"],
    })
    await services.pages.set("key", 1)
    await services.pages.get("key")
    const health = await services.health()
    expect(health.services["pages"]).toMatchObject({ service: "cache", required: true, everHealthy: true })
    expect(health.services["jobs"]).toMatchObject({ service: "queue", required: false })
    expect(Object.keys((await services.readiness()).services)).toEqual(["pages"])
    expect(await services.getMetrics()).toMatchObject({ "pages.hits": 1 })
    await services.close()
    expect([(await services.health()).status, (await services.readiness()).status]).toEqual(["unhealthy", "unhealthy"])
    expect(await services.getMetrics()).toEqual({})
  })

  it("are asked again where the answer must be fresh, or time has gone by", async () => {
    const clock = createManualClock()
    const { health } = await createServices({ adapters: [counting()], clock, env: {} })
    const count = async (fresh?: boolean) => (await health({ fresh })).services["mail"]?.details?.["count"]
    expect([await count(), await count(), await count(true), await count()]).toEqual([1, 1, 2, 2])
    await clock.advance(1000)
    expect(await count()).toBe(3)
  })
})

/** An adapter whose health says how often it was asked. */
function counting() {
  let count = 0
  return defineAdapter({
    service: "mail",
    name: "memory",
    contractVersion: 1,
    schemes: [],
    optionsSchema: z.strictObject({}),
    create: () => ({ healthCheck: async () => ({ status: "healthy", details: { count: ++count } }) }),
  })
}
