import { createMemoryCache } from "../adapters/cache/memory.ts"
import { createRedisCache } from "../adapters/cache/redis.ts"
import {
  type Measurable,
  readBy,
  readingNumbers,
  readingObjects,
  readingObjectsInFlight,
  writingObjects,
} from "./loops.ts"
import { type Peer, type PeerCache, peers } from "./peers.ts"
import type { Row, Servers, Target } from "./suite.ts"

/** How many times as fast as each peer. One that hands out what it keeps does less than a copy. */
const MEMORY_GOALS: Readonly<Record<string, number>> = { bentocache: 5, keyv: 5, "@objectstack/service-cache": 0.45 }
const REDIS_GOALS: Readonly<Record<string, number>> = { bentocache: 2, keyv: 1.3 }
/** Of an object that is handed out as it is kept, as the peer does. */
const FREEZE_GOALS: Readonly<Record<string, number>> = { "@objectstack/service-cache": 1.2 }

type Loop = (cache: Measurable) => Promise<Target>

export const peerRows: readonly Row[] = [
  ...peers.map((peer) =>
    memoryRow("memory get, object of 6 fields", peer, readingObjects, () => createMemoryCache(), MEMORY_GOALS),
  ),
  ...peers
    .filter(({ aliased }) => aliased === "always")
    .map((peer) =>
      memoryRow("memory get, freeze", peer, readingObjects, () => createMemoryCache({ freeze: true }), FREEZE_GOALS),
    ),
  ...peers.map((peer) =>
    memoryRow("memory set, object of 6 fields", peer, writingObjects, () => createMemoryCache(), {}),
  ),
  ...peers.filter(({ hasGetOrSet }) => hasGetOrSet).map(getOrSetRow),
  ...peers.flatMap((peer) => (peer.redis === undefined ? [] : redisRows(peer, peer.redis))),
]

function memoryRow(
  name: string,
  peer: Peer,
  loop: Loop,
  ours: () => Measurable,
  goals: Readonly<Record<string, number>>,
): Row {
  return {
    ...besidePeer(name, peer, goals),
    ...(peer.aliased !== undefined && { baselineName: `${peer.package}, aliased ${peer.aliased}` }),
    ours: () => loop(ours()),
    baseline: async () => loop(await peer.memory()),
  }
}

function getOrSetRow(peer: Peer): Row {
  const missing = () => -1
  const byGetOrSet = (cache: PeerCache) => readBy(cache, async (key) => cache.getOrSet?.(key, missing))
  return {
    ...besidePeer("memory getOrSet, hit on a number", peer, {}),
    ours: () => readingNumbers(byGetOrSet(createMemoryCache())),
    baseline: async () => readingNumbers(byGetOrSet(await peer.memory())),
  }
}

/** By the clock the server's share is in it, and on a busy machine hides the rest; by the processor it is ours alone. */
function redisRows(peer: Peer, open: NonNullable<Peer["redis"]>): Row[] {
  const row = {
    ...besidePeer("redis get, JSON, 50 in flight", peer, REDIS_GOALS),
    needs: ["redis"] as const,
    ours: async ({ redisPort = 6379 }: Servers) =>
      readingObjectsInFlight(createRedisCache({ host: "127.0.0.1", port: redisPort })),
    baseline: async ({ redisPort = 6379 }: Servers) => readingObjectsInFlight(await open(redisPort)),
  }
  const { goal: _, ...unbound } = row
  return [row, { ...unbound, name: `${row.name}, CPU`, cpu: true }]
}

function besidePeer(name: string, peer: Peer, goals: Readonly<Record<string, number>>): Omit<Row, "ours"> {
  const goal = goals[peer.package]
  return {
    name: `${name}, ${peer.package}`,
    peer: peer.package,
    baselineName: peer.package,
    ...(goal !== undefined && { goal }),
  }
}
