import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { asCache } from "../../cache/portable-cache.ts"
import { createHealth, type HealthOptions } from "./health.ts"

type Answer = Partial<PluginHealthStatus>

const HEALTHY: Answer = { status: "healthy" }
const UNHEALTHY: Answer = { status: "unhealthy" }

/** A checkable that answers when it is told to, the oldest call first. */
function silent() {
  const pending: ((answer: unknown) => void)[] = []
  const healthCheck = vi.fn(() => new Promise<unknown>((resolve) => pending.push(resolve)))
  return { healthCheck, answer: (answer: unknown = HEALTHY) => pending.shift()?.(answer) }
}

/** A checkable that answers at once. */
const saying = (answer: unknown = HEALTHY) => ({ healthCheck: vi.fn(async () => answer) })

const UNREADABLE = new Proxy(new Error(), {
  get() {
    throw new Error("hunter2")
  },
})

/** Health over a clock that stands still. */
function watch<Checkables extends Record<string, object>>(
  checkables: Checkables,
  options: HealthOptions<keyof NoInfer<Checkables> & string> = {},
) {
  const clock = createManualClock()
  return { clock, health: createHealth(checkables, { clock, ...options }) }
}

/** What has settled by now is there; undefined for what has not. */
async function soFar<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  await createManualClock().advance(0)
  return Promise.race([promise, undefined])
}

describe("a check", () => {
  it.each<[string, () => unknown, string]>([
    ["throws undefined", () => throwing(undefined), "INTERNAL"],
    ["throws an error of somebody else", () => throwing(new Error("hunter2")), "INTERNAL"],
    ["throws what cannot be read", () => throwing(UNREADABLE), "INTERNAL"],
    ["rejects with undefined", () => Promise.reject(undefined), "INTERNAL"],
    ["rejects with a ServiceError", () => Promise.reject(new ServiceError("UNAVAILABLE", "Gone.")), "UNAVAILABLE"],
    ["resolves nothing", async () => undefined, "INTERNAL"],
    ["resolves a text", async () => "hunter2", "INTERNAL"],
    ["resolves another status", async () => ({ status: "hunter2" }), "INTERNAL"],
    ["is no promise", () => 5, "INTERNAL"],
  ])("that %s is unhealthy", async (_, healthCheck, code) => {
    const { health } = watch({ mail: { healthCheck } }, { required: ["mail"] })
    const { services, status } = await health.check()
    expect(status).toBe("unhealthy")
    expect(services["mail"]).toMatchObject({ status: "unhealthy", latency: 0, details: { code } })
    expect(services["mail"]?.message).toMatch(/./)
    expect(JSON.stringify(services)).not.toContain("hunter2")
  })

  it("may be a getter that throws", async () => {
    const mail = {
      get healthCheck() {
        return throwing(undefined)
      },
    }
    expect((await watch({ mail }).health.check()).services).toMatchObject({ mail: { details: { code: "INTERNAL" } } })
  })

  it("is not needed", async () => {
    const { services, status } = await watch({ mail: {} }).health.check()
    expect(status).toBe("healthy")
    expect(services).toEqual({
      mail: { status: "healthy", latency: 0, service: "mail", required: false, everHealthy: true },
    })
  })

  it("takes the time that was measured, whatever it says", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail })
    const asked = health.check()
    await clock.advance(20)
    mail.answer({ status: "degraded", latency: Number.NaN })
    expect((await asked).services["mail"]?.latency).toBe(20)
  })

  it("shows no credential and nothing that JSON does not keep", async () => {
    const circular: Record<string, unknown> = {}
    circular["self"] = circular
    const url = "redis://ada:hunter2@host"
    const details = { url, nodes: [{ password: "hunter2" }], many: 5 }
    const { services } = await watch({
      one: saying({ status: "degraded", message: `at ${url}`, details }),
      two: saying({ status: "degraded", message: 5, details: circular }),
    }).health.check()
    expect(services["one"]).toMatchObject({
      message: "at redis://ada:***@host",
      details: { url: "redis://ada:***@host", nodes: [{ password: "***" }], many: 5 },
    })
    expect(Object.keys(services["two"] ?? {}).sort()).toEqual([
      "everHealthy",
      "latency",
      "required",
      "service",
      "status",
    ])
  })

  it("of a portable service names its key, and says itself that it is late", async () => {
    const clock = createManualClock()
    const store = { get: async () => undefined, set: async () => {}, healthCheck: () => new Promise<never>(() => {}) }
    const pages = asCache(store as never, { clock })
    const asked = createHealth({ pages, sms: {} }, { clock, services: { sms: "message" } }).check()
    await clock.advance(1000)
    expect((await asked).services).toMatchObject({
      pages: { service: "cache", message: "No answer within 1000 ms.", latency: 1000 },
      sms: { service: "message" },
    })
  })
})

