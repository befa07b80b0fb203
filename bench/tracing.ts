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
import { createMemoryCache } from "../adapters/cache/memory.ts"
import { createMemoryTracing, type MemoryTracingOptions } from "../adapters/tracing/memory.ts"
import { createOpenTelemetryTracing } from "../adapters/tracing/opentelemetry.ts"
import { type Connection, connectTo } from "../adapters/tracing/opentelemetry-engine/connection.ts"
import { withTracing } from "../core/tracing/layer/with-tracing.ts"
import type { Suite, Target } from "./suite.ts"
import { costOf, nanosecondsOf, spanOfOurs, spanOfSdk } from "./tracing-loops.ts"

/** Takes what comes by OTLP. Its work, and that of who sends to it, is not part of a span's cost. */
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
  readonly #connection: Connection

  constructor(endpoint: string) {
    this.#connection = connectTo(endpoint)
  }

  async #send(spans: ReadableSpan[]): Promise<void> {
    const body = ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array()
    const headers = { "content-type": "application/x-protobuf" }
    const { status } = await this.#connection.post(body, headers, new AbortController().signal)
    if (status === 200) this.taken += spans.length
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    this.#send(spans).then(
      () => done({ code: 0 }),
      (error: Error) => done({ code: 1, error }),
    )
  }

  async shutdown(): Promise<void> {
    this.#connection.close()
  }
}

async function oursSending(): Promise<Target> {
  const { endpoint, stop } = await receiver()
  const tracing = await createOpenTelemetryTracing({ exporter: { endpoint }, resource: { serviceName: "bench" } })
  let last = 0
  return costOf({
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
  return costOf({
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
  return costOf({ isSampled: false, span: spanOfOurs(tracing, false), settle, close: () => tracing.close() })
}

async function sdkUnsampled(): Promise<Target> {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new BatchSpanProcessor(exporter)]
  const provider = new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors })
  const settle = async () => exporter.getFinishedSpans().length
  const span = spanOfSdk(provider.getTracer("bench"), false)
  return costOf({ isSampled: false, span, settle, close: () => provider.shutdown() })
}

async function oursInMemory(): Promise<Target> {
  const tracing = createMemoryTracing()
  const settle = async () => {
    const kept = tracing.getSpans().length
    tracing.clearSpans()
    return kept
  }
  return costOf({ isSampled: true, span: spanOfOurs(tracing), settle, close: () => tracing.close() })
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
  return costOf({ isSampled: true, span, settle, close: () => provider.shutdown() })
}

/** What a get of a memory cache costs under such tracing. */
async function getUnder(options: MemoryTracingOptions): Promise<Target> {
  const cache = createMemoryCache()
  await cache.set("a", 1)
  const traced = withTracing(cache, createMemoryTracing(options))
  return nanosecondsOf(async (count) => {
    for (let index = 0; index < count; index++) if ((await traced.get("a")) !== 1) throw new Error("wrong value")
  })
}

async function spansOff(): Promise<Target> {
  const span = spanOfOurs(createMemoryTracing({ enabled: false }), false)
  return nanosecondsOf(async (count) => {
    for (let index = 0; index < count; index++) if (!span(index)) throw new Error("wrong span")
  })
}

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

async function extracting(headers: Readonly<Record<string, string>>): Promise<Target> {
  const tracing = createMemoryTracing()
  return nanosecondsOf(async (count) => {
    for (let index = 0; index < count; index++) {
      if (tracing.extract(headers)?.spanId !== "00f067aa0ba902b7") throw new Error("wrong context")
    }
  })
}

/** Ratios are costs over costs, by the processor: the lower the better. */
export const tracingSuite: Suite = {
  name: "tracing",
  rows: [
    {
      name: "opentelemetry span, five attributes, sampled, CPU",
      ours: oursSending,
      baseline: sdkSending,
      baselineName: "SDK, BatchSpanProcessor",
      better: "lower",
      goal: 1.15,
    },
    {
      name: "opentelemetry span, five attributes, not sampled, CPU",
      ours: oursUnsampled,
      baseline: sdkUnsampled,
      baselineName: "SDK, AlwaysOffSampler",
      better: "lower",
      goal: 1.3,
    },
    {
      name: "memory span, five attributes, CPU",
      ours: oursInMemory,
      baseline: sdkInMemory,
      baselineName: "SDK, in-memory exporter",
      better: "lower",
      goal: 0.4,
    },
    {
      name: "tracing off, a call of a memory cache, CPU",
      ours: () => getUnder({ enabled: false }),
      better: "lower",
      unit: "ns per call",
      goal: 150,
    },
    {
      name: "tracing off, span of five attributes, CPU",
      ours: spansOff,
      better: "lower",
      unit: "ns per span",
      goal: 150,
    },
    {
      name: "a call of a memory cache, sampled out, CPU",
      ours: () => getUnder({ sampling: { type: "always_off" } }),
      better: "lower",
      unit: "ns per call",
    },
    {
      name: "a call of a memory cache, kept in memory, CPU",
      ours: () => getUnder({}),
      better: "lower",
      unit: "ns per call",
    },
    {
      name: "extract, traceparent and two headers, CPU",
      ours: () => extracting({ host: "localhost", accept: "*/*", traceparent: TRACEPARENT }),
      better: "lower",
      unit: "ns per call",
    },
    {
      name: "extract, traceparent, tracestate and baggage, CPU",
      ours: () => extracting({ traceparent: TRACEPARENT, tracestate: "a=1,b=2", baggage: "tenant=acme" }),
      better: "lower",
      unit: "ns per call",
    },
  ],
}
