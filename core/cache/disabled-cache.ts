import * as z from "zod/mini"
import { defineAdapter } from "../../contracts/adapter.ts"
import type { CacheStats, ICacheScan, ICacheService, ICacheTags } from "../../contracts/cache/cache.ts"

/** The cache of a document without `enabled: true`. */
export const disabledCache = defineAdapter({
  service: "cache",
  name: "disabled",
  contractVersion: 1,
  schemes: [],
  optionsSchema: z.strictObject({}),
  create(_options, { logger, name }) {
    logger.info(`${name} stores nothing: its document does not say enabled: true.`)
    return new DisabledCache()
  },
})

/**
 * Stores nothing, so every read misses and getOrSet always asks its factory. It has no atomic methods: counters and
 * locks that count nothing and lock nobody would be worse than a refusal.
 */
class DisabledCache implements ICacheService, ICacheTags, ICacheScan {
  #misses = 0

  async get(): Promise<undefined> {
    this.#misses++
  }

  async set(): Promise<void> {}

  async delete(): Promise<boolean> {
    return false
  }

  async has(): Promise<boolean> {
    return false
  }

  async clear(): Promise<void> {}

  async stats(): Promise<CacheStats> {
    return { hits: 0, misses: this.#misses, keyCount: 0 }
  }

  async setTagged(): Promise<void> {}

  async invalidateTags(): Promise<void> {}

  async *keys(): AsyncGenerator<string, void, undefined> {}
}
