import type { Mutant } from "../../engine/mutant.ts"
import { onlyIn } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { storageKeyProbes } from "../probes.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

const isText = (key: unknown): key is string => typeof key === "string"

const dotsAccepted = seam.keyIssue("An object cannot be served by any URL.", ({ next }, key) =>
  next(isText(key) ? key.replaceAll(/(^|\/)\.\.?(?=\/|$)/g, "$1x") : key),
)
const controlsAccepted = seam.keyIssue("A list in XML cannot be read.", ({ next }, key) =>
  next(isText(key) ? key.replaceAll(/\p{Cc}/gu, "x") : key),
)

const trimmed = seam.encodeKey("A key with white space at its end means the object without.", (_, key) => key.trim())
const emptyAccepted = seam.keyIssue("All callers with a missing variable share one object.", ({ next }, key) =>
  key === "" ? undefined : next(key),
)

function percentDecoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const table = mutants({
  "STORAGE-KEY-06": {
    "copies-from-decoded-keys": seam.copy(
      "The copy of a file with a percent sign in its name is of another one, or fails.",
      async ({ next }, from, to, options) => {
        const key = typeof from?.key === "string" ? percentDecoded(from.key) : from?.key
        return next({ ...from, key }, to, options)
      },
      "s3p #53: CopySource was sent as it was, so that keys with % and + were not found",
    ),
  },
  "STORAGE-KEY-05": {
    "brackets-stand-for-one-letter": seam.encodeKey(
      "A file with brackets in its name is read as another one.",
      ({ self }, key) => {
        const others = self.ownBuckets().flatMap(({ objects }) => [...objects.keys()])
        const pattern = /\[([a-z])\1?[a-z-]*\]/.exec(key)?.[1]
        const meant = pattern && key.replace(/\[.*\]/, pattern)
        return meant !== undefined && others.includes(meant) ? meant : key
      },
    ),
  },
  "STORAGE-KEY-04": {
    "entities-of-lists-decoded": seam.listedOf("A key of a list leads to no object.", ({ next }, bucket, object) => ({
      ...next(bucket, object),
      key: object.key.replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
    })),
  },
  "STORAGE-KEY-15": {
    "tabs-and-line-ends-accepted": seam.keyIssue("A line of a log is two.", ({ next }, key) =>
      next(isText(key) ? key.replaceAll(/[\t\n\r]/g, "x") : key),
    ),
    "escape-accepted": seam.keyIssue("A list on a terminal does what a key says.", ({ next }, key) =>
      next(isText(key) ? key.replaceAll("\u001b", "x") : key),
    ),
  },
  "STORAGE-KEY-16": {
    "deletes-of-folders-take-all": seam.remove(
      "The delete of one object takes all that are under it along.",
      ({ next, self }, bucket, key) => {
        const keys = [...self.bucketOf(bucket).objects.keys()]
        if (key.endsWith("/")) for (const other of keys) if (other.startsWith(key)) next(bucket, other)
        next(bucket, key)
      },
      "node:fs, rm with recursive",
    ),
    "file-beside-folder-refused": seam.commit(
      "A file cannot be stored because another key goes on behind its name.",
      ({ next, self }, bucket, key, ...args) => {
        const keys = [...self.bucketOf(bucket).objects.keys()]
        const isBeside = keys.some((other) => other.startsWith(`${key}/`) || key.startsWith(`${other}/`))
        if (isBeside) self.refuse("INVALID_ARGUMENT", "A folder stands here.")
        return next(bucket, key, ...args)
      },
      "versitygw 1.8.0: 409 ObjectParentIsFile, ExistingObjectIsDirectory",
    ),
    "backslashes-are-slashes": seam.encodeKey(
      "Two keys have one object.",
      (_, key) => key.replaceAll("\\", "/"),
      "node:path on Windows: a backslash parts segments",
    ),
    "objects-that-end-with-a-slash-not-listed": seam.rowsOf(
      "A folder that somebody made is in no list.",
      ({ next }, held, options) =>
        next(held, options).filter(({ object }) => object === undefined || !object.key.endsWith("/")),
    ),
  },
  "STORAGE-KEY-17": {
    "deep-keys-cut": seam.encodeKey("Files of deep folders run into each other.", (_, key) =>
      key.split("/").slice(0, 99).join("/"),
    ),
    "segments-counted-in-characters": seam.encodeKey("Long titles in other letters share one object.", (_, key) =>
      key.replaceAll(/[^/]{140,}/g, (segment) => (/[^\0-\x7f]/.test(segment) ? segment.slice(0, 128) : segment)),
    ),
  },
})

/** The methods that take a key. */
const METHODS = ["put", "get", "head", "delete", "deleteMany", "copy", "createUpload", "presign"]

/** The proof that keys are looked at in each method. */
const ofPaths: Mutant<typeof ReferenceStorage>[] = METHODS.flatMap((method) => [
  { ...onlyIn(ReferenceStorage, method, dotsAccepted), id: `dots-accepted-in-${method}`, breaks: "STORAGE-KEY-14" },
  {
    ...onlyIn(ReferenceStorage, method, controlsAccepted),
    id: `controls-accepted-in-${method}`,
    breaks: "STORAGE-KEY-15",
  },
])

const { finds = {}, lists = {}, reads, removes, stores } = storageKeyProbes
const methods = [...new Set([stores, reads, finds, removes].flatMap((role) => Object.keys(role)))]

/** Where a method of the reference comes to the object of a key, if not in itself. */
const ACTS_IN: Readonly<Record<string, string>> = { createUpload: "complete" }

/** The proof that keys are looked at in each method. */
const ofOneMethod: Mutant<typeof ReferenceStorage>[] = methods.flatMap((method) => [
  {
    ...onlyIn(ReferenceStorage, ACTS_IN[method] ?? method, trimmed),
    id: `keys-trimmed-in-${method}`,
    breaks: "STORAGE-KEY-02",
  },
  {
    ...onlyIn(ReferenceStorage, method, emptyAccepted),
    id: `empty-key-accepted-in-${method}`,
    breaks: "STORAGE-KEY-10",
  },
])

/** Keys that a list gives in another form. */
const ofLists: Mutant<typeof ReferenceStorage>[] = Object.keys(lists).map((method) => ({
  ...seam.listedOf("A key of a list leads to no object.", ({ next }, bucket, object) => ({
    ...next(bucket, object),
    key: object.key.trim(),
  })),
  id: `keys-trimmed-in-${method}`,
  breaks: "STORAGE-KEY-02",
}))

/** The proof that keys are looked at in each method. */
export const keysByMethodMutants: readonly Mutant<typeof ReferenceStorage>[] = [
  ...table,
  ...ofPaths,
  ...ofOneMethod,
  ...ofLists,
]
