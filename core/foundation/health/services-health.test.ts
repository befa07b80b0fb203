import { describe, expect, it } from "vitest"
import { z } from "zod"
import { defineAdapter } from "../../../contracts/adapter.ts"
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
