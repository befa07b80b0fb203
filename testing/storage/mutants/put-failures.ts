import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { BodyReader } from "../reference/bodies.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** Readers whose body is a web stream, and those that were asked for a piece. */
const webStreams = new WeakSet<BodyReader>()
const begun = new WeakSet<BodyReader>()

const isAborted = (error: unknown) => ServiceError.is(error) && error.code === "ABORTED"

export const putFailuresMutants = mutants({
  "STORAGE-PUT-07": {
    "more-bytes-cut-off": changed(ReferenceStorage, "A file whose size was wrong lacks its end.", {
      checkCount({ next }, count, { size }) {
        next(size === undefined ? count : Math.min(count, size), { size })
      },
      join({ next }, pieces) {
        return next(pieces)
      },
    }),
    "fewer-bytes-stored": seam.checkWhole(
      "A file whose connection was cut is stored as far as it came.",
      () => {},
      "owncloud/files_primary_s3 #620: an interrupted upload produces a corrupt file without notice",
    ),
    "size-of-bytes-not-looked-at": seam.readBody(
      "A mistake in the size of small files is never found.",
      ({ next }, reader, options) =>
        next(reader, reader.whole === undefined ? options : { ...options, size: undefined }),
    ),
    "size-of-0-means-unknown": seam.readBody("A file that should be empty is not.", ({ next }, reader, options) =>
      next(reader, { ...options, size: options.size || undefined }),
    ),
    "old-object-gone-with-the-failed-one": seam.put(
      "An upload that failed has deleted what was there.",
      async ({ next, self }, bucket, key, body, options) => {
        try {
          return await next(bucket, key, body, options)
        } catch (error) {
          const isSize = ServiceError.is(error) && error.details?.["reason"] === "size"
          if (isSize) self.remove(bucket, key)
          throw error
        }
      },
    ),
  },
  "STORAGE-PUT-08": {
    "first-half-stored": seam.nextPiece(
      "A file whose source failed is stored as far as it came.",
      async ({ next }, reader) => {
        try {
          return await next(reader)
        } catch {
          return undefined
        }
      },
      "NixOS/nix #3886: an archive whose stream failed was put into S3 in part",
    ),
    "error-of-the-source-passed-on": seam.bodyFailed(
      "A caller that decides by code meets an error without one.",
      (_, cause) => cause as ServiceError,
    ),
    "failed-body-is-an-outage": seam.bodyFailed(
      "A retry sends the rest of a stream that has failed, and stores it.",
      ({ self }, cause) => new ServiceError("UNAVAILABLE", "The request failed.", { service: self.service, cause }),
      "aws-sdk-js-v3: a body that fails fails the request, which is retried as any other",
    ),
    "old-object-gone-with-the-failed-body": seam.bodyFailed(
      "An upload that failed has deleted what was there.",
      ({ next, self }, cause) => {
        for (const { objects } of self.ownBuckets()) objects.delete("old")
        return next(cause)
      },
    ),
  },
  "STORAGE-PUT-09": {
    "pieces-of-text-encoded": seam.nextPiece(
      "A stream that was opened with an encoding is stored in another one.",
      async ({ next, self }, reader) => {
        const piece = await next(reader)
        return typeof piece === "string" ? self.encodeText(piece) : piece
      },
      "Node.js, stream.Writable: a string is turned into bytes by decodeStrings",
    ),
    "number-is-so-many-zeros": seam.nextPiece(
      "A stream of numbers is stored as zeros.",
      async ({ next }, reader) => {
        const piece = await next(reader)
        return typeof piece === "number" ? new Uint8Array(piece) : piece
      },
      "ECMAScript, new Uint8Array(5): five zeros",
    ),
    "any-view-is-bytes": seam.nextPiece(
      "Samples of two bytes are stored in the order of this machine.",
      async ({ next }, reader) => {
        const piece = await next(reader)
        return ArrayBuffer.isView(piece) ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength) : piece
      },
    ),
    "undefined-ends-the-stream": seam.readerOfIterable(
      "A source that had nothing for a moment is stored in part.",
      ({ next }, body) => {
        const reader = next(body)
        return {
          over: false,
          cancel: () => reader.cancel(),
          async next() {
            const piece = await reader.next()
            return piece === "nothing" ? undefined : piece
          },
        }
      },
    ),
    "wrong-pieces-left-out": seam.nextPiece(
      "A stream of text is stored as an empty object.",
      async ({ next }, reader) => {
        for (;;) {
          const piece = await next(reader)
          if (piece === undefined || piece instanceof Uint8Array) return piece
        }
      },
    ),
  },
  "STORAGE-PUT-10": {
    "signal-looked-at-while-reading": changed(
      ReferenceStorage,
      "A file that was put as a whole is stored although its request was given up.",
      {
        checkSending({ next }, given) {
          next({ ...given, signal: undefined })
        },
        commit({ next }, bucket, key, bytes, { signal: _, ...options }, checksums) {
          return next(bucket, key, bytes, options, checksums)
        },
      },
    ),
    "refused-after-it-was-read": changed(ReferenceStorage, "A large file is sent in vain.", {
      checkSending({ next }, given) {
        next({ ...given, signal: undefined })
      },
      pieceWithin({ next }, reader) {
        return next(reader, undefined)
      },
    }),
    "aborted-under-another-code": seam.checkSignal(
      "A caller that leaves its own aborts out of the log logs each of them.",
      ({ self }, signal) => {
        if (signal?.aborted) self.refuse("UNAVAILABLE", "The request was aborted.")
      },
      "aws-sdk-js-v3: an abort that comes after the headers is an error without a name of its own",
    ),
  },
  "STORAGE-PUT-11": {
    "abort-seen-at-the-next-piece": seam.pieceWithin(
      "A put whose source is idle cannot be given up.",
      async ({ self }, reader, signal) => {
        self.checkSignal(signal)
        const piece = await self.nextPiece(reader)
        self.checkSignal(signal)
        return piece
      },
      "azure-sdk-for-js #32028: the abort signal is ignored while the source is paused, and the upload hangs",
    ),
    "stored-as-far-as-it-came": seam.pieceWithin(
      "A file that was given up is there, and is short.",
      async ({ next }, reader, signal) => {
        const isBegun = signal?.aborted === false
        try {
          return await next(reader, signal)
        } catch (error) {
          if (isBegun && isAborted(error)) return undefined
          throw error
        }
      },
    ),
    "reason-of-the-signal-passed-on": seam.pieceWithin(
      "A caller that decides by code meets an error without one.",
      async ({ next }, reader, signal) => {
        try {
          return await next(reader, signal)
        } catch (error) {
          throw isAborted(error) ? signal?.reason : error
        }
      },
      "AWS SDK, Google Cloud Storage: the reason of a signal, or an AbortError, is thrown as it is",
    ),
  },
  "STORAGE-PUT-12": {
    "unread-streams-left-open": changed(
      ReferenceStorage,
      "Each refused upload leaves a file open, until there are no more of them.",
      {
        readPieces({ next }, reader, taken, options) {
          begun.add(reader)
          return next(reader, taken, options)
        },
        endBody({ next }, reader) {
          if (begun.has(reader)) next(reader)
        },
      },
      "aws-sdk-js-v3: the stream of a request that is refused early is neither read nor destroyed",
    ),
    "failed-streams-left-open": seam.endBody(
      "Each upload that fails in its middle leaves a connection open.",
      (_, reader) => {
        reader.over = true
      },
      "lib-storage of aws-sdk-js-v3: after an abort the source is left as it is",
    ),
    "cancelled-twice": seam.endBody("A source that counts its users is closed for another one.", ({ next }, reader) => {
      if (!reader.over) reader.cancel()
      next(reader)
    }),
    "web-streams-alone-cancelled": changed(
      ReferenceStorage,
      "A file stays open for each upload from a Node.js stream that fails.",
      {
        readerOfStream({ next }, stream) {
          const reader = next(stream)
          webStreams.add(reader)
          return reader
        },
        endBody({ next }, reader) {
          if (webStreams.has(reader)) next(reader)
        },
      },
    ),
  },
  "STORAGE-PUT-15": {
    "limit-for-known-sizes-alone": seam.checkCount(
      "A stream without an end fills the store.",
      ({ next, self }, count, options) => next(Math.min(count, self.capabilities.maxObjectBytes), options),
    ),
    "cut-at-the-limit": changed(ReferenceStorage, "Files lack their end, and nobody was told.", {
      checkCount() {},
      checkSending() {},
      join({ next, self }, pieces) {
        return next(pieces).slice(0, self.capabilities.maxObjectBytes)
      },
    }),
    "limit-is-one-byte-less": seam.checkLimit(
      "A file of just the size that is allowed is refused.",
      ({ next }, bytes) => next(bytes + 1),
    ),
    "over-the-limit-under-another-code": seam.checkLimit(
      "A user is told that the store is away, and tries again all day.",
      ({ self }, bytes) => {
        if (bytes > self.capabilities.maxObjectBytes) self.refuse("UNAVAILABLE", "The entity is too large.")
      },
    ),
    "limit-counts-characters": seam.encodeText(
      "A text of other letters fills twice the room that it may.",
      ({ next, self }, text) => {
        const bytes = next(text)
        return text.length > self.capabilities.maxObjectBytes ? bytes : bytes.slice(0, text.length)
      },
    ),
  },
  "STORAGE-PUT-20": {
    "idle-streams-waited-for-after-close": seam.endWaiting("A process that is told to end never does.", () => {}),
    "streams-left-open-at-close": seam.endBody(
      "A connection of a browser stays open after its storage has closed.",
      ({ next, self }, reader) => {
        if (!self.closed) next(reader)
      },
    ),
    "streams-cancelled-again-at-close": seam.endBody(
      "A source that counts its users is closed for another one.",
      ({ next, self }, reader) => {
        if (self.closed && !reader.over) reader.cancel()
        next(reader)
      },
    ),
  },
})
