import { CACHE_MAX_KEY_BYTES } from "../../contracts/cache/arguments.ts"
import type { CacheCapabilities, CacheImplementation, ICacheService } from "../../contracts/cache/cache.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"

/** Batches of a cache that has none, by single calls at once. */
export async function getEach<T>(cache: ICacheService, keys: readonly string[]): Promise<Map<string, T>> {
  const values = await Promise.all(keys.map((key) => cache.get<T>(key)))
  const found = new Map<string, T>()
  for (const [index, key] of keys.entries()) {
    const value = values[index]
    if (value !== undefined) found.set(key, value)
  }
  return found
}

export async function setEach(
  cache: ICacheService,
  entries: readonly (readonly [string, unknown])[],
  ttl: number | undefined,
): Promise<void> {
  await Promise.all(entries.map(([key, value]) => cache.set(key, value, ttl)))
}

export async function deleteEach(cache: ICacheService, keys: readonly string[]): Promise<number> {
  const deleted = await Promise.all(keys.map((key) => cache.delete(key)))
  return deleted.filter(Boolean).length
}

/** What the presence of methods says; limits are the contract's, facts the most modest. */
export function toldFromMethods(implementation: CacheImplementation): CacheCapabilities {
  return {
    batch: true,
    atomic: implementation.increment !== undefined,
    tags: implementation.invalidateTags !== undefined,
    scan: implementation.keys !== undefined,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: NO_LIMIT,
    maxStalenessMs: 0,
    eviction: "none",
  }
}
