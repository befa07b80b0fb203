import { got } from "../../../../contracts/foundation/text.ts"
import type { RedisClient, RedisWatcher } from "./client.ts"
import { InjectedIoredis, type IoredisLike, ioredisIssue } from "./ioredis.ts"
import { InjectedIoredisCluster, type IoredisClusterLike, ioredisClusterIssue } from "./ioredis-cluster.ts"
import { InjectedNodeRedis, type NodeRedisLike, nodeRedisIssue } from "./node-redis.ts"
import { InjectedNodeRedisCluster, type NodeRedisClusterLike, nodeRedisClusterIssue } from "./node-redis-cluster.ts"

/** A client that the application made: of `@redis/client` or of `ioredis`, to one server or to a cluster. */
export type InjectedRedisClient = NodeRedisLike | NodeRedisClusterLike | IoredisLike | IoredisClusterLike

/** Why a client cannot be used, or undefined. */
export function injectedClientIssue(client: unknown): string | undefined {
  if (isIoredisCluster(client)) return ioredisClusterIssue(client)
  if (isIoredis(client)) return ioredisIssue(client)
  if (isNodeRedisCluster(client)) return nodeRedisClusterIssue(client)
  if (isNodeRedis(client)) return nodeRedisIssue(client)
  return `must be a client or cluster of @redis/client, or a Redis or Cluster of ioredis; got ${got(client)}`
}

export function useInjectedClient(client: InjectedRedisClient, watcher: RedisWatcher): RedisClient {
  if (isIoredisCluster(client)) return new InjectedIoredisCluster(client, watcher)
  if (isIoredis(client)) return new InjectedIoredis(client, watcher)
  if (isNodeRedisCluster(client)) return new InjectedNodeRedisCluster(client, watcher)
  return new InjectedNodeRedis(client as NodeRedisLike, watcher)
}

/** Whether a client is connected to a cluster. */
export function isClusterClient(client: unknown): boolean {
  return isIoredisCluster(client) || isNodeRedisCluster(client)
}

/** Whether a client is one of `ioredis`, else it is one of `@redis/client`. */
export function isIoredisClient(client: InjectedRedisClient): client is IoredisLike {
  return isIoredis(client)
}

function isIoredisCluster(client: unknown): client is IoredisClusterLike {
  return isIoredis(client) && "refreshSlotsCache" in client
}

function isIoredis(client: unknown): client is IoredisLike {
  return hasMethods(client, "call", "connect", "on", "off") && "status" in client && "options" in client
}

function isNodeRedisCluster(client: unknown): client is NodeRedisClusterLike {
  return hasMethods(client, "sendCommand", "nodeClient", "on", "off") && "slots" in client && "masters" in client
}

function isNodeRedis(client: unknown): client is NodeRedisLike {
  return hasMethods(client, "sendCommand", "destroy", "on", "off") && "isReady" in client && "isOpen" in client
}

function hasMethods(value: unknown, ...names: string[]): value is object {
  if (typeof value !== "object" || value === null) return false
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function")
}
