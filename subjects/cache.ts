/** Every built-in cache as a subject, once: tests, CI and the command line read this list. */
import { createClient, createCluster } from "@redis/client"
import { Redis } from "ioredis"
import { LRUCache } from "lru-cache"
import { createLruCache } from "../adapters/cache/lru-cache.ts"
import { createMemoryCache } from "../adapters/cache/memory.ts"
import { createRedisCache, type RedisCacheOptions } from "../adapters/cache/redis.ts"
import { createRedisBus } from "../adapters/cache/redis-bus.ts"
import type { Cache } from "../contracts/cache/cache.ts"
import { namespaceRelaxes } from "../core/cache/key-space.ts"
import { tiered } from "../core/cache/tiered/tiered.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import type { RedisServer } from "../servers/redis.ts"
import { startRedisCluster } from "../servers/redis-cluster.ts"
import { defineSubject } from "../testing/define-subject.ts"
import type { Exemption, ForkedClient, OpenOptions } from "../testing/engine/subject.ts"
import { forkClient } from "../testing/faults/fork-client.ts"
import { startTcpProxy } from "../testing/faults/tcp-proxy.ts"
import { FaultPlan, withFaults } from "../testing/faults/with-faults.ts"
import { lineFaults, plannedFaults } from "./kit/faults.ts"
import {
  deadline,
  REDIS_PASSWORD,
  redis,
  redisAvailable,
  shared,
  startDurableRedis,
  valkey,
  valkeyAvailable,
} from "./kit/servers.ts"

/** Small enough for the clause of the limit to try it. */
const MAX_VALUE_BYTES = 4 * 1024 * 1024

export const memoryCacheSubject = defineSubject({
  service: "cache",
  name: "memory",
  open: ({ clock }) => {
    const cache = createMemoryCache({ maxValueBytes: MAX_VALUE_BYTES }, { clock })
    return {
      connect: () => cache,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      configuration: {
        create: (options) => createMemoryCache(options, { clock }),
        valid: { maxEntries: 100, defaultTtl: 60 },
        invalid: { maxEntries: 0, defaultTtl: "a minute" },
      },
    }
  },
})

/** Memory in real time, whose calls can be made to fail. */
const memoryFaultsCacheSubject = defineSubject({
  service: "cache",
  name: "memory-with-faults",
  open: ({ timeScale }) => {
    const plan = new FaultPlan()
    const faulty = withFaults(createMemoryCache({ maxValueBytes: MAX_VALUE_BYTES }), plan)
    const cache = withTimeout(faulty, { timeoutMs: 100 * timeScale })
    return {
      connect: () => cache,
      faults: plannedFaults(plan),
    }
  },
})

/** The options that change how memory keeps and hands out entries. */
export const memoryLfuCacheSubject = defineSubject({
  service: "cache",
  name: "memory-lfu-frozen",
  open: ({ clock }) => {
    const options = { eviction: "lfu", freeze: true, maxBytes: 2 ** 30, maxValueBytes: MAX_VALUE_BYTES } as const
    const cache = createMemoryCache(options, { clock })
    return { connect: () => cache, advance: (ms) => clock.advance(ms) }
  },
})

const lruCacheSubject = defineSubject({
  service: "cache",
  name: "lru-cache",
  open: ({ clock }) => {
    const cache = createLruCache({ maxValueBytes: MAX_VALUE_BYTES }, { clock })
    return {
      connect: () => cache,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      configuration: {
        create: (options) => createLruCache(options, { clock }),
        valid: { max: 100, defaultTtl: 60 },
        invalid: { max: 0, maxBytes: "some" },
      },
    }
  },
})