describe("a check that hangs", () => {
  it("is TIMEOUT after its bound, and delays no other", async () => {
    const [mail, queue] = [silent(), silent()]
    const { clock, health } = watch({ mail, queue, cache: saying() }, { required: ["cache"], timeoutMs: 500 })
    const asked = health.check()
    await clock.advance(100)
    queue.answer()
    expect((await health.readiness()).status).toBe("healthy")
    await clock.advance(400)
    const { services, status } = await asked
    expect(status).toBe("degraded")
    expect(services).toMatchObject({
      mail: { status: "unhealthy", message: "No answer within 500 ms.", latency: 500, details: { code: "TIMEOUT" } },
      queue: { status: "healthy", latency: 100 },
      cache: { status: "healthy", latency: 0 },
    })
  })

  it("is not asked again, and is TIMEOUT at once, also where the answer must be fresh", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail }, { timeoutMs: 500 })
    const first = health.check()
    await clock.advance(500)
    await first
    await clock.advance(10_000)
    for (const asked of [health.check(), health.check({ fresh: true })]) {
      expect((await soFar(asked))?.services["mail"]?.details).toEqual({ code: "TIMEOUT" })
    }
    expect(mail.healthCheck).toHaveBeenCalledOnce()
  })

  it("is asked anew once it has ended; its late answer is not used", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail }, { timeoutMs: 500 })
    const hung = health.check()
    await clock.advance(500)
    expect((await hung).services["mail"]?.everHealthy).toBe(false)
    mail.answer(HEALTHY)
    await clock.advance(0)
    const next = health.check()
    await clock.advance(0)
    expect(mail.healthCheck).toHaveBeenCalledTimes(2)
    mail.answer({ status: "degraded" })
    expect((await next).services["mail"]).toMatchObject({ status: "degraded", everHealthy: false })
  })

  it("may reject late", async () => {
    let fail = () => {}
    const healthCheck = () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error("hunter2"))
      })
    const { clock, health } = watch({ mail: { healthCheck } })
    const hung = health.check()
    await clock.advance(1500)
    expect((await hung).status).toBe("degraded")
    fail()
    await clock.advance(0)
  })
})

describe("callers", () => {
  it("at the same time share one call", async () => {
    const mail = silent()
    const { health } = watch({ mail })
    const asked = Array.from({ length: 1000 }, () => health.check())
    mail.answer()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(1000).fill("healthy"))
    expect(mail.healthCheck).toHaveBeenCalledOnce()
  })

  it("share an answer until it is maxAgeMs old, by the clock that never goes back", async () => {
    const mail = saying()
    const { clock, health } = watch({ mail }, { maxAgeMs: 300 })
    await health.check()
    await clock.advance(299)
    clock.adjust(10_000)
    await health.check()
    expect(mail.healthCheck).toHaveBeenCalledOnce()
    await clock.advance(1)
    await health.check()
    expect(mail.healthCheck).toHaveBeenCalledTimes(2)
  })

  it("share no answer where maxAgeMs is 0", async () => {
    const mail = saying()
    const { health } = watch({ mail }, { maxAgeMs: 0 })
    await health.check()
    await health.check()
    expect(mail.healthCheck).toHaveBeenCalledTimes(2)
  })

  it("cannot change what others are answered", async () => {
    const { health } = watch({ mail: saying() })
    const { services } = await health.check()
    if (services["mail"]) services["mail"].status = "unhealthy"
    expect((await health.check()).services["mail"]?.status).toBe("healthy")
  })
})

describe("a fresh check", () => {
  it("is not answered from before", async () => {
    const healthCheck = vi.fn(async () => HEALTHY).mockResolvedValueOnce(UNHEALTHY)
    const { health } = watch({ mail: { healthCheck } })
    expect((await health.check()).status).toBe("degraded")
    expect((await health.check({ fresh: true })).status).toBe("healthy")
    expect((await health.check()).status).toBe("healthy")
    expect(healthCheck).toHaveBeenCalledTimes(2)
  })

  it("waits for the one that runs, and begins then", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail })
    const before = health.check()
    const fresh = health.check({ fresh: true })
    await clock.advance(0)
    expect(mail.healthCheck).toHaveBeenCalledOnce()
    mail.answer(UNHEALTHY)
    expect((await before).status).toBe("degraded")
    await clock.advance(0)
    mail.answer(HEALTHY)
    expect((await fresh).status).toBe("healthy")
  })

  it("is shared by all that wait for the same one to end", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail })
    const asked = Array.from({ length: 1000 }, () => health.check({ fresh: true }))
    mail.answer()
    await clock.advance(0)
    mail.answer()
    await Promise.all(asked)
    expect(mail.healthCheck).toHaveBeenCalledTimes(2)
  })

  it("is not answered by one that began between", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail }, { maxAgeMs: 0 })
    const first = health.check()
    const second = health.check({ fresh: true })
    mail.answer()
    await first
    const third = health.check({ fresh: true })
    await clock.advance(0)
    mail.answer(UNHEALTHY)
    expect((await second).status).toBe("degraded")
    await clock.advance(0)
    mail.answer(HEALTHY)
    expect((await third).status).toBe("healthy")
  })

  it("is TIMEOUT when the one before it begins to hang", async () => {
    const mail = silent()
    const { clock, health } = watch({ mail }, { timeoutMs: 500 })
    void health.check()
    await clock.advance(400)
    const fresh = health.check({ fresh: true })
    await clock.advance(100)
    expect((await soFar(fresh))?.services["mail"]?.details).toEqual({ code: "TIMEOUT" })
    expect(mail.healthCheck).toHaveBeenCalledOnce()
  })
})

