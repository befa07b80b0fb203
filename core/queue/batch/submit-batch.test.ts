import { describe, expect, it, vi } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import type { QueueMessage } from "../../../contracts/queue/message.ts"
import { all, batch, clock, double, ended, failAt, numbers, open, queue, submit, work } from "./batch.fixture.ts"
import { batchHandler } from "./batch-handler.ts"
import type { BatchProgress } from "./batch-task.ts"
import type { BatchChunk } from "./chunk.ts"

describe("submitBatch", () => {
  it("gives the results in the order of the items", async () => {
    await work(double, 4)
    const { result } = await submit(batch(95))
    expect(await ended(result())).toEqual({
      batchId: "import:1",
      total: 95,
      processed: 95,
      succeeded: 95,
      failed: 0,
      percentage: 100,
      status: "completed",
      startedAt: "2026-01-01T00:00:00.000Z",
      completedAt: expect.stringMatching(/^2026-01-01T00:00:/),
      results: numbers(95).map((item) => ({ status: "completed", value: item * 2 })),
    })
  })

  it("publishes chunks of batchSize with type, priority, batch id and metadata", async () => {
    await submit(batch(25, { priority: "low", queue: "imports" }), { metadata: { traceparent: "00-1" } })
    expect(await queue.getQueueSize("imports")).toBe(3)
    const seen: QueueMessage<BatchChunk>[] = []
    await queue.subscribe("imports", (message: QueueMessage<BatchChunk>) => seen.push(message))
    await clock.advance(0)
    expect(seen.map(({ data }) => [data.first, data.items.length])).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ])
    expect(seen[0]).toMatchObject({ type: "row", metadata: { batchId: "import:1", traceparent: "00-1" } })
    expect(await queue.getTask("imports", seen[0]?.id ?? "")).toMatchObject({ priority: 3 })
  })

  it("has a default for everything but id, type and items", async () => {
    await submit({ id: "b", type: "row", items: numbers(101) })
    expect(await queue.getQueueSize("batch")).toBe(2)
  })

  it("is over at once without items", async () => {
    const { progress, result } = await submit(batch(0))
    expect(await result()).toMatchObject({ total: 0, percentage: 100, status: "completed", results: [] })
    expect((await all(progress())).at(-1)).toMatchObject({ percentage: 100 })
  })

  it("counts items that failed, with their errors, and goes on", async () => {
    await work(failAt(3, 17))
    const { result } = await submit(batch(30))
    const outcome = await ended(result())
    expect(outcome).toMatchObject({ processed: 30, succeeded: 28, failed: 2, percentage: 100, status: "completed" })
    expect(outcome.results[17]).toEqual({ status: "failed", error: { message: "no 17", code: "E_NO" } })
    expect(outcome.results[18]).toEqual({ status: "completed", value: 36 })
  })

  it("copies its items", async () => {
    await work()
    const items = numbers(3)
    const { result } = await submit(batch(0, { items }))
    items[0] = 99
    expect((await ended(result())).results[0]).toEqual({ status: "completed", value: 0 })
  })

  it("keeps at most 100 chunks open, so that no outcome is lost to the retention of the queue", async () => {
    const { result } = await submit(batch(2500, { batchSize: 1 }))
    expect(await queue.getQueueSize("batch")).toBe(100)
    await work(double, 50)
    const { results, succeeded } = await ended(result())
    expect(succeeded).toBe(2500)
    expect(results[2499]).toEqual({ status: "completed", value: 4998 })
  })

  it("runs one chunk after the other where parallel is false", async () => {
    const running = { now: 0, most: 0 }
    await work(async (item) => {
      running.most = Math.max(running.most, ++running.now)
      await clock.sleep(5)
      running.now--
      return item
    }, 10)
    const { result } = await submit(batch(50, { parallel: false }))
    expect(await queue.getQueueSize("batch")).toBe(1)
    expect((await ended(result())).succeeded).toBe(50)
    expect(running.most).toBe(1)
  })

  it("runs chunks side by side else", async () => {
    const running = { now: 0, most: 0 }
    await work(async () => {
      running.most = Math.max(running.most, ++running.now)
      await clock.sleep(5)
      running.now--
    }, 3)
    const { result } = await submit(batch(50))
    await ended(result())
    expect(running.most).toBe(3)
  })
})

