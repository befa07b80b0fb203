import type { nameFamily } from "../../../contracts/foundation/families.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { changed, seamsOf } from "../../engine/seams.ts"
import { type FamilyIds, type FamilyTable, familyMutants, type RecordsClass } from "./table.ts"

export function nameMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: FamilyIds<typeof nameFamily>,
): readonly Mutant<Class>[] {
  return familyMutants(Reference, ids, tableOf(Reference))
}

function tableOf(Reference: RecordsClass): FamilyTable<typeof nameFamily> {
  const seam = seamsOf(Reference)
  return {
    "01": {
      "keys-lower-cased": seam.encodeKey("Two base64 ids share one entry.", (_, key) => key.toLowerCase()),
      "case-of-other-alphabets-folded": seam.encodeKey(
        "Two names that differ in the case of one letter share an entry.",
        (_, key) => key.replaceAll(/[^\0-\x7f]/g, (letter) => letter.toLowerCase()),
        "MySQL, utf8mb4_general_ci and its kind: É and é are one key",
      ),
    },
    "02": {
      "keys-trimmed": seam.encodeKey("A key with white space at its end answers for the one without.", (_, key) =>
        key.trim(),
      ),
    },
    "03": {
      "keys-normalised": seam.encodeKey(
        "Two names that a file system or a database tells apart share one entry.",
        (_, key) => key.normalize("NFC"),
      ),
      "keys-cut-to-latin": seam.encodeKey("All keys of one length in a foreign script share one entry.", (_, key) =>
        key.replaceAll(/[^\0-\u00ff]/gu, "?"),
      ),
      "invisible-characters-dropped": seam.encodeKey(
        "Two emoji that only a joiner tells apart are one key.",
        (_, key) => key.replaceAll(/[\u200d\ufe0f]/g, ""),
      ),
    },
    "04": {
      "separators-unified": seam.encodeKey(
        "base64 keys and paths are read under keys that were never set.",
        (_, key) => key.replaceAll("/", ":"),
        "unstorage #568: a slash in a key is taken for a colon, so a/b and a:b are one key",
      ),
      "keys-end-at-nul": seam.encodeKey(
        "Keys that go on after a NUL share one entry.",
        (_, key) => key.split("\0", 1)[0] ?? "",
      ),
      "keys-end-at-question-mark": seam.encodeKey(
        "URLs that differ only in their query share one entry.",
        (_, key) => key.split("?", 1)[0] ?? "",
        "curie #851: a key went into a URL unescaped, so what followed # or ? was lost and keys collided",
      ),
      "quotes-undoubled": seam.encodeKey("Two names that differ by a quote share an entry.", (_, key) =>
        key.replaceAll("''", "'"),
      ),
      "three-fields-and-no-more": seam.encodeKey("Keys that differ only after their third colon are one.", (_, key) =>
        key.split(":", 3).join(":"),
      ),
    },
    "05": {
      "underscore-stands-for-any": seam.remove(
        "The delete of one key takes others along.",
        ({ next, self }, key) => {
          const parts = key.split("_").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
          const pattern = new RegExp(`^${parts.join(".")}$`, "s")
          const removed = next(key)
          for (const other of self.liveKeys()) if (pattern.test(other)) next(other)
          return removed
        },
        "SQL, LIKE: an underscore in the pattern stands for any character",
      ),
      "star-stands-for-any": seam.storedKey(
        "A key of user input with a star reads and overwrites another one.",
        ({ next, self }, key) => {
          const [start = "", ...rest] = next(key).split("*")
          const meant = rest.length === 0 ? undefined : self.storedKeys().find((stored) => stored.startsWith(start))
          return meant ?? next(key)
        },
      ),
    },
    "06": {
      "keys-percent-decoded": seam.encodeKey(
        "Two URLs that differ only in encoding share one entry.",
        (_, key) => {
          try {
            return decodeURIComponent(key)
          } catch {
            return key
          }
        },
        "openinary #115: a key with %20 was looked up with a space",
      ),
    },
    "07": {
      "names-of-members-refused": seam.checkKey(
        "A user who is called constructor has no session.",
        ({ next, self }, key) => {
          self.refuseIf(String(key) in {} ? "A key must not be the name of a member that every object has." : undefined)
          next(key)
        },
      ),
    },
    "08": {
      "keys-cut-at-250": seam.encodeKey("Long keys that differ only at their end share one entry.", (_, key) =>
        key.slice(0, 250),
      ),
      "prefix-eats-key-limit": seam.storedKey(
        "The end of a long key is cut to make room for the cache's own prefix.",
        ({ next, self }, key) => next(key).slice(0, self.capabilities.maxKeyBytes),
      ),
      "middle-of-long-keys-left-out": seam.encodeKey("Long keys that begin and end alike share an entry.", (_, key) =>
        key.length > 200 ? `${key.slice(0, 100)}${key.length}${key.slice(-100)}` : key,
      ),
    },
    "09": {
      "limit-counts-characters": seam.checkKey(
        "A key that this cache takes is refused by the next one.",
        ({ next, self }, key) => {
          const fits = typeof key === "string" && key.length <= self.capabilities.maxKeyBytes
          next(fits ? key.replaceAll(/[^\0-\x7f\ud800-\udfff]/g, "?") : key)
        },
      ),
      "long-keys-cut": seam.checkKey("Keys beyond the limit share one entry in silence.", ({ next, self }, key) => {
        next(typeof key === "string" ? key.slice(0, self.capabilities.maxKeyBytes) : key)
      }),
    },
    "10": {
      "empty-key-accepted": seam.checkKey(
        "All callers with a missing variable share one entry.",
        ({ next }, key) => {
          if (key !== "") next(key)
        },
        "@objectstack/service-cache 16.1: the empty key works like any other",
      ),
      "empty-key-unsupported": seam.checkKey(
        "A caller takes a missing variable for a method that this store lacks.",
        ({ next, self }, key) => {
          if (key === "") self.refuse("UNSUPPORTED", "A key must not be empty.")
          next(key)
        },
      ),
    },
    "11": {
      "numbers-are-keys": changed(
        Reference,
        "A value under the number 1 is not found under the text 1.",
        {
          checkKey({ next }, key) {
            if (typeof key !== "number") next(key)
          },
          encodeKey(_, key) {
            return typeof key === "number" ? `number ${key}` : key
          },
        },
        "@objectstack/service-cache 16.1: the number 1 is taken as a key, apart from the text 1",
      ),
      "keys-turned-to-text": changed(Reference, "undefined and null become keys that all callers share.", {
        checkKey({ next }, key) {
          next(String(key))
        },
        encodeKey(_, key) {
          return String(key)
        },
      }),
      "big-integers-are-keys": seam.checkKey("The id 1n and the id 1 are one key.", ({ next }, key) => {
        if (typeof key !== "bigint") next(key)
      }),
    },
    "12": {
      "lone-surrogates-replaced": changed(Reference, "Different broken keys become one.", {
        checkKey({ next }, key) {
          next(typeof key === "string" ? key.toWellFormed() : key)
        },
        encodeKey(_, key) {
          return key.toWellFormed()
        },
      }),
    },
    "13": {
      "delete-next-door-too": seam.remove(
        "One application's delete takes the entry of another.",
        ({ next, self }, key) => {
          const others = [...self.store.entries.keys()].filter((stored) => !stored.startsWith(self.prefix()))
          for (const stored of others) if (stored.endsWith(`:${key}`)) self.store.entries.delete(stored)
          return next(key)
        },
      ),
      "keys-found-next-door": seam.storedKey(
        "One application reads and overwrites what another one keeps under the same key.",
        ({ next, self }, key) => {
          const others = [...self.store.entries.keys()].filter((stored) => !stored.startsWith(self.prefix()))
          return others.find((stored) => stored.endsWith(`:${key}`)) ?? next(key)
        },
      ),
    },
  }
}
