import { describe, expect, it } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import { QUEUE_MAX_METADATA_BYTES } from "../../../contracts/queue/arguments.ts"
import type { QueueHandler } from "../../../contracts/queue/message.ts"
import { asTracing } from "../portable-tracing.ts"
import { TRACE_MARK } from "./trace-mark.ts"
import { named, type OpenedQueue, openTraced, storedMetadata, work } from "./traced-queue.fixture.ts"
import { withTracing } from "./with-tracing.ts"

const TRACEPARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const FAILS: QueueHandler = () => {
  throw new Error("fails")
}

/** Publishes in a span, and gives what a queue without tracing would show, and what this one does. */
async function publishInSpan(opened: OpenedQueue, metadata: Record<string, string> | undefined) {
  const { queue, tracing } = opened
  const options = { maxAttempts: 1, ...(metadata && { metadata }) }
  const id = await tracing.withSpan("request", {}, () => queue.publish("mail", 1, options))
  const bare = createMemoryQueue()
  const bareId = await bare.publish("mail", 1, options)
  return { id, given: (await bare.getTask("mail", bareId))?.metadata }
}

describe("metadata of a message", () => {
  it.each<[string, Record<string, string> | undefined]>([
    ["none", undefined],
    ["no entries", {}],
    ["entries of its own", { tenant: "a", "X-Request-Id": " 7 " }],
    ["a trace context", { traceparent: TRACEPARENT, tracestate: "a=1", tenant: "a" }],
    ["a trace context in another case", { TraceParent: TRACEPARENT, traceparent: "nonsense" }],
    ["the entry of the layer", { [TRACE_MARK]: '{"wrote":["tenant"],"over":{"tenant":"b"}}', tenant: "a" }],
    ["names that objects have", JSON.parse('{"__proto__":"1","constructor":"2"}')],
  ])("with %s is what was published to handlers, in getTask and in listFailed", async (_, metadata) => {
    const opened = openTraced()
    const { id, given } = await publishInSpan(opened, metadata)
    const [message] = await work(opened, FAILS)
    const task = await opened.queue.getTask("mail", id)
    const [failed] = (await opened.queue.listFailed("mail")).items
    for (const shown of [message, task, failed]) {
      expect(shown?.metadata).toStrictEqual(given)
      expect(shown !== undefined && "metadata" in shown).toBe(given !== undefined)
    }
    expect(await storedMetadata(opened, id)).toHaveProperty("traceparent")
  })

  it("is what was published also with b3, and beside what a queue adds", async () => {
    const opened = openTraced({ propagation: { formats: ["b3", "b3_multi"] } })
    await opened.queue.defineQueue({ name: "mail", deadLetterQueue: "dead" })
    const { id } = await publishInSpan(opened, { tenant: "a", b3: "mine" })
    await work(opened, FAILS)
    expect((await opened.queue.getTask("mail", id))?.metadata).toEqual({ tenant: "a", b3: "mine" })
    expect(Object.keys((await storedMetadata(opened, id)) ?? {})).toContain("x-b3-traceid")
    const copies: unknown[] = []
    await opened.queue.subscribe("dead", ({ metadata }) => void copies.push(metadata))
    await opened.clock.advance(0)
    await opened.queue.whenIdle("dead")
    expect(copies).toEqual([{ tenant: "a", b3: "mine", deadLetterOf: id }])
  })

  it("that was published without the layer is shown as it is", async () => {
    const opened = openTraced()
    const metadata = { traceparent: TRACEPARENT, [TRACE_MARK]: "mine" }
    const id = await opened.plain.publish("mail", 1, { metadata })
    expect((await opened.queue.getTask("mail", id))?.metadata).toEqual(metadata)
    expect((await work(opened))[0]?.metadata).toEqual(metadata)
  })

  it("of a tick is that of its schedule", async () => {
    const opened = openTraced()
    const { queue, tracing } = opened
    const options = { metadata: { traceparent: TRACEPARENT } }
    await tracing.withSpan("boot", {}, () => queue.schedule("mail", "hourly", { everyMs: 3_600_000 }, 1, options))
    expect((await work(opened))[0]?.metadata).toEqual(options.metadata)
  })

  it("of the largest size is published, without a trace", async () => {
    const opened = openTraced()
    const metadata = { long: "x".repeat(QUEUE_MAX_METADATA_BYTES - 4) }
    const id = await opened.queue.publish("mail", 1, { metadata })
    await opened.queue.publishMany("mail", [{ data: 2, options: { metadata } }])
    expect(await storedMetadata(opened, id)).toEqual(metadata)
    expect((await work(opened)).map((message) => message.metadata)).toEqual([metadata, metadata])
    expect(named(opened, "queue.process").map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined])
  })

  it("stays as it is where a tracing writes what no metadata can hold", async () => {
    const memory = createMemoryTracing()
    const tracing = asTracing({
      startSpan: memory.startSpan.bind(memory),
      withSpan: memory.withSpan.bind(memory),
      activeContext: memory.activeContext.bind(memory),
      run: memory.run.bind(memory),
      inject: (carrier) => void Object.assign(carrier, { traceparent: 7 }),
      extract: memory.extract.bind(memory),
      getConfig: memory.getConfig.bind(memory),
      stats: memory.stats.bind(memory),
      flush: memory.flush.bind(memory),
    })
    const plain = createMemoryQueue()
    const id = await withTracing(plain, tracing).publish("mail", 1)
    expect((await plain.getTask("mail", id))?.metadata).toBeUndefined()
  })
})

describe("two layers, one around the other", () => {
  it.each(["one", "another"])(
    "with %s tracing each follow their own trace, and show what was published",
    async (which) => {
      const opened = openTraced()
      const outer = which === "one" ? opened.tracing : createMemoryTracing()
      const queue = withTracing(opened.queue, outer)
      const id = await queue.publish("mail", 1, { metadata: { tenant: "a" } })
      const [message] = await work({ ...opened, queue })
      expect(message?.metadata).toEqual({ tenant: "a" })
      expect((await queue.getTask("mail", id))?.metadata).toEqual({ tenant: "a" })
      const spans = new Set([...outer.getSpans(), ...opened.tracing.getSpans()])
      const publishes = [...spans].filter(({ name }) => name === "queue.publish")
      const parents = [...spans].filter(({ name }) => name === "queue.process").map(({ parentSpanId }) => parentSpanId)
      expect(new Set(parents)).toEqual(new Set(publishes.map(({ context }) => context.spanId)))
    },
  )
})
