import { describe, expect, it } from "vitest"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { createHealth } from "../../foundation/health/health.ts"
import { createHttpApi, type HttpApiOptions } from "../api.ts"
import { HEALTH_REASONS, type HealthBody } from "./body.ts"

const TOKEN = "a-token-of-these-tests"
const HEALTHY: PluginHealthStatus = { status: "healthy", latency: 0 }
const down = (details: Record<string, unknown>): PluginHealthStatus => ({
  ...{ status: "unhealthy", latency: 0, message: "redis.internal:6379 refused ada:secret", details },
})

/** The API over instances of services, each as healthy as the test says. */
async function open(
  services: Record<string, string> = { cache: "cache" },
  required: string[] = [],
  makeOptions: (clock: ManualClock) => HttpApiOptions = () => ({}),
) {
  const clock = createManualClock()
  const says: Record<string, PluginHealthStatus> = {}
  const asked: string[] = []
  const checkables = Object.fromEntries(
    Object.keys(services).map((name) => [
      name,
      {
        healthCheck: async () => {
          asked.push(name)
          return says[name] ?? HEALTHY
        },
      },
    ]),
  )
  const health = createHealth(checkables, { clock, required, services })
  const control = { health: health.check, readiness: health.readiness }
  const api = await createHttpApi(control as never, { clock, env: { API_TOKEN: TOKEN }, ...makeOptions(clock) })
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await api.fetch(new Request(`http://localhost${path}`, { headers }))
    return { status: response.status, body: (await response.json()) as HealthBody }
  }
  return { api, asked, clock, get, says }
}

describe("GET /api/v1/health", () => {
  it("has the fields of the requirement document, and nothing else for whoever has no token", async () => {
    const { clock, get, says } = await open()
    await get("/api/v1/health")
    says["cache"] = down({ code: "UNAVAILABLE" })
    await clock.advance(90_500)
    expect(await get("/api/v1/health")).toEqual({
      status: 200,
      body: {
        status: "degraded",
        uptime: 90,
        services: {
          cache: { status: "degraded", latency: 0, reason: "unreachable" },
          auth: { status: "running", latency: 0 },
          queue: { status: "stopped", reason: "not configured" },
          search: { status: "stopped", reason: "not configured" },
          "file-storage": { status: "stopped", reason: "not configured" },
          tracing: { status: "stopped", reason: "not configured" },
        },
      },
    })
  })

  it("has messages and details as well for whoever has a token", async () => {
    const { get, says } = await open()
    says["cache"] = { status: "degraded", latency: 0, message: "The bus is away.", details: { bus: "away" } }
    const { body } = await get("/api/v1/health", TOKEN)
    expect(body.services["cache"]).toMatchObject({ message: "The bus is away.", details: { bus: "away" } })
    expect((await get("/api/v1/health", "another-token-of-tests")).status).toBe(401)
  })

  it("names instances by their service, and what is no service of the platform as it is", async () => {
    const { get } = await open({ pages: "cache", cache: "cache", files: "storage", mailer: "mail" })
    const names = Object.keys((await get("/api/v1/health")).body.services)
    expect(names).toEqual([
      "cache:pages",
      "cache",
      "file-storage:files",
      "mailer",
      "auth",
      "queue",
      "search",
      "tracing",
    ])
  })

  it("is 503 only while a required service is down", async () => {
    const { clock, get, says } = await open({ cache: "cache", queue: "queue" }, ["queue"])
    says["cache"] = down({ code: "TIMEOUT" })
    expect((await get("/api/v1/health")).status).toBe(200)
    says["queue"] = down({ code: "TIMEOUT" })
    await clock.advance(1000)
    expect((await get("/api/v1/health")).body).toMatchObject({ status: "unhealthy" })
    expect((await get("/api/v1/health")).status).toBe(503)
    says["queue"] = { ...HEALTHY, status: "degraded" }
    await clock.advance(1000)
    expect((await get("/api/v1/health")).status).toBe(200)
  })

  it("asks again only for whoever has a token", async () => {
    const { asked, get } = await open()
    await get("/api/v1/health")
    await get("/api/v1/health")
    expect(asked).toEqual(["cache"])
    await get("/api/v1/health?fresh=1", TOKEN)
    await get("/api/v1/health?fresh=true", TOKEN)
    expect(asked).toEqual(["cache", "cache", "cache"])
    expect((await get("/api/v1/health?fresh=1")).status).toBe(401)
    expect((await get("/api/v1/health?fresh=0")).status).toBe(200)
    expect(asked).toEqual(["cache", "cache", "cache"])
  })

  it.each([
    [{ code: "CLOSED" }, { status: "stopped", reason: "closed" }],
    [{ code: "TIMEOUT" }, { status: "degraded", reason: "no answer" }],
    [{ code: "UNAVAILABLE" }, { status: "degraded", reason: "unreachable" }],
    [
      { code: "UNAVAILABLE", reason: "not-writable" },
      { status: "degraded", reason: "not writable" },
    ],
    [{ code: "PERMISSION_DENIED" }, { status: "degraded", reason: "access denied" }],
    [{ code: "INTERNAL" }, { status: "degraded", reason: "failed" }],
    [{ code: "redis.internal" }, { status: "degraded", reason: "failed" }],
    [{}, { status: "degraded", reason: "failed" }],
  ])("tells %j as %j, with a reason of a fixed list", async (details, told) => {
    const { get, says } = await open()
    says["cache"] = down(details)
    const { services } = (await get("/api/v1/health")).body
    expect(services["cache"]).toMatchObject(told)
    expect(HEALTH_REASONS).toContain(services["cache"]?.reason)
  })

  it("says initializing of what never ran, until every required service did", async () => {
    const { clock, get, says } = await open({ cache: "cache", queue: "queue" }, ["queue"])
    says["cache"] = down({ code: "UNAVAILABLE" })
    says["queue"] = down({ code: "UNAVAILABLE" })
    const starting = { status: "initializing", reason: "starting" }
    expect((await get("/api/v1/health")).body.services).toMatchObject({ cache: starting, queue: starting })
    says["queue"] = HEALTHY
    await clock.advance(1000)
    expect((await get("/api/v1/health")).body.services).toMatchObject({
      ...{ cache: { status: "degraded", reason: "unreachable" }, queue: { status: "running" } },
    })
  })
})

