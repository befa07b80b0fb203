import { cacheKeyIssue } from "../../../contracts/cache/arguments.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

export const keyMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "keys-lower-cased",
    breaks: "CACHE-KEY-01",
    why: "Two base64 ids share one entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.toLowerCase()
      }
    },
  },
  {
    id: "keys-trimmed",
    breaks: "CACHE-KEY-02",
    why: "A key with white space at its end answers for the one without.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.trim()
      }
    },
  },
  {
    id: "keys-normalised",
    breaks: "CACHE-KEY-03",
    why: "Two names that a file system or a database tells apart share one entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.normalize("NFC")
      }
    },
  },
  {
    id: "keys-cut-to-latin",
    breaks: "CACHE-KEY-03",
    why: "All keys of one length in a foreign script share one entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.replaceAll(/[^\0-\u00ff]/gu, "?")
      }
    },
  },
  {
    id: "separators-unified",
    breaks: "CACHE-KEY-04",
    why: "base64 keys and paths are read under keys that were never set.",
    source: "unstorage #568: a slash in a key is taken for a colon, so a/b and a:b are one key",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.replaceAll("/", ":")
      }
    },
  },
  {
    id: "keys-end-at-nul",
    breaks: "CACHE-KEY-04",
    why: "Keys that go on after a NUL share one entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.split("\0", 1)[0] ?? ""
      }
    },
  },
  {
    id: "keys-end-at-question-mark",
    breaks: "CACHE-KEY-04",
    why: "URLs that differ only in their query share one entry.",
    source: "curie #851: a key went into a URL unescaped, so what followed # or ? was lost and keys collided",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.split("?", 1)[0] ?? ""
      }
    },
  },
  {
    id: "has-takes-patterns",
    breaks: "CACHE-KEY-05",
    why: "A key of user input with a star looks present.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        if (typeof key !== "string" || !key.includes("*")) return super.has(key)
        this.checkOpen()
        const parts = key.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
        const pattern = new RegExp(`^${parts.join("[^]*")}$`)
        return this.liveKeys().some((other) => pattern.test(other))
      }
    },
  },
  {
    id: "keys-percent-decoded",
    breaks: "CACHE-KEY-06",
    why: "Two URLs that differ only in encoding share one entry.",
    source: "openinary #115: a key with %20 was looked up with a space",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        try {
          return decodeURIComponent(key)
        } catch {
          return key
        }
      }
    },
  },
  {
    id: "index-has-prototype",
    breaks: "CACHE-KEY-07",
    why: "Keys such as toString look present in an empty cache.",
    source: "ptarjan/node-cache #38, tiny-lru #25: toString was found in an empty cache, since the store was an object",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        const live = await super.has(key)
        const index = Object.fromEntries(live ? [[key, true]] : [])
        return key in index
      }
    },
  },
  {
    id: "marks-on-plain-object",
    breaks: "CACHE-KEY-07",
    why: "A key called __proto__ cannot be stored.",
    source: "async-cache #29: the key __proto__ failed, since keys were used as names of object members",
    implementation: class extends ReferenceCache {
      readonly #deleted: Record<string, boolean> = {}
      protected override find(key: string): ReferenceEntry | undefined {
        return this.#deleted[key] ? undefined : super.find(key)
      }
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        this.#deleted[key] = false
        super.write(key, value, ttl)
      }
      protected override remove(key: string): boolean {
        const removed = super.remove(key)
        this.#deleted[key] = true
        return removed
      }
    },
  },
  {
    id: "many-collects-in-object",
    breaks: "CACHE-KEY-07",
    why: "A key called __proto__ is lost in a batch, or changes what its result inherits.",
    source: "@cacheable/node-cache #1612: mget collected its result in a plain object by assignment",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found: Record<string, T> = {}
        for (const [key, value] of await super.getMany<T>(keys)) found[key] = value
        return new Map(Object.entries(found))
      }
    },
  },
  {
    id: "keys-cut-at-250",
    breaks: "CACHE-KEY-08",
    why: "Long keys that differ only at their end share one entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.slice(0, 250)
      }
    },
  },
  {
    id: "prefix-eats-key-limit",
    breaks: "CACHE-KEY-08",
    why: "The end of a long key is cut to make room for the cache's own prefix.",
    implementation: class extends ReferenceCache {
      protected override storedKey(key: string): string {
        return super.storedKey(key).slice(0, this.capabilities.maxKeyBytes)
      }
    },
  },
  {
    id: "limit-counts-characters",
    breaks: "CACHE-KEY-09",
    why: "A key that this cache takes is refused by the next one.",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        const fits = typeof key === "string" && key.length <= this.capabilities.maxKeyBytes
        this.refuseIf(cacheKeyIssue(key, fits ? Number.POSITIVE_INFINITY : this.capabilities.maxKeyBytes))
      }
    },
  },
  {
    id: "long-keys-cut",
    breaks: "CACHE-KEY-09",
    why: "Keys beyond the limit share one entry in silence.",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        super.checkKey(typeof key === "string" ? key.slice(0, this.capabilities.maxKeyBytes) : key)
      }
    },
  },
  {
    id: "empty-key-accepted",
    breaks: "CACHE-KEY-10",
    why: "All callers with a missing variable share one entry.",
    source: "@objectstack/service-cache 16.1: the empty key works like any other",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        if (key !== "") super.checkKey(key)
      }
    },
  },
  {
    id: "numbers-are-keys",
    breaks: "CACHE-KEY-11",
    why: "A value under the number 1 is not found under the text 1.",
    source: "@objectstack/service-cache 16.1: the number 1 is taken as a key, apart from the text 1",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        if (typeof key !== "number") super.checkKey(key)
      }
      protected override encodeKey(key: string): string {
        return typeof key === "number" ? `number ${key}` : key
      }
    },
  },
  {
    id: "keys-turned-to-text",
    breaks: "CACHE-KEY-11",
    why: "undefined and null become keys that all callers share.",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        super.checkKey(String(key))
      }
      protected override encodeKey(key: string): string {
        return String(key)
      }
    },
  },
  {
    id: "lone-surrogates-replaced",
    breaks: "CACHE-KEY-12",
    why: "Different broken keys become one.",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        super.checkKey(typeof key === "string" ? key.toWellFormed() : key)
      }
      protected override encodeKey(key: string): string {
        return key.toWellFormed()
      }
    },
  },
  {
    id: "case-of-other-alphabets-folded",
    breaks: "CACHE-KEY-01",
    why: "Two names that differ in the case of one letter share an entry.",
    source: "MySQL, utf8mb4_general_ci and its kind: É and é are one key",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.replaceAll(/[^\0-\x7f]/g, (letter) => letter.toLowerCase())
      }
    },
  },
  {
    id: "invisible-characters-dropped",
    breaks: "CACHE-KEY-03",
    why: "Two emoji that only a joiner tells apart are one key.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.replaceAll(/[\u200d\ufe0f]/g, "")
      }
    },
  },
  {
    id: "quotes-undoubled",
    breaks: "CACHE-KEY-04",
    why: "Two names that differ by a quote share an entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.replaceAll("''", "'")
      }
    },
  },
  {
    id: "three-fields-and-no-more",
    breaks: "CACHE-KEY-04",
    why: "Keys that differ only after their third colon are one.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.split(":", 3).join(":")
      }
    },
  },
  {
    id: "underscore-stands-for-any",
    breaks: "CACHE-KEY-05",
    why: "The delete of one key takes others along.",
    source: "SQL, LIKE: an underscore in the pattern stands for any character",
    implementation: class extends ReferenceCache {
      protected override remove(key: string): boolean {
        const parts = key.split("_").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        const pattern = new RegExp(`^${parts.join(".")}$`, "s")
        const removed = super.remove(key)
        for (const other of this.liveKeys()) if (pattern.test(other)) super.remove(other)
        return removed
      }
    },
  },
  {
    id: "middle-of-long-keys-left-out",
    breaks: "CACHE-KEY-08",
    why: "Long keys that begin and end alike share an entry.",
    implementation: class extends ReferenceCache {
      protected override encodeKey(key: string): string {
        return key.length > 200 ? `${key.slice(0, 100)}${key.length}${key.slice(-100)}` : key
      }
    },
  },
  {
    id: "big-integers-are-keys",
    breaks: "CACHE-KEY-11",
    why: "The id 1n and the id 1 are one key.",
    implementation: class extends ReferenceCache {
      protected override checkKey(key: unknown): void {
        if (typeof key !== "bigint") super.checkKey(key)
      }
    },
  },
]
