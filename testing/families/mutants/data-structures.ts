import type { dataFamily } from "../../../contracts/foundation/families.ts"
import { seamsOf } from "../../engine/seams.ts"
import { changeObject, cutBelow, inOrder, isPlainObject, mapDeep, opened, secondPlaceEmpty } from "./plain.ts"
import type { FamilyTable, RecordsClass } from "./table.ts"

/** Values that lose something only inside of one another. */
export function structureTable(Reference: RecordsClass): FamilyTable<typeof dataFamily> {
  const seam = seamsOf(Reference)
  return {
    "09": {
      "nesting-cut": seam.copyIn("The inner part of a deep document is gone.", ({ next }, value) =>
        cutBelow(next(value), 32),
      ),
      "null-members-dropped": seam.copyOut("A member that was null is not there any more.", ({ next }, value) =>
        changeObject(next(value), (members) => members.filter(([, member]) => member !== null)),
      ),
      "lists-cut-at-1000": seam.copyIn("The end of a long list is missing.", ({ next }, value) =>
        Array.isArray(value) ? next(value.slice(0, 1000)) : next(value),
      ),
      "inner-lists-are-holes": seam.copyOut(
        "A list in a list has its length and nothing else, which a comparison by every does not see.",
        ({ next }, value) => {
          const copy = next(value)
          if (!Array.isArray(copy)) return copy
          return copy.map((member) => (Array.isArray(member) ? new Array(member.length) : member))
        },
      ),
    },
    "10": {
      "dates-become-text": seam.copyIn(
        "A Date comes back as text, and its reader fails on the first method.",
        ({ next }, value) => (value instanceof Date ? String(JSON.parse(JSON.stringify(value))) : next(value)),
        "type-cacheable #638, node-cache-manager-ioredis-yet #327: Date came back as an ISO string",
      ),
      "maps-lose-entries": seam.copyOut(
        "A Map comes back empty.",
        ({ next }, value) => mapDeep(next(value), (member) => (member instanceof Map ? new Map() : member)),
        "cache-manager with Redis (cacheable #680): an object's Map came back without its entries",
      ),
      "maps-sorted": seam.copyOut(
        "A Map that was kept in an order comes back in another.",
        ({ next }, value) => {
          const copy = next(value)
          return copy instanceof Map ? new Map([...copy].sort(([left], [right]) => inOrder(left, right))) : copy
        },
        "PostgreSQL, jsonb: the order of an object's members is not kept",
      ),
      "sets-sorted": seam.copyOut(
        "A Set that was kept in an order comes back in another.",
        ({ next }, value) => {
          const copy = next(value)
          const sorted = copy instanceof Set && [...copy].every((member) => typeof member === "number")
          return sorted ? new Set([...copy].sort(inOrder)) : copy
        },
        "Redis: a set of integers is held in ascending order",
      ),
      "map-keys-become-text": seam.copyIn(
        "A Map cannot be asked by the keys that it had.",
        ({ next }, value) => {
          if (!(value instanceof Map)) return next(value)
          const named = [...value].map(
            ([key, member]) => [typeof key === "object" ? String(key) : key, member] as const,
          )
          return next(new Map(named))
        },
        "Object.fromEntries: the keys of a Map become names of members",
      ),
      "dates-in-lists-become-text": seam.copyOut("A Date in a list fails where it is used.", ({ next }, value) => {
        const copy = next(value)
        return Array.isArray(copy) ? copy.map((member) => (member instanceof Date ? member.toJSON() : member)) : copy
      }),
    },
    "11": {
      "view-takes-its-buffer": seam.copyIn(
        "A part of a buffer comes back as all of it, with the bytes of others.",
        ({ next }, value) => next(value instanceof Uint8Array ? new Uint8Array(value.buffer) : value),
        "fakeIndexedDB #89: the buffer under a Uint8Array was read without its offset and length",
      ),
      "bytes-through-text": seam.copyIn("Bytes that are not UTF-8 are replaced.", ({ next }, value) =>
        value instanceof Uint8Array ? new TextEncoder().encode(new TextDecoder().decode(value)) : next(value),
      ),
      "buffers-become-objects": seam.copyIn(
        "Bytes that were read from a file come back as an object with a list of numbers.",
        ({ next }, value) => {
          const { toJSON } = (value instanceof Uint8Array ? value : {}) as { toJSON?(): unknown }
          return toJSON === undefined ? next(value) : toJSON.call(value)
        },
        "Buffer.toJSON, which JSON.stringify calls: { type: 'Buffer', data: [...] }",
      ),
      "bytes-cut-at-64k": seam.copyIn(
        "The end of a picture is missing.",
        ({ next }, value) => next(value instanceof Uint8Array ? value.subarray(0, 65_535) : value),
        "MySQL without strict mode: what does not fit into the 65,535 bytes of a BLOB is cut off with a warning",
      ),
      "bytes-given-as-text": seam.copyOut("Bytes come back as text that somebody must decode.", ({ next }, value) =>
        value instanceof Uint8Array ? new TextDecoder().decode(value) : next(value),
      ),
    },
    "12": {
      "prototype-assigned": seam.copyOut(
        "A value from outside decides what its object inherits.",
        ({ next }, value) => {
          if (!isPlainObject(value)) return next(value)
          const copy: Record<string, unknown> = {}
          for (const [name, member] of Object.entries(value)) copy[name] = next(member)
          return copy
        },
        "node-serialize #10, cerialize #102: a member called __proto__ was assigned when reading, not defined",
      ),
      "constructor-member-refused": seam.checkValue(
        "Documents that describe classes or schemas cannot be cached.",
        ({ next, self }, value) => {
          next(value)
          const refused = isPlainObject(value) && Object.hasOwn(value, "constructor")
          self.refuseIf(refused ? "A cache value has no member called constructor." : undefined)
        },
        "superjson #279: an object with a member called constructor was refused",
      ),
    },
    "13": {
      "date-tag-decoded": seam.copyOut(
        "A stored database query with $date in it comes back as a Date.",
        ({ next }, value) =>
          mapDeep(next(value), (member) =>
            isPlainObject(member) && "$date" in member ? new Date(String(member["$date"])) : member,
          ),
      ),
      "buffer-json-decoded": seam.copyOut("An object that describes a buffer comes back as bytes.", ({ next }, value) =>
        mapDeep(next(value), (member) =>
          isPlainObject(member) && member["type"] === "Buffer" && Array.isArray(member["data"])
            ? Uint8Array.from(member["data"])
            : member,
        ),
      ),
      "escape-not-undone": seam.copyOut(
        "Members whose name begins with the codec's escape character come back under another name.",
        ({ next }, value) =>
          mapDeep(next(value), (member) =>
            isPlainObject(member)
              ? Object.fromEntries(Object.entries(member).map(([name, inner]) => [name.replace(/^:/, "::"), inner]))
              : member,
          ),
        "keyv #1565: a member called :name came back as ::name",
      ),
      "envelope-taken-for-its-own": seam.copyOut(
        "An object with a value and an expiry comes back as its value alone.",
        ({ next }, value) => {
          const copy = next(value)
          return Array.isArray(copy) ? copy.map(opened) : opened(copy)
        },
        "keyv: what is stored is { value, expires }",
      ),
      "date-tag-decoded-when-stored": seam.copyIn(
        "A database query is stored as one that asks for no date.",
        ({ next }, value) =>
          mapDeep(next(value), (member) =>
            isPlainObject(member) && "$date" in member ? new Date(String(member["$date"])) : member,
          ),
      ),
    },
    "15": {
      "seen-twice-is-circular": seam.checkValue(
        "A list of orders of one customer cannot be cached.",
        ({ next, self }, value) => {
          next(value)
          const seen = new Set<unknown>()
          JSON.stringify(value, (_, member: unknown) => {
            if (typeof member === "bigint") return String(member)
            if (typeof member !== "object" || member === null) return member
            self.refuseIf(seen.has(member) ? "The value is circular." : undefined)
            seen.add(member)
            return member
          })
        },
        "safe-stable-stringify, fast-safe-stringify: an object seen before is marked circular in some versions",
      ),
      "second-place-left-empty": seam.copyIn("An object that occurs twice comes back once.", ({ next }, value) =>
        secondPlaceEmpty(next(value)),
      ),
      "second-place-not-read": seam.copyOut("An object that occurs twice is read once.", ({ next }, value) =>
        secondPlaceEmpty(next(value)),
      ),
    },
    "16": {
      "no-prototype-refused": seam.checkValue("A parsed query string cannot be cached.", ({ next, self }, value) => {
        const bare = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null
        self.refuseIf(bare ? "An object without a prototype is no plain one." : undefined)
        next(value)
      }),
    },
  }
}
