import { once } from "node:events"
import { Agent } from "node:http"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { answerOf, gate, get, route, serve } from "./serve.fixture.ts"

const PATH = "/api/v1/things"

/** A client that keeps its connections. */
function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return agent
}

/** A route that says when it was called, and answers when it is told to. */
function slowRoute() {
  const called = gate()
  const finished = gate()
  const slow = route(async () => {
    called.open()
    await finished.opened
    return { done: true }
  })
  return { called, finished, slow }
}

function inTwoParts(untilSecond: Promise<void>): ReadableStream {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode("first "))
      await untilSecond
      controller.enqueue(encoder.encode("second"))
      controller.close()
    },
  })
}

describe("a server that closes", () => {
  it("finishes what runs and refuses what is new, and both connections end", async () => {
    const { called, finished, slow } = slowRoute()
    const server = await serve({ routes: [slow], drainDelayMs: 500 })
    const agent = keepAlive()
    const running = answerOf(server.url + PATH, { agent })
    await called.opened
    const closed = server.close()

    const refused = await answerOf(server.url + PATH, { agent })
    expect(refused).toMatchObject({ status: 503, headers: { connection: "close", "retry-after": "1" } })
    expect(JSON.parse(refused.body)).toEqual({
      error: { code: "UNAVAILABLE", message: expect.any(String), traceId: expect.stringMatching(/^[\da-f]{32}$/) },
    })

    finished.open()
    expect(await running).toMatchObject({ status: 200, headers: { connection: "close" }, body: '{"done":true}' })
    await closed
    await expect(get(server.url + PATH)).rejects.toMatchObject({ code: "ECONNREFUSED" })
  })

  it("still answers probes, and is draining at once", async () => {
    const clock = createManualClock()
    const server = await serve({ drainDelayMs: 500, clock })
    const closed = server.close()
    expect(server.api.isDraining()).toBe(true)
    expect(await answerOf(`${server.url}/livez`)).toMatchObject({ status: 200, headers: { connection: "close" } })
    expect(await answerOf(`${server.url}/readyz`)).toMatchObject({ status: 503, headers: { connection: "close" } })
    await clock.advance(500)
    await closed
  })

  it("keeps its listener open for the delay, which is 5,000 ms in Kubernetes", async () => {
    const clock = createManualClock()
    const server = await serve({ env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, clock })
    const closed = server.close()
    await clock.advance(4999)
    expect(await answerOf(server.url)).toMatchObject({ status: 503 })
    await clock.advance(1)
    await expect(get(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" })
    await closed
  })

  it("finishes a download, and ends its connection after it", async () => {
    const clock = createManualClock()
    const rest = gate()
    const server = await serve({ routes: [route(() => new Response(inTwoParts(rest.opened)))], clock })
    const response = await get(server.url + PATH, { agent: keepAlive() })
    const closed = server.close()
    rest.open()
    expect(await text(response)).toBe("first second")
    await clock.advance(100)
    await closed
  })

  it("does not wait for a connection that is idle, or on which nothing came", async () => {
    const clock = createManualClock()
    const server = await serve({ clock })
    const agent = keepAlive()
    await answerOf(server.url, { agent })
    const silent = connect(server.port, "127.0.0.1")
    await once(silent, "connect")
    // The server has accepted it when it answers one that came later.
    await answerOf(server.url)
    silent.resume()
    await Promise.all([server.close(), once(silent, "close")])
  })

  it("cuts what has not ended after the timeout", async () => {
    const clock = createManualClock()
    const called = gate()
    const aborted = gate()
    const endless = route(({ signal }) => {
      signal.addEventListener("abort", () => aborted.open())
      called.open()
      return new Promise<undefined>(() => {})
    })
    const server = await serve({ routes: [endless], drainTimeoutMs: 700, clock })
    const cut = expect(get(server.url + PATH)).rejects.toMatchObject({ code: "ECONNRESET" })
    await called.opened
    const closed = server.close()
    await clock.advance(700)
    await Promise.all([closed, cut, aborted.opened])
  })

  it("closes once", async () => {
    const server = await serve()
    expect(server.close()).toBe(server.close())
    await server[Symbol.asyncDispose]()
  })
})
