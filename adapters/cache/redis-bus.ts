/**
 * Tells the processes that share a Redis cache what was written, for `tiered`. Needs the package `@redis/client` and
 * Redis 6 or newer.
 *
 * @example
 * const bus = createRedisBus({ host: "localhost", keyPrefix: "shop" })
 * const cache = tiered(createMemoryCache(), createRedisCache({ host: "localhost", keyPrefix: "shop" }), { bus })
 */
import { randomUUID } from "node:crypto"
import * as z from "zod/mini"
import type { AdapterContext } from "../../contracts/adapter.ts"
import type { Invalidation, InvalidationBus, InvalidationListener } from "../../contracts/cache/invalidation-bus.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { inNoContext } from "../../contracts/foundation/no-context.ts"
import { isStaleKey, userKey } from "../../core/cache/portable-cache.ts"
import { defaultContext } from "../kit/context.ts"
import { type RedisAddress, type RedisTarget, shownAddress } from "../kit/engines/redis/client.ts"
import {
  destroyNodeRedis,
  howToConnect,
  loadRedisClient,
  type NodeRedisLike,
  type RedisLibrary,
} from "../kit/engines/redis/node-redis.ts"
import {
  checkRedisConnection,
  type RedisConnectionOptions,
  redisConnectionShape,
  redisTarget,
} from "../kit/engines/redis/options.ts"
import { keyPrefixSchema } from "../kit/key-prefix.ts"
import { parseOptions } from "../kit/parse-options.ts"

const { client: _ofTheCache, ...connectionShape } = redisConnectionShape

export const redisBusOptionsSchema = z
  .strictObject({
    ...connectionShape,
    /** That of the cache. Default: the name of the service instance. */
    keyPrefix: keyPrefixSchema,
    /**
     * `pubsub`: caches tell each other; a write by any other program goes unnoticed. `tracking`: the server tells of
     * every key with the prefix, whoever wrote it, and of a client's own writes too; not in a cluster.
     */
    mode: z._default(z.enum(["pubsub", "tracking"]), "pubsub"),
  })
  .check(
    z.superRefine((options, context) => {
      checkRedisConnection(options, context)
      if (options.cluster === false || options.mode === "pubsub") return
      context.addIssue({
        code: "custom",
        path: ["mode"],
        message: "must be pubsub in a cluster, whose nodes track only their own keys; got tracking",
      })
    }),
  )
export type RedisBusOptions = z.input<typeof redisBusOptionsSchema>

/** What a bus is made of, once it is checked. */
export interface RedisBusTarget extends Omit<RedisConnectionOptions, "client"> {
  readonly keyPrefix: string
  readonly mode: "pubsub" | "tracking"
}

/**
 * A connection of its own, made when a cache subscribes, which comes back by itself; in a cluster to the first of its
 * nodes that is there. A line that went silent is given up after 3 seconds. It takes the options that the cache has,
 * except `client`.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createRedisBus(options: RedisBusOptions = {}, context: Partial<AdapterContext> = {}): InvalidationBus {
  const { clock, name } = { ...defaultContext("cache"), ...context }
  const parsed = parseOptions(redisBusOptionsSchema, options, "redis bus")
  return new RedisBus({ ...parsed, keyPrefix: parsed.keyPrefix ?? name }, clock)
}

const PING_MS = 1000
const SILENCE_MS = 3000
/** The pause before another node of a cluster is tried. */
const RETRY_MS = 100

type Client = ReturnType<typeof createClient>

function createClient(library: RedisLibrary, target: RedisTarget, address: RedisAddress, mode: RedisBusTarget["mode"]) {
  const { socket, ...rest } = howToConnect(target)
  const { reconnectStrategy } = socket
  const isOnlyOne = target.addresses.length === 1
  return library.createClient({
    ...rest,
    socket: {
      ...socket,
      ...address,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) => (isOnlyOne || retries === 0 ? reconnectStrategy(retries) : false),
    },
    // The version of the protocol that delivers messages beside answers.
    RESP: 3,
    emitInvalidate: mode === "tracking",
    pingInterval: PING_MS,
  })
}

/** For the cache adapter, whose options are checked; users call `createRedisBus`. */
export class RedisBus implements InvalidationBus {
  readonly #options: RedisBusTarget
  readonly #target: RedisTarget
  /** The one in use comes first. */
  #addresses: RedisTarget["addresses"]
  readonly #clock: Clock
  readonly #id = randomUUID()
  #client: Client | undefined
  #starting: Promise<void> | undefined
  #listener: InvalidationListener | undefined
  #failure: unknown
  /** Changes when a connection is lost. */
  #connection = 0
  #connected = false
  #closed = false

