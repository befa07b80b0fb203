import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { createMemoryQueue } from "./memory.ts"
import { gate, recorder } from "./recorder.fixture.ts"

describe("memory queue: failure", () => {
  const noWait = { type: "fixed", delayMs: 0 } as const

  it("waits between attempts, and has no more of them than maxAttempts", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const starts: number[] = []
    await queue.subscribe("q", ({ attempts }) => {
      starts.push(attempts, clock.monotonic())
      throw new Error("no")
    })
    await queue.publish("q", 1)
    await clock.advance(100_000)
    expect(starts).toEqual([1, 0, 2, 1000, 3, 3000])
    expect(await queue.getQueueStats("q")).toMatchObject({ waiting: 0, delayed: 0, active: 0, dead: 1 })
  })

  it("gives a message back without an attempt spent, and ends one at once", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { handler, messages } = recorder()
    await queue.subscribe("q", (message, context) => {
      handler(message)
      if (message.data === "dead") context.dead("why")
      else if (messages.length < 4) context.retryLater(100)
      throw new Error("whatever")
    })
    const id = await queue.publish("q", "later", { maxAttempts: 1 })
    const dead = await queue.publish("q", "dead")
    await clock.advance(0)
    expect(await queue.getTask("q", id)).toMatchObject({ status: "pending", attempts: 0, failures: [] })
    expect(await queue.getTask("q", dead)).toMatchObject({ status: "dead", error: { message: "why" } })
    await clock.advance(200)
    expect(messages.filter(({ data }) => data === "later").map(({ attempts }) => attempts)).toEqual([1, 1, 1])
    expect(await queue.getTask("q", id)).toMatchObject({ status: "dead", attempts: 1 })
  })

  it("keeps a message that failed while its subscription ended", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const first = gate()
    await queue.subscribe("q", async (message) => {
      await first.handler(message)
      throw new Error("no")
    })
    await queue.publish("q", 1, { backoff: noWait })
    await first.calls(1)
    const ended = queue.unsubscribe("q")
    first.open()
    await ended
    expect(await queue.getQueueSize("q")).toBe(1)
    const second = recorder()
    await queue.subscribe("q", second.handler)
    await second.calls(1)
    expect(second.messages[0]?.attempts).toBe(2)
  })

  it("frees the slot of a handler that ignores its time limit, and discards what it gives", async () => {
    const clock = createManualClock()
    const events: unknown[] = []
    const queue = createMemoryQueue({}, { clock, events: { emit: (name) => void events.push(name) } })
    const { handler, messages, open } = gate()
    await queue.subscribe("q", handler, { timeoutMs: 100 })
    const id = await queue.publish("q", 1, { backoff: noWait, maxAttempts: 2 })
    await clock.advance(0)
    await clock.advance(5099)
    expect(messages.length).toBe(1)
    await clock.advance(1)
    expect(messages.map(({ attempts }) => attempts)).toEqual([1, 2])
    open()
    await clock.advance(0)
    expect(await queue.getTask("q", id)).toMatchObject({ status: "completed", failures: [{ reason: "timeout" }] })
    expect(events).toContain("queue.result.discarded")
  })

  it("lets timers run beside a handler that publishes again and again", async () => {
    const queue = createMemoryQueue()
    const last = 1_000_000
    let handled = 0
    let isOver = false
    await queue.subscribe("q", async () => {
      handled++
      if (!isOver && handled < last) await queue.publish("q", 1)
    })
    await queue.publish("q", 1)
    await expect.poll(() => handled, { interval: 1, timeout: 30_000 }).toBeGreaterThan(1000)
    isOver = true
    expect(handled).toBeLessThan(last)
    await queue.whenIdle("q")
  })

  it("lets other queues go on beside one with work without end", async () => {
    const queue = createMemoryQueue()
    let isOver = false
    await queue.subscribe("busy", () => (isOver ? undefined : queue.publish("busy", 1)))
    await queue.publish("busy", 1)
    const { calls, handler } = recorder()
    await queue.subscribe("quiet", handler)
    for (let count = 1; count <= 20; count++) {
      await queue.publish("quiet", 1)
      await calls(count)
    }
    isOver = true
    await queue.whenIdle("busy")
  })
})

