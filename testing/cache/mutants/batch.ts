import { cacheKeyIssue, cacheValueIssue } from "../../../contracts/cache/arguments.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

type Entries = Iterable<readonly [string, unknown]>

export const batchMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "many-gives-undefined-for-misses",
    breaks: "CACHE-BATCH-01",
    why: "The size of the result says that everything was found.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        return new Map(keys.map((key) => [key, found.get(key) as T]))
      }
    },
  },
  {
    id: "many-shifted-by-misses",
    breaks: "CACHE-BATCH-01",
    why: "After a miss, each key gets the value of the next one.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const values = [...(await super.getMany<T>(keys)).values()]
        return new Map(values.map((value, index) => [keys[index] as string, value]))
      }
    },
  },
  {
    id: "repeated-key-counted-twice",
    breaks: "CACHE-BATCH-02",
    why: "Lists that repeat themselves spoil the hit ratio.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        const repeated = keys.filter((key, index) => keys.indexOf(key) !== index)
        for (const key of repeated) this.count(this.find(key))
        return found
      }
    },
  },
  {
    id: "repeated-key-deleted-twice",
    breaks: "CACHE-BATCH-02",
    why: "The number of deleted keys is larger than what there was.",
    implementation: class extends ReferenceCache {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        this.checkOpen()
        this.checkKeys(keys)
        const live = keys.filter((key) => this.find(key) !== undefined)
        for (const key of keys) this.remove(key)
        return this.reply(live.length)
      }
    },
  },
  {
    id: "empty-batch-sent",
    breaks: "CACHE-BATCH-03",
    why: "A filter that leaves nothing makes the request fail.",
    source: "jedis #693, ocaml-redis #96: a command for an empty list of keys was sent, and the server refused it",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        return keys.length > 0 ? found : this.refuse("INTERNAL", "ERR wrong number of arguments for 'mget' command")
      }
    },
  },
  {
    id: "no-keys-means-all",
    breaks: "CACHE-BATCH-03",
    why: "A filter that leaves nothing empties the cache.",
    implementation: class extends ReferenceCache {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        const deleted = await super.deleteMany(keys)
        if (keys.length === 0) await this.clear()
        return deleted
      }
    },
  },
  {
    id: "get-many-capped",
    breaks: "CACHE-BATCH-04",
    why: "Keys after the first thousand look absent.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        return super.getMany<T>(Array.isArray(keys) ? keys.slice(0, 1000) : keys)
      }
    },
  },
  {
    id: "set-many-drops-ttl",
    breaks: "CACHE-BATCH-05",
    why: "What a batch stored stays for ever.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        this.checkTtl(ttl)
        return super.setMany(entries)
      }
    },
  },
  {
    id: "ttl-for-last-entry-only",
    breaks: "CACHE-BATCH-05",
    why: "All entries of a batch but one stay for ever.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        const list = this.listOf(entries)
        this.checkTtl(ttl)
        await super.setMany(list)
        await super.setMany(list.slice(-1), ttl)
      }
    },
  },
  {
    id: "first-entry-wins",
    breaks: "CACHE-BATCH-06",
    why: "A batch keeps the oldest of several values.",
    implementation: class extends ReferenceCache {
      protected override listOf(entries: Entries): (readonly [string, unknown])[] {
        const list = super.listOf(entries)
        const first = new Map(list.toReversed().map((entry) => [entry[0], entry]))
        return [...first.values()]
      }
    },
  },
  {
    id: "entries-indexed",
    breaks: "CACHE-BATCH-07",
    why: "A Map or a generator stores nothing, without an error.",
    implementation: class extends ReferenceCache {
      protected override listOf(entries: Entries): (readonly [string, unknown])[] {
        super.listOf(Array.isArray(entries) ? entries : [])
        if (typeof entries?.[Symbol.iterator] !== "function") return super.listOf(entries)
        return Array.from({ ...entries, length: (entries as { length?: number }).length ?? 0 })
      }
    },
  },
  {
    id: "entries-iterated-twice",
    breaks: "CACHE-BATCH-07",
    why: "A generator is used up by the check, and nothing of it is stored.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        for (const [key] of this.listOf(entries)) this.checkKey(key)
        return super.setMany(entries, ttl)
      }
    },
  },
  {
    id: "entries-checked-one-by-one",
    breaks: "CACHE-BATCH-08",
    why: "A refused batch is stored in part.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        this.checkOpen()
        this.checkTtl(ttl)
        for (const [key, value] of this.listOf(entries)) await this.set(key, value, ttl)
      }
    },
  },
  {
    id: "keys-deleted-before-check",
    breaks: "CACHE-BATCH-12",
    why: "A refused call has deleted keys.",
    implementation: class extends ReferenceCache {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        this.checkOpen()
        this.checkKeys([])
        let deleted = 0
        for (const key of keys) if (await this.delete(key)) deleted++
        return deleted
      }
    },
  },
  {
    id: "get-many-takes-any-key",
    breaks: "CACHE-BATCH-12",
    why: "A missing variable in a list goes unnoticed.",
    source: "3rd-Eden/memcached #159: getMulti does not validate its keys as get does",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        return super.getMany<T>(Array.isArray(keys) ? keys.filter((key) => key !== "") : keys)
      }
    },
  },
  {
    id: "set-many-has-no-limits",
    breaks: "CACHE-BATCH-08",
    why: "Keys and values over the limits get in by a batch.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        this.checkOpen()
        const list = this.listOf(entries)
        for (const [key, value] of list) {
          this.refuseIf(cacheKeyIssue(key, Number.POSITIVE_INFINITY) ?? cacheValueIssue(value))
        }
        this.checkTtl(ttl)
        for (const [key, value] of list) this.write(key, value, ttl)
        return this.reply(undefined)
      }
    },
  },
  {
    id: "delete-many-counts-given",
    breaks: "CACHE-BATCH-09",
    why: "An invalidation that did nothing reports success.",
    implementation: class extends ReferenceCache {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        await super.deleteMany(keys)
        return new Set(keys).size
      }
    },
  },
  {
    id: "set-many-keeps-references",
    breaks: "CACHE-BATCH-10",
    why: "Isolation ends at the batch.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        const list = this.listOf(entries)
        await super.setMany(list, ttl)
        for (const [key, value] of list) {
          const entry = this.find(key)
          if (entry !== undefined) this.store.entries.set(this.storedKey(key), { ...entry, value })
        }
      }
    },
  },
  {
    id: "get-many-gives-references",
    breaks: "CACHE-BATCH-10",
    why: "One reader of a batch changes what the others get.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        for (const key of found.keys()) found.set(key, this.find(key)?.value as T)
        return found
      }
    },
  },
  {
    id: "get-many-finds-expired",
    breaks: "CACHE-BATCH-11",
    why: "A batch serves stale data that a single read would not.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        for (const key of keys) {
          const stored = this.store.entries.get(this.storedKey(key))
          if (stored !== undefined) found.set(key, this.copyOut(stored.value) as T)
        }
        return found
      }
    },
  },
  {
    id: "one-expired-deletes-batch",
    breaks: "CACHE-BATCH-11",
    why: "One expired key makes all the keys that were asked for with it vanish.",
    source: "keyv #922: a get of several keys deleted all of them when one had expired",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        const expired = keys.some((key) => !found.has(key) && this.store.entries.has(this.storedKey(key)))
        if (expired) for (const key of keys) this.remove(key)
        return found
      }
    },
  },
  {
    id: "digits-come-back-as-numbers",
    breaks: "CACHE-BATCH-01",
    why: "A key that is a number in text is not found in the Map.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const named = [...(await super.getMany<T>(keys))].map(([key, value]) => {
          return [/^\d+$/.test(key) ? Number(key) : key, value] as [string, T]
        })
        return new Map(named)
      }
    },
  },
  {
    id: "repeats-shift-values",
    breaks: "CACHE-BATCH-02",
    why: "After a key that is given twice every value is that of its neighbour.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        if (found.size === keys.length || found.size < new Set(keys).size) return found
        const values = [...found.values()]
        return new Map([...keys].slice(0, values.length).map((key, index) => [key, values[index] as T]))
      }
    },
  },
  {
    id: "null-ttl-of-a-batch-is-none",
    breaks: "CACHE-BATCH-08",
    why: "A ttl that is missing by mistake makes a whole batch eternal.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        return super.setMany(entries, ttl ?? undefined)
      }
    },
  },
  {
    id: "delete-many-sorts-what-it-is-given",
    breaks: "CACHE-BATCH-09",
    why: "The caller's own list is in another order afterwards.",
    source: "Array.prototype.sort: it sorts in place",
    implementation: class extends ReferenceCache {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        this.checkOpen()
        this.checkKeys(keys)
        return super.deleteMany((keys as string[]).sort())
      }
    },
  },
  {
    id: "entries-read-late",
    breaks: "CACHE-BATCH-10",
    why: "What the caller does to its list after the call is stored.",
    implementation: class extends ReferenceCache {
      override async setMany(entries: Entries, ttl?: number): Promise<void> {
        await Promise.resolve()
        return super.setMany(entries, ttl)
      }
    },
  },
  {
    id: "batch-passes-over-lone-surrogates",
    breaks: "CACHE-BATCH-12",
    why: "A key that get refuses is a miss in a batch.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        this.checkOpen()
        this.refuseIf(Array.isArray(keys) ? undefined : "Keys come as an array.")
        return super.getMany<T>(keys.filter((key) => typeof key !== "string" || key.isWellFormed()))
      }
    },
  },
  {
    id: "text-is-a-batch",
    breaks: "CACHE-BATCH-13",
    why: "deleteMany of one key, not in a list, deletes the keys named by its letters.",
    implementation: class extends ReferenceCache {
      protected override checkKeys(keys: unknown): void {
        super.checkKeys(typeof keys === "string" ? [...keys] : keys)
      }
    },
  },
]
