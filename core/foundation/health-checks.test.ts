import { expect, it } from "vitest"
import type { ICacheService } from "../../contracts/cache/cache.ts"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { asCache } from "../cache/portable-cache.ts"

/** A cache whose health is what a test says. */
function cacheOf(clock: ManualClock, healthCheck: (signal?: AbortSignal) => Promise<PluginHealthStatus>) {
  const store: ICacheService = {
    get: async () => undefined,
    set: async () => {},
    delete: async () => false,
    has: async () => false,
    clear: async () => {},
    stats: async () => ({ hits: 0, misses: 0, keyCount: 0 }),
  }
  return asCache(Object.assign(store, { healthCheck }), { clock })
}

it("checks at the same time are one check of the store, and the next one asks anew", async () => {
  const clock = createManualClock()
  const answers: ((health: PluginHealthStatus) => void)[] = []
  const cache = cacheOf(clock, () => new Promise((resolve) => answers.push(resolve)))
  const checks = [cache.healthCheck(), cache.healthCheck()]
  await clock.advance(0)
  expect(answers).toHaveLength(1)
  answers[0]?.({ status: "degraded", latency: 0 })
  for (const check of checks) expect(await check).toMatchObject({ status: "degraded" })
  const next = cache.healthCheck()
  await clock.advance(0)
  answers[1]?.({ status: "healthy", latency: 0 })
  expect(await next).toMatchObject({ status: "healthy" })
})

it("a check that nobody waits for any more is told so, and holds up no later one", async () => {
  const clock = createManualClock()
  const signals: (AbortSignal | undefined)[] = []
  const cache = cacheOf(clock, (signal) => {
    signals.push(signal)
    return signals.length === 1 ? new Promise(() => {}) : Promise.resolve({ status: "healthy", latency: 0 })
  })
  const late = cache.healthCheck()
  await clock.advance(999)
  expect(signals[0]?.aborted).toBe(false)
  await clock.advance(1)
  expect(await late).toMatchObject({ status: "unhealthy", details: { code: "TIMEOUT" } })
  expect(signals[0]?.aborted).toBe(true)
  expect(await cache.healthCheck()).toMatchObject({ status: "healthy" })
})

it("an error says its code, and its reason where it has one", async () => {
  const details = { reason: "not-writable", key: "a value" }
  const cache = cacheOf(createManualClock(), () =>
    Promise.reject(new ServiceError("UNAVAILABLE", "The store is full; make room.", { details })),
  )
  expect(await cache.healthCheck()).toEqual({
    status: "unhealthy",
    message: "The store is full; make room.",
    latency: 0,
    details: { code: "UNAVAILABLE", reason: "not-writable" },
  })
})

it("a service that was closed while its check ran is closed to the next one", async () => {
  const clock = createManualClock()
  let answer: (health: PluginHealthStatus) => void = () => {}
  const cache = cacheOf(clock, () => new Promise((resolve) => (answer = resolve)))
  const running = cache.healthCheck()
  await clock.advance(0)
  await cache.close()
  expect(await cache.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "CLOSED" } })
  answer({ status: "healthy", latency: 0 })
  await running
})