describe("memory queue: ids and keys", () => {
  const MINUTE_MS = 60_000

  it("takes a publish with an id that it knows for the same message, whatever has become of it", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const [waiting, delayed] = [await queue.publish("q", "a"), await queue.publish("q", "b", { delay: 1e6 })]
    for (const id of [waiting, delayed]) expect(await queue.publish("q", "x", { id })).toBe(id)
    expect(await queue.getQueueSize("q")).toBe(2)
    const { data, handler } = recorder()
    await queue.subscribe("q", handler)
    await clock.advance(0)
    expect(await queue.publish("q", "x", { id: waiting, idempotencyKey: "k" })).toBe(waiting)
    await clock.advance(1e6)
    expect(data()).toEqual(["a", "b"])
  })

  it("takes an id that it does not know for that of a new message", async () => {
    const [one, other] = [createMemoryQueue(), createMemoryQueue()]
    const id = await one.publish("q", 1)
    expect(await other.publish("q", 2, { id })).toBe(id)
    expect(await one.publish("another", 2, { id })).toBe(id)
    expect(await other.getTask("q", id)).toMatchObject({ id, data: 2 })
    expect(await other.cancel("q", id)).toBe(true)
    expect(await other.publish("q", 3, { id })).toBe(id)
    expect(await other.getTask("q", id)).toMatchObject({ data: 3 })
  })

  it("knows an id when its record was dropped, and later that nobody knows", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({ retention: { completedCount: 0 } }, { clock })
    const { handler, messages } = recorder()
    await queue.subscribe("q", handler)
    const id = await queue.publish("q", 1)
    await clock.advance(10 * MINUTE_MS)
    expect(await queue.getTask("q", id)).toBeUndefined()
    expect(await queue.publish("q", 2, { id })).toBe(id)
    await clock.advance(10 * MINUTE_MS)
    const unknown = { code: "TIMEOUT", details: { outcome: "unknown", id } }
    await expect(queue.publish("q", 2, { id })).rejects.toMatchObject(unknown)
    await queue.unsubscribe("q")
    const later = await queue.publish("q", 3)
    await queue.cancel("q", later)
    expect(await queue.publish("q", 4, { id: later })).toBe(later)
    expect(messages.length).toBe(1)
    expect(await queue.getQueueSize("q")).toBe(1)
  })

  it("takes no id for new that may be of a queue which it let go of", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({ retention: { completedCount: 0 } }, { clock })
    await queue.subscribe("q", () => {})
    const id = await queue.publish("q", 1)
    await clock.advance(0)
    await queue.unsubscribe("q")
    await clock.advance(20 * MINUTE_MS)
    for (let number = 0; number < 100; number++) {
      const name = `used once ${number}`
      await queue.cancel(name, await queue.publish(name, 1))
    }
    await expect(queue.publish("q", 2, { id })).rejects.toMatchObject({ code: "TIMEOUT" })
  })

  it("holds a key for its window, also past the message, and frees it by cancel and purge", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({ retention: { completedCount: 0 } }, { clock })
    const options = { idempotencyKey: "k", idempotencyWindowMs: 1000 }
    const { handler, messages } = recorder()
    await queue.subscribe("q", handler)
    const first = await queue.publish("q", 1, options)
    await clock.advance(999)
    expect(await queue.getTask("q", first)).toBeUndefined()
    expect(await queue.publish("q", 2, options)).toBe(first)
    await clock.advance(1)
    await queue.unsubscribe("q")
    const second = await queue.publish("q", 3, options)
    expect(second).not.toBe(first)
    await queue.cancel("q", second)
    const third = await queue.publish("q", 4, options)
    expect(third).not.toBe(second)
    await queue.purge("q")
    expect(await queue.publish("q", 5, options)).not.toBe(third)
    expect(messages.length).toBe(1)
  })
})
