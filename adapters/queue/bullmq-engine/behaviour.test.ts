import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { taskErrorOf } from "../../../core/queue/for-adapters.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { startTcpProxy } from "../../../testing/faults/tcp-proxy.ts"
import { Ears, freshPrefix, LIBRARIES, openQueue } from "./ways.fixture.ts"

const installed = findRedis() !== undefined
const PATIENCE = { timeout: 15_000, interval: 20 }

let server: RedisServer

beforeAll(async () => {
  if (installed) server = await startRedis()
})

afterAll(async () => {
  if (installed) await server.stop()
})

/** Holds up the event loop, as a computation does. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe.each(LIBRARIES)("a worker, over %s", (library) => {
  /** A test that needs the server, and says so where there is none. */
  function itWithServer(name: string, body: () => Promise<void>): void {
    it(name, async (context) => {
      if (!installed) context.skip(REDIS_MISSING)
      await body()
    })
  }

  itWithServer("does not run a message beside itself that it lost while it blocked the event loop", async () => {
    const events = new Ears()
    const queue = await openQueue(library, server.port, {}, { events })
    let running = 0
    let most = 0
    let runs = 0
    const signals: AbortSignal[] = []
    await queue.subscribe(
      "q",
      async (_, { signal }) => {
        most = Math.max(most, ++running)
        signals.push(signal)
        if (++runs === 1) {
          block(1000)
          // Longer than the message takes to come back.
          await sleep(400)
        }
        running--
      },
      { concurrency: 2, visibilityTimeoutMs: 300 },
    )
    const id = await queue.publish("q", 1, { maxAttempts: 2 })
    await expect.poll(async () => (await queue.getTask("q", id))?.status, PATIENCE).toBe("completed")
    expect({ most, runs }).toEqual({ most: 1, runs: 2 })
    expect(signals[0]?.aborted).toBe(true)
    const record = await queue.getTask("q", id)
    expect(record?.attempts).toBe(2)
    expect(record?.failures).toMatchObject([{ attempt: 1, reason: "crash", error: {} }])
    await expect.poll(() => events.named("queue.result.discarded"), PATIENCE).toMatchObject([{ id, reason: "lost" }])
    expect(events.named("queue.task.dead")).toEqual([])
  })

  itWithServer("keeps a message as long as the longest wish of its handler", async () => {
    const queue = await openQueue(library, server.port)
    let runs = 0
    await queue.subscribe(
      "q",
      async (_, context) => {
        runs++
        await context.extend(5000)
        await context.extend(10)
        // The automatic renewal comes in between, and must not shorten it.
        await sleep(250)
        block(1200)
      },
      { concurrency: 2, visibilityTimeoutMs: 300 },
    )
    const id = await queue.publish("q", 1)
    await expect.poll(async () => (await queue.getTask("q", id))?.status, PATIENCE).toBe("completed")
    expect(runs).toBe(1)
  })

  itWithServer("gives back at close what still runs, without an attempt, and another takes it soon", async () => {
    const keyPrefix = freshPrefix()
    const [first, second] = [
      await openQueue(library, server.port, { keyPrefix }),
      await openQueue(library, server.port, { keyPrefix }),
    ]
    const waiting = new Promise<void>((resolve) => {
      void first.subscribe("q", async (_, { signal }) => {
        resolve()
        await new Promise((end) => signal.addEventListener("abort", end))
      })
    })
    const id = await first.publish("q", 1, { priority: 7 })
    await waiting
    const taken = new Promise<{ attempts: number; at: number }>((resolve) => {
      void second.subscribe("q", ({ attempts }) => resolve({ attempts, at: performance.now() }))
    })
    await first.close()
    const closed = performance.now()
    const { at, attempts } = await taken
    expect(attempts).toBe(1)
    expect(at - closed).toBeLessThan(1500)
    await expect.poll(() => second.getTask("q", id), PATIENCE).toMatchObject({ status: "completed", failures: [] })
  })

  itWithServer("tells once that its server is away, and again when it is lost another time", async () => {
    const proxy = await startTcpProxy({ port: server.port })
    onTestFinished(() => proxy.close())
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) }
    const queue = await openQueue(library, proxy.port, { timeoutMs: 700 }, { logger })
    const unreadable = () => warnings.filter((message) => message === "A queue cannot be read.").length
    const handled: unknown[] = []
    await queue.subscribe("q", ({ data }) => void handled.push(data))
    for (const outage of [1, 2]) {
      proxy.down()
      await expect.poll(unreadable, PATIENCE).toBe(outage)
      // Each takes longer than the pause between two tries to read.
      for (let count = 0; count < 3; count++) {
        await expect(queue.publish("q", "lost")).rejects.toThrow()
      }
      expect(unreadable()).toBe(outage)
      proxy.heal()
      await queue.publish("q", outage)
      await expect.poll(() => handled, PATIENCE).toContain(outage)
    }
  })

  itWithServer("tells once that it cannot wait for messages, while it can take them", async () => {
    const locked = await startRedis()
    onTestFinished(() => locked.stop())
    await locked.command("ACL", "SETUSER", "worker", "on", "nopass", "~*", "+@all", "-bzpopmin")
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) }
    const queue = await openQueue(library, locked.port, { username: "worker", password: "any" }, { logger })
    await queue.subscribe("q", () => {})
    const refused = async () =>
      Number(/cmdstat_bzpopmin:.*rejected_calls=(\d+)/.exec(await locked.command("INFO", "commandstats"))?.[1])
    await expect.poll(refused, PATIENCE).toBeGreaterThan(3)
    expect(warnings).toEqual(["A queue cannot be read."])
  })

  itWithServer("keeps the order of publishes on a server that has none of its scripts", async () => {
    const fresh = await startRedis()
    onTestFinished(() => fresh.stop())
    const queue = await openQueue(library, fresh.port)
    await queue.pause("q")
    const published: Promise<unknown>[] = []
    for (let data = 0; data < 100; data++) {
      published.push(queue.publish("q", data))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(published)
    const handled: unknown[] = []
    await queue.subscribe("q", ({ data }) => void handled.push(data))
    await queue.resume("q")
    await expect.poll(() => handled.length, PATIENCE).toBe(100)
    expect(handled).toEqual(Array.from({ length: 100 }, (_, data) => data))
  })

  itWithServer("fails an attempt at once, whatever a handler throws", async () => {
    class WaitingError extends Error {
      override name = "WaitingError"
    }
    const thrown = [null, undefined, "text", "", 5, {}, Symbol("s"), new WaitingError("mine"), new Error("")]
    const queue = await openQueue(library, server.port)
    await queue.subscribe<number>("q", ({ data }) => {
      throw thrown[data]
    })
    const ids = await queue.publishMany(
      "q",
      thrown.map((_, data) => ({ data, options: { maxAttempts: 1 } })),
    )
    await expect.poll(() => queue.getQueueStats("q"), PATIENCE).toMatchObject({ dead: thrown.length, active: 0 })
    const { items } = await queue.listFailed("q")
    expect(items.map(({ id }) => id)).toEqual(ids)
    expect(items.map(({ reason }) => reason)).toEqual(thrown.map(() => "max_attempts"))
    expect(items.map(({ error }) => error.message)).toEqual(thrown.map((one) => taskErrorOf(one).message))
  })

  itWithServer("delivers thousands that are due at one instant in the order of their publish", async () => {
    const queue = await openQueue(library, server.port)
    const count = 5000
    await queue.publishMany(
      "q",
      Array.from({ length: count }, (_, data) => ({ data, options: { delay: 60_000 } })),
    )
    // One instant for all of them, which is now.
    const base = (await server.command("KEYS", "*@queue:q:delayed")).trim()
    const key = base.split("\n").at(-1) ?? ""
    const script = `local ids = redis.call('ZRANGE', KEYS[1], 0, -1)
      for index, id in ipairs(ids) do redis.call('ZADD', KEYS[1], math.min(index, 4095), id) end`
    await server.command("EVAL", script, "1", key)
    const seen: number[] = []
    await queue.subscribe<number>("q", ({ data }) => void seen.push(data))
    await expect.poll(() => seen.length, PATIENCE).toBe(count)
    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index))
  })

  itWithServer("copies what dies to the dead letter queue, once for each death", async () => {
    const queue = await openQueue(library, server.port)
    await queue.defineQueue({ name: "q", maxAttempts: 1, deadLetterQueue: "dlq" })
    await queue.subscribe("q", () => Promise.reject(new Error("no")))
    const id = await queue.publish("q", { a: 1 }, { metadata: { trace: "t" }, type: "mail" })
    await expect.poll(() => queue.getQueueSize("dlq"), PATIENCE).toBe(1)
    await expect.poll(async () => (await queue.listFailed("q")).items.length, PATIENCE).toBe(1)
    await queue.replay("q", id)
    await expect.poll(() => queue.getQueueSize("dlq"), PATIENCE).toBe(2)
    const copies: unknown[] = []
    await queue.subscribe("dlq", ({ data, metadata, type }) => void copies.push({ data, metadata, type }))
    const copy = { data: { a: 1 }, metadata: { trace: "t", deadLetterOf: id }, type: "mail" }
    await expect.poll(() => copies, PATIENCE).toEqual([copy, copy])
  })
})
