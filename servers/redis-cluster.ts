import { setTimeout as sleep } from "node:timers/promises"
import { type RedisOptions, type RedisServer, startRedis } from "./redis.ts"
import { freePort } from "./server-process.ts"

const NODES = 3
const SLOTS = 16_384
const READY_MS = 15_000
const POLL_MS = 20

export interface RedisCluster {
  /** Its nodes, each a master with a third of the slots. */
  readonly nodes: readonly RedisServer[]
  /** Of the first node. */
  readonly port: number
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
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, port: (nodes[0] as RedisServer).port, stop }
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
  const deadline = performance.now() + READY_MS
  while (!(await Promise.all(nodes.map((node) => isComplete(node, nodes.length)))).every(Boolean)) {
    if (performance.now() > deadline) throw new Error(`The cluster is not complete after ${READY_MS} ms.`)
    await sleep(POLL_MS)
  }
}

async function isComplete(node: RedisServer, size: number): Promise<boolean> {
  const info = await node.command("CLUSTER", "INFO")
  return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${size}`)
}
