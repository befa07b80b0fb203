import type { CopyOptions, ObjectRef } from "../../../contracts/storage/storage.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldObject } from "../reference/store.ts"

/** A reference whose copies read another source. */
function copiesFrom(why: string, change: (from: ObjectRef) => ObjectRef, source?: string) {
  return seam.copy(why, async ({ next }, from, to, options) => next(change(from), to, options), source)
}

function copiesTo(why: string, change: (to: ObjectRef) => ObjectRef, source?: string) {
  return seam.copy(why, async ({ next }, from, to, options) => next(from, change(to), options), source)
}

const withKey = (change: (key: string) => string) => (ref: ObjectRef) =>
  typeof ref?.key === "string" ? { ...ref, key: change(ref.key) } : ref

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const isSame = (from: ObjectRef, to: ObjectRef) => from?.bucket === to?.bucket && from?.key === to?.key

export const copyingMutants = mutants({
  "STORAGE-COPY-01": {
    "copy-loses-metadata": seam.copiedOptions(
      "A backup has forgotten whose file it is.",
      ({ next }, object, options) => next({ ...object, metadata: {} }, options),
      "riak_cs #1097, seaweedfs #3047, moto #4666: a copy had no metadata",
    ),
    "copy-has-the-type-of-its-key": seam.copiedOptions(
      "A copy is shown as text.",
      ({ next }, object, options) =>
        next({ ...object, headers: { ...object.headers, contentType: undefined } }, options),
      "localstack #5068: the copy had binary/octet-stream",
    ),
    "copy-keeps-the-type-alone": seam.copiedOptions(
      "A copy of what was compressed cannot be read.",
      ({ next }, object, options) => next({ ...object, headers: { contentType: object.headers.contentType } }, options),
    ),
    "copy-is-a-move": seam.copy("A backup takes the original away.", async ({ next, self }, from, to, options) => {
      const info = await next(from, to, options)
      if (!isSame(from, to)) self.remove(from.bucket, from.key)
      return info
    }),
    "copy-is-a-link": subclass(
      "A backup is gone with its original.",
      class extends ReferenceStorage {
        readonly #sources = new Map<string, ObjectRef>()
        override async copy(...args: Parameters<ReferenceStorage["copy"]>) {
          const info = await super.copy(...args)
          this.#sources.set(args[1].key, args[0])
          return info
        }
        override objectOf(bucket: string, key: string): HeldObject {
          const object = super.objectOf(bucket, key)
          const source = this.#sources.get(key)
          return source === undefined ? object : { ...object, bytes: super.objectOf(source.bucket, source.key).bytes }
        }
      },
    ),
    "copy-tells-its-source": seam.copy(
      "The ETag that a program keeps is that of another object.",
      async ({ next, self }, from, to, options) => {
        await next(from, to, options)
        return self.infoOf(from.bucket, self.objectOf(from.bucket, from.key))
      },
    ),
    "copy-of-an-empty-object-is-not-found": seam.copy(
      "An empty file is missing in a backup.",
      async ({ next, self }, from, to, options) => {
        const info = await next(from, to, options)
        if (info.size === 0) self.refuseFor("NOT_FOUND", "object", "There is no such object.")
        return info
      },
    ),
  },
  "STORAGE-COPY-02": {
    "copy-stays-in-its-bucket": seam.copy(
      "What is published is nowhere to be seen.",
      async ({ next }, from, to, options) =>
        next(from, to?.key === undefined ? to : { ...to, bucket: from.bucket }, options),
    ),
    "copy-keeps-what-it-replaces": seam.copy(
      "A page that is published has the headers of the last one.",
      async ({ next, self }, from, to, options = {}) => {
        const old = self.find(to?.bucket, to?.key)
        const metadata = { ...old?.metadata, ...self.find(from?.bucket, from?.key)?.metadata, ...options.metadata }
        return next(from, to, { ...options, metadata })
      },
    ),
    "copy-keeps-headers-of-what-it-replaces": seam.commit(
      "A page that is published is cached as the last one was.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const { cacheControl } = self.find(bucket, key)?.headers ?? {}
        return next(bucket, key, bytes, { ...options, cacheControl: options.cacheControl ?? cacheControl }, checksums)
      },
    ),
    "copy-over-an-object-rejects": seam.copy(
      "A page can be published once.",
      async ({ next, self }, from, to, options = {}) =>
        next(
          from,
          to,
          isSame(from, to) || options.ifMatch
            ? options
            : { ...options, ifNoneMatch: self.find(to?.bucket, to?.key) && "*" },
        ),
      "node:fs copyFile with COPYFILE_EXCL",
    ),
  },
  "STORAGE-COPY-03": {
    "metadata-are-merged": seam.copiedOptions(
      "A mark that was to be taken off is still there.",
      ({ next }, object, options) =>
        next(
          object,
          options.metadata ? { ...options, metadata: { ...object.metadata, ...options.metadata } } : options,
        ),
      "Google Cloud Storage, patch of metadata: names that are not given stay",
    ),
    "what-is-not-given-is-lost": seam.copiedOptions(
      "Who changes one header loses all others.",
      ({ next }, object, options) => {
        const isGiven = Object.values(options).some((value) => value !== undefined)
        return next(isGiven ? { ...object, headers: {}, metadata: {} } : object, options)
      },
      "boto3 #2663, aws-cli #3967: MetadataDirective REPLACE sets all that is not given back",
    ),
    "what-is-given-is-not-taken": seam.copiedOptions(
      "A header cannot be changed, and nobody is told.",
      ({ next }, object) => next(object, {}),
      "aws-sdk-js #1092, aws-sdk-java-v2 #3792: without MetadataDirective REPLACE what is given has no effect",
    ),
    "content-type-is-not-taken": seam.copiedOptions(
      "A content type cannot be changed.",
      ({ next }, object, options) => next(object, { ...options, contentType: undefined }),
      "scality/cloudserver #340, versitygw #998: REPLACE did not replace the content type",
    ),
    "no-metadata-are-not-given": seam.copiedOptions("Metadata cannot be taken off.", ({ next }, object, options) =>
      next(object, Object.keys(options.metadata ?? {}).length === 0 ? { ...options, metadata: undefined } : options),
    ),
    "undefined-is-a-value": seam.copiedOptions("A field that is left open is emptied.", ({ next }, object, options) => {
      const { contentType, metadata, ...others } = next(object, options)
      const isOpen = (name: keyof CopyOptions) => name in options && options[name] === undefined
      return {
        ...others,
        contentType: isOpen("contentType") ? undefined : contentType,
        metadata: isOpen("metadata") ? {} : metadata,
      }
    }),
  },
  "STORAGE-COPY-04": {
    "copy-onto-itself-empties": seam.copy(
      "Who changes a header loses the file.",
      async ({ next, self }, from, to, options) => {
        if (!isSame(from, to)) return next(from, to, options)
        const info = await next(from, to, options)
        const { objects } = self.bucketOf(to.bucket)
        objects.set(self.encodeKey(to.key), { ...self.objectOf(to.bucket, to.key), bytes: new Uint8Array(0) })
        return { ...info, size: 0 }
      },
      "S3Mock #468 and #569, s3s #583: the target was opened, and emptied, before the source was read",
    ),
    "copy-onto-itself-rejects": seam.copy(
      "A file cannot be touched.",
      async ({ next, self }, from, to, options) => {
        const isIdle = Object.values(options ?? {}).every((value) => value === undefined)
        if (isSame(from, to) && isIdle) self.refuse("INVALID_ARGUMENT", "A copy onto itself must change something.")
        return next(from, to, options)
      },
      "Amazon S3: a copy of an object onto itself that changes nothing answers InvalidRequest",
    ),
    "copy-onto-itself-does-nothing": seam.copy(
      "A header cannot be changed, and nobody is told.",
      async ({ next, self }, from, to, options) => {
        if (!isSame(from, to)) return next(from, to, options)
        self.checkCopy(from, to, options)
        return self.infoOf(from.bucket, self.objectOf(from.bucket, from.key))
      },
    ),
    "copy-onto-itself-loses-its-headers": seam.copy(
      "Who changes the metadata of a file loses its type.",
      async ({ next, self }, from, to, options) => {
        if (!isSame(from, to) || options?.metadata === undefined) return next(from, to, options)
        const { objects } = self.bucketOf(from.bucket)
        const object = self.objectOf(from.bucket, from.key)
        objects.set(self.encodeKey(from.key), { ...object, headers: {} })
        return next(from, to, options)
      },
      "boto3 #2663: the content type of an object that is copied onto itself becomes binary/octet-stream",
    ),
  },
  "STORAGE-COPY-05": {
    "copy-of-nothing-makes-an-empty-object": seam.copy(
      "An empty file takes the place of a good one.",
      async ({ next, self }, from, to, options) => {
        self.checkCopy(from, to, options)
        if (self.find(from.bucket, from.key) === undefined) await self.put(to.bucket, to.key, "")
        return next(from, to, options)
      },
      "leofs #148: copies were objects of 0 bytes",
    ),
    "copy-of-nothing-resolves": seam.copy(
      "A backup is believed to be there.",
      async ({ next, self }, from, to, options) => {
        self.checkCopy(from, to, options)
        if (self.find(from.bucket, from.key) !== undefined) return next(from, to, options)
        const now = new Date(self.clock.now())
        return { ...to, size: 0, etag: "none", lastModified: now, contentType: "", metadata: {}, checksums: {} }
      },
    ),
    "copy-removes-its-target-first": seam.copy(
      "A copy that fails has taken the old file away.",
      async ({ next, self }, from, to, options) => {
        self.checkCopy(from, to, options)
        if (self.findBucket(to.bucket) !== undefined && !isSame(from, to) && !options?.ifMatch)
          self.remove(to.bucket, to.key)
        return next(from, to, options)
      },
    ),
    "copy-of-nothing-names-the-bucket": seam.copy(
      "A program makes a bucket that it has.",
      async ({ next, self }, from, to, options) => {
        self.checkCopy(from, to, options)
        if (self.find(from.bucket, from.key) === undefined)
          self.refuseFor("NOT_FOUND", "bucket", "There is no such bucket.")
        return next(from, to, options)
      },
      "HEAD of S3: a bucket and an object that are not there give the same 404",
    ),
    "copy-of-nothing-takes-the-next": seam.copy(
      "A mistake in a name copies the file beside it.",
      async ({ next, self }, from, to, options) => {
        self.checkCopy(from, to, options)
        const [near] = self.sorted(self.bucketOf(from.bucket)).filter(({ key }) => key.startsWith(from.key))
        return next({ ...from, key: near?.key ?? from.key }, to, options)
      },
    ),
  },
  "STORAGE-COPY-06": {
    "source-is-decoded": copiesFrom(
      "A file whose name has a % cannot be copied, or another is.",
      withKey(decoded),
      "net-amazon-s3 #51, minio-dart #115: the source was sent as it is, and the server decodes it",
    ),
    "plus-in-the-source-is-a-blank": copiesFrom(
      "A file whose name has a + cannot be copied, or another is.",
      withKey((key) => key.replaceAll("+", " ")),
      "aws-sdk-php #236 and #379, aws-cli #614: a + in the name of the source gave NoSuchKey",
    ),
    "source-is-not-decoded": copiesFrom(
      "A file whose name has a blank cannot be copied.",
      withKey((key) => key.split("/").map(encodeURIComponent).join("/")),
      "supabase/storage #1377, local-s3 #142: the server took the encoded source for a key",
    ),
    "source-ends-with-its-query": copiesFrom(
      "A file whose name has a ? cannot be copied.",
      withKey((key) => key.split("?")[0] || key),
      "Amazon S3: what follows ?versionId= in a source is a version",
    ),
    "target-is-encoded": copiesTo(
      "A copy has another name than was asked for.",
      withKey((key) => encodeURI(key)),
    ),
    "source-in-one-form-of-unicode": copiesFrom(
      "Of two files with an umlaut one is copied twice.",
      withKey((key) => key.normalize("NFC")),
    ),
  },
  "STORAGE-COPY-07": {
    "conditions-of-a-copy-are-ignored": seam.copy(
      "Two programs publish over each other.",
      async ({ next, self }, from, to, options = {}) => {
        self.checkCopy(from, to, options)
        return next(from, to, { ...options, ifMatch: undefined, ifNoneMatch: undefined })
      },
      "versitygw 1.8 and moto 5.2: If-None-Match of a copy is not looked at",
    ),
    "conditions-of-a-copy-are-of-its-source": seam.copy(
      "A program publishes over what it has not seen.",
      async ({ next, self }, from, to, options = {}) => {
        self.checkCopy(from, to, options)
        const { ifMatch, ifNoneMatch, ...others } = options
        self.checkConditions(self.objectOf(from.bucket, from.key), { ifMatch })
        return next(from, to, { ...others, ifNoneMatch })
      },
      "Amazon S3: x-amz-copy-source-if-match is of the source, and stands beside If-Match",
    ),
    "match-of-nothing-copies": seam.copy(
      "What was deleted is there again.",
      async ({ next, self }, from, to, options = {}) => {
        const isAbsent = self.find(to?.bucket, to?.key) === undefined
        return next(from, to, isAbsent ? { ...options, ifMatch: undefined } : options)
      },
    ),
    "copy-refused-for-another-reason": seam.copy(
      "A program does not know whether there is an object or another one.",
      async ({ next, self }, from, to, options = {}) => {
        self.checkCopy(from, to, options)
        const etag = self.find(to.bucket, to.key)?.etag
        const isRefused = options.ifNoneMatch !== undefined && etag !== undefined
        if (isRefused) self.refuseFor("PRECONDITION_FAILED", "changed", "The object is another one.")
        return next(from, to, options)
      },
    ),
    "conditions-looked-at-when-copied": seam.copy(
      "The refusal comes when the old object is gone.",
      async ({ next, self }, from, to, options = {}) => {
        const old = self.find(to?.bucket, to?.key)
        const info = await next(from, to, { ...options, ifMatch: undefined, ifNoneMatch: undefined })
        self.checkConditions(old, options)
        return info
      },
    ),
  },
  "STORAGE-COPY-08": {
    "copy-looks-and-then-writes": seam.copy(
      "Two programs both come first.",
      async ({ next, self }, from, to, options = {}) => {
        self.checkCopy(from, to, options)
        self.checkConditions(self.find(to.bucket, to.key), options)
        await Promise.resolve()
        return next(from, to, { ...options, ifMatch: undefined, ifNoneMatch: undefined })
      },
    ),
    "every-copy-but-the-first-is-lost-in-silence": seam.copy(
      "Programs that came second believe that they came first.",
      async ({ next, self }, from, to, options = {}) => {
        const old = options.ifNoneMatch && self.find(to?.bucket, to?.key)
        return old ? self.infoOf(to.bucket, old) : next(from, to, options)
      },
    ),
  },
})
