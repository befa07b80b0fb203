import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createBullmqQueue } from "../bullmq.ts"
import { forkQueue, partsOf } from "./forked-queue.fixture.ts"

const PROCESSES = 4

describe.skipIf(findRedis() === undefined)("several processes", () => {
  let server: RedisServer
  let keyPrefix = ""
  let made = 0
  const options = () => ({ host: "127.0.0.1", port: server.port, keyPrefix })
  const forks = (count: number) => Promise.all(Array.from({ length: count }, () => forkQueue(options())))

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it("that publish with one idempotency key at once make one message", async () => {
    keyPrefix = `processes-${++made}`
    const queue = createBullmqQueue(options())
    const publishers = await forks(PROCESSES)
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        publishers[number % PROCESSES]?.client.publish("mail", number, { idempotencyKey: "welcome:1" }),
      ),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await queue.getQueueSize("mail")).toBe(1)
    await Promise.all(publishers.map(({ client, kill }) => client.close().then(kill)))
    await queue.close()
  })

  it("that make the same schedule have each tick once", async () => {
    keyPrefix = `processes-${++made}`
    const workers = await forks(2)
    const ticks: number[] = []
    const start = performance.now()
    for (const { client } of workers) {
      await client.schedule("report", "often", { everyMs: 500 }, { kind: "tick" })
      await client.subscribe("report", ({ timestamp }) => void ticks.push(timestamp))
    }
    await expect.poll(() => ticks.length).toBe(10)
    // The first one comes at once: there are nine distances.
    expect(performance.now() - start).toBeGreaterThan(9 * 500 - 600)
    await Promise.all(workers.map(({ client }) => client.unschedule("report", "often")))
    await Promise.all(workers.map(({ client, kill }) => client.close().then(kill)))
  })

  it("that are deployed anew run a tick that was missed once", async () => {
    keyPrefix = `processes-${++made}`
    const [old] = await forks(1)
    await old?.client.schedule("report", "often", { everyMs: 2000 })
    let first = 0
    await old?.client.subscribe("report", () => void first++)
    await expect.poll(() => first).toBe(1)
    await old?.kill()
    const missedAt = performance.now() + 2500
    await expect.poll(() => performance.now() > missedAt).toBe(true)
    const anew = createBullmqQueue(options())
    await anew.schedule("report", "often", { everyMs: 2000 })
    const ticks: number[] = []
    const start = performance.now()
    await anew.subscribe("report", () => void ticks.push(performance.now() - start))
    await expect.poll(() => ticks.length).toBe(2)
    expect(ticks[0]).toBeLessThan(1500)
    await anew.close()
  })

  it("that work one queue handle 10,000 messages, each once", async () => {
    keyPrefix = `processes-${++made}`
    const queue = createBullmqQueue(options())
    const workers = await forks(PROCESSES)
    const handled: number[] = []
    for (const { client } of workers) {
      await client.subscribe<number>("work", ({ data }) => void handled.push(data), { concurrency: 25 })
    }
    const numbers = Array.from({ length: 10_000 }, (_, number) => number)
    for (const part of partsOf(numbers, 500)) {
      await queue.publishMany(
        "work",
        part.map((data) => ({ data })),
      )
    }
    await expect.poll(() => handled.length, { timeout: 60_000 }).toBe(numbers.length)
    await queue.whenIdle("work", { timeoutMs: 10_000 })
    expect(handled.sort((one, other) => one - other)).toEqual(numbers)
    await Promise.all(workers.map(({ client, kill }) => client.close().then(kill)))
    await queue.close()
  })
})
