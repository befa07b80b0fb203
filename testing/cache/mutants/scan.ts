import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

interface ScanOptions {
  prefix?: string | undefined
}

const SWEEP_MS = 100

export const scanMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "keys-show-prefix",
    breaks: "CACHE-SCAN-01",
    why: "The keys that a walk gives cannot be read or deleted.",
    source: "ioredis #1526, #169: scan gives keys with the keyPrefix that get and del then put in front again",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        for await (const key of super.keys(options)) yield this.storedKey(key)
      }
    },
  },
  {
    id: "pages-overlap",
    breaks: "CACHE-SCAN-01",
    why: "A walk visits some keys twice.",
    source: "ioredis #678, redis-py-cluster #121: the duplicates that SCAN may give were handed on",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        let visited = 0
        for await (const key of super.keys(options)) {
          yield key
          if (++visited % 5 === 0) yield key
        }
      }
    },
  },
  {
    id: "nothing-without-prefix",
    breaks: "CACHE-SCAN-01",
    why: "A walk over everything ends at once.",
    source: "keyv #1431: the iterator gave nothing where no prefix was in use",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        if (options.prefix !== undefined) yield* super.keys(options)
        else this.checkOpen()
      }
    },
  },
  {
    id: "whole-store-walked",
    breaks: "CACHE-SCAN-01",
    why: "A walk gives the keys of other caches in the store.",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        yield* super.keys({ prefix })
        const others = [...this.store.entries.keys()].filter((stored) => !stored.startsWith(this.prefix()))
        for (const stored of others) if (stored.startsWith(prefix)) yield stored
      }
    },
  },
  {
    id: "prefix-is-a-pattern",
    breaks: "CACHE-SCAN-02",
    why: "A prefix of user input matches the keys of others.",
    source: "@keyv/valkey #2147: the prefix went into MATCH unescaped, so tenant* also walked tenant-prod",
    implementation: class extends ReferenceCache {
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
  },
  {
    id: "prefix-anywhere",
    breaks: "CACHE-SCAN-02",
    why: "A walk over one prefix gives keys that only contain it.",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        for await (const key of super.keys()) if (key.includes(prefix)) yield key
      }
    },
  },
  {
    id: "first-page-only",
    breaks: "CACHE-SCAN-03",
    why: "A walk over a large cache loses most of it in silence.",
    source: "node-redis #775: an example ended after the first reply of SCAN instead of following the cursor",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        let visited = 0
        for await (const key of super.keys(options)) {
          if (visited++ === 1000) return
          yield key
        }
      }
    },
  },
  {
    id: "page-boundary-lost",
    breaks: "CACHE-SCAN-03",
    why: "A walk loses one key per page.",
    source: "Go CDK #3089: keys at the boundary of a page were lost",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        let visited = 0
        for await (const key of super.keys(options)) if (++visited % 101 !== 0) yield key
      }
    },
  },
  {
    id: "expired-keys-walked",
    breaks: "CACHE-SCAN-04",
    why: "A walk gives keys that cannot be read.",
    source: "node-cache: keys gives the names of expired entries until the next sweep",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        const keys = this.storedKeys().map((stored) => stored.slice(this.prefix().length))
        for (const key of keys) if (key.startsWith(prefix)) yield key
      }
    },
  },
  {
    id: "expired-keys-walked-until-swept",
    breaks: "CACHE-SCAN-04",
    why: "A walk right after the end of many entries gives most of them.",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        for (const stored of this.storedKeys()) {
          const expiredFor = this.clock.monotonic() - (this.store.entries.get(stored)?.expiresAt ?? 0)
          const key = stored.slice(this.prefix().length)
          if (expiredFor < SWEEP_MS && key.startsWith(prefix)) yield key
        }
      }
    },
  },
  {
    id: "deleted-keys-walked",
    breaks: "CACHE-SCAN-04",
    why: "A walk gives keys that were deleted long ago.",
    implementation: class extends ReferenceCache {
      readonly #index = new Set<string>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
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
  },
  {
    id: "cursor-left-behind",
    breaks: "CACHE-SCAN-05",
    why: "A walk begins where an earlier one was left.",
    implementation: class extends ReferenceCache {
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
  },
  {
    id: "walk-keeps-lock",
    breaks: "CACHE-SCAN-05",
    why: "After a loop that was left early, every walk finds the cursor in use and gives nothing.",
    implementation: class extends ReferenceCache {
      #walking = false
      override async *keys(options: ScanOptions = {}) {
        if (this.#walking) return
        this.#walking = true
        yield* super.keys(options)
        this.#walking = false
      }
    },
  },
  {
    id: "walk-by-position",
    breaks: "CACHE-SCAN-06",
    why: "A walk that deletes what it meets skips every other key.",
    source: "pages by offset over a changing list: rows before the offset were deleted, so rows after it are skipped",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        for (let position = 0; position < this.liveKeys().length; position++) {
          const key = this.liveKeys()[position]
          if (key?.startsWith(prefix)) yield key
        }
      }
    },
  },
  {
    id: "walk-starts-anew",
    breaks: "CACHE-SCAN-06",
    why: "A key is handled twice because another one came while the walk went on.",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        let count = this.storedKeys().length
        for await (const key of super.keys(options)) {
          yield key
          if (this.storedKeys().length !== count) yield key
          count = this.storedKeys().length
        }
      }
    },
  },
  {
    id: "any-prefix-is-none",
    breaks: "CACHE-SCAN-07",
    why: "A missing variable makes a walk over one user's keys a walk over everybody's.",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix }: ScanOptions = {}) {
        yield* super.keys(typeof prefix === "string" ? { prefix } : {})
      }
    },
  },
  {
    id: "walk-knows-own-keys",
    breaks: "CACHE-SCAN-08",
    why: "Each process sees a part of the cache and takes it for the whole.",
    implementation: class extends ReferenceCache {
      readonly #own = new Set<string>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#own.add(key)
      }
      override async *keys(options: ScanOptions = {}) {
        for await (const key of super.keys(options)) if (this.#own.has(key)) yield key
      }
    },
  },
  {
    id: "undefined-is-a-prefix",
    breaks: "CACHE-SCAN-01",
    why: "A walk whose prefix is optional gives nothing when it is left out.",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        yield* super.keys("prefix" in options && options.prefix === undefined ? { prefix: "undefined" } : options)
      }
    },
  },
  {
    id: "keys-decoded-on-the-way-out",
    breaks: "CACHE-SCAN-01",
    why: "Keys that are URLs cannot be read or deleted as a walk gives them.",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        for await (const key of super.keys(options)) yield key.replaceAll("%2f", "/")
      }
    },
  },
  {
    id: "prefix-in-like",
    breaks: "CACHE-SCAN-02",
    why: "A prefix with an underscore walks over the keys of others.",
    source: "SQL, LIKE: _ and % of the prefix act as wildcards",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        const source = prefix
          .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
          .replaceAll("%", ".*")
          .replaceAll("_", ".")
        for await (const key of super.keys()) if (new RegExp(`^${source}`, "s").test(key)) yield key
      }
    },
  },
  {
    id: "prefix-in-any-case",
    breaks: "CACHE-SCAN-02",
    why: "A walk over one user's keys gives those of another.",
    source: "SQLite, LIKE: the case of ASCII letters is ignored by default",
    implementation: class extends ReferenceCache {
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        const begin = prefix.toLowerCase()
        for await (const key of super.keys()) if (key.toLowerCase().startsWith(begin)) yield key
      }
    },
  },
  {
    id: "walks-share-a-cursor",
    breaks: "CACHE-SCAN-09",
    why: "Two requests that walk at once each see a part.",
    implementation: class extends ReferenceCache {
      #cursor = 0
      override async *keys({ prefix = "" }: ScanOptions = {}) {
        await this.openWalk(prefix)
        const keys = this.liveKeys().filter((key) => key.startsWith(prefix))
        for (this.#cursor = 0; this.#cursor < keys.length; ) yield keys[this.#cursor++] as string
      }
    },
  },
  {
    id: "walk-follows-writes",
    breaks: "CACHE-SCAN-10",
    why: "A loop that refreshes what it meets never ends.",
    source: "Map: an entry that is deleted and set again during an iteration is visited again",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
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
  },
  {
    id: "walk-waits-for-ever-after-close",
    breaks: "CACHE-SCAN-11",
    why: "A loop over the keys hangs in a shutdown.",
    implementation: class extends ReferenceCache {
      override async *keys(options: ScanOptions = {}) {
        for await (const key of super.keys(options)) {
          yield key
          if (this.closed) await new Promise<never>(() => {})
        }
      }
    },
  },
]