describe("readiness", () => {
  it("asks the required ones alone, and shares their answers", async () => {
    const [cache, mail] = [saying(), saying(UNHEALTHY)]
    const { health } = watch({ cache, mail }, { required: ["cache"] })
    const { services, status } = await health.readiness()
    expect([status, Object.keys(services), services["cache"]?.required]).toEqual(["healthy", ["cache"], true])
    expect((await health.check()).services["mail"]?.required).toBe(false)
    await health.readiness()
    expect([cache, mail].map(({ healthCheck }) => healthCheck.mock.calls.length)).toEqual([1, 1])
  })

  it.each<[PluginHealthStatus["status"]]>([["healthy"], ["degraded"], ["unhealthy"]])(
    "is %s as the worst of them",
    async (status) => {
      const { health } = watch({ one: saying(), two: saying({ status }) }, { required: ["one", "two"] })
      expect((await health.readiness()).status).toBe(status)
    },
  )

  it("is healthy where nothing is required", async () => {
    expect(await watch({ mail: saying(UNHEALTHY) }).health.readiness()).toEqual({ status: "healthy", services: {} })
  })
})

describe("closed", () => {
  it("is unhealthy, and no answer of before is reused", async () => {
    let closed = false
    const healthCheck = vi.fn(async () => (closed ? UNHEALTHY : HEALTHY))
    const { health } = watch({ mail: { healthCheck } }, { required: ["mail"], isClosed: () => closed })
    await health.check()
    closed = true
    for (const { services, status } of [await health.check(), await health.readiness()]) {
      expect([status, services["mail"]?.status]).toEqual(["unhealthy", "unhealthy"])
    }
  })

  it("is unhealthy where each says that it is healthy, and where it closes meanwhile", async () => {
    let closed = false
    const mail = silent()
    const { health } = watch({ mail }, { isClosed: () => closed })
    const asked = health.check()
    closed = true
    mail.answer()
    expect(await asked).toMatchObject({ status: "unhealthy", services: { mail: { status: "healthy" } } })
  })
})

it("remembers who was ever healthy", async () => {
  const healthCheck = vi.fn(async () => UNHEALTHY)
  const { health } = watch({ mail: { healthCheck } }, { maxAgeMs: 0 })
  const everHealthy = async () => (await health.check()).services["mail"]?.everHealthy
  expect(await everHealthy()).toBe(false)
  healthCheck.mockResolvedValueOnce(HEALTHY)
  expect(await everHealthy()).toBe(true)
  expect(await everHealthy()).toBe(true)
})

describe("metrics", () => {
  const hung = () => ({ getMetrics: vi.fn(() => new Promise(() => {})) })

  it("are one map of finite numbers, by the names of the instances", async () => {
    const pages = { getMetrics: async () => ({ hits: 3, ratio: Number.NaN, size: "5", max: Number.POSITIVE_INFINITY }) }
    expect(await watch({ pages, mail: {} }).health.getMetrics()).toEqual({ "pages.hits": 3 })
  })

  it.each<[string, () => unknown]>([
    ["throws undefined", () => throwing(undefined)],
    ["rejects", () => Promise.reject(new Error("hunter2"))],
    ["resolves nothing", async () => undefined],
    ["resolves a Map", async () => new Map([["hits", 3]])],
  ])("say so of one that %s", async (_, getMetrics) => {
    const cache = { getMetrics: async () => ({ hits: 3 }) }
    const { health } = watch({ cache, mail: { getMetrics } })
    expect(await health.getMetrics()).toEqual({ "cache.hits": 3, "mail.metrics_failed": 1 })
  })

  it("say so of one that hangs, which is not asked again", async () => {
    const mail = hung()
    const { clock, health } = watch({ mail }, { timeoutMs: 500 })
    const asked = health.getMetrics()
    await clock.advance(500)
    expect([await asked, await health.getMetrics()]).toEqual(Array(2).fill({ "mail.metrics_failed": 1 }))
    expect(mail.getMetrics).toHaveBeenCalledOnce()
  })

  it("are those of now", async () => {
    let hits = 0
    const { health } = watch({ cache: { getMetrics: async () => ({ hits: ++hits }) } })
    expect([await health.getMetrics(), await health.getMetrics()]).toEqual([{ "cache.hits": 1 }, { "cache.hits": 2 }])
  })
})

function throwing(value: unknown): never {
  throw value
}
