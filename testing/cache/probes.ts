import type { CacheCapabilities } from "../../contracts/cache/cache.ts"
import type { ContractProbes } from "../engine/clause.ts"
import { plainDataSamples, type RemovingProbes, readsOf, removesOf, storesOf } from "../families/roles.ts"
import type { CacheClient } from "./clause.ts"

/** A valid call of each method. */
export const cacheCalls = {
  get: (cache) => cache.get("probe"),
  set: (cache) => cache.set("probe", 1),
  delete: (cache) => cache.delete("populated"),
  has: (cache) => cache.has("probe"),
  clear: (cache) => cache.clear(),
  stats: (cache) => cache.stats(),
  getMany: (cache) => cache.getMany(["probe"]),
  setMany: (cache) => cache.setMany([["probe", 1]]),
  deleteMany: (cache) => cache.deleteMany(["populated", "probe"]),
  setIfAbsent: (cache) => cache.setIfAbsent("probe", 1),
  increment: (cache) => cache.increment("probe"),
  take: (cache) => cache.take("probe"),
  touch: (cache) => cache.touch("probe", 60),
  ttl: (cache) => cache.ttl("probe"),
  lease: (cache) => cache.lease("probe", 1000),
  fill: (cache) => cache.fill("probe", "token", 1),
  setTagged: (cache) => cache.setTagged("probe", 1, ["tag"]),
  invalidateTags: (cache) => cache.invalidateTags(["tag"]),
  keys: (cache) => first(cache.keys()),
} satisfies Record<string, (cache: CacheClient) => Promise<unknown>>

/** Begins a walk and leaves it. */
async function first(keys: AsyncIterable<string>): Promise<string | undefined> {
  for await (const key of keys) return key
  return undefined
}

const missing = undefined as unknown as string

export const cacheProbes: ContractProbes<CacheClient> = {
  calls: cacheCalls,
  badCalls: {
    get: (cache) => cache.get(missing),
    set: (cache) => cache.set("probe", () => 1),
    delete: (cache) => cache.delete(""),
    has: (cache) => cache.has(missing),
    getMany: (cache) => cache.getMany(missing as unknown as string[]),
    setMany: (cache) => cache.setMany(missing as unknown as [string, unknown][]),
    deleteMany: (cache) => cache.deleteMany([missing]),
    setIfAbsent: (cache) => cache.setIfAbsent("probe", () => 1),
    increment: (cache) => cache.increment(missing),
    take: (cache) => cache.take(missing),
    touch: (cache) => cache.touch(missing, 60),
    ttl: (cache) => cache.ttl(missing),
    lease: (cache) => cache.lease(missing, 1000),
    fill: (cache) => cache.fill(missing, "token", 1),
    setTagged: (cache) => cache.setTagged("probe", () => 1, ["tag"]),
    invalidateTags: (cache) => cache.invalidateTags(missing as unknown as string[]),
    keys: (cache) => first(cache.keys({ prefix: 7 as unknown as string })),
  },
  refusedWithSecret: [
    (cache, secret) => cache.set("probe", { password: secret, call: () => secret }),
    (cache, secret) => cache.set("probe", { password: secret }, -1),
    (cache, secret) => cache.setMany([["probe", { password: secret, call: () => secret }]]),
    (cache, secret) => cache.setMany([["probe", { password: secret }]], -1),
    (cache, secret) => cache.setIfAbsent?.("probe", { password: secret, call: () => secret }),
    (cache, secret) => cache.setTagged?.("probe", { password: secret, call: () => secret }, ["tag"]),
    (cache, secret) => cache.fill?.("probe", "token", { password: secret, call: () => secret }),
  ],
  storeSecret: (cache, secret) => cache.set("probe", { password: secret }),
  populate: (cache) => cache.set("populated", 1, 3600),
  async snapshot(cache) {
    const { hits, misses, keyCount } = await cache.stats()
    return { hits, misses, keyCount, populated: await cache.has("populated") }
  },
}

