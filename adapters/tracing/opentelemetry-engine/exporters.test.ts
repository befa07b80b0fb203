import { ZipkinExporter } from "@opentelemetry/exporter-zipkin"
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions } from "../opentelemetry.ts"
import type { SdkSpan } from "./provider.ts"
import { answerOf, openReceiver } from "./receiver.fixture.ts"
import { zipkinSpan } from "./zipkin-format.ts"

async function open(exporter: OpenTelemetryTracingOptions["exporter"]): Promise<Tracing> {
  const tracing = await createOpenTelemetryTracing({ exporter, resource: { serviceName: "shop" } })
  onTestFinished(() => tracing.close())
  return tracing
}

describe("zipkin", () => {
  /** A receiver, and the spans that it took. */
  async function openZipkin() {
    const receiver = await openReceiver(answerOf(202))
    const tracing = await open({ type: "zipkin", endpoint: `${receiver.url}/api/v2/spans` })
    const taken = async (): Promise<unknown[]> => {
      await tracing.flush()
      return receiver.requests.flatMap(({ body }) => JSON.parse(body.toString()) as unknown[])
    }
    return { tracing, taken, receiver }
  }

  it("takes spans as JSON", async () => {
    const { receiver, taken, tracing } = await openZipkin()
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true }
    const span = tracing.startSpan("get", {
      kind: "client",
      parent,
      startTime: 1500,
      attributes: { a: 1, list: [1, 2] },
    })
    span.setStatus("ok").end(2500.5)
    expect(await taken()).toEqual([
      {
        traceId: parent.traceId,
        id: span.context.spanId,
        parentId: parent.spanId,
        name: "get",
        kind: "CLIENT",
        timestamp: 1_500_000,
        duration: 1_000_500,
        localEndpoint: { serviceName: "shop" },
        tags: { a: "1", list: "1,2", "otel.status_code": "OK", "service.name": "shop" },
      },
    ])
    expect(receiver.requests).toMatchObject([
      { path: "/api/v2/spans", headers: { "content-type": "application/json" } },
    ])
  })

  it("has a tag error for an error without a message, and the exception as tags", async () => {
    const { taken, tracing } = await openZipkin()
    tracing.startSpan("failed").recordException(new TypeError("no")).setStatus("error").end()
    expect(await taken()).toMatchObject([
      {
        tags: { error: "true", "otel.status_code": "ERROR", "exception.type": "TypeError", "exception.message": "no" },
        annotations: [{ value: "exception", timestamp: expect.any(Number) }],
      },
    ])
  })

  it("is healthy where it takes an empty list", async () => {
    const { tracing } = await openZipkin()
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("takes what the exporter of OpenTelemetry sends", async () => {
    const receiver = await openReceiver(answerOf(202))
    const exporter = new ZipkinExporter({ url: receiver.url })
    const spans: SdkSpan[] = []
    const kept = { onStart() {}, onEnd: (span: object) => void spans.push(span as SdkSpan) }
    const [forceFlush, shutdown] = [async () => {}, async () => {}]
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter), { ...kept, forceFlush, shutdown }],
    })
    // Whole microseconds: the exporter rounds what is less in another order.
    const options = { kind: 3, attributes: { a: true, b: [1, 2] }, startTime: [1, 500_000_000] as [number, number] }
    const span = provider.getTracer("test").startSpan("get", options)
    span.addEvent("one", { at: 1 }, [1, 600_000_000]).setStatus({ code: 2, message: "no" }).end([2, 1000])
    await provider.shutdown()
    const [theirs] = receiver.requests.flatMap(({ body }) => JSON.parse(body.toString()) as unknown[])
    expect(JSON.parse(JSON.stringify(spans.map(zipkinSpan)))).toEqual([theirs])
  })
})

describe("console", () => {
  it("prints trees to the standard output", async () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true)
    onTestFinished(() => write.mockRestore())
    const tracing = await open({ type: "console" })
    const outer = tracing.startSpan("outer", { kind: "server", startTime: 1000 })
    tracing.startSpan("inner", { parent: outer.context, startTime: 1001 }).setStatus("error", "no").end(1003)
    outer.end(1005)
    await tracing.flush()
    expect(write.mock.calls).toEqual([["outer  5.0 ms  server\n└─ inner  2.0 ms  error: no\n"]])
    expect(tracing.stats()).toMatchObject({ exported: 2 })
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })
})

describe("jaeger", () => {
  it("takes OTLP", async () => {
    const { endpoint, requests } = await openReceiver()
    const tracing = await open({ type: "jaeger", endpoint })
    tracing.startSpan("span").end()
    await tracing.flush()
    expect(requests).toMatchObject([{ path: "/v1/traces", headers: { "content-type": "application/x-protobuf" } }])
  })
})
