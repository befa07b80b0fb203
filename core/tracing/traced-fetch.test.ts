import { describe, expect, it } from "vitest"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import { receiver } from "./receiver.fixture.ts"
import { tracedFetch } from "./traced-fetch.ts"

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

async function setUp(options: Parameters<typeof createMemoryTracing>[0] = {}) {
  const tracing = createMemoryTracing(options)
  return { ...(await receiver()), tracing, fetch: tracedFetch(tracing) }
}

describe("the span of an outgoing request", () => {
  it("has the method, the host and the status, and nothing else of the URL", async () => {
    const { fetch, tracing, url } = await setUp()
    await fetch(`${url}/200?secret-a#secret-b`, { method: "post", body: "secret-c", headers: { "x-a": "secret-d" } })
    expect(tracing.getSpans()).toMatchObject([
      {
        name: "POST",
        kind: "client",
        status: { code: "unset" },
        attributes: {
          "http.request.method": "POST",
          "http.response.status_code": 200,
          "url.scheme": "http",
          "server.address": "127.0.0.1",
          "server.port": Number(new URL(url).port),
        },
      },
    ])
    expect(JSON.stringify(tracing.getSpans())).not.toContain("secret")
  })

  it("is the child of the active one, and what the receiver is told", async () => {
    const { fetch, received, tracing, url } = await setUp()
    await tracing.withSpan("parent", {}, () => fetch(url))
    const [span, parent] = tracing.getSpans()
    expect(span?.parentSpanId).toBe(parent?.context.spanId)
    expect(received[0]?.("traceparent")).toEqual([`00-${span?.context.traceId}-${span?.context.spanId}-01`])
  })

  it.each([[404], [503]])("is an error where the answer is %i", async (status) => {
    const { fetch, tracing, url } = await setUp()
    expect((await fetch(`${url}/${status}`)).status).toBe(status)
    expect(tracing.getSpans()).toMatchObject([
      { status: { code: "error" }, attributes: { "error.type": String(status), "http.response.status_code": status } },
    ])
  })

  it("is an error where nobody answers, which is rejected with as it is", async () => {
    const tracing = createMemoryTracing()
    const failure = new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } })
    const fetch = tracedFetch(tracing, { fetch: () => Promise.reject(failure) })
    await expect(fetch("http://localhost/")).rejects.toBe(failure)
    expect(tracing.getSpans()).toMatchObject([
      { status: { code: "error" }, attributes: { "error.type": "ECONNREFUSED" }, events: [{ name: "exception" }] },
    ])
  })

  it("is an error of its name where the caller gives up", async () => {
    const { fetch, tracing, url } = await setUp()
    await expect(fetch(url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" })
    expect(tracing.getSpans()).toMatchObject([{ attributes: { "error.type": "AbortError" } }])
  })

  it("is not there for what is no request over HTTP, and shows no password", async () => {
    const { fetch, tracing } = await setUp()
    expect(await (await fetch("data:,a")).text()).toBe("a")
    await expect(fetch("http://ada:secret@localhost/")).rejects.toThrow(TypeError)
    await expect(fetch("/relative")).rejects.toThrow(TypeError)
    expect(tracing.stats().started).toBe(0)
  })
})

describe("what is sent", () => {
  it.each([
    ["a URL", (url: string) => new URL(url), {}],
    ["a Request", (url: string) => new Request(url, { method: "PUT", body: "b", headers: { "x-a": "1" } }), {}],
    ["a Request and headers", (url: string) => new Request(url, { method: "PUT" }), { headers: { "x-a": "1" } }],
  ])("is %s with its headers and the trace", async (kind, make, init) => {
    const { fetch, received, tracing, url } = await setUp()
    await fetch(make(url), init)
    const [sent] = received
    expect(sent?.("traceparent")).toHaveLength(1)
    expect(sent?.("x-a")).toEqual(kind === "a URL" ? [] : ["1"])
    expect(tracing.getSpans()).toMatchObject([{ name: kind === "a URL" ? "GET" : "PUT" }])
  })

  it("keeps a traceparent that it has", async () => {
    const { fetch, received, url } = await setUp()
    await fetch(url, { headers: { TraceParent: TRACEPARENT } })
    expect(received[0]?.("traceparent")).toEqual([TRACEPARENT])
  })

  it("has the trace again after a redirect", async () => {
    const { fetch, received, url } = await setUp()
    await fetch(`${url}/302?to=/200`)
    expect(received.map((sent) => sent("traceparent").length)).toEqual([1, 1])
    expect(received[0]?.("traceparent")).toEqual(received[1]?.("traceparent"))
  })

  it("has the baggage that is allowed alone", async () => {
    const { fetch, received, tracing, url } = await setUp({ propagation: { baggage: { allowedKeys: ["tenant"] } } })
    const context = { ...tracing.startSpan("a").context, baggage: { tenant: "acme", user: "ada" } }
    await tracing.run(context, () => fetch(url))
    expect(received[0]?.("baggage")).toEqual(["tenant=acme"])
  })

  it("has every format of the configuration", async () => {
    const { fetch, received, url } = await setUp({ propagation: { formats: ["w3c", "b3", "b3_multi"] } })
    await fetch(url)
    for (const name of ["traceparent", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled"]) {
      expect([name, received[0]?.(name).length]).toEqual([name, 1])
    }
  })

  it("has the trace that came in where tracing is switched off, and no other", async () => {
    const { fetch, received, tracing, url } = await setUp({ enabled: false })
    await fetch(url)
    await tracing.run(tracing.extract({ traceparent: TRACEPARENT }), () => fetch(url))
    expect(received.map((sent) => sent("traceparent"))).toEqual([[], [TRACEPARENT]])
  })
})
