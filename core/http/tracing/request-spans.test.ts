import { AsyncLocalStorage } from "node:async_hooks"
import { describe, expect, it, vi } from "vitest"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { asTracing } from "../../tracing/portable-tracing.ts"
import { assembleApi, createHttpApi } from "../api.ts"
import { openGate } from "../gate.ts"
import { limitsOf } from "../limits.ts"
import { gate, route } from "../server/serve.fixture.ts"
import { SPAN_ID, TRACE_ID, TRACEPARENT, tracedApi, traceIdIn } from "./traced-api.fixture.ts"

const PATH = "/api/v1/things"
const failing = (error: unknown) =>
  route(() => {
    throw error
  })

describe("the span of a request", () => {
  it("has the method and the route, and says nothing of the query, the headers and the body", async () => {
    const { call, tracing } = await tracedApi({ routes: [route(() => ({ done: true }), "GET", "/things/*")] })
    await call("/things/secret-a?secret-b=1", { headers: { "x-secret": "secret-c" } })
    expect(tracing.getSpans()).toMatchObject([
      {
        name: "GET /things/*",
        kind: "server",
        parentSpanId: undefined,
        status: { code: "unset" },
        attributes: {
          "http.request.method": "GET",
          "http.route": "/things/*",
          "http.response.status_code": 200,
          "url.scheme": "http",
          "server.address": "localhost",
          "server.port": 3000,
        },
        events: [],
      },
    ])
    expect(Object.keys(tracing.getSpans()[0]?.attributes ?? {})).toHaveLength(6)
  })

  it.each([
    ["GET", "/nowhere", "GET", { "http.request.method": "GET", "http.response.status_code": 404 }],
    ["DELETE", PATH, "DELETE", { "http.request.method": "DELETE", "http.response.status_code": 405 }],
    ["HEAD", PATH, `HEAD ${PATH}`, { "http.request.method": "HEAD", "http.route": PATH }],
    ["BREW", PATH, "HTTP", { "http.request.method": "_OTHER", "http.request.method_original": "BREW" }],
    ["GET", "/api/v1/metrics", "GET /api/v1/metrics", { "http.route": "/api/v1/metrics" }],
  ])("of %s %s is %s", async (method, path, name, attributes) => {
    const { call, tracing } = await tracedApi({ routes: [route(() => ({}))] })
    await call(path, { method })
    expect(tracing.getSpans()).toMatchObject([{ name, attributes, status: { code: "unset" } }])
  })

  it("has the status 499 where the client went before the answer, whatever the handler gives then", async () => {
    const gone = new AbortController()
    const late = route(async () => {
      gone.abort()
      return {}
    })
    const { call, tracing } = await tracedApi({ routes: [late] })
    await call(PATH, { signal: gone.signal })
    expect(tracing.getSpans()).toMatchObject([
      { attributes: { "http.response.status_code": 499 }, status: { code: "unset" } },
    ])
  })

  it("is there for everything but probes", async () => {
    const { call, tracing } = await tracedApi()
    for (const path of ["/livez", "/readyz", "/startupz"]) await call(path)
    expect(tracing.stats().started).toBe(0)
  })

  it("is the child of the span that the request names, whatever the case of the header", async () => {
    const { call, tracing } = await tracedApi({ routes: [route(() => ({}))] })
    await call(PATH, { headers: { TraceParent: TRACEPARENT, tracestate: "a=1", baggage: "user=ada" } })
    expect(tracing.getSpans()).toMatchObject([
      { context: { traceId: TRACE_ID, sampled: true, traceState: "a=1" }, parentSpanId: SPAN_ID },
    ])
  })

  it("is no child of whoever calls fetch", async () => {
    const { call, tracing } = await tracedApi({ routes: [route(() => ({}))] })
    const caller = await tracing.withSpan("caller", {}, async ({ context }) => {
      await call(PATH)
      return context
    })
    const [span] = tracing.getSpans({ name: `GET ${PATH}` })
    expect(span?.parentSpanId).toBeUndefined()
    expect(span?.context.traceId).not.toBe(caller.traceId)
  })

  it("is active in the handler, at once and after a wait", async () => {
    const seen: unknown[] = []
    const { call, tracing } = await tracedApi({
      routes: [
        route(async () => {
          seen.push(tracing.activeContext()?.spanId)
          await Promise.resolve()
          seen.push(tracing.activeContext()?.spanId)
          return {}
        }),
      ],
    })
    await call(PATH)
    const [span] = tracing.getSpans()
    expect(seen).toEqual([span?.context.spanId, span?.context.spanId])
  })

  it("leaves other contexts of the application as they are", async () => {
    const context = new AsyncLocalStorage<string>()
    const { call } = await tracedApi({ routes: [route(() => ({ seen: context.getStore() }))] })
    expect(await (await context.run("caller", () => call(PATH))).json()).toEqual({ seen: "caller" })
  })
})

