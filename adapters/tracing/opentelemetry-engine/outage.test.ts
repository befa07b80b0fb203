import { describe, expect, it, onTestFinished } from "vitest"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { freePort } from "../../../servers/server-process.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions } from "../opentelemetry.ts"
import { answerOf, openReceiver, silence, taken, takenBut } from "./receiver.fixture.ts"

/** Of TRACING-FAULT-02 and 03: the times given, and 250 ms. */
const GRACE_MS = 250

async function open(endpoint: string, options: OpenTelemetryTracingOptions = {}): Promise<Tracing> {
  const { exporter, ...more } = options
  const soon = { shutdownTimeoutMs: 50, ...more }
  const tracing = await createOpenTelemetryTracing({ ...soon, exporter: { endpoint, ...exporter } })
  onTestFinished(() => tracing.close())
  return tracing
}

/** Where nobody listens. */
async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/v1/traces`
}

function end(tracing: Tracing, count: number): void {
  for (let at = 0; at < count; at++) tracing.startSpan("span").end()
}

async function millisecondsOf(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return performance.now() - begun
}

describe("a receiver that answers", () => {
  it.each([
    ["a page of HTML", answerOf(200, { "content-type": "text/html" }, "<p>Welcome"), 0],
    ["a redirect", answerOf(307, { location: "/elsewhere" }), 0],
    ["400", answerOf(400), 0],
    ["401", answerOf(401), 0],
    ["that it refuses 3 of 5", takenBut("3"), 2],
    ["that it refuses none", takenBut("0"), 5],
  ])("%s takes what it says, and no more", async (_what, answer, exported) => {
    const { endpoint, requests } = await openReceiver(answer)
    const tracing = await open(endpoint)
    end(tracing, 5)
    await tracing.flush()
    expect(tracing.stats()).toEqual({
      started: 5,
      ended: 5,
      exported,
      dropped: 5 - exported,
      pending: 0,
      sampledOut: 0,
    })
    expect(requests).toHaveLength(1)
  })

  it("503 with a pause is asked again after it", async () => {
    const { answerWith, asked, endpoint, requests } = await openReceiver(answerOf(503, { "retry-after": "1" }))
    const tracing = await open(endpoint)
    end(tracing, 1)
    const first = asked()
    const flushed = tracing.flush()
    await first
    answerWith(taken)
    const ms = await millisecondsOf(() => flushed)
    expect(ms).toBeGreaterThan(900)
    expect(requests).toHaveLength(2)
    expect(tracing.stats()).toMatchObject({ exported: 1, dropped: 0 })
  })
})

describe("health", () => {
  it("is healthy before the first span", async () => {
    const tracing = await open((await openReceiver()).endpoint)
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("is unhealthy while the receiver is away, and says no more than that", async () => {
    const { message, status } = await (await open(await nowhere())).healthCheck()
    expect({ message, status }).toEqual({ status: "unhealthy", message: "The receiver of spans cannot be reached." })
  })

  it("asks nobody where no spans are made", async () => {
    const tracing = await open(await nowhere(), { enabled: false })
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("is unhealthy while the receiver is silent", async () => {
    const tracing = await open((await openReceiver(silence)).endpoint)
    expect(await tracing.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "TIMEOUT" } })
  })

  it("is degraded after a refusal, until spans are taken", async () => {
    const { answerWith, endpoint } = await openReceiver(takenBut(1))
    const tracing = await open(endpoint)
    end(tracing, 1)
    await tracing.flush()
    answerWith(taken)
    expect(await tracing.healthCheck()).toMatchObject({
      status: "degraded",
      message: expect.stringContaining("refused"),
    })
    end(tracing, 1)
    await tracing.flush()
    expect(await tracing.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("shows no header", async () => {
    const { endpoint } = await openReceiver(answerOf(401))
    const tracing = await open(endpoint, { exporter: { headers: { authorization: "Bearer secret" } } })
    expect(JSON.stringify([await tracing.healthCheck(), tracing.getConfig()])).not.toContain("secret")
  })

  it("has the counts as metrics", async () => {
    const tracing = await open(await nowhere())
    tracing.startSpan("open")
    expect(await tracing.getMetrics()).toEqual(tracing.stats())
  })
})

describe.each([
  ["away", nowhere],
  ["silent", async () => (await openReceiver(silence)).endpoint],
])("while the receiver is %s", (_what, endpointOf) => {
  it("no call waits for it", async () => {
    const tracing = await open(await endpointOf())
    const ms = await millisecondsOf(async () => {
      for (let at = 0; at < 1000; at++) await tracing.withSpan("span", {}, () => at)
    })
    expect(ms).toBeLessThan(1000)
  })

  it("flush ends in its time", async () => {
    const tracing = await open(await endpointOf())
    end(tracing, 3000)
    expect(await millisecondsOf(() => tracing.flush(2000))).toBeLessThan(2000 + GRACE_MS)
  })

  it("close ends in its time, and counts what is left as dropped", async () => {
    const tracing = await open(await endpointOf(), { shutdownTimeoutMs: 5000 })
    end(tracing, 1000)
    tracing.startSpan("open")
    expect(await millisecondsOf(() => tracing.close())).toBeLessThan(5000 + GRACE_MS)
    expect(tracing.stats()).toEqual({
      ...{ started: 1001, ended: 1001, exported: 0, dropped: 1001, pending: 0, sampledOut: 0 },
    })
  })

  it("no more spans are kept than the queue and a batch have", async () => {
    const batch = { maxQueueSize: 20, maxBatchSize: 10 }
    const tracing = await open(await endpointOf(), { exporter: { batch } })
    end(tracing, 100)
    expect(tracing.stats()).toMatchObject({ pending: 30, dropped: 70 })
  })
})

describe("what comes late", () => {
  it("is counted once: a span that ends twice", async () => {
    const { endpoint } = await openReceiver()
    const tracing = await open(endpoint)
    const span = tracing.startSpan("span")
    span.end()
    span.end()
    await tracing.flush()
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, exported: 1 })
  })

  it("is dropped: a span that is open at close, ended after it, or begun after it", async () => {
    const { endpoint, requests } = await openReceiver()
    const tracing = await open(endpoint)
    const span = tracing.startSpan("open")
    tracing.startSpan("done").end()
    await tracing.close()
    span.end()
    tracing.startSpan("late").end()
    expect(await tracing.withSpan("late", {}, () => 42)).toBe(42)
    expect(tracing.stats()).toEqual({ started: 4, ended: 4, exported: 1, dropped: 3, pending: 0, sampledOut: 0 })
    expect(requests).toHaveLength(1)
  })
})
