import type { dataFamily } from "../../../contracts/foundation/families.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { changed, seamsOf } from "../../engine/seams.ts"
import { structureTable } from "./data-structures.ts"
import { asPlain, isPlainObject, jsonForm, mapMembers, withoutCircles, withoutFunctions } from "./plain.ts"
import { type FamilyIds, type FamilyTable, familyMutants, type RecordsClass } from "./table.ts"

export function dataMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: FamilyIds<typeof dataFamily>,
): readonly Mutant<Class>[] {
  return familyMutants(Reference, ids, tableOf(Reference), structureTable(Reference))
}

function tableOf(Reference: RecordsClass): FamilyTable<typeof dataFamily> {
  const seam = seamsOf(Reference)
  return {
    "01": {
      "falsy-records-are-absent": seam.find("Negative answers are asked for again each time.", ({ next }, key) => {
        const record = next(key)
        return record?.value ? record : undefined
      }),
      "falsy-stored-as-null": seam.copyIn("A zero comes back as null.", ({ next }, value) => next(value || null)),
    },
    "02": {
      "undefined-stored": seam.checkValue(
        "has says yes and get says undefined.",
        ({ next }, value) => {
          if (value !== undefined) next(value)
        },
        "@objectstack/service-cache 16.1, keyv 6: after set of undefined has is true and get gives undefined",
      ),
      "undefined-members-dropped": seam.checkValue(
        "An object comes back with fewer members than it had.",
        ({ next }, value) => {
          next(
            isPlainObject(value)
              ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
              : value,
          )
        },
      ),
    },
    "03": {
      "functions-stored": changed(
        Reference,
        "What works in memory fails in the first store with an encoding.",
        {
          checkValue({ next }, value) {
            if (typeof value !== "function") next(value)
          },
          copyIn({ next }, value) {
            return typeof value === "function" ? value : next(value)
          },
        },
        "@objectstack/service-cache 16.1: functions are stored and returned as they are",
      ),
      "functions-in-maps-dropped": changed(Reference, "A Map comes back with fewer entries than it had.", {
        checkValue({ next }, value) {
          next(withoutFunctions(value))
        },
        copyIn({ next }, value) {
          return next(withoutFunctions(value))
        },
      }),
    },
    "04": {
      "to-json-called": changed(
        Reference,
        "An instance comes back as the text that its toJSON made.",
        {
          checkValue({ next }, value) {
            next(jsonForm(value))
          },
          copyIn({ next }, value) {
            return next(jsonForm(value))
          },
        },
        "unstorage: a value of a class with toJSON is stored as what toJSON gives",
      ),
      "subclass-of-map-accepted": seam.checkValue(
        "An instance comes back without its methods.",
        ({ next }, value) => {
          next(value instanceof Map ? new Map(value) : value)
        },
        "structuredClone: an instance of a subclass of Map becomes a Map",
      ),
      "instances-in-sets-accepted": seam.checkValue(
        "Members of a Set come back without their methods.",
        ({ next }, value) => {
          const plain = value instanceof Set && Object.getPrototypeOf(value) === Set.prototype
          next(plain ? new Set([...value].map(asPlain)) : value)
        },
      ),
    },
    "05": {
      "circles-stored": seam.checkValue(
        "What works in memory makes the encoder of another store fail.",
        ({ next }, value) => {
          next(withoutCircles(value, []))
        },
        "@objectstack/service-cache 16.1: circular values are stored and returned as they are",
      ),
      "map-may-hold-itself": seam.checkValue(
        "What works in memory makes the encoder of another store fail.",
        ({ next }, value) => {
          const circular = value instanceof Map && [...value.values()].includes(value)
          if (!circular) next(value)
        },
      ),
    },
    "06": {
      "numbers-through-json": seam.copyIn(
        "NaN and the infinities come back as null, and -0 as 0.",
        ({ next }, value) => (typeof value === "number" ? JSON.parse(JSON.stringify(value)) : next(value)),
      ),
      "numbers-in-maps-through-json": seam.copyOut("An infinity in a Map comes back as null.", ({ next }, value) =>
        mapMembers(next(value), (member) => (member === Number.NEGATIVE_INFINITY ? null : member)),
      ),
    },
    "07": {
      "text-loses-byte-order-mark": seam.copyOut(
        "A decoder takes the first character of a text for a mark and drops it.",
        ({ next }, value) => (typeof value === "string" ? value.replace(/^\ufeff/, "") : next(value)),
      ),
      "text-cut": seam.copyIn("Long texts lose their end in silence.", ({ next }, value) =>
        typeof value === "string" ? value.slice(0, 65_535) : next(value),
      ),
      "backslash-n-becomes-a-line-end": seam.copyOut("Paths and patterns come back changed.", ({ next }, value) =>
        typeof value === "string" ? value.replaceAll("\\n", "\n") : next(value),
      ),
    },
    "08": {
      "text-parsed-as-json": seam.copyOut(
        "The text null comes back as null.",
        ({ next }, value) => {
          if (typeof value !== "string") return next(value)
          try {
            return JSON.parse(value)
          } catch {
            return value
          }
        },
        "unstorage #268: the stored text null comes back as null, since every text is parsed",
      ),
      "digits-become-numbers": seam.copyOut(
        "Postcodes and ids lose their leading zeros, or their type.",
        ({ next }, value) => (typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : next(value)),
        "unstorage #28: a text of digits comes back as a number",
      ),
      "fractions-become-numbers": seam.copyOut(
        "A version or a price that was text comes back as a number.",
        ({ next }, value) => (typeof value === "string" && /^\d+\.\d+$/.test(value) ? Number(value) : next(value)),
      ),
      "base64-marker-decoded": seam.copyOut(
        "Text of a user comes back as bytes.",
        ({ next }, value) => {
          const marked = typeof value === "string" && value.startsWith(":base64:")
          return marked ? Uint8Array.from(atob(value.slice(8)), (char) => char.charCodeAt(0)) : next(value)
        },
        "json-buffer, which keyv uses: a string that begins with :base64: stands for a Buffer",
      ),
      "digits-stored-as-numbers": seam.copyIn(
        "Postcodes lose their leading zeros when they are stored.",
        ({ next }, value) => (typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : next(value)),
      ),
    },
    "14": {
      "size-not-checked": seam.checkSize("One huge value pushes everything else out of memory.", () => {}),
      "value-limit-counts-characters": seam.checkSize(
        "A text of three times the limit is stored, or fails half-way.",
        ({ next, self }, value) => {
          if (typeof value !== "string" || value.length > self.capabilities.maxValueBytes) next(value)
        },
      ),
    },
    "17": {
      "map-keys-unchecked": changed(Reference, "A Map comes back without the keys that have no encoding.", {
        checkValue({ next }, value) {
          next(value instanceof Map ? [...value.values()] : value)
        },
        copyIn({ next }, value) {
          return value instanceof Map ? new Map(value) : next(value)
        },
      }),
    },
  }
}