describe("a failure", () => {
  it.each([
    [new ServiceError("UNAVAILABLE", "No."), 503, "UNAVAILABLE"],
    [new TypeError("secret"), 500, "INTERNAL"],
    ["text", 500, "INTERNAL"],
  ])("%s is an error of the span, with the exception", async (error, status, type) => {
    const { call, tracing } = await tracedApi({ routes: [failing(error)] })
    await call(PATH)
    expect(tracing.getSpans()).toMatchObject([
      {
        status: { code: "error", message: undefined },
        attributes: { "http.response.status_code": status, "error.type": type },
        events: [{ name: "exception" }],
      },
    ])
  })

  it("that a handler answers itself is one of its status", async () => {
    const { call, tracing } = await tracedApi({ routes: [route(() => new Response("", { status: 502 }))] })
    await (await call(PATH)).text()
    expect(tracing.getSpans()).toMatchObject([{ status: { code: "error" }, attributes: { "error.type": "502" } }])
  })

  it("of the request is none of the span", async () => {
    const { call, tracing } = await tracedApi({ routes: [failing(new ServiceError("NOT_FOUND", "No."))] })
    await call(PATH)
    const [span] = tracing.getSpans()
    expect(span).toMatchObject({
      status: { code: "unset" },
      attributes: { "http.response.status_code": 404 },
      events: [],
    })
    expect(span?.attributes["error.type"]).toBeUndefined()
  })

  it("is told to onError in the span, with its trace", async () => {
    const told: unknown[] = []
    const { call, tracing } = await tracedApi({
      routes: [failing(new Error("no"))],
      onError: (_error, { traceId }) => told.push([traceId, tracing.activeContext()?.spanId]),
    })
    const body = await traceIdIn(await call(PATH))
    const [span] = tracing.getSpans()
    expect(told).toEqual([[span?.context.traceId, span?.context.spanId]])
    expect(body).toBe(span?.context.traceId)
  })

  it("has the trace of the header that the span continues", async () => {
    const { call } = await tracedApi({ routes: [failing(new Error("no"))] })
    expect(await traceIdIn(await call(PATH, { headers: { traceparent: TRACEPARENT } }))).toBe(TRACE_ID)
  })

  it("has the trace of a span that is sampled out", async () => {
    const { call, tracing } = await tracedApi(
      { routes: [failing(new Error("no"))] },
      { sampling: { type: "always_off" } },
    )
    expect(await traceIdIn(await call(PATH, { headers: { traceparent: TRACEPARENT } }))).toBe(TRACE_ID)
    expect(tracing.stats()).toMatchObject({ started: 1, sampledOut: 1 })
  })

  it("by the time is the end of the span, whatever the handler does", async () => {
    const late = gate()
    const { call, clock, tracing } = await tracedApi({
      routes: [route(() => late.opened.then(() => new Response("late")))],
      requestTimeout: 500,
    })
    const answered = call(PATH)
    await clock.advance(500)
    expect((await answered).status).toBe(504)
    late.open()
    expect(tracing.getSpans()).toMatchObject([
      { startTime: clock.now() - 500, endTime: clock.now(), attributes: { "error.type": "TIMEOUT" } },
    ])
  })

  it("of a request that drains the API has a span too", async () => {
    const { api, call, tracing } = await tracedApi()
    api.drain()
    expect((await call(PATH)).status).toBe(503)
    expect(tracing.getSpans()).toMatchObject([{ name: "GET", attributes: { "error.type": "UNAVAILABLE" } }])
  })
})

