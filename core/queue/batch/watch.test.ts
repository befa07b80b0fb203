import { EventEmitter } from "node:events"
import { describe, expect, it, vi } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { asQueue } from "../portable-queue.ts"
import { all, batch, clock, ended, numbers, open, queue, submit, work } from "./batch.fixture.ts"
import type { BatchTask } from "./batch-task.ts"
import { submitBatch } from "./submit-batch.ts"

describe("the watch of a batch", () => {
  it("asks less and less often while nothing happens, down to once a second", async () => {
    const getTask = vi.spyOn(queue, "getTask")
    await submit(batch(1))
    await clock.advance(10_000)
    const before = getTask.mock.calls.length
    expect(before).toBeLessThan(25)
    await clock.advance(10_000)
    expect(getTask.mock.calls.length - before).toBe(10)
  })

  it("looks at once when an event tells of a chunk", async () => {
    const events = new EventEmitter()
    open(createMemoryQueue({}, { clock, events }))
    const { result } = await submit(batch(1), { events })
    await clock.advance(10_000)
    const now = clock.now()
    await work()
    await clock.advance(0)
    expect(await result()).toMatchObject({ completedAt: new Date(now).toISOString() })
    expect(events.eventNames()).toEqual([])
  })

  it("waits an outage out", async () => {
    await work()
    const { result } = await submit(batch(2000))
    const away = () => Promise.reject(new ServiceError("UNAVAILABLE", "gone"))
    const spies = [vi.spyOn(queue, "getTask"), vi.spyOn(queue, "publishMany")]
    for (const spy of spies) spy.mockImplementation(away)
    await clock.advance(30_000)
    for (const spy of spies) spy.mockRestore()
    expect(await ended(result())).toMatchObject({ succeeded: 2000 })
  })

  it("does not take a chunk for lost whose cancel lost its answer", async () => {
    const { cancel } = await submit(batch(10))
    const real = queue.cancel.bind(queue)
    vi.spyOn(queue, "cancel").mockImplementationOnce(async (name, id) => {
      await real(name, id)
      throw new ServiceError("TIMEOUT", "late")
    })
    expect(await ended(cancel())).toMatchObject({ status: "cancelled", processed: 0 })
  })

  it("ends where the queue is closed", async () => {
    const { progress, result } = await submit(batch(10))
    await queue.close()
    await expect(ended(result())).rejects.toMatchObject({ code: "CLOSED" })
    await expect(all(progress())).rejects.toMatchObject({ code: "CLOSED" })
  })
})

describe("what submitBatch refuses", () => {
  it.each<[string, object]>([
    ["id", { ...batch(1), id: "" }],
    ["id", { ...batch(1), id: "x".repeat(201) }],
    ["type", { ...batch(1), type: "Row" }],
    ["items", { ...batch(1), items: "many" }],
    ["items.1", { ...batch(1), items: [1, new Date()] }],
    ["batchSize", { ...batch(1), batchSize: 0 }],
    ["priority", { ...batch(1), priority: 1 }],
    ["parallel", { ...batch(1), parallel: 4 }],
    ["onProgress", { ...batch(1), onProgress: "no" }],
    ["colour", { ...batch(1), colour: "red" }],
  ])("%s %#", async (path, task) => {
    const error = await submit(task as BatchTask).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", details: { issues: [{ path }] } })
    expect(await queue.listQueues()).toEqual([])
  })

  it("a chunk that is larger than a payload, before anything is published", async () => {
    open(createMemoryQueue({ maxPayloadBytes: 1000 }, { clock }))
    const items = [...numbers(10), "x".repeat(1000)]
    await expect(submit(batch(0, { items }))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(await queue.listQueues()).toEqual([])
  })

  it("a queue without management", async () => {
    const bare = asQueue({ publish: async () => "", subscribe: async () => {}, unsubscribe: async () => {} })
    await expect(submitBatch(bare, batch(1))).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })

  it("what the first publish rejects with", async () => {
    vi.spyOn(queue, "publishMany").mockRejectedValue(new ServiceError("UNAVAILABLE", "gone"))
    await expect(submit(batch(1))).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it("a signal that has aborted", async () => {
    await expect(submit(batch(1), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" })
    expect(await queue.listQueues()).toEqual([])
  })
})
