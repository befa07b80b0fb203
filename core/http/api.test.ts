import { runInNewContext } from "node:vm"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod/mini"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { defineRoute, type RouteCall } from "../foundation/http/route.ts"
import { createHttpApi, type HttpApiOptions } from "./api.ts"
import { openGate } from "./gate.ts"

type Handle = (services: unknown, call: RouteCall<{ name: string }, { n?: number }, { text: string }>) => never

/** The API with one route, at /things/:name. */
async function apiOf(handle: (call: Parameters<Handle>[1]) => unknown, options: HttpApiOptions = {}, method = "GET") {
  const route = defineRoute({
    method: method as "GET",
    path: "/things/:name",
    operationId: "thing",
    summary: "A thing.",
    permission: "public",
    params: z.strictObject({ name: z.string() }),
    query: z.strictObject({ n: z.optional(z.number()) }),
    ...(method === "POST" && { body: z.strictObject({ text: z.string() }) }),
    answers: { 200: { description: "It." } },
    handle: (_services: unknown, call) => handle(call as never) as object,
  })
  const { fetch } = await createHttpApi({} as never, { gate: openGate, routes: [route], ...options })
  return (path: string, init: RequestInit = {}) =>
    fetch(new Request(`http://localhost${path}`, { method, duplex: "half", ...init } as RequestInit))
}

const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error
const post = (body: BodyInit, headers: Record<string, string> = { "content-type": "application/json" }) => ({
  body,
  headers,
})

describe("what is thrown", () => {
  it.each([
    ["an error", () => new Error("secret")],
    ["a text", () => "secret"],
    ["undefined", () => undefined],
    ["a response", () => new Response("secret")],
    ["an error of another realm", () => runInNewContext("new Error('secret')")],
    [
      "an object that throws",
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error("secret")
            },
          },
        ),
    ],
  ])("%s is a 500 that shows nothing of it", async (_kind, make) => {
    const onError = vi.fn()
    for (const handle of [
      () => Promise.reject(make()),
      () => {
        throw make()
      },
    ]) {
      const response = await (await apiOf(handle, { onError }))("/things/a")
      expect(response.status).toBe(500)
      expect(await errorOf(response)).toEqual({
        code: "INTERNAL",
        message: "The request failed.",
        traceId: expect.stringMatching(/^[\da-f]{32}$/),
      })
    }
    expect(onError).toHaveBeenCalledTimes(2)
  })

  it("is told where onError throws as well", async () => {
    const call = await apiOf(
      () => {
        throw undefined
      },
      {
        onError: () => {
          throw new Error("no")
        },
      },
    )
    expect((await call("/things/a")).status).toBe(500)
  })

  it("has the trace of the request", async () => {
    const call = await apiOf(() => {
      throw undefined
    })
    const traceId = "0af7651916cd43dd8448eb211c80319c"
    const response = await call("/things/a", { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
    expect((await errorOf(response))["traceId"]).toBe(traceId)
  })

  it("by a service keeps its own message below 500, and not above", async () => {
    const messageOf = async (code: "NOT_FOUND" | "UNAVAILABLE") => {
      const call = await apiOf(() => {
        throw new ServiceError(code, "redis.internal:6379")
      })
      return (await errorOf(await call("/things/a")))["message"]
    }
    expect([await messageOf("NOT_FOUND"), await messageOf("UNAVAILABLE")]).toEqual([
      "redis.internal:6379",
      "The service cannot be reached for now; try again later.",
    ])
  })
})

