import type { CacheStats } from "../../../contracts/cache/cache.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const removalMutants = mutants({
  "CACHE-DEL-01": {
    "delete-leaves-value": seam.remove(
      "Deleted data is served for ever.",
      ({ self }, key) => self.find(key) !== undefined,
    ),
    "delete-looks-at-value": seam.remove(
      "Deleting a cached false, 0 or empty text reports that it was not there.",
      ({ next, self }, key) => {
        const value = self.find(key)?.value
        return next(key) && Boolean(value)
      },
      "Bastion #1115: the in-memory cache tested the item for truthiness, so falsy values could not be deleted",
    ),
  },
  "CACHE-DEL-02": {
    "delete-always-true": seam.delete(
      "Callers that clean up after a successful delete do it for keys that never were.",
      async ({ next }, key) => {
        await next(key)
        return true
      },
      "php-cache integration tests: PSR-6 and PSR-16 ask for true from the delete of an absent key",
    ),
  },
  "CACHE-DEL-03": {
    "delete-takes-longer-keys": seam.delete("Deleting user:1 deletes user:10 as well.", async ({ next, self }, key) => {
      const removed = await next(key)
      if (removed) for (const other of self.liveKeys()) if (other.startsWith(key)) self.remove(other)
      return removed
    }),
  },
  "CACHE-DEL-04": {
    "deleted-key-stays-blocked": subclass(
      "A key that was deleted once is never cached again.",
      class extends ReferenceCache {
        readonly #deleted = new Set<string>()
        override remove(key: string): boolean {
          this.#deleted.add(key)
          return super.remove(key)
        }
        override write(key: string, value: unknown, ttl: number | undefined): void {
          if (!this.#deleted.has(key)) super.write(key, value, ttl)
        }
      },
    ),
  },
  "CACHE-CLEAR-01": {
    "clear-keeps-tagged-entries": seam.empty(
      "Entries that are in a group survive a clear.",
      ({ next, self }) => {
        const tagged = [...self.store.entries].filter(([, entry]) => entry.tags.length > 0)
        next()
        for (const [stored, entry] of tagged) self.store.entries.set(stored, entry)
      },
      "server-syncstorage #50: keys that batches had made were not among those that a clear removed",
    ),
    "clear-keeps-ttl-entries": seam.empty("Entries with a ttl survive a clear.", ({ next, self }) => {
      const expiring = [...self.store.entries].filter(([, entry]) => entry.expiresAt !== Number.POSITIVE_INFINITY)
      next()
      for (const [stored, entry] of expiring) self.store.entries.set(stored, entry)
    }),
    "clear-knows-own-keys": subclass(
      "What other processes stored survives a clear.",
      class extends ReferenceCache {
        readonly #own = new Set<string>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#own.add(key)
        }
        override empty(): void {
          for (const key of this.#own) this.remove(key)
        }
      },
    ),
    "clear-stops-at-line-ends": seam.clear(
      "Keys with a line end survive every clear.",
      async ({ next, self }) => {
        const kept = [...self.store.entries].filter(([stored]) => stored.includes("\n"))
        await next()
        for (const [stored, entry] of kept) self.store.entries.set(stored, entry)
      },
      "regular expressions: a dot matches no line end, so ^prefix.*$ passes such keys over",
    ),
  },
  "CACHE-CLEAR-02": {
    "clear-of-nothing-rejects": seam.clear(
      "Test set-ups and deploy scripts fail on a fresh store.",
      async ({ next, self }) => {
        if (!self.closed && self.storedKeys().length === 0) self.refuse("INTERNAL", "wrong number of arguments for DEL")
        return next()
      },
      "walrus #35, redis-store #149: clear of an empty cache sent DEL without keys and failed",
    ),
  },
  "CACHE-CLEAR-03": {
    "clear-one-page": seam.empty("A clear of a large cache leaves most of it.", ({ self }) => {
      for (const stored of self.storedKeys().slice(0, 1000)) self.store.entries.delete(stored)
    }),
    "clear-pages-by-offset": seam.empty(
      "A clear of a large cache leaves every other page.",
      ({ self }) => {
        for (let offset = 0; offset < self.storedKeys().length; offset += 500) {
          for (const stored of self.storedKeys().slice(offset, offset + 500)) self.store.entries.delete(stored)
        }
      },
      "fluxer #2302: pages by offset skipped rows because the rows before them had just been deleted",
    ),
  },
  "CACHE-CLEAR-04": {
    "clear-wipes-store": seam.empty(
      "One application's clear empties the cache of every other.",
      ({ self }) => {
        self.store.entries.clear()
      },
      "keyv 6 rc #1495: clear of one namespace wiped all of them",
    ),
    "prefix-without-end": seam.prefix(
      "A clear of users clears users-archive as well.",
      ({ self }) => self.namespace,
      "bentocache before 1.3.0, @keyv/valkey #2147: clear of namespace users removed what was under usersAbc or users2",
    ),
  },
  "CACHE-CLEAR-05": {
    "batch-written-in-two-steps": seam.setMany(
      "A clear in the middle of a batch leaves half of an object.",
      async ({ next, self }, entries, ttl) => {
        const list = [...self.listOf(entries)]
        await next(list, ttl)
        for (const [key, value] of list) {
          const rest = isRecord(value) ? Object.fromEntries(Object.entries(value).slice(1)) : value
          if (self.find(key) === undefined) self.write(key, rest, ttl)
        }
      },
    ),
    "tagged-in-two-steps": seam.setTagged(
      "A clear in the middle of a write leaves half of an object.",
      async ({ next, self }, key, value, tags, ttl) => {
        await next(key, value, tags, ttl)
        const rest = isRecord(value) ? Object.fromEntries(Object.entries(value).slice(1)) : value
        if (self.find(key) === undefined) self.writeTagged(key, rest, tags, ttl)
      },
    ),
    "count-kept-apart": subclass(
      "After a clear under load the number of keys is wrong for ever.",
      class extends ReferenceCache {
        #lost = 0
        #writing = 0
        override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
          this.#writing++
          await super.set(key, value, ttl)
          this.#writing--
        }
        override async clear(): Promise<void> {
          this.#lost = this.#writing
          return super.clear()
        }
        override async stats(): Promise<CacheStats> {
          const stats = await super.stats()
          return { ...stats, keyCount: Math.max(0, stats.keyCount - this.#lost) }
        }
      },
    ),
  },
})

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
