import { beforeEach, describe, expect, it } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { QueueMessage, TaskRecord } from "../../../contracts/queue/message.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { asQueue } from "../portable-queue.ts"
import { publishTask, type Task, taskOf } from "./task.ts"

let clock: ManualClock
let queue: Queue

beforeEach(() => {
  clock = createManualClock()
  queue = createMemoryQueue({}, { clock })
})

const task: Task = { id: "welcome:1", type: "send_mail", payload: { to: "ada" } }
const recordOf = async (given: Task) => {
  const id = await publishTask(queue, given, { clock })
  return (await queue.getTask(given.queue ?? "default", id)) as TaskRecord
}

describe("publishTask", () => {
  it("publishes with the defaults of the document", async () => {
    expect(await recordOf(task)).toMatchObject({
      queue: "default",
      type: "send_mail",
      data: { to: "ada" },
      status: "queued",
      priority: 2,
      maxAttempts: 3,
      metadata: { taskId: "welcome:1" },
    })
  })

  it.each([
    ["critical", 0],
    ["high", 1],
    ["normal", 2],
    ["low", 3],
    ["background", 4],
  ] as const)("gives %s priority %i", async (priority, value) => {
    expect(await recordOf({ ...task, priority })).toMatchObject({ priority: value })
  })

  it("makes n retries n + 1 attempts, with their backoff", async () => {
    const seen: [number, number][] = []
    await queue.subscribe("mail", ({ attempts }) => {
      seen.push([attempts, clock.monotonic()])
      throw new Error("no")
    })
    const retryPolicy = { maxRetries: 3, backoffStrategy: "linear", initialDelayMs: 10, maxDelayMs: 25 } as const
    await publishTask(queue, { ...task, queue: "mail", retryPolicy }, { clock })
    await clock.advance(1000)
    expect(seen).toEqual([
      [1, 0],
      [2, 10],
      [3, 30],
      [4, 55],
    ])
  })

  it("publishes a task once", async () => {
    const first = await recordOf(task)
    expect((await recordOf({ ...task, payload: "other" })).id).toBe(first.id)
    expect(await queue.getQueueSize("default")).toBe(1)
  })

  it("waits for scheduledAt, in any offset; the past is now", async () => {
    const at = clock.now() + 3_600_000
    expect(await recordOf({ ...task, scheduledAt: "2026-01-01T02:00:00+01:00" })).toMatchObject({
      status: "pending",
      dueAt: at,
    })
    expect(await recordOf({ ...task, id: "past", scheduledAt: "2020-01-01T00:00:00Z" })).toMatchObject({
      status: "queued",
    })
  })

  it("gives handlers its metadata and its time limit", async () => {
    const seen: QueueMessage[] = []
    await queue.subscribe("default", (message, { signal }) => {
      seen.push(message)
      return new Promise((resolve) => signal.addEventListener("abort", resolve))
    })
    const metadata = { createdAt: "2026-01-01T00:00:00Z", createdBy: "ada", tags: ["a", "b"] }
    await publishTask(queue, { ...task, timeoutMs: 50, metadata }, { clock })
    await clock.advance(50)
    expect(seen[0]?.metadata).toEqual({
      taskId: "welcome:1",
      createdAt: "2026-01-01T00:00:00Z",
      createdBy: "ada",
      tags: '["a","b"]',
    })
    const { failures } = (await recordOf(task)) as TaskRecord
    expect(failures).toMatchObject([{ reason: "timeout" }])
  })

  it.each<[string, object]>([
    ["id", { ...task, id: "" }],
    ["type", { ...task, type: "Send-Mail" }],
    ["priority", { ...task, priority: "urgent" }],
    ["queue", { ...task, queue: "" }],
    ["timeoutMs", { ...task, timeoutMs: 0 }],
    ["scheduledAt", { ...task, scheduledAt: "tomorrow" }],
    ["attempts", { ...task, attempts: 1 }],
    ["status", { ...task, status: "queued" }],
    ["status", { ...task, status: "done" }],
    ["retryPolicy.maxRetries", { ...task, retryPolicy: { maxRetries: -1 } }],
    ["metadata.tags", { ...task, metadata: { tags: "a" } }],
    ["colour", { ...task, colour: "red" }],
  ])("refuses %s %#", async (path, given) => {
    const error = await publishTask(queue, given as Task, { clock }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", details: { issues: [{ path }] } })
    expect(await queue.listQueues()).toEqual([])
  })

  it("needs priorities only for those that are not the default", async () => {
    const bare = asQueue({ publish: async () => "id", subscribe: async () => {}, unsubscribe: async () => {} })
    expect(await publishTask(bare, task)).toBe("id")
    await expect(publishTask(bare, { ...task, priority: "high" })).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })
})

describe("taskOf", () => {
  it("gives back what was published, with what the queue tells", async () => {
    const metadata = {
      createdAt: "2025-12-31T00:00:00Z",
      updatedAt: "2026-01-01T00:00:00Z",
      createdBy: "ada",
      tags: ["a"],
    }
    const given: Task = { ...task, queue: "mail", priority: "low", scheduledAt: "2026-01-01T01:00:00.000Z", metadata }
    expect(taskOf(await recordOf(given))).toEqual({ ...given, attempts: 0, status: "pending" })
  })

  it("tells of a message that is no task by its own id", async () => {
    const id = await queue.publish("mail", 1, { priority: 700 })
    const record = (await queue.getTask("mail", id)) as TaskRecord
    expect(taskOf(record)).toEqual({
      id,
      type: "",
      payload: 1,
      queue: "mail",
      priority: "background",
      attempts: 0,
      status: "queued",
      metadata: { createdAt: "2026-01-01T00:00:00.000Z" },
    })
  })
})
