import { describe, expect, it } from "vitest"
import type { QueueHandler } from "../../../contracts/queue/message.ts"
import type { RecordedSpan, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { wrap } from "../../foundation/wrap.ts"
import { AT_ONCE, HOUR_MS, named, openTraced, storedMetadata, work } from "./traced-queue.fixture.ts"
import { withTracing } from "./with-tracing.ts"

const OTHER = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const traceIds = (spans: readonly RecordedSpan[]) => spans.map(({ context }) => context.traceId)

describe("a message", () => {
  it("takes the trace of its publisher along: the handler runs in a child of its span", async () => {
    const opened = openTraced()
    const { queue, tracing } = opened
    let active: TraceContext | undefined
    const id = await queue.publish("mail", "hello")
    await work(opened, () => {
      active = tracing.activeContext()
    })
    const [publish] = named(opened, "queue.publish")
    const [process] = named(opened, "queue.process")
    expect(publish).toMatchObject({
      kind: "producer",
      attributes: {
        "objectos.service": "queue",
        "objectos.adapter": "memory",
        "messaging.system": "memory",
        "messaging.destination.name": "mail",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.message.id": id,
      },
    })
    expect(process).toMatchObject({
      kind: "consumer",
      parentSpanId: publish?.context.spanId,
      context: { traceId: publish?.context.traceId },
      status: { code: "unset" },
      links: [],
      attributes: {
        "messaging.destination.name": "mail",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.message.id": id,
        "objectos.queue.attempt": 1,
      },
    })
    expect(active?.spanId).toBe(process?.context.spanId)
    expect((await storedMetadata(opened, id))?.["traceparent"]).toContain(publish?.context.spanId)
  })

  it("of a batch takes it along too", async () => {
    const opened = openTraced()
    await opened.queue.publishMany("mail", [{ data: 1 }, { data: 2, options: { metadata: { tenant: "a" } } }])
    await work(opened)
    const [batch] = named(opened, "queue.publishMany")
    expect(named(opened, "queue.process").map(({ parentSpanId }) => parentSpanId)).toEqual([
      batch?.context.spanId,
      batch?.context.spanId,
    ])
  })

  it("keeps a trace context that its publisher gives, where no span is active", async () => {
    const opened = openTraced()
    await opened.queue.publish("mail", 1, { metadata: { traceparent: OTHER } })
    await work(opened)
    expect(named(opened, "queue.process")).toMatchObject([{ parentSpanId: "b".repeat(16) }])
  })

  it("has that of its publisher where a span is active, also where the metadata has another one", async () => {
    const opened = openTraced()
    await opened.tracing.withSpan("request", {}, () =>
      opened.queue.publish("mail", 1, { metadata: { Traceparent: OTHER } }),
    )
    await work(opened)
    const [publish] = named(opened, "queue.publish")
    expect(named(opened, "queue.process")).toMatchObject([{ parentSpanId: publish?.context.spanId }])
  })

  it("that a handler publishes with the metadata of its own is a child of the handler", async () => {
    const opened = openTraced()
    await opened.queue.publish("mail", 1, { metadata: { tenant: "a" } })
    await work(opened, async ({ data, metadata }) => {
      if (data === 1) await opened.queue.publish("mail", 2, { metadata })
    })
    const [first] = named(opened, "queue.process")
    const [, second] = named(opened, "queue.publish")
    expect(second?.parentSpanId).toBe(first?.context.spanId)
    expect(named(opened, "queue.process")[1]?.parentSpanId).toBe(second?.context.spanId)
  })

  it("takes the trace state along, and no baggage, though it may leave the process", async () => {
    const opened = openTraced({ propagation: { baggage: { allowedKeys: ["tenant"] } } })
    const { queue, tracing } = opened
    const context = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true }
    const withAll = { ...context, traceState: "vendor=1", baggage: { tenant: "a" } }
    const stored = await storedMetadata(opened, await tracing.run(withAll, () => queue.publish("mail", 1)))
    expect(stored).toMatchObject({ tracestate: "vendor=1", traceparent: expect.any(String) })
    expect(stored).not.toHaveProperty("baggage")
  })

  it("without a trace begins one, whatever is active where the queue was subscribed to", async () => {
    const opened = openTraced()
    const { clock, plain, tracing } = opened
    await tracing.withSpan("boot", {}, async () => {
      await opened.queue.subscribe("mail", () => {})
    })
    await plain.publish("mail", 1)
    await clock.advance(0)
    await plain.whenIdle("mail")
    const [boot] = named(opened, "boot")
    const [process] = named(opened, "queue.process")
    expect(process?.parentSpanId).toBeUndefined()
    expect(process?.context.traceId).not.toBe(boot?.context.traceId)
    expect(process?.attributes).not.toHaveProperty(["objectos.queue.origin"])
  })

  it("that is tried again after a failure stays in the trace", async () => {
    const opened = openTraced()
    await opened.queue.publish("mail", 1, { backoff: AT_ONCE })
    await work(opened, ({ attempts }) => {
      if (attempts === 1) throw new Error("fails")
    })
    const [publish] = named(opened, "queue.publish")
    expect(named(opened, "queue.process").map(({ parentSpanId }) => parentSpanId)).toEqual([
      publish?.context.spanId,
      publish?.context.spanId,
    ])
  })

  it("that comes an hour after its publish begins a trace with a link, and one that comes earlier does not", async () => {
    const opened = openTraced()
    await opened.queue.publish("mail", "early", { delay: HOUR_MS })
    await opened.queue.publish("mail", "late", { delay: HOUR_MS + 1 })
    await work(opened, () => {}, HOUR_MS + 1)
    const [, publish] = named(opened, "queue.publish")
    const [early, late] = named(opened, "queue.process")
    expect(early?.links).toEqual([])
    expect(late?.parentSpanId).toBeUndefined()
    expect(late?.links).toMatchObject([{ context: { spanId: publish?.context.spanId } }])
  })

  it("that comes later than linkAfterMs begins a trace", async () => {
    const opened = openTraced()
    const queue = withTracing(opened.plain, opened.tracing, { linkAfterMs: 1000 })
    await queue.publish("mail", 1, { delay: 1001 })
    await work({ ...opened, queue }, () => {}, 1001)
    expect(named(opened, "queue.process")).toMatchObject([{ links: [{ attributes: {} }] }])
  })

  it("that was dead and is replayed begins a trace with a link to its publisher", async () => {
    const opened = openTraced()
    const { clock, queue } = opened
    const id = await queue.publish("mail", 1, { maxAttempts: 1 })
    let fails = true
    await work(opened, () => {
      if (fails) throw new Error("fails")
    })
    fails = false
    await queue.replay("mail", id)
    await clock.advance(0)
    await queue.whenIdle("mail")
    const [publish] = named(opened, "queue.publish")
    const [, replayed] = named(opened, "queue.process")
    expect(replayed).toMatchObject({
      links: [{ context: { spanId: publish?.context.spanId } }],
      attributes: { "objectos.queue.origin": "replay" },
    })
    expect(replayed?.parentSpanId).toBeUndefined()
  })
})