/** What each method does: a line here, and the method gets every sentence of its role. */
export const cacheFamilyProbes: RemovingProbes<CacheClient, CacheCapabilities> = {
  stores: {
    set: (cache, key, value, ttl) => cache.set(key, value, ttl),
    setMany: (cache, key, value, ttl) => cache.setMany([[key, value]], ttl),
    setIfAbsent: (cache, key, value, ttl) => cache.setIfAbsent(key, value, ttl),
    setTagged: (cache, key, value, ttl) => cache.setTagged(key, value, ["tag"], ttl),
    fill: async (cache, key, value, ttl) => cache.fill(key, await tokenOf(cache, key), value, ttl),
  },
  reads: {
    get: (cache, key) => cache.get(key),
    getMany: async (cache, key) => (await cache.getMany([key])).get(key),
    take: (cache, key) => cache.take(key),
  },
  finds: { has: (cache, key) => cache.has(key) },
  removes: {
    delete: (cache, key) => cache.delete(key),
    deleteMany: (cache, key) => cache.deleteMany([key]),
  },
  renews: { touch: (cache, key, ttl) => cache.touch(key, ttl) },
  counts: { increment: (cache, key, by) => cache.increment(key, by) },
  maxNameBytes: ({ maxKeyBytes }) => maxKeyBytes,
  maxValueBytes: ({ maxValueBytes }) => maxValueBytes,
  ...plainDataSamples,
  size: async (cache) => (await cache.stats()).keyCount,
}

/** The methods of a cache that store, each with its call. */
export const storing = (cache: CacheClient) => storesOf(cache, cacheFamilyProbes)

/** The methods of a cache that read. */
export const reading = (cache: CacheClient) => readsOf(cache, cacheFamilyProbes)

/** The methods of a cache that remove. */
export const removing = (cache: CacheClient) => removesOf(cache, cacheFamilyProbes)

/** The methods of a cache that read and leave what they read. */
export const looking = async (cache: CacheClient) => (await reading(cache)).filter(([method]) => method !== "take")

/** The methods of a cache that remove one key, take among them. */
export const ending = async (cache: CacheClient) => [
  ...(await removing(cache)),
  ...(await reading(cache)).filter(([method]) => method === "take"),
]

/** The methods of a cache that store a 1 under a fresh key, increment among them. */
export async function making(cache: CacheClient): Promise<[method: string, make: Make][]> {
  const stores = (await storing(cache)).map(([method, store]): [string, Make] => [
    method,
    (client, key, ttl) => store(client, key, 1, ttl),
  ])
  const made = await cache.increment?.("made").catch(() => undefined)
  await cache.delete("made")
  const count: Make = (client, key, ttl) => client.increment(key, 1, ttl)
  return made === 1 ? [...stores, ["increment", count]] : stores
}

/**
 * Stores by each method what lives for `ttl` seconds, under its name, and gives what tells the methods whose entries have
 * expired since. One that drops a ttl is left out: that is the business of its own clause.
 */
export async function expiringBy(
  cache: CacheClient,
  makes: readonly (readonly [method: string, make: Make])[],
  ttl: number,
): Promise<() => Promise<string[]>> {
  const witness = (method: string) => `witness of ${method}`
  for (const [method, make] of makes) for (const key of [method, witness(method)]) await make(cache, key, ttl)
  return async () => {
    const found = await Promise.all(makes.map(([method]) => cache.get(witness(method))))
    return makes.map(([method]) => method).filter((_, index) => found[index] === undefined)
  }
}

type Tag = (cache: CacheClient, key: string, value: unknown, tags: readonly string[], ttl?: number) => Promise<unknown>

/** The methods of a cache that tag what they store. */
export async function tagging(cache: CacheClient): Promise<[method: string, store: Tag][]> {
  const setTagged: Tag = (client, key, value, tags, ttl) => client.setTagged(key, value, tags, ttl)
  const fill: Tag = async (client, key, value, tags, ttl) =>
    client.fill(key, await tokenOf(client, key), value, ttl, tags)
  await fill(cache, "plain", 1, ["plain"]).catch(() => undefined)
  const filled = (await cache.get("plain")) === 1
  await cache.invalidateTags(["plain"])
  const tagged = filled && (await cache.get("plain")) === undefined
  await cache.delete("plain")
  return [["setTagged", setTagged], ...(tagged ? [["fill", fill] as [string, Tag]] : [])]
}

type Make = (cache: CacheClient, key: string, ttl?: number) => Promise<unknown>

/** The token of a lease of a key, or what is none where it cannot be leased. */
async function tokenOf(cache: CacheClient, key: string): Promise<string> {
  return (await cache.lease(key, 3_600_000).catch(() => undefined)) ?? "no token"
}
