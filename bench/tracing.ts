import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer"
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base"
import { createMemoryTracing } from "../adapters/tracing/memory.ts"
import { createOpenTelemetryTracing } from "../adapters/tracing/opentelemetry.ts"
import type { Suite, Target } from "./suite.ts"
import { nanosecondsOf, spanning, spanOfOurs, spanOfSdk } from "./tracing-loops.ts"

/** Takes all spans that come by OTLP. */
async function receiver() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${port}/v1/traces`, stop }
}

/** Sends as ours does, and counts what was taken. */
class Exporter implements SpanExporter {
  taken = 0
  readonly #endpoint: string

  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  async #send(spans: ReadableSpan[]): Promise<void> {
    const body = ProtobufTraceSerializer.serializeRequest(spans)
    const headers = { "content-type": "application/x-protobuf" }
    const response = await fetch(this.#endpoint, { method: "POST", headers, body: new Uint8Array(body ?? []) })
    await response.arrayBuffer()
    if (response.ok) this.taken += spans.length
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    this.#send(spans).then(
      () => done({ code: 0 }),
      (error: Error) => done({ code: 1, error }),
    )
  }

  async shutdown(): Promise<void> {}
}

async function oursSending(): Promise<Target> {
  const { endpoint, stop } = await receiver()
  const tracing = await createOpenTelemetryTracing({ exporter: { endpoint }, resource: { serviceName: "bench" } })
  let last = 0
  return spanning({
    isSampled: true,
    span: spanOfOurs(tracing),
    async settle() {
      await tracing.flush()
      const { exported } = tracing.stats()
      const sent = exported - last
      last = exported
      return sent
    },
    close: () => tracing.close().finally(stop),
  })
}

async function sdkSending(): Promise<Target> {
  const { endpoint, stop } = await receiver()
  const exporter = new Exporter(endpoint)
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  return spanning({
    isSampled: true,
    span: spanOfSdk(provider.getTracer("bench")),
    async settle() {
      await provider.forceFlush()
      const sent = exporter.taken
      exporter.taken = 0
      return sent
    },
    close: () => provider.shutdown().finally(stop),
  })
}

async function oursUnsampled(): Promise<Target> {
  const tracing = await createOpenTelemetryTracing({ sampling: { type: "always_off" } })
  const settle = async () => tracing.stats().exported
  return spanning({ isSampled: false, span: spanOfOurs(tracing, false), settle, close: () => tracing.close() })
}

async function sdkUnsampled(): Promise<Target> {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new BatchSpanProcessor(exporter)]
  const provider = new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors })
  const settle = async () => exporter.getFinishedSpans().length
  const span = spanOfSdk(provider.getTracer("bench"), false)
  return spanning({ isSampled: false, span, settle, close: () => provider.shutdown() })
}

async function oursInMemory(): Promise<Target> {
  const tracing = createMemoryTracing()
  const settle = async () => {
    const kept = tracing.getSpans().length
    tracing.clearSpans()
    return kept
  }
  return spanning({ isSampled: true, span: spanOfOurs(tracing), settle, close: () => tracing.close() })
}

async function sdkInMemory(): Promise<Target> {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const settle = async () => {
    const kept = exporter.getFinishedSpans().length
    exporter.reset()
    return kept
  }
  const span = spanOfSdk(provider.getTracer("bench"))
  return spanning({ isSampled: true, span, settle, close: () => provider.shutdown() })
}

/** Goals are speeds: a cost of 1.15, 1.3 and 0.4 times that of the SDK. */
export const tracingSuite: Suite = {
  name: "tracing",
  rows: [
    {
      name: "opentelemetry span, five attributes, sent, CPU",
      ours: oursSending,
      baseline: sdkSending,
      baselineName: "SDK, batches, protobuf by fetch",
      goal: 0.87,
      cpu: true,
    },
    {
      name: "opentelemetry span, five attributes, not sampled",
      ours: oursUnsampled,
      baseline: sdkUnsampled,
      baselineName: "SDK, AlwaysOffSampler",
      goal: 0.77,
    },
    {
      name: "memory span, five attributes",
      ours: oursInMemory,
      baseline: sdkInMemory,
      baselineName: "SDK, in-memory exporter",
      goal: 2.5,
    },
    {
      name: "tracing off, span of five attributes",
      ours: async () => nanosecondsOf(spanOfOurs(createMemoryTracing({ enabled: false }), false)),
      better: "lower",
      unit: "ns per span",
      goal: 150,
    },
  ],
}
