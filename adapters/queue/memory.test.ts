import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { QueueMessage } from "../../contracts/queue/queue.ts"
import { memoryQueueSubject } from "../../subjects/queue.ts"
import { bindContract } from "../../testing/bind.ts"
import { queueContract } from "../../testing/queue/contract.ts"
import { createMemoryQueue, memoryQueue } from "./memory.ts"
import { gate, recorder } from "./recorder.fixture.ts"

bindContract({ describe, it }, queueContract, memoryQueueSubject)

const data = (messages: QueueMessage[]) => messages.map((message) => message.data)

describe("memory queue: delivery", () => {
  it("hands a message to the subscriber, with its id, queue, type, time and attempt", async () => {
    const clock = createManualClock(1000)
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages } = recorder()
    await queue.subscribe("mail", handler)
    const id = await queue.publish("mail", { to: "ada" }, { type: "welcome" })
    await calls(1)
    expect(messages).toEqual([
      { id, queue: "mail", type: "welcome", data: { to: "ada" }, attempts: 1, timestamp: 1000 },
    ])
  })

  it("keeps messages until somebody subscribes", async () => {
    const queue = createMemoryQueue()
    await queue.publish("q", 1)
    await queue.publish("q", 2)
    expect(await queue.getQueueSize("q")).toBe(2)
    const { calls, handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await calls(2)
    expect(data(messages)).toEqual([1, 2])
    expect(await queue.getQueueSize("q")).toBe(0)
  })

  it("resolves publish before the handler has started", async () => {
    const queue = createMemoryQueue()
    const { handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    expect(messages).toEqual([])
  })

  it("handles in the order of publish, one at a time", async () => {
    const queue = createMemoryQueue()
    const { calls, handler, messages } = recorder()
    let running = 0
    let most = 0
    await queue.subscribe("q", async (message) => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
      handler(message)
    })
    for (let index = 0; index < 100; index++) await queue.publish("q", index)
    await calls(100)
    expect(data(messages)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    expect(most).toBe(1)
  })

  it("runs as many handlers at once as concurrency says", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages, open } = gate()
    await queue.subscribe("q", handler, { concurrency: 3 })
    for (let index = 0; index < 5; index++) await queue.publish("q", index)
    await calls(3)
    await clock.advance(0)
    expect(messages.length).toBe(3)
    expect(await queue.getQueueSize("q")).toBe(2)
    open()
    await calls(5)
  })

  it("keeps queues apart, whatever their names", async () => {
    const queue = createMemoryQueue()
    const names = ["a", "A", "a:b", "__proto__", "constructor", "*", "\0"]
    const { calls, handler, messages } = recorder()
    for (const name of names) await queue.publish(name, name)
    for (const name of names) await queue.subscribe(name, handler)
    await calls(names.length)
    expect(messages.every((message) => message.queue === message.data)).toBe(true)
  })

  it("refuses a second subscription and allows one after unsubscribe", async () => {
    const queue = createMemoryQueue()
    const { calls, handler } = recorder()
    await queue.subscribe("q", () => {})
    await expect(queue.subscribe("q", handler)).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      operation: "subscribe",
    })
    await queue.unsubscribe("q")
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    await calls(1)
  })
})

describe("memory queue: payload", () => {
  it("copies the payload at publish, and again for each attempt", async () => {
    const queue = createMemoryQueue()
    const seen: unknown[] = []
    const { calls, handler } = recorder()
    const payload = { list: [1] }
    await queue.publish("q", payload)
    payload.list.push(2)
    await queue.subscribe<{ list: number[] }>("q", (message) => {
      seen.push([...message.data.list])
      message.data.list.push(3)
      handler(message)
      if (message.attempts === 1) throw new Error("once more")
    })
    await calls(2)
    expect(seen).toEqual([[1], [1]])
  })

  it.each([
    [undefined, null],
    [null, null],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
    ["\ud800", "\ud800"],
  ])("delivers %j as %j", async (given, expected) => {
    const queue = createMemoryQueue()
    const { calls, handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await queue.publish("q", given)
    await calls(1)
    expect(data(messages)).toStrictEqual([expected])
  })

  it("takes a payload of exactly maxPayloadBytes and refuses one byte more", async () => {
    const queue = createMemoryQueue()
    const text = "é".repeat((1_048_576 - 2) / 2)
    await queue.publish("q", text)
    await expect(queue.publish("q", `${text}x`)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    await expect(createMemoryQueue({ maxPayloadBytes: 3 }).publish("q", "ab")).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    })
    expect(await queue.getQueueSize("q")).toBe(1)
  })
})