describe("progress", () => {
  it("only grows, and is 100 at the end alone", async () => {
    await work((item) => clock.sleep(item === 99 ? 500 : 5))
    const told: BatchProgress[] = []
    const { progress, result } = await submit(batch(100, { onProgress: (one: BatchProgress) => told.push(one) }))
    const read = all(progress())
    await ended(result())
    for (const list of [told, await read]) {
      const percentages = list.map(({ percentage }) => percentage)
      expect(percentages).toEqual([...percentages].sort((a, b) => a - b))
      expect(percentages.indexOf(100)).toBe(percentages.length - 1)
      expect(list.length).toBeGreaterThan(5)
    }
    expect(told[0]).toMatchObject({ status: "running", startedAt: "2026-01-01T00:00:00.000Z" })
    expect(told.at(-1)).toMatchObject({ status: "completed", processed: 100, startedAt: told[0]?.startedAt })
  })

  it("begins with what is known at once, for each reader, also after the end", async () => {
    const { progress, result } = await submit(batch(10))
    const reader = progress()[Symbol.asyncIterator]()
    expect((await reader.next()).value).toMatchObject({ status: "pending", percentage: 0 })
    await work()
    await ended(result())
    expect(await all(progress())).toMatchObject([{ status: "completed", percentage: 100 }])
  })

  it("is told while a chunk runs, in the record of the chunk", async () => {
    await work(() => clock.sleep(10))
    await submit(batch(10))
    await clock.advance(55)
    const id = await queue.publish("batch", 0, { idempotencyKey: "batch:import:1:0" })
    expect(await queue.getTask("batch", id)).toMatchObject({ status: "processing", progress: 50 })
  })

  it("does no harm where its listener fails", async () => {
    await work()
    const { result } = await submit(batch(10, { onProgress: () => Promise.reject(new Error("listener")) }))
    expect(await ended(result())).toMatchObject({ status: "completed" })
  })
})

describe("stopOnError", () => {
  it("starts nothing after an item that failed", async () => {
    const seen = await work(failAt(13))
    const { result } = await submit(batch(100, { stopOnError: true }))
    const outcome = await ended(result())
    expect(outcome).toMatchObject({ status: "failed", failed: 1 })
    expect(outcome.results[13]?.status).toBe("failed")
    expect(outcome.results.slice(14, 20)).toEqual(Array.from({ length: 6 }, () => ({ status: "cancelled" })))
    expect(outcome.processed).toBe(seen.length)
    expect(outcome.percentage).toBe(seen.length)
    expect(await queue.getQueueSize("batch")).toBe(0)
  })

  it("cancels chunks that wait", async () => {
    await work((item) => clock.sleep(1).then(() => failAt(5)(item)))
    const { result } = await submit(batch(1000, { stopOnError: true }))
    const { processed, status } = await ended(result())
    expect(status).toBe("failed")
    expect(processed).toBeLessThan(100)
  })

  it("stays stopped when the batch is submitted again", async () => {
    const seen = await work(failAt(5))
    const task = batch(100, { stopOnError: true, parallel: false })
    await ended((await submit(task)).result())
    const again = await ended((await submit(task)).result())
    expect(again).toMatchObject({ status: "failed", failed: 1, processed: 6 })
    expect(seen).toEqual(numbers(6))
  })

  it("stays stopped although chunks run side by side: none that was cancelled runs", async () => {
    const seen = await work((item) => clock.sleep(1).then(() => failAt(5)(item)))
    await ended((await submit(batch(1000, { stopOnError: true }))).result())
    const before = seen.length
    const publishMany = queue.publishMany.bind(queue)
    // So slow that what was published has begun.
    vi.spyOn(queue, "publishMany").mockImplementation(async (...args) => {
      const ids = await publishMany(...args)
      await new Promise((resolve) => setImmediate(resolve))
      return ids
    })
    const again = await ended((await submit(batch(1000, { stopOnError: true }))).result())
    expect(again).toMatchObject({ status: "failed", failed: 1 })
    expect(seen).toHaveLength(before)
  })

  it("does not act on a batch without it", async () => {
    const seen = await work(failAt(5))
    await ended((await submit(batch(100))).result())
    expect(seen).toHaveLength(100)
  })
})

describe("cancel", () => {
  it("cancels what has not started, and waits for what runs", async () => {
    const seen = await work(() => clock.sleep(10))
    const { cancel, result } = await submit(batch(100))
    await clock.advance(35)
    const outcome = await ended(cancel())
    expect(outcome).toMatchObject({ status: "cancelled", processed: 10, succeeded: 10, percentage: 10 })
    expect(outcome.results[10]).toEqual({ status: "cancelled" })
    expect(seen).toHaveLength(10)
    expect(await result()).toBe(outcome)
  })

  it("acts at once, also while chunks are published", async () => {
    await work()
    const { cancel, result } = await submit(batch(2000))
    const publishMany = queue.publishMany.bind(queue)
    let cancelledAt = ""
    vi.spyOn(queue, "publishMany").mockImplementationOnce(async (...args) => {
      const ids = await publishMany(...args)
      cancelledAt = new Date(clock.now()).toISOString()
      void cancel()
      return ids
    })
    expect(await ended(result())).toMatchObject({ status: "cancelled", processed: 1000, completedAt: cancelledAt })
  })

  it("does not take a chunk for cancelled that ran, and whose outcome is kept no longer", async () => {
    open(createMemoryQueue({ retention: { completedCount: 1 } }, { clock }))
    await work(() => clock.sleep(10), 3)
    const { cancel } = await submit(batch(100))
    await clock.advance(55)
    const { failed, results, succeeded } = await ended(cancel())
    expect([succeeded, failed]).toEqual([10, 20])
    expect(results[0]).toMatchObject({ error: { code: "NOT_FOUND" } })
  })

  it("of a batch that is over changes nothing", async () => {
    await work()
    const { cancel, result } = await submit(batch(10))
    await ended(result())
    expect(await cancel()).toMatchObject({ status: "completed" })
  })
})

