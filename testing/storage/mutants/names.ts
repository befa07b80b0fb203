import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** STORAGE-KEY-01 to 13: keys as names. Those of paths are in `keys.ts`. */
export const namesMutants = mutants({
  "STORAGE-KEY-01": {
    "keys-lower-cased": seam.encodeKey(
      "Two files of one name in other letters are one.",
      (_, key) => key.toLowerCase(),
      "file systems of macOS and Windows",
    ),
    "case-of-other-alphabets-folded": seam.encodeKey("Titles that differ in one letter are one file.", (_, key) =>
      key.replaceAll(/[^\0-\x7f]/g, (letter) => letter.toLowerCase()),
    ),
  },
  "STORAGE-KEY-02": {
    "keys-trimmed": seam.encodeKey("A file with a blank at its end replaces the one without.", (_, key) => key.trim()),
    "blanks-in-a-row-are-one": seam.encodeKey("Two titles are one file.", (_, key) => key.replaceAll(/ +/g, " ")),
  },
  "STORAGE-KEY-03": {
    "keys-normalised": seam.encodeKey(
      "A file that macOS names is found under another name alone.",
      (_, key) => key.normalize("NFC"),
      "HFS+ of macOS: names are stored in a decomposed form",
    ),
    "keys-in-latin-1": seam.encodeKey("All files of one length in a foreign script are one.", (_, key) =>
      key.replaceAll(/[^\0-\xff]/gu, "?"),
    ),
  },
  "STORAGE-KEY-04": {
    "question-mark-ends-a-key": seam.encodeKey(
      "Files whose names differ behind a question mark are one.",
      (_, key) => key.split("?", 1)[0] || "?",
      "versitygw 1.8.0: what stands behind ? in a source of a copy is taken for its query",
    ),
    "plus-is-a-hyphen": seam.encodeKey("Two files are one, since a sign of URLs is replaced.", (_, key) =>
      key.replaceAll("+", "-"),
    ),
    "backslash-is-a-slash": seam.encodeKey("Files from Windows replace others.", (_, key) => key.replaceAll("\\", "/")),
    "colons-become-hyphens": seam.encodeKey("Files of two times are one.", (_, key) => key.replaceAll(":", "-")),
  },
  "STORAGE-KEY-05": {
    "star-stands-for-any-in-delete": seam.remove(
      "The delete of one file takes others along.",
      ({ next, self }, bucket, key) => {
        const [start = "", ...rest] = key.split("*")
        const others = [...self.bucketOf(bucket).objects.values()].filter((object) => object.key.startsWith(start))
        if (rest.length > 0) for (const other of others) next(bucket, other.key)
        next(bucket, key)
      },
      "fast-glob and rimraf: a name with a star is a pattern",
    ),
    "percent-stands-for-any": seam.encodeKey("A file with a percent sign replaces another.", ({ self }, key) => {
      const [start = "", ...rest] = key.split("%")
      const stored = [...self.store.buckets.values()].flatMap(({ objects }) => [...objects.keys()])
      return (rest.length > 0 && stored.find((other) => start !== "" && other.startsWith(start))) || key
    }),
  },
  "STORAGE-KEY-06": {
    "keys-percent-decoded": seam.encodeKey(
      "a%20b and a b are one file.",
      (_, key) => {
        try {
          return decodeURIComponent(key)
        } catch {
          return key
        }
      },
      "flystorage 1.2: a list breaks on names with %2F",
    ),
  },
  "STORAGE-KEY-07": {
    "names-of-members-refused": seam.keyIssue("A file that is called constructor cannot be stored.", ({ next }, key) =>
      typeof key === "string" && key in {} ? "A key must not be the name of a member." : next(key),
    ),
    "objects-in-an-object": seam.find("A file that nobody stored is there.", ({ next }, bucket, key) =>
      key === "__proto__" ? undefined : next(bucket, key),
    ),
  },
  "STORAGE-KEY-08": {
    "keys-cut-at-255": seam.encodeKey(
      "Long keys that differ at their end are one file.",
      (_, key) => key.slice(0, 255),
      "names in file systems end at 255 bytes",
    ),
    "middle-of-long-keys-left-out": seam.encodeKey("Long keys that begin and end alike are one file.", (_, key) =>
      key.length > 300 ? `${key.slice(0, 120)}${key.length}${key.slice(-120)}` : key,
    ),
  },
  "STORAGE-KEY-09": {
    "key-limit-counts-characters": seam.keyIssue("A key that is taken here is refused by S3.", ({ next }, key) =>
      next(typeof key === "string" && key.length <= 1024 ? key.replaceAll(/[^\0-\x7f\ud800-\udfff]/g, "x") : key),
    ),
    "long-keys-cut": changed(ReferenceStorage, "Keys over the limit are one file, in silence.", {
      keyIssue: ({ next }, key) => next(typeof key === "string" ? key.slice(0, 1024) : key),
      encodeKey: (_, key) => key.slice(0, 1024),
    }),
  },
  "STORAGE-KEY-10": {
    "empty-key-accepted": seam.keyIssue("All callers with a missing variable share one file.", ({ next }, key) =>
      key === "" ? undefined : next(key),
    ),
  },
  "STORAGE-KEY-11": {
    "keys-turned-to-text": changed(ReferenceStorage, "undefined and null become files that all callers share.", {
      keyIssue: ({ next }, key) => next(String(key)),
      encodeKey: (_, key) => String(key),
    }),
    "numbers-are-keys": changed(ReferenceStorage, "What was stored under 1 is not there under the text 1.", {
      keyIssue: ({ next }, key) => (typeof key === "number" ? undefined : next(key)),
      encodeKey: (_, key) => (typeof key === "number" ? `number ${key}` : key),
    }),
  },
  "STORAGE-KEY-12": {
    "lone-surrogates-in-keys-replaced": changed(ReferenceStorage, "Different broken keys become one file.", {
      keyIssue: ({ next }, key) => next(typeof key === "string" ? key.toWellFormed() : key),
      encodeKey: (_, key) => key.toWellFormed(),
    }),
  },
  "STORAGE-KEY-13": {
    "namespace-forgotten": seam.prefix("The staging system reads and deletes files of production.", () => ""),
    "delete-reaches-next-door": seam.remove(
      "A delete takes the file of another environment.",
      ({ next, self }, bucket, key) => {
        next(bucket, key)
        for (const [name, { objects }] of self.store.buckets) {
          if (name.endsWith(`:${bucket}`)) objects.delete(self.encodeKey(key))
        }
      },
    ),
  },
})
