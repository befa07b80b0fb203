import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Values that lose something only inside of one another. */
export const structureMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "functions-in-maps-dropped",
    breaks: "CACHE-VAL-03",
    why: "A Map comes back with fewer entries than it had.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(withoutFunctions(value))
      }
      protected override copyIn(value: unknown): unknown {
        return super.copyIn(withoutFunctions(value))
      }
    },
  },
  {
    id: "subclass-of-map-accepted",
    breaks: "CACHE-VAL-04",
    why: "An instance comes back without its methods.",
    source: "structuredClone: an instance of a subclass of Map becomes a Map",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(value instanceof Map ? new Map(value) : value)
      }
    },
  },
  {
    id: "instances-in-sets-accepted",
    breaks: "CACHE-VAL-04",
    why: "Members of a Set come back without their methods.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        const plain = value instanceof Set && Object.getPrototypeOf(value) === Set.prototype
        super.checkValue(plain ? new Set([...value].map(asPlain)) : value)
      }
    },
  },
  {
    id: "map-may-hold-itself",
    breaks: "CACHE-VAL-05",
    why: "What works in memory makes the encoder of another store fail.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        const circular = value instanceof Map && [...value.values()].includes(value)
        if (!circular) super.checkValue(value)
      }
    },
  },
  {
    id: "numbers-in-maps-through-json",
    breaks: "CACHE-VAL-06",
    why: "An infinity in a Map comes back as null.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return mapMembers(super.copyOut(value), (member) => (member === Number.NEGATIVE_INFINITY ? null : member))
      }
    },
  },
  {
    id: "backslash-n-becomes-a-line-end",
    breaks: "CACHE-VAL-07",
    why: "Paths and patterns come back changed.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return typeof value === "string" ? value.replaceAll("\\n", "\n") : super.copyOut(value)
      }
    },
  },
  {
    id: "fractions-become-numbers",
    breaks: "CACHE-VAL-08",
    why: "A version or a price that was text comes back as a number.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return typeof value === "string" && /^\d+\.\d+$/.test(value) ? Number(value) : super.copyOut(value)
      }
    },
  },
  {
    id: "base64-marker-decoded",
    breaks: "CACHE-VAL-08",
    why: "Text of a user comes back as bytes.",
    source: "json-buffer, which keyv uses: a string that begins with :base64: stands for a Buffer",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const marked = typeof value === "string" && value.startsWith(":base64:")
        return marked ? Uint8Array.from(atob(value.slice(8)), (char) => char.charCodeAt(0)) : super.copyOut(value)
      }
    },
  },
  {
    id: "null-members-dropped",
    breaks: "CACHE-VAL-09",
    why: "A member that was null is not there any more.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return changeObject(super.copyOut(value), (members) => members.filter(([, member]) => member !== null))
      }
    },
  },
  {
    id: "lists-cut-at-1000",
    breaks: "CACHE-VAL-09",
    why: "The end of a long list is missing.",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return Array.isArray(value) ? super.copyIn(value.slice(0, 1000)) : super.copyIn(value)
      }
    },
  },
  {
    id: "maps-sorted",
    breaks: "CACHE-VAL-10",
    why: "A Map that was kept in an order comes back in another.",
    source: "PostgreSQL, jsonb: the order of an object's members is not kept",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const copy = super.copyOut(value)
        return copy instanceof Map ? new Map([...copy].sort(([left], [right]) => inOrder(left, right))) : copy
      }
    },
  },
  {
    id: "sets-sorted",
    breaks: "CACHE-VAL-10",
    why: "A Set that was kept in an order comes back in another.",
    source: "Redis: a set of integers is held in ascending order",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const copy = super.copyOut(value)
        const sorted = copy instanceof Set && [...copy].every((member) => typeof member === "number")
        return sorted ? new Set([...copy].sort(inOrder)) : copy
      }
    },
  },
  {
    id: "map-keys-become-text",
    breaks: "CACHE-VAL-10",
    why: "A Map cannot be asked by the keys that it had.",
    source: "Object.fromEntries: the keys of a Map become names of members",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        if (!(value instanceof Map)) return super.copyIn(value)
        const named = [...value].map(([key, member]) => [typeof key === "object" ? String(key) : key, member] as const)
        return super.copyIn(new Map(named))
      }
    },
  },
  {
    id: "dates-in-lists-become-text",
    breaks: "CACHE-VAL-10",
    why: "A Date in a list fails where it is used.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const copy = super.copyOut(value)
        return Array.isArray(copy) ? copy.map((member) => (member instanceof Date ? member.toJSON() : member)) : copy
      }
    },
  },
  {
    id: "buffers-become-objects",
    breaks: "CACHE-VAL-11",
    why: "Bytes that were read from a file come back as an object with a list of numbers.",
    source: "Buffer.toJSON, which JSON.stringify calls: { type: 'Buffer', data: [...] }",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        const { toJSON } = (value instanceof Uint8Array ? value : {}) as { toJSON?(): unknown }
        return toJSON === undefined ? super.copyIn(value) : toJSON.call(value)
      }
    },
  },
  {
    id: "bytes-cut-at-64k",
    breaks: "CACHE-VAL-11",
    why: "The end of a picture is missing.",
    source: "MySQL without strict mode: what does not fit into the 65,535 bytes of a BLOB is cut off with a warning",
    implementation: class extends ReferenceCache {
      protected override copyIn(value: unknown): unknown {
        return super.copyIn(value instanceof Uint8Array ? value.subarray(0, 65_535) : value)
      }
    },
  },
  {
    id: "envelope-taken-for-its-own",
    breaks: "CACHE-VAL-13",
    why: "An object with a value and an expiry comes back as its value alone.",
    source: "keyv: what is stored is { value, expires }",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const copy = super.copyOut(value)
        return Array.isArray(copy) ? copy.map(opened) : opened(copy)
      }
    },
  },
  {
    id: "value-limit-counts-characters",
    breaks: "CACHE-VAL-14",
    why: "A text of three times the limit is stored, or fails half-way.",
    implementation: class extends ReferenceCache {
      protected override checkSize(value: unknown): void {
        if (typeof value !== "string" || value.length > this.capabilities.maxValueBytes) super.checkSize(value)
      }
    },
  },
]

function withoutFunctions(value: unknown): unknown {
  return value instanceof Map ? new Map([...value].filter(([, member]) => typeof member !== "function")) : value
}

function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  return value instanceof Map ? new Map([...value].map(([key, member]) => [key, change(member)])) : value
}

/** The members of an instance, as an object. */
function asPlain(value: unknown): unknown {
  const { name } = (typeof value === "object" && value !== null ? value : {}) as { name?: unknown }
  return name === undefined ? value : { name }
}

function changeObject(value: unknown, change: (members: [string, unknown][]) => [string, unknown][]): unknown {
  const plain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  if (!plain || Object.hasOwn(value, "__proto__")) return value
  return Object.fromEntries(change(Object.entries(value)))
}

function inOrder(left: unknown, right: unknown): number {
  const [one, other] = [String(left), String(right)]
  return one < other ? -1 : Number(one > other)
}

function opened(value: unknown): unknown {
  const { expires, value: inner } = (value ?? {}) as { expires?: unknown; value?: unknown }
  return typeof expires === "number" && inner !== undefined ? inner : value
}
