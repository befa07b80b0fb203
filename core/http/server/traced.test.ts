/** Tracing from the headers of a request to its answer, over a socket. */
import { describe, expect, it, onTestFinished } from "vitest"
import { builtinAdapters } from "../../../adapters/manifest.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { createServices } from "../../services.ts"
import { openGate } from "../gate.ts"
import { SPAN_ID, TRACE_ID, TRACEPARENT } from "../tracing/traced-api.fixture.ts"
import { answerOf, get, route, serve } from "./serve.fixture.ts"
import { serveHttp } from "./serve.ts"

const STATS = "/api/v1/cache/stats"

/** A server over a cache and a tracing, both in memory. */
async function traced() {
  const services = await createServices({ adapters: builtinAdapters, env: {}, services: ["cache", "tracing"] })
  const routes = [
    route(
      () => {
        throw new Error("secret")
      },
      "GET",
      "/failing",
    ),
  ]
  const server = await serveHttp(services, { port: 0, env: {}, gate: openGate, routes })
  onTestFinished(async () => {
    await server.close()
    await services.close()
  })
  return { tracing: services.tracing, url: server.url }
}

/** The spans of requests: those of calls of the cache are beneath them. */
const requestsOf = (tracing: Tracing) => tracing.getSpans().filter(({ kind }) => kind === "server")

describe("a request over a socket", () => {
  it("has a span, which is the child of the one that its header names", async () => {
    const { tracing, url } = await traced()
    const answer = await answerOf(url + STATS, { headers: { traceparent: TRACEPARENT } })
    expect(answer.status).toBe(200)
    expect(requestsOf(tracing)).toMatchObject([
      {
        name: `GET ${STATS}`,
        kind: "server",
        parentSpanId: SPAN_ID,
        attributes: { "server.address": "localhost", "server.port": Number(new URL(url).port) },
      },
    ])
  })

  it("that fails is answered with the trace of its header", async () => {
    const { tracing, url } = await traced()
    const { body, status } = await answerOf(`${url}/failing`, { headers: { traceparent: TRACEPARENT } })
    expect([status, JSON.parse(body)]).toEqual([500, { error: expect.objectContaining({ traceId: TRACE_ID }) }])
    expect(tracing.getSpans()).toMatchObject([{ parentSpanId: SPAN_ID, status: { code: "error" } }])
  })

  it("that has no header begins a new trace, also where the server was started in a span", async () => {
    const tracing = createMemoryTracing()
    const boot = tracing.startSpan("boot").context
    const { url } = await tracing.run(boot, () => serve({ tracing, routes: [route(() => ({}))] }))
    await answerOf(`${url}/api/v1/things`)
    await answerOf(`${url}/api/v1/things`)
    const spans = tracing.getSpans()
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined])
    expect(new Set([boot.traceId, ...spans.map(({ context }) => context.traceId)]).size).toBe(3)
  })

  it("has the status 499 where its client goes away before the answer", async () => {
    const tracing = createMemoryTracing()
    let begun = () => {}
    const asked = new Promise<void>((resolve) => {
      begun = resolve
    })
    const slow = async ({ signal }: { signal: AbortSignal }) => {
      begun()
      await new Promise((resolve) => signal.addEventListener("abort", resolve))
      return {}
    }
    const { url } = await serve({ tracing, routes: [route(slow)] })
    const gone = new AbortController()
    const answer = fetch(`${url}/api/v1/things`, { signal: gone.signal }).catch(() => "gone")
    await asked
    gone.abort()
    expect(await answer).toBe("gone")
    await expect.poll(() => tracing.stats().ended).toBe(1)
    expect(tracing.getSpans()).toMatchObject([{ attributes: { "http.response.status_code": 499 } }])
  })

  it("ends its span when its client goes away in the middle of the answer", async () => {
    const tracing = createMemoryTracing()
    const endless = () =>
      new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1024)) }, { highWaterMark: 0 }))
    const { url } = await serve({ tracing, routes: [route(endless)] })
    const answer = await get(`${url}/api/v1/things`)
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 0 })
    answer.destroy()
    await expect.poll(() => tracing.stats().ended).toBe(1)
    expect(tracing.getSpans()).toMatchObject([{ status: { code: "unset" } }])
  })

  it("has a span where a rate limit refuses it", async () => {
    const tracing = createMemoryTracing()
    const rateLimit = { enabled: true, windowMs: 60_000, maxRequests: 1 }
    const { url } = await serve({ tracing, config: { security: { rateLimit } }, routes: [route(() => ({}))] })
    await answerOf(`${url}/api/v1/things`)
    const { body } = await answerOf(`${url}/api/v1/things`)
    const [, refused] = tracing.getSpans()
    expect(refused?.attributes["http.response.status_code"]).toBe(429)
    expect(JSON.parse(body).error.traceId).toBe(refused?.context.traceId)
  })

  const id = "a".repeat(32)
  const span = "b".repeat(16)
  it.each<[string, Record<string, string | string[]>]>([
    ["garbage", { traceparent: "nonsense" }],
    ["zeros for ids", { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` }],
    ["the forbidden version", { traceparent: `ff-${id}-${span}-01` }],
    ["capitals", { traceparent: `00-${id.toUpperCase()}-${span}-01` }],
    ["more than version 00 has", { traceparent: `00-${id}-${span}-01-more` }],
    ["two that differ", { traceparent: [`00-${id}-${span}-01`, TRACEPARENT] }],
    ["a text of 8,000 characters", { traceparent: "0".repeat(8000) }],
    ["nothing", { traceparent: "" }],
    ["a state and baggage without a trace", { tracestate: "a=1", baggage: "user=ada" }],
    ["bytes that are no ASCII", { traceparent: "\xff\xfe", tracestate: "\xff=\xff", baggage: "\xff=\xff" }],
    ["the name of a prototype", { baggage: "__proto__=a,constructor=b", tracestate: "__proto__=a" }],
  ])("whose trace is %s is answered, and begins a new one", async (_what, headers) => {
    const { tracing, url } = await traced()
    expect((await answerOf(url + STATS, { headers })).status).toBe(200)
    const [only, ...more] = requestsOf(tracing)
    expect([only?.parentSpanId, more]).toEqual([undefined, []])
    expect([id, TRACE_ID]).not.toContain(only?.context.traceId)
  })

  it.each<[string, Record<string, string | string[]>]>([
    ["a state that is malformed", { tracestate: "=,a,A=1,,;;" }],
    ["a state of 100 members", { tracestate: Array.from({ length: 100 }, (_, at) => `k${at}=1`).join() }],
    ["baggage that is malformed", { baggage: "a=%zz,=b,c,%%%" }],
    ["baggage of 12,000 characters", { baggage: `a=${"b".repeat(12_000)}` }],
    ["the same header twice", { traceparent: [TRACEPARENT, TRACEPARENT] }],
    ["blanks around it", { traceparent: `  ${TRACEPARENT} \t` }],
  ])("with %s keeps its trace", async (_what, headers) => {
    const { tracing, url } = await traced()
    expect((await answerOf(url + STATS, { headers: { traceparent: TRACEPARENT, ...headers } })).status).toBe(200)
    expect(requestsOf(tracing)).toMatchObject([{ parentSpanId: SPAN_ID, context: { traceId: TRACE_ID } }])
  })
})