describe("memory queue: delay", () => {
  it("delivers a delayed message when its delay is over, and not before", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await queue.publish("q", "later", { delay: 1000 })
    await queue.publish("q", "now")
    await clock.advance(999)
    expect(data(messages)).toEqual(["now"])
    expect(await queue.getQueueSize("q")).toBe(1)
    await clock.advance(1)
    await calls(2)
    expect(data(messages)).toEqual(["now", "later"])
    expect(await queue.getQueueSize("q")).toBe(0)
  })

  it("is not early when the timer is", async () => {
    const clock = createManualClock()
    const hasty = { ...clock, setTimeout: (fn: () => void, ms: number) => clock.setTimeout(fn, ms / 2) }
    const queue = createMemoryQueue({}, { clock: hasty })
    const { handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1, { delay: 1000 })
    await clock.advance(999)
    expect(messages).toEqual([])
    await clock.advance(1)
    expect(messages.length).toBe(1)
  })
})

describe("memory queue: end", () => {
  it("waits in unsubscribe for running handlers, also when called twice, and starts no other", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages, open } = gate()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    await queue.publish("q", 2)
    await calls(1)
    const ended = vi.fn()
    const both = [queue.unsubscribe("q").then(ended), queue.unsubscribe("q").then(ended)]
    await clock.advance(0)
    expect(ended).not.toHaveBeenCalled()
    open()
    await Promise.all(both)
    await clock.advance(0)
    expect(data(messages)).toEqual([1])
    expect(await queue.getQueueSize("q")).toBe(1)
  })

  it("waits in close for running handlers and takes nothing new", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages, open } = gate()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    await queue.publish("q", 2)
    await queue.publish("q", 3, { delay: 10 })
    await calls(1)
    const closed = vi.fn()
    const closing = queue.close().then(closed)
    await expect(queue.getQueueSize("q")).rejects.toMatchObject({ code: "CLOSED" })
    // A handler that still runs may publish.
    await queue.publish("q", 4)
    await clock.advance(100)
    expect(closed).not.toHaveBeenCalled()
    open()
    await closing
    await clock.advance(100)
    expect(data(messages)).toEqual([1])
    await expect(queue.publish("q", 4)).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("aborts the signal of a handler that runs longer than shutdownTimeoutMs", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({ shutdownTimeoutMs: 500 }, { clock })
    const { calls, handler } = recorder()
    let aborted = false
    await queue.subscribe("q", (message, { signal }) => {
      handler(message)
      signal.addEventListener("abort", () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    await queue.publish("q", 1)
    await calls(1)
    const closing = queue.close()
    await clock.advance(499)
    expect(aborted).toBe(false)
    await clock.advance(1)
    await closing
    expect(aborted).toBe(true)
  })

  it("purges what waits or is delayed and leaves the subscription", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages, open } = gate()
    await queue.subscribe("q", handler)
    await queue.publish("q", 1)
    await calls(1)
    await queue.publish("q", 2)
    await queue.publish("q", 3, { delay: 10 })
    expect(await queue.purge("q")).toBe(2)
    expect(await queue.purge("q")).toBe(0)
    expect(await queue.purge("never used")).toBe(0)
    open()
    await clock.advance(10)
    await queue.publish("q", 4)
    await calls(2)
    expect(data(messages)).toEqual([1, 4])
  })
})

describe("memory queue: options", () => {
  it.each([
    [{ maxPayloadBytes: 0 }, "maxPayloadBytes"],
    [{ shutdownTimeoutMs: -1 }, "shutdownTimeoutMs"],
    [{ retries: 3 }, "retries"],
    [{ retention: { completedMs: -1 } }, "retention.completedMs"],
    [{ retention: { completedCount: 1.5 } }, "retention.completedCount"],
    [{ retention: { forever: true } }, "retention.forever"],
  ])("refuses %j by name", (options, name) => {
    expect(() => createMemoryQueue(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("is the adapter of memory:", () => {
    expect(memoryQueue).toMatchObject({ service: "queue", name: "memory", schemes: ["memory"] })
  })
})
