import { LRUCache } from "lru-cache"
import { createLruCache } from "../adapters/cache/lru-cache.ts"
import { createMemoryCache, type MemoryCacheOptions } from "../adapters/cache/memory.ts"
import { createRedisCache } from "../adapters/cache/redis.ts"
import type { Cache } from "../contracts/cache/cache.ts"
import { withJitter } from "../core/cache/layers/jitter.ts"
import { tiered } from "../core/cache/tiered/tiered.ts"
import { withBreaker } from "../core/foundation/breaker.ts"
import { withRetry } from "../core/foundation/retry.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import { AsyncLruCache, rawRedisClient } from "./baselines.ts"
import { peerRows } from "./cache-peers.ts"
import { heapPerEntry } from "./heap.ts"
import {
  BATCH,
  inBatches,
  inFlight,
  KEYS,
  orderOf,
  readBy,
  readingNumbers,
  readingObjects,
  readingObjectsInFlight,
  userOf,
  writingObjects,
  writingWhenFull,
} from "./loops.ts"
import { stalenessRow } from "./staleness.ts"
import type { Suite, Target } from "./suite.ts"

const FULL = 100_000

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

async function filledByNumbers(set: (key: string, value: number) => unknown, filled: object): Promise<object> {
  for (let index = 0; index < FULL; index++) await set(`user:${index}`, index)
  return filled
}

function numbersInCache(cache: Cache, ttl?: number): Promise<object> {
  return filledByNumbers((key, value) => cache.set(key, value, ttl), cache)
}

function numbersInLru(options: Partial<LRUCache.OptionsMaxLimit<string, number, unknown>>): Promise<object> {
  const lru = new LRUCache<string, number>({ max: FULL, ...options })
  return filledByNumbers((key, value) => lru.set(key, value), lru)
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

function readingBatches(cache: Cache): Target {
  return inBatches(
    async (keys, first) => {
      const found = await cache.getMany<{ id: number }>(keys)
      if (found.size !== BATCH || found.get(keys[0] as string)?.id !== first) throw new Error("wrong value")
    },
    () => cache.close(),
  )
}

function behindFourLayers(cache: Cache): Cache {
  const bounded = withRetry(withBreaker(withJitter(cache, { jitter: "10%", defaultTtl: 3600 })))
  return withTimeout(bounded, { timeoutMs: 1000 })
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
      name: "memory heap, number",
      ours: async () => heapPerEntry(FULL, () => numbersInCache(createMemoryCache({ maxEntries: FULL }))),
      baseline: async () => heapPerEntry(FULL, () => numbersInLru({})),
      baselineName: "LRUCache with the same data",
      better: "lower",
      unit: "bytes per entry",
    },
    {
      name: "memory heap, number, with a ttl",
      ours: async () => heapPerEntry(FULL, () => numbersInCache(createMemoryCache({ maxEntries: FULL }), 3600)),
      baseline: async () => heapPerEntry(FULL, () => numbersInLru({ ttl: 3_600_000, ttlAutopurge: true })),
      baselineName: "LRUCache that removes what has expired, too",
      better: "lower",
      unit: "bytes per entry",
    },
    {
      name: "lru-cache heap, number",
      ours: async () => heapPerEntry(FULL, () => numbersInCache(createLruCache({ max: FULL }))),
      baseline: async () => heapPerEntry(FULL, () => numbersInLru({})),
      baselineName: "LRUCache with the same data",
      better: "lower",
      unit: "bytes per entry",
    },
    {
      name: "memory getOrSet, hit on a number",
      async ours() {
        const cache = createMemoryCache()
        const missing = () => -1
        return readingNumbers(readBy(cache, (key) => cache.getOrSet(key, missing)))
      },
      async baseline() {
        const cache = createMemoryCache()
        return readingNumbers(readBy(cache, (key) => cache.get(key)))
      },
      baselineName: "our get",
      goal: 0.8,
    },
    {
      name: "memory set, order of 3 kB, behind four layers",
      ours: () => writingObjects(behindFourLayers(createMemoryCache()), orderOf),
      baseline: () => writingObjects(createMemoryCache(), orderOf),
      baselineName: "our set without layers",
      goal: 0.67,
    },
    {
      name: "tiered get, L1 hit on an object, one at a time",
      needs: ["redis"],
      async ours({ redisPort }) {
        const l2 = createRedisCache({ host: "127.0.0.1", port: redisPort ?? 6379 })
        return readingObjects(tiered(createMemoryCache(), l2, { l1Ttl: 3600 }))
      },
      baseline: async ({ redisPort }) =>
        readingObjects(createRedisCache({ host: "127.0.0.1", port: redisPort ?? 6379 })),
      baselineName: "our redis get, one at a time",
      goal: 20,
    },
    {
      name: "redis get, JSON, 50 in flight, with deadline",
      needs: ["redis"],
      ours: async ({ redisPort }) =>
        readingObjectsInFlight(createRedisCache({ host: "127.0.0.1", port: redisPort ?? 6379 })),
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
      needs: ["redis"],
      ours: async ({ redisPort }) => readingBatches(await filledRedisCache(redisPort)),
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
    {
      name: "redis getMany of 100, JSON, beside awaited gets",
      needs: ["redis"],
      ours: async ({ redisPort }) => readingBatches(await filledRedisCache(redisPort)),
      async baseline({ redisPort }) {
        const cache = await filledRedisCache(redisPort)
        return inBatches(
          async (keys, first) => {
            for (const [offset, key] of keys.entries()) {
              if ((await cache.get<{ id: number }>(key))?.id !== first + offset) throw new Error("wrong value")
            }
          },
          () => cache.close(),
        )
      },
      baselineName: "100 of our gets, one after the other",
      goal: 10,
    },
    stalenessRow("pubsub"),
    stalenessRow("tracking"),
    ...peerRows,
  ],
}
