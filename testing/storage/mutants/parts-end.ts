import type { ObjectInfo } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { UploadRef } from "../reference/uploads.ts"

export const partsEndMutants = mutants({
  "STORAGE-PART-05": {
    "second-complete-is-not-found": seam.complete(
      "An upload whose last answer was lost looks as if it had failed.",
      async ({ next, self }, ref) => {
        self.openUpload(ref)
        return next(ref)
      },
      "minio #13318, S3Mock #2586, chimera #489: a complete that was tried again gave NoSuchUpload",
    ),
    "second-complete-makes-it-anew": seam.complete(
      "A film that a user has changed since is the first one again.",
      async ({ next, self }, ref) => {
        const upload = self.findUpload(ref)
        if (upload?.completed !== undefined) upload.completed = self.assemble(ref, upload)
        return next(ref)
      },
    ),
    "second-complete-tells-nothing": seam.complete(
      "A program that tries again has no ETag.",
      async ({ next, self }, ref) => {
        const isAgain = self.findUpload(ref)?.completed !== undefined
        const info = await next(ref)
        return isAgain ? { ...info, etag: "", size: 0 } : info
      },
    ),
    "completed-is-known-to-its-client-alone": subclass(
      "A process that goes on after another looks as if it had failed.",
      class extends ReferenceStorage {
        readonly #completed = new Set<string>()
        override async complete(ref: UploadRef): Promise<ObjectInfo> {
          if (!this.#completed.has(ref.id)) this.openUpload(ref)
          const info = await super.complete(ref)
          this.#completed.add(ref.id)
          return info
        }
      },
    ),
  },
  "STORAGE-PART-06": {
    "abort-drops-the-parts-alone": seam.abort(
      "An upload that was given up makes an empty file.",
      async ({ self }, ref) => {
        self.checkOpen()
        self.findUpload(ref)?.parts.clear()
      },
      "minio #21189: an upload that was aborted was still among those that are open",
    ),
    "abort-of-an-upload-without-parts-is-none": seam.abort(
      "An upload that was given up is still there.",
      async ({ next, self }, ref) => {
        if (self.findUpload(ref)?.parts.size !== 0) await next(ref)
      },
    ),
    "abort-removes-the-object": seam.abort(
      "Who gives an upload up loses the old file.",
      async ({ next, self }, ref) => {
        await next(ref)
        if (self.findUpload(ref)?.completed === undefined) self.remove(ref.bucket, ref.key)
      },
    ),
    "abort-leaves-an-empty-object": seam.abort(
      "A file of 0 bytes is left of an upload that was given up.",
      async ({ next, self }, ref) => {
        await next(ref)
        if (self.find(ref.bucket, ref.key) === undefined) self.commit(ref.bucket, ref.key, new Uint8Array(0), {}, {})
      },
    ),
    "abort-ends-the-session-alone": seam.sessionOf(
      "Who has the token goes on with what was given up.",
      ({ next, self }, ref) => {
        const session = next(ref)
        let isOver = false
        const open = () => (isOver ? self.refuseUpload() : undefined)
        return {
          ...session,
          uploadPart: async (...args) => open() ?? session.uploadPart(...args),
          parts: async () => open() ?? session.parts(),
          complete: async () => open() ?? session.complete(),
          abort: async () => {
            isOver = true
          },
        }
      },
    ),
    "aborted-uploads-say-the-object-is-not-there": seam.refuseUpload(
      "A program looks for a file that it has never sent.",
      ({ self }) => self.refuseFor("NOT_FOUND", "object", "There is no such object."),
    ),
  },
  "STORAGE-PART-07": {
    "second-abort-rejects": seam.abort(
      "A program that cleans up fails while it does.",
      async ({ next, self }, ref) => {
        if (self.findUpload(ref) === undefined) self.refuseUpload()
        return next(ref)
      },
      "Amazon S3: AbortMultipartUpload of an upload that is gone answers NoSuchUpload",
    ),
    "abort-after-complete-rejects": seam.abort(
      "A program that cleans up in a finally fails after a success.",
      async ({ next, self }, ref) => {
        if (self.findUpload(ref)?.completed !== undefined) self.refuse("PRECONDITION_FAILED", "It is complete.")
        return next(ref)
      },
    ),
    "abort-after-complete-removes-the-object": seam.abort(
      "A program that cleans up in a finally deletes what it has sent.",
      async ({ next, self }, ref) => {
        if (self.findUpload(ref)?.completed !== undefined) self.remove(ref.bucket, ref.key)
        return next(ref)
      },
    ),
  },
  "STORAGE-PART-14": {
    "condition-looked-at-when-it-begins": changed(ReferenceStorage, "An upload of hours replaces what came first.", {
      createUpload: async ({ next, self }, bucket, key, options = {}) => {
        self.checkUpload(bucket, key, options)
        self.checkConditions(self.find(bucket, key), options)
        return next(bucket, key, { ...options, ifMatch: undefined, ifNoneMatch: undefined })
      },
    }),
    "condition-of-an-upload-is-not-kept": seam.assemble(
      "An upload of hours replaces what came first.",
      ({ next }, ref, upload) =>
        next(ref, { ...upload, options: { ...upload.options, ifMatch: undefined, ifNoneMatch: undefined } }),
      "s3rver 3.7: every condition is answered with 200",
    ),
    "refused-upload-stays-open": seam.dropUpload(
      "Parts of what was refused are paid for until somebody finds them.",
      () => {},
      "Amazon S3: a complete that was refused by a condition leaves the upload open",
    ),
    "match-of-nothing-completes": seam.checkConditions(
      "What was deleted is there again.",
      ({ next }, object, options) => next(object, object === undefined ? { ...options, ifMatch: undefined } : options),
    ),
    "second-complete-looks-at-the-condition-again": seam.complete(
      "An upload whose last answer was lost reads as lost to another.",
      async ({ next, self }, ref) => {
        const upload = self.findUpload(ref)
        if (upload?.completed !== undefined) self.checkConditions(self.find(ref.bucket, ref.key), upload.options)
        return next(ref)
      },
    ),
  },
  "STORAGE-PART-15": {
    "complete-looks-and-then-writes": seam.complete(
      "Of two who make one object both come first.",
      async ({ next, self }, ref) => {
        const upload = self.findUpload(ref)
        if (upload === undefined || upload.completed !== undefined) return next(ref)
        self.checkConditions(self.find(ref.bucket, ref.key), upload.options)
        await Promise.resolve()
        const options = { ...upload.options, ifMatch: undefined, ifNoneMatch: undefined }
        upload.completed = self.assemble(ref, { ...upload, options })
        return next(ref)
      },
    ),
    "late-completes-resolve-with-the-first": seam.complete(
      "Who came second believes to have come first.",
      async ({ next, self }, ref) => {
        const there = self.find(ref.bucket, ref.key)
        return there === undefined ? next(ref) : self.infoOf(ref.bucket, there)
      },
    ),
  },
  "STORAGE-PART-16": {
    "sweep-takes-all": seam.isOld("A sweep cuts the uploads that go on.", () => true),
    "sweep-in-seconds": seam.isOld("A sweep finds nothing for weeks.", ({ next }, upload, olderThanMs) =>
      next(upload, olderThanMs * 1000),
    ),
    "sweep-of-every-bucket": seam.sweepUploads(
      "A sweep of one bucket cuts the uploads of another.",
      async ({ next, self }, bucket, olderThanMs) => {
        const count = await next(bucket, olderThanMs)
        for (const { name } of self.ownBuckets()) {
          for (const [stored, upload] of self.uploadsOf(name))
            if (self.isOld(upload, olderThanMs)) self.store.uploads.delete(stored)
        }
        return count
      },
    ),
    "sweep-finds-one-of-a-key": seam.uploadsOf(
      "Uploads that were begun twice are never found.",
      ({ next }, bucket) => [...new Map(next(bucket).map((entry) => [entry[1].key, entry])).values()],
      "minio #5613 and #7632: uploads were listed for one whole key, and not for a prefix",
    ),
    "sweep-counts-what-it-leaves": seam.sweepUploads(
      "The count of a sweep says nothing.",
      async ({ next, self }, bucket, olderThanMs) => {
        const before = self.uploadsOf(bucket).length
        await next(bucket, olderThanMs)
        return before
      },
    ),
    "sweep-counts-and-leaves": seam.sweepUploads(
      "Parts are paid for although a sweep has found them.",
      async ({ self }, bucket, olderThanMs) => {
        self.checkSweep(bucket, olderThanMs)
        return self.uploadsOf(bucket).filter(([, upload]) => self.isOld(upload, olderThanMs)).length
      },
    ),
    "sweep-removes-objects": seam.sweepUploads(
      "A sweep deletes files.",
      async ({ next, self }, bucket, olderThanMs) => {
        const old = self.uploadsOf(bucket).filter(([, upload]) => self.isOld(upload, olderThanMs))
        const count = await next(bucket, olderThanMs)
        for (const [, { key }] of old) self.remove(bucket, key)
        return count
      },
    ),
  },
  "STORAGE-PART-20": {
    "open-uploads-keep-the-bucket": seam.deleteBucket(
      "A bucket that looks empty cannot be deleted.",
      async ({ next, self }, bucket, options) => {
        self.checkDeleteBucket(bucket, options)
        if (self.uploadsOf(bucket).length > 0)
          self.refuseFor("PRECONDITION_FAILED", "bucket", "The bucket has uploads.")
        return next(bucket, options)
      },
      "coreweave/reference-architecture #71: uploads that nobody sees kept a bucket from being deleted",
    ),
    "uploads-outlive-their-bucket": seam.dropUploads(
      "An upload of the last owner appears in a bucket that was made anew.",
      () => {},
    ),
    "uploads-of-a-bucket-with-objects-stay": seam.deleteBucket(
      "An upload of the last owner appears in a bucket that was emptied by force.",
      async ({ next, self }, bucket, options) => {
        const { dropUploads } = self
        if (options?.force) self.dropUploads = () => {}
        try {
          return await next(bucket, options)
        } finally {
          self.dropUploads = dropUploads
        }
      },
    ),
  },
})
