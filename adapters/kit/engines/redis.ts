import { match, P } from "ts-pattern"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { Deadlines } from "../deadline.ts"
import { loadPeer } from "../load-peer.ts"

export interface RedisConnectionOptions {
  readonly host: string
  readonly port: number
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly database: number
  readonly tls: boolean
  /** Bound of each command, waiting for the connection included. */
  readonly timeoutMs: number
}

/** The longest pause between two attempts to reconnect. */
const MAX_RECONNECT_MS = 500

/** For its own timeout the library makes an AbortSignal per command, which costs more than the command. */
const NO_COMMAND_TIMEOUT: object = { timeout: undefined }

/** Loads the client library; it is not loaded before this is called. */
export function loadRedisClient() {
  return loadPeer("@redis/client", () => import("@redis/client"))
}

type Library = Awaited<ReturnType<typeof loadRedisClient>>
export type RedisClient = ReturnType<typeof createClient>

/** The library's own queue and timeouts are off: both would apply commands that were already given up. */
function createClient(library: Library, options: RedisConnectionOptions) {
  const { database, host, password, port, tls, username } = options
  return library.createClient({
    socket: {
      host,
      port,
      ...(tls ? { tls: true as const } : {}),
      connectTimeout: options.timeoutMs,
      reconnectStrategy: (retries, cause) =>
        isRefusal(cause) ? cause : Math.min(MAX_RECONNECT_MS, 20 * 2 ** Math.min(retries, 10)),
    },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    RESP: 2,
    disableOfflineQueue: true,
    commandOptions: NO_COMMAND_TIMEOUT,
  })
}

interface Waiter {
  resolve(client: RedisClient): void
  reject(error: ServiceError): void
}

