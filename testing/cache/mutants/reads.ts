import type { CacheStats } from "../../../contracts/cache/cache.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

export const readMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "get-takes",
    breaks: "CACHE-RW-01",
    why: "Only the first reader of a key gets its value.",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        this.remove(key)
        return value
      }
    },
  },
  {
    id: "overwrite-ignored",
    breaks: "CACHE-RW-02",
    why: "An update is lost without an error.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (this.find(key) === undefined) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "overwrite-merges",
    breaks: "CACHE-RW-02",
    why: "Members that were removed from an object come back.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, mergeOver(this.find(key)?.value, value), ttl)
      }
    },
  },
  {
    id: "miss-is-null",
    breaks: "CACHE-RW-03",
    why: "A miss looks like a stored null.",
    source: "unstorage #205: getItem of an absent key resolves null although its documentation says undefined",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        return (await super.get<T>(key)) ?? (null as T)
      }
    },
  },
  {
    id: "has-matches-beginnings",
    breaks: "CACHE-RW-04",
    why: "A key looks present because a longer one is.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return (await super.has(key)) || this.liveKeys().some((other) => other.startsWith(key))
      }
    },
  },
  {
    id: "replies-share-a-field",
    breaks: "CACHE-RW-05",
    why: "Under load one caller gets the value of another.",
    implementation: class extends ReferenceCache {
      #latest: unknown
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        this.#latest = await super.get(key)
        await Promise.resolve()
        return this.#latest as T | undefined
      }
    },
  },
  {
    id: "near-copy-never-invalidated",
    breaks: "CACHE-RW-06",
    why: "A process goes on serving what another process has replaced.",
    implementation: class extends ReferenceCache {
      readonly #near = new Map<string, ReferenceEntry>()
      protected override find(key: string): ReferenceEntry | undefined {
        const near = this.#near.get(key)
        return this.isLive(near) ? near : super.find(key)
      }
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        const entry = this.store.entries.get(this.storedKey(key))
        if (entry !== undefined) this.#near.set(key, entry)
      }
      protected override remove(key: string): boolean {
        const removed = super.remove(key)
        this.#near.delete(key)
        return removed
      }
      override async clear(): Promise<void> {
        this.#near.clear()
        return super.clear()
      }
    },
  },
  {
    id: "delete-leaves-value",
    breaks: "CACHE-DEL-01",
    why: "Deleted data is served for ever.",
    implementation: class extends ReferenceCache {
      protected override remove(key: string): boolean {
        return this.find(key) !== undefined
      }
    },
  },
  {
    id: "delete-looks-at-value",
    breaks: "CACHE-DEL-01",
    why: "Deleting a cached false, 0 or empty text reports that it was not there.",
    source: "Bastion #1115: the in-memory cache tested the item for truthiness, so falsy values could not be deleted",
    implementation: class extends ReferenceCache {
      protected override remove(key: string): boolean {
        const value = this.find(key)?.value
        return super.remove(key) && Boolean(value)
      }
    },
  },
  {
    id: "delete-always-true",
    breaks: "CACHE-DEL-02",
    why: "Callers that clean up after a successful delete do it for keys that never were.",
    source: "php-cache integration tests: PSR-6 and PSR-16 ask for true from the delete of an absent key",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        await super.delete(key)
        return true
      }
    },
  },
  {
    id: "delete-takes-longer-keys",
    breaks: "CACHE-DEL-03",
    why: "Deleting user:1 deletes user:10 as well.",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        const removed = await super.delete(key)
        if (removed) for (const other of this.liveKeys()) if (other.startsWith(key)) this.remove(other)
        return removed
      }
    },
  },
  {
    id: "deleted-key-stays-blocked",
    breaks: "CACHE-DEL-04",
    why: "A key that was deleted once is never cached again.",
    implementation: class extends ReferenceCache {
      readonly #deleted = new Set<string>()
      protected override remove(key: string): boolean {
        this.#deleted.add(key)
        return super.remove(key)
      }
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (!this.#deleted.has(key)) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "clear-keeps-ttl-entries",
    breaks: "CACHE-CLEAR-01",
    why: "Entries with a ttl survive a clear.",
    implementation: class extends ReferenceCache {
      protected override empty(): void {
        const expiring = [...this.store.entries].filter(([, entry]) => entry.expiresAt !== Number.POSITIVE_INFINITY)
        super.empty()
        for (const [stored, entry] of expiring) this.store.entries.set(stored, entry)
      }
    },
  },
  {
    id: "clear-knows-own-keys",
    breaks: "CACHE-CLEAR-01",
    why: "What other processes stored survives a clear.",
    implementation: class extends ReferenceCache {
      readonly #own = new Set<string>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#own.add(key)
      }
      protected override empty(): void {
        for (const key of this.#own) this.remove(key)
      }
    },
  },
  {
    id: "clear-of-nothing-rejects",
    breaks: "CACHE-CLEAR-02",
    why: "Test set-ups and deploy scripts fail on a fresh store.",
    source: "walrus #35, redis-store #149: clear of an empty cache sent DEL without keys and failed",
    implementation: class extends ReferenceCache {
      override async clear(): Promise<void> {
        if (!this.closed && this.storedKeys().length === 0) this.refuse("INTERNAL", "wrong number of arguments for DEL")
        return super.clear()
      }
    },
  },
  {
    id: "clear-one-page",
    breaks: "CACHE-CLEAR-03",
    why: "A clear of a large cache leaves most of it.",
    implementation: class extends ReferenceCache {
      protected override empty(): void {
        for (const stored of this.storedKeys().slice(0, 1000)) this.store.entries.delete(stored)
      }
    },
  },
  {
    id: "clear-pages-by-offset",
    breaks: "CACHE-CLEAR-03",
    why: "A clear of a large cache leaves every other page.",
    source: "fluxer #2302: pages by offset skipped rows because the rows before them had just been deleted",
    implementation: class extends ReferenceCache {
      protected override empty(): void {
        for (let offset = 0; offset < this.storedKeys().length; offset += 500) {
          for (const stored of this.storedKeys().slice(offset, offset + 500)) this.store.entries.delete(stored)
        }
      }
    },
  },
  {
    id: "clear-wipes-store",
    breaks: "CACHE-CLEAR-04",
    why: "One application's clear empties the cache of every other.",
    source: "keyv 6 rc #1495: clear of one namespace wiped all of them",
    implementation: class extends ReferenceCache {
      protected override empty(): void {
        this.store.entries.clear()
      }
    },
  },
  {
    id: "prefix-without-end",
    breaks: "CACHE-CLEAR-04",
    why: "A clear of users clears users-archive as well.",
    source:
      "bentocache before 1.3.0, @keyv/valkey #2147: clear of namespace users removed what was under usersAbc or users2",
    implementation: class extends ReferenceCache {
      protected override prefix(): string {
        return this.namespace
      }
    },
  },
  {
    id: "memory-not-known",
    breaks: "CACHE-RW-07",
    why: "A dashboard shows NaN, or refuses the whole report.",
    implementation: class extends ReferenceCache {
      override async stats(): Promise<CacheStats> {
        return { ...(await super.stats()), memoryUsage: Number.NaN }
      }
    },
  },
  {
    id: "set-says-ok",
    breaks: "CACHE-RW-07",
    why: "Code that hands the answer on shows users the word of a protocol.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        await super.set(key, value, ttl)
        return "OK" as unknown as undefined
      }
    },
  },
  {
    id: "simultaneous-sets-mix",
    breaks: "CACHE-RW-08",
    why: "Two requests that write one key leave a value that neither wrote.",
    implementation: class extends ReferenceCache {
      #writing = 0
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        this.#writing++
        const old = this.#writing > 1 ? this.find(key)?.value : undefined
        const mixed = isRecord(old) && isRecord(value) && "text" in old ? { ...value, text: old["text"] } : value
        await super.set(key, mixed, ttl).finally(() => this.#writing--)
      }
    },
  },
  {
    id: "looks-then-deletes",
    breaks: "CACHE-DEL-05",
    why: "Two callers believe that they were the one who removed it.",
    source: "memory and file caches that look for the entry, wait, and then delete it",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        this.checkOpen()
        this.checkKey(key)
        const there = this.find(key) !== undefined
        await Promise.resolve()
        await super.delete(key)
        return there
      }
    },
  },
  {
    id: "count-kept-apart",
    breaks: "CACHE-CLEAR-05",
    why: "After a clear under load the number of keys is wrong for ever.",
    implementation: class extends ReferenceCache {
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
  },
]

function mergeOver(old: unknown, value: unknown): unknown {
  const plain = (candidate: unknown) => Object.prototype.toString.call(candidate) === "[object Object]"
  return plain(old) && plain(value) ? { ...(old as object), ...(value as object) } : value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
