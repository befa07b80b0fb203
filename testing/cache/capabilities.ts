import type { CacheCapabilities } from "../../contracts/cache/cache.ts"
import type { CapabilityOptions } from "../families/capabilities.ts"
import type { CacheClient } from "./clause.ts"

type Options = CapabilityOptions<CacheClient, CacheCapabilities>

/** What the capabilities of a cache may be. */
export const cacheCapabilityRanges: Options["ranges"]["of"] = {
  batch: "boolean",
  atomic: "boolean",
  tags: "boolean",
  scan: "boolean",
  shared: "boolean",
  durable: "boolean",
  ttlResolutionMs: { least: Number.MIN_VALUE },
  maxKeyBytes: { least: 64, whole: true },
  maxValueBytes: { least: 4096, whole: true },
  maxStalenessMs: { least: 0 },
  eviction: ["lru", "lfu", "fifo", "none", "server"],
}

/** The optional interfaces of a cache, and a use of each that shows whether it works. */
export const cacheInterfaces: NonNullable<Options["interfaces"]> = {
  batch: {
    id: "CACHE-CAP-01",
    async works(cache) {
      await cache.setMany([["works", 1]])
      return (await cache.getMany(["works"])).get("works") === 1 && (await cache.deleteMany(["works"])) === 1
    },
  },
  atomic: {
    id: "CACHE-CAP-02",
    async works(cache) {
      const counted = await Promise.all(Array.from({ length: 10 }, () => cache.increment("works")))
      const exact = new Set(counted).size === 10
      const kept = !(await cache.setIfAbsent("works", 1)) && (await cache.touch("works", 3600))
      const timed = ((await cache.ttl("works")) ?? 0) > 0
      const taken = (await cache.take("works")) === 10 && (await cache.take("works")) === undefined
      const token = (await cache.lease("works", 1000)) ?? ""
      const filled = (await cache.fill("works", token, 1)) && !(await cache.fill("works", token, 2))
      return exact && kept && timed && taken && filled && (await cache.delete("works"))
    },
  },
  tags: {
    id: "CACHE-CAP-03",
    async works(cache) {
      await cache.setTagged("works", 1, ["tag"])
      await cache.invalidateTags(["tag"])
      return !(await cache.has("works"))
    },
  },
  scan: {
    id: "CACHE-CAP-04",
    async works(cache) {
      for await (const key of cache.keys()) if (key === "populated") return true
      return false
    },
  },
}
