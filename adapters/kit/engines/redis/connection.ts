import type { Clock } from "../../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../../contracts/foundation/errors.ts"
import { Deadlines } from "../../deadline.ts"
import type { RedisClient, RedisLink, RedisWatcher } from "./client.ts"
import { commandError, connectError, connectReason } from "./errors.ts"
import { useInjectedClient } from "./injected.ts"
import { OwnNodeRedis } from "./node-redis.ts"
import { OwnNodeRedisCluster } from "./node-redis-cluster.ts"
import { type RedisConnectionOptions, redisTarget } from "./options.ts"

/** A command that waits for a connection. */
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
  readonly #waiters = new Set<Waiter>()
  #trouble: unknown
  #closed = false

  constructor(options: RedisConnectionOptions, clock: Clock) {
    this.#timeoutMs = options.timeoutMs
    this.#deadlines = new Deadlines(clock, options.timeoutMs)
    this.#client = openClient(options, clock, {
      ready: () => this.#wake(),
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

  /** A command takes one key, and commands of different keys have no order. */
  get cluster(): boolean {
    return this.#client.cluster
  }

  /** Names of the servers that hold keys, for `sendTo`. Known once a command was answered. */
  get servers(): readonly string[] {
    return this.#client.servers()
  }

  /** Sends a command about `key`; resolves the library's reply. Rejects with the library's error, or one of ours. */
  send(key: string, args: string[]): Promise<unknown> {
    const link = this.#client.link(key)
    if (link !== undefined && !this.#closed) return this.#deadlines.run(link.send(args, key), () => this.#late(link))
    return this.#sendOnce(() => this.#client.link(key), args, key)
  }

  /** Sends a command that is about no key, to any server or to the one named. */
  sendTo(server: string | undefined, args: string[]): Promise<unknown> {
    return this.#sendOnce(() => (server === undefined ? this.#client.link() : this.#client.server(server)), args)
  }

  /** Waits for the commands under way, each of which ends within its deadline. */
  async close(): Promise<void> {
    this.#closed = true
    this.#fail(this.#closedError())
    await this.#deadlines.idle()
    this.#client.close()
  }

  /** The libraries' errors and the servers', as ours. */
  mapError(error: unknown): ServiceError {
    return commandError(error, this.address)
  }

  /** Sends as soon as there is a link, unless the deadline comes first. */
  #sendOnce(find: () => RedisLink | undefined, args: string[], key?: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closedError())
    let link = find()
    if (link !== undefined) return this.#deadlines.run(link.send(args, key), () => this.#late(link))
    let waiter: Waiter | undefined
    const answer = new Promise<unknown>((resolve, reject) => {
      const added: Waiter = {
        wake: () => {
          link = find()
          if (link === undefined) return
          this.#waiters.delete(added)
          resolve(link.send(args, key))
        },
        fail: reject,
      }
      this.#waiters.add(added)
      waiter = added
    })
    this.#client.connect()
    return this.#deadlines.run(answer, () => {
      if (waiter !== undefined) this.#waiters.delete(waiter)
      if (link !== undefined) return this.#late(link)
      const what = `No connection within ${this.#timeoutMs} ms${connectReason(this.#trouble, this.address)}`
      return new ServiceError("UNAVAILABLE", `${what}: ${this.address}.`, { cause: this.#trouble })
    })
  }

  #late(link: RedisLink | undefined): ServiceError {
    // Answers come in order, so one that is late means that none comes any more over this connection.
    link?.drop?.()
    return new ServiceError("TIMEOUT", `No answer within ${this.#timeoutMs} ms: ${this.address}.`)
  }

  #wake(): void {
    this.#trouble = undefined
    for (const waiter of [...this.#waiters]) waiter.wake()
  }

  #fail(error: ServiceError): void {
    for (const waiter of this.#waiters) waiter.fail(error)
    this.#waiters.clear()
  }

  #closedError(): ServiceError {
    return new ServiceError("CLOSED", `The connection was closed: ${this.address}.`)
  }
}

function openClient(options: RedisConnectionOptions, clock: Clock, watcher: RedisWatcher): RedisClient {
  if (options.client !== undefined) return useInjectedClient(options.client, watcher)
  const target = redisTarget(options)
  return options.cluster === false ? new OwnNodeRedis(target, watcher) : new OwnNodeRedisCluster(target, watcher, clock)
}
