import { missingPeer } from "../../missing-peer.ts"
import { type RedisClient, type RedisLink, type RedisTarget, type RedisWatcher, shownAddress } from "./client.ts"
import { isFinal } from "./errors.ts"
import { sendOver } from "./ioredis.ts"
import { MAX_RECONNECT_MS } from "./node-redis.ts"

/** Loads the other client library; it is not loaded before this is called. */
export async function loadIoredis() {
  try {
    return await import("ioredis")
  } catch (error) {
    throw missingPeer("ioredis", error)
  }
}

type Library = Awaited<ReturnType<typeof loadIoredis>>
type Client = InstanceType<Library["Redis"]>

/** A client that never sends later, nor twice, what it was given. It connects by `connect()`. */
export function makeIoredis({ Redis }: Library, target: RedisTarget): Client {
  const { host, port } = target.addresses[0]
  return new Redis({
    host,
    port,
    db: target.database,
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
    ...(target.tls !== false && { tls: target.tls }),
    connectTimeout: target.timeoutMs,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // What was under way when the connection is lost is rejected then.
    maxRetriesPerRequest: 0,
    retryStrategy: (retries: number) => Math.min(MAX_RECONNECT_MS, 20 * 2 ** Math.min(retries, 10)),
  })
}

/** One connection by `ioredis` to one server, made here. */
export class OwnIoredis implements RedisClient {
  readonly address: string
  readonly cluster = false
  readonly #target: RedisTarget
  readonly #watcher: RedisWatcher
  #client: Client | undefined
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
    return this.#client?.status === "ready" ? this.#link : undefined
  }

  servers(): readonly string[] {
    return [this.address]
  }

  server(): RedisLink | undefined {
    return this.link()
  }

  connect(): void {
    // A client that is there reconnects by itself.
    if (this.#closed || this.#starting || this.#client !== undefined) return
    this.#starting = true
    this.#start()
      .catch((error: unknown) => this.#watcher.failed(error))
      .finally(() => {
        this.#starting = false
      })
  }

  close(): void {
    this.#closed = true
    this.#client?.disconnect()
  }

  async #start(): Promise<void> {
    const library = await loadIoredis()
    if (this.#closed) return
    const client = makeIoredis(library, this.#target)
    const drop = () => {
      if (this.#client === client) this.#client = undefined
      client.disconnect()
    }
    this.#client = client
    this.#link = { send: (args) => sendOver(client, args), drop }
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
