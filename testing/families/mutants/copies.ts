import type { copyFamily } from "../../../contracts/foundation/families.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { seamsOf } from "../../engine/seams.ts"
import { copyPlain, isPlainObject } from "./plain.ts"
import { type FamilyIds, type FamilyTable, familyMutants, type RecordsClass } from "./table.ts"

/** What was made of stored values, by them. */
const decoded = new WeakMap<object, unknown>()

export function copyMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: FamilyIds<typeof copyFamily>,
): readonly Mutant<Class>[] {
  return familyMutants(Reference, ids, tableOf(Reference))
}

function tableOf(Reference: RecordsClass): FamilyTable<typeof copyFamily> {
  const seam = seamsOf(Reference)
  return {
    "01": {
      "set-keeps-reference": seam.copyIn(
        "A caller that goes on using its object changes what others read.",
        (_, value) => value,
        "@objectstack/service-cache 16.1, axios-cache-interceptor #580: values were not copied when they were set",
      ),
    },
    "02": {
      "get-gives-reference": seam.copyOut(
        "One request sees what another did to its result.",
        (_, value) => value,
        "cache-manager 3.1 (cacheable #137), @objectstack/service-cache 16.1: get gave the stored object itself",
      ),
      "get-copies-top-only": seam.copyOut("Nested members are shared between all readers.", ({ next }, value) =>
        isPlainObject(value) ? Object.fromEntries(Object.entries(value)) : next(value),
      ),
    },
    "03": {
      "only-objects-and-arrays-copied": seam.copyOut(
        "A Date, Map or Set in a result is the stored one.",
        (_, value) => copyPlain(value),
        "@objectstack/service-cache 16.1: Date and other instances are returned as they were stored",
      ),
      "date-kept-by-reference": seam.copyIn("A caller that moves its date moves the stored one.", ({ next }, value) =>
        value instanceof Date ? value : next(value),
      ),
      "view-kept-by-reference": seam.copyIn(
        "A buffer that is used again changes what was stored from it.",
        ({ next }, value) => {
          const view = value instanceof Uint8Array && value.byteLength < value.buffer.byteLength
          return view ? value : next(value)
        },
        "Uint8Array.subarray, Buffer.from(arrayBuffer): views share the memory of what they were made from",
      ),
      "map-copied-without-its-values": seam.copyOut(
        "The objects in a Map are shared between all readers.",
        ({ next }, value) => (value instanceof Map ? new Map(value) : next(value)),
        "new Map(map): keys and values are the same objects",
      ),
    },
    "04": {
      "decoded-once": seam.copyOut(
        "All who read a value share the object that was made for the first of them.",
        ({ next }, value) => {
          if (typeof value !== "object" || value === null) return next(value)
          if (!decoded.has(value)) decoded.set(value, next(value))
          return decoded.get(value)
        },
      ),
    },
    "05": {
      "copied-while-small": seam.copyOut(
        "A cache that has filled up lets every reader change what the others get.",
        ({ next, self }, value) => (self.store.entries.size > 100 ? value : next(value)),
      ),
      "kept-once-grown": seam.copyIn(
        "A caller that changes its object changes what a full store keeps.",
        ({ next, self }, value) => (self.store.entries.size > 100 ? value : next(value)),
      ),
    },
  }
}
