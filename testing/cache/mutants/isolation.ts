import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const isolationMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "set-keeps-reference",
    breaks: "CACHE-ISO-01",
    why: "A caller that goes on using its object changes what others read.",
    source: "@objectstack/service-cache 16.1, axios-cache-interceptor #580: values were not copied when they were set",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return value
      }
    },
  },
  {
    id: "set-copies-late",
    breaks: "CACHE-ISO-01",
    why: "A change between the call of set and its end is stored.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        await Promise.resolve()
        return super.set(key, value, ttl)
      }
    },
  },
  {
    id: "get-gives-reference",
    breaks: "CACHE-ISO-02",
    why: "One request sees what another did to its result.",
    source: "cache-manager 3.1 (cacheable #137), @objectstack/service-cache 16.1: get gave the stored object itself",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return value
      }
    },
  },
  {
    id: "get-copies-top-only",
    breaks: "CACHE-ISO-02",
    why: "Nested members are shared between all readers.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return isPlain(value) ? Object.fromEntries(Object.entries(value)) : super.copyOut(value)
      }
    },
  },
  {
    id: "only-objects-and-arrays-copied",
    breaks: "CACHE-ISO-03",
    why: "A Date, Map or Set in a result is the stored one.",
    source: "@objectstack/service-cache 16.1: Date and other instances are returned as they were stored",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return copyPlain(value)
      }
    },
  },
  {
    id: "date-kept-by-reference",
    breaks: "CACHE-ISO-03",
    why: "A caller that moves its date moves the stored one.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return value instanceof Date ? value : super.copyIn(value)
      }
    },
  },
  {
    id: "view-kept-by-reference",
    breaks: "CACHE-ISO-03",
    why: "A buffer that is used again changes what was stored from it.",
    source: "Uint8Array.subarray, Buffer.from(arrayBuffer): views share the memory of what they were made from",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        const view = value instanceof Uint8Array && value.byteLength < value.buffer.byteLength
        return view ? value : super.copyIn(value)
      }
    },
  },
  {
    id: "map-copied-without-its-values",
    breaks: "CACHE-ISO-03",
    why: "The objects in a Map are shared between all readers.",
    source: "new Map(map): keys and values are the same objects",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return value instanceof Map ? new Map(value) : super.copyOut(value)
      }
    },
  },
  {
    id: "joined-reads-share-a-copy",
    breaks: "CACHE-ISO-04",
    why: "One of two requests that read at once sees what the other does to its result.",
    source: "dataloader, p-memoize: callers that join get one promise, and so one object",
    implementation: class extends ReferenceCache {
      readonly #latest = new Map<string, unknown>()
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        if (this.#latest.has(key)) return this.#latest.get(key) as T | undefined
        this.#latest.set(key, value)
        await Promise.resolve()
        this.#latest.delete(key)
        return value
      }
    },
  },
  {
    id: "batch-decodes-once",
    breaks: "CACHE-ISO-04",
    why: "Two batches give the same object for an entry that did not change between them.",
    implementation: class extends ReferenceCache {
      readonly #decoded = new WeakMap<object, unknown>()
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        for (const [key, copy] of found) {
          const entry = this.find(key)
          if (entry === undefined) continue
          if (!this.#decoded.has(entry)) this.#decoded.set(entry, copy)
          found.set(key, this.#decoded.get(entry) as T)
        }
        return found
      }
    },
  },
  {
    id: "copied-while-small",
    breaks: "CACHE-ISO-05",
    why: "A cache that has filled up lets every reader change what the others get.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return this.store.entries.size > 100 ? value : super.copyOut(value)
      }
    },
  },
]

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Copies arrays and plain objects; `leaf` makes of all else what the copy holds. */
function copyPlain(value: unknown, leaf: (member: unknown) => unknown = (member) => member): unknown {
  if (Array.isArray(value)) return value.map((member) => copyPlain(member, leaf))
  if (!isPlain(value)) return leaf(value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyPlain(member, leaf)]))
}
