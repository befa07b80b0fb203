import type { CacheStats } from "../../../contracts/cache/cache.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { CacheReferenceOptions } from "../reference/entries.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { CacheStore, ReferenceEntry } from "../reference/store.ts"

/** Hits of the latest read, by the store. */
const hitsOfStore = new WeakMap<object, number>()

export const statisticsMutants = mutants({
  "CACHE-STAT-01": {
    "batch-reads-not-counted": seam.getMany(
      "The hit ratio leaves out most of the reads.",
      async ({ next, self }, keys) => {
        const { hits, misses } = self
        const found = await next(keys)
        Object.assign(self, { hits, misses })
        return found
      },
      "nebulex #125: get_all updated neither the hits nor the misses",
    ),
    "misses-not-counted": seam.count(
      "The hit ratio is always 100 percent.",
      ({ next }, entry) => {
        if (entry !== undefined) next(entry)
      },
      "cache-manager (cacheable #1653): no event for a plain miss, so statistics made of events count none",
    ),
    "expired-counts-as-hit": seam.read(
      "The hit ratio looks best where everything expires before it is used.",
      ({ next, self }, key) => {
        const { misses } = self
        const value = next(key)
        if (self.misses > misses && self.store.entries.has(self.storedKey(key))) {
          self.misses--
          self.hits++
        }
        return value
      },
    ),
  },
  "CACHE-STAT-02": {
    "each-key-named-is-a-miss": subclass(
      "Writes and looks drown the hit ratio.",
      class extends ReferenceCache {
        override checkKey(key: unknown): void {
          super.checkKey(key)
          this.misses++
        }
        override read(key: string): unknown {
          this.misses--
          return super.read(key)
        }
      },
    ),
    "batch-write-counts-hits": seam.setMany(
      "A refill of the cache improves its hit ratio.",
      async ({ next, self }, entries, ttl) => {
        const list = self.listOf(entries)
        await next(list, ttl)
        self.hits += list.length
      },
    ),
    "batch-delete-counts-misses": seam.deleteMany(
      "Invalidations spoil the hit ratio.",
      async ({ next, self }, keys) => {
        const removed = await next(keys)
        self.misses += keys.length - removed
        return removed
      },
    ),
    "filled-lease-is-a-hit": seam.fill("What was loaded counts as found.", async ({ next, self }, ...args) => {
      const stored = await next(...args)
      if (stored) self.hits++
      return stored
    }),
    "has-is-counted": seam.has("A look before a read counts twice.", async ({ next, self }, key) => {
      const found = await next(key)
      self.count(self.find(key))
      return found
    }),
    "delete-counts-miss": seam.delete(
      "Invalidations spoil the hit ratio.",
      async ({ next, self }, key) => {
        const removed = await next(key)
        if (!removed) self.misses++
        return removed
      },
      "node-cache #55: delete of an absent key counts as a miss",
    ),
    "walk-counts-hits": subclass(
      "Looking through the cache improves its hit ratio.",
      class extends ReferenceCache {
        override async *keys(options: { prefix?: string | undefined } = {}) {
          for await (const key of super.keys(options)) {
            this.hits++
            yield key
          }
        }
      },
    ),
  },
  "CACHE-STAT-03": {
    "filled-keys-counted-twice": subclass(
      "What was loaded through a lease is counted twice.",
      class extends ReferenceCache {
        #filled = 0
        override async fill(...args: Parameters<ReferenceCache["fill"]>): Promise<boolean> {
          const stored = await super.fill(...args)
          if (stored) this.#filled++
          return stored
        }
        override async stats(): Promise<CacheStats> {
          const stats = await super.stats()
          return { ...stats, keyCount: stats.keyCount + this.#filled }
        }
      },
    ),
    "taken-keys-still-counted": subclass(
      "One-time codes that were used fill the count of keys.",
      class extends ReferenceCache {
        #taken = 0
        override async take<T = unknown>(key: string): Promise<T | undefined> {
          const value = await super.take<T>(key)
          if (value !== undefined) this.#taken++
          return value
        }
        override async stats(): Promise<CacheStats> {
          const stats = await super.stats()
          return { ...stats, keyCount: stats.keyCount + this.#taken }
        }
      },
    ),
    "overwrites-counted-as-keys": subclass(
      "The number of keys grows with every update.",
      class extends ReferenceCache {
        #overwrites = 0
        override write(key: string, value: unknown, ttl: number | undefined): void {
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
      "cacheable #1643: mset of node-cache counted a key again that it overwrote",
    ),
    "absent-delete-lowers-count": subclass(
      "The number of keys sinks below what is stored.",
      class extends ReferenceCache {
        #deletedInVain = 0
        override remove(key: string): boolean {
          const removed = super.remove(key)
          if (!removed) this.#deletedInVain++
          return removed
        }
        override async stats(): Promise<CacheStats> {
          const stats = await super.stats()
          return { ...stats, keyCount: Math.max(0, stats.keyCount - this.#deletedInVain) }
        }
      },
    ),
    "whole-store-counted": seam.stats(
      "The number of keys is that of all caches in the store.",
      async ({ next, self }) => {
        const live = [...self.store.entries.values()].filter((entry) => self.isLive(entry))
        return { ...(await next()), keyCount: live.length }
      },
      "opencouncil #311: the key count came from DBSIZE, which counts what other programs store as well",
    ),
    "null-is-no-key": seam.stats("The count leaves out what can be read.", async ({ next, self }) => {
      const stats = await next()
      const nulls = self.liveKeys().filter((key) => self.find(key)?.value === null)
      return { ...stats, keyCount: stats.keyCount - nulls.length }
    }),
  },
  "CACHE-STAT-04": {
    "clear-resets-counters": seam.clear(
      "Rates over time fall back to nothing after each clear.",
      async ({ next, self }) => {
        await next()
        self.hits = 0
        self.misses = 0
      },
      "node-cache: flushAll sets hits and misses back to 0",
    ),
  },
  "CACHE-STAT-05": {
    "counters-in-store": subclass(
      "Every process reports the hit ratio of all.",
      class extends ReferenceCache {
        override count(entry: ReferenceEntry | undefined): void {
          super.count(entry)
          const all = countersOf(this.store)
          if (entry === undefined) all.misses++
          else all.hits++
        }
        override async stats(): Promise<CacheStats> {
          return { ...(await super.stats()), ...countersOf(this.store) }
        }
      },
    ),
    "counters-begin-where-others-are": subclass(
      "A new process begins with the hits of those before it.",
      class extends ReferenceCache {
        constructor(options: CacheReferenceOptions) {
          super(options)
          this.hits = hitsOfStore.get(this.store) ?? 0
        }
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          const value = await super.get<T>(key)
          hitsOfStore.set(this.store, this.hits)
          return value
        }
      },
    ),
  },
  "CACHE-STAT-06": {
    "refused-batches-counted": seam.getMany(
      "Bugs of callers look like a cache that is too small.",
      async (call, keys) =>
        call.next(keys).catch((error: unknown) => {
          if ((error as { code?: unknown }).code === "INVALID_ARGUMENT") call.self.misses++
          throw error
        }),
    ),
    "refused-reads-counted": seam.get(
      "Bugs of callers look like a cache that is too small.",
      async ({ next, self }, key) =>
        next(key).catch((error: unknown) => {
          if ((error as { code?: unknown }).code === "INVALID_ARGUMENT") self.misses++
          throw error
        }),
    ),
  },
  "CACHE-STAT-07": {
    "joined-batches-counted-once": subclass(
      "The busier a list of keys, the less of its reads is seen.",
      class extends ReferenceCache {
        readonly #running = new Map<string, Promise<Map<string, unknown>>>()
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          const name = String(keys)
          const running = this.#running.get(name) ?? super.getMany(keys)
          this.#running.set(name, running)
          return new Map(await running.finally(() => this.#running.delete(name))) as Map<string, T>
        }
      },
    ),
    "joined-reads-counted-once": subclass(
      "The busier a key, the less of its reads is seen.",
      class extends ReferenceCache {
        readonly #running = new Map<string, Promise<unknown>>()
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          const running = this.#running.get(key) ?? super.get(key)
          this.#running.set(key, running)
          return running.finally(() => this.#running.delete(key)) as Promise<T | undefined>
        }
      },
    ),
  },
  "CACHE-STAT-08": {
    "outage-of-a-batch-counts-as-misses": seam.getMany(
      "An outage looks like a cache that is too small.",
      async ({ next, self }, keys) => {
        if (self.store.fault === "unreachable" && !self.closed) self.misses += keys.length
        return next(keys)
      },
    ),
    "outage-counts-as-misses": seam.get(
      "An outage looks like a cache that is too small.",
      async ({ next, self }, key) => {
        if (self.store.fault === "unreachable" && !self.closed) self.misses++
        return next(key)
      },
    ),
  },
})

const counters = new WeakMap<CacheStore, { hits: number; misses: number }>()

function countersOf(store: CacheStore): { hits: number; misses: number } {
  const known = counters.get(store) ?? { hits: 0, misses: 0 }
  counters.set(store, known)
  return known
}
