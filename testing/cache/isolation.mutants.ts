import type { Mutant } from "../engine/mutant.ts"
import { ReferenceCache } from "./reference-cache.ts"

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
    id: "copied-while-small",
    breaks: "CACHE-ISO-50",
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
