import { missingPeer } from "../../missing-peer.ts"
import { type RedisClient, type RedisLink, type RedisTarget, type RedisWatcher, shownAddress } from "./client.ts"
import { isFinal } from "./errors.ts"

/** What is used of a client of `@redis/client`. */
export interface NodeRedisLike {
  readonly isOpen: boolean
  readonly isReady: boolean
  /** Takes bytes too. */
  sendCommand(args: readonly string[], options?: object): Promise<unknown>
  destroy(): void
  on(event: string, listener: (error: unknown) => void): unknown
  off(event: string, listener: (error: unknown) => void): unknown
}

/** Loads the client library; it is not loaded before this is called. */
export async function loadRedisClient() {
  try {
    return await import("@redis/client")
  } catch (error) {
    throw missingPeer("@redis/client", error)
  }
}

export type RedisLibrary = Awaited<ReturnType<typeof loadRedisClient>>
type OwnClient = ReturnType<typeof createClient>

/**
 * No timeout of the library's own, which makes an AbortSignal that costs more than the command; and replies as text.
 * A client of ours is made so, which is twice as fast as saying it with each command, as one of the application needs.
 */
export const PLAIN: object = { timeout: undefined, typeMapping: undefined }

/** The longest pause between two attempts to reconnect. */
export const MAX_RECONNECT_MS = 500

/** How to connect, to one server or to each node of a cluster. The library's offline queue would send too late. */
export function howToConnect({ password, timeoutMs, tls, username }: RedisTarget) {
  return {
    socket: {
      ...(tls !== false && { ...tls, tls: true as const }),
      connectTimeout: timeoutMs,
      reconnectStrategy: (retries: number) => Math.min(MAX_RECONNECT_MS, 20 * 2 ** Math.min(retries, 10)),
    },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    commandOptions: PLAIN,
  }
}

function createClient(library: RedisLibrary, target: RedisTarget) {
  const { socket, ...rest } = howToConnect(target)
  const { addresses, database } = target
  return library.createClient({ ...rest, socket: { ...socket, ...addresses[0] }, database, RESP: 2 })
}

/** One connection to one server, made here. */
export class OwnNodeRedis implements RedisClient {
  readonly address: string
  readonly cluster = false
  readonly #target: RedisTarget
  readonly #watcher: RedisWatcher
  #client: OwnClient | undefined
  #link: RedisLink | undefined
  #starting = false
  #closed = false

  constructor(target: RedisTarget, watcher: RedisWatcher) {
    const { host, port } = target.addresses[0]
    this.address = shownAddress(host, port, target.tls !== false)
    this.#target = target
    this.#watcher = watcher
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
    this.#client?.destroy()
  }

  async #start(): Promise<void> {
    const library = await loadRedisClient()
    if (this.#closed) return
    const client = createClient(library, this.#target)
    const drop = () => {
      if (this.#client === client) this.#client = undefined
      client.destroy()
    }
    this.#client = client
    this.#link = { send: (args) => client.sendCommand(args as string[]), drop }
    client.on("ready", () => this.#watcher.ready())
    client.on("error", (error: unknown) => {
      if (this.#client !== client) return
      if (!isFinal(error)) return this.#watcher.troubled(error)
      drop()
      this.#watcher.failed(error)
    })
    // The events tell how each attempt ends.
    client.connect().catch(() => {})
  }
}

/** A client of the application, to one server. */
export class InjectedNodeRedis implements RedisClient {
  readonly address: string
  readonly cluster = false
  readonly #client: NodeRedisLike
  readonly #watcher: RedisWatcher
  readonly #link: RedisLink
  readonly #onReady = () => this.#watcher.ready()
  readonly #onError = (error: unknown) => this.#watcher.troubled(error)

  constructor(client: NodeRedisLike, watcher: RedisWatcher) {
    const socket = optionsOf(client).socket
    this.address = shownAddress(socket?.host, socket?.port, socket?.tls)
    this.#client = client
    this.#watcher = watcher
    this.#link = { send: (args) => client.sendCommand(args as string[], PLAIN) }
    client.on("ready", this.#onReady)
    client.on("error", this.#onError)
  }

  link(): RedisLink | undefined {
    return this.#client.isReady ? this.#link : undefined
  }

  servers(): readonly string[] {
    return [this.address]
  }

  server(): RedisLink | undefined {
    return this.link()
  }

  connect(): void {
    if (!this.#client.isOpen) this.#watcher.failed(notOpen())
  }

  close(): void {
    this.#client.off("ready", this.#onReady)
    this.#client.off("error", this.#onError)
  }
}

export function notOpen(): Error {
  return new Error("The application's client is not open; call connect() on it.")
}

interface NodeRedisOptions {
  readonly disableOfflineQueue?: boolean
  readonly keyPrefix?: unknown
  readonly socket?: { readonly host?: string; readonly port?: number; readonly tls?: boolean }
}

function optionsOf(client: object): NodeRedisOptions {
  return (client as { options?: NodeRedisOptions }).options ?? {}
}

/** Why a client of the application cannot be used, or undefined. */
export function nodeRedisIssue(client: object): string | undefined {
  const { disableOfflineQueue, keyPrefix } = optionsOf(client)
  if (keyPrefix !== undefined) return "must not have a keyPrefix of its own; give it to the adapter instead"
  return disableOfflineQueue === true
    ? undefined
    : "must have disableOfflineQueue: true, or it sends rejected commands later"
}
