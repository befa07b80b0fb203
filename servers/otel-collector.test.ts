import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import {
  findOtelCollector,
  OTEL_COLLECTOR_MISSING,
  type OtelCollector,
  type OtelCollectorOptions,
  startOtelCollector,
} from "./otel-collector.ts"
import { type OtelSink, startOtelSink } from "./otel-sink.ts"
import { canListen } from "./server-process.ts"

const request = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: "0af7651916cd43dd8448eb211c80319c",
              spanId: "b7ad6b7169203331",
              name: "checkout",
              kind: 1,
              startTimeUnixNano: "1500000000",
              endTimeUnixNano: "2500000000",
            },
          ],
        },
      ],
    },
  ],
}

async function open(options?: OtelCollectorOptions): Promise<OtelCollector> {
  const collector = await startOtelCollector(options)
  onTestFinished(() => collector.stop())
  return collector
}

async function openSink(): Promise<OtelSink> {
  const sink = await startOtelSink()
  onTestFinished(() => sink.stop())
  return sink
}

async function post({ endpoint }: OtelCollector, body: object): Promise<number> {
  const headers = { "content-type": "application/json" }
  const response = await fetch(`${endpoint}/v1/traces`, { method: "POST", headers, body: JSON.stringify(body) })
  await response.arrayBuffer()
  return response.status
}

describe("otel-collector for tests", () => {
  beforeEach((context) => {
    if (findOtelCollector() === undefined) context.skip(OTEL_COLLECTOR_MISSING)
  })

  it("has forwarded what it answers for", async () => {
    const sink = await openSink()
    const collector = await open({ forwardTo: sink.url })
    expect(await post(collector, request)).toBe(200)
    const context = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }
    expect(sink.spans).toMatchObject([{ name: "checkout", startTime: 1500, endTime: 2500, context }])
  })

  it("refuses what it cannot forward", async () => {
    const sink = await openSink()
    sink.answerWith(400)
    const collector = await open({ forwardTo: sink.url })
    expect(await post(collector, request)).toBeGreaterThanOrEqual(400)
  })

  it("refuses what is no span", async () => {
    expect(await post(await open(), { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 42 }] }] }] })).toBe(400)
  })

  it("takes spans again after kill and restart", async () => {
    const collector = await open()
    await collector.kill()
    await expect(post(collector, request)).rejects.toThrow()
    await collector.restart()
    expect(await post(collector, request)).toBe(200)
  })

  it("can be stopped while paused", async () => {
    const collector = await open()
    collector.pause()
    await collector.stop()
    expect(await canListen(collector.port)).toBe(true)
    await collector.gone()
  })
})
