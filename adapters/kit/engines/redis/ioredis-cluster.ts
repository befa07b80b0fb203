import { type RedisClient, type RedisLink, type RedisWatcher, shownAddress } from "./client.ts"
import { type IoredisLike, type IoredisOptions, notOpen, sendOver } from "./ioredis.ts"
import { slotOf } from "./slots.ts"

/** What is used of a Cluster of `ioredis`. */
export interface IoredisClusterLike extends IoredisLike {
  /** Names, "host:port", of the nodes that have a slot: first the master. */
  readonly slots: readonly (readonly string[] | undefined)[]
  nodes(role?: "master"): IoredisLike[]
  refreshSlotsCache(done?: () => void): void
}

/** The least pause between two looks whether each slot has a node. */
const CHECK_MS = 200

/**
 * A cluster of the application.
 *
 * Commands go straight to the node, and only while it is ready. The library would keep them for one that is not, and
 * send again those that were under way when it lost the node.
 */
export class InjectedIoredisCluster implements RedisClient {
  readonly address: string
  readonly cluster = true
  readonly #library: IoredisClusterLike
  readonly #watcher: RedisWatcher
  readonly #watched = new WeakSet<IoredisLike>()
  #checkedAt = Number.NEGATIVE_INFINITY
  readonly #onReady = () => {
    for (const node of this.#library.nodes("master")) this.#connectNode(node)
    this.#watcher.ready()
  }
  readonly #onNode = (node: unknown) => this.#connectNode(node as IoredisLike)
  readonly #onError = (error: unknown) => this.#watcher.troubled(error)
  readonly #listeners = {
    ready: this.#onReady,
    refresh: this.#onReady,
    "+node": this.#onNode,
    error: this.#onError,
    "node error": this.#onError,
  }

  constructor(library: IoredisClusterLike, watcher: RedisWatcher) {
    const { redisOptions } = library.options as ClusterOptions
    this.address = shownAddress(redisOptions?.host, redisOptions?.port, redisOptions?.tls !== undefined)
    this.#library = library
    this.#watcher = watcher
    for (const [event, listener] of Object.entries(this.#listeners)) library.on(event, listener)
  }

  link(key?: string): RedisLink | undefined {
    if (this.#library.status !== "ready") return undefined
    if (key === undefined) return this.#linkTo(this.#library.nodes("master").find(({ status }) => status === "ready"))
    return this.#linkTo(this.#nodeOf(key))
  }

  async locate(key: string): Promise<void> {
    await new Promise<void>((resolve) => this.#library.refreshSlotsCache(resolve))
    const node = this.#nodeOf(key)
    if (node?.status === "wait") await node.connect().catch(this.#onError)
  }

  /** From the slots, for `nodes` leaves out those that are down. */
  servers(): readonly string[] {
    return [...new Set(this.#library.slots.flatMap((names) => names?.[0] ?? []))]
  }

  server(name: string): RedisLink | undefined {
    return this.#linkTo(this.#node(name))
  }

  serverOf(key: string): string | undefined {
    return this.#library.slots[slotOf(key)]?.[0]
  }

  connect(): void {
    const { status } = this.#library
    if (status === "wait") this.#library.connect().catch(this.#onError)
    if (status === "end") this.#watcher.failed(notOpen())
    for (const node of this.#library.nodes("master")) this.#connectNode(node)
    const now = performance.now()
    if (status !== "ready" || now - this.#checkedAt < CHECK_MS) return
    this.#checkedAt = now
    // The library drops a node that it has lost, and asks who took its place only with a command.
    if (this.servers().some((name) => this.#node(name) === undefined)) this.#library.refreshSlotsCache()
  }

  close(): void {
    for (const [event, listener] of Object.entries(this.#listeners)) this.#library.off(event, listener)
  }

  /** The library connects to a node with its first command, and refuses all others until then. */
  #connectNode(node: IoredisLike): void {
    if (!this.#watched.has(node)) node.on("ready", () => this.#watcher.ready())
    this.#watched.add(node)
    if (node.status === "wait") node.connect().catch(this.#onError)
  }

  #linkTo(node: IoredisLike | undefined): RedisLink | undefined {
    return node?.status === "ready" ? { send: (args) => sendOver(node, args) } : undefined
  }

  #nodeOf(key: string): IoredisLike | undefined {
    return this.#node(this.serverOf(key) ?? "")
  }

  #node(name: string): IoredisLike | undefined {
    return this.#library.nodes("master").find(({ options }) => {
      const { host, port } = options as IoredisOptions
      return `${host}:${port}` === name
    })
  }
}

interface ClusterOptions {
  readonly clusterNodeRetryStrategy?: unknown
  readonly redisOptions?: IoredisOptions
  readonly keyPrefix?: string
}

/** Why a cluster of the application cannot be used, or undefined. */
export function ioredisClusterIssue(cluster: IoredisClusterLike): string | undefined {
  const { clusterNodeRetryStrategy, keyPrefix, redisOptions } = cluster.options as ClusterOptions
  if (keyPrefix || redisOptions?.keyPrefix)
    return "must not have a keyPrefix of its own; give it to the adapter instead"
  // Only nodes that reconnect by themselves send again what was under way.
  if (!clusterNodeRetryStrategy || redisOptions?.autoResendUnfulfilledCommands === false) return undefined
  return "must have autoResendUnfulfilledCommands: false in its redisOptions, or its nodes send commands twice"
}
