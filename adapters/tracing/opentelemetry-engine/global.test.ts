import { subscribe, unsubscribe } from "node:diagnostics_channel"
import * as api from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { isTracingSuppressed } from "@opentelemetry/core"
import { afterEach, describe, expect, it, onTestFinished } from "vitest"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions } from "../opentelemetry.ts"
import { openReceiver } from "./receiver.fixture.ts"

/** Where all copies of the API keep what is registered. */
const globals = globalThis as { [key: symbol]: { version?: string } | undefined }
const KEY = Symbol.for("opentelemetry.js.api.1")

afterEach(() => {
  delete globals[KEY]
  // The API keeps who was its provider.
  api.trace.disable()
})

async function open(options: OpenTelemetryTracingOptions = {}): Promise<Tracing> {
  const { endpoint } = await openReceiver()
  const tracing = await createOpenTelemetryTracing({ ...options, exporter: { endpoint }, registerGlobal: true })
  onTestFinished(() => tracing.close())
  return tracing
}

/** A span of a library that instruments itself. */
function foreignSpan(name = "foreign"): api.Span {
  return api.trace.getTracer("library").startSpan(name)
}

describe("a provider of the process", () => {
  it("makes, counts and sends the spans of others", async () => {
    const tracing = await open()
    foreignSpan().end()
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, pending: 1 })
    await tracing.flush()
    expect(tracing.stats()).toMatchObject({ exported: 1 })
  })

  it("counts spans of others whose names cannot be sent, and sends the rest", async () => {
    const tracing = await open()
    api.trace
      .getTracer("library")
      .startSpan(undefined as never)
      .end()
    const span = foreignSpan()
    span.addEvent(undefined as never)
    span.end()
    foreignSpan().end()
    await tracing.flush()
    expect(tracing.stats()).toMatchObject({ ended: 3, exported: 1, dropped: 2, pending: 0 })
  })

  it("has spans of others as children of ours, and ours as children of theirs", async () => {
    const tracing = await open()
    await tracing.withSpan("ours", {}, ({ context }) => {
      const theirs = foreignSpan()
      expect(theirs.spanContext().traceId).toBe(context.traceId)
      api.context.with(api.trace.setSpan(api.context.active(), theirs), () => {
        expect(tracing.activeContext()).toMatchObject({ spanId: theirs.spanContext().spanId })
        expect(tracing.startSpan("inner").context.traceId).toBe(context.traceId)
      })
    })
  })

  it("samples the spans of others as ours, and counts them so", async () => {
    const tracing = await open({ sampling: { type: "always_off" } })
    const span = foreignSpan()
    expect(span.isRecording()).toBe(false)
    span.end()
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, sampledOut: 1 })
  })

  it("drops what others end after close, and what they begin", async () => {
    const tracing = await open()
    const tracer = api.trace.getTracer("library")
    const span = tracer.startSpan("open")
    await tracing.close()
    span.end()
    tracer.startSpan("late").end()
    expect(tracing.stats()).toMatchObject({ started: 2, ended: 2, dropped: 2 })
  })

  it("writes and reads the headers of others by our rules", async () => {
    const tracing = await open()
    const carrier: Record<string, string> = {}
    await tracing.withSpan("ours", {}, () => api.propagation.inject(api.context.active(), carrier))
    expect(tracing.extract(carrier)).toBeDefined()
    const found = api.propagation.extract(api.ROOT_CONTEXT, { traceparent: [carrier["traceparent"], "another"] })
    expect(api.trace.getSpanContext(found)).toBeUndefined()
    const other = api.propagation.extract(api.ROOT_CONTEXT, { TraceParent: carrier["traceparent"] })
    expect(api.trace.getSpanContext(other)?.traceId).toBe(tracing.extract(carrier)?.traceId)
  })

  it("asks that nobody makes spans of its own requests", async () => {
    const seen: unknown[] = []
    const look = () => {
      const active = api.context.active()
      seen.push({ isSuppressed: isTracingSuppressed(active), span: api.trace.getSpan(active) })
    }
    subscribe("http.client.request.start", look)
    onTestFinished(() => void unsubscribe("http.client.request.start", look))
    const tracing = await open()
    await tracing.withSpan("ours", {}, async () => {
      tracing.startSpan("inner").end()
      await tracing.flush()
      await tracing.healthCheck()
    })
    expect(seen).toEqual(Array.from({ length: 2 }, () => ({ isSuppressed: true, span: undefined })))
  })

  it("is one no more after close", async () => {
    const tracing = await open()
    await tracing.close()
    expect(api.trace.setGlobalTracerProvider({ getTracer: () => api.trace.getTracer("other") })).toBe(true)
    expect(api.context.setGlobalContextManager(new AsyncLocalStorageContextManager())).toBe(true)
  })
})

describe("it is refused", () => {
  it("where another one is registered, and nothing of it stays", async () => {
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager())
    const { version } = globals[KEY] ?? {}
    await expect(open()).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringMatching(`Version ${version} .* of this adapter is ${version}`),
    })
    expect(api.trace.setGlobalTracerProvider({ getTracer: () => api.trace.getTracer("other") })).toBe(true)
  })

  it("where another version of the API is registered, with both versions", async () => {
    globals[KEY] = { version: "1.99.0" }
    await expect(open()).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringMatching(/Version 1\.99\.0 of .*the version of this adapter is 1\.9\.\d+\./),
    })
    expect(globals[KEY]).toEqual({ version: "1.99.0" })
  })

  it("and without it spans are recorded all the same", async () => {
    globals[KEY] = { version: "1.99.0" }
    const { endpoint } = await openReceiver()
    const tracing = await createOpenTelemetryTracing({ exporter: { endpoint } })
    await tracing.withSpan("ours", {}, () => expect(tracing.activeContext()).toBeDefined())
    await tracing.close()
    expect(tracing.stats()).toMatchObject({ exported: 1 })
  })
})
