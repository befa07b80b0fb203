import type { Clock, Timer } from "../../../../contracts/foundation/clock.ts"
import {
  type RedisArgument,
  type RedisClient,
  type RedisLink,
  type RedisTarget,
  type RedisWatcher,
  shownAddress,
} from "./client.ts"
import { isFinal } from "./errors.ts"

/** A client of either library, made here, with one connection. It never sends later, nor twice, what it was given. */
export interface LibraryClient {
  /** Whether commands can be sent. */
  readonly isReady: boolean
  /** Whether it is connected, connects, or will connect again by itself. */
  readonly isOpen: boolean
  on(event: "connect" | "ready" | "error" | "close", listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  send(args: RedisArgument[]): Promise<unknown>
  /** Ends the connection at once, and every attempt to make it. Harmless when repeated. */
  end(): void
}

/** How a library makes a client. It is not loaded before this is called. */
export type OpenLibraryClient = (target: RedisTarget) => Promise<LibraryClient>

/** One connection to one server, made here. */
export class OwnClient implements RedisClient {
  readonly address: string
  readonly cluster = false
  readonly #target: RedisTarget
  readonly #watcher: RedisWatcher
  readonly #clock: Clock
  readonly #open: OpenLibraryClient
  #client: LibraryClient | undefined
  #link: RedisLink | undefined
  #handshake: Timer | undefined
  #starting = false
  #closed = false

  constructor(target: RedisTarget, watcher: RedisWatcher, clock: Clock, open: OpenLibraryClient) {
    const { host, port } = target.addresses[0]
    this.address = shownAddress(host, port, target.tls !== false)
    this.#target = target
    this.#watcher = watcher
    this.#clock = clock
    this.#open = open
  }

  link(): RedisLink | undefined {
    return this.#client?.isReady ? this.#link : undefined
  }

  servers(): readonly string[] {
    return [this.address]
  }

  server(): RedisLink | undefined {
    return this.link()
  }

  connect(): void {
    // An open client that is not ready reconnects by itself.
    if (this.#closed || this.#starting || this.#client?.isOpen) return
    this.#starting = true
    this.#start()
      .catch((error: unknown) => this.#watcher.failed(error))
      .finally(() => {
        this.#starting = false
      })
  }

  close(): void {
    this.#closed = true
    if (this.#client !== undefined) this.#drop(this.#client)
  }

  async #start(): Promise<void> {
    const client = await this.#open(this.#target)
    if (this.#closed) return
    this.#client = client
    this.#link = { send: (args) => client.send(args), drop: () => this.#drop(client) }
    client.on("connect", () => this.#greet(client))
    client.on("ready", () => {
      this.#handshake?.cancel()
      this.#watcher.ready()
    })
    // Which of the two tells of an end depends on the library.
    client.on("close", () => this.#handshake?.cancel())
    client.on("error", (error: unknown) => {
      this.#handshake?.cancel()
      if (this.#client !== client) return
      if (isFinal(error)) this.#giveUp(client, error)
      else this.#watcher.troubled(error)
    })
    // The events tell how each attempt ends.
    client.connect().catch(() => {})
  }

  /** A server that accepts a connection and then is silent is waited for by neither library's own limit. */
  #greet(client: LibraryClient): void {
    if (this.#client !== client) return
    const { timeoutMs } = this.#target
    this.#handshake?.cancel()
    this.#handshake = this.#clock.setTimeout(
      () => this.#giveUp(client, new Error(`The server did not greet within ${timeoutMs} ms.`)),
      timeoutMs,
    )
  }

  #giveUp(client: LibraryClient, error: unknown): void {
    this.#drop(client)
    this.#watcher.failed(error)
  }

  /** Late answers of a connection may each ask for it. */
  #drop(client: LibraryClient): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#handshake?.cancel()
    client.end()
  }
}