  constructor(options: RedisBusTarget, clock: Clock) {
    this.#options = options
    this.#target = redisTarget(options)
    this.#addresses = this.#target.addresses
    this.#clock = clock
  }

  subscribe(listener: InvalidationListener): void {
    this.#listener = listener
    if (this.#starting === undefined) this.#begin()
  }

  async publish(message: Invalidation): Promise<void> {
    // The server tells by itself.
    if (this.#options.mode === "tracking") return
    const client = this.#client
    if (!this.#connected || client === undefined) throw this.#error("UNAVAILABLE", "The bus is not connected")
    const sent = client.publish(this.#channel, JSON.stringify({ from: this.#id, ...message }))
    await new Promise((resolve, reject) => {
      const late = () => reject(this.#error("TIMEOUT", `No answer within ${this.#options.timeoutMs} ms`))
      const timer = this.#clock.setTimeout(late, this.#options.timeoutMs)
      const lost = (error: unknown) => reject(this.#error("TIMEOUT", "The connection was lost", error))
      sent.then(resolve, lost).finally(() => timer.cancel())
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listener = undefined
    await this.#starting
    if (this.#client !== undefined) destroyNodeRedis(this.#client as NodeRedisLike)
  }

  get #channel(): string {
    return `${this.#options.keyPrefix}:invalidate`
  }

  #begin(): void {
    this.#starting = inNoContext(() => this.#start()).catch((error: unknown) => {
      this.#failure = error
    })
  }

  async #start(): Promise<void> {
    const library = await loadRedisClient()
    if (this.#closed) return
    const client = createClient(library, this.#target, this.#addresses[0], this.#options.mode)
    this.#client = client
    client.on("error", (error: unknown) => this.#lost(error))
    client.on("terminated", () => this.#moveOn())
    client.on("ready", () => void this.#ready(client))
    client.on("invalidate", (key: Buffer | string | null) => this.#written(key))
    // It goes on trying by itself; close ends that with a rejection.
    client.connect().catch(() => {})
  }

  /** To another node of the cluster, for this one is not there. */
  #moveOn(): void {
    const [gone, next, ...later] = this.#addresses
    if (next !== undefined) this.#addresses = [next, ...later, gone]
    this.#clock.setTimeout(() => this.#begin(), RETRY_MS)
  }

  /** Connected anew: nothing arrives before the server knows what we want to hear. */
  async #ready(client: Client): Promise<void> {
    const connection = ++this.#connection
    try {
      if (this.#options.mode === "tracking") await this.#track(client)
      else await client.subscribe(this.#channel, this.#heard)
    } catch (error) {
      return this.#lost(error)
    }
    if (connection !== this.#connection) return
    this.#connected = true
    this.#listener?.connected()
  }

  /** The library asked for the keys that this connection reads, which are none. */
  async #track(client: Client): Promise<void> {
    await Promise.all([
      client.sendCommand(["CLIENT", "TRACKING", "OFF"]),
      client.sendCommand(["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", `${this.#options.keyPrefix}:`]),
    ])
  }

  #lost(error: unknown): void {
    this.#failure = error
    this.#connection++
    if (!this.#connected) return
    this.#connected = false
    this.#listener?.disconnected()
  }

  readonly #heard = (text: string): void => {
    const { from, message } = parseMessage(text)
    if (from !== this.#id) this.#listener?.invalidated(message)
  }

  /** A key of the server, or null for all of them. */
  #written(stored: Buffer | string | null): void {
    const prefix = `${this.#options.keyPrefix}:`
    const name = stored?.toString().slice(prefix.length)
    const key = name === undefined ? undefined : userKey(name)
    if (key !== undefined) this.#listener?.invalidated({ keys: [key] })
    // Part of a namespace, which may be the cache that is behind: nobody knows by which names it calls its keys.
    else if (name === undefined || !isStaleKey(name)) this.#listener?.invalidated({ all: true })
  }

  #error(code: ErrorCode, what: string, cause: unknown = this.#failure): ServiceError {
    const { addresses, tls } = this.#target
    const { host, port } = addresses[0]
    const address = shownAddress(host, port, tls !== false)
    return new ServiceError(code, `${what}: ${address}.`, { service: "cache", adapter: "redis bus", cause })
  }
}

/** What cannot be read may have meant any key. */
function parseMessage(text: string): { from?: unknown; message: Invalidation } {
  try {
    const { from, keys } = JSON.parse(text) as { from?: unknown; keys?: unknown }
    const named = Array.isArray(keys) && keys.every((key) => typeof key === "string")
    return { from, message: named ? { keys: keys as string[] } : { all: true } }
  } catch {
    return { message: { all: true } }
  }
}
