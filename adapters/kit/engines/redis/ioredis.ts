import { type RedisClient, type RedisLink, type RedisWatcher, shownAddress } from "./client.ts"

/** What is used of a Redis of `ioredis`. */
export interface IoredisLike {
  readonly status: string
  readonly options: object
  call(command: string, ...args: string[]): Promise<unknown>
  connect(): Promise<void>
  on(event: string, listener: (error: unknown) => void): unknown
  off(event: string, listener: (error: unknown) => void): unknown
}

/** A client of the application, to one server. */
export class InjectedIoredis implements RedisClient {
  readonly address: string
  readonly cluster = false
  readonly #client: IoredisLike
  readonly #watcher: RedisWatcher
  readonly #link: RedisLink
  readonly #onReady = () => this.#watcher.ready()
  readonly #onError = (error: unknown) => this.#watcher.troubled(error)

  constructor(client: IoredisLike, watcher: RedisWatcher) {
    const { host, port, tls } = optionsOf(client)
    this.address = shownAddress(host, port, tls !== undefined)
    this.#client = client
    this.#watcher = watcher
    this.#link = { send: (args) => sendOver(client, args) }
    client.on("ready", this.#onReady)
    client.on("error", this.#onError)
  }

  link(): RedisLink | undefined {
    return this.#client.status === "ready" ? this.#link : undefined
  }

  servers(): readonly string[] {
    return [this.address]
  }

  server(): RedisLink | undefined {
    return this.link()
  }

  connect(): void {
    const { status } = this.#client
    // Made with lazyConnect: its first command would connect it.
    if (status === "wait") this.#client.connect().catch(this.#onError)
    if (status === "end") this.#watcher.failed(notOpen())
  }

  close(): void {
    this.#client.off("ready", this.#onReady)
    this.#client.off("error", this.#onError)
  }
}

export function sendOver(client: IoredisLike, [command = "", ...args]: string[]): Promise<unknown> {
  return client.call(command, ...args)
}

export function notOpen(): Error {
  return new Error("The application's client was disconnected.")
}

export interface IoredisOptions {
  readonly host?: string
  readonly port?: number
  readonly tls?: unknown
  readonly keyPrefix?: string
  readonly enableOfflineQueue?: boolean
  readonly autoResendUnfulfilledCommands?: boolean
}

function optionsOf(client: IoredisLike): IoredisOptions {
  return client.options
}

/** Why a client of the application cannot be used, or undefined. */
export function ioredisIssue(client: IoredisLike): string | undefined {
  const { autoResendUnfulfilledCommands, enableOfflineQueue, keyPrefix } = optionsOf(client)
  if (keyPrefix) return "must not have a keyPrefix of its own; give it to the cache instead"
  if (enableOfflineQueue === false && autoResendUnfulfilledCommands === false) return undefined
  return "must have enableOfflineQueue: false and autoResendUnfulfilledCommands: false, or it sends rejected commands later"
}
