import { Queue as BullQueue } from "bullmq"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../servers/redis.ts"
import { bullmqQueueSubjects } from "../../subjects/queue.ts"
import { bindContract } from "../../testing/bind.ts"
import { queueContract } from "../../testing/queue/contract.ts"
import { createRedisCache } from "../cache/redis.ts"
import { createBullmqQueue } from "./bullmq.ts"
import { Ears, freshPrefix, LIBRARIES, openQueue, WAYS } from "./bullmq-engine/ways.fixture.ts"

const installed = findRedis() !== undefined
const PATIENCE = { timeout: 15_000, interval: 20 }

let server: RedisServer

beforeAll(async () => {
  if (installed) server = await startRedis()
})

afterAll(async () => {
  if (installed) await server.stop()
})

// The others are run by `npm run conformance`.
for (const subject of bullmqQueueSubjects.slice(0, 1)) bindContract({ describe, it }, queueContract, subject)

/** A test that needs the server, and says so where there is none. */
function itWithServer(name: string, body: () => Promise<void>): void {
  it(name, async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    await body()
  })
}

/** BullMQ as another program would use it. */
function bullmqOf(keyPrefix: string): BullQueue {
  const connection = new Redis(server.port, { maxRetriesPerRequest: null })
  const queue = new BullQueue("q", { connection, prefix: `${keyPrefix}@queue` })
  onTestFinished(async () => {
    await queue.close()
    connection.disconnect()
  })
  return queue
}