/**
 * One connection that is made on first use, comes back by itself, and bounds every command.
 *
 * A command is sent only over a connection that is ready. It rejects UNAVAILABLE when it was not sent, and TIMEOUT
 * when it was and no answer came, because then nobody knows whether it was applied.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #waiters = new Set<Waiter>()
  #client: RedisClient | undefined
  #starting: Promise<void> | undefined
  #lastError: unknown
  #closed = false

  constructor(options: RedisConnectionOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#deadlines = new Deadlines(clock, options.timeoutMs)
  }

  /** Where it connects to, without credentials. */
  get address(): string {
    const { host, port, tls } = this.#options
    return `${tls ? "rediss" : "redis"}://${host}:${port}`
  }

  /** Resolves when commands can be sent. */
  async connect(): Promise<void> {
    await this.#ready()
  }

  /** Sends a command and waits for its answer, both within the deadline. */
  run<T>(send: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = this.#client
    if (client?.isReady) return this.#send(client, send)
    return this.#ready().then((ready) => this.#send(ready, send))
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const waiter of [...this.#waiters]) waiter.reject(this.#error("CLOSED", "The connection was closed"))
    await this.#starting?.catch(() => {})
    const client = this.#client
    this.#client = undefined
    if (client?.isReady) {
      await this.#closeWithin(client)
    }
    if (client?.isOpen) client.destroy()
    this.#deadlines.stop()
  }

  /** Waits for the commands under way, no longer than their deadline. */
  async #closeWithin(client: RedisClient): Promise<void> {
    const waited = new AbortController()
    const late = this.#clock.sleep(this.#options.timeoutMs, waited.signal).catch(() => {})
    await Promise.race([client.close(), late])
    // A sleep that goes on would keep the process alive.
    waited.abort()
  }

  #send<T>(client: RedisClient, send: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#deadlines.run(send(client), () => {
      // Answers come in order, so one that is late means that none comes any more over this connection.
      this.#drop(client)
      return this.#error("TIMEOUT", `No answer within ${this.#options.timeoutMs} ms`)
    })
  }

  #ready(): Promise<RedisClient> {
    if (this.#closed) return Promise.reject(this.#error("CLOSED", "The connection was closed"))
    if (this.#client?.isReady) return Promise.resolve(this.#client)
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        waiter.reject(this.#error("UNAVAILABLE", `No connection within ${this.#options.timeoutMs} ms`, this.#lastError))
      }, this.#options.timeoutMs)
      const waiter: Waiter = {
        resolve: (client) => {
          this.#leave(waiter, timer)
          resolve(client)
        },
        reject: (error) => {
          this.#leave(waiter, timer)
          reject(error)
        },
      }
      this.#waiters.add(waiter)
      this.#starting ??= this.#start().finally(() => {
        this.#starting = undefined
      })
      this.#starting.catch((error: unknown) => waiter.reject(this.mapError(error)))
    })
  }

  #leave(waiter: Waiter, timer: { cancel(): void }): void {
    timer.cancel()
    this.#waiters.delete(waiter)
  }

  /** Makes the client, unless it is there and reconnecting by itself. */
  async #start(): Promise<void> {
    if (this.#client?.isOpen) return
    const library = await loadRedisClient()
    if (this.#closed) return
    const client = createClient(library, this.#options)
    this.#client = client
    client.on("error", (error: unknown) => {
      this.#lastError = error
    })
    client.on("ready", () => {
      this.#lastError = undefined
      for (const waiter of [...this.#waiters]) waiter.resolve(client)
    })
    client.connect().catch((error: unknown) => {
      if (this.#client === client) this.#client = undefined
      for (const waiter of [...this.#waiters]) waiter.reject(this.mapError(error))
    })
  }

  #drop(client: RedisClient): void {
    if (this.#client === client) this.#client = undefined
    if (client.isOpen) client.destroy()
  }

  /** The library's errors and the server's, as ours. */
  mapError(error: unknown): ServiceError {
    if (ServiceError.is(error)) return error
    // How the library reports that it stopped trying.
    const { originalError } = (error ?? {}) as { originalError?: unknown }
    if (originalError !== undefined) return this.mapError(originalError)
    const shape = describeError(error)
    return match(shape)
      .with({ reply: P.union("WRONGPASS", "NOAUTH", "NOPERM") }, () =>
        this.#error("PERMISSION_DENIED", "The server refuses these credentials", error),
      )
      .with({ reply: P.union("LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN") }, ({ reply }) =>
        this.#error("UNAVAILABLE", `The server answers ${reply}`, error),
      )
      .with({ reply: "OOM" }, () => this.#error("UNAVAILABLE", "The server is out of memory", error))
      .with({ reply: "WRONGTYPE" }, () => this.#error("CORRUPT", "The key holds another type of data", error))
      .with({ reply: P.string }, ({ reply }) => this.#error("INTERNAL", `The server answers ${reply}`, error))
      .with({ name: "ClientOfflineError" }, () => this.#error("UNAVAILABLE", "There is no connection", error))
      .with({ code: P.union("ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN") }, ({ code }) =>
        this.#error("UNAVAILABLE", `Cannot connect (${code})`, error),
      )
      .with({ name: "ConnectionTimeoutError" }, () => this.#error("UNAVAILABLE", "Cannot connect in time", error))
      .with(
        { name: P.union("SocketClosedUnexpectedlyError", "DisconnectsClientError", "ClientClosedError") },
        { code: P.union("ECONNRESET", "EPIPE", "ETIMEDOUT") },
        () => this.#error("TIMEOUT", "The connection was lost before the answer came", error),
      )
      .otherwise(() => this.#error("INTERNAL", "The client library failed; see cause", error))
  }

  #error(code: ErrorCode, what: string, cause?: unknown): ServiceError {
    const reason = code === "UNAVAILABLE" && cause !== undefined ? reasonOf(cause) : ""
    return new ServiceError(code, `${what}${reason}: ${this.address}.`, { cause })
  }
}

interface ErrorShape {
  readonly name: string
  /** First word of an error reply of the server. */
  readonly reply?: string
  /** System error code. */
  readonly code?: string
}

function describeError(error: unknown): ErrorShape {
  if (!(error instanceof Error)) return { name: typeof error }
  const name = error.constructor.name
  const { code } = error as { code?: unknown }
  const reply = /ErrorReply|SimpleError|BlobError/.test(name) ? error.message.split(" ", 1)[0] : undefined
  return {
    name,
    ...(reply !== undefined && { reply }),
    ...(typeof code === "string" && { code }),
  }
}

function reasonOf(cause: unknown): string {
  const { code, reply } = describeError(cause)
  const known = code ?? reply
  return known === undefined ? "" : ` (${known})`
}

/** Trying again with the same credentials would be refused again. */
function isRefusal(error: Error): boolean {
  return ["WRONGPASS", "NOAUTH", "NOPERM"].includes(describeError(error).reply ?? "")
}
