import type { ObjectInfo } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { UploadRef } from "../reference/uploads.ts"

/** A reference that takes a text for a token of an upload that there is not. */
function takesToken(why: string, isTaken: (token: string) => boolean, source?: string) {
  return seam.readToken(
    why,
    ({ next }, token) => (isTaken(token) ? { bucket: "files", key: "file", id: token } : next(token)),
    source,
  )
}

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
  "STORAGE-PART-08": {
    "token-is-good-in-its-client": subclass(
      "An upload of hours ends with its process.",
      class extends ReferenceStorage {
        readonly #own = new Set<string>()
        override tokenOf(ref: UploadRef): string {
          const token = super.tokenOf(ref)
          this.#own.add(token)
          return token
        }
        override readToken(token: string): UploadRef {
          const ref = super.readToken(token)
          if (!this.#own.has(token)) this.refuseUpload()
          return ref
        }
      },
    ),
    "resumed-uploads-begin-anew": seam.resumeUpload("Hours of sending are lost.", async ({ next, self }, token) => {
      const session = await next(token)
      self.findUpload(self.readToken(token))?.parts.clear()
      return session
    }),
    "resumed-uploads-lose-their-headers": seam.resumeUpload(
      "A film that was sent in two sittings is downloaded, not shown.",
      async ({ next, self }, token) => {
        const session = await next(token)
        const ref = self.readToken(token)
        const upload = self.findUpload(ref)
        if (upload) self.store.uploads.set(self.storedName(ref.id), { ...upload, options: {} })
        return session
      },
    ),
    "resumed-uploads-have-another-token": seam.resumeUpload(
      "A program that keeps the token keeps one that is of no use.",
      async ({ next }, token) => {
        const session = await next(token)
        return { ...session, token: `${session.token}-2` }
      },
    ),
    "token-in-an-alphabet-of-8-bits": changed(
      ReferenceStorage,
      "A file whose name is in another language cannot be resumed.",
      {
        tokenOf: ({ next }, ref) => next({ ...ref, key: ref.key.replaceAll(/[^ -~]/gu, "?") }),
        sessionOf: ({ next, self }, ref) => {
          const { key = ref.key } = self.findUpload(ref) ?? {}
          return { ...next({ ...ref, key }), key: ref.key }
        },
      },
    ),
  },
  "STORAGE-PART-09": {
    "any-text-is-a-token": seam.readToken(
      "A token that was cut looks like an upload that is gone.",
      ({ next }, token) => {
        try {
          return next(token)
        } catch {
          return { bucket: "files", key: "file", id: "none" }
        }
      },
    ),
    "empty-text-is-a-token": changed(
      ReferenceStorage,
      "A field that was left empty looks like an upload that is gone.",
      {
        checkToken: ({ next, self }, token) => (token === "" ? self.checkOpen() : next(token)),
        readToken: ({ next }, token) => (token === "" ? { bucket: "files", key: "file", id: "none" } : next(token)),
      },
    ),
    "cursor-is-a-token": takesToken("A page of a list goes on with an upload.", (token) => token.startsWith("WyI")),
    "name-of-a-bucket-is-a-token": takesToken("A mistake in a program is found out when parts are sent.", (token) =>
      /^[a-z]{3,63}$/.test(token),
    ),
    "no-token-is-not-found": seam.readToken(
      "A program takes a mistake of its own for an upload that is gone.",
      ({ next, self }, token) => {
        try {
          return next(token)
        } catch {
          return self.refuseUpload()
        }
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
  "STORAGE-PART-18": {
    "cut-part-is-taken": seam.readPieces(
      "A film has half a scene.",
      async ({ next, self }, reader, taken, options) => {
        try {
          return await next(reader, taken, options)
        } catch (error) {
          if (reader.over && (error as { details?: { reason?: unknown } }).details?.reason === "body")
            return self.join(taken.pieces)
          throw error
        }
      },
      "aws-sdk-js #3106: of a stream that failed what had come was stored",
    ),
    "checksum-of-a-part-is-not-looked-at": seam.uploadPart(
      "A damaged part makes a damaged film.",
      async ({ next, self }, ref, number, body, options) => {
        self.checkPart(number, body, options)
        return next(ref, number, body, { ...options, checksum: undefined })
      },
      "versitygw #1345: the checksum header of a part was mistaken for one that names its algorithm",
    ),
    "checksum-of-a-part-compared-when-stored": seam.uploadPart(
      "A damaged part is refused, and is part of the film.",
      async ({ next, self }, ref, number, body, options = {}) => {
        self.checkPart(number, body, options)
        const part = await next(ref, number, body, { ...options, checksum: undefined })
        const bytes = self.openUpload(ref).parts.get(number)?.bytes ?? new Uint8Array(0)
        if (options.checksum) await self.checkSum(bytes, options.checksum)
        return part
      },
    ),
    "earlier-part-is-dropped-first": seam.uploadPart(
      "A part that could not be replaced is gone.",
      async ({ next, self }, ref, number, body, options) => {
        self.checkPart(number, body, options)
        self.openUpload(ref).parts.delete(number)
        return next(ref, number, body, options)
      },
    ),
    "size-of-a-part-is-not-looked-at": seam.uploadPart(
      "A part that was cut is taken.",
      async ({ next }, ref, number, body, options) => next(ref, number, body, { ...options, size: undefined }),
    ),
  },
  "STORAGE-PART-19": {
    "uploads-in-memory": seam.findUpload("An upload of hours ends with the server.", ({ next, self }, ref) =>
      self.store.restarts > 0 && next(ref)?.completed === undefined ? undefined : next(ref),
    ),
    "parts-in-memory": seam.openUpload("An upload goes on, and has lost what was sent.", ({ next, self }, ref) => {
      const upload = next(ref)
      if (self.store.restarts > 0 && upload.parts.size > 1) upload.parts.clear()
      return upload
    }),
    "headers-of-an-upload-in-memory": seam.assemble(
      "A film is downloaded, not shown, since the server was started again.",
      ({ next, self }, ref, upload) => next(ref, self.store.restarts > 0 ? { ...upload, options: {} } : upload),
    ),
    "ids-of-uploads-begin-anew": seam.readToken(
      "Tokens from before a restart are good for nothing.",
      ({ next, self }, token) => {
        const ref = next(token)
        return self.store.restarts > 0 ? { ...ref, id: `${ref.id}-before` } : ref
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
