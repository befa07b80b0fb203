import { missingPeer } from "../../../../core/foundation/missing-peer.ts"
import {
  type RedisClient,
  type RedisLink,
  type RedisTarget,
  type RedisWatcher,
  reconnectDelay,
  shownAddress,
} from "./client.ts"
import type { LibraryClient } from "./own-client.ts"

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

/**
 * No timeout of the library's own, which makes an AbortSignal that costs more than the command; and replies as text.
 * A client of ours is made so, which is twice as fast as saying it with each command, as one of the application needs.
 */
export const PLAIN: object = { timeout: undefined, typeMapping: undefined }

/** How to connect, to one server or to each node of a cluster. The library's offline queue would send too late. */
export function howToConnect({ password, timeoutMs, tls, username }: RedisTarget) {
  return {
    socket: {
      ...(tls !== false && { ...tls, tls: true as const }),
      connectTimeout: timeoutMs,
      reconnectStrategy: reconnectDelay,
    },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    commandOptions: PLAIN,
  }
}

/** @param reconnects Whether it connects again by itself after its connection was lost. */
export async function openNodeRedis(target: RedisTarget, reconnects = true): Promise<LibraryClient> {
  const library = await loadRedisClient()
  const { socket, ...rest } = howToConnect(target)
  const { addresses, database } = target
  const client = library.createClient({
    ...rest,
    socket: { ...socket, ...addresses[0], ...(!reconnects && { reconnectStrategy: false }) },
    database,
    RESP: 2,
  })
  return asLibraryClient(client as OwnNodeRedis)
}

/** One more connection of the kind that the application has made, which does not connect again. */
export function duplicateNodeRedis(client: NodeRedisLike): LibraryClient {
  const { duplicate } = client as NodeRedisLike & { duplicate(overrides: object): OwnNodeRedis }
  const socket = { ...optionsOf(client).socket, reconnectStrategy: false }
  return asLibraryClient(duplicate.call(client, { socket }), PLAIN)
}

/** Ends a client of ours at once. Harmless when repeated. */
export function destroyNodeRedis(client: NodeRedisLike): void {
  if (!client.isOpen) return
  // The library keeps a connection that was being made then.
  client.on("connect", () => client.destroy())
  client.destroy()
}

interface OwnNodeRedis extends NodeRedisLike {
  connect(): Promise<unknown>
}

function asLibraryClient(client: OwnNodeRedis, options?: object): LibraryClient {
  return {
    get isReady() {
      return client.isReady
    },
    get isOpen() {
      return client.isOpen
    },
    on: (event, listener) => client.on(event, listener),
    connect: () => client.connect(),
    send: (args) => client.sendCommand(args as string[], options),
    end: () => destroyNodeRedis(client),
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
