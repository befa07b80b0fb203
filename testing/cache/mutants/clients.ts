import type { CacheStats } from "../../../contracts/cache/cache.ts"
import type { Mutant } from "../../engine/mutant.ts"
import type { ReferenceOptions } from "../reference/entries.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Hits of the latest read, by the store's entries. */
const hitsOfStore = new WeakMap<object, number>()

/** What goes wrong between calls under way, between clients, and between caches side by side. */
export const clientMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "stats-at-once",
    breaks: "CACHE-RW-07",
    why: "A caller that chains with then fails where it works with every other cache.",
    implementation: class extends ReferenceCache {
      override stats(): Promise<CacheStats> {
        if (this.closed || this.store.fault !== "none") return super.stats()
        const stats: unknown = { hits: this.hits, misses: this.misses, keyCount: this.liveKeys().length }
        return stats as Promise<CacheStats>
      }
    },
  },
  {
    id: "lists-written-member-by-member",
    breaks: "CACHE-RW-08",
    why: "Two requests that store a list at once leave one list with the members of both.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        if (this.closed || !Array.isArray(value)) return super.set(key, value, ttl)
        this.checkKey(key)
        this.checkValue(value)
        const [first, ...rest] = structuredClone(value) as unknown[]
        await super.set(key, value.length === 0 ? [] : [first], ttl)
        for (const member of rest) {
          await Promise.resolve()
          const list = this.find(key)?.value
          if (Array.isArray(list)) list.push(member)
        }
      }
    },
  },
  {
    id: "has-remembers-yes",
    breaks: "CACHE-RW-09",
    why: "What another process deleted seems to be there until this one restarts.",
    implementation: class extends ReferenceCache {
      readonly #seen = new Set<string>()
      protected override remove(key: string): boolean {
        this.#seen.delete(key)
        return super.remove(key)
      }
      override async has(key: string): Promise<boolean> {
        if (await super.has(key)) this.#seen.add(key)
        return this.#seen.has(key)
      }
    },
  },
  {
    id: "misses-remembered-by-one",
    breaks: "CACHE-RW-09",
    why: "What another process stored is never found by one that asked too early.",
    implementation: class extends ReferenceCache {
      readonly #missed = new Set<string>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        this.#missed.delete(key)
        super.write(key, value, ttl)
      }
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        if (value === undefined) this.#missed.add(key)
        return this.#missed.has(key) ? undefined : value
      }
    },
  },
  {
    id: "deletes-remembered",
    breaks: "CACHE-RW-09",
    why: "A key that this process deleted stays deleted for it, whoever stores it anew.",
    implementation: class extends ReferenceCache {
      readonly #deleted = new Set<string>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        this.#deleted.delete(key)
        super.write(key, value, ttl)
      }
      override async delete(key: string): Promise<boolean> {
        const deleted = await super.delete(key)
        if (deleted) this.#deleted.add(key)
        return deleted
      }
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        return this.#deleted.has(key) ? undefined : value
      }
    },
  },
  {
    id: "reads-joined-across-writes",
    breaks: "CACHE-RW-10",
    why: "A request that has just written reads what was there before.",
    implementation: class extends ReferenceCache {
      readonly #underWay = new Map<string, unknown>()
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        if (this.#underWay.has(key)) return structuredClone(this.#underWay.get(key)) as T | undefined
        this.#underWay.set(key, value)
        await new Promise((resolve) => setTimeout(resolve))
        this.#underWay.delete(key)
        return value
      }
    },
  },
  {
    id: "clear-stops-at-line-ends",
    breaks: "CACHE-CLEAR-01",
    why: "Keys with a line end survive every clear.",
    source: "regular expressions: a dot matches no line end, so ^prefix.*$ passes such keys over",
    implementation: class extends ReferenceCache {
      override async clear(): Promise<void> {
        const kept = [...this.store.entries].filter(([stored]) => stored.includes("\n"))
        await super.clear()
        for (const [stored, entry] of kept) this.store.entries.set(stored, entry)
      }
    },
  },
  {
    id: "has-looks-next-door",
    breaks: "CACHE-KEY-13",
    why: "A key seems to be there because another application has it.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return (await super.has(key)) || [...this.store.entries.keys()].some((stored) => stored.endsWith(`:${key}`))
      }
    },
  },
  {
    id: "delete-next-door-too",
    breaks: "CACHE-KEY-13",
    why: "One application's delete takes the entry of another.",
    implementation: class extends ReferenceCache {
      protected override remove(key: string): boolean {
        const others = [...this.store.entries.keys()].filter((stored) => !stored.startsWith(this.prefix()))
        for (const stored of others) if (stored.endsWith(`:${key}`)) this.store.entries.delete(stored)
        return super.remove(key)
      }
    },
  },
  {
    id: "counters-begin-where-others-are",
    breaks: "CACHE-STAT-05",
    why: "A new process begins with the hits of those before it.",
    implementation: class extends ReferenceCache {
      constructor(options: ReferenceOptions) {
        super(options)
        this.hits = hitsOfStore.get(this.store) ?? 0
      }
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        hitsOfStore.set(this.store, this.hits)
        return value
      }
    },
  },
]
