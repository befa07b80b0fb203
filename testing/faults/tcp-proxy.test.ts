import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts"

let echo: Server
let proxy: TcpProxy
let client: Socket

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on("error", () => {})
    socket.pipe(socket)
  })
  echo.listen(0, "127.0.0.1")
  await once(echo, "listening")
  proxy = await startTcpProxy({ port: (echo.address() as { port: number }).port })
  client = connect(proxy.port, "127.0.0.1")
  client.on("error", () => {})
  await once(client, "connect")
})

afterEach(async () => {
  client.destroy()
  await proxy.close()
  echo.close()
})

/** Sends text and reads until as much has come back, or the connection has ended. */
async function echoed(text: string): Promise<string> {
  let received = ""
  client.write(text)
  return new Promise((resolve) => {
    const done = () => {
      client.off("data", onData)
      resolve(received)
    }
    const onData = (chunk: Buffer) => {
      received += chunk
      if (received.length >= text.length) done()
    }
    client.on("data", onData)
    client.once("close", done)
  })
}

/** Resolves when the connection has ended, however it did. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => {})
    socket.once("close", () => resolve())
  })
}

async function timed<T>(work: Promise<T>): Promise<number> {
  const start = performance.now()
  await work
  return performance.now() - start
}

describe("TCP proxy", () => {
  it("passes bytes in both directions, large ones whole and in order", async () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `${index},`).join("")
    expect(await echoed(text)).toBe(text)
    expect(proxy.connections).toBe(1)
  })

  it("delays each direction", async () => {
    proxy.latency(50)
    expect(await timed(echoed("a"))).toBeGreaterThan(95)
    proxy.heal()
    await expect.poll(() => timed(echoed("a"))).toBeLessThan(50)
  })

  it("limits the bandwidth", async () => {
    proxy.bandwidth(10_000)
    expect(await timed(echoed("x".repeat(1000)))).toBeGreaterThan(190)
  })

  it("holds bytes in a black hole until it is healed", async () => {
    proxy.blackHole()
    let answer = ""
    const answered = echoed("held").then((text) => {
      answer = text
    })
    // A quiet period: what must not happen can only be waited for.
    await expect(expect.poll(() => answer, { timeout: 50 }).toBe("held")).rejects.toThrow()
    proxy.heal()
    await answered
    expect(answer).toBe("held")
  })

  it("takes no more from a sender than the reader takes", async () => {
    const bytes = 67_108_864
    client.write(Buffer.alloc(bytes))
    await expect(expect.poll(() => client.writableLength, { timeout: 1000 }).toBe(0)).rejects.toThrow()
    let received = 0
    client.on("data", (chunk) => {
      received += chunk.length
    })
    await expect.poll(() => received, { timeout: 30_000 }).toBe(bytes)
  })

  it("cuts after so many bytes", async () => {
    proxy.cutAfter(3)
    expect(await echoed("abcdef")).toBe("abc")
    expect(client.destroyed).toBe(true)
  })

  it("resets what is open and accepts what is new", async () => {
    const ended = closed(client)
    proxy.reset()
    await ended
    client = connect(proxy.port, "127.0.0.1")
    expect(await echoed("again")).toBe("again")
  })

  it("refuses everybody while it is down", async () => {
    const ended = closed(client)
    proxy.down()
    await ended
    const refused = connect(proxy.port, "127.0.0.1")
    await closed(refused)
    proxy.heal()
    client = connect(proxy.port, "127.0.0.1")
    expect(await echoed("again")).toBe("again")
  })

  it("ends a client's connection when the server cannot be reached", async () => {
    const nowhere = await startTcpProxy({ port: 1 })
    const lost = connect(nowhere.port, "127.0.0.1")
    await closed(lost)
    await nowhere.close()
  })
})