describe("ticks of a schedule", () => {
  it("each begin a trace, with a link to where the schedule was made", async () => {
    const opened = openTraced()
    const { clock, queue, tracing } = opened
    await tracing.withSpan("boot", {}, async () => {
      await queue.subscribe("mail", () => {})
      await queue.schedule("mail", "hourly", { everyMs: HOUR_MS })
    })
    await clock.advance(2 * HOUR_MS)
    const ticks = named(opened, "queue.process")
    const boot = named(opened, "boot")
    expect(ticks).toHaveLength(3)
    expect(new Set([...traceIds(ticks), ...traceIds(boot)]).size).toBe(4)
    expect(ticks[0]?.attributes["objectos.queue.origin"]).toBe("schedule")
    const [schedule] = named(opened, "queue.schedule")
    expect(new Set(ticks.map(({ links }) => links[0]?.context.spanId))).toEqual(new Set([schedule?.context.spanId]))
    expect(schedule?.context.traceId).toBe(boot[0]?.context.traceId)
  })
})

describe("a handler", () => {
  it.each<[string, QueueHandler]>([
    [
      "throws",
      () => {
        throw new TypeError("fails")
      },
    ],
    ["rejects", async () => Promise.reject(new TypeError("fails"))],
  ])("that %s has the status error, and its exception is recorded", async (_, handler) => {
    const opened = openTraced()
    await opened.queue.publish("mail", 1, { maxAttempts: 1 })
    await work(opened, handler)
    expect(named(opened, "queue.process")).toMatchObject([
      {
        status: { code: "error", message: "fails" },
        attributes: { "error.type": "TypeError" },
        events: [{ name: "exception", attributes: { "exception.type": "TypeError", "exception.message": "fails" } }],
      },
    ])
  })

  it("that takes too long has its span until then, with the status error", async () => {
    const opened = openTraced()
    let end: () => void = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    await opened.queue.publish("mail", 1, { timeoutMs: 100, maxAttempts: 1 })
    await opened.queue.subscribe("mail", () => ended)
    await opened.clock.advance(100)
    const late = { status: { code: "error" }, attributes: { "error.type": "TIMEOUT" }, events: [] }
    expect(named(opened, "queue.process")).toMatchObject([late])
    end()
    await opened.queue.whenIdle("mail")
    expect(named(opened, "queue.process")).toMatchObject([late])
    expect(opened.tracing.stats().ended).toBe(opened.tracing.stats().started)
  })

  it("that gives its message up or back says so in attributes, without its reason", async () => {
    const opened = openTraced()
    await opened.queue.publish("mail", 1)
    await work(
      opened,
      (_, { dead, retryLater }) => (named(opened, "queue.process").length === 0 ? retryLater(5) : dead("hunter2")),
      5,
    )
    const [back, up] = named(opened, "queue.process")
    expect(back?.attributes["objectos.queue.retry_later_ms"]).toBe(5)
    expect(up?.attributes["objectos.queue.dead"]).toBe(true)
    expect(JSON.stringify(up)).not.toContain("hunter2")
  })

  it("that gives an object like a promise has it awaited once", async () => {
    const opened = openTraced()
    let asked = 0
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: a handler may return such an object.
      then(resolve: (value: string) => void) {
        asked++
        resolve("done")
      },
    }
    const id = await opened.queue.publish("mail", 1)
    await work(opened, () => lazy)
    expect(asked).toBe(1)
    expect(await opened.queue.getTask("mail", id)).toMatchObject({ status: "completed", result: "done" })
  })

  it("that answers at once has its answer handed on at once", async () => {
    const opened = openTraced()
    const given: unknown[] = []
    const seen = wrap(opened.plain, ({ args: [queue, handler, ...rest] }, next) =>
      next([queue, (...called: Parameters<QueueHandler>) => given.push((handler as QueueHandler)(...called)), ...rest]),
    )
    await withTracing(seen, opened.tracing).subscribe("mail", () => "at once")
    await opened.plain.publish("mail", 1)
    await opened.clock.advance(0)
    await opened.plain.whenIdle("mail")
    expect(given).toEqual(["at once"])
  })
})
