import type { CacheStats } from "../../../contracts/cache/cache.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry, ReferenceStore } from "../reference/store.ts"

export const statisticsMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "misses-not-counted",
    breaks: "CACHE-STAT-01",
    why: "The hit ratio is always 100 percent.",
    source: "cache-manager (cacheable #1653): no event for a plain miss, so statistics made of events count none",
    implementation: class extends ReferenceCache {
      protected override count(entry: ReferenceEntry | undefined): void {
        if (entry !== undefined) super.count(entry)
      }
    },
  },
  {
    id: "expired-counts-as-hit",
    breaks: "CACHE-STAT-01",
    why: "The hit ratio looks best where everything expires before it is used.",
    implementation: class extends ReferenceCache {
      protected override read(key: string): unknown {
        const { misses } = this
        const value = super.read(key)
        if (this.misses > misses && this.store.entries.has(this.storedKey(key))) {
          this.misses--
          this.hits++
        }
        return value
      }
    },
  },
  {
    id: "has-is-counted",
    breaks: "CACHE-STAT-02",
    why: "A look before a read counts twice.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        const found = await super.has(key)
        this.count(this.find(key))
        return found
      }
    },
  },
  {
    id: "delete-counts-miss",
    breaks: "CACHE-STAT-02",
    why: "Invalidations spoil the hit ratio.",
    source: "node-cache #55: delete of an absent key counts as a miss",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        const removed = await super.delete(key)
        if (!removed) this.misses++
        return removed
      }
    },
  },
  {
    id: "overwrites-counted-as-keys",
    breaks: "CACHE-STAT-03",
    why: "The number of keys grows with every update.",
    implementation: class extends ReferenceCache {
      #overwrites = 0
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (this.find(key) !== undefined) this.#overwrites++
        super.write(key, value, ttl)
      }
      override async clear(): Promise<void> {
        this.#overwrites = 0
        return super.clear()
      }
      override async stats(): Promise<CacheStats> {
        const stats = await super.stats()
        return { ...stats, keyCount: stats.keyCount + this.#overwrites }
      }
    },
  },
  {
    id: "absent-delete-lowers-count",
    breaks: "CACHE-STAT-03",
    why: "The number of keys sinks below what is stored.",
    implementation: class extends ReferenceCache {
      #deletedInVain = 0
      protected override remove(key: string): boolean {
        const removed = super.remove(key)
        if (!removed) this.#deletedInVain++
        return removed
      }
      override async stats(): Promise<CacheStats> {
        const stats = await super.stats()
        return { ...stats, keyCount: Math.max(0, stats.keyCount - this.#deletedInVain) }
      }
    },
  },
  {
    id: "whole-store-counted",
    breaks: "CACHE-STAT-03",
    why: "The number of keys is that of all caches in the store.",
    source: "opencouncil #311: the key count came from DBSIZE, which counts what other programs store as well",
    implementation: class extends ReferenceCache {
      override async stats(): Promise<CacheStats> {
        const live = [...this.store.entries.values()].filter((entry) => this.isLive(entry))
        return { ...(await super.stats()), keyCount: live.length }
      }
    },
  },
  {
    id: "clear-resets-counters",
    breaks: "CACHE-STAT-04",
    why: "Rates over time fall back to nothing after each clear.",
    source: "node-cache: flushAll sets hits and misses back to 0",
    implementation: class extends ReferenceCache {
      override async clear(): Promise<void> {
        await super.clear()
        this.hits = 0
        this.misses = 0
      }
    },
  },
  {
    id: "counters-in-store",
    breaks: "CACHE-STAT-05",
    why: "Every process reports the hit ratio of all.",
    implementation: class extends ReferenceCache {
      protected override count(entry: ReferenceEntry | undefined): void {
        super.count(entry)
        const all = countersOf(this.store)
        if (entry === undefined) all.misses++
        else all.hits++
      }
      override async stats(): Promise<CacheStats> {
        return { ...(await super.stats()), ...countersOf(this.store) }
      }
    },
  },
  {
    id: "refused-reads-counted",
    breaks: "CACHE-STAT-06",
    why: "Bugs of callers look like a cache that is too small.",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        return super.get<T>(key).catch((error: unknown) => {
          if ((error as { code?: unknown }).code === "INVALID_ARGUMENT") this.misses++
          throw error
        })
      }
    },
  },
  {
    id: "joined-reads-counted-once",
    breaks: "CACHE-STAT-07",
    why: "The busier a key, the less of its reads is seen.",
    implementation: class extends ReferenceCache {
      readonly #running = new Map<string, Promise<unknown>>()
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const running = this.#running.get(key) ?? super.get(key)
        this.#running.set(key, running)
        return running.finally(() => this.#running.delete(key)) as Promise<T | undefined>
      }
    },
  },
  {
    id: "walk-counts-hits",
    breaks: "CACHE-STAT-02",
    why: "Looking through the cache improves its hit ratio.",
    implementation: class extends ReferenceCache {
      override async *keys(options: { prefix?: string | undefined } = {}) {
        for await (const key of super.keys(options)) {
          this.hits++
          yield key
        }
      }
    },
  },
  {
    id: "null-is-no-key",
    breaks: "CACHE-STAT-03",
    why: "The count leaves out what can be read.",
    implementation: class extends ReferenceCache {
      override async stats(): Promise<CacheStats> {
        const stats = await super.stats()
        const nulls = this.liveKeys().filter((key) => this.find(key)?.value === null)
        return { ...stats, keyCount: stats.keyCount - nulls.length }
      }
    },
  },
  {
    id: "outage-counts-as-misses",
    breaks: "CACHE-STAT-08",
    why: "An outage looks like a cache that is too small.",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        if (this.store.fault === "unreachable" && !this.closed) this.misses++
        return super.get<T>(key)
      }
    },
  },
]

const counters = new WeakMap<ReferenceStore, { hits: number; misses: number }>()

function countersOf(store: ReferenceStore): { hits: number; misses: number } {
  const known = counters.get(store) ?? { hits: 0, misses: 0 }
  counters.set(store, known)
  return known
}
