import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { QueueMessage } from "../../contracts/queue/queue.ts"
import { createMemoryQueue, memoryQueue } from "./memory.ts"

/** A handler that keeps what it is given, and says when it has been called so many times. */
function recorder() {
  const messages: QueueMessage[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  return {
    messages,
    handler: (message: QueueMessage) => {
      messages.push(message)
      for (const { count, resolve } of waiting) if (messages.length >= count) resolve()
    },
    calls: (count: number) =>
      new Promise<void>((resolve) => (messages.length >= count ? resolve() : waiting.push({ count, resolve }))),
  }
}

/** A handler that runs until it is let go. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const { calls, handler, messages } = recorder()
  const hold = (message: QueueMessage) => {
    handler(message)
    return opened
  }
  return { open, calls, messages, handler: hold }
}

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

describe("memory queue: failure", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("gives a message three attempts when the handler %s, then logs it as dead", async (_, fail) => {
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock, logger })
    const { calls, handler, messages } = recorder()
    await queue.subscribe("q", (message) => {
      handler(message)
      return fail()
    })
    const id = await queue.publish("q", "secret")
    await calls(3)
    await clock.advance(0)
    expect(messages.map(({ attempts }) => attempts)).toEqual([1, 2, 3])
    expect(await queue.getQueueSize("q")).toBe(0)
    expect(logger.error.mock.calls).toEqual([
      [expect.stringContaining("dead"), expect.objectContaining({ id, queue: "q", attempts: 3 })],
    ])
    expect(JSON.stringify(logger.error.mock.calls)).not.toContain("secret")
  })

  it("goes by the maxAttempts of the message, and tries again at once", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const { calls, handler, messages } = recorder()
    await queue.subscribe("q", async (message) => {
      handler(message)
      if (message.data === "bad") throw new Error("no")
    })
    await queue.publish("q", "bad", { maxAttempts: 1 })
    await queue.publish("q", "bad", { maxAttempts: 2 })
    await queue.publish("q", "good")
    await calls(4)
    expect(messages.map(({ attempts, data }) => [data, attempts])).toEqual([
      ["bad", 1],
      ["bad", 1],
      ["bad", 2],
      ["good", 1],
    ])
  })

  it("keeps a message that failed while its subscription ended", async () => {
    const clock = createManualClock()
    const queue = createMemoryQueue({}, { clock })
    const first = gate()
    await queue.subscribe("q", async (message) => {
      await first.handler(message)
      throw new Error("no")
    })
    await queue.publish("q", 1)
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
    await expect(queue.publish("q", 4)).rejects.toMatchObject({ code: "CLOSED" })
    await clock.advance(100)
    expect(closed).not.toHaveBeenCalled()
    open()
    await closing
    await clock.advance(100)
    expect(data(messages)).toEqual([1])
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
  ])("refuses %j by name", (options, name) => {
    expect(() => createMemoryQueue(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("is the adapter of memory:", () => {
    expect(memoryQueue).toMatchObject({ service: "queue", name: "memory", schemes: ["memory"] })
  })
})
