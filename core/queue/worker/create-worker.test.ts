import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler, QueueMessage } from "../../../contracts/queue/message.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { publishTask } from "../task/task.ts"
import { createWorker } from "./create-worker.ts"
import { bench, gate } from "./worker.fixture.ts"

let clock: ManualClock
let queue: Queue
let test: ReturnType<typeof bench>
const work: typeof test.work = (...args) => test.work(...args)

beforeEach(() => {
  clock = createManualClock()
  queue = createMemoryQueue({}, { clock })
  test = bench(queue, clock)
})

afterEach(() => test.close())

const turn = () => clock.advance(0)

describe("a worker", () => {
  it("hands messages to the handler of their type, in all of its queues", async () => {
    const seen: unknown[] = []
    const worker = work(
      { a: ({ data, queue: name }) => seen.push(["a", name, data]), b: ({ data }) => seen.push(["b", data]) },
      { queues: ["mail", "other"] },
    )
    await queue.publish("mail", 1, { type: "a" })
    await queue.publish("mail", 2, { type: "b" })
    await queue.publish("other", 3, { type: "a" })
    await turn()
    expect(seen).toEqual([])
    await worker.start()
    await worker.drain()
    expect(seen).toHaveLength(3)
    expect(seen).toEqual(
      expect.arrayContaining([
        ["a", "mail", 1],
        ["b", 2],
        ["a", "other", 3],
      ]),
    )
  })

  it("types what handlers get", async () => {
    createWorker<{ mail: { to: string } }>(queue, {
      name: "typed",
      queues: ["mail"],
      handlers: { mail: ({ data }) => data.to.toUpperCase() },
    })
    createWorker(queue, {
      name: "inferred",
      queues: ["mail"],
      handlers: { mail: ({ data }: QueueMessage<{ to: string }>) => data.to, other: ({ data }) => String(data) },
    })
  })

  it.each([
    ["of a type without a handler", { type: "unknown" }, "messages of type unknown; the types are a"],
    ["named as a member of every object", { type: "constructor" }, "messages of type constructor"],
    ["without a type", {}, "messages without a type"],
  ])("fails the attempts of a message %s, which can be replayed", async (_, options, text) => {
    await work({ a: () => {} }).start()
    await queue.publish("mail", 1, { ...options, maxAttempts: 2 })
    await clock.advance(60_000)
    expect(test.results.map(({ status }) => status)).toEqual(["failed", "dead"])
    const { items } = await queue.listFailed("mail")
    expect(items[0]).toMatchObject({
      attempts: 2,
      error: { code: "UNSUPPORTED", message: expect.stringContaining(text) },
    })
    expect(await queue.replayAll("mail")).toBe(1)
  })

  it("drain waits for what handlers publish to another of its queues", async () => {
    const seen: unknown[] = []
    const handlers = {
      first: () => queue.publish("other", 2, { type: "second" }),
      second: ({ data }: QueueMessage<never>) => seen.push(data),
    }
    const worker = work(handlers, { queues: ["other", "mail"] })
    await queue.publish("mail", 1, { type: "first" })
    await worker.start()
    await worker.drain()
    expect(seen).toEqual([2])
  })

  it("drain rejects TIMEOUT after its time", async () => {
    const { handler, open } = gate()
    const worker = work({ a: handler })
    await queue.publish("mail", 1, { type: "a" })
    await worker.start()
    const drained = worker.drain({ timeoutMs: 500 })
    drained.catch(() => {})
    await clock.advance(500)
    await expect(drained).rejects.toMatchObject({ code: "TIMEOUT" })
    open()
  })

  it("starts once, and not after close", async () => {
    const worker = work({ a: () => {} })
    await Promise.all([worker.start(), worker.start()])
    await worker.close()
    await worker.close()
    await expect(worker.start()).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("can start again where a subscription was in the way", async () => {
    await queue.subscribe("other", () => {})
    const worker = work({ a: () => {} }, { queues: ["mail", "other"] })
    await expect(worker.start()).rejects.toMatchObject({ code: "ALREADY_EXISTS" })
    await queue.subscribe("mail", () => {})
    await queue.unsubscribe("mail")
    await queue.unsubscribe("other")
    await worker.start()
  })

  it("ends with a queue that was closed before it", async () => {
    const worker = work({ a: () => {} })
    await worker.start()
    await queue.close()
    await worker.close()
  })
})

describe("its configuration", () => {
  it("timeoutMs of a message goes before defaultTimeoutMs", async () => {
    const { handler, open, started } = gate()
    await work({ a: handler }, { defaultTimeoutMs: 100, queueConfigs: [{ name: "mail" }] }).start()
    await queue.publish("mail", 1, { type: "a", maxAttempts: 1 })
    await queue.publish("mail", 2, { type: "a", maxAttempts: 1, timeoutMs: 1000 })
    await turn()
    await clock.advance(100)
    expect(started.map(({ signal }) => signal.aborted)).toEqual([true, false])
    await clock.advance(900)
    expect(started.map(({ signal }) => signal.aborted)).toEqual([true, true])
    open()
    await clock.advance(0)
  })

  it("concurrency of a queue config bounds its handlers; it is 5 where the config says none", async () => {
    const { handler, open, started } = gate()
    const queueConfigs = [{ name: "mail", concurrency: 2 }, { name: "other" }]
    await work({ a: handler }, { queues: ["mail", "other"], queueConfigs }).start()
    for (let index = 0; index < 6; index++) {
      await queue.publish("mail", index, { type: "a" })
      await queue.publish("other", index, { type: "a" })
    }
    await turn()
    expect(started).toHaveLength(7)
    open()
    await turn()
    expect(started).toHaveLength(12)
  })

  it("rateLimit of a queue config bounds its starts", async () => {
    const seen: number[] = []
    const queueConfigs = [{ name: "mail", rateLimit: { max: 2, duration: 1000 } }]
    await work({ a: ({ data }) => seen.push(data) }, { queueConfigs }).start()
    for (let index = 0; index < 3; index++) await queue.publish("mail", index, { type: "a" })
    await clock.advance(999)
    expect(seen).toEqual([0, 1])
    await clock.advance(1)
    expect(seen).toEqual([0, 1, 2])
  })

  it("defaultRetryPolicy and deadLetterQueue of a queue config act", async () => {
    const fail = vi.fn(() => Promise.reject(new Error("no")))
    const defaultRetryPolicy = { maxRetries: 1, backoffStrategy: "fixed", initialDelayMs: 50 } as const
    await work({ a: fail }, { queueConfigs: [{ name: "mail", defaultRetryPolicy, deadLetterQueue: "dead" }] }).start()
    await queue.publish("mail", 1, { type: "a" })
    await clock.advance(49)
    expect(fail).toHaveBeenCalledTimes(1)
    await clock.advance(1)
    expect(fail).toHaveBeenCalledTimes(2)
    await clock.advance(60_000)
    expect(fail).toHaveBeenCalledTimes(2)
    expect(await queue.getQueueSize("dead")).toBe(1)
  })

  it("visibilityTimeoutMs is that of its subscriptions", async () => {
    const subscribe = vi.spyOn(queue, "subscribe")
    await work({ a: () => {} }, { visibilityTimeoutMs: 7000 }).start()
    expect(subscribe).toHaveBeenCalledWith(
      "mail",
      expect.any(Function),
      expect.objectContaining({ visibilityTimeoutMs: 7000, timeoutMs: 300_000 }),
    )
  })
})

describe("onResult", () => {
  const start = async (handler: QueueHandler<never>, options = {}) => {
    await work({ a: handler }).start()
    const id = await queue.publish("mail", 1, { type: "a", maxAttempts: 2, ...options })
    await turn()
    return id
  }

  it("tells a completed attempt, with ISO times and the result", async () => {
    const id = await start(async () => ({ sent: 1 }))
    expect(test.results).toEqual([
      {
        taskId: id,
        status: "completed",
        result: { sent: 1 },
        willRetry: false,
        startedAt: "2026-01-01T00:00:00.000Z",
        completedAt: "2026-01-01T00:00:00.000Z",
        durationMs: 0,
        attempt: 1,
      },
    ])
  })

  it("tells no result that is not JSON data", async () => {
    await start(() => () => {})
    expect(test.results).toMatchObject([{ status: "completed" }])
    expect(test.results[0]).not.toHaveProperty("result")
  })

  it("tells failed attempts, the last one as dead", async () => {
    await start(() => {
      throw Object.assign(new Error("no"), { code: "E_NO" })
    })
    await clock.advance(1000)
    const error = { message: "no", code: "E_NO", stack: expect.stringContaining("Error: no") }
    expect(test.results).toMatchObject([
      { status: "failed", attempt: 1, willRetry: true, error },
      { status: "dead", attempt: 2, willRetry: false, error },
    ])
  })

  it("tells an attempt that took too long as timeout, and as dead where it is the last one", async () => {
    await start(() => new Promise(() => {}), { timeoutMs: 100 })
    await clock.advance(60_000)
    expect(test.results).toMatchObject([
      { status: "timeout", willRetry: true, error: { code: "TIMEOUT" }, durationMs: 5100 },
      { status: "dead", willRetry: false, error: { code: "TIMEOUT" } },
    ])
  })

  it("tells what context.dead ended, whatever the handler then did", async () => {
    await start((_, context) => {
      context.dead("no such user")
      throw new Error("other")
    })
    expect(test.results).toMatchObject([
      { status: "dead", attempt: 1, willRetry: false, error: { message: "no such user" } },
    ])
  })

  it("tells nothing of a delivery that was given back", async () => {
    let given = false
    await start((_, context) => {
      if (!given) context.retryLater(10)
      given = true
    })
    expect(test.results).toEqual([])
    await clock.advance(10)
    expect(test.results).toMatchObject([{ status: "completed", attempt: 1 }])
  })

  it("tells the id that publishTask was given", async () => {
    await work({ a: () => {} }).start()
    await publishTask(queue, { id: "mine", type: "a", payload: 1, queue: "mail" }, { clock })
    await turn()
    expect(test.results).toMatchObject([{ taskId: "mine" }])
  })

  it("does no harm where it fails; the logger is told", async () => {
    const warn = vi.fn()
    const fail = () => Promise.reject(new Error("listener"))
    const worker = work({ a: () => {} }, {}, { onResult: fail, logger: { warn } })
    await worker.start()
    await queue.publish("mail", 1, { type: "a" })
    await turn()
    expect((await worker.stats()).succeeded).toBe(1)
    expect(warn).toHaveBeenCalledWith("onResult failed.", { worker: "test", error: expect.any(Error) })
  })
})

describe("stats", () => {
  it("counts the worker's attempts, and what its queues hold", async () => {
    const { handler, open } = gate()
    const ok = async () => void (await clock.sleep(10))
    const worker = work({ ok, gate: handler, fail: () => Promise.reject(new Error("no")) })
    expect(await worker.stats()).toMatchObject({ workerName: "test", totalProcessed: 0, uptimeMs: 0 })
    expect(await worker.stats()).not.toHaveProperty("avgExecutionMs")
    await worker.start()
    await queue.publish("mail", 1, { type: "ok" })
    await queue.publish("mail", 2, { type: "fail", maxAttempts: 1 })
    await queue.publish("mail", 3, { type: "gate" })
    await queue.publish("mail", 4, { type: "ok", delay: 60_000 })
    await clock.advance(10)
    expect(await worker.stats()).toEqual({
      workerName: "test",
      totalProcessed: 2,
      succeeded: 1,
      failed: 1,
      active: 1,
      avgExecutionMs: 5,
      uptimeMs: 10,
      queues: { mail: { pending: 1, active: 1, completed: 1, failed: 1 } },
    })
    open()
  })
})

describe("close", () => {
  it("takes nothing more and waits for running handlers", async () => {
    const { handler, open, started } = gate()
    const worker = work({ a: handler })
    await worker.start()
    await queue.publish("mail", 1, { type: "a" })
    await queue.publish("mail", 2, { type: "a" })
    await turn()
    let closed = false
    const closing = worker.close().then(() => {
      closed = true
    })
    await clock.advance(1000)
    expect([closed, started.length]).toEqual([false, 1])
    open()
    await closing
    expect(test.results).toMatchObject([{ status: "completed" }])
    expect(await queue.getQueueSize("mail")).toBe(1)
  })

  it("gives messages back after shutdownTimeoutMs, without an attempt spent, and aborts their signals", async () => {
    const { handler, started } = gate()
    const worker = work({ a: handler }, { shutdownTimeoutMs: 500 })
    await worker.start()
    const id = await queue.publish("mail", 1, { type: "a" })
    await turn()
    const closing = worker.close()
    await clock.advance(499)
    expect(started[0]?.signal.aborted).toBe(false)
    await clock.advance(1)
    await closing
    expect(started[0]?.signal.aborted).toBe(true)
    expect(await queue.getTask("mail", id)).toMatchObject({ status: "queued", attempts: 0 })
    expect(test.results).toEqual([])
  })

  it("leaves nothing behind where it comes while the worker starts", async () => {
    const worker = work({ a: () => {} })
    await Promise.allSettled([worker.start(), worker.close()])
    await queue.subscribe("mail", () => {})
  })

  it("is what await using calls", async () => {
    const worker = work({ a: () => {} })
    {
      await using used = worker
      await used.start()
    }
    await expect(worker.start()).rejects.toMatchObject({ code: "CLOSED" })
  })
})
