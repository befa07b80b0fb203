import { createMemoryCache, type MemoryCacheOptions } from "../adapters/cache/memory.ts"
import { createRedisCache } from "../adapters/cache/redis.ts"
import type { Cache } from "../contracts/cache.ts"
import { tiered } from "../core/features/cache/tiered.ts"
import { AsyncLruCache, rawRedisClient } from "./baselines.ts"
import { heapPerEntry } from "./heap.ts"
import type { Suite, Target } from "./suite.ts"

const KEYS = Array.from({ length: 10_000 }, (_, index) => `user:${index}`)
const FULL = 100_000
const IN_FLIGHT = 50
const BATCH = 100

function userOf(index: number) {
  return { id: index, name: "Ada Lovelace", email: "ada@example.test", age: 36, active: true, score: 0.5 }
}

type Reader = { get(key: string): Promise<unknown> }
type Writer = { set(key: string, value: object | string | number): Promise<unknown> }

async function readingNumbers(cache: Reader & Writer): Promise<Target> {
  for (const [index, key] of KEYS.entries()) await cache.set(key, index)
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        if ((await cache.get(KEYS[index] as string)) !== index) throw new Error("wrong value")
      }
    },
  }
}

async function readingObjects(cache: Reader & Writer): Promise<Target> {
  for (const [index, key] of KEYS.entries()) await cache.set(key, userOf(index))
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        const user = (await cache.get(KEYS[index] as string)) as { id: number }
        if (user.id !== index) throw new Error("wrong value")
      }
    },
  }
}

async function writingObjects(cache: Reader & Writer): Promise<Target> {
  const users = KEYS.map((_, index) => userOf(index))
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        await cache.set(KEYS[index] as string, users[index] as object)
      }
      const last = (await cache.get(KEYS[(count - 1) % KEYS.length] as string)) as { id: number }
      if (last.id !== (count - 1) % KEYS.length) throw new Error("wrong value")
    },
  }
}

/** Ten times as many keys as the cache holds, so that each set has to make room. */
async function writingWhenFull(cache: Reader & Writer): Promise<Target> {
  const keys = Array.from({ length: 10 * KEYS.length }, (_, index) => `user:${index}`)
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % keys.length
        await cache.set(keys[index] as string, index)
      }
      const last = (count - 1) % keys.length
      if ((await cache.get(keys[last] as string)) !== last) throw new Error("wrong value")
    },
  }
}

/** As values come in: read from JSON, with texts of their own. */
function parsedUser(index: number): object {
  const user = { ...userOf(index), name: `Ada Lovelace ${index}`, email: `ada.lovelace.${index}@example.test` }
  return JSON.parse(JSON.stringify(user)) as object
}

async function filledCache(options: MemoryCacheOptions): Promise<Cache> {
  const cache = createMemoryCache({ ...options, maxEntries: FULL })
  for (let index = 0; index < FULL; index++) await cache.set(`user:${index}`, parsedUser(index))
  return cache
}

async function filledMap(): Promise<Map<string, object>> {
  const map = new Map<string, object>()
  for (let index = 0; index < FULL; index++) map.set(`user:${index}`, parsedUser(index))
  return map
}

/** Many callers at once, each waiting for its own answer. */
function inFlight(one: (index: number) => Promise<void>, close: () => Promise<void>): Target {
  return {
    async run(count) {
      let next = 0
      const caller = async () => {
        while (next < count) await one(next++ % KEYS.length)
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
    },
    close,
  }
}

function inBatches(many: (keys: string[], first: number) => Promise<void>, close: () => Promise<void>): Target {
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const first = (step * BATCH) % KEYS.length
        await many(KEYS.slice(first, first + BATCH), first)
      }
    },
    close,
  }
}

async function filledRedisCache(port: number | undefined) {
  const cache = createRedisCache({ host: "127.0.0.1", port: port ?? 6379 })
  await cache.setMany(KEYS.map((key, index) => [key, userOf(index)]))
  return cache
}

async function filledRawClient(port: number | undefined) {
  const client = await rawRedisClient(port)
  for (const [index, key] of KEYS.entries()) await client.set(`raw:${key}`, JSON.stringify(userOf(index)))
  return client
}

