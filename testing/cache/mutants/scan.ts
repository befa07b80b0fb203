import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

interface ScanOptions {
  prefix?: string | undefined
}

const SWEEP_MS = 100

export const scanMutants = mutants({
  "CACHE-SCAN-01": {
    "filled-leases-walked": subclass(
      "A walk gives keys that nobody stored.",
      class extends ReferenceCache {
        readonly #filled = new Set<string>()
        override async fill(...args: Parameters<ReferenceCache["fill"]>): Promise<boolean> {
          const stored = await super.fill(...args)
          if (stored) this.#filled.add(args[0])
          return stored
        }
        override async *keys(options: ScanOptions = {}) {
          yield* super.keys(options)
          const marks = [...this.#filled].map((key) => `lease of ${key}`)
          for (const mark of marks) if (mark.startsWith(options.prefix ?? "")) yield mark
        }
      },
    ),
    "keys-show-prefix": subclass(
      "The keys that a walk gives cannot be read or deleted.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          for await (const key of super.keys(options)) yield this.storedKey(key)
        }
      },
      "ioredis #1526, #169: scan gives keys with the keyPrefix that get and del then put in front again",
    ),
    "pages-overlap": subclass(
      "A walk visits some keys twice.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          let visited = 0
          for await (const key of super.keys(options)) {
            yield key
            if (++visited % 5 === 0) yield key
          }
        }
      },
      "ioredis #678, redis-py-cluster #121: the duplicates that SCAN may give were handed on",
    ),
    "nothing-without-prefix": subclass(
      "A walk over everything ends at once.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          if (options.prefix !== undefined) yield* super.keys(options)
          else this.checkOpen()
        }
      },
      "keyv #1431: the iterator gave nothing where no prefix was in use",
    ),
    "whole-store-walked": subclass(
      "A walk gives the keys of other caches in the store.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          yield* super.keys({ prefix })
          const others = [...this.store.entries.keys()].filter((stored) => !stored.startsWith(this.prefix()))
          for (const stored of others) if (stored.startsWith(prefix)) yield stored
        }
      },
    ),
    "undefined-is-a-prefix": subclass(
      "A walk whose prefix is optional gives nothing when it is left out.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          yield* super.keys("prefix" in options && options.prefix === undefined ? { prefix: "undefined" } : options)
        }
      },
    ),
    "keys-decoded-on-the-way-out": subclass(
      "Keys that are URLs cannot be read or deleted as a walk gives them.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          for await (const key of super.keys(options)) yield key.replaceAll("%2f", "/")
        }
      },
    ),
  },
  "CACHE-SCAN-02": {
    "prefix-is-a-pattern": subclass(
      "A prefix of user input matches the keys of others.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const source = prefix
            .replaceAll(/[.+^${}()|\\]/g, "\\$&")
            .replaceAll("*", ".*")
            .replaceAll("?", ".")
          const pattern = new RegExp(`^${source}`, "s")
          for await (const key of super.keys()) if (pattern.test(key)) yield key
        }
      },
      "@keyv/valkey #2147: the prefix went into MATCH unescaped, so tenant* also walked tenant-prod",
    ),
    "prefix-anywhere": subclass(
      "A walk over one prefix gives keys that only contain it.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          for await (const key of super.keys()) if (key.includes(prefix)) yield key
        }
      },
    ),
    "prefix-in-like": subclass(
      "A prefix with an underscore walks over the keys of others.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const source = prefix
            .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
            .replaceAll("%", ".*")
            .replaceAll("_", ".")
          for await (const key of super.keys()) if (new RegExp(`^${source}`, "s").test(key)) yield key
        }
      },
      "SQL, LIKE: _ and % of the prefix act as wildcards",
    ),
    "prefix-in-any-case": subclass(
      "A walk over one user's keys gives those of another.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const begin = prefix.toLowerCase()
          for await (const key of super.keys()) if (key.toLowerCase().startsWith(begin)) yield key
        }
      },
      "SQLite, LIKE: the case of ASCII letters is ignored by default",
    ),
  },
  "CACHE-SCAN-03": {
    "first-page-only": subclass(
      "A walk over a large cache loses most of it in silence.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          let visited = 0
          for await (const key of super.keys(options)) {
            if (visited++ === 1000) return
            yield key
          }
        }
      },
      "node-redis #775: an example ended after the first reply of SCAN instead of following the cursor",
    ),
    "page-boundary-lost": subclass(
      "A walk loses one key per page.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          let visited = 0
          for await (const key of super.keys(options)) if (++visited % 101 !== 0) yield key
        }
      },
      "Go CDK #3089: keys at the boundary of a page were lost",
    ),
  },
  "CACHE-SCAN-04": {
    "keys-of-a-batch-delete-walked": subclass(
      "A walk gives keys that were deleted together.",
      class extends ReferenceCache {
        readonly #gone = new Set<string>()
        override async deleteMany(keys: readonly string[]): Promise<number> {
          const deleted = await super.deleteMany(keys)
          for (const key of keys) this.#gone.add(key)
          return deleted
        }
        override async *keys(options: ScanOptions = {}) {
          yield* super.keys(options)
          for (const key of this.#gone) {
            if (key.startsWith(options.prefix ?? "") && this.find(key) === undefined) yield key
          }
        }
      },
    ),
    "expired-keys-walked": subclass(
      "A walk gives keys that cannot be read.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const keys = this.storedKeys().map((stored) => stored.slice(this.prefix().length))
          for (const key of keys) if (key.startsWith(prefix)) yield key
        }
      },
      "node-cache: keys gives the names of expired entries until the next sweep",
    ),
    "expired-keys-walked-until-swept": subclass(
      "A walk right after the end of many entries gives most of them.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          for (const stored of this.storedKeys()) {
            const expiredFor = this.clock.monotonic() - (this.store.entries.get(stored)?.expiresAt ?? 0)
            const key = stored.slice(this.prefix().length)
            if (expiredFor < SWEEP_MS && key.startsWith(prefix)) yield key
          }
        }
      },
    ),
    "deleted-keys-walked": subclass(
      "A walk gives keys that were deleted long ago.",
      class extends ReferenceCache {
        readonly #index = new Set<string>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#index.add(key)
        }
        override async *keys(options: ScanOptions = {}) {
          yield* super.keys(options)
          for (const key of this.#index) {
            if (key.startsWith(options.prefix ?? "") && this.find(key) === undefined) yield key
          }
        }
      },
    ),
  },
  "CACHE-SCAN-05": {
    "cursor-left-behind": subclass(
      "A walk begins where an earlier one was left.",
      class extends ReferenceCache {
        #cursor = 0
        override async *keys(options: ScanOptions = {}) {
          let position = 0
          for await (const key of super.keys(options)) {
            if (position++ < this.#cursor) continue
            this.#cursor = position
            yield key
          }
          this.#cursor = 0
        }
      },
    ),
    "walk-keeps-lock": subclass(
      "After a loop that was left early, every walk finds the cursor in use and gives nothing.",
      class extends ReferenceCache {
        #walking = false
        override async *keys(options: ScanOptions = {}) {
          if (this.#walking) return
          this.#walking = true
          yield* super.keys(options)
          this.#walking = false
        }
      },
    ),
  },
  "CACHE-SCAN-06": {
    "walk-by-position": subclass(
      "A walk that deletes what it meets skips every other key.",
      class extends ReferenceCache {
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          for (let position = 0; position < this.liveKeys().length; position++) {
            const key = this.liveKeys()[position]
            if (key?.startsWith(prefix)) yield key
          }
        }
      },
      "pages by offset over a changing list: rows before the offset were deleted, so rows after it are skipped",
    ),
    "walk-starts-anew": subclass(
      "A key is handled twice because another one came while the walk went on.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          let count = this.storedKeys().length
          for await (const key of super.keys(options)) {
            yield key
            if (this.storedKeys().length !== count) yield key
            count = this.storedKeys().length
          }
        }
      },
    ),
  },
  "CACHE-SCAN-07": {
    "any-prefix-is-none": subclass(
      "A missing variable makes a walk over one user's keys a walk over everybody's.",
      class extends ReferenceCache {
        override async *keys({ prefix }: ScanOptions = {}) {
          yield* super.keys(typeof prefix === "string" ? { prefix } : {})
        }
      },
    ),
  },
  "CACHE-SCAN-08": {
    "walk-knows-own-keys": subclass(
      "Each process sees a part of the cache and takes it for the whole.",
      class extends ReferenceCache {
        readonly #own = new Set<string>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#own.add(key)
        }
        override async *keys(options: ScanOptions = {}) {
          for await (const key of super.keys(options)) if (this.#own.has(key)) yield key
        }
      },
    ),
  },
  "CACHE-SCAN-09": {
    "walks-share-a-cursor": subclass(
      "Two requests that walk at once each see a part.",
      class extends ReferenceCache {
        #cursor = 0
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const keys = this.liveKeys().filter((key) => key.startsWith(prefix))
          for (this.#cursor = 0; this.#cursor < keys.length; ) yield keys[this.#cursor++] as string
        }
      },
    ),
  },
  "CACHE-SCAN-10": {
    "walk-follows-writes": subclass(
      "A loop that refreshes what it meets never ends.",
      class extends ReferenceCache {
        override write(key: string, value: unknown, ttl: number | undefined): void {
          this.store.entries.delete(this.storedKey(key))
          super.write(key, value, ttl)
        }
        override async *keys({ prefix = "" }: ScanOptions = {}) {
          await this.openWalk(prefix)
          const begin = this.prefix() + prefix
          for (const [stored, entry] of this.store.entries) {
            if (stored.startsWith(begin) && this.isLive(entry)) yield stored.slice(this.prefix().length)
          }
        }
      },
      "Map: an entry that is deleted and set again during an iteration is visited again",
    ),
  },
  "CACHE-SCAN-11": {
    "walk-waits-for-ever-after-close": subclass(
      "A loop over the keys hangs in a shutdown.",
      class extends ReferenceCache {
        override async *keys(options: ScanOptions = {}) {
          for await (const key of super.keys(options)) {
            yield key
            if (this.closed) await new Promise<never>(() => {})
          }
        }
      },
    ),
  },
})
