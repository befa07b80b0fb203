import type { ObjectInfo, PutOptions } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldObject } from "../reference/store.ts"

const MEGABYTE = 1024 * 1024

/** What was put last, by the store. */
const latest = new WeakMap<object, PutOptions>()

/** Objects that are on their way, by the store. */
const partial = new WeakMap<object, Map<string, Uint8Array[]>>()

export const puttingMutants = mutants({
  "STORAGE-PUT-01": {
    "view-stored-with-all-of-its-buffer": seam.readerOf(
      "A small part of a buffer is stored with everything beside it, such as the data of other users.",
      ({ next }, body) => next(body instanceof Uint8Array ? new Uint8Array(body.buffer) : body),
      "azure-sdk-for-js #38718: of a body that is a view the whole backing buffer is sent",
    ),
    "first-piece-is-all": seam.readPieces(
      "A file that comes in pieces is stored as far as the first.",
      async ({ self }, reader, taken, options) => {
        const piece = await self.pieceWithin(reader, options.signal)
        if (piece instanceof Uint8Array) self.takePiece(taken, piece, options)
        return self.wholeOf(taken, { ...options, size: undefined })
      },
      "micronaut-object-storage #784: a streamed file is truncated, as if only its first chunk was read",
    ),
    "text-stored-as-latin-1": seam.encodeText(
      "Names with other letters are lost in every text that is stored.",
      (_, text) => Uint8Array.from(text, (char) => char.charCodeAt(0)),
      "Node.js, http: a body given as a string is written in latin1 where the encoding says so",
    ),
    "pieces-read-as-text": seam.copyIn("A picture that was sent as a stream is broken.", (_, piece) =>
      new TextEncoder().encode(new TextDecoder().decode(piece)),
    ),
    "empty-piece-ends-the-stream": seam.nextPiece(
      "A file whose source had nothing for a moment is stored in part.",
      async ({ next }, reader) => {
        const piece = await next(reader)
        return piece instanceof Uint8Array && piece.length === 0 ? undefined : piece
      },
    ),
    "Blob-stored-as-its-name": seam.streamOfBlob("A file of a form is stored as [object Blob].", (_, blob) =>
      new Blob([String(blob)]).stream(),
    ),
    "last-piece-forgotten": seam.wholeOf("Files lack their end.", ({ next }, taken, options) =>
      next(taken.pieces.length > 2 ? { ...taken, pieces: taken.pieces.slice(0, -1) } : taken, options),
    ),
  },
  "STORAGE-PUT-02": {
    "empty-stream-refused": seam.wholeOf(
      "An empty file cannot be uploaded.",
      ({ next, self }, taken, options) => {
        if (taken.pieces.length === 0) self.refuse("INVALID_ARGUMENT", "You must specify at least one part.")
        return next(taken, options)
      },
      "minio-js #1386: an empty stream fails, You must specify at least one part",
    ),
    "empty-text-taken-for-missing": seam.bodyIssue("An empty note cannot be saved.", ({ next }, body) =>
      body === "" ? "A body is missing." : next(body),
    ),
    "empty-object-not-stored": seam.commit(
      "An empty file is not there after its upload.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        if (bytes.length > 0) return next(bucket, key, bytes, options, checksums)
        return self.infoOf(bucket, self.newObject(key, bytes, options, checksums))
      },
      "minio-js #657: of an empty file no object is made, and no error is told",
    ),
    "empty-objects-are-folders": seam.rowsOf("An empty file is in no list.", ({ next }, held, options) =>
      next(held, options).filter(({ object }) => object === undefined || object.bytes.length > 0),
    ),
  },
  "STORAGE-PUT-03": {
    "metadata-merged-with-the-old": seam.commit(
      "A new file has what was said of the old one.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const metadata = { ...self.find(bucket, key)?.metadata, ...options.metadata }
        return next(bucket, key, bytes, { ...options, metadata }, checksums)
      },
    ),
    "headers-kept-from-the-old": seam.commit(
      "A picture is served with the encoding of the text that it replaced.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
        return next(bucket, key, bytes, { ...self.find(bucket, key)?.headers, ...given }, checksums)
      },
    ),
    "old-end-stays-behind-a-shorter-body": seam.commit(
      "A file that became shorter ends with the end of the old one.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const old = self.find(bucket, key)?.bytes ?? bytes
        return next(bucket, key, self.join([bytes, old.subarray(bytes.length)]), options, checksums)
      },
      "node:fs, flag r+: a file is written over in place, and what was behind stays",
    ),
    "copies-keep-the-metadata-of-the-target": seam.copy(
      "What was said of a file is said of the one that took its place.",
      async ({ next, self }, from, to, options) => {
        const old = self.find(to.bucket, to.key)?.metadata
        return next(from, to, old === undefined ? options : { metadata: { ...old }, ...options })
      },
    ),
  },
  "STORAGE-PUT-04": {
    "put-tells-a-quoted-etag": seam.put(
      "A condition with the ETag that put told never holds.",
      async ({ next }, bucket, key, body, options) => {
        const info = await next(bucket, key, body, options)
        return { ...info, etag: `"${info.etag}"` }
      },
      "aws-sdk-js-v3, PutObject: the ETag comes with its quotes",
    ),
    "size-of-a-stream-unknown": seam.put(
      "The size of each uploaded file is 0 in the database of the application.",
      async ({ next }, bucket, key, body, options) => {
        const info = await next(bucket, key, body, options)
        return body instanceof Uint8Array ? info : { ...info, size: options?.size ?? 0 }
      },
      "aws-sdk-js-v3, PutObject: the answer has no size of what was stored",
    ),
    "put-tells-what-it-was-given": seam.put(
      "The type that was worked out is missing from what put told.",
      async ({ next }, bucket, key, body, options) => {
        const info = await next(bucket, key, body, options)
        return { ...info, contentType: options?.contentType ?? "" }
      },
    ),
    "copy-tells-the-source": seam.copy(
      "A record of the copy leads to the original.",
      async ({ next }, from, to, options) => ({ ...(await next(from, to, options)), ...from }),
    ),
    "time-of-the-first-put-stays": seam.newObject(
      "A page that was changed is taken for the one in the browser's cache.",
      ({ next, self }, key, bytes, options, checksums) => {
        const object = next(key, bytes, options, checksums)
        const old = self.ownBuckets().flatMap(({ objects }) => objects.get(key) ?? [])
        return { ...object, lastModified: old[0]?.lastModified ?? object.lastModified }
      },
    ),
    "times-in-seconds": seam.timeNow("All objects are from 1970.", ({ next }) => Math.floor(next() / 1000)),
    "complete-tells-no-metadata": seam.complete(
      "What was said of a large file is missing from what its upload told.",
      async ({ next }, ref) => ({ ...(await next(ref)), metadata: {} }),
      "Amazon S3, CompleteMultipartUpload: the answer has neither metadata nor headers of the object",
    ),
  },
  "STORAGE-PUT-05": {
    "over-16-MiB-cut": seam.join(
      "The end of every large file is lost.",
      ({ next }, pieces) => next(pieces).slice(0, 16 * MEGABYTE),
      "MongoDB: a document, and so a file that is kept in one, has at most 16 MiB",
    ),
    "whole-parts-lost": seam.wholeOf(
      "Large files lack a part in their middle, and have the right size in no list.",
      ({ next }, taken, options) => {
        const pieces = taken.pieces.filter((_, index) => index !== 16)
        return next({ ...taken, pieces }, options)
      },
      "mlcommons/storage #593: parts of 16 MiB are silently missing from large objects",
    ),
    "parts-in-the-order-of-their-text": seam.wholeOf(
      "Files of more than nine parts are shuffled.",
      ({ next }, taken, options) => {
        const order = [...taken.pieces.keys()].map(String).sort()
        return next({ ...taken, pieces: order.map((index) => taken.pieces[Number(index)] as Uint8Array) }, options)
      },
    ),
  },
  "STORAGE-PUT-06": {
    "bytes-kept-as-they-were-given": changed(
      ReferenceStorage,
      "The next use of a buffer changes the file that was stored from it.",
      {
        copyIn(_, piece) {
          return piece
        },
        join({ next }, pieces) {
          return pieces.length === 1 ? (pieces[0] as Uint8Array) : next(pieces)
        },
      },
    ),
    "bytes-handed-out-as-they-are": seam.copyOut(
      "A reader that changes what it was given changes it for all.",
      (_, bytes) => bytes,
    ),
    "pieces-of-streams-handed-out-as-they-are": seam.pieceAt(
      "A reader that decrypts in place decrypts the store.",
      async ({ next, self }, opened, at) => {
        const { length } = await next(opened, at)
        return opened.bytes.subarray(at, Math.min(at + length, at + self.pieceBytes()))
      },
    ),
    "parts-kept-as-they-were-given": seam.readBody(
      "The parts of a file are all that the buffer held last.",
      ({ next }, reader, options) => {
        const { whole } = reader
        const bytes = next(reader, options)
        return Object.keys(options).length === 0 && whole !== undefined ? whole : bytes
      },
    ),
  },
  "STORAGE-PUT-13": {
    "reading-stops-at-size": seam.readPieces(
      "A source never learns that all of it was taken, and its file stays open.",
      async ({ self }, reader, taken, options) => {
        while (options.size === undefined || taken.count < options.size) {
          const piece = await self.pieceWithin(reader, options.signal)
          if (!(piece instanceof Uint8Array)) break
          self.takePiece(taken, piece, options)
        }
        reader.over = true
        return self.wholeOf(taken, options)
      },
    ),
    "cancelled-in-any-case": seam.endBody(
      "An upload that went well tells its source that it failed.",
      ({ next }, reader) => {
        reader.over = false
        next(reader)
      },
    ),
  },
  "STORAGE-PUT-14": {
    "progress-tells-pieces": subclass(
      "A bar stays at the size of one piece.",
      class extends ReferenceStorage {
        #before = 0
        override tellProgress(options: PutOptions, count: number): void {
          super.tellProgress(options, count - this.#before)
          this.#before = count
        }
      },
    ),
    "progress-of-streams-alone": seam.readBody(
      "A bar stays at nothing until the upload is over.",
      ({ next }, reader, options) => next(reader, reader.whole ? { ...options, onProgress: undefined } : options),
      "aws-sdk-js-v3, PutObject: nothing tells of progress, httpUploadProgress is of lib-storage alone",
    ),
    "progress-ends-before-the-end": seam.tellProgress("A bar stays at 99 percent.", ({ next }, options, count) =>
      next(options, count - 1),
    ),
    "thrown-by-the-callback-fails-the-put": seam.tellProgress(
      "A mistake in a progress bar fails the upload.",
      (_, { onProgress }, count) => onProgress?.(count),
    ),
  },
  "STORAGE-PUT-16": {
    "metadata-of-the-latest-call": changed(
      ReferenceStorage,
      "Of two users who save at one time one gets the text of the other under his name.",
      {
        checkPut({ next, self }, bucket, key, body, options) {
          next(bucket, key, body, options)
          latest.set(self.store, options as PutOptions)
        },
        newObject({ next, self }, key, bytes, options, checksums) {
          const { contentType, metadata } = latest.get(self.store) ?? options
          return next(key, bytes, { ...options, contentType, metadata }, checksums)
        },
      },
    ),
    "pieces-of-two-puts-mix": seam.readPieces(
      "Two uploads of one name make a file of pieces of both.",
      async ({ next, self }, reader, taken, options) => {
        const shared = partial.get(self.store) ?? new Map<string, Uint8Array[]>()
        partial.set(self.store, shared)
        const pieces = shared.get("") ?? []
        shared.set("", pieces)
        const bytes = await next(reader, taken, options)
        pieces.push(bytes.subarray(0, 1000))
        return self.join([pieces[0] as Uint8Array, bytes.subarray(1000)])
      },
      "node:fs, createWriteStream: two that write to one path write over each other",
    ),
  },
  "STORAGE-PUT-17": {
    "old-object-deleted-first": seam.put(
      "A page is gone for as long as its new version is sent.",
      async ({ next, self }, bucket, key, body, options) => {
        self.checkPut(bucket, key, body, options)
        self.remove(bucket, key)
        return next(bucket, key, body, options)
      },
    ),
    "written-in-place": seam.takePiece(
      "Whoever reads a file while it is sent reads half of it.",
      ({ next, self }, taken, piece, options) => {
        next(taken, piece, options)
        const { objects } = self.bucketOf("files")
        const old = objects.get("old")
        if (old !== undefined) objects.set("old", { ...old, bytes: self.join(taken.pieces) })
      },
      "owncloud/files_primary_s3 #620: an upload that was interrupted is there, and is short",
    ),
    "temporary-names-listed": changed(ReferenceStorage, "A backup copies files that are not there a moment later.", {
      async readPieces({ next, self }, reader, taken, options) {
        const { objects } = self.bucketOf("files")
        objects.set(".upload", self.newObject(".upload", new Uint8Array(0), {}, {}))
        const bytes = await next(reader, taken, options)
        objects.delete(".upload")
        return bytes
      },
    }),
    "head-tells-of-what-comes": changed(ReferenceStorage, "A file is said to be there before it is.", {
      async put({ next, self }, bucket, key, body, options) {
        self.checkPut(bucket, key, body, options)
        const coming = partial.get(self.store) ?? new Map<string, Uint8Array[]>()
        partial.set(self.store, coming.set(key, []))
        return next(bucket, key, body, options)
      },
      async head({ next, self }, bucket, key) {
        const info = await next(bucket, key)
        const isComing = partial.get(self.store)?.has(key) === true
        return info ?? (isComing ? ({ bucket, key } as ObjectInfo) : undefined)
      },
    }),
  },
  "STORAGE-PUT-18": {
    "mark-dropped-on-reading": seam.decodeText(
      "A program that needs the mark of a file does not find it.",
      (_, bytes) => new TextDecoder().decode(bytes),
      "Encoding Standard, TextDecoder: the mark is dropped unless ignoreBOM is true",
    ),
    "mark-dropped-on-writing": seam.encodeText("A text is not what was stored.", ({ next }, text) =>
      next(text.replace(/^\ufeff/, "")),
    ),
    "size-in-characters": seam.listedOf(
      "A download of text is cut by as many bytes as it has other letters.",
      ({ next }, bucket, object: HeldObject) => ({
        ...next(bucket, object),
        size: new TextDecoder("utf-8", { ignoreBOM: true }).decode(object.bytes).length,
      }),
    ),
    "text-stored-as-utf-16": seam.encodeText(
      "Other programs see a text of every second letter.",
      (_, text) => new Uint8Array(Uint16Array.from(text, (char) => char.charCodeAt(0)).buffer),
    ),
  },
  "STORAGE-PUT-19": {
    "pieces-kept-until-the-end": seam.copyIn(
      "A file that is read into one buffer is stored as its end, again and again.",
      (_, piece) => piece,
    ),
    "piece-copied-when-the-next-is-there": seam.takePiece(
      "Each piece of a file is stored as the one behind it.",
      ({ next, self }, taken, piece, options) => {
        next(taken, piece, options)
        const { copyIn } = self
        const last = taken.pieces.length - 1
        if (options.size === undefined) return
        taken.pieces[last] = piece
        if (last > 0) taken.pieces[last - 1] = copyIn.call(self, taken.pieces[last - 1] as Uint8Array)
      },
    ),
    "pieces-of-parts-kept": seam.uploadPart(
      "Parts that are read into one buffer are stored as their end.",
      ({ next, self }, ...args) => {
        const { copyIn } = self
        self.copyIn = (piece) => piece
        return next(...args).finally(() => {
          self.copyIn = copyIn
        })
      },
    ),
  },
})