/** An LRUCache of an application that counts sizes and times in its own way, and keeps entries of its own in it. */
const injectedLruCacheSubject = defineSubject({
  service: "cache",
  name: "lru-cache of the application",
  open: ({ clock, namespace }) => {
    const lru = new LRUCache<string, object>({
      max: 50_000,
      maxSize: 2 ** 30,
      sizeCalculation: () => 1,
      allowStale: true,
      noUpdateTTL: true,
    })
    for (const key of ["key", namespace, `${namespace}2:key`, `x${namespace}:key`]) lru.set(key, { theirs: true })
    const options = { cache: lru, keyPrefix: namespace, maxValueBytes: MAX_VALUE_BYTES }
    const cache = createLruCache(options, { clock })
    return {
      connect: () => cache,
      advance: (ms) => clock.advance(ms),
      corrupt: (key) => void lru.set(`${namespace}:${key}`, { written: "by someone else" }),
    }
  },
})

export const lruCacheSubjects = [lruCacheSubject, injectedLruCacheSubject]

const cluster = shared(startRedisCluster)

/** Makes a client, or one of another service in the same server; `opened` is closed with the world. */
type MakeClient = (options: RedisCacheOptions, isNeighbour: boolean, opened: Cache[]) => Cache

/** Clients of one server, which fails by way of a proxy. */
async function openRedisWorld({ namespace, timeScale, uses }: OpenOptions, server: RedisServer, make: MakeClient) {
  const proxy = uses.includes("faults") ? await startTcpProxy({ port: server.port }) : undefined
  const options = {
    host: "127.0.0.1",
    port: proxy?.port ?? server.port,
    password: REDIS_PASSWORD,
    keyPrefix: namespace,
    maxValueBytes: MAX_VALUE_BYTES,
    timeoutMs: deadline(proxy === undefined ? 5000 : 300, timeScale),
  }
  const opened: Cache[] = []
  const client = (given: Readonly<Record<string, unknown>> = {}, isNeighbour = false) => {
    const cache = make({ ...options, ...given }, isNeighbour, opened)
    opened.push(cache)
    return cache
  }
  return {
    options,
    client,
    connect: () => client(),
    neighbour: () => client({}, true),
    faults: lineFaults(proxy),
    async destroy() {
      proxy?.heal()
      const past = createRedisCache({ ...options, port: server.port, timeoutMs: 30_000 })
      await past.clear()
      await Promise.all([past, ...opened].map((cache) => cache.close()))
      await proxy?.close()
    },
  }
}

/** Begins with the other's prefix, which must not be enough to be reached by its clear. */
const neighbourOf = (options: RedisCacheOptions) => ({ ...options, keyPrefix: `${options.keyPrefix}-2` })

const redisCacheSubject = defineSubject({
  service: "cache",
  name: "redis",
  available: redisAvailable,
  async open(opened) {
    const { namespace, uses } = opened
    // Only this clause may stop its server, which keeps everything on disk.
    const own = uses.includes("restart") ? await startDurableRedis() : undefined
    const server = own ?? (await redis())
    const { client, connect, destroy, faults, neighbour, options } = await openRedisWorld(
      opened,
      server,
      (made, isNeighbour) => createRedisCache(isNeighbour ? neighbourOf(made) : made),
    )
    const forks: ForkedClient<Cache>[] = []
    return {
      connect,
      neighbour,
      faults,
      restart: async () => own?.restart(),
      async fork() {
        const forked = await forkClient<Cache>({
          module: new URL("../adapters/cache/redis.ts", import.meta.url),
          make: "createRedisCache",
          args: [options],
        })
        forks.push(forked)
        return forked
      },
      corrupt: async (key) => void (await server.command("SET", `${namespace}:${key}`, "written by someone else")),
      configuration: {
        create: client,
        valid: { database: 0 },
        invalid: { port: 0, timeoutMs: "a second" },
      },
      secrets: [REDIS_PASSWORD],
      async destroy() {
        await Promise.all(forks.map(({ kill }) => kill()))
        await destroy()
        await own?.stop()
      },
    }
  },
})

/** What the features make of a Redis cache. */
function composedSubject(name: string, make: MakeClient, exempt: Readonly<Record<string, Exemption>> = {}) {
  return defineSubject({
    service: "cache",
    name,
    available: redisAvailable,
    open: async (opened) => openRedisWorld(opened, await redis(), make),
    exempt,
  })
}

