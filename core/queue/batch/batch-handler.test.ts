import { describe, expect, it } from "vitest"
import { batch, clock, double, ended, queue, submit, work } from "./batch.fixture.ts"
import { batchHandler } from "./batch-handler.ts"

describe("batchHandler", () => {
  it("tells items their place, their batch and their delivery", async () => {
    const contexts: object[] = []
    await work((_, { attempts, batchId, index, signal }) => {
      contexts.push({ attempts, batchId, index, aborted: signal.aborted })
    })
    await ended((await submit(batch(2, { batchSize: 1 }))).result())
    expect(contexts).toEqual([
      { attempts: 1, batchId: "import:1", index: 0, aborted: false },
      { attempts: 1, batchId: "import:1", index: 1, aborted: false },
    ])
  })

  it("fails items whose value is no JSON data, and takes none for a value", async () => {
    await work((item) => [undefined, new Date(), { deep: [() => {}] }, null][item])
    const { results } = await ended((await submit(batch(4))).result())
    expect(results).toEqual([
      { status: "completed" },
      {
        status: "failed",
        error: {
          code: "INVALID_ARGUMENT",
          message: "The result of an item must be JSON data; result is an instance of Date.",
        },
      },
      {
        status: "failed",
        error: {
          code: "INVALID_ARGUMENT",
          message: "The result of an item must be JSON data; result.deep[0] is a function.",
        },
      },
      { status: "completed", value: null },
    ])
  })

  it("does not fail a chunk whose progress cannot be told", async () => {
    const message = { attempts: 1, data: { batchId: "b", first: 0, stopOnError: false, items: [1] } }
    const context = { signal: new AbortController().signal, progress: () => Promise.reject(new Error("away")) }
    const outcome = await batchHandler(double as (item: unknown) => number)(message as never, context as never)
    expect(outcome).toEqual({ outcomes: [{ status: "completed", value: 2 }] })
  })

  it("gives up a message that is no chunk", async () => {
    await work()
    await queue.publish("batch", { no: "chunk" })
    await clock.advance(0)
    const { items } = await queue.listFailed("batch")
    expect(items[0]).toMatchObject({ reason: "handler", error: { message: expect.stringContaining("submitBatch") } })
  })
})
