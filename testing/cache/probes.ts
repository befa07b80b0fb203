import type { ContractProbes } from "../engine/clause.ts"
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
  ],
  storeSecret: (cache, secret) => cache.set("probe", { password: secret }),
  populate: (cache) => cache.set("populated", 1, 3600),
  async snapshot(cache) {
    const { hits, misses, keyCount } = await cache.stats()
    return { hits, misses, keyCount }
  },
}
