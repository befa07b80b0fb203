import { setTimeout as sleep } from "node:timers/promises"
import { type RedisOptions, type RedisServer, startRedis } from "./redis.ts"
import { freePort } from "./server-process.ts"

const NODES = 3
const SLOTS = 16_384
const READY_MS = 60_000
const POLL_MS = 20

export interface RedisCluster {
  /** Its nodes, each a master with a third of the slots. */
  readonly nodes: readonly RedisServer[]
  /** Of the first node. */
  readonly port: number
  /** Resolves when all nodes say the same about who has which slot, and since which epoch. */
  settled(): Promise<void>
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>
}

/**
 * Starts a cluster of three masters on the loopback interface and resolves when each of them says that it is complete.
 *
 * @example
 * const cluster = await startRedisCluster()
 * await cluster.stop()
 */
export async function startRedisCluster(options: Pick<RedisOptions, "appendOnly"> = {}): Promise<RedisCluster> {
  const nodes: ClusterNode[] = []
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    for (let count = 0; count < NODES; count++) {
      const clusterPort = await freePort()
      nodes.push({ ...(await startRedis({ ...options, clusterPort })), clusterPort })
    }
    await join(nodes)
    await settled(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, port: (nodes[0] as RedisServer).port, settled: () => settled(nodes), stop }
}

interface ClusterNode extends RedisServer {
  readonly clusterPort: number
}

async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const share = Math.ceil(SLOTS / nodes.length)
  for (const [index, node] of nodes.entries()) {
    const last = Math.min(SLOTS, (index + 1) * share) - 1
    await node.command("CLUSTER", "ADDSLOTSRANGE", String(index * share), String(last))
    await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1))
    for (const other of nodes.slice(0, index)) {
      await node.command("CLUSTER", "MEET", "127.0.0.1", String(other.port), String(other.clusterPort))
    }
  }
}

async function settled(nodes: readonly RedisServer[]): Promise<void> {
  const deadline = performance.now() + READY_MS
  for (;;) {
    const views = await Promise.all(nodes.map((node) => viewOf(node, nodes.length)))
    if (views[0] !== undefined && views.every((view) => view === views[0])) return
    if (performance.now() > deadline) throw new Error(`The nodes of the cluster do not agree after ${READY_MS} ms.`)
    await sleep(POLL_MS)
  }
}

/** What a node believes of each node: its id, epoch and slots. Undefined while it does not find the cluster complete. */
async function viewOf(node: RedisServer, size: number): Promise<string | undefined> {
  const info = await node.command("CLUSTER", "INFO")
  if (!info.includes("cluster_state:ok") || !info.includes(`cluster_known_nodes:${size}`)) return undefined
  const lines = (await node.command("CLUSTER", "NODES")).trim().split("\n")
  const views = lines.map((line) => {
    const [id, , , , , , epoch, , ...slots] = line.split(" ")
    return [id, epoch, ...slots].join(" ")
  })
  return views.sort().join("\n")
}
