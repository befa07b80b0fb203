import { beforeEach, describe, expect, it } from "vitest"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import type { Queue } from "../../contracts/queue/queue.ts"
import { callApi, postJson } from "../http/call-api.fixture.ts"
import { asQueue } from "./portable-queue.ts"
import { queueRoutes } from "./routes.ts"

let queue: Queue
beforeEach(() => {
  queue = createMemoryQueue()
})

const get = (path: string, over: object = queue) => callApi({ queue: over }, path)
const publish = (body: unknown, name = "mail", over: object = queue) =>
  postJson({ queue: over }, `queues/${encodeURIComponent(name)}/tasks`, body)

const task = { id: "welcome:1", type: "send_mail", payload: { to: "ada" } }
/** One that can do no more than it must. */
const bare = () => asQueue({ publish: async () => "id", subscribe: async () => {}, unsubscribe: async () => {} })

describe("the queue routes", () => {
  it("are those of the requirement document, each with a permission", () => {
    expect(queueRoutes.map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ["GET", "/api/v1/queues", "queue.read"],
      ["GET", "/api/v1/queues/:name/stats", "queue.read"],
      ["POST", "/api/v1/queues/:name/tasks", "queue.write"],
    ])
  })

  it("list the queues in the order of their names", async () => {
    expect(await get("queues")).toEqual({ status: 200, body: { queues: [] } })
    for (const name of ["b/ü", "a"]) await queue.publish(name, 1)
    expect(await get("queues")).toEqual({ status: 200, body: { queues: [{ name: "a" }, { name: "b/ü" }] } })
  })

  it("count the messages of a queue, also of one that nobody has used", async () => {
    const none = { waiting: 0, delayed: 0, active: 0, completed: 0, dead: 0, paused: false }
    await queue.publish("b/ü", 1)
    await queue.publish("b/ü", 1, { delay: 60_000 })
    await queue.pause("b/ü")
    expect(await get(`queues/${encodeURIComponent("b/ü")}/stats`)).toEqual({
      status: 200,
      body: { ...none, waiting: 1, delayed: 1, paused: true },
    })
    expect(await get("queues/other/stats")).toEqual({ status: 200, body: none })
  })

  it("say 400 of a name that no queue may have", async () => {
    expect(await get(`queues/${"a".repeat(257)}/stats`)).toMatchObject({ status: 400 })
    expect(await publish(task, "a".repeat(257))).toMatchObject({ status: 400 })
  })

  it("say 501 of what a queue cannot do", async () => {
    for (const answer of [
      await get("queues", bare()),
      await get("queues/mail/stats", bare()),
      await publish({ ...task, priority: "high" }, "mail", bare()),
    ]) {
      expect(answer).toMatchObject({
        status: 501,
        body: { error: { code: "UNSUPPORTED", traceId: expect.any(String) } },
      })
    }
    expect(await publish(task, "mail", bare())).toEqual({ status: 202, body: { id: "id", queue: "mail" } })
  })
})

describe("the route that publishes a task", () => {
  it("gives it to the queue of the path, as publishTask does", async () => {
    const { body, status } = await publish({
      ...task,
      priority: "high",
      retryPolicy: { maxRetries: 1 },
      metadata: { createdBy: "ada", tags: ["a"] },
    })
    const { id } = body as { id: string }
    expect([status, body]).toEqual([202, { id: expect.any(String), queue: "mail" }])
    expect(await queue.getTask("mail", id)).toMatchObject({
      ...{ type: "send_mail", data: { to: "ada" }, status: "queued", priority: 1, maxAttempts: 2 },
      metadata: { taskId: "welcome:1", createdBy: "ada", tags: '["a"]' },
    })
  })

  it("publishes one task once, however often it is sent", async () => {
    const first = await publish(task)
    expect(await publish(task)).toEqual(first)
    expect(await queue.getQueueSize("mail")).toBe(1)
  })

  it("lets it wait until scheduledAt", async () => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
    await publish({ ...task, scheduledAt })
    expect(await queue.getQueueStats("mail")).toMatchObject({ waiting: 0, delayed: 1 })
  })

  it.each([
    ["id", { ...task, id: undefined }],
    ["id", { ...task, id: "" }],
    ["type", { ...task, type: "Send-Mail" }],
    ["payload", { ...task, payload: undefined }],
    ["priority", { ...task, priority: "urgent" }],
    ["scheduledAt", { ...task, scheduledAt: "tomorrow" }],
    ["retryPolicy.maxRetries", { ...task, retryPolicy: { maxRetries: -1 } }],
    ["metadata.tags", { ...task, metadata: { tags: "a" } }],
    ["queue", { ...task, queue: "other" }],
    ["status", { ...task, status: "pending" }],
    ["attempts", { ...task, attempts: 0 }],
  ])("says 422 for a wrong %s", async (path, given) => {
    expect(await publish(given)).toMatchObject({
      status: 422,
      body: { error: { code: "INVALID_ARGUMENT", details: { issues: [{ path: `body.${path}` }] } } },
    })
    expect(await queue.listQueues()).toEqual([])
  })

  it("says 400 where the schema cannot tell what is wrong", async () => {
    expect(await publish({ ...task, id: "é".repeat(129) })).toMatchObject({ status: 400 })
  })

  it("says 413 for a payload that is too long", async () => {
    expect(await publish({ ...task, payload: "a".repeat(1_048_577) })).toMatchObject({
      status: 413,
      body: { error: { code: "LIMIT_EXCEEDED" } },
    })
  })
})
