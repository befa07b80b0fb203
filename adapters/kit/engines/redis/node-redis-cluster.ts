import type { Clock } from "../../../../contracts/foundation/clock.ts"
import { type RedisClient, type RedisLink, type RedisTarget, type RedisWatcher, shownAddress } from "./client.ts"
import { isFinal } from "./errors.ts"
import { destroyNodeRedis, howToConnect, loadRedisClient, type NodeRedisLike, notOpen, PLAIN } from "./node-redis.ts"
import { slotOf } from "./slots.ts"

interface Node {
  readonly address: string
  /** Absent while nothing connects to it. */
  client?: NodeRedisLike | undefined
}

/** What is used of a cluster of `@redis/client`. */
export interface NodeRedisClusterLike {
  readonly isOpen: boolean
  readonly slots: readonly ({ readonly master: Node } | undefined)[]
  readonly masters: readonly Node[]
  nodeClient(node: never): Promise<unknown>
  sendCommand(firstKey: string, isReadonly: boolean, args: string[], options?: object): Promise<unknown>
  destroy(): void
  on(event: string, listener: (error: unknown) => void): unknown
  off(event: string, listener: (error: unknown) => void): unknown
}

/** How soon after a node was lost the others are asked who took its place. */
const REFRESH_MS = 500
/** The pause between two attempts to find the nodes. */
const RETRY_MS = 200

/**
 * Links to the nodes that the library found.
 *
 * Commands go straight to the node, and only while it is ready. The library would hold them until it is, and send them
 * long after the caller was told that they failed.
 */
class NodeLinks {
  readonly #cluster: NodeRedisClusterLike
  readonly #owned: boolean

  constructor(cluster: NodeRedisClusterLike, owned: boolean) {
    this.#cluster = cluster
    this.#owned = owned
  }

  link(key?: string): RedisLink | undefined {
    if (key !== undefined) return this.#linkTo(this.#cluster.slots[slotOf(key)]?.master)
    return this.#linkTo(this.#cluster.masters.find(({ client }) => client?.isReady))
  }

  servers(): readonly string[] {
    return this.#cluster.masters.map(({ address }) => address)
  }

  server(name: string): RedisLink | undefined {
    return this.#linkTo(this.#cluster.masters.find(({ address }) => address === name))
  }

  serverOf(key: string): string | undefined {
    return this.#cluster.slots[slotOf(key)]?.master.address
  }

  /** Has the library make the clients of nodes that have none. */
  connect(failed: (error: unknown) => void): void {
    for (const node of this.#cluster.masters) {
      if (node.client === undefined) this.#cluster.nodeClient(node as never).catch(failed)
    }
  }

  /** The library finds it out when a server tells a command of its own that the key has moved. */
  async locate(key: string): Promise<void> {
    await this.#cluster.sendCommand(key, false, ["TYPE", key], PLAIN).catch(() => {})
  }

  #linkTo(node: Node | undefined): RedisLink | undefined {
    const client = node?.client
    if (node === undefined || !client?.isReady) return undefined
    if (!this.#owned) return { send: (args) => client.sendCommand(args as string[], PLAIN) }
    const drop = () => {
      if (node.client === client) node.client = undefined
      destroyNodeRedis(client)
    }
    return { send: (args) => client.sendCommand(args as string[]), drop }
  }
}

/** Connections to the nodes of a cluster, made here. */
export class OwnNodeRedisCluster implements RedisClient {
  readonly address: string
  readonly cluster = true
  readonly #target: RedisTarget
  readonly #watcher: RedisWatcher
  readonly #clock: Clock
  #library: NodeRedisClusterLike | undefined
  #links: NodeLinks | undefined
  #starting = false
  #closed = false

  constructor(target: RedisTarget, watcher: RedisWatcher, clock: Clock) {
    const { host, port } = target.addresses[0]
    this.address = shownAddress(host, port, target.tls !== false)
    this.#target = target
    this.#watcher = watcher
    this.#clock = clock
  }

  link(key?: string): RedisLink | undefined {
    return this.#links?.link(key)
  }

  async locate(key: string): Promise<void> {
    await this.#links?.locate(key)
  }

  servers(): readonly string[] {
    return this.#links?.servers() ?? []
  }

  server(name: string): RedisLink | undefined {
    return this.#links?.server(name)
  }

