import { AsyncLocalStorage } from "node:async_hooks"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { freshPrefix, openQueue } from "./ways.fixture.ts"

const PATIENCE = { timeout: 15_000, interval: 20 }

/** A clock that counts timers which are cancelled though they have fired. */
function countingClock(): { readonly clock: Clock; late: number } {
  const counting = { late: 0, clock: systemClock }
  counting.clock = {
    ...systemClock,
    setTimeout(fn, ms) {
      let hasFired = false
      const timer = systemClock.setTimeout(() => {
        hasFired = true
        fn()
      }, ms)
      return {
        cancel() {
          if (hasFired) counting.late++
          timer.cancel()
        },
      }
    },
  }
  return counting
}

describe.skipIf(findRedis() === undefined)("a subscription of BullMQ", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it("that is under way when the queue is closed is refused, and takes nothing", async () => {
    const keyPrefix = freshPrefix()
    const queue = await openQueue("redis", server.port, { keyPrefix, shutdownTimeoutMs: 10_000 })
    const other = await openQueue("redis", server.port, { keyPrefix })
    await other.publish("q", 1)
    // A handler that keeps close waiting meanwhile.
    let end = () => {}
    const busy = new Promise<void>((resolve) => {
      void queue.subscribe("busy", () => {
        resolve()
        return new Promise<void>((ended) => {
          end = ended
        })
      })
    })
    await other.publish("busy", 1)
    await busy
    const seen: unknown[] = []
    const subscribing = queue
      .subscribe("q", ({ data }) => void seen.push(data))
      .then(
        () => "subscribed",
        ({ code }) => code as unknown,
      )
    const closing = queue.close()
    const outcome = await subscribing
    end()
    await closing
    expect({ outcome, seen }).toEqual({ outcome: "CLOSED", seen: [] })
    // A worker that is there has another rate limit than this one.
    await other.subscribe("q", ({ data }) => void seen.push(data), { rateLimit: { max: 100, durationMs: 1 } })
    await expect.poll(() => seen, PATIENCE).toEqual([1])
  })

  it("that is under way is ended by unsubscribe", async () => {
    const queue = await openQueue("redis", server.port)
    const subscribing = queue.subscribe("q", () => {})
    await queue.unsubscribe("q")
    await subscribing
    expect(await queue.getMetrics?.()).toMatchObject({ subscriptions: 0 })
    await queue.subscribe("q", () => {}, { rateLimit: { max: 100, durationMs: 1 } })
  })

  it("takes messages in no async context: neither in that of the subscription, nor in that of a publish", async () => {
    const contexts = new AsyncLocalStorage<string>()
    const queue = await contexts.run("start", () => openQueue("redis", server.port))
    const seen: unknown[] = []
    await contexts.run("start", () => queue.subscribe("q", () => void seen.push(contexts.getStore() ?? "none")))
    await contexts.run("request", () => queue.publish("q", 1))
    await expect.poll(() => seen, PATIENCE).toEqual(["none"])
    await contexts.run("request", () => queue.publish("q", 2, { delay: 20 }))
    await expect.poll(() => seen, PATIENCE).toEqual(["none", "none"])
  })

  it("forgets the timers of its pauses", async () => {
    const counting = countingClock()
    const queue = await openQueue("redis", server.port, {}, { clock: counting.clock })
    let seen = 0
    await queue.subscribe("q", () => void seen++, { rateLimit: { max: 1, durationMs: 30 } })
    await queue.publishMany(
      "q",
      [1, 2, 3, 4, 5].map((data) => ({ data })),
    )
    await expect.poll(() => seen, PATIENCE).toBe(5)
    const before = counting.late
    await queue.unsubscribe("q")
    expect(counting.late - before).toBe(0)
  })
})