describe("an answer that no server can send", () => {
  it.each([
    ["has a control character in a header", () => new Response("", { headers: { "x-name": "a\u0001" } })],
    ["has no status", () => Response.error()],
  ])("%s: it is a failure", async (_kind, make) => {
    const onError = vi.fn()
    const response = await (await apiOf(make, { onError }))("/things/a")
    expect([response.status, (await errorOf(response))["code"]]).toEqual([500, "INTERNAL"])
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it("has something else than bytes in its body: that ends early", async () => {
    const onError = vi.fn()
    const odd = new ReadableStream({
      pull(to) {
        to.enqueue({ secret: 1 })
        to.close()
      },
    })
    const response = await (await apiOf(() => new Response(odd), { onError }))("/things/a")
    await expect(response.text()).rejects.toThrow("The answer ended early.")
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it.each([
    [1.5, "2"],
    [Number.NaN, null],
    ["1\r\nx: y", null],
  ])("has %j as the seconds to wait: whole ones are told, or none", async (retryAfterSeconds, told) => {
    const call = await apiOf(() => {
      throw new ServiceError("UNAVAILABLE", "", { details: { retryAfterSeconds } })
    })
    const response = await call("/things/a")
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, told])
  })
})

describe("a request", () => {
  it("is handed to its route with everything checked", async () => {
    const call = await apiOf(({ params, query }) => ({ params, query }))
    const response = await call("/things/a%2Fb?n=1")
    expect(await response.json()).toEqual({ params: { name: "a/b" }, query: { n: 1 } })
    expect(response.headers.get("cache-control")).toBe("no-store")
  })

  it("without an answer is 204", async () => {
    const response = await (await apiOf(() => undefined))("/things/a")
    expect([response.status, await response.text()]).toEqual([204, ""])
  })

  it("of a path that nothing has is 404", async () => {
    const call = await apiOf(() => ({}))
    for (const path of ["/", "/things", "/things/", "/things/a/b", "/Things/a", "/things/a/", "//things/a"]) {
      expect([path, (await call(path)).status]).toEqual([path, 404])
    }
  })

  it("of another method is 405 with Allow", async () => {
    const call = await apiOf(() => ({}))
    const response = await call("/things/a", { method: "DELETE" })
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"])
    expect((await errorOf(response))["code"]).toBe("UNSUPPORTED")
  })

  it("that asks for OPTIONS is told the methods", async () => {
    const response = await (await apiOf(() => ({})))("/things/a", { method: "OPTIONS" })
    expect([response.status, response.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"])
  })

  it("with HEAD is answered as GET, without a body", async () => {
    const response = await (await apiOf(() => ({ a: 1 })))("/things/a", { method: "HEAD" })
    expect([response.status, await response.text()]).toEqual([200, ""])
  })

  it.each([
    ["fails", () => Promise.reject(new Error("no"))],
    ["never ends", () => new Promise<void>(() => {})],
  ])("with HEAD is answered where the end of a body %s", async (_how, cancel) => {
    const unread = () => new Response(new ReadableStream({ cancel }, { highWaterMark: 0 }))
    expect((await (await apiOf(unread))("/things/a", { method: "HEAD" })).status).toBe(200)
  })

  it.each([
    ["/things/%zz", 400],
    ["/things/a?n=%zz", 400],
    ["/things/a?n=x", 422],
    ["/things/a?m=1", 422],
    ["/things/a?n=1&n=2", 422],
  ])("for %s is %i", async (path, status) => {
    expect((await (await apiOf(() => ({})))(path)).status).toBe(status)
  })
})

describe("a body", () => {
  it("is what the schema says", async () => {
    const call = await apiOf(({ body }) => body, {}, "POST")
    expect(await (await call("/things/a", post('{"text":"é"}'))).json()).toEqual({ text: "é" })
  })

  it.each([
    ["that is no JSON", post("{"), 400],
    ["that is no UTF-8", post(new Uint8Array([0x22, 0xff, 0x22])), 400],
    ["of another form", post('{"text":1}'), 422],
    ["with a member too many", post('{"text":"a","__proto__":{}}'), 422],
    ["of another type", post("a", { "content-type": "text/plain" }), 415],
    ["of another charset", post("{}", { "content-type": "application/json; charset=latin1" }), 415],
    ["without a type", post(new Uint8Array([0x7b, 0x7d]), {}), 415],
    ["that is compressed", post("{}", { "content-type": "application/json", "content-encoding": "gzip" }), 415],
    ["that is not there", {}, 422],
    ["that says to be too long", post("{}", { "content-type": "application/json", "content-length": "99999999" }), 413],
    [
      "that is longer than it says",
      post(" ".repeat(10_485_761), { "content-type": "application/json", "content-length": "2" }),
      413,
    ],
  ])("%s is refused", async (_kind, init, status) => {
    const handle = vi.fn(() => ({}))
    const response = await (await apiOf(handle, {}, "POST"))("/things/a", init)
    expect([response.status, handle.mock.calls.length]).toEqual([status, 0])
  })

  it("that is too long is refused while it comes", async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++
        controller.enqueue(new Uint8Array(1_048_576))
      },
    })
    const response = await (await apiOf(() => ({}), {}, "POST"))("/things/a", post(endless as never))
    expect([response.status, pulled < 15]).toEqual([413, true])
  })
})

describe("the work for a request", () => {
  it("ends when its client has gone", async () => {
    const gone = new AbortController()
    let seen: AbortSignal | undefined
    const onError = vi.fn()
    const waiting = ({ signal }: { signal: AbortSignal }) => {
      seen = signal
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    }
    const call = await apiOf(waiting, { onError })
    const answered = call("/things/a", { signal: gone.signal })
    gone.abort(new Error("gone"))
    expect((await answered).status).toBe(499)
    expect([seen?.aborted, onError.mock.calls]).toEqual([true, []])
  })

  it("ends when its time is over, and is answered with 504 whatever it does", async () => {
    const clock = createManualClock()
    let seen: AbortSignal | undefined
    const call = await apiOf(
      ({ signal }) => {
        seen = signal
        return new Promise(() => {})
      },
      { clock },
    )
    const answered = call("/things/a")
    await clock.advance(30_000)
    const response = await answered
    expect([response.status, (await errorOf(response))["code"], seen?.aborted]).toEqual([504, "TIMEOUT", true])
  })

  it("ends when its time is over before anybody said who comes in", async () => {
    const clock = createManualClock()
    const call = await apiOf(() => ({}), { clock, gate: { admit: () => new Promise(() => {}) } })
    const answered = call("/things/a")
    await clock.advance(30_000)
    expect((await answered).status).toBe(504)
  })

  it("is done for 10,000 requests at once", async () => {
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const call = await apiOf(({ params }) => held.then(() => params))
    const answers = Array.from({ length: 10_000 }, (_, index) => call(`/things/${index}`))
    release()
    const names = await Promise.all((await Promise.all(answers)).map(async (response) => (await response.json()).name))
    expect(names).toEqual(Array.from({ length: 10_000 }, (_, index) => String(index)))
  })
})
