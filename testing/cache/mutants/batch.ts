import { cacheKeyIssue, cacheValueIssue } from "../../../contracts/cache/arguments.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const batchMutants = mutants({
  "CACHE-BATCH-01": {
    "many-makes-other-keys": seam.getMany(
      "A batch finds nothing, whatever is stored.",
      async ({ next }, keys) => {
        await next(keys)
        return new Map()
      },
      "WP-Stash #27: get_multiple left out the step that makes keys, and so found nothing",
    ),
    "many-remembers-finds": subclass(
      "A batch gives what was deleted.",
      class extends ReferenceCache {
        readonly #seen = new Map<string, unknown>()
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          const found = await super.getMany<T>(keys)
          for (const [key, value] of found) this.#seen.set(key, value)
          for (const key of keys) if (this.#seen.has(key)) found.set(key, this.#seen.get(key) as T)
          return found
        }
      },
    ),
    "many-gives-undefined-for-misses": seam.getMany(
      "The size of the result says that everything was found.",
      async ({ next }, keys) => {
        const found = await next(keys)
        return new Map(keys.map((key) => [key, found.get(key)]))
      },
    ),
    "many-shifted-by-misses": seam.getMany(
      "After a miss, each key gets the value of the next one.",
      async ({ next }, keys) => {
        const values = [...(await next(keys)).values()]
        return new Map(values.map((value, index) => [keys[index] as string, value]))
      },
    ),
    "digits-come-back-as-numbers": seam.getMany(
      "A key that is a number in text is not found in the Map.",
      async ({ next }, keys) => {
        const named = [...(await next(keys))].map(([key, value]) => {
          return [(/^\d+$/.test(key) ? Number(key) : key) as string, value] as const
        })
        return new Map(named)
      },
    ),
  },
  "CACHE-BATCH-02": {
    "repeated-key-counted-twice": seam.getMany(
      "Lists that repeat themselves spoil the hit ratio.",
      async ({ next, self }, keys) => {
        const found = await next(keys)
        const repeated = keys.filter((key, index) => keys.indexOf(key) !== index)
        for (const key of repeated) self.count(self.find(key))
        return found
      },
    ),
    "repeated-key-deleted-twice": seam.deleteMany(
      "The number of deleted keys is larger than what there was.",
      async ({ self }, keys) => {
        self.checkOpen()
        self.checkKeys(keys)
        const live = keys.filter((key) => self.find(key) !== undefined)
        for (const key of keys) self.remove(key)
        return self.reply(live.length)
      },
    ),
    "repeats-shift-values": seam.getMany(
      "After a key that is given twice every value is that of its neighbour.",
      async ({ next }, keys) => {
        const found = await next(keys)
        if (found.size === keys.length || found.size < new Set(keys).size) return found
        const values = [...found.values()]
        return new Map([...keys].slice(0, values.length).map((key, index) => [key, values[index]]))
      },
    ),
  },
  "CACHE-BATCH-03": {
    "empty-write-sent": seam.setMany(
      "A filter that leaves nothing makes the write fail.",
      async (call, entries, ttl) => {
        const list = call.self.listOf(entries)
        await call.next(list, ttl)
        if (list.length === 0) call.self.refuse("INTERNAL", "ERR wrong number of arguments for 'mset' command")
      },
    ),
    "empty-batch-sent": seam.getMany(
      "A filter that leaves nothing makes the request fail.",
      async ({ next, self }, keys) => {
        const found = await next(keys)
        return keys.length > 0 ? found : self.refuse("INTERNAL", "ERR wrong number of arguments for 'mget' command")
      },
      "jedis #693, ocaml-redis #96: a command for an empty list of keys was sent, and the server refused it",
    ),
    "no-keys-means-all": seam.deleteMany(
      "A filter that leaves nothing empties the cache.",
      async ({ next, self }, keys) => {
        const deleted = await next(keys)
        if (keys.length === 0) await self.clear()
        return deleted
      },
    ),
  },
  "CACHE-BATCH-04": {
    "set-many-capped": seam.setMany("Entries after the first five thousand are lost.", async (call, entries, ttl) => {
      const list = call.self.listOf(entries)
      return call.next(list.slice(0, 5000), ttl)
    }),
    "delete-many-capped": seam.deleteMany("Keys after the first five thousand stay.", async ({ next, self }, keys) => {
      self.checkOpen()
      self.checkKeys(keys)
      return next(keys.slice(0, 5000))
    }),
    "get-many-capped": seam.getMany("Keys after the first thousand look absent.", async ({ next }, keys) =>
      next(Array.isArray(keys) ? keys.slice(0, 1000) : keys),
    ),
  },
  "CACHE-BATCH-05": {
    "set-many-drops-ttl": seam.setMany(
      "What a batch stored stays for ever.",
      async ({ next, self }, entries, ttl) => {
        self.checkTtl(ttl)
        return next(entries)
      },
      "dart-lang/labs #131: the expiration that setAll of its Memcache is given is ignored",
    ),
    "ttl-for-last-entry-only": seam.setMany(
      "All entries of a batch but one stay for ever.",
      async ({ next, self }, entries, ttl) => {
        const list = self.listOf(entries)
        self.checkTtl(ttl)
        await next(list)
        await next(list.slice(-1), ttl)
      },
    ),
  },
  "CACHE-BATCH-06": {
    "first-entry-wins": seam.listOf("A batch keeps the oldest of several values.", ({ next }, entries) => {
      const list = next(entries)
      const first = new Map(list.toReversed().map((entry) => [entry[0], entry]))
      return [...first.values()]
    }),
  },
  "CACHE-BATCH-07": {
    "entries-indexed": seam.listOf("A Map or a generator stores nothing, without an error.", ({ next }, entries) => {
      next(Array.isArray(entries) ? entries : [])
      if (typeof entries?.[Symbol.iterator] !== "function") return next(entries)
      return Array.from({ ...entries, length: (entries as { length?: number }).length ?? 0 })
    }),
    "entries-iterated-twice": seam.setMany(
      "A generator is used up by the check, and nothing of it is stored.",
      async ({ next, self }, entries, ttl) => {
        for (const [key] of self.listOf(entries)) self.checkKey(key)
        return next(entries, ttl)
      },
    ),
  },
  "CACHE-BATCH-08": {
    "entries-checked-one-by-one": seam.setMany("A refused batch is stored in part.", async ({ self }, entries, ttl) => {
      self.checkOpen()
      self.checkTtl(ttl)
      for (const [key, value] of self.listOf(entries)) await self.set(key, value, ttl)
    }),
    "set-many-has-no-limits": seam.setMany(
      "Keys and values over the limits get in by a batch.",
      async ({ self }, entries, ttl) => {
        self.checkOpen()
        const list = self.listOf(entries)
        for (const [key, value] of list) {
          self.refuseIf(cacheKeyIssue(key, Number.POSITIVE_INFINITY) ?? cacheValueIssue(value))
        }
        self.checkTtl(ttl)
        for (const [key, value] of list) self.write(key, value, ttl)
        return self.reply(undefined)
      },
      "lanyard #310: writes of many keys did not check the limit that single writes do",
    ),
    "null-ttl-of-a-batch-is-none": seam.setMany(
      "A ttl that is missing by mistake makes a whole batch eternal.",
      async ({ next }, entries, ttl) => next(entries, ttl ?? undefined),
    ),
  },
  "CACHE-BATCH-12": {
    "keys-deleted-before-check": seam.deleteMany("A refused call has deleted keys.", async ({ self }, keys) => {
      self.checkOpen()
      self.checkKeys([])
      let deleted = 0
      for (const key of keys) if (await self.delete(key)) deleted++
      return deleted
    }),
    "get-many-takes-any-key": seam.getMany(
      "A missing variable in a list goes unnoticed.",
      async ({ next }, keys) => next(Array.isArray(keys) ? keys.filter((key) => key !== "") : keys),
      "3rd-Eden/memcached #159: getMulti does not validate its keys as get does",
    ),
    "batch-passes-over-lone-surrogates": seam.getMany(
      "A key that get refuses is a miss in a batch.",
      async ({ next, self }, keys) => {
        self.checkOpen()
        self.refuseIf(Array.isArray(keys) ? undefined : "Keys come as an array.")
        return next(keys.filter((key) => typeof key !== "string" || key.isWellFormed()))
      },
    ),
  },
  "CACHE-BATCH-09": {
    "delete-many-passes-over-tagged": seam.deleteMany(
      "Entries that are in a group survive the delete of their keys.",
      async ({ next, self }, keys) => {
        self.checkOpen()
        self.checkKeys(keys)
        return next(keys.filter((key) => (self.find(key)?.tags ?? []).length === 0))
      },
    ),
    "delete-many-counts-given": seam.deleteMany(
      "An invalidation that did nothing reports success.",
      async ({ next }, keys) => {
        await next(keys)
        return new Set(keys).size
      },
    ),
    "delete-many-sorts-what-it-is-given": seam.deleteMany(
      "The caller's own list is in another order afterwards.",
      async ({ next, self }, keys) => {
        self.checkOpen()
        self.checkKeys(keys)
        return next((keys as string[]).sort())
      },
      "Array.prototype.sort: it sorts in place",
    ),
  },
  "CACHE-BATCH-10": {
    "set-many-keeps-references": seam.setMany("Isolation ends at the batch.", async ({ next, self }, entries, ttl) => {
      const list = self.listOf(entries)
      await next(list, ttl)
      for (const [key, value] of list) {
        const entry = self.find(key)
        if (entry !== undefined) self.store.entries.set(self.storedKey(key), { ...entry, value })
      }
    }),
    "get-many-gives-references": seam.getMany(
      "One reader of a batch changes what the others get.",
      async ({ next, self }, keys) => {
        const found = await next(keys)
        for (const key of found.keys()) found.set(key, self.find(key)?.value)
        return found
      },
    ),
    "entries-read-late": seam.setMany(
      "What the caller does to its list after the call is stored.",
      async ({ next }, entries, ttl) => {
        await Promise.resolve()
        return next(entries, ttl)
      },
    ),
  },
  "CACHE-BATCH-11": {
    "get-many-finds-expired": seam.getMany(
      "A batch serves stale data that a single read would not.",
      async ({ next, self }, keys) => {
        const found = await next(keys)
        for (const key of keys) {
          const stored = self.store.entries.get(self.storedKey(key))
          if (stored !== undefined) found.set(key, self.copyOut(stored.value))
        }
        return found
      },
    ),
    "one-expired-deletes-batch": seam.getMany(
      "One expired key makes all the keys that were asked for with it vanish.",
      async ({ next, self }, keys) => {
        const found = await next(keys)
        const expired = keys.some((key) => !found.has(key) && self.store.entries.has(self.storedKey(key)))
        if (expired) for (const key of keys) self.remove(key)
        return found
      },
      "keyv #922: a get of several keys deleted all of them when one had expired",
    ),
  },
  "CACHE-BATCH-13": {
    "object-is-a-batch": seam.setMany(
      "What one adapter takes is refused by the next.",
      async ({ next }, entries, ttl) =>
        next(Object.getPrototypeOf(entries ?? []) === Object.prototype ? Object.entries(entries) : entries, ttl),
    ),
    "text-is-a-batch": seam.checkKeys(
      "deleteMany of one key, not in a list, deletes the keys named by its letters.",
      ({ next }, keys) => {
        next(typeof keys === "string" ? [...keys] : keys)
      },
    ),
  },
})
