import { describe, expect, it, vi } from "vitest"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import type { IQueueService } from "../../contracts/queue/queue.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { asQueue } from "./portable-queue.ts"

/** The three methods a class must have. */
function bareQueue() {
  return {
    publish: vi.fn(async () => "id"),
    subscribe: vi.fn(async () => {}),
    unsubscribe: vi.fn(async () => {}),
  } satisfies IQueueService
}

const circular: Record<string, unknown> = {}
circular["self"] = circular

describe("asQueue", () => {
  it.each([
    ["", 1, {}],
    ["x".repeat(257), 1, {}],
    ["\ud800", 1, {}],
    [7, 1, {}],
    ["q", () => {}, {}],
    ["q", { deep: [1n] }, {}],
    ["q", Symbol("s"), {}],
    ["q", Number.NaN, {}],
    ["q", [undefined], {}],
    ["q", { at: new Date() }, {}],
    ["q", new Map(), {}],
    ["q", { [Symbol("s")]: 1 }, {}],
    ["q", circular, {}],
    ["q", 1, { delay: -1 }],
    ["q", 1, { delay: Number.NaN }],
    ["q", 1, { maxAttempts: 0 }],
    ["q", 1, { maxAttempts: 1.5 }],
    ["q", 1, { type: "" }],
    ["q", 1, { priority: -1 }],
    ["q", 1, null],
  ])(
    "rejects publish(%o, %o, %o) with INVALID_ARGUMENT before the implementation sees it",
    async (name, data, options) => {
      const implementation = bareQueue()
      const promise = asQueue(implementation).publish(name as string, data, options as object)
      await expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", service: "queue", operation: "publish" })
      expect(implementation.publish).not.toHaveBeenCalled()
    },
  )

  it.each([
    ["", () => {}, {}],
    ["q", "handler", {}],
    ["q", () => {}, { concurrency: 0 }],
    ["q", () => {}, { rateLimit: {} }],
  ])("rejects subscribe(%o, %o, %o) with INVALID_ARGUMENT", async (name, handler, options) => {
    const promise = asQueue(bareQueue()).subscribe(name, handler as () => void, options as object)
    await expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "subscribe" })
  })

  it("rejects, and does not throw, when reading the payload throws", async () => {
    const data = {
      get bad(): never {
        throw new Error("secret")
      },
    }
    await expect(asQueue(bareQueue()).publish("q", data)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.not.stringContaining("secret"),
    })
  })

  it("publishes undefined as null", async () => {
    const implementation = bareQueue()
    await asQueue(implementation).publish("q", undefined)
    expect(implementation.publish).toHaveBeenCalledWith("q", null, undefined)
  })

  it("rejects the optional methods that the implementation lacks with UNSUPPORTED", async () => {
    const queue = asQueue(bareQueue())
    await expect(queue.getQueueSize("q")).rejects.toMatchObject({ code: "UNSUPPORTED", operation: "getQueueSize" })
    await expect(queue.purge("q")).rejects.toMatchObject({ code: "UNSUPPORTED", operation: "purge" })
  })

  it("rejects every call with CLOSED after close, bad arguments too", async () => {
    const queue = asQueue(bareQueue())
    await queue.close()
    const calls = [queue.publish("", 1), queue.subscribe("q", () => {}), queue.unsubscribe("q"), queue.purge("q")]
    for (const call of [...calls, queue.getQueueSize("q")]) await expect(call).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("is healthy, with finite metrics, over a bare implementation", async () => {
    const queue = asQueue(bareQueue())
    expect(await queue.healthCheck()).toMatchObject({ status: "healthy" })
    expect(await queue.getMetrics()).toEqual({})
  })

  it("says where an error happened", async () => {
    await expect(createMemoryQueue({ maxPayloadBytes: 1 }).publish("q", 10)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      service: "queue",
      adapter: "memory",
      operation: "publish",
    })
  })

  it("returns a Queue as it is, and keeps what it is under layers", async () => {
    const queue = createMemoryQueue({ maxPayloadBytes: 100 })
    expect(asQueue(queue)).toBe(queue)
    const layered = withTimeout(queue, { timeoutMs: 1000 })
    expect(layered.capabilities).toEqual(queue.capabilities)
    await layered.publish("q", 1)
    expect(await queue.getQueueSize("q")).toBe(1)
  })
})
