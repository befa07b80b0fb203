import type { Body, Checksum, PutOptions } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

const isStream = (body: Body) => typeof body !== "string" && !(body instanceof Uint8Array)

/** Base64 of the same bytes, however it was written. */
const normalized = (text: unknown) => `${text}`.trim().replaceAll(/=+$/g, "")

/** A reference that puts without a look at the checksum, and looks when the object stands. */
function checksLate(why: string, after: (self: ReferenceStorage, bucket: string, key: string) => void, source: string) {
  return seam.put(
    why,
    async ({ next, self }, bucket, key, body, options = {}) => {
      self.checkSending(options)
      const info = await next(bucket, key, body, { ...options, checksum: undefined })
      try {
        if (options.checksum) await self.checkSum(self.objectOf(bucket, key).bytes, options.checksum)
      } catch (error) {
        after(self, bucket, key)
        throw error
      }
      return info
    },
    source,
  )
}

/** A reference that compares the checksum with that of one piece of the body. */
function checksPiece(why: string, index: 0 | -1, source?: string) {
  return subclass(
    why,
    class extends ReferenceStorage {
      #pieces: readonly Uint8Array[] = []
      override join(pieces: readonly Uint8Array[]): Uint8Array {
        this.#pieces = pieces
        return super.join(pieces)
      }
      override async checkSum(bytes: Uint8Array, checksum: Checksum): Promise<void> {
        return super.checkSum(this.#pieces.at(index) ?? bytes, checksum)
      }
    },
    source,
  )
}

export const checksumsMutants = mutants({
  "STORAGE-SUM-01": {
    "checksum-in-hex-is-compared": seam.sumOf(
      "Every upload that brings its checksum is refused.",
      async ({ next }, algorithm, bytes) => {
        const value = atob(await next(algorithm, bytes))
        return Array.from(value, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("")
      },
      "aws-sdk-go #503: the MD5 of an upload was given in hex, where the server wants base64",
    ),
    "crc-with-its-last-byte-first": seam.sumOf(
      "A checksum from another machine is refused.",
      async ({ next }, algorithm, bytes) => {
        const value = await next(algorithm, bytes)
        return algorithm === "sha256" ? value : btoa([...atob(value)].reverse().join(""))
      },
    ),
    "checksum-of-each-piece": checksPiece(
      "A large file that brings its checksum is refused.",
      0,
      "@aws-sdk/lib-storage 3.1175: the checksum of the whole is sent with each part, and the server refuses all",
    ),
    "one-algorithm-for-all": seam.sumOf("Half of what is declared is refused.", ({ next }, _, bytes) =>
      next("sha256", bytes),
    ),
  },
  "STORAGE-SUM-02": {
    "checksum-not-looked-at": seam.checkSum(
      "A damaged upload replaces the good file.",
      async () => {},
      "chimera #474: Content-MD5 went into the signature alone, and no body was compared with it",
    ),
    "checksum-of-bytes-alone": seam.put(
      "A damaged upload replaces the good file, where it is streamed.",
      async ({ next, self }, bucket, key, body, options = {}) => {
        self.checkSending(options)
        return next(bucket, key, body, isStream(body) ? { ...options, checksum: undefined } : options)
      },
      "versitygw #1694: a wrong checksum that trails a streamed body was not answered with BadDigest",
    ),
    "checksum-compared-when-replaced": checksLate(
      "A damaged upload is refused, and the good file is gone.",
      () => {},
      "Google Cloud Storage: a streamed object is there when its checksum can be compared",
    ),
    "checksum-compared-and-deleted": checksLate(
      "A damaged upload is refused, and neither file is there.",
      (self, bucket, key) => self.remove(bucket, key),
      "@google-cloud/storage 7.22: an upload whose checksum differs is deleted, whatever stands there by then",
    ),
    "checksum-of-the-last-piece": checksPiece("A file that was damaged in its middle is taken.", -1),
    "checksum-up-to-its-first-letter": seam.checkSum(
      "Most damaged uploads are taken.",
      async ({ next, self }, bytes, checksum) => {
        const value = await self.sumOf(checksum.algorithm, bytes)
        if (value[0] !== checksum.value[0]) await next(bytes, checksum)
      },
    ),
    "wrong-checksum-is-a-damaged-object": seam.checkSum(
      "A caller believes that the stored object is damaged.",
      async ({ next, self }, bytes, checksum) => {
        await next(bytes, checksum).catch(() => self.refuseFor("CORRUPT", "checksum", "It is damaged."))
      },
    ),
  },
  "STORAGE-SUM-03": {
    "unknown-algorithm-passed-over": changed(
      ReferenceStorage,
      "A checksum is believed to have been compared.",
      {
        checkSending: ({ next }, options = {}) => next({ ...options, checksum: undefined }),
        checkSum: async ({ next, self }, bytes, checksum) => {
          if (self.capabilities.checksumsWrite.includes(checksum.algorithm)) await next(bytes, checksum)
        },
      },
      "versitygw 1.8: x-amz-checksum-crc32 in a signed query is not looked at",
    ),
    "unknown-algorithm-noticed-at-the-end": changed(ReferenceStorage, "Gigabytes are sent before the refusal.", {
      checkSending: ({ next }, options = {}) => next({ ...options, checksum: undefined }),
      checkSum: async ({ next, self }, bytes, checksum) => {
        if (!self.capabilities.checksumsWrite.includes(checksum.algorithm)) {
          self.refuse("UNSUPPORTED", "This storage does not check this algorithm.")
        }
        await next(bytes, checksum)
      },
    }),
    "declared-algorithm-refused": seam.checkSending(
      "What is declared does not work.",
      ({ next, self }, options = {}) => {
        if (options.checksum?.algorithm === "crc32") self.refuse("UNSUPPORTED", "This storage checks no crc32.")
        next(options)
      },
    ),
  },
  "STORAGE-SUM-04": {
    "checksum-without-padding-is-taken": changed(ReferenceStorage, "What one store takes, another one refuses.", {
      putOptionsIssue: ({ next }, options) => (isPadded(options) ? next(options) : undefined),
      checkSum: async ({ next, self }, bytes, checksum) => {
        const value = await self.sumOf(checksum.algorithm, bytes)
        if (normalized(value) !== normalized(checksum.value)) await next(bytes, checksum)
      },
    }),
    "checksum-compared-as-far-as-it-goes": changed(ReferenceStorage, "An empty checksum fits every body.", {
      putOptionsIssue: ({ next }, options) => (isLong(options) ? next(options) : undefined),
      checkSum: async ({ next, self }, bytes, checksum) => {
        const value = await self.sumOf(checksum.algorithm, bytes)
        if (!value.startsWith(checksum.value)) await next(bytes, checksum)
      },
    }),
    "checksum-that-is-none-passed-over": seam.put(
      "A program whose checksum is lost on its way stores unchecked.",
      async ({ next }, bucket, key, body, options = {}) => {
        const { checksum } = options as { checksum?: unknown }
        return next(bucket, key, body, typeof checksum === "object" && checksum ? options : without(options))
      },
      "versitygw #1356: a checksum header that names no algorithm was mistaken for one",
    ),
    "unknown-algorithm-with-a-checksum-stored": seam.putOptionsIssue(
      "A checksum by another name is not compared.",
      ({ next }, options) => {
        const { checksum } = (options ?? {}) as { checksum?: { algorithm?: unknown } }
        return checksum?.algorithm === "sha1" ? next({ ...(options as object), checksum: undefined }) : next(options)
      },
    ),
  },
  "STORAGE-SUM-05": {
    "get-tells-no-checksums": seam.opened(
      "A download cannot be compared.",
      ({ next }, bucket, object, options) => {
        const opened = next(bucket, object, options)
        return { ...opened, info: { ...opened.info, checksums: {} } }
      },
      "Amazon S3: GET tells a checksum only where the request has x-amz-checksum-mode",
    ),
    "head-tells-no-checksums": seam.head("A mirror loads all that it has already.", async ({ next }, bucket, key) => {
      const info = await next(bucket, key)
      return info && { ...info, checksums: {} }
    }),
    "checksum-of-what-stood-there-before": seam.commit(
      "A good file is taken for a damaged one.",
      ({ next, self }, bucket, key, bytes, options, checksums) =>
        next(bucket, key, bytes, options, { ...self.find(bucket, key)?.checksums, ...checksums }),
    ),
    "checksum-of-a-stream-not-kept": seam.put(
      "Checksums are there for small files alone.",
      async ({ next, self }, bucket, key, body, options = {}) => {
        const info = await next(bucket, key, body, options)
        if (!isStream(body)) return info
        const held = self.bucketOf(bucket)
        held.objects.set(key, { ...self.objectOf(bucket, key), checksums: {} })
        return info
      },
      "Amazon S3, uploads in parts: the checksum is one of checksums, and not that of the whole",
    ),
    "checksum-kept-in-hex": seam.sumsOf("Two programs that compare find every file different.", ({ next }, options) =>
      Object.fromEntries(Object.entries(next(options)).map(([name, value]) => [name, atob(value ?? "")])),
    ),
  },
  "STORAGE-SUM-06": {
    "stored-bytes-not-compared": seam.verify(
      "A backup of a file that a disk has damaged replaces the good one.",
      async () => {},
      "aws-sdk-js-v3, responseChecksumValidation WHEN_REQUIRED: no download is compared",
    ),
    "stream-not-compared": seam.streamOf("Large files are damaged without a word.", ({ next }, opened) =>
      next({ ...opened, checksums: {} }),
    ),
    "damage-noticed-for-one-algorithm": seam.verify(
      "Half of the objects are never compared.",
      async ({ next }, opened) =>
        next({ ...opened, checksums: opened.checksums.sha256 ? { sha256: opened.checksums.sha256 } : {} }),
    ),
    "damage-reads-as-not-found": seam.verify(
      "A damaged file is made anew from an older one.",
      async ({ next, self }, opened) => {
        await next(opened).catch(() => self.refuseFor("NOT_FOUND", "object", "There is no such object."))
      },
    ),
  },
})

function without(options: PutOptions): PutOptions {
  return { ...options, checksum: undefined }
}

function sumGiven(options: unknown): unknown {
  return (options as { checksum?: { value?: unknown } } | undefined)?.checksum?.value
}

/** Whether the checksum, where there is one, has its padding. */
function isPadded(options: unknown): boolean {
  const value = sumGiven(options)
  return typeof value !== "string" || value.length % 4 === 0
}

/** Whether the checksum, where there is one, is not empty. */
function isLong(options: unknown): boolean {
  return sumGiven(options) !== ""
}