describe("the same batch again", () => {
  it("goes on where the submitter was lost: no chunk runs twice", async () => {
    const abort = new AbortController()
    const seen = await work(() => clock.sleep(1))
    const first = await submit(batch(1500, { batchSize: 1 }), { signal: abort.signal })
    await clock.advance(1000)
    abort.abort()
    await expect(ended(first.result())).rejects.toMatchObject({ code: "ABORTED" })
    expect(seen.length).toBeGreaterThan(100)
    expect(seen.length).toBeLessThan(1500)
    const second = await submit(batch(1500, { batchSize: 1 }))
    expect(await ended(second.result())).toMatchObject({ succeeded: 1500, status: "completed" })
    expect(seen).toEqual(numbers(1500))
  })

  it("tells the results of one that is over", async () => {
    const seen = await work()
    await ended((await submit(batch(50))).result())
    const { results } = await ended((await submit(batch(50))).result())
    expect(results[49]).toEqual({ status: "completed", value: 98 })
    expect(seen).toHaveLength(50)
  })

  it("tells of outcomes that the queue no longer keeps, and runs nothing again", async () => {
    open(createMemoryQueue({ retention: { completedCount: 2 } }, { clock }))
    const seen = await work()
    await ended((await submit(batch(50))).result())
    const { failed, results } = await ended((await submit(batch(50))).result())
    expect(failed).toBe(30)
    expect(results[0]).toMatchObject({ status: "failed", error: { code: "NOT_FOUND" } })
    expect(results[49]).toEqual({ status: "completed", value: 98 })
    expect(seen).toHaveLength(50)
  })

  it("with other items fails those, and runs none of them", async () => {
    const seen = await work()
    await ended((await submit(batch(10))).result())
    const { failed, results } = await ended((await submit(batch(0, { items: ["other"] }))).result())
    expect(failed).toBe(1)
    expect(results[0]).toMatchObject({ status: "failed", error: { code: "PRECONDITION_FAILED" } })
    expect(seen).toHaveLength(10)
  })

  it("by two submitters at once runs once", async () => {
    const seen = await work()
    const [one, two] = await Promise.all([submit(batch(100)), submit(batch(100))])
    await ended(Promise.all([one.result(), two.result()]))
    expect(seen).toHaveLength(100)
  })
})

describe("a chunk", () => {
  it("is counted once although it was delivered again", async () => {
    let attempts = 0
    const handler = batchHandler<number>(double)
    await queue.subscribe("batch", async (message: QueueMessage<BatchChunk<number>>, context) => {
      const outcome = await handler(message, context)
      if (++attempts === 1) throw new Error("lost after the work was done")
      return outcome
    })
    const { result } = await submit(batch(10))
    expect(await ended(result())).toMatchObject({ processed: 10, succeeded: 10 })
    expect(attempts).toBe(2)
  })

  it("that is dead fails its items with its error, and no other", async () => {
    const handler = batchHandler<number>(double)
    await queue.subscribe("batch", (message: QueueMessage<BatchChunk<number>>, context) => {
      if (message.data.first === 10) throw new Error("out of memory")
      return handler(message, context)
    })
    const { result } = await submit(batch(30))
    const { failed, results, succeeded } = await ended(result())
    expect([succeeded, failed]).toEqual([20, 10])
    expect(results[10]).toEqual({ status: "failed", error: { message: "out of memory" } })
  })

  it("whose result is too large for the queue says so", async () => {
    open(createMemoryQueue({ maxPayloadBytes: 500 }, { clock }))
    await work(() => "x".repeat(400))
    const { results } = await ended((await submit(batch(2))).result())
    const message = expect.stringContaining("at most maxPayloadBytes bytes for a chunk")
    expect(results[1]).toMatchObject({ status: "failed", error: { message } })
  })

  it("whose handler batchHandler did not make says so", async () => {
    await queue.subscribe("batch", () => ({ outcomes: [{ status: "odd" }] }))
    const { results } = await ended((await submit(batch(1))).result())
    expect(results[0]).toMatchObject({ error: { message: expect.stringContaining("must be made by batchHandler") } })
  })

  it("that was purged fails its items, and says why", async () => {
    const { result } = await submit(batch(10))
    await queue.purge("batch")
    const { results } = await ended(result())
    expect(results[0]).toMatchObject({ error: { code: "NOT_FOUND" } })
  })

  it("ends at its time limit, and starts no further items", async () => {
    await queue.defineQueue({ name: "batch", maxAttempts: 1 })
    const seen: number[] = []
    const handler = batchHandler<number>((item) => {
      seen.push(item)
      return clock.sleep(30)
    })
    await queue.subscribe("batch", handler, { timeoutMs: 50 })
    const { results } = await ended((await submit(batch(10))).result())
    expect(results[0]).toMatchObject({ status: "failed", error: { code: "TIMEOUT" } })
    expect(seen).toEqual([0, 1])
  })
})