describe("a body that is streamed", () => {
  const piece = new Uint8Array([1])

  /** An API whose answer has a body of one piece, which ends when it is told. */
  async function streaming(end = (to: ReadableStreamDefaultController) => to.close()) {
    const more = gate()
    const body = new ReadableStream(
      {
        async pull(to) {
          to.enqueue(piece)
          await more.opened
          end(to)
        },
      },
      { highWaterMark: 0 },
    )
    const onError = vi.fn()
    return { ...(await tracedApi({ onError, routes: [route(() => new Response(body))] })), more, onError }
  }

  it("is a part of the span until it was read", async () => {
    const { call, clock, more, tracing } = await streaming()
    const response = await call(PATH)
    await clock.advance(1000)
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 0 })
    more.open()
    await response.arrayBuffer()
    expect(tracing.getSpans()).toMatchObject([{ endTime: clock.now(), startTime: clock.now() - 1000 }])
  })

  it("is a part of the span until it is cancelled", async () => {
    const { call, tracing } = await streaming()
    const response = await call(PATH)
    expect(tracing.stats().ended).toBe(0)
    await response.body?.cancel()
    expect(tracing.getSpans()).toMatchObject([{ status: { code: "unset" } }])
  })

  it("is an error of the span where it fails, and is told with the trace", async () => {
    const { call, more, onError, tracing } = await streaming((to) => to.error(new TypeError("broken")))
    let seen: unknown
    onError.mockImplementation(() => {
      seen = tracing.activeContext()?.spanId
    })
    const response = await call(PATH)
    more.open()
    await expect(response.text()).rejects.toThrow("The answer ended early.")
    const [span] = tracing.getSpans()
    expect(span).toMatchObject({
      status: { code: "error" },
      attributes: { "http.response.status_code": 200, "error.type": "INTERNAL" },
      events: [{ name: "exception", attributes: { "exception.type": "TypeError" } }],
    })
    expect(onError.mock.calls).toEqual([[expect.any(TypeError), { traceId: span?.context.traceId }]])
    expect(seen).toBe(span?.context.spanId)
  })

  it("is made in the span, whoever reads it", async () => {
    const seen: unknown[] = []
    const { call, tracing } = await tracedApi({
      routes: [
        route(() => {
          const look = () => void seen.push(tracing.activeContext()?.spanId)
          const pull = (to: ReadableStreamDefaultController) => {
            look()
            to.enqueue(piece)
          }
          return new Response(new ReadableStream({ pull, cancel: look }, { highWaterMark: 0 }))
        }),
      ],
    })
    const reader = (await call(PATH)).body?.getReader()
    await reader?.read()
    await new Promise(setImmediate)
    await reader?.read()
    await reader?.cancel()
    const id = tracing.getSpans()[0]?.context.spanId
    expect(seen).toEqual([id, id, id])
  })

  it("is none of an answer to HEAD", async () => {
    const { call, tracing } = await streaming()
    await call(PATH, { method: "HEAD" })
    expect(tracing.getSpans()).toMatchObject([{ name: `HEAD ${PATH}` }])
  })
})

describe("the tracing of an API", () => {
  const routes = [route(() => ({}))]
  const callOnce = async (services: object, tracing?: ReturnType<typeof createMemoryTracing>) => {
    const { fetch } = await createHttpApi(services as never, { gate: openGate, routes, tracing })
    await fetch(new Request(`http://localhost${PATH}`))
  }

  it("is the one of the options, before those of services", async () => {
    const [given, tracing] = [createMemoryTracing(), createMemoryTracing()]
    await callOnce({ tracing }, given)
    expect([given.stats().started, tracing.stats().started]).toEqual([1, 0])
  })

  it("is the only one of the services, else the one named tracing, else none", async () => {
    const [one, other] = [createMemoryTracing(), createMemoryTracing()]
    await callOnce({ spans: one })
    expect(one.stats().started).toBe(1)
    await callOnce({ spans: one, tracing: other })
    expect([one.stats().started, other.stats().started]).toEqual([1, 1])
    await callOnce({ spans: one, more: other })
    expect([one.stats().started, other.stats().started]).toEqual([1, 1])
  })

  it("makes nothing where it is switched off, not even a promise", async () => {
    const tracing = createMemoryTracing({ enabled: false })
    const used = vi.spyOn(tracing, "withSpan")
    const parts = { admission: { gate: openGate, service: {} }, limits: limitsOf({}), middleware: [], mounts: [] }
    const { respond } = await assembleApi({ tracing } as never, { routes }, parts)
    expect(respond(new Request(`http://localhost${PATH}`), {})).toBeInstanceOf(Response)
    expect(used).not.toHaveBeenCalled()
  })

  it("that fails costs no answer, and leaves the trace of the header in errors", async () => {
    const fails = () => {
      throw new Error("no")
    }
    const methods = [
      "startSpan",
      "withSpan",
      "activeContext",
      "run",
      "inject",
      "extract",
      "getConfig",
      "stats",
      "flush",
    ]
    const tracing = asTracing(Object.fromEntries(methods.map((name) => [name, fails])) as never)
    const { call } = await tracedApi({
      tracing,
      gate: undefined,
      env: { API_TOKEN: "a".repeat(16) },
      routes: [failing(1)],
    })
    const headers = { traceparent: TRACEPARENT, authorization: `Bearer ${"a".repeat(16)}` }
    expect((await call("/api/v1/metrics", { headers })).status).toBe(200)
    const response = await call(PATH, { headers })
    expect([response.status, await traceIdIn(response)]).toEqual([500, TRACE_ID])
  })
})
