import type { Clock } from "../../../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../../../contracts/foundation/errors.ts"
import { inNoContext } from "../../../../contracts/foundation/no-context.ts"
import { Deadlines } from "../../../../core/foundation/deadlines.ts"
import type { RedisArgument, RedisClient, RedisLink, RedisWatcher } from "./client.ts"
import { commandError, connectError, connectReason, redirectOf } from "./errors.ts"
import { useInjectedClient } from "./injected.ts"
import { openNodeRedis } from "./node-redis.ts"
import { OwnNodeRedisCluster } from "./node-redis-cluster.ts"
import { type RedisConnectionOptions, redisTarget } from "./options.ts"
import { OwnClient } from "./own-client.ts"

/** How often a command is sent on to where a cluster says that its key is. */
const MAX_REDIRECTS = 5

/** A command on its way to the server. */
interface Journey {
  readonly args: RedisArgument[]
  /** What a cluster finds the server by. */
  readonly key: string | undefined
  readonly find: () => RedisLink | undefined
  /** Where it was sent and not yet answered. */
  link: RedisLink | undefined
  /** The caller has been told that it failed: it must not be sent any more. */
  over: boolean
}

/** A journey that waits for a connection. */
interface Waiter {
  wake(): void
  fail(error: ServiceError): void
}

/**
 * Commands over one server or a cluster: connected on first use, again by itself, and each within its deadline.
 *
 * A command is sent only over a connection that is ready. It rejects UNAVAILABLE when it was not sent, and TIMEOUT when
 * it was and no answer came, because then nobody knows whether it was applied.
 */
export class RedisConnection {
  readonly #client: RedisClient
  readonly #timeoutMs: number
  readonly #deadlines: Deadlines
  readonly #waiters = new Map<Journey, Waiter>()
  #trouble: unknown
  #connections = 0
  #closed = false

  /** @param open Makes the client; default: as the options say. */
  constructor(
    options: RedisConnectionOptions,
    clock: Clock,
    open: (watcher: RedisWatcher) => RedisClient = (watcher) => openClient(options, clock, watcher),
  ) {
    this.#timeoutMs = options.timeoutMs
    this.#deadlines = new Deadlines(clock, options.timeoutMs)
    this.#client = open({
      ready: () => {
        this.#connections++
        this.#wake()
      },
      troubled: (error) => {
        this.#trouble = error
      },
      failed: (error) => this.#fail(connectError(error, this.address)),
    })
  }

  /** Where it connects to, without credentials. */
  get address(): string {
    return this.#client.address
  }

  /** How often it was connected: what a server was told over another connection it may have forgotten. */
  get connections(): number {
    return this.#connections
  }

  /** A command takes one key, and commands of different keys have no order. */
  get cluster(): boolean {
    return this.#client.cluster
  }

  /** Names of the servers that hold keys, for `sendTo`. Known once a command was answered. */
  get servers(): readonly string[] {
    return this.#client.servers()
  }

  /** The name of the server that holds a key, as far as a cluster has told it. */
  serverOf(key: string): string | undefined {
    return this.#client.serverOf?.(key)
  }

  /** Sends a command about `key`; resolves the library's reply. Rejects with the library's error, or one of ours. */
  send(key: string, args: RedisArgument[]): Promise<unknown> {
    const link = this.cluster || this.#closed ? undefined : this.#client.link()
    if (link !== undefined) return this.#deadlines.run(link.send(args), () => this.#late(link))
    return this.#travel(() => this.#client.link(key), args, key)
  }

  /** Sends a command that is about no key, to any server or to the one named. */
  sendTo(server: string | undefined, args: RedisArgument[]): Promise<unknown> {
    return this.#travel(() => (server === undefined ? this.#client.link() : this.#client.server(server)), args)
  }

  /** Waits for the commands under way, each of which ends within its deadline. */
  async close(): Promise<void> {
    this.#closed = true
    this.#fail(this.#error("CLOSED", "The connection was closed"))
    await this.#deadlines.idle()
    this.#client.close()
  }

  /** The libraries' errors and the servers', as ours. */
  mapError(error: unknown): ServiceError {
    return commandError(error, this.address)
  }

  #travel(find: () => RedisLink | undefined, args: RedisArgument[], key?: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#error("CLOSED", "The connection was closed"))
    const journey: Journey = { args, key, find, link: undefined, over: false }
    return this.#deadlines.run(this.#go(journey), () => {
      journey.over = true
      this.#waiters.delete(journey)
      if (journey.link !== undefined) return this.#late(journey.link)
      const reason = connectReason(this.#trouble, this.address)
      return this.#error("UNAVAILABLE", `No connection within ${this.#timeoutMs} ms${reason}`, this.#trouble)
    })
  }

  /** Sends as soon as there is a link, and sends on where a cluster answers that the key is elsewhere. */
  async #go(journey: Journey): Promise<unknown> {
    let link = journey.find() ?? (await this.#wait(journey))
    let asking = false
    for (let redirects = 0; ; redirects++) {
      try {
        return await sendOver(link, journey, asking)
      } catch (error) {
        const redirect = journey.key === undefined ? undefined : redirectOf(error)
        if (redirect === undefined || redirects === MAX_REDIRECTS) throw error
        // It was not applied there.
        journey.link = undefined
        asking = redirect.asking
        link = await this.#elsewhere(journey, redirect)
      }
    }
  }

  async #elsewhere({ find, key = "" }: Journey, redirect: { asking: boolean; server: string }): Promise<RedisLink> {
    if (!redirect.asking) await this.#client.locate?.(key)
    const link = redirect.asking ? this.#client.server(redirect.server) : find()
    if (link === undefined) throw this.#error("UNAVAILABLE", "The key is moving to a server that is not ready")
    return link
  }

  #wait(journey: Journey): Promise<RedisLink> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        const link = journey.find()
        if (link === undefined) return
        this.#waiters.delete(journey)
        resolve(link)
      }
      this.#waiters.set(journey, { wake, fail: reject })
      // The connection outlives this command.
      inNoContext(() => this.#client.connect())
    })
  }

  #late(link: RedisLink): ServiceError {
    // Answers come in order, so one that is late means that none comes any more over this connection.
    link.drop?.()
    return this.#error("TIMEOUT", `No answer within ${this.#timeoutMs} ms`)
  }

  #wake(): void {
    this.#trouble = undefined
    for (const waiter of [...this.#waiters.values()]) waiter.wake()
  }

  #fail(error: ServiceError): void {
    for (const waiter of this.#waiters.values()) waiter.fail(error)
    this.#waiters.clear()
  }

  #error(code: ErrorCode, what: string, cause?: unknown): ServiceError {
    return new ServiceError(code, `${what}: ${this.address}.`, { cause })
  }
}

function sendOver(link: RedisLink, journey: Journey, asking: boolean): Promise<unknown> {
  if (journey.over) throw new Error("The caller was told that it was not sent.")
  journey.link = link
  // Both at once, for it holds for the next command of the connection only.
  if (asking) link.send(["ASKING"]).catch(() => {})
  return link.send(journey.args)
}

function openClient(options: RedisConnectionOptions, clock: Clock, watcher: RedisWatcher): RedisClient {
  if (options.client !== undefined) return useInjectedClient(options.client, watcher)
  const target = redisTarget(options)
  if (options.cluster === false) return new OwnClient(target, watcher, clock, openNodeRedis)
  return new OwnNodeRedisCluster(target, watcher, clock)
}
