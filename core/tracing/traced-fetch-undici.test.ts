/** Beside the instrumentation of undici that OpenTelemetry has, which puts a header of its own into each request. */
import { context, propagation, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core"
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import { receiver } from "./receiver.fixture.ts"
import { tracedFetch } from "./traced-fetch.ts"

const exporter = new InMemorySpanExporter()
let instrumentation: UndiciInstrumentation

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  instrumentation = new UndiciInstrumentation()
})

afterAll(() => {
  instrumentation.disable()
  for (const api of [context, propagation, trace]) api.disable()
})

beforeEach(() => exporter.reset())

const foreignBaggage = propagation.createBaggage({ user: { value: "ada" } })

describe("an outgoing request", () => {
  it("has the header of the instrumentation where nothing else traces it", async () => {
    const { received, url } = await receiver()
    await fetch(url)
    const [{ spanId = "", traceId = "" } = {}] = exporter.getFinishedSpans().map((span) => span.spanContext())
    expect(received[0]?.("traceparent")).toEqual([`00-${traceId}-${spanId}-01`])
  })

  it("has ours once, and no baggage of others", async () => {
    const { received, url } = await receiver()
    const tracing = createMemoryTracing()
    await context.with(propagation.setBaggage(context.active(), foreignBaggage), () => tracedFetch(tracing)(url))
    const [span] = tracing.getSpans()
    expect(received[0]?.("traceparent")).toEqual([`00-${span?.context.traceId}-${span?.context.spanId}-01`])
    expect(received[0]?.("baggage")).toEqual([])
  })

  it("keeps the one that it was given", async () => {
    const { received, url } = await receiver()
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await tracedFetch(createMemoryTracing())(url, { headers: { traceparent, tracestate: "a=1" } })
    expect([received[0]?.("traceparent"), received[0]?.("tracestate")]).toEqual([[traceparent], ["a=1"]])
  })

  it("has ours where the instrumentation is switched on later", async () => {
    const { received, url } = await receiver()
    const tracing = createMemoryTracing()
    const fetch = tracedFetch(tracing)
    await fetch(url)
    instrumentation.disable()
    instrumentation.enable()
    await fetch(url)
    const ids = tracing.getSpans().map((span) => `00-${span.context.traceId}-${span.context.spanId}-01`)
    expect(received.map((sent) => sent("traceparent"))).toEqual(ids.map((id) => [id]))
  })

  it("has its own where many run at once, ours and others", async () => {
    const { received, url } = await receiver()
    const tracing = createMemoryTracing()
    const traced = tracedFetch(tracing)
    await Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? traced(url) : fetch(url))))
    expect(received.map((sent) => sent("traceparent").length)).toEqual(received.map(() => 1))
    const ours = tracing.getSpans().map(({ context: { traceId } }) => traceId)
    const sent = received.map((headers) => headers("traceparent")[0]?.slice(3, 35))
    expect(sent.filter((id) => ours.includes(id ?? "")).sort()).toEqual([...ours].sort())
    expect(new Set(sent).size).toBe(50)
  })
})
