import type { AddressInfo } from "node:net"
import { createServer, type Socket } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { connectTo } from "./connection.ts"

/** A receiver that writes this when a request comes, and then what `then` does. */
async function connect(text: string, then: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.once("data", () => {
      socket.write(text)
      then(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const connection = connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    connection.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { post: (signal = new AbortController().signal) => connection.post(Buffer.from("a"), {}, signal) }
}

describe("a request", () => {
  it.each([
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: b\r\n\r\n"],
    ["no HTTP", "SSH-2.0\r\n"],
    ["a malformed chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["headers that are too long", `HTTP/1.1 200 OK\r\na: ${"b".repeat(100_000)}\r\n\r\n`],
  ])("whose answer is %s fails", async (_what, text) => {
    const { post } = await connect(text)
    await expect(post()).rejects.toThrow()
  })

  it("whose answer breaks off fails", async () => {
    const { post } = await connect("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", (socket) => socket.end())
    await expect(post()).rejects.toThrow()
  })

  it("whose answer never ends is ended", async () => {
    const controller = new AbortController()
    const { post } = await connect("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", () => controller.abort())
    await expect(post(controller.signal)).rejects.toThrow()
  })

  it("has an answer of HTTP/1.0, and one that comes before it is read", async () => {
    const { post } = await connect("HTTP/1.0 200 OK\r\n\r\nabc", (socket) => socket.end())
    expect(await post()).toMatchObject({ status: 200, body: Buffer.from("abc") })
  })

  it("has an answer without a body where that is longer than any of a receiver", async () => {
    const { post } = await connect(`HTTP/1.1 200 OK\r\n\r\n${"a".repeat(1_100_000)}`)
    expect(await post()).toMatchObject({ status: 200, body: undefined })
  })

  it("of which a redirect comes is not sent elsewhere", async () => {
    const { post } = await connect("HTTP/1.1 307 A\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
    expect(await post()).toMatchObject({ status: 307 })
  })
})
