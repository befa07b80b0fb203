import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PartInfo } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldPart, HeldUpload } from "../reference/store.ts"

/** A reference that makes an object of other parts than were sent, or in another order. */
function assembles(why: string, change: (parts: HeldPart[], upload: HeldUpload) => HeldPart[], source?: string) {
  return seam.assemble(
    why,
    ({ next, self }, ref, upload) => {
      const { inOrder } = self
      self.inOrder = (held) => change(inOrder.call(self, held), held)
      try {
        return next(ref, upload)
      } finally {
        self.inOrder = inOrder
      }
    },
    source,
  )
}

/** A reference that lists other parts than were sent. */
function lists(why: string, change: (parts: PartInfo[]) => PartInfo[], source?: string) {
  return seam.partsOf(why, async ({ next }, ref) => change(await next(ref)), source)
}

export const partsMutants = mutants({
  "STORAGE-PART-01": {
    "parts-in-the-order-of-arrival": assembles(
      "A film begins with its end.",
      (_, { parts }) => [...parts.values()],
      "kumo #677, moto 5.2: parts out of order were joined as they came",
    ),
    "parts-sorted-as-text": assembles(
      "Part 10 comes before part 2.",
      (parts) => parts.sort((one, other) => (`${one.number}` < `${other.number}` ? -1 : 1)),
      "better-upload #10: the parts were not sorted by number",
    ),
    "thousand-parts-and-no-more": assembles(
      "A film ends after its thousandth part.",
      (parts) => parts.slice(0, 1000),
      "s3cmd #346 and #414: of a list of parts only the first thousand were read",
    ),
    "parts-up-to-a-gap": assembles("A film whose parts have numbers of their own ends early.", (parts) =>
      parts.filter(({ number }, index) => number <= index + 2),
    ),
    "numbers-must-follow-each-other": seam.checkParts(
      "An upload whose parts have numbers of their own cannot be completed.",
      ({ next, self }, parts) => {
        if (parts.some(({ number }, index) => number !== index + 1))
          self.refuseFor("INVALID_ARGUMENT", "size", "A part is missing.")
        next(parts)
      },
      "scality/cloudserver #789: numbers that do not follow each other were refused",
    ),
    "parts-lose-their-last-byte": seam.commitPart("A film is damaged at every seam.", ({ next }, ref, number, bytes) =>
      next(ref, number, bytes.length > 8 ? bytes.slice(0, -1) : bytes),
    ),
  },
  "STORAGE-PART-02": {
    "first-part-stays": seam.commitPart(
      "A part that was damaged and sent again is still damaged.",
      ({ next, self }, ref, number, bytes) => {
        const before = self.findUpload(ref)?.parts.get(number)
        return before === undefined ? next(ref, number, bytes) : { ...self.partInfoOf({ ...before, bytes }) }
      },
    ),
    "part-is-added-to-the-earlier-one": seam.commitPart(
      "A film has a scene twice.",
      ({ next, self }, ref, number, bytes) =>
        next(ref, number, self.join([self.findUpload(ref)?.parts.get(number)?.bytes ?? new Uint8Array(0), bytes])),
    ),
    "part-leaves-the-end-of-the-earlier-one": seam.commitPart(
      "A scene ends with that of another film.",
      ({ next, self }, ref, number, bytes) => {
        const before = self.findUpload(ref)?.parts.get(number)?.bytes ?? new Uint8Array(0)
        return next(ref, number, self.join([bytes, before.slice(bytes.length)]))
      },
      "s3gw-tools #94: an object was written over a longer one, whose end stayed",
    ),
    "parts-tell-the-earlier-size": subclass(
      "Who compares sizes sends a part again and again.",
      class extends ReferenceStorage {
        readonly #first = new Map<string, number>()
        override partInfoOf(part: HeldPart): PartInfo {
          const info = super.partInfoOf(part)
          const size = this.#first.get(`${part.number}`) ?? info.size
          this.#first.set(`${part.number}`, size)
          return { ...info, size }
        }
      },
    ),
    "part-cannot-be-sent-again": seam.commitPart(
      "A part whose answer was lost ends the upload.",
      ({ next, self }, ref, number, bytes) => {
        if (self.findUpload(ref)?.parts.has(number)) self.refuse("ALREADY_EXISTS", "This part is there.")
        return next(ref, number, bytes)
      },
    ),
  },
  "STORAGE-PART-03": {
    "parts-listed-in-the-order-of-arrival": seam.partsOf(
      "Who looks for what is missing sends the wrong part.",
      async ({ self }, ref) => {
        self.checkOpen()
        return [...self.openUpload(ref).parts.values()].map((part) => self.partInfoOf(part))
      },
    ),
    "parts-listed-as-text": lists("Who looks for what is missing sends the wrong part.", (parts) =>
      parts.sort((one, other) => (`${one.number}` < `${other.number}` ? -1 : 1)),
    ),
    "first-thousand-parts-listed": lists(
      "Who goes on with an upload sends most of it again.",
      (parts) => parts.slice(0, 1000),
      "s3cmd #346 and #414, minio-py #145: parts behind the first thousand were not listed",
    ),
    "empty-parts-not-listed": lists("A part that is empty is sent for ever.", (parts) =>
      parts.filter(({ size }) => size > 0),
    ),
    "parts-numbered-anew": lists("Who goes on with an upload sends the wrong part.", (parts) =>
      parts.map((part, index) => ({ ...part, number: index + 1 })),
    ),
    "parts-without-etags": lists("Who compares ETags sends every part again.", (parts) =>
      parts.map((part) => ({ ...part, etag: "" })),
    ),
  },
  "STORAGE-PART-04": {
    "parts-are-listed-as-objects": seam.uploadPart(
      "A list of films is full of pieces of films.",
      async ({ next, self }, ref, number, body, options) => {
        const part = await next(ref, number, body, options)
        const bytes = self.findUpload(ref)?.parts.get(number)?.bytes ?? new Uint8Array(0)
        self.commit(ref.bucket, `${ref.key}.parts/${number}`, bytes, {}, {})
        return part
      },
      "fake-s3 #210, minio #4569, chimera #1383: parts were among the objects",
    ),
    "upload-makes-an-empty-object": seam.createUpload(
      "A film of 0 bytes is shown while the real one is sent.",
      async ({ next, self }, bucket, key, options) => {
        const upload = await next(bucket, key, options)
        if (self.find(bucket, key) === undefined) self.commit(bucket, key, new Uint8Array(0), {}, {})
        return upload
      },
      "s3fs-fuse #535: an empty object stood there until the upload had ended",
    ),
    "upload-takes-the-old-object-away": seam.createUpload(
      "The old film is gone before the new one is there.",
      async ({ next, self }, bucket, key, options) => {
        const upload = await next(bucket, key, options)
        self.remove(bucket, key)
        return upload
      },
    ),
    "part-is-the-object-already": seam.commitPart(
      "A piece of a film is taken for the whole.",
      ({ next, self }, ref, number, bytes) => {
        const part = next(ref, number, bytes)
        self.commit(ref.bucket, ref.key, bytes, {}, {})
        return part
      },
    ),
    "upload-has-a-bucket-of-its-own": seam.createUpload(
      "A page of buckets shows one that nobody has made.",
      async ({ next, self }, bucket, key, options) => {
        const upload = await next(bucket, key, options)
        if (self.findBucket("uploads") === undefined) self.newBucket("uploads")
        return upload
      },
    ),
  },
  "STORAGE-PART-10": {
    "upload-of-nothing-rejects": seam.checkParts(
      "An empty file cannot be sent.",
      ({ next, self }, parts) => {
        if (parts.length === 0) self.refuse("INVALID_ARGUMENT", "There must be a part.")
        next(parts)
      },
      "ceph s3-tests, test_multipart_upload_empty: a complete without parts is MalformedXML",
    ),
    "upload-of-nothing-makes-nothing": seam.commit(
      "An empty file is not there, though it was confirmed.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        if (bytes.length > 0) return next(bucket, key, bytes, options, checksums)
        return self.infoOf(bucket, self.newObject(key, bytes, options, checksums))
      },
    ),
    "upload-of-nothing-loses-its-headers": seam.assemble(
      "An empty page is downloaded, not shown.",
      ({ next }, ref, upload) => next(ref, upload.parts.size === 0 ? { ...upload, options: {} } : upload),
    ),
  },
  "STORAGE-PART-11": {
    "upload-loses-its-headers": seam.assemble(
      "A film that was sent in parts is downloaded, not shown.",
      ({ next }, ref, upload) => next(ref, { ...upload, options: { metadata: upload.options.metadata } }),
    ),
    "upload-loses-its-metadata": seam.assemble("A film has forgotten whose it is.", ({ next }, ref, upload) =>
      next(ref, { ...upload, options: { ...upload.options, metadata: {} } }),
    ),
    "upload-without-the-type-of-its-key": seam.assemble(
      "A page that was sent in parts is downloaded.",
      ({ next }, ref, upload) =>
        next(ref, { ...upload, options: { contentType: "application/octet-stream", ...upload.options } }),
    ),
    "upload-keeps-what-it-replaces": seam.assemble(
      "A film has the metadata of another.",
      ({ next, self }, ref, upload) => {
        const metadata = { ...self.find(upload.bucket, upload.key)?.metadata, ...upload.options.metadata }
        return next(ref, { ...upload, options: { ...upload.options, metadata } })
      },
    ),
    "upload-keeps-metadata-by-reference": seam.newUpload(
      "A program that uses its metadata again changes those of an upload.",
      ({ next }, ref, options) => ({ ...next(ref, options), options }),
    ),
  },
  "STORAGE-PART-12": {
    "part-0-is-taken": takesNumber(
      "A count from 0 works here, and nowhere else.",
      (number) => number === 0,
      "versitygw #1072: numbers of parts were not checked by complete",
    ),
    "part-10001-is-taken": takesNumber(
      "An upload fails in production with its last part.",
      (number) => number === 10_001,
    ),
    "part-of-a-fraction-is-taken": takesNumber("A mistake in a sum moves a part.", (number) => number === 1.5),
    "part-of-text-is-taken": seam.uploadPart(
      "A number of a form sorts as text.",
      async ({ next }, ref, number, body, options) =>
        next(ref, typeof number === "string" ? Number(number) : number, body, options),
    ),
    "part-10000-is-refused": seam.partNumberIssue(
      "An upload as large as is allowed fails with its last part.",
      ({ next }, number) => (number === 10_000 ? "There are too many parts." : next(number)),
    ),
  },
  "STORAGE-PART-21": {
    "limit-of-each-part-alone": seam.assemble(
      "A file of any size is taken, if it comes in parts.",
      ({ next, self }, ref, upload) => {
        const { checkLimit } = self
        self.checkLimit = () => {}
        try {
          return next(ref, upload)
        } finally {
          self.checkLimit = checkLimit
        }
      },
    ),
    "too-large-an-object-ends-the-upload": seam.assemble(
      "A part that could be sent again takes all others along.",
      ({ next, self }, ref, upload) => {
        try {
          return next(ref, upload)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "LIMIT_EXCEEDED") self.dropUpload(ref)
          throw error
        }
      },
    ),
    "too-large-an-object-noticed-when-stored": seam.assemble(
      "The refusal comes when the old film is gone.",
      ({ next, self }, ref, upload) => {
        const { checkLimit } = self
        self.checkLimit = () => {}
        try {
          const info = next(ref, upload)
          checkLimit.call(self, info.size)
          return info
        } finally {
          self.checkLimit = checkLimit
        }
      },
    ),
    "parts-are-cut-at-the-limit": seam.assemble(
      "Films lack their end, and nobody was told.",
      ({ next, self }, ref, upload) => {
        const { join } = self
        self.join = (pieces) => join.call(self, pieces).slice(0, self.capabilities.maxObjectBytes)
        try {
          return next(ref, upload)
        } finally {
          self.join = join
        }
      },
    ),
  },
  "STORAGE-PART-13": {
    "small-parts-are-taken": seam.checkParts(
      "What works in development fails in production.",
      () => {},
      "minio #4625, versitygw #960, gopherstack #1653: parts below 5 MiB were joined",
    ),
    "last-part-must-be-large": seam.checkParts(
      "A film whose rest is small cannot be sent.",
      ({ next }, parts) => next([...parts, ...parts.slice(-1)]),
      "minio #1549: complete answered EntityTooSmall to the AWS command line",
    ),
    "small-part-ends-the-upload": seam.assemble(
      "A part that could be sent again takes all others along.",
      ({ next, self }, ref, upload) => {
        try {
          return next(ref, upload)
        } catch (error) {
          self.dropUpload(ref)
          throw error
        }
      },
    ),
    "small-part-noticed-when-stored": changed(ReferenceStorage, "The refusal comes when the old film is gone.", {
      checkParts: () => {},
      assemble: ({ next, self }, ref, upload) => {
        const info = next(ref, upload)
        if (
          self
            .inOrder(upload)
            .slice(0, -1)
            .some(({ bytes }) => bytes.length < self.capabilities.minPartBytes)
        ) {
          self.refuseFor("INVALID_ARGUMENT", "size", "A part is too small.")
        }
        return info
      },
    }),
    "small-parts-refused-for-another-reason": seam.checkParts(
      "A program does not know which part to send again.",
      ({ next, self }, parts) => {
        try {
          next(parts)
        } catch {
          self.refuse("LIMIT_EXCEEDED", "A part is too small.")
        }
      },
    ),
  },
  "STORAGE-PART-17": {
    "parts-are-kept-by-key": seam.findUpload(
      "Of two users who send a file of one name both get a mixture.",
      ({ next, self }, ref) => {
        const first = [...self.store.uploads.values()].find(({ bucket, completed, key }) => {
          return bucket === ref.bucket && key === ref.key && completed === undefined
        })
        return next(ref) && (first ?? next(ref))
      },
    ),
    "second-upload-ends-the-first": seam.createUpload(
      "Of two users who send a file of one name one is cut.",
      async ({ next, self }, bucket, key, options) => {
        const open = self.uploadsOf(bucket).filter(([, upload]) => upload.key === key)
        for (const [name] of open) self.store.uploads.delete(name)
        return next(bucket, key, options)
      },
    ),
    "complete-ends-all-uploads-of-its-key": seam.assemble(
      "Of two users who send a file of one name the slower one is cut.",
      ({ next, self }, ref, upload) => {
        const info = next(ref, upload)
        const others = self.uploadsOf(ref.bucket).filter(([, other]) => other.key === ref.key && other !== upload)
        for (const [name] of others) self.store.uploads.delete(name)
        return info
      },
    ),
    "abort-ends-all-uploads-of-its-key": seam.abort(
      "One user who gives up cuts another.",
      async ({ next, self }, ref) => {
        for (const [name, { key }] of self.uploadsOf(ref.bucket)) if (key === ref.key) self.store.uploads.delete(name)
        return next(ref)
      },
    ),
    "one-token-for-a-key": seam.newUploadId("The second upload goes on with the first.", () => "upload"),
  },
})

function takesNumber(why: string, isTaken: (number: unknown) => boolean, source?: string) {
  return seam.partNumberIssue(why, ({ next }, number) => (isTaken(number) ? undefined : next(number)), source)
}
