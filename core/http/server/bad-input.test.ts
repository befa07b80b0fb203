/** What a client may send, or leave out, over a real connection. */
import { request } from "node:http"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { describe, expect, it, vi } from "vitest"
import type { RouteCall } from "../../foundation/http/route.ts"
import { createHttpApi } from "../api.ts"
import { openGate } from "../gate.ts"
import { answerOf, gate, get, NO_SERVICES, route, serve } from "./serve.fixture.ts"

/** Before a server replaces the global one. */
const FetchResponse = Response

const PATH = "/api/v1/things"

/** All that a server sends back for these bytes, until it ends the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1")
  socket.write(bytes)
  return text(socket)
}

const HEAD = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`
const reading = route(async ({ request }) => ({ text: await request.text() }), "POST")

describe("a request that comes slowly", () => {
  it("ends with 408 where its body does not come", async () => {
    const { port } = await serve({ config: { requestTimeout: 50 }, routes: [reading] })
    expect(await raw(port, `${HEAD}{`)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it("ends with 408 where its headers do not come", async () => {
    const { port } = await serve({ config: { requestTimeout: 50 } })
    expect(await raw(port, "GET / HTTP/1.1\r\nHost: ")).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe("a request with a fault", () => {
  it.each([
    ["a line end in a header's value", "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\rb: c\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["headers that are too long", `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["two lengths", `${HEAD.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n")}`, 400],
  ])("such as %s is refused", async (_name, bytes, status) => {
    const { port } = await serve()
    expect(await raw(port, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})

describe("many requests at once", () => {
  it("are all answered, 10,000 in the process", async () => {
    const api = await createHttpApi(NO_SERVICES, { gate: openGate, routes: [route(() => ({ done: true }))] })
    const answers = await Promise.all(
      Array.from({ length: 10_000 }, async () => (await api.fetch(new Request(`http://localhost${PATH}`))).status),
    )
    expect(new Set(answers)).toEqual(new Set([200]))
  })

  it("are all answered, 300 over connections of their own", async () => {
    const all = gate()
    let running = 0
    const together = route(async () => {
      if (++running === 300) all.open()
      await all.opened
      return { done: true }
    })
    const { url } = await serve({ routes: [together] })
    const answers = await Promise.all(Array.from({ length: 300 }, () => answerOf(url + PATH, { agent: false })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe("a client that goes away", () => {
  it("aborts the work for it", async () => {
    const called = gate()
    const aborted = gate()
    const waiting = route(({ signal }: RouteCall) => {
      signal.addEventListener("abort", () => aborted.open())
      called.open()
      return new Promise<undefined>(() => {})
    })
    const { url } = await serve({ routes: [waiting] })
    const client = request(url + PATH).on("error", () => {})
    client.end()
    await called.opened
    client.destroy()
    await aborted.opened
  })

  it("is no failure of the server, in the middle of its body", async () => {
    const called = gate()
    const failed = gate()
    const told: unknown[] = []
    const reader = route(async ({ request }) => {
      called.open()
      await request.text().catch(failed.open)
      throw new Error("The body ended early.")
    }, "POST")
    const server = await serve({ routes: [reader], onError: (error) => told.push(error) })
    const client = connect(server.port, "127.0.0.1")
    client.write(`${HEAD}{`)
    await called.opened
    client.destroy()
    await failed.opened
    await server.close()
    expect(told).toEqual([])
  })

  it("ends the stream that is sent to it", async () => {
    const cancelled = gate()
    const endless = route(
      () =>
        new Response(
          new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)), cancel: () => cancelled.open() }),
        ),
    )
    const { url } = await serve({ routes: [endless] })
    const response = await get(url + PATH)
    response.destroy()
    await cancelled.opened
  })
})

describe("an answer that fails", () => {
  it.each([undefined, null, "secret", new Response("secret")])("with %j is an envelope", async (thrown) => {
    const { url } = await serve({
      routes: [
        route(() => {
          throw thrown
        }),
      ],
    })
    const { body, status } = await answerOf(url + PATH)
    expect([status, JSON.parse(body)]).toEqual([
      500,
      { error: { code: "INTERNAL", message: "The request failed.", traceId: expect.stringMatching(/^[\da-f]{32}$/) } },
    ])
  })

  it.each([
    ["at once", 0, () => Response],
    ["after a piece", 1, () => Response],
    ["at once, as fetch makes it", 0, () => FetchResponse],
    ["after a piece, as fetch makes it", 1, () => FetchResponse],
  ])("in its body, %s, ends the connection and is told to onError alone", async (_name, pieces, kind) => {
    const error = new Error("secret")
    const failing = route(() => {
      let sent = 0
      const stream = new ReadableStream({
        pull(to) {
          if (sent++ < pieces) to.enqueue(new TextEncoder().encode("piece"))
          else to.error(error)
        },
      })
      const Answer = kind()
      return new Answer(stream, { headers: { "content-length": "100" } })
    })
    const told: unknown[] = []
    const printed = vi.spyOn(console, "error")
    const { port } = await serve({ routes: [failing], onError: (error) => told.push(error) })
    const sent = await raw(port, `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    expect(sent).not.toContain("secret")
    expect([told, printed.mock.calls]).toEqual([[error], []])
  })

  it("to HEAD reads no body", async () => {
    let opened = false
    const untouched = route(() => {
      const stream = new ReadableStream(
        {
          pull() {
            opened = true
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(stream, { headers: { "content-length": "100" } })
    })
    const { url } = await serve({ routes: [untouched] })
    expect(await answerOf(url + PATH, { method: "HEAD" })).toMatchObject({
      status: 200,
      headers: { "content-length": "100" },
      body: "",
    })
    expect(opened).toBe(false)
  })
})
