import * as api from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import {
  createOpenTelemetry3,
  loadOpenTelemetry3,
  opentelemetry3Missing,
} from "../../../subjects/kit/opentelemetry-3.ts"
import { nodeTooOld } from "../../../testing/engine/node-version.ts"
import { createOpenTelemetryTracing } from "../opentelemetry.ts"
import { openReceiver } from "./receiver.fixture.ts"

describe("with OpenTelemetry 3", () => {
  beforeEach((context) => {
    const reason = nodeTooOld({ name: "OpenTelemetry 3", node: ">=22" }) ?? opentelemetry3Missing()
    if (reason !== undefined) context.skip(reason)
  })

  afterEach(() => {
    delete (globalThis as { [key: symbol]: unknown })[Symbol.for("opentelemetry.js.api.1")]
    // The API keeps who was its provider.
    api.trace.disable()
  })

  /** An application that has registered OpenTelemetry 3, and the spans that ended in it. */
  async function openHost() {
    const { api: hostApi, hooks, sdk } = await loadOpenTelemetry3()
    const spans: object[] = []
    const onEnd = (span: object) => void spans.push(span)
    const processor = { onStart() {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} }
    const provider = new sdk.TracerProvider({ spanProcessors: [processor] })
    expect(hostApi.trace.setGlobalTracerProvider(provider as never)).toBe(true)
    expect(hostApi.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager())).toBe(true)
    onTestFinished(() => hostApi.trace.disable())
    return { api: hostApi, provider, spans }
  }

  it.each([
    ["2.x", createOpenTelemetryTracing],
    ["3.x", createOpenTelemetry3],
  ])(
    "a provider of API 1.10 makes the spans of the adapter of %s, in the traces of its application",
    async (_, open) => {
      const host = await openHost()
      const tracing = await open({ otel: { api: host.api, provider: host.provider } })
      await host.api.trace.getTracer("application").startActiveSpan("theirs", async (theirs) => {
        await tracing.withSpan("ours", { attributes: { value: Number.NaN } }, ({ context }) => {
          expect(context).toMatchObject({ traceId: theirs.spanContext().traceId })
          expect(host.api.trace.getActiveSpan()?.spanContext().spanId).toBe(context.spanId)
          const inner = host.api.trace.getTracer("application").startSpan("inner")
          expect(inner.spanContext().traceId).toBe(context.traceId)
          inner.end()
        })
        theirs.end()
      })
      const expected = [{ name: "inner" }, { name: "ours", attributes: { value: "NaN" } }, { name: "theirs" }]
      expect(host.spans).toMatchObject(expected)
      expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, exported: 1 })
    },
  )

  it("that of 2.x exports by itself, in the traces of an application with API 1.10", async () => {
    const host = await openHost()
    const { endpoint } = await openReceiver()
    const tracing = await createOpenTelemetryTracing({ otel: { api: host.api }, exporter: { endpoint } })
    onTestFinished(() => tracing.close())
    await host.api.trace.getTracer("application").startActiveSpan("theirs", (theirs) =>
      tracing.withSpan("ours", {}, ({ context }) => {
        expect(context.traceId).toBe(theirs.spanContext().traceId)
        expect(host.api.trace.getActiveSpan()?.spanContext().spanId).toBe(context.spanId)
      }),
    )
    await tracing.flush()
    expect(tracing.stats()).toMatchObject({ exported: 1 })
  })

  async function openGlobal(open: typeof createOpenTelemetry3): Promise<Tracing> {
    const { endpoint } = await openReceiver()
    const tracing = await open({ exporter: { endpoint }, registerGlobal: true })
    onTestFinished(() => tracing.close())
    return tracing
  }

  it("registerGlobal is refused where API 1.9 has registered, with both versions", async () => {
    expect(api.context.setGlobalContextManager(new AsyncLocalStorageContextManager())).toBe(true)
    await expect(openGlobal(createOpenTelemetry3)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringMatching(/Version 1\.9\.\d+ of .*the version of this adapter is 1\.10\.\d+\./),
    })
  })

  it("registerGlobal of 2.x is refused where API 1.10 has registered, with both versions", async () => {
    await openHost()
    await expect(openGlobal(createOpenTelemetryTracing)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringMatching(/Version 1\.10\.\d+ of .*the version of this adapter is 1\.9\.\d+\./),
    })
  })

  it("is the provider of the process, of libraries with API 1.9 too", async () => {
    const tracing = await openGlobal(createOpenTelemetry3)
    const { api: newer } = await loadOpenTelemetry3()
    await tracing.withSpan("ours", {}, ({ context }) => {
      for (const { trace } of [newer, api]) {
        const span = trace.getTracer("library").startSpan("foreign")
        expect(span.spanContext().traceId).toBe(context.traceId)
        span.end()
      }
    })
    await tracing.flush()
    expect(tracing.stats()).toMatchObject({ started: 3, exported: 3 })
  })
})
