import * as api from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { AlwaysOffSampler, BasicTracerProvider, type Sampler } from "@opentelemetry/sdk-trace-base"
import { describe, expect, it, onTestFinished } from "vitest"
import type { SpanEvent } from "../../../core/tracing/index.ts"
import { createOpenTelemetryTracing } from "../opentelemetry.ts"
import type { SdkSpan } from "./provider.ts"
import { openReceiver } from "./receiver.fixture.ts"

/** What an application has of OpenTelemetry: its provider, the spans that ended in it, and contexts of its own. */
function openHost(sampler?: Sampler) {
  const spans: SdkSpan[] = []
  const processor = {
    onStart() {},
    onEnd: (span: object) => void spans.push(span as SdkSpan),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new BasicTracerProvider({ spanProcessors: [processor], ...(sampler !== undefined && { sampler }) })
  const contextManager = new AsyncLocalStorageContextManager()
  return { otel: { api, provider, contextManager }, spans, contextManager }
}

const fails = () => {
  throw new Error("It fails.")
}

describe("the provider of an application", () => {
  it("makes the spans, in its own traces", async () => {
    const { contextManager, otel, spans } = openHost()
    const tracing = await createOpenTelemetryTracing({ otel })
    const theirs = otel.provider.getTracer("application").startSpan("theirs")
    const context = api.trace.setSpan(api.ROOT_CONTEXT, theirs)
    await contextManager.with(context, () =>
      tracing.withSpan("ours", { attributes: { value: Number.NaN } }, () => {
        expect(tracing.activeContext()?.traceId).toBe(theirs.spanContext().traceId)
        tracing.startSpan("inner").end()
      }),
    )
    const [inner, ours] = spans
    expect(ours).toMatchObject({ name: "ours", attributes: { value: "NaN" } })
    expect(ours?.parentSpanContext).toBe(theirs.spanContext())
    expect(inner?.parentSpanContext).toBe(ours?.spanContext())
    expect(tracing.stats()).toMatchObject({ started: 2, ended: 2, exported: 2, pending: 0 })
  })

  it("makes the ids, which the span and the events have", async () => {
    const { otel, spans } = openHost()
    const told: SpanEvent[] = []
    const events = { emit: (_name: string, event: SpanEvent) => void told.push(event), listenerCount: () => 1 }
    const tracing = await createOpenTelemetryTracing({ otel }, { events: events as never })
    const span = tracing.startSpan("ours")
    span.end()
    const { spanId, traceId } = spans[0]?.spanContext() ?? {}
    expect(span.context).toMatchObject({ spanId, traceId, sampled: true })
    expect(told.map(({ context }) => context)).toEqual([span.context, span.context])
  })

  it.each<[string, () => unknown]>([
    ["it throws when a span begins", fails],
    ["it makes no span", () => undefined],
    ["it makes a span without a context", () => ({ spanContext: fails })],
    [
      "its spans throw whatever they are told",
      () => ({
        spanContext: () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 }),
        ...{ setAttributes: fails, addEvent: fails, setStatus: fails, updateName: fails, end: fails },
      }),
    ],
  ])("that fails does not fail the application: %s", async (_what, startSpan) => {
    const { otel } = openHost()
    const provider = { getTracer: () => ({ startSpan }) }
    const tracing = await createOpenTelemetryTracing({ otel: { ...otel, provider: provider as never } })
    const span = tracing.startSpan("a")
    span.setAttribute("a", 1).addEvent("b").recordException(new Error("c")).setStatus("error").updateName("d").end()
    expect(await tracing.withSpan("e", {}, () => "done")).toBe("done")
    expect(tracing.stats()).toMatchObject({ started: 2, ended: 2, exported: 0, dropped: 2, pending: 0 })
  })

  it("may leave a span out, which counts as such", async () => {
    const { otel } = openHost(new AlwaysOffSampler())
    const tracing = await createOpenTelemetryTracing({ otel })
    const span = tracing.startSpan("ours")
    span.setAttribute("a", 1).end()
    expect(span.context.sampled).toBe(false)
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, sampledOut: 1, exported: 0 })
  })

  it("keeps what the application has in its context", async () => {
    const { contextManager, otel } = openHost()
    const tracing = await createOpenTelemetryTracing({ otel })
    const key = api.createContextKey("application")
    await contextManager.with(api.ROOT_CONTEXT.setValue(key, "kept"), () =>
      tracing.withSpan("ours", {}, () => expect(contextManager.active().getValue(key)).toBe("kept")),
    )
  })

  it("has its baggage read", async () => {
    const { contextManager, otel } = openHost()
    const tracing = await createOpenTelemetryTracing({ otel })
    await tracing.withSpan("ours", {}, () => {
      const baggage = api.propagation.createBaggage({ tenant: { value: "a" } })
      contextManager.with(api.propagation.setBaggage(contextManager.active(), baggage), () =>
        expect(tracing.activeContext()?.baggage).toEqual({ tenant: "a" }),
      )
      expect(tracing.activeContext()?.baggage).toBeUndefined()
    })
  })

  it("names no exporter", async () => {
    const config = (await createOpenTelemetryTracing({ otel: openHost().otel })).getConfig()
    expect(config).not.toHaveProperty("openTelemetry")
  })
})

it("reads contexts of the application, and exports itself, where it is given no provider", async () => {
  const { contextManager, otel } = openHost()
  const { endpoint } = await openReceiver()
  const tracing = await createOpenTelemetryTracing({ otel: { api, contextManager }, exporter: { endpoint } })
  onTestFinished(() => tracing.close())
  const theirs = otel.provider.getTracer("application").startSpan("theirs")
  contextManager.with(api.trace.setSpan(api.ROOT_CONTEXT, theirs), () => {
    const span = tracing.startSpan("ours")
    expect(span.context.traceId).toBe(theirs.spanContext().traceId)
    span.end()
  })
  await tracing.flush()
  expect(tracing.stats()).toMatchObject({ exported: 1 })
})
