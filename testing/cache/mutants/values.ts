import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const valueMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "falsy-value-is-a-miss",
    breaks: "CACHE-VAL-01",
    why: "Negative answers are never cached.",
    source: "cache-manager (cacheable #25): 0 and false were not found again",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        return (await super.get<T>(key)) || undefined
      }
    },
  },
  {
    id: "has-overlooks-null",
    breaks: "CACHE-VAL-01",
    why: "What is known to be absent is looked up again each time.",
    source: "Laravel cache: has is false for an item whose value is null",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return (await super.has(key)) && this.find(key)?.value !== null
      }
    },
  },
  {
    id: "undefined-stored",
    breaks: "CACHE-VAL-02",
    why: "has says yes and get says undefined.",
    source: "@objectstack/service-cache 16.1, keyv 6: after set of undefined has is true and get gives undefined",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        if (value !== undefined) super.checkValue(value)
      }
    },
  },
  {
    id: "undefined-members-dropped",
    breaks: "CACHE-VAL-02",
    why: "An object comes back with fewer members than it had.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(
          isPlainObject(value)
            ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
            : value,
        )
      }
    },
  },
  {
    id: "functions-stored",
    breaks: "CACHE-VAL-03",
    why: "What works in memory fails in the first store with an encoding.",
    source: "@objectstack/service-cache 16.1: functions are stored and returned as they are",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        if (typeof value !== "function") super.checkValue(value)
      }
      protected override copyIn(value: unknown): unknown {
        return typeof value === "function" ? value : super.copyIn(value)
      }
    },
  },
  {
    id: "to-json-called",
    breaks: "CACHE-VAL-04",
    why: "An instance comes back as the text that its toJSON made.",
    source: "unstorage: a value of a class with toJSON is stored as what toJSON gives",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(jsonForm(value))
      }
      protected override copyIn(value: unknown): unknown {
        return super.copyIn(jsonForm(value))
      }
    },
  },
  {
    id: "circles-stored",
    breaks: "CACHE-VAL-05",
    why: "What works in memory makes the encoder of another store fail.",
    source: "@objectstack/service-cache 16.1: circular values are stored and returned as they are",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(withoutCircles(value, []))
      }
    },
  },
  {
    id: "numbers-through-json",
    breaks: "CACHE-VAL-06",
    why: "NaN and the infinities come back as null, and -0 as 0.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return typeof value === "number" ? JSON.parse(JSON.stringify(value)) : super.copyIn(value)
      }
    },
  },
  {
    id: "text-loses-byte-order-mark",
    breaks: "CACHE-VAL-07",
    why: "A decoder takes the first character of a text for a mark and drops it.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return typeof value === "string" ? value.replace(/^\ufeff/, "") : super.copyOut(value)
      }
    },
  },
  {
    id: "text-cut",
    breaks: "CACHE-VAL-07",
    why: "Long texts lose their end in silence.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return typeof value === "string" ? value.slice(0, 65_535) : super.copyIn(value)
      }
    },
  },
  {
    id: "text-parsed-as-json",
    breaks: "CACHE-VAL-08",
    why: "The text null comes back as null.",
    source: "unstorage #268: the stored text null comes back as null, since every text is parsed",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        if (typeof value !== "string") return super.copyOut(value)
        try {
          return JSON.parse(value)
        } catch {
          return value
        }
      }
    },
  },
  {
    id: "digits-become-numbers",
    breaks: "CACHE-VAL-08",
    why: "Postcodes and ids lose their leading zeros, or their type.",
    source: "unstorage #28: a text of digits comes back as a number",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : super.copyOut(value)
      }
    },
  },
  {
    id: "nesting-cut",
    breaks: "CACHE-VAL-09",
    why: "The inner part of a deep document is gone.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return cutBelow(super.copyIn(value), 32)
      }
    },
  },
  {
    id: "dates-become-text",
    breaks: "CACHE-VAL-10",
    why: "A Date comes back as text, and its reader fails on the first method.",
    source: "type-cacheable #638, node-cache-manager-ioredis-yet #327: Date came back as an ISO string",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return value instanceof Date ? String(JSON.parse(JSON.stringify(value))) : super.copyIn(value)
      }
    },
  },
  {
    id: "maps-lose-entries",
    breaks: "CACHE-VAL-10",
    why: "A Map comes back empty.",
    source: "cache-manager with Redis (cacheable #680): an object's Map came back without its entries",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return mapDeep(super.copyOut(value), (member) => (member instanceof Map ? new Map() : member))
      }
    },
  },
  {
    id: "view-takes-its-buffer",
    breaks: "CACHE-VAL-11",
    why: "A part of a buffer comes back as all of it, with the bytes of others.",
    source: "fakeIndexedDB #89: the buffer under a Uint8Array was read without its offset and length",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return super.copyIn(value instanceof Uint8Array ? new Uint8Array(value.buffer) : value)
      }
    },
  },
  {
    id: "bytes-through-text",
    breaks: "CACHE-VAL-11",
    why: "Bytes that are not UTF-8 are replaced.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return value instanceof Uint8Array
          ? new TextEncoder().encode(new TextDecoder().decode(value))
          : super.copyIn(value)
      }
    },
  },
  {
    id: "prototype-assigned",
    breaks: "CACHE-VAL-12",
    why: "A value from outside decides what its object inherits.",
    source: "node-serialize #10, cerialize #102: a member called __proto__ was assigned when reading, not defined",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        if (!isPlainObject(value)) return super.copyOut(value)
        const copy: Record<string, unknown> = {}
        for (const [name, member] of Object.entries(value)) copy[name] = super.copyOut(member)
        return copy
      }
    },
  },
  {
    id: "constructor-member-refused",
    breaks: "CACHE-VAL-12",
    why: "Documents that describe classes or schemas cannot be cached.",
    source: "superjson #279: an object with a member called constructor was refused",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(value)
        const refused = isPlainObject(value) && Object.hasOwn(value, "constructor")
        this.refuseIf(refused ? "A cache value has no member called constructor." : undefined)
      }
    },
  },
  {
    id: "date-tag-decoded",
    breaks: "CACHE-VAL-13",
    why: "A stored database query with $date in it comes back as a Date.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return mapDeep(super.copyOut(value), (member) =>
          isPlainObject(member) && "$date" in member ? new Date(String(member["$date"])) : member,
        )
      }
    },
  },
  {
    id: "buffer-json-decoded",
    breaks: "CACHE-VAL-13",
    why: "An object that describes a buffer comes back as bytes.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return mapDeep(super.copyOut(value), (member) =>
          isPlainObject(member) && member["type"] === "Buffer" && Array.isArray(member["data"])
            ? Uint8Array.from(member["data"])
            : member,
        )
      }
    },
  },
  {
    id: "escape-not-undone",
    breaks: "CACHE-VAL-13",
    why: "Members whose name begins with the codec's escape character come back under another name.",
    source: "keyv #1565: a member called :name came back as ::name",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return mapDeep(super.copyOut(value), (member) =>
          isPlainObject(member)
            ? Object.fromEntries(Object.entries(member).map(([name, inner]) => [name.replace(/^:/, "::"), inner]))
            : member,
        )
      }
    },
  },
  {
    id: "size-not-checked",
    breaks: "CACHE-VAL-14",
    why: "One huge value pushes everything else out of memory.",
    implementation: class extends ReferenceCache {
      protected override checkSize(): void {}
    },
  },
  {
    id: "refused-size-drops-old-value",
    breaks: "CACHE-VAL-14",
    why: "A write that failed has deleted what was there.",
    source: "twemcache (pelikan #124): a set that fails for its size deletes the item under that key",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        try {
          await super.set(key, value, ttl)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "LIMIT_EXCEEDED") this.remove(key)
          throw error
        }
      }
    },
  },
  {
    id: "seen-twice-is-circular",
    breaks: "CACHE-VAL-15",
    why: "A list of orders of one customer cannot be cached.",
    source: "safe-stable-stringify, fast-safe-stringify: an object seen before is marked circular in some versions",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(value)
        const seen = new Set<unknown>()
        JSON.stringify(value, (_, member: unknown) => {
          if (typeof member === "bigint") return String(member)
          if (typeof member !== "object" || member === null) return member
          this.refuseIf(seen.has(member) ? "The value is circular." : undefined)
          seen.add(member)
          return member
        })
      }
    },
  },
  {
    id: "second-place-left-empty",
    breaks: "CACHE-VAL-15",
    why: "An object that occurs twice comes back once.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        const copy = super.copyIn(value)
        const seen = new Set<unknown>()
        for (const [name, member] of Object.entries(isPlainObject(copy) ? copy : {})) {
          if (!isPlainObject(member)) continue
          if (seen.has(member)) Reflect.set(copy as object, name, {})
          seen.add(member)
        }
        return copy
      }
    },
  },
]

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** A copy in which `change` was applied to each member of arrays and plain objects, from the outside in. */
function mapDeep(value: unknown, change: (member: unknown) => unknown): unknown {
  const changed = change(value)
  if (Array.isArray(changed)) return changed.map((member) => mapDeep(member, change))
  if (!isPlainObject(changed)) return changed
  return Object.fromEntries(Object.entries(changed).map(([name, member]) => [name, mapDeep(member, change)]))
}

function jsonForm(value: unknown): unknown {
  const own = typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== Date.prototype
  const toJson = own ? (value as { toJSON?: unknown }).toJSON : undefined
  return typeof toJson === "function" ? toJson.call(value) : value
}

function withoutCircles(value: unknown, above: readonly unknown[]): unknown {
  if (above.includes(value)) return null
  const path = [...above, value]
  if (value instanceof Map) {
    return new Map([...value].map(([key, member]) => [key, withoutCircles(member, path)]))
  }
  if (Array.isArray(value)) return value.map((member) => withoutCircles(member, path))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Reflect.ownKeys(value).map((name) => [name, withoutCircles(Reflect.get(value, name), path)]),
  )
}

function cutBelow(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value
  if (depth === 0) return null
  if (Array.isArray(value)) return value.map((member) => cutBelow(member, depth - 1))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutBelow(member, depth - 1)]))
}