  serverOf(key: string): string | undefined {
    return this.#links?.serverOf(key)
  }

  connect(): void {
    if (this.#closed || this.#starting) return
    if (this.#links !== undefined) {
      this.#links.connect((error) => this.#onError(error))
      return
    }
    this.#starting = true
    this.#start()
      .catch((error: unknown) => this.#watcher.failed(error))
      .finally(() => {
        this.#starting = false
      })
  }

  close(): void {
    this.#closed = true
    this.#library?.destroy()
  }

  async #start(): Promise<void> {
    const library = await loadRedisClient()
    if (this.#closed) return
    const cluster = library.createCluster({
      rootNodes: this.#target.addresses.map((socket) => ({ socket })),
      defaults: howToConnect(this.#target),
      RESP: 2,
      // Otherwise one node that is down would keep all others from being used.
      minimizeConnections: true,
      topologyRefreshOnReconnectionAttemptStrategy: REFRESH_MS,
    })
    this.#library = cluster
    cluster.on("node-ready", () => this.#watcher.ready())
    cluster.on("node-error", (error: unknown) => this.#onError(error))
    let last: unknown
    cluster.on("error", (error: unknown) => {
      last = error
      this.#onError(error)
    })
    for (;;) {
      try {
        await cluster.connect()
        break
      } catch (error) {
        if (this.#closed || isFinal(last)) return
        this.#watcher.troubled(last ?? error)
        await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, RETRY_MS))
        if (this.#closed) return
      }
    }
    this.#links = new NodeLinks(cluster, true)
    this.#links.connect((error) => this.#onError(error))
  }

  #onError(error: unknown): void {
    if (this.#closed) return
    if (isFinal(error)) this.#watcher.failed(error)
    else this.#watcher.troubled(error)
  }
}

/** A cluster of the application. */
export class InjectedNodeRedisCluster implements RedisClient {
  readonly address: string
  readonly cluster = true
  readonly #library: NodeRedisClusterLike
  readonly #watcher: RedisWatcher
  readonly #links: NodeLinks
  readonly #onReady = () => this.#watcher.ready()
  readonly #onError = (error: unknown) => this.#watcher.troubled(error)

  constructor(library: NodeRedisClusterLike, watcher: RedisWatcher) {
    const { defaults, rootNodes } = optionsOf(library)
    const socket = { ...defaults?.socket, ...rootNodes?.[0]?.socket }
    this.address = shownAddress(socket.host, socket.port, socket.tls)
    this.#library = library
    this.#watcher = watcher
    this.#links = new NodeLinks(library, false)
    library.on("node-ready", this.#onReady)
    library.on("error", this.#onError)
    library.on("node-error", this.#onError)
  }

  link(key?: string): RedisLink | undefined {
    return this.#links.link(key)
  }

  locate(key: string): Promise<void> {
    return this.#links.locate(key)
  }

  servers(): readonly string[] {
    return this.#links.servers()
  }

  server(name: string): RedisLink | undefined {
    return this.#links.server(name)
  }

  serverOf(key: string): string | undefined {
    return this.#links.serverOf(key)
  }

  connect(): void {
    if (this.#library.isOpen) this.#links.connect(this.#onError)
    else this.#watcher.failed(notOpen())
  }

  close(): void {
    this.#library.off("node-ready", this.#onReady)
    this.#library.off("error", this.#onError)
    this.#library.off("node-error", this.#onError)
  }
}

interface ClusterOptions {
  readonly rootNodes?: readonly { readonly socket?: SocketOptions }[]
  readonly defaults?: { readonly disableOfflineQueue?: boolean; readonly socket?: SocketOptions }
  readonly keyPrefix?: unknown
}

interface SocketOptions {
  readonly host?: string
  readonly port?: number
  readonly tls?: boolean
}

function optionsOf(cluster: object): ClusterOptions {
  return (cluster as { _options?: ClusterOptions })._options ?? {}
}

/** Why a cluster of the application cannot be used, or undefined. */
export function nodeRedisClusterIssue(cluster: object): string | undefined {
  const { defaults, keyPrefix } = optionsOf(cluster)
  if (keyPrefix !== undefined) return "must not have a keyPrefix of its own; give it to the adapter instead"
  if (defaults?.disableOfflineQueue === true) return undefined
  return "must have disableOfflineQueue: true in its defaults, or it sends rejected commands later"
}
