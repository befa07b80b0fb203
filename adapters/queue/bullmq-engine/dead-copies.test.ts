import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { freshPrefix, openQueue } from "./ways.fixture.ts"

const PATIENCE = { timeout: 15_000, interval: 20 }

describe.skipIf(findRedis() === undefined)("a copy of BullMQ's for the dead letter queue", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it("is made of a message that this instance could not publish", async () => {
    const keyPrefix = freshPrefix()
    const publisher = await openQueue("redis", server.port, { keyPrefix })
    const worker = await openQueue("redis", server.port, { keyPrefix, maxPayloadBytes: 10 })
    const data = "x".repeat(100)
    const id = await publisher.publish("q", data, { maxAttempts: 1 })
    await worker.defineQueue({ name: "q", deadLetterQueue: "dlq" })
    await worker.subscribe("q", () => Promise.reject(new Error("no")))
    await expect.poll(async () => (await worker.getTask("q", id))?.status, PATIENCE).toBe("dead")
    const copies: unknown[] = []
    await worker.subscribe("dlq", (message) => void copies.push(message))
    await expect.poll(() => copies, PATIENCE).toMatchObject([{ data, metadata: { deadLetterOf: id } }])
  })

  it("is given up where the store refuses it for good, and the message dies", async () => {
    const keyPrefix = freshPrefix()
    const queue = await openQueue("redis", server.port, { keyPrefix })
    await queue.defineQueue({ name: "q", maxAttempts: 1, deadLetterQueue: "dlq" })
    const id = await queue.publish("q", 1)
    await queue.subscribe("q", async () => {
      // The names of all queues, without which nothing is stored.
      const key = (await server.command("KEYS", `${keyPrefix}*queues`)).trim()
      await server.command("SET", key, "no set")
      throw new Error("no")
    })
    await expect.poll(async () => (await queue.getTask("q", id))?.status, PATIENCE).toBe("dead")
  })

  it("is not copied again, though two queues are each other's dead letter queue", async () => {
    const queue = await openQueue("redis", server.port)
    await queue.defineQueue({ name: "a", maxAttempts: 1, deadLetterQueue: "b" })
    await queue.defineQueue({ name: "b", maxAttempts: 1, deadLetterQueue: "a" })
    let runs = 0
    const fail = () => {
      runs++
      return Promise.reject(new Error("no"))
    }
    await queue.subscribe("a", fail)
    await queue.subscribe("b", fail)
    await queue.publish("a", 1)
    await expect.poll(() => queue.getQueueStats("b"), PATIENCE).toMatchObject({ dead: 1, active: 0 })
    expect(await queue.getQueueStats("a")).toMatchObject({ dead: 1, waiting: 0, active: 0 })
    expect(runs).toBe(2)
  })
})
