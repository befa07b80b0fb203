/** Bytes are for scripts that take them. */
export type RedisArgument = string | Uint8Array

/** One connection of a client library to one server. It never holds a command back: what it cannot send now rejects. */
export interface RedisLink {
  /** The library's own promise. */
  send(args: RedisArgument[]): Promise<unknown>
  /** Gives the connection up for a new one, since an answer is late. Absent where the application owns the client. */
  readonly drop?: () => void
}

/** What a client library must tell and do: the seam between `RedisConnection` and the libraries. */
export interface RedisClient {
  /** Where it connects to, without credentials. */
  readonly address: string
  /** Keys are spread over servers: a command takes one key, and commands of different keys have no order. */
  readonly cluster: boolean
  /** Finds out where a key is, after a server answered that it has moved. Never rejects. */
  locate?(key: string): Promise<void>
  /** The connection for a key, or for any without one, while commands can be sent over it. */
  link(key?: string): RedisLink | undefined
  /** Names of the servers that hold keys; empty while a cluster has not told them. */
  servers(): readonly string[]
  server(name: string): RedisLink | undefined
  /** The name of the server that holds a key; undefined while a cluster has not told it. Absent without a cluster. */
  serverOf?(key: string): string | undefined
  /** Starts to connect what is not connected, unless that is under way. The watcher hears what comes of it. */
  connect(): void
  /** Disconnects; a client of the application is only let go. */
  close(): void
}

/** Who hears how connecting goes. */
export interface RedisWatcher {
  /** Commands can be sent over a link that was not ready before. */
  ready(): void
  /** Connecting failed, and is tried again. */
  troubled(error: unknown): void
  /** Connecting failed in a way that trying again does not mend. */
  failed(error: unknown): void
}

export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** What a connection of our own needs to know. */
export interface RedisTarget {
  /** The server, or nodes of a cluster to begin with. */
  readonly addresses: readonly [RedisAddress, ...RedisAddress[]]
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly database: number
  readonly tls: false | TlsTarget
  readonly timeoutMs: number
}

interface TlsTarget {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

/** A server as it is shown: without credentials. */
export function shownAddress(host = "localhost", port = 6379, tls = false): string {
  return `${tls ? "rediss" : "redis"}://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** The longest pause between two attempts to reconnect. */
const MAX_RECONNECT_MS = 500

/** The pause before the next attempt to reconnect. */
export function reconnectDelay(retries: number): number {
  return Math.min(MAX_RECONNECT_MS, 20 * 2 ** Math.min(retries, 10))
}