describe("the rest of an application", () => {
  async function openWith(required: ("db" | "cache")[]) {
    const says = { db: HEALTHY, cache: HEALTHY }
    const checkables = {
      db: { healthCheck: async () => says.db },
      cache: { healthCheck: async () => says.cache },
    }
    const opened = await open({ cache: "cache" }, [], (clock) => ({
      health: createHealth(checkables, { clock, maxAgeMs: 0, required }),
    }))
    return { ...opened, others: says }
  }

  it("is part of the whole, and of readiness where it is required", async () => {
    const { get, others } = await openWith(["db"])
    expect((await get("/api/v1/health")).body.services).toMatchObject({ db: { status: "running" } })
    others.db = down({ code: "UNAVAILABLE" })
    const { body, status } = await get("/api/v1/health")
    expect([status, body.status, body.services["db"]?.reason]).toEqual([503, "unhealthy", "unreachable"])
    expect((await get("/readyz")).status).toBe(503)
  })

  it("leaves the whole degraded, and ready, where it is not required", async () => {
    const { get, others } = await openWith([])
    others.db = down({ code: "UNAVAILABLE" })
    expect(await get("/api/v1/health")).toMatchObject({ status: 200, body: { status: "degraded" } })
    expect((await get("/readyz")).status).toBe(200)
  })

  it("does not stand in for a service of the same name", async () => {
    const { get, others, says } = await openWith([])
    says["cache"] = down({ code: "TIMEOUT" })
    others.cache = HEALTHY
    expect((await get("/api/v1/health")).body.services["cache"]).toMatchObject({ reason: "no answer" })
  })
})

describe("the probes", () => {
  it("tell liveness without asking anybody", async () => {
    const { asked, get } = await open({ cache: "cache" }, ["cache"])
    expect(await get("/livez")).toEqual({ status: 200, body: { status: "healthy" } })
    expect(asked).toEqual([])
  })

  it("tell readiness by the required services alone", async () => {
    const { asked, clock, get, says } = await open({ cache: "cache", queue: "queue" }, ["queue"])
    expect((await get("/readyz")).status).toBe(200)
    expect(asked).toEqual(["queue"])
    says["cache"] = down({ code: "TIMEOUT" })
    says["queue"] = down({ code: "TIMEOUT" })
    await clock.advance(1000)
    expect(await get("/readyz")).toEqual({ status: 503, body: { status: "unhealthy" } })
    says["queue"] = HEALTHY
    await clock.advance(1000)
    expect((await get("/readyz")).status).toBe(200)
  })

  it("tell that a server which ends is not ready, and lives", async () => {
    const { api, get } = await open()
    api.drain()
    expect([(await get("/readyz")).status, (await get("/livez")).status]).toEqual([503, 200])
    expect((await get("/api/v1/health")).status).toBe(503)
  })

  it("tell start-up once, whatever happens later", async () => {
    const { clock, get, says } = await open({ queue: "queue" }, ["queue"])
    says["queue"] = down({ code: "UNAVAILABLE" })
    expect((await get("/startupz")).status).toBe(503)
    says["queue"] = HEALTHY
    await clock.advance(1000)
    expect((await get("/startupz")).status).toBe(200)
    says["queue"] = down({ code: "UNAVAILABLE" })
    await clock.advance(1000)
    expect([(await get("/startupz")).status, (await get("/readyz")).status]).toEqual([200, 503])
  })
})
