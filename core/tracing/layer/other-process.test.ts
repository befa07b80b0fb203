import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { createBullmqQueue } from "../../../adapters/queue/bullmq.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import type { RecordedSpan } from "../../../contracts/tracing/tracing.ts"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { forkWorker, type TracedWorker } from "./forked-worker.fixture.ts"
import { withTracing } from "./with-tracing.ts"

describe.skipIf(findRedis() === undefined)("a worker in another process, over BullMQ", () => {
  let server: RedisServer
  let made = 0

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  /** A publisher here, and workers elsewhere. */
  function open() {
    const options = { host: "127.0.0.1", port: server.port, keyPrefix: `traced-${++made}`, shutdownTimeoutMs: 0 }
    const tracing = createMemoryTracing()
    const queue = withTracing(createBullmqQueue(options), tracing)
    onTestFinished(() => queue.close())
    const fork = async () => {
      const worker = await forkWorker(options)
      onTestFinished(() => worker.kill())
      return worker
    }
    const publisher = () => tracing.getSpans({ name: "queue.publish" })[0] as RecordedSpan
    return { queue, tracing, fork, publisher }
  }

  async function spansOf(worker: TracedWorker, count: number): Promise<readonly RecordedSpan[]> {
    await expect.poll(async () => (await worker.spans()).length).toBeGreaterThanOrEqual(count)
    return worker.spans()
  }

  it("handles a message in a child of the span that published it here", async () => {
    const { fork, publisher, queue, tracing } = open()
    const { client } = await fork()
    await client.work("mail")
    await tracing.withSpan("request", {}, () => queue.publish("mail", "hello"))
    const [process] = await spansOf(client, 1)
    const [request] = tracing.getSpans({ name: "request" })
    expect(publisher().parentSpanId).toBe(request?.context.spanId)
    expect(publisher().attributes["messaging.system"]).toBe("bullmq")
    expect(process).toMatchObject({
      kind: "consumer",
      parentSpanId: publisher().context.spanId,
      context: { traceId: request?.context.traceId },
      links: [],
    })
  })

  it("that was lost leaves its message to one that begins a trace, with a link to the publisher", async () => {
    const { fork, publisher, queue } = open()
    const [lost, other] = [await fork(), await fork()]
    await lost.client.work("mail")
    await queue.publish("mail", "hangs")
    await expect.poll(() => lost.client.started()).toBe(1)
    await lost.kill()
    await other.client.work("mail")
    await other.client.end()
    const [again] = await spansOf(other.client, 1)
    expect(again).toMatchObject({
      links: [{ context: { spanId: publisher().context.spanId } }],
      attributes: { "objectos.queue.origin": "crash", "objectos.queue.attempt": 2 },
    })
    expect(again?.context.traceId).not.toBe(publisher().context.traceId)
  })

  it("that handles a replay begins a trace, with a link to the publisher", async () => {
    const { fork, publisher, queue } = open()
    const { client } = await fork()
    await client.work("mail")
    const id = await queue.publish("mail", "fails", { maxAttempts: 1 })
    await expect.poll(async () => (await queue.getTask("mail", id))?.status).toBe("dead")
    await queue.replay("mail", id)
    const [first, second] = await spansOf(client, 2)
    expect(first).toMatchObject({ parentSpanId: publisher().context.spanId, status: { code: "error" } })
    expect(second).toMatchObject({
      links: [{ context: { spanId: publisher().context.spanId } }],
      attributes: { "objectos.queue.origin": "replay" },
    })
    expect(second?.context.traceId).not.toBe(publisher().context.traceId)
  })

  it("has a trace for each tick of a schedule, with a link to where that was made", async () => {
    const { fork, queue, tracing } = open()
    const { client } = await fork()
    await client.work("report")
    await tracing.withSpan("boot", {}, () => queue.schedule("report", "often", { everyMs: 100 }))
    const ticks = await spansOf(client, 3)
    await queue.unschedule("report", "often")
    const traces = new Set(ticks.map(({ context }) => context.traceId))
    expect(traces.size).toBe(ticks.length)
    const [schedule] = tracing.getSpans({ name: "queue.schedule" })
    expect(ticks[0]?.attributes["objectos.queue.origin"]).toBe("schedule")
    expect(new Set(ticks.map(({ links }) => links[0]?.context.spanId))).toEqual(new Set([schedule?.context.spanId]))
  })
})
