import { createServer, type Server, type Socket } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { systemClock } from "../../../../contracts/foundation/clock.ts"
import type { RedisTarget } from "./client.ts"
import { openNodeRedis } from "./node-redis.ts"
import { type OpenLibraryClient, OwnClient } from "./own-client.ts"
import { openIoredis } from "./own-ioredis.ts"

const TIMEOUT_MS = 100

interface SilentServer {
  readonly server: Server
  readonly port: number
  /** Connections, in the order in which they came. */
  readonly sockets: readonly Socket[]
}

/** Accepts connections and says nothing. */
async function startSilent(): Promise<SilentServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.resume()
    sockets.push(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (typeof address !== "object" || address === null) throw new Error("no port")
  return { server, port: address.port, sockets }
}

function target(port: number): RedisTarget {
  return { addresses: [{ host: "127.0.0.1", port }], database: 0, tls: false, timeoutMs: TIMEOUT_MS }
}

describe.each<[string, OpenLibraryClient]>([
  ["@redis/client", openNodeRedis],
  ["ioredis", openIoredis],
])("a client of ours over %s", (_, open) => {
  function connect(port: number) {
    const failures: unknown[] = []
    const troubles: unknown[] = []
    const watcher = {
      ready() {},
      troubled: (error: unknown) => void troubles.push(error),
      failed: (error: unknown) => void failures.push(error),
    }
    const client = new OwnClient(target(port), watcher, systemClock, open)
    onTestFinished(() => client.close())
    client.connect()
    return { client, failures, troubles }
  }

  it("gives up a server that accepts and then is silent, and connects anew when asked to", async () => {
    const { port, sockets } = await startSilent()
    const { client, failures } = connect(port)
    await expect.poll(() => failures).toEqual([new Error(`The server did not greet within ${TIMEOUT_MS} ms.`)])
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true])
    client.connect()
    await expect.poll(() => sockets.length).toBe(2)
  })

  it("does not take a server that hung up, and is gone, for a silent one", async () => {
    const { port, server, sockets } = await startSilent()
    const { failures, troubles } = connect(port)
    // It has said something, so it has begun to wait for an answer.
    await new Promise((resolve) => server.once("connection", (socket) => socket.once("data", resolve)))
    server.close()
    sockets[0]?.resetAndDestroy()
    // By then more time has passed than a greeting may take.
    await expect.poll(() => troubles.length).toBeGreaterThan(5)
    expect(failures).toEqual([])
  })

  it("leaves no connection behind when it is closed while it connects", async () => {
    const { port, server, sockets } = await startSilent()
    const { client } = connect(port)
    await new Promise((resolve) => server.once("connection", resolve))
    client.close()
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it.each(["before", "after"])("ends at once, %s the server accepted, and any number of times", async (when) => {
    const warnings: Error[] = []
    const warned = (warning: Error) => void warnings.push(warning)
    process.on("warning", warned)
    onTestFinished(() => void process.off("warning", warned))
    const { port, server, sockets } = await startSilent()
    const client = await open(target(port))
    client.on("error", () => {})
    const accepted = new Promise((resolve) => server.once("connection", resolve))
    const connecting = client.connect().catch(() => {})
    if (when === "after") await accepted
    for (let count = 0; count < 20; count++) client.end()
    await connecting
    await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
    expect([client.isOpen, client.isReady, warnings]).toEqual([false, false, []])
  })
})