export const cacheSuite: Suite = {
  name: "cache",
  rows: [
    {
      name: "memory get, number",
      ours: () => readingNumbers(createMemoryCache()),
      baseline: () => readingNumbers(new AsyncLruCache()),
      baselineName: "async class over lru-cache",
      goal: 0.85,
    },
    {
      name: "memory get, object of 6 fields, isolated",
      ours: () => readingObjects(createMemoryCache()),
      baseline: () => readingObjects(new AsyncLruCache()),
      baselineName: "async class over lru-cache, aliased",
      goal: 0.33,
    },
    {
      name: "memory set, object of 6 fields, isolated",
      ours: () => writingObjects(createMemoryCache()),
      baseline: () => writingObjects(new AsyncLruCache()),
      baselineName: "async class over lru-cache, aliased",
      goal: 0.25,
    },
    {
      name: "memory get, object of 6 fields, freeze",
      ours: () => readingObjects(createMemoryCache({ freeze: true })),
      baseline: () => readingObjects(new AsyncLruCache()),
      baselineName: "async class over lru-cache, aliased",
      goal: 0.9,
    },
    {
      name: "memory set, object of 6 fields, with a ttl",
      async ours() {
        const cache = createMemoryCache()
        return writingObjects({ get: (key) => cache.get(key), set: (key, value) => cache.set(key, value, 60) })
      },
      baseline: () => writingObjects(new AsyncLruCache()),
      baselineName: "async class over lru-cache, aliased, no ttl",
    },
    {
      name: "memory set, number, full, lru",
      ours: () => writingWhenFull(createMemoryCache()),
      baseline: () => writingWhenFull(new AsyncLruCache(KEYS.length)),
      baselineName: "async class over lru-cache",
    },
    {
      name: "memory set, number, full, lfu",
      ours: () => writingWhenFull(createMemoryCache({ eviction: "lfu" })),
      baseline: () => writingWhenFull(new AsyncLruCache(KEYS.length)),
      baselineName: "async class over lru-cache",
    },
    {
      name: "memory heap, object of 6 fields",
      ours: async () => heapPerEntry(FULL, () => filledCache({})),
      baseline: async () => heapPerEntry(FULL, filledMap),
      baselineName: "plain Map with the same data",
      better: "lower",
      unit: "bytes per entry",
      goal: 1.15,
    },
    {
      name: "memory heap, object of 6 fields, lfu and ttl",
      ours: async () => heapPerEntry(FULL, () => filledCache({ eviction: "lfu", defaultTtl: 3600 })),
      baseline: async () => heapPerEntry(FULL, filledMap),
      baselineName: "plain Map with the same data, without ttl",
      better: "lower",
      unit: "bytes per entry",
    },
    {
      name: "memory getOrSet, hit on a number",
      async ours() {
        const cache = createMemoryCache()
        const missing = () => -1
        return readingNumbers({
          get: (key) => cache.getOrSet(key, missing),
          set: (key, value) => cache.set(key, value),
        })
      },
      async baseline() {
        const cache = createMemoryCache()
        return readingNumbers({ get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) })
      },
      baselineName: "our get",
      goal: 0.8,
    },
    {
      name: "tiered get, L1 hit on an object, one at a time",
      needsRedis: true,
      async ours({ redisPort }) {
        const l2 = createRedisCache({ host: "127.0.0.1", port: redisPort ?? 6379 })
        const cache = tiered(createMemoryCache(), l2, { l1Ttl: 3600 })
        return { ...(await readingObjects(cache)), close: () => cache.close() }
      },
      async baseline({ redisPort }) {
        const cache = createRedisCache({ host: "127.0.0.1", port: redisPort ?? 6379 })
        return { ...(await readingObjects(cache)), close: () => cache.close() }
      },
      baselineName: "our redis get, one at a time",
      goal: 20,
    },
    {
      name: "redis get, JSON, 50 in flight, with deadline",
      needsRedis: true,
      async ours({ redisPort }) {
        const cache = await filledRedisCache(redisPort)
        return inFlight(
          async (index) => {
            const user = await cache.get<{ id: number }>(KEYS[index] as string)
            if (user?.id !== index) throw new Error("wrong value")
          },
          () => cache.close(),
        )
      },
      async baseline({ redisPort }) {
        const client = await filledRawClient(redisPort)
        return inFlight(
          async (index) => {
            const text = await client.get(`raw:${KEYS[index]}`)
            if (!text?.startsWith(`{"id":${index},`)) throw new Error("wrong value")
          },
          async () => client.destroy(),
        )
      },
      baselineName: "@redis/client get, text",
      goal: 0.55,
    },
    {
      name: "redis getMany of 100, JSON",
      needsRedis: true,
      async ours({ redisPort }) {
        const cache = await filledRedisCache(redisPort)
        return inBatches(
          async (keys, first) => {
            const found = await cache.getMany<{ id: number }>(keys)
            if (found.size !== BATCH || found.get(keys[0] as string)?.id !== first) throw new Error("wrong value")
          },
          () => cache.close(),
        )
      },
      async baseline({ redisPort }) {
        const client = await filledRawClient(redisPort)
        return inBatches(
          async (keys, first) => {
            const texts = await client.mGet(keys.map((key) => `raw:${key}`))
            if (!texts[0]?.startsWith(`{"id":${first},`)) throw new Error("wrong value")
          },
          async () => client.destroy(),
        )
      },
      baselineName: "@redis/client mGet, text",
      goal: 0.4,
    },
  ],
}
