import type { Server, Socket } from "node:net"

export interface TcpProxyOptions {
  /** Where connections are led to. Default 127.0.0.1. */
  host?: string | undefined
  port: number
}

/** A line that can be made bad. Each fault holds until `heal`; the methods return the proxy. */
export interface TcpProxy {
  /** Port on 127.0.0.1 to connect to. */
  readonly port: number
  /** Connections that are open. */
  readonly connections: number
  /** Delays bytes by `ms` milliseconds in each direction. */
  latency(ms: number): this
  /** Lets so many bytes a second pass in each direction of each connection. */
  bandwidth(bytesPerSecond: number): this
  /** Holds back all bytes. Connections stay open, new ones too; `heal` lets the bytes go, as TCP would. */
  blackHole(): this
  /** Cuts every connection, by a reset, once `bytes` more bytes have passed towards clients. */
  cutAfter(bytes: number): this
  /** Resets every connection now. New ones are accepted. */
  reset(): this
  /** Resets every connection, new ones too, as if nothing were there. */
  down(): this
  /** Ends every fault. */
  heal(): this
  close(): Promise<void>
}

interface ProxyState {
  latencyMs: number
  bytesPerSecond: number
  /** Bytes that still pass towards the client before connections are cut. */
  cutAfterBytes: number
  refusing: boolean
  /** Settled while bytes pass; pending in a black hole. */
  open: Promise<void>
}

/**
 * A TCP proxy whose line can be made bad: to see what a networked adapter does when its server is slow, silent or
 * gone, without touching the server.
 *
 * @example
 * const proxy = await startTcpProxy({ port: 6379 })
 * const cache = createRedisCache({ port: proxy.port })
 * proxy.blackHole() // calls reject TIMEOUT
 * proxy.heal() // and work again
 * await proxy.close()
 */
export async function startTcpProxy({ host = "127.0.0.1", port }: TcpProxyOptions): Promise<TcpProxy> {
  const net = await import("node:net")
  const proxy = new NetProxy(
    (accept) => net.createServer({ allowHalfOpen: false }, accept),
    () => net.connect({ host, port }),
  )
  await proxy.listen()
  return proxy
}

class NetProxy implements TcpProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #state: ProxyState = unharmed()
  #release: () => void = () => {}

  constructor(createServer: (accept: (client: Socket) => void) => Server, connect: () => Socket) {
    this.#server = createServer((client) => {
      if (this.#state.refusing) reset(client)
      else this.#join(client, connect())
    })
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  get connections(): number {
    return this.#sockets.size / 2
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen(0, "127.0.0.1", resolve)
    })
  }

  latency(ms: number): this {
    this.#state.latencyMs = ms
    return this
  }

  bandwidth(bytesPerSecond: number): this {
    this.#state.bytesPerSecond = bytesPerSecond
    return this
  }

  blackHole(): this {
    this.#state.open = new Promise((resolve) => {
      this.#release = resolve
    })
    return this
  }

  cutAfter(bytes: number): this {
    this.#state.cutAfterBytes = bytes
    return this
  }

  reset(): this {
    for (const socket of this.#sockets) reset(socket)
    return this
  }

  down(): this {
    this.#state.refusing = true
    return this.reset()
  }

  heal(): this {
    this.#state = unharmed()
    this.#release()
    return this
  }

  async close(): Promise<void> {
    this.heal()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => reset(other))
      socket.on("close", () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    this.#lead(client, server, false)
    this.#lead(server, client, true)
  }

  /** Bytes keep their order: each chunk waits for the one before. */
  #lead(from: Socket, to: Socket, towardsClient: boolean): void {
    let line: Promise<void> = Promise.resolve()
    from.on("data", (chunk) => {
      from.pause()
      line = line.then(() => this.#pass(chunk, to, towardsClient)).then(() => void from.resume())
    })
  }

  async #pass(chunk: Buffer, to: Socket, towardsClient: boolean): Promise<void> {
    await this.#state.open
    const { bytesPerSecond, latencyMs } = this.#state
    const ms = latencyMs + (chunk.length / bytesPerSecond) * 1000
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    if (to.destroyed) return
    if (!towardsClient || chunk.length < this.#state.cutAfterBytes) {
      if (towardsClient) this.#state.cutAfterBytes -= chunk.length
      await written(chunk, to)
      return
    }
    const rest = chunk.subarray(0, this.#state.cutAfterBytes)
    this.#state.cutAfterBytes = Number.POSITIVE_INFINITY
    // The last bytes go out before the reset that would overtake them.
    to.write(rest, () => this.reset())
  }
}

/** A reader that is slow holds up the sender, as without a proxy. */
async function written(chunk: Buffer, to: Socket): Promise<void> {
  if (to.write(chunk)) return
  await new Promise<void>((resolve) => {
    const go = () => {
      to.off("drain", go)
      to.off("close", go)
      resolve()
    }
    to.on("drain", go)
    to.on("close", go)
  })
}

/** Node.js never closes the handle of a socket that is reset after its end was sent. */
function reset(socket: Socket): void {
  if (socket.writable) socket.resetAndDestroy()
  else socket.destroy()
}

function unharmed(): ProxyState {
  return {
    latencyMs: 0,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    cutAfterBytes: Number.POSITIVE_INFINITY,
    refusing: false,
    open: Promise.resolve(),
  }
}
