import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createBullmqQueue } from "../bullmq.ts"
import { forkQueue, partsOf } from "./forked-queue.fixture.ts"

const numbersTo = (count: number) => Array.from({ length: count }, (_, number) => number)

describe.skipIf(findRedis() === undefined)("a large queue", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({ appendOnly: true })
  })
  afterAll(() => server.stop())
  const open = (keyPrefix: string) => createBullmqQueue({ host: "127.0.0.1", port: server.port, keyPrefix })

  it("hands out 10,000 messages that are due at one instant in the order of their publish", async () => {
    const publisher = open("instant")
    const queue = open("instant")
    const numbers = numbersTo(10_000)
    for (const part of partsOf(numbers, 500)) {
      await publisher.publishMany(
        "work",
        part.map((data) => ({ data, options: { delay: 300_000 } })),
      )
    }
    expect(await queue.getQueueStats("work")).toMatchObject({ delayed: numbers.length })
    await publisher.close()
    // The server's clock went on meanwhile: all of them are put to one millisecond, with the scores that it gives.
    const script = `local time = redis.call('TIME')
      local first = (time[1] * 1000 + 2000) * 4096
      for index, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
        redis.call('ZADD', KEYS[1], first + math.min(index - 1, 4095), id)
      end`
    const key = (await server.command("KEYS", "instant*:delayed")).trim()
    await server.command("EVAL", script, "1", key)
    const handled: number[] = []
    await queue.subscribe<number>("work", ({ data }) => void handled.push(data))
    await expect.poll(() => handled.length, { timeout: 90_000 }).toBe(numbers.length)
    expect(handled).toEqual(numbers)
    await queue.close()
  })

  it("is purged of 100,000 messages while no other publisher waits a quarter of a second", async () => {
    const queue = open("purged")
    const neighbour = open("neighbour")
    for (const part of partsOf(numbersTo(100_000), 2000)) {
      await queue.publishMany(
        "work",
        part.map((data) => ({ data })),
      )
    }
    let purging = true
    const waits: number[] = []
    const publishing = async () => {
      while (purging) {
        const start = performance.now()
        await neighbour.publish("mail", 1)
        waits.push(performance.now() - start)
      }
    }
    const published = publishing()
    expect(await queue.purge("work")).toBe(100_000)
    purging = false
    await published
    expect(waits.length).toBeGreaterThan(10)
    expect(Math.max(...waits)).toBeLessThan(250)
    expect(await queue.getQueueSize("work")).toBe(0)
    await Promise.all([queue.close(), neighbour.close()])
  })

  it("stays paused over a restart of its worker and of the server", async () => {
    const queue = open("paused")
    const worker = await forkQueue({ host: "127.0.0.1", port: server.port, keyPrefix: "paused" })
    const handled: number[] = []
    const handler = ({ data }: { data: number }) => void handled.push(data)
    await worker.client.subscribe<number>("work", handler)
    await queue.pause("work")
    await queue.publish("work", 1)
    await worker.kill()
    await server.restart()
    await queue.subscribe<number>("work", handler)
    expect(await queue.getQueueStats("work")).toMatchObject({ paused: true, waiting: 1 })
    expect(handled).toEqual([])
    await queue.resume("work")
    await expect.poll(() => handled).toEqual([1])
    await queue.close()
  })
})
