/** Every built-in subject, once: tests, CI and the command line read this list. */
import { createMemoryCache } from "./adapters/cache/memory.ts"
import { createRedisCache } from "./adapters/cache/redis.ts"
import type { Cache } from "./contracts/cache.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "./servers/redis.ts"
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

let redis: Promise<RedisServer> | undefined

export const redisCacheSubject = defineSubject({
  service: "cache",
  name: "redis",
  available: () => (findRedis() === undefined ? REDIS_MISSING : undefined),
  async open({ namespace }) {
    redis ??= startRedis()
    const { port } = await redis
    const opened: Cache[] = []
    const client = (keyPrefix: string) => {
      const cache = createRedisCache({ port, keyPrefix, maxValueBytes: MAX_VALUE_BYTES })
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
      },
    }
  },
})

export const subjects = [memoryCacheSubject, memoryLfuCacheSubject, redisCacheSubject]
