import { EventEmitter } from "node:events"
import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { createMemoryQueue } from "./memory.ts"
import { openQueue } from "./open-queue.fixture.ts"
import { gate, recorder } from "./recorder.fixture.ts"

const fail = () => {
  throw new Error("no")
}
const once = { maxAttempts: 1 }

describe("memory queue: management", () => {
  it("tells of a task what becomes of it", async () => {
    const { clock, queue } = openQueue()
    const start = clock.now()
    const first = gate()
    await queue.subscribe("q", async (message, context) => {
      await context.progress(40)
      await first.handler(message)
      if (message.attempts === 1) fail()
      return { sent: true }
    })
    const id = await queue.publish(
      "q",
      { to: "ada" },
      { delay: 10, type: "mail", metadata: { trace: "1" }, maxAttempts: 2 },
    )
    const base = { id, queue: "q", type: "mail", metadata: { trace: "1" }, data: { to: "ada" }, timestamp: start }
    expect(await queue.getTask("q", id)).toMatchObject({ ...base, status: "pending", attempts: 0, dueAt: start + 10 })
    await clock.advance(10)
    const running = { status: "processing", attempts: 1, progress: 40, startedAt: start + 10 }
    expect(await queue.getTask("q", id)).toMatchObject(running)
    first.open()
    await clock.advance(0)
    const failed = {
      attempt: 1,
      reason: "error",
      error: { message: "no" },
      startedAt: start + 10,
      failedAt: start + 10,
    }
    expect(await queue.getTask("q", id)).toMatchObject({ status: "failed", dueAt: start + 1010, failures: [failed] })
    await clock.advance(1000)
    expect(await queue.getTask("q", id)).toStrictEqual({
      ...base,
      status: "completed",
      priority: 2,
      attempts: 2,
      maxAttempts: 2,
      startedAt: start + 1010,
      finishedAt: start + 1010,
      progress: 40,
      result: { sent: true },
      error: { message: "no" },
      failures: [failed],
    })
  })

  it("keeps records by count and by age, without traffic", async () => {
    const { clock, queue } = openQueue({ retention: { completedCount: 2, completedMs: 1000, deadMs: 2000 } })
    await queue.subscribe("q", ({ data }) => (data === "bad" ? fail() : undefined))
    const ids = await queue.publishMany(
      "q",
      [1, 2, 3].map((data) => ({ data })),
    )
    const dead = await queue.publish("q", "bad", once)
    await clock.advance(0)
    expect(await Promise.all(ids.map(async (id) => (await queue.getTask("q", id))?.data))).toEqual([undefined, 2, 3])
    clock.adjust(10_000)
    await clock.advance(999)
    expect(await queue.getQueueStats("q")).toMatchObject({ completed: 2, dead: 1 })
    await clock.advance(1)
    expect(await queue.getQueueStats("q")).toMatchObject({ completed: 0, dead: 1 })
    await clock.advance(1000)
    expect(await queue.getTask("q", dead)).toBeUndefined()
    expect(await queue.listFailed("q")).toEqual({ items: [] })
  })

  it("cancels what has not started, and nothing else", async () => {
    const { clock, queue } = openQueue()
    const { handler, open: letGo } = gate()
    await queue.subscribe("q", handler)
    const running = await queue.publish("q", 1)
    await clock.advance(0)
    const [waiting, delayed] = [await queue.publish("q", 2), await queue.publish("q", 3, { delay: 5 })]
    const cancel = (id: string) => queue.cancel("q", id)
    expect([await cancel(running), await cancel(waiting), await cancel(delayed)]).toEqual([false, true, true])
    expect([await cancel(waiting), await cancel("none"), await queue.cancel("other", running)]).toEqual([
      false,
      false,
      false,
    ])
    letGo()
    await clock.advance(5)
    expect(await queue.getQueueStats("q")).toMatchObject({ waiting: 0, delayed: 0, completed: 1 })
  })

  it("delivers nothing while it is paused, and goes on in order", async () => {
    const { clock, queue } = openQueue()
    const { data, handler } = recorder()
    await queue.pause("q")
    await queue.subscribe("q", handler)
    for (const one of [1, 2, 3]) await queue.publish("q", one, { delay: one === 2 ? 1 : 0 })
    await clock.advance(1)
    expect([data(), (await queue.getQueueStats("q")).paused]).toEqual([[], true])
    await queue.resume("q")
    await clock.advance(0)
    expect(data()).toEqual([1, 3, 2])
  })

  it("says when a queue is idle, or that it took too long", async () => {
    const { clock, queue } = openQueue()
    const { handler, open: letGo } = gate()
    await queue.whenIdle("never used")
    await queue.publish("q", 1)
    const late = queue.whenIdle("q", { timeoutMs: 50 })
    const idle = vi.fn()
    const waits = queue.whenIdle("q").then(idle)
    await Promise.all([
      expect(late).rejects.toMatchObject({ code: "TIMEOUT", operation: "whenIdle" }),
      clock.advance(50),
    ])
    await queue.subscribe("q", handler)
    await queue.publish("q", 2, { delay: 1e9 })
    await clock.advance(0)
    expect(idle).not.toHaveBeenCalled()
    letGo()
    await waits
    const openEnd = queue
      .publish("q", 3)
      .then(() => queue.pause("q"))
      .then(() => queue.whenIdle("q"))
    const refused = expect(openEnd).rejects.toMatchObject({ code: "CLOSED" })
    await clock.advance(0)
    await queue.close()
    await refused
  })

  it("lists what is in use, and forgets what is not", async () => {
    const { clock, queue } = openQueue({ retention: { completedCount: 0 } })
    await queue.subscribe("subscribed", () => {})
    await queue.defineQueue({ name: "defined" })
    await queue.schedule("scheduled", "n", { cron: "0 0 * * *" })
    await queue.publish("waiting", 1)
    await queue.pause("paused")
    for (let count = 0; count < 1000; count++) await queue.cancel(`${count}`, await queue.publish(`${count}`, 1))
    expect(await queue.listQueues()).toEqual(["defined", "scheduled", "subscribed", "waiting"])
    expect((await queue.getMetrics())["queues"]).toBeLessThan(200)
    expect((await queue.getQueueStats("paused")).paused).toBe(true)
    await clock.advance(0)
  })

  it("has the defaults that the definition of a queue says", async () => {
    const { clock, queue } = openQueue()
    const { handler, messages } = gate()
    await queue.defineQueue({ name: "q", concurrency: 2, maxAttempts: 9 })
    const [one] = await queue.publishMany("q", [{ data: 1 }, { data: 2, options: once }, { data: 3 }])
    await queue.subscribe("q", handler)
    await clock.advance(0)
    expect(messages.length).toBe(2)
    expect(await queue.getTask("q", one as string)).toMatchObject({ maxAttempts: 9 })
  })

  it("publishes nothing of many where one is too large", async () => {
    const { queue } = openQueue({ maxPayloadBytes: 10 })
    const items = [{ data: 1 }, { data: "x".repeat(10) }]
    await expect(queue.publishMany("q", items)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(await queue.getQueueSize("q")).toBe(0)
  })
})

describe("memory queue: events and health", () => {
  it("tells each thing once", async () => {
    const { clock, queue, told, toldOf } = openQueue()
    await queue.subscribe("q", ({ data }) => (data === "bad" ? fail() : data === "odd" ? 1n : undefined))
    const good = await queue.publish("q", "good", { type: "mail", idempotencyKey: "k" })
    await queue.publish("q", "good", { idempotencyKey: "k" })
    const bad = await queue.publish("q", "bad", { maxAttempts: 2 })
    const odd = await queue.publish("q", "odd")
    await clock.advance(10_000)
    const of = (id: string) => ({ service: "mails", queue: "q", id })
    const error = { message: "no" }
    expect(toldOf("queue.task.enqueued")).toEqual([{ ...of(good), type: "mail" }, of(bad), of(odd)])
    expect(toldOf("queue.task.completed")).toEqual([
      { ...of(good), type: "mail", attempts: 1, durationMs: 0 },
      { ...of(odd), attempts: 1, durationMs: 0 },
    ])
    expect(toldOf("queue.task.failed")).toEqual([
      { ...of(bad), attempts: 1, durationMs: 0, error, willRetry: true },
      { ...of(bad), attempts: 2, durationMs: 0, error, willRetry: false },
    ])
    expect(toldOf("queue.task.dead")).toEqual([{ ...of(bad), attempts: 2, reason: "max_attempts", error }])
    expect(toldOf("queue.result.refused")).toEqual([{ ...of(odd), message: "result is a bigint" }])
    expect(told.length).toBe(9)
  })

  it("puts nothing together that nobody hears, and minds no listener that throws", async () => {
    const clock = createManualClock()
    const events = new EventEmitter()
    const emit = vi.spyOn(events, "emit")
    events.on("queue.task.completed", fail)
    const queue = createMemoryQueue({}, { clock, events })
    await queue.subscribe("q", () => {})
    await queue.publish("q", 1)
    await clock.advance(0)
    expect(emit.mock.calls.map(([name]) => name)).toEqual(["queue.task.completed"])
    expect(await queue.getQueueStats("q")).toMatchObject({ completed: 1 })
  })

  it("is degraded while handlers hold all slots for long and messages wait", async () => {
    const { clock, queue } = openQueue()
    const { handler, open: letGo } = gate()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    await clock.advance(3_600_000)
    expect((await queue.healthCheck()).status).toBe("healthy")
    await queue.publish("q", 2)
    await clock.advance(59_999)
    expect((await queue.healthCheck()).status).toBe("healthy")
    await clock.advance(1)
    expect(await queue.healthCheck()).toMatchObject({ status: "degraded", details: { queues: ["q"] } })
    letGo()
    await clock.advance(0)
    expect((await queue.healthCheck()).status).toBe("healthy")
  })

  it("measures what there is and what was done", async () => {
    const { clock, queue } = openQueue()
    await queue.subscribe("q", ({ data }) => (data === "bad" ? fail() : undefined))
    await queue.publish("q", "good")
    await queue.publish("q", "bad", once)
    await queue.publish("q", "later", { delay: 5 })
    await clock.advance(0)
    const stored = { queues: 1, waiting: 0, delayed: 1, active: 0, completed: 1, dead: 1 }
    const done = { published: 3, started: 2, succeeded: 1, failed: 1, died: 1, discarded: 0 }
    expect(await queue.getMetrics()).toEqual({ ...stored, ...done })
  })
})
