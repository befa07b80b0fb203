import { type RedisArgument, type RedisClient, type RedisLink, type RedisWatcher, shownAddress } from "./client.ts"

/** What is used of a Redis of `ioredis`. */
export interface IoredisLike {
  readonly status: string
  readonly options: object
  /** Takes bytes too. */
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
  readonly #unanswered = new Set<(error: Error) => void>()
  readonly #onReady = () => this.#watcher.ready()
  readonly #onClose = () => {
    for (const reject of this.#unanswered) reject(new Error(CLOSED))
    this.#unanswered.clear()
  }
  readonly #onError = (error: unknown) => this.#watcher.troubled(error)

  constructor(client: IoredisLike, watcher: RedisWatcher) {
    const { host, port, tls } = optionsOf(client)
    this.address = shownAddress(host, port, tls !== undefined)
    this.#client = client
    this.#watcher = watcher
    this.#link = { send: (args) => this.#send(args) }
    client.on("ready", this.#onReady)
    client.on("close", this.#onClose)
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
    this.#client.off("close", this.#onClose)
    this.#client.off("error", this.#onError)
  }

  /** The library leaves a command whose connection is lost without an answer: it is rejected here. */
  #send(args: RedisArgument[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#unanswered.add(reject)
      sendOver(this.#client, args)
        .then(resolve, reject)
        .finally(() => this.#unanswered.delete(reject))
    })
  }
}

/** What the library says where it is disconnected for good. */
const CLOSED = "Connection is closed."

export function sendOver(client: IoredisLike, [command = "", ...args]: RedisArgument[]): Promise<unknown> {
  return client.call(String(command), ...(args as string[]))
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
  if (keyPrefix) return "must not have a keyPrefix of its own; give it to the adapter instead"
  if (enableOfflineQueue === false && autoResendUnfulfilledCommands === false) return undefined
  return "must have enableOfflineQueue: false and autoResendUnfulfilledCommands: false, or it sends rejected commands later"
}
