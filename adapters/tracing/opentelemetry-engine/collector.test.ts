import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { SpanOptions } from "../../../contracts/tracing/tracing.ts"
import { findOtelCollector, OTEL_COLLECTOR_MISSING, startOtelCollector } from "../../../servers/otel-collector.ts"
import { startOtelSink } from "../../../servers/otel-sink.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions } from "../opentelemetry.ts"

beforeEach((context) => {
  if (findOtelCollector() === undefined) context.skip(OTEL_COLLECTOR_MISSING)
})

/** A tracing, and what a real collector took of it. */
async function open(exporter: OpenTelemetryTracingOptions["exporter"] = {}, more: OpenTelemetryTracingOptions = {}) {
  const sink = await startOtelSink()
  onTestFinished(() => sink.stop())
  const collector = await startOtelCollector({ forwardTo: sink.url })
  onTestFinished(() => collector.stop())
  const endpoint = `${collector.endpoint}/v1/traces`
  const tracing = await createOpenTelemetryTracing({ ...more, exporter: { endpoint, ...exporter } })
  onTestFinished(() => tracing.close())
  return { collector, sink, tracing }
}

/** What a caller can do wrong. */
const dangerous: readonly [what: string, name: unknown, options: SpanOptions, end?: unknown][] = [
  ["NaN", "nan", { attributes: { value: Number.NaN, list: [1, Number.POSITIVE_INFINITY] } }],
  ["more than 64 bits", "large", { attributes: { value: 2 ** 63, other: -(2 ** 70), bigint: 2n ** 64n } }],
  ["1e300", "huge", { attributes: { value: 1e300 } }],
  ["a time that is none", "no time", { startTime: new Date(Number.NaN) as never }, Number.NaN],
  ["a time before 1970", "early", { startTime: -5000 }, -1],
  ["a time after all", "late", { startTime: 1e300 }, Number.MAX_VALUE],
  ["a number for a name", 42, {}],
  ["no name", undefined, {}],
  ["a symbol for a name", Symbol("name"), {}],
  ["half a character", "\ud83d", { attributes: { "\udc00": "\ud83d", text: "\0" } }],
  [
    "objects and mixed lists",
    "objects",
    { attributes: { object: {}, mixed: [1, "a"], none: null, list: [undefined] } },
  ],
  ["names of members", "members", { attributes: JSON.parse('{"__proto__":"a","constructor":"b","toString":1}') }],
  ["a kind that is none", "kind", { kind: "strange" as never }],
  ["a link to nothing", "link", { links: [{ context: { traceId: "x" } as never }, undefined as never] }],
  ["a large text", "large text", { attributes: { text: "x".repeat(5_000_000) } }],
]

describe("a real collector", () => {
  it("takes each of a hundred spans and of those with dangerous values", async () => {
    const { sink, tracing } = await open()
    for (let at = 0; at < 100; at++) tracing.startSpan(`good ${at}`, { attributes: { at } }).end()
    for (const [, name, options, end] of dangerous) tracing.startSpan(name as string, options).end(end as number)
    await tracing.flush()
    const count = 100 + dangerous.length
    expect(sink.spans).toHaveLength(count)
    expect(tracing.stats()).toMatchObject({ started: count, exported: count, dropped: 0, pending: 0 })
  })

  it.each(dangerous)("takes %s beside good spans", async (_what, name, options, end) => {
    const { sink, tracing } = await open()
    tracing.startSpan("before").end()
    tracing.startSpan(name as string, options).end(end as number)
    tracing.startSpan("after").end()
    await tracing.flush()
    expect(sink.spans).toHaveLength(3)
  })

  it("has what a span was given", async () => {
    const { sink, tracing } = await open()
    const attributes = { text: "a", yes: true, whole: 3, part: 0.5, texts: ["a", "b"], numbers: [1, 2.5], none: [] }
    const link = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true }
    const links = [{ context: { ...link, traceState: "a=b" }, attributes: { at: 1 } }]
    const parent = { ...link, traceId: "1af7651916cd43dd8448eb211c80319c", traceState: "c=d,e=f" }
    const span = tracing.startSpan("all", { kind: "consumer", startTime: 1500, attributes, links, parent })
    span.setStatus("error", "no").addEvent("one", { a: 1 }).end(2500)
    await tracing.flush()
    expect(sink.spans).toEqual([
      {
        context: { ...span.context, baggage: undefined },
        parentSpanId: parent.spanId,
        name: "all",
        kind: "consumer",
        startTime: 1500,
        endTime: 2500,
        status: { code: "error", message: "no" },
        attributes,
        events: [{ name: "one", time: expect.any(Number), attributes: { a: 1 } }],
        links,
        dropped: { attributes: 0, events: 0, links: 0 },
        resource: { "service.name": "unknown_service" },
      },
    ])
    expect(sink.spans[0]?.context).toMatchObject({ traceId: parent.traceId, traceState: "c=d,e=f", sampled: true })
  })

  it("has names of object members as ordinary names", async () => {
    const { sink, tracing } = await open()
    const attributes = JSON.parse('{"__proto__":"a","constructor":"b","hasOwnProperty":"c"}')
    tracing.startSpan("at the start", { attributes }).end()
    tracing.startSpan("later").setAttributes(attributes).end()
    await tracing.flush()
    const entries = sink.spans.map((span) => Object.entries(span.attributes).sort())
    expect(entries).toEqual([Object.entries(attributes).sort(), Object.entries(attributes).sort()])
  })

  it("has the resource, and the spans in their trace", async () => {
    const resource = { serviceName: "shop", serviceVersion: "1.2", deploymentEnvironment: "test", attributes: { a: 1 } }
    const { sink, tracing } = await open({}, { resource })
    await tracing.withSpan("outer", {}, () => tracing.withSpan("inner", {}, async () => {}))
    await tracing.flush()
    const [inner, outer] = sink.spans
    expect(inner).toMatchObject({ name: "inner", parentSpanId: outer?.context.spanId })
    expect(inner?.context.traceId).toBe(outer?.context.traceId)
    expect(inner?.resource).toEqual({
      ...{ a: 1, "service.name": "shop", "service.version": "1.2", "deployment.environment.name": "test" },
    })
  })

  it("takes gzip", async () => {
    const { sink, tracing } = await open({ compression: "gzip" })
    tracing.startSpan("zipped").end()
    await tracing.flush()
    expect(sink.spans).toMatchObject([{ name: "zipped" }])
  })

  it("takes spans again after it was away", async () => {
    const { collector, sink, tracing } = await open()
    await collector.kill()
    tracing.startSpan("meanwhile").end()
    await tracing.flush(200)
    expect(await tracing.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "UNAVAILABLE" } })
    await collector.restart()
    await tracing.flush()
    expect(sink.spans).toMatchObject([{ name: "meanwhile" }])
    expect(tracing.stats()).toMatchObject({ exported: 1, dropped: 0 })
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("exports or drops each of 5,000 spans that end at once", async () => {
    const { sink, tracing } = await open()
    for (let at = 0; at < 5000; at++) tracing.startSpan("burst").end()
    await tracing.flush()
    const { dropped, exported, pending } = tracing.stats()
    expect(exported + dropped).toBe(5000)
    expect(exported).toBe(sink.spans.length)
    expect(exported).toBe(2048 + 512)
    expect(pending).toBe(0)
  })
})