/** Seconds that a copy may live without news of it. Clauses wait for as long. */
const L1_TTL = 0.05

const tieredSubject = (mode: "pubsub" | "tracking") =>
  composedSubject(`memory in front of redis, ${mode}`, (made, isNeighbour) => {
    const options = isNeighbour ? neighbourOf(made) : made
    const { host, keyPrefix = "", port, timeoutMs } = options
    const bus = createRedisBus({ host, port, password: REDIS_PASSWORD, keyPrefix, timeoutMs, mode })
    return tiered(createMemoryCache(), createRedisCache(options), { bus, l1Ttl: L1_TTL })
  })

const composedCacheSubjects = [
  tieredSubject("pubsub"),
  tieredSubject("tracking"),
  composedSubject(
    "namespace of redis",
    (made, isNeighbour, opened) => {
      const whole = createRedisCache(made)
      opened.push(whole)
      return whole.namespace(isNeighbour ? "us:r" : "user")
    },
    {
      ...Object.fromEntries(
        namespaceRelaxes.map((id) => [id, { reason: "a namespace voids all leases of its store" }]),
      ),
      "CLOSE-07": { reason: "the connection is that of the whole" },
    },
  ),
]

/** What a cache is made with, and how to release it where the cache does not. */
interface Connected {
  readonly options: RedisCacheOptions
  release?(): unknown
}

/** The clauses over another server or client; faults are tried on one. */
function redisSubject(name: string, available: () => string | undefined, connect: () => Promise<Connected>) {
  return defineSubject({
    service: "cache",
    name,
    available,
    async open({ namespace, timeScale }) {
      const { options, release } = await connect()
      const opened: Cache[] = []
      const client = (keyPrefix: string) => {
        const cache = createRedisCache({
          timeoutMs: deadline(5000, timeScale),
          ...options,
          keyPrefix,
          maxValueBytes: MAX_VALUE_BYTES,
        })
        opened.push(cache)
        return cache
      }
      return {
        connect: () => client(namespace),
        // Begins with the other's prefix, which must not be enough to be reached by its clear.
        neighbour: () => client(`${namespace}-2`),
        async destroy() {
          await client(namespace).clear()
          await Promise.all(opened.map((cache) => cache.close()))
          await release?.()
        },
      }
    },
  })
}

export const redisCacheSubjects = [
  redisCacheSubject,
  redisSubject("valkey", valkeyAvailable, async () => ({ options: { port: (await valkey()).port } })),
  redisSubject("redis-cluster", redisAvailable, async () => ({
    options: { cluster: { nodes: [`127.0.0.1:${(await cluster()).port}`] } },
  })),
  redisSubject("redis, client of @redis/client", redisAvailable, async () => {
    const client = createClient({
      socket: { port: (await redis()).port },
      password: REDIS_PASSWORD,
      disableOfflineQueue: true,
    })
    client.on("error", () => {})
    await client.connect()
    return { options: { client }, release: () => client.destroy() }
  }),
  redisSubject("redis, client of ioredis", redisAvailable, async () => {
    const client = new Redis((await redis()).port, {
      password: REDIS_PASSWORD,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
    })
    return { options: { client }, release: () => client.quit() }
  }),
  redisSubject("redis-cluster, cluster of @redis/client", redisAvailable, async () => {
    const client = createCluster({
      rootNodes: [{ socket: { port: (await cluster()).port } }],
      defaults: { disableOfflineQueue: true },
    })
    client.on("error", () => {})
    await client.connect()
    return { options: { client }, release: () => client.destroy() }
  }),
  redisSubject("redis-cluster, Cluster of ioredis", redisAvailable, async () => {
    const client = new Redis.Cluster([{ host: "127.0.0.1", port: (await cluster()).port }])
    return { options: { client }, release: () => client.quit() }
  }),
]

export const subjects = [
  memoryCacheSubject,
  memoryLfuCacheSubject,
  memoryFaultsCacheSubject,
  ...lruCacheSubjects,
  ...redisCacheSubjects,
  ...composedCacheSubjects,
]
