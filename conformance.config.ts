/** Every built-in subject, once: tests, CI and the command line read this list. */
import { createClient, createCluster } from "@redis/client"
import { Redis } from "ioredis"
import { createMemoryCache } from "./adapters/cache/memory.ts"
import { createRedisCache, type RedisCacheOptions } from "./adapters/cache/redis.ts"
import type { Cache } from "./contracts/cache.ts"
import { findRedis, REDIS_MISSING, startRedis } from "./servers/redis.ts"
import { startRedisCluster } from "./servers/redis-cluster.ts"
import { findValkey, startValkey, VALKEY_MISSING } from "./servers/valkey.ts"
import { defineSubject } from "./testing/define-subject.ts"

/** Small enough for the clause of the limit to try it. */
const MAX_VALUE_BYTES = 4 * 1024 * 1024

export const memoryCacheSubject = defineSubject({
  service: "cache",
  name: "memory",
  open: ({ clock }) => {
    const cache = createMemoryCache({ maxValueBytes: MAX_VALUE_BYTES }, { clock })
    return { connect: () => cache, advance: (ms) => clock.advance(ms) }
  },
})

/** One server of a kind for all subjects that use it, started when the first does. */
function shared(start: () => Promise<{ readonly port: number }>): () => Promise<number> {
  let server: Promise<{ readonly port: number }> | undefined
  return async () => {
    server ??= start()
    return (await server).port
  }
}

const redisPort = shared(startRedis)
const valkeyPort = shared(startValkey)
const clusterPort = shared(startRedisCluster)

const redisAvailable = () => (findRedis() === undefined ? REDIS_MISSING : undefined)
const valkeyAvailable = () => (findValkey() === undefined ? VALKEY_MISSING : undefined)

/** What a cache is made with, and how to release it where the cache does not. */
interface Connected {
  readonly options: RedisCacheOptions
  release?(): unknown
}

function redisSubject(name: string, available: () => string | undefined, connect: () => Promise<Connected>) {
  return defineSubject({
    service: "cache",
    name,
    available,
    async open({ namespace }) {
      const opened: { cache: Cache; release?: () => unknown }[] = []
      const client = async (keyPrefix: string) => {
        const { options, release } = await connect()
        const cache = createRedisCache({ ...options, keyPrefix, maxValueBytes: MAX_VALUE_BYTES })
        opened.push({ cache, ...(release !== undefined && { release }) })
        return cache
      }
      return {
        connect: () => client(namespace),
        // Begins with the other's prefix, which must not be enough to be reached by its clear.
        neighbour: () => client(`${namespace}-2`),
        async destroy() {
          await (await client(namespace)).clear()
          await Promise.all(opened.map(({ cache }) => cache.close()))
          await Promise.all(opened.map(({ release }) => release?.()))
        },
      }
    },
  })
}

export const redisCacheSubjects = [
  redisSubject("redis", redisAvailable, async () => ({ options: { port: await redisPort() } })),
  redisSubject("valkey", valkeyAvailable, async () => ({ options: { port: await valkeyPort() } })),
  redisSubject("redis-cluster", redisAvailable, async () => ({
    options: { cluster: { nodes: [`127.0.0.1:${await clusterPort()}`] } },
  })),
  redisSubject("redis, client of @redis/client", redisAvailable, async () => {
    const client = createClient({ socket: { port: await redisPort() }, disableOfflineQueue: true })
    client.on("error", () => {})
    await client.connect()
    return { options: { client }, release: () => client.destroy() }
  }),
  redisSubject("redis, client of ioredis", redisAvailable, async () => {
    const client = new Redis(await redisPort(), { enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    return { options: { client }, release: () => client.quit() }
  }),
  redisSubject("redis-cluster, cluster of @redis/client", redisAvailable, async () => {
    const client = createCluster({
      rootNodes: [{ socket: { port: await clusterPort() } }],
      defaults: { disableOfflineQueue: true },
    })
    client.on("error", () => {})
    await client.connect()
    return { options: { client }, release: () => client.destroy() }
  }),
  redisSubject("redis-cluster, Cluster of ioredis", redisAvailable, async () => {
    const client = new Redis.Cluster([{ host: "127.0.0.1", port: await clusterPort() }])
    return { options: { client }, release: () => client.quit() }
  }),
]

export const subjects = [memoryCacheSubject, ...redisCacheSubjects]