describe("options", () => {
  it.each([
    [{ cluster: true }, "cluster: must be false"],
    [{ client: new Redis({ lazyConnect: true }) }, "enableOfflineQueue: false"],
    [{ client: {} }, "must be a client"],
    [{ keyPrefix: "a:b" }, "keyPrefix"],
    [{ retention: { completedMs: -1 } }, "retention.completedMs"],
    [{ library: "other" }, "library"],
  ])("are refused: %#", (options, text) => {
    expect(() => createBullmqQueue(options as never)).toThrow(text)
  })

  it("a client brings its own library", () => {
    const client = new Redis({ lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    expect(() => createBullmqQueue({ client, library: "ioredis" })).toThrow("library: must be left out beside client")
  })
})

describe.each(WAYS)("a queue, over %s", (way) => {
  itWithServer("takes a message to its handler, and leaves a client of the application open", async () => {
    const queue = await openQueue(way, server.port)
    const got = new Promise((resolve) => {
      void queue.subscribe("q", (message) => resolve(message))
    })
    const id = await queue.publish("q", { a: [1, null] }, { type: "mail", metadata: { x: "y" } })
    expect(await got).toMatchObject({ id, queue: "q", type: "mail", data: { a: [1, null] }, attempts: 1 })
    await queue.close()
    await expect(queue.publish("q", 1)).rejects.toMatchObject({ code: "CLOSED" })
  })

  itWithServer("outlives that all its connections are cut, with work on the way", async () => {
    const queue = await openQueue(way, server.port)
    const seen = new Set<unknown>()
    await queue.subscribe("q", ({ data }) => void seen.add(data), { concurrency: 5, visibilityTimeoutMs: 1000 })
    for (let round = 0; round < 3; round++) {
      const items = Array.from({ length: 100 }, (_, index) => ({ data: `${round}-${index}` }))
      const published = queue.publishMany("q", items)
      await Promise.all([published, server.command("CLIENT", "KILL", "TYPE", "normal")])
    }
    await expect.poll(() => seen.size, PATIENCE).toBe(300)
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    expect(await queue.getQueueStats("q")).toMatchObject({ completed: 300, dead: 0, waiting: 0, delayed: 0 })
  })
})

describe.each(LIBRARIES)("what a queue keeps, over %s", (library) => {
  itWithServer("shares a prefix with a cache, whose clear leaves it alone", async () => {
    const keyPrefix = freshPrefix()
    const queue = await openQueue(library, server.port, { keyPrefix })
    const cache = createRedisCache({ port: server.port, keyPrefix })
    onTestFinished(() => cache.close())
    await queue.publish("q", 1)
    await cache.set("q", 1)
    await cache.clear()
    expect(await queue.getQueueSize("q")).toBe(1)
  })

  itWithServer("is what BullMQ shows, and what another program added to it is delivered", async () => {
    const keyPrefix = freshPrefix()
    const queue = await openQueue(library, server.port, { keyPrefix })
    const bullmq = bullmqOf(keyPrefix)
    const id = await queue.publish("q", { a: 1 }, { type: "mail", maxAttempts: 7 })
    await queue.publish("q", 2, { delay: 60_000 })
    expect(await bullmq.getJobCounts("prioritized", "delayed")).toEqual({ prioritized: 1, delayed: 1 })
    const job = await bullmq.getJob(id)
    expect(job).toMatchObject({ name: "mail", data: { a: 1 }, opts: { attempts: 7 } })
    await bullmq.add("theirs", { b: 2 })
    const seen: unknown[] = []
    await queue.subscribe("q", ({ data }) => void seen.push(data))
    await expect.poll(() => seen.length, PATIENCE).toBe(2)
    expect(seen).toEqual(expect.arrayContaining([{ a: 1 }, { b: 2 }]))
  })

  itWithServer("hides completed messages beyond their count and age, without traffic", async () => {
    const retention = { completedCount: 3, completedMs: 2000 }
    const queue = await openQueue(library, server.port, { retention })
    await queue.subscribe("q", () => {})
    const ids = await queue.publishMany(
      "q",
      Array.from({ length: 10 }, (_, data) => ({ data })),
    )
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    await queue.unsubscribe("q")
    expect((await queue.getQueueStats("q")).completed).toBe(3)
    expect(await queue.getTask("q", ids[0] ?? "")).toBeUndefined()
    expect(await queue.getTask("q", ids[9] ?? "")).toMatchObject({ status: "completed" })
    await expect.poll(() => queue.getTask("q", ids[9] ?? ""), PATIENCE).toBeUndefined()
    expect((await queue.getQueueStats("q")).completed).toBe(0)
  })

  itWithServer("purges in steps, frees keys and spares schedules", async () => {
    const queue = await openQueue(library, server.port)
    const count = 1700
    await queue.schedule("q", "later", { cron: "0 0 1 1 *" })
    const items = Array.from({ length: count }, (_, index) => ({
      data: index,
      options: { idempotencyKey: `key ${index}`, ...(index % 2 === 1 && { delay: 60_000 }) },
    }))
    await queue.publishMany("q", items)
    expect(await queue.getQueueSize("q")).toBe(count)
    expect(await queue.purge("q")).toBe(count)
    expect(await queue.getQueueSize("q")).toBe(0)
    expect(await queue.listSchedules("q")).toHaveLength(1)
    const again = await queue.publish("q", 1, { idempotencyKey: "key 1" })
    expect(await queue.getTask("q", again)).toMatchObject({ data: 1 })
  })

  itWithServer("replays and drops what is dead, page by page", async () => {
    const queue = await openQueue(library, server.port)
    const count = 1200
    let isBroken = true
    await queue.subscribe(
      "q",
      () => {
        if (isBroken) throw new Error("no")
      },
      { concurrency: 50 },
    )
    const dead = { data: 1, options: { maxAttempts: 1 } }
    await queue.publishMany(
      "q",
      Array.from({ length: count }, () => dead),
    )
    await expect.poll(async () => (await queue.getQueueStats("q")).dead, PATIENCE).toBe(count)
    const ids = new Set<string>()
    let cursor: string | undefined
    do {
      const page = await queue.listFailed("q", { limit: 500, cursor })
      for (const { id } of page.items) ids.add(id)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(ids.size).toBe(count)
    isBroken = false
    expect(await queue.replayAll("q")).toBe(count)
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    expect(await queue.getQueueStats("q")).toMatchObject({ dead: 0, completed: 1000 })
    isBroken = true
    await queue.publishMany("q", [dead, dead])
    await expect.poll(async () => (await queue.getQueueStats("q")).dead, PATIENCE).toBe(2)
    expect(await queue.purgeFailed("q")).toBe(2)
    expect(await queue.purgeFailed("q")).toBe(0)
  })

  itWithServer("schedule with the same definition writes nothing, by any number of instances", async () => {
    const keyPrefix = freshPrefix()
    const queues = await Promise.all([1, 2, 3].map(() => openQueue(library, server.port, { keyPrefix })))
    const set = (data: unknown) =>
      Promise.all(queues.map((queue) => queue.schedule("q", "tick", { everyMs: 60_000 }, data)))
    const stored = () => server.command("HGETALL", `${keyPrefix}@queue:q:schedule:tick`)
    await set("a")
    const before = await stored()
    await set("a")
    expect(await stored()).toBe(before)
    await set("b")
    const [info] = (await queues[0]?.listSchedules("q")) ?? []
    expect(info).toMatchObject({ data: "b", runs: 0, skipped: 0 })
    const ticks: { data: unknown; timestamp: number }[] = []
    await queues[0]?.subscribe("q", ({ data, timestamp }) => void ticks.push({ data, timestamp }))
    await expect.poll(() => ticks, PATIENCE).toEqual([{ data: "b", timestamp: info?.nextRunAt }])
    expect(await queues[1]?.getQueueSize("q")).toBe(0)
    expect((await queues[1]?.listSchedules("q"))?.[0]).toMatchObject({
      runs: 1,
      nextRunAt: (info?.nextRunAt ?? 0) + 60_000,
    })
  })

  itWithServer("a schedule goes on whose due tick is cancelled or purged", async () => {
    const queue = await openQueue(library, server.port)
    await queue.schedule("q", "tick", { everyMs: 60_000 })
    expect(await queue.getQueueSize("q")).toBe(1)
    expect(await queue.purge("q")).toBe(1)
    expect(await queue.getQueueSize("q")).toBe(0)
    const [info] = await queue.listSchedules("q")
    expect(info).toMatchObject({ runs: 1 })
    expect(info?.nextRunAt ?? 0).toBeGreaterThan(Date.now())
  })

  itWithServer("refuses another rate limit while a worker of another instance is there", async () => {
    const keyPrefix = freshPrefix()
    const first = await openQueue(library, server.port, { keyPrefix })
    const second = await openQueue(library, server.port, { keyPrefix })
    await first.subscribe("q", () => {}, { rateLimit: { max: 5, durationMs: 1000 } })
    const other = second.subscribe("q", () => {}, { rateLimit: { max: 6, durationMs: 1000 } })
    await expect(other).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
    await first.unsubscribe("q")
    await second.subscribe("q", () => {}, { rateLimit: { max: 6, durationMs: 1000 } })
  })
})

describe("health", () => {
  itWithServer("is degraded where the server may drop messages, and says which policy it has", async () => {
    const other = await startRedis()
    onTestFinished(() => other.stop())
    const queue = await openQueue("redis", other.port)
    expect(await queue.healthCheck()).toMatchObject({
      status: "healthy",
      details: { "maxmemory-policy": "noeviction" },
    })
    await other.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    const { message, status } = await queue.healthCheck()
    expect(status).toBe("degraded")
    expect(message).toContain("allkeys-lru")
  })

  itWithServer("leaves nothing that the queue shows, and after a second nothing at all", async () => {
    const prefix = freshPrefix()
    const queue = await openQueue("redis", server.port, { keyPrefix: prefix })
    await queue.publish("q", 1)
    const keys = async () => (await server.command("KEYS", `${prefix}*`)).split("\n").sort()
    const before = await keys()
    await expect.poll(async () => (await queue.healthCheck()).status, PATIENCE).toBe("healthy")
    expect(await queue.listQueues()).toEqual(["q"])
    expect(Number(await server.command("PTTL", `${prefix}@queue::health`))).toBeLessThanOrEqual(1000)
    await expect.poll(keys, PATIENCE).toEqual(before)
  })

  itWithServer("is unhealthy where the server refuses writes, until it takes them", async () => {
    const own = await startRedis()
    onTestFinished(() => own.stop())
    const queue = await openQueue("ioredis", own.port)
    const becomes = (health: object) => expect.poll(() => queue.healthCheck(), PATIENCE).toMatchObject(health)
    await becomes({ status: "healthy" })
    const details = { code: "UNAVAILABLE", reason: "not-writable" }
    await own.command("CONFIG", "SET", "maxmemory", "1")
    await becomes({ status: "unhealthy", message: expect.stringContaining("raise its maxmemory"), details })
    await own.command("CONFIG", "SET", "maxmemory", "0")
    await becomes({ status: "healthy" })
    await own.command("REPLICAOF", "127.0.0.1", "1")
    await becomes({ status: "unhealthy", message: expect.stringContaining("connect to the primary"), details })
    await own.command("REPLICAOF", "NO", "ONE")
    await becomes({ status: "healthy" })
  })

  itWithServer("is unhealthy where messages are due and none is taken, until one is", async () => {
    const keyPrefix = freshPrefix()
    const queue = await openQueue("redis", server.port, { keyPrefix })
    await queue.subscribe("q", () => {}, { visibilityTimeoutMs: 100 })
    // As if all others of a limit that another program has set were taken.
    await server.command("HSET", `${keyPrefix}@queue:q:meta`, "concurrency", "0")
    await queue.publish("q", 1)
    await expect.poll(async () => (await queue.healthCheck()).status, PATIENCE).toBe("unhealthy")
    expect((await queue.healthCheck()).message).toContain("Messages of the queue q are due")
    await server.command("HDEL", `${keyPrefix}@queue:q:meta`, "concurrency")
    await expect.poll(async () => (await queue.healthCheck()).status, PATIENCE).toBe("healthy")
  })

  itWithServer("tells what the instance has done", async () => {
    const events = new Ears()
    const queue = await openQueue("redis", server.port, {}, { events })
    await queue.subscribe("q", ({ data }) => {
      if (data === 2) throw new Error("no")
    })
    await queue.publish("q", 1)
    await queue.publish("q", 2, { maxAttempts: 1 })
    await expect.poll(() => events.named("queue.task.dead").length, PATIENCE).toBe(1)
    expect(await queue.getMetrics()).toMatchObject({ published: 2, started: 2, completed: 1, failed: 1, dead: 1 })
  })
})
