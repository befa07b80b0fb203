import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import { crc32 } from "../reference/sums.ts"
import { referenceThatDeclares } from "../reference/without.ts"

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
const hashOf = (bytes: Uint8Array) => hex(new TextEncoder().encode(crc32(bytes)))

/** The first ETag of each key, by the store. */
const firstEtags = new WeakMap<object, Map<string, string>>()

/** Options whose conditions are changed, where they are text. */
function withEtags(options: unknown, change: (etag: string) => string | undefined): unknown {
  if (typeof options !== "object" || options === null) return options
  const { ifMatch, ifNoneMatch, ...rest } = options as { ifMatch?: unknown; ifNoneMatch?: unknown }
  const changedOf = (value: unknown) => (typeof value === "string" && value !== "*" ? change(value) : value)
  return { ...rest, ifMatch: changedOf(ifMatch), ifNoneMatch: changedOf(ifNoneMatch) }
}

/** ETags that guard less than they should, and conditions that are read in another way. */
export const etagsMutants = mutants({
  "STORAGE-ETAG-01": {
    "etag-of-the-beginning": seam.newEtag(
      "A change behind the first kilobytes of a file is never seen.",
      (_, bytes) => `h${hashOf(bytes.subarray(0, 65_536))}`,
    ),
    "etag-of-the-second": seam.newEtag(
      "Of two changes within a second the later is never seen.",
      ({ self }, bytes) => `t${Math.floor(self.clock.now() / 1000)}-${bytes.length}`,
      "nginx: the ETag of a file is its time in seconds and its size",
    ),
    "uploads-tell-the-etag-of-their-last-part": seam.complete(
      "A condition with the ETag that an upload told never holds.",
      async ({ next, self }, ref) => {
        const parts = [...(self.findUpload(ref)?.parts.values() ?? [])]
        const info = await next(ref)
        return { ...info, etag: parts.at(-1)?.etag ?? info.etag }
      },
    ),
    "empty-objects-have-no-etag": seam.newEtag("An empty file has no ETag to go by.", ({ next }, bytes) =>
      bytes.length === 0 ? "" : next(bytes),
    ),
  },
  "STORAGE-ETAG-02": {
    "versions-counted-for-each-key": seam.newObject(
      "An object that was deleted and made anew has its old ETag.",
      ({ next, self }, key, ...args) => {
        const object = next(key, ...args)
        const old = self.ownBuckets().flatMap(({ objects }) => objects.get(key) ?? [])[0]
        return { ...object, etag: `n${Number(old?.etag.slice(1) ?? 0) + 1}` }
      },
    ),
    "version-declared-as-content": subclass(
      "A copy of a file elsewhere cannot be told by its ETag, as was declared.",
      referenceThatDeclares({ etag: "content" }),
    ),
    "hash-with-the-metadata": changed(
      referenceThatDeclares({ etag: "content" }),
      "The same bytes have several ETags, against what was declared.",
      {
        newObject({ next }, key, bytes, options, checksums) {
          const object = next(key, bytes, options, checksums)
          return { ...object, etag: `h${hashOf(bytes)}${Object.keys(options.metadata ?? {}).length}` }
        },
      },
    ),
    "etags-of-files-by-their-place": seam.newObject(
      "A file that was written over twice has the ETag from before.",
      ({ next, self }, key, ...args) => {
        const object = next(key, ...args)
        const old = self.ownBuckets().flatMap(({ objects }) => objects.get(key) ?? [])[0]
        return { ...object, etag: old?.etag === "i1" ? "i2" : "i1" }
      },
      "ext4: a file that is written over by rename has one of two inodes, in turn",
    ),
  },
  "STORAGE-COND-01": {
    "empty-objects-never-match": seam.checkReadConditions(
      "An empty file is always taken for changed.",
      ({ next }, object, conditions) => next(object.bytes.length === 0 ? { ...object, etag: "" } : object, conditions),
    ),
    "compared-with-the-first-version": changed(
      ReferenceStorage,
      "A file that was changed once can be got by its old ETag alone.",
      {
        newObject({ next, self }, key, ...args) {
          const object = next(key, ...args)
          const first = firstEtags.get(self.store) ?? new Map<string, string>()
          firstEtags.set(self.store, first)
          if (!first.has(key)) first.set(key, object.etag)
          return object
        },
        checkReadConditions({ next, self }, object, conditions) {
          next({ ...object, etag: firstEtags.get(self.store)?.get(object.key) ?? object.etag }, conditions)
        },
      },
    ),
  },
  "STORAGE-COND-02": {
    "beginnings-of-etags-match": seam.checkReadConditions(
      "A version is taken for another one.",
      ({ next }, object, conditions) => {
        const { ifMatch } = conditions
        const isLike = ifMatch !== undefined && (ifMatch.startsWith(object.etag) || object.etag.startsWith(ifMatch))
        next(object, isLike ? { ...conditions, ifMatch: object.etag } : conditions)
      },
    ),
  },
  "STORAGE-COND-03": {
    "not-modified-is-empty": seam.get(
      "A cache replaces what it has by nothing.",
      async ({ next, self }, bucket, key, options) => {
        const object = self.closed ? undefined : self.find(String(bucket), String(key))
        if (options?.ifNoneMatch === undefined || object?.etag !== options.ifNoneMatch)
          return next(bucket, key, options)
        return self.handleOf({ ...self.opened(bucket, object, {}), bytes: new Uint8Array(0) })
      },
    ),
  },
  "STORAGE-COND-05": {
    "quotes-taken-off": seam.getOptionsIssue(
      "Code that keeps the quotes of a server works here alone.",
      ({ next }, options) => next(withEtags(options, (etag) => etag.replaceAll('"', "") || "x")),
    ),
    "lists-accepted": seam.getOptionsIssue(
      "A list of ETags is compared as one, and never holds.",
      ({ next }, options) => next(withEtags(options, (etag) => etag.split(",")[0]?.trim() || "")),
    ),
    "conditions-of-copies-not-checked": seam.checkCopy(
      "A copy writes over what its condition should have kept.",
      ({ next }, from, to, options) =>
        next(
          from,
          to,
          withEtags(options, () => undefined),
        ),
    ),
  },
})
