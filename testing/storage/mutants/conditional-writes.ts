import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PutOptions } from "../../../contracts/storage/storage.ts"
import { changed, type SeamCall } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** Keys that were deleted, by the store. */
const deleted = new WeakMap<object, Set<string>>()

/** Without a word of what nobody knows. */
const withoutOutcome = ({ self }: SeamCall<ReferenceStorage, "unknownOutcome">, { code, message }: ServiceError) =>
  new ServiceError(code, message, { service: self.service })

/** Conditions that some ways to put, or some answers, do not keep. */
export const conditionalWritesMutants = mutants({
  "STORAGE-CREATE-01": {
    "names-that-begin-alike-are-taken": seam.commit(
      "A name is refused because a longer one is there.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const keys = [...self.bucketOf(bucket).objects.keys()]
        const isLike = keys.some((other) => other !== key && other.startsWith(key))
        if (isLike && options.ifNoneMatch) self.refuseFor("PRECONDITION_FAILED", "exists", "An object stands here.")
        return next(bucket, key, bytes, options, checksums)
      },
    ),
    "streams-cannot-create": seam.readPieces(
      "A large file can never be created under a free name.",
      ({ next, self }, reader, taken, options) => {
        const { ifNoneMatch } = options as PutOptions
        if (ifNoneMatch !== undefined) self.refuse("UNSUPPORTED", "A stream takes no condition.")
        return next(reader, taken, options)
      },
    ),
  },
  "STORAGE-CREATE-02": {
    "same-bytes-may-be-created-again": seam.commit(
      "Two workers that write the same both hold the lock.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const old = self.find(bucket, key)
        const isSame = old !== undefined && self.decodeText(old.bytes) === self.decodeText(bytes)
        return next(bucket, key, bytes, isSame ? { ...options, ifNoneMatch: undefined } : options, checksums)
      },
    ),
    "taken-told-as-already-exists": seam.refuseFor(
      "A caller that decides by code takes it for a failure.",
      ({ next, self }, code, reason, message, more) => {
        if (reason === "exists") self.refuse("ALREADY_EXISTS", message)
        return next(code, reason, message, more)
      },
      "node:fs, flag wx: EEXIST",
    ),
    "streams-write-over": seam.readPieces(
      "Small files are kept and large ones are lost.",
      ({ next }, reader, taken, options) => {
        delete (options as PutOptions).ifNoneMatch
        return next(reader, taken, options)
      },
      "floci #566: conditions of an upload in parts were not looked at",
    ),
  },
  "STORAGE-CREATE-03": {
    "all-but-the-first-are-outages": seam.refuseFor(
      "Nineteen workers log that the store is away.",
      ({ next, self }, code, reason, message, more) => {
        if (reason === "exists") self.refuse("UNAVAILABLE", "409 ConditionalRequestConflict")
        return next(code, reason, message, more)
      },
      "Amazon S3: of simultaneous conditional writes some are answered 409 ConditionalRequestConflict",
    ),
  },
  "STORAGE-CREATE-04": {
    "outcome-not-told": seam.unknownOutcome("A worker cannot know whether it holds the lock.", withoutOutcome),
  },
  "STORAGE-MATCH-01": {
    "matching-puts-lose-metadata": seam.newObject(
      "An update loses what is said of the object.",
      ({ next, self }, key, bytes, options, checksums) => {
        const object = next(key, bytes, options, checksums)
        return options.ifMatch === undefined ? object : { ...object, metadata: self.metadataOf({}) }
      },
    ),
    "matching-puts-add-to-the-object": seam.commit(
      "An update is appended to what it should replace.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const old = options.ifMatch === undefined ? undefined : self.find(bucket, key)
        return next(bucket, key, old ? self.join([old.bytes, bytes]) : bytes, options, checksums)
      },
    ),
  },
  "STORAGE-MATCH-02": {
    "ifMatch-means-that-it-exists": seam.checkConditions(
      "The change of another user is lost.",
      ({ next }, object, conditions) =>
        next(object, conditions.ifMatch !== undefined && object ? { ...conditions, ifMatch: object.etag } : conditions),
    ),
    "changed-told-as-exists": seam.refuseFor(
      "A caller takes a lost update for a name that is taken.",
      ({ next }, code, reason, message, more) => next(code, reason === "changed" ? "exists" : reason, message, more),
    ),
    "stored-before-it-is-compared": seam.commit(
      "A put that was refused has stored.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const old = self.bucketOf(bucket).objects.get(key)
        const info = next(bucket, key, bytes, { ...options, ifMatch: undefined }, checksums)
        self.checkConditions(old, options)
        return info
      },
    ),
  },
  "STORAGE-MATCH-03": {
    "deleted-object-still-matches": changed(
      ReferenceStorage,
      "An update of what somebody has deleted brings it back.",
      {
        remove({ next, self }, bucket, key) {
          const etag = self.find(bucket, key)?.etag
          next(bucket, key)
          if (etag !== undefined) deleted.set(self.store, new Set([etag]))
        },
        checkConditions({ next, self }, object, conditions) {
          const isOld = object === undefined && deleted.get(self.store)?.has(conditions.ifMatch ?? "") === true
          next(object, isOld ? { ...conditions, ifMatch: undefined } : conditions)
        },
      },
    ),
  },
  "STORAGE-MATCH-04": {
    "streams-compared-at-their-beginning": seam.readPieces(
      "Of two updates by streams at one time the first is lost.",
      async ({ next }, reader, taken, options) => {
        const bytes = await next(reader, taken, options)
        delete (options as PutOptions).ifMatch
        return bytes
      },
    ),
  },
  "STORAGE-MATCH-05": {
    "outcome-of-updates-not-told": seam.unknownOutcome("A caller cannot know whether to do it again.", withoutOutcome),
  },
})
