import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { GetOptions, ObjectInfo, StoredObject } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Opened } from "../reference/opened.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldObject } from "../reference/store.ts"

/** Bytes of streams, in a buffer that is used again. */
const buffers = new WeakMap<Opened, Uint8Array>()

/** The object that was deleted last, by its store. */
const deleted = new WeakMap<object, HeldObject>()

/** Objects that were cancelled, and how many are open, by the client. */
const cancelled = new WeakSet<Opened>()
const open = new WeakMap<object, number>()

const isCode = (error: unknown, code: string) => ServiceError.is(error) && error.code === code

/** Waits for a free connection, of which a client has 50. */
async function connection(self: object): Promise<void> {
  while ((open.get(self) ?? 0) >= 50) await new Promise((resolve) => setTimeout(resolve, 1).unref())
}

export const gettingMutants = mutants({
  "STORAGE-GET-01": {
    "absent-object-is-empty": seam.objectOf(
      "A missing file is sent to users as an empty one.",
      ({ next, self }, bucket, key) => {
        try {
          return next(bucket, key)
        } catch (error) {
          if (ServiceError.is(error) && error.details?.["reason"] !== "object") throw error
          return self.newObject(key, new Uint8Array(0), {}, {})
        }
      },
    ),
    "absent-object-has-no-reason": seam.refuseFor(
      "A caller cannot tell a missing object from a missing bucket.",
      ({ next, self }, code, reason, message, more) => {
        if (reason === "object") self.refuse(code, message)
        return next(code, reason, message, more)
      },
    ),
    "head-rejects-what-is-absent": seam.head(
      "A question whether an object is there ends in an error.",
      async ({ next, self }, bucket, key) => {
        const info = await next(bucket, key)
        return info ?? self.refuseFor("NOT_FOUND", "object", "There is no such object.")
      },
      "aws-sdk-js-v3, HeadObject: an absent object rejects with NotFound",
    ),
    "folders-are-objects": seam.head(
      "A folder is offered as a file of no bytes.",
      async ({ next, self }, bucket, key) => {
        const info = await next(bucket, key)
        const keys = [...(self.findBucket(bucket)?.objects.keys() ?? [])]
        const inside = keys.find((other) => other.startsWith(`${key.replace(/\/$/, "")}/`))
        const [first] = inside === undefined ? [] : [await next(bucket, inside)]
        return info ?? (first && { ...first, key, size: 0 })
      },
      "node:fs, stat: a folder is there as much as a file",
    ),
    "deleted-objects-still-got": changed(ReferenceStorage, "A file that was deleted is served for ever.", {
      remove({ next, self }, bucket, key) {
        const object = self.find(bucket, key)
        next(bucket, key)
        if (object !== undefined) deleted.set(self.store, object)
      },
      objectOf({ next, self }, bucket, key) {
        const object = deleted.get(self.store)
        return object?.key === key ? object : next(bucket, key)
      },
    }),
  },
  "STORAGE-GET-02": {
    "stream-ends-after-a-piece": seam.pieceAt(
      "Files of more than one piece are cut.",
      async ({ next }, opened, at) => (at > 0 ? new Uint8Array(0) : next(opened, at)),
      "micronaut-object-storage #784: only the first chunk of a stream is read",
    ),
    "letters-cut-between-pieces": seam.decodeText(
      "A long text has wrong letters where its pieces meet.",
      ({ next }, bytes) => next(bytes.subarray(0, 65_536)) + next(bytes.subarray(65_536)),
      "Node.js, data events: chunk.toString() of each piece breaks the letters between them",
    ),
    "pieces-of-streams-are-text": seam.pieceAt(
      "A picture that is streamed is broken.",
      async ({ next }, opened, at) => {
        const piece = await next(opened, at)
        return new TextEncoder().encode(new TextDecoder().decode(piece))
      },
    ),
    "bytes-are-an-array-buffer": seam.bytesOf(
      "Code that asks for a length gets undefined.",
      async ({ next }, ...args) => {
        const bytes = await next(...args)
        return bytes.length > 100_000 ? (bytes.buffer as unknown as Uint8Array) : bytes
      },
    ),
    "range-from-the-start-lacks-the-last-byte": seam.rangeOf(
      "A download that goes on never ends.",
      ({ next }, range, size) => {
        const found = next(range, size)
        return found && range.end === undefined && range.suffix === undefined ? { ...found, end: size - 2 } : found
      },
      "babashka/http-server #22: a range without an end lacks the last byte",
    ),
  },
  "STORAGE-GET-03": {
    "wrong-bytes-reject": seam.decodeText("A text with one wrong byte cannot be read at all.", (_, bytes) =>
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    ),
    "wrong-bytes-left-out": seam.decodeText("A broken text looks whole.", ({ next }, bytes) =>
      next(bytes).replaceAll("\ufffd", ""),
    ),
    "wrong-bytes-are-latin-1": seam.decodeText("A broken text has letters that nobody wrote.", ({ next }, bytes) => {
      const text = next(bytes)
      return text.includes("\ufffd") ? String.fromCharCode(...bytes) : text
    }),
  },
  "STORAGE-GET-04": {
    "read-when-it-is-asked-for": seam.bytesOf(
      "A file that was replaced meanwhile is sent with the headers of the old one.",
      async ({ next, self }, opened, options) => {
        const { bucket, key } = opened.info
        const now = self.find(bucket, key)
        if (now === undefined || opened.range !== undefined) return next(opened, options)
        return next({ ...opened, bytes: now.bytes }, options)
      },
      "@google-cloud/storage, createReadStream: nothing is asked for until somebody reads",
    ),
    "deleted-before-it-was-read": seam.bytesOf(
      "A download that was admitted fails.",
      async ({ next, self }, opened, options) => {
        self.objectOf(opened.info.bucket, opened.info.key)
        return next(opened, options)
      },
    ),
    "each-piece-of-the-newest": seam.pieceAt(
      "A download begins with one version and ends with another.",
      async ({ next, self }, opened, at) => {
        const now = self.find(opened.info.bucket, opened.info.key)
        return next(now === undefined ? opened : { ...opened, bytes: now.bytes }, at)
      },
    ),
  },
  "STORAGE-GET-05": {
    "read-again-from-the-start": seam.takeOver(
      "Code that reads twice works here, and fails where an object comes over a network.",
      ({ self }, opened) => {
        self.checkSignal(opened.signal)
        opened.over = true
      },
    ),
    "second-read-is-empty": seam.bytesOf(
      "A file that is read by two functions is empty for the second.",
      async ({ next }, opened, options) => {
        try {
          return await next(opened, options)
        } catch (error) {
          if (isCode(error, "PRECONDITION_FAILED") && !opened.cancelled) return new Uint8Array(0)
          throw error
        }
      },
      "Node.js, streams: a stream that has ended gives nothing to a second reader",
    ),
    "second-read-fails-as-it-likes": seam.refuseRead(
      "A caller that decides by code meets an error without one.",
      () => {
        throw new TypeError("Body is unusable: Body has already been read")
      },
      "undici, fetch: a second read rejects with a TypeError, Body is unusable",
    ),
    "read-under-way-counts-for-nothing": seam.bytesOf(
      "Two reads at one time each get half.",
      async ({ next }, opened, options) => {
        await Promise.resolve()
        return next(opened, options)
      },
    ),
  },
  "STORAGE-GET-06": {
    "maxBytes-not-looked-at": seam.checkMaxBytes("One large file ends the process.", () => {}),
    "cut-at-maxBytes": seam.bytesOf(
      "A file that is too large is taken for a small one.",
      async ({ next }, opened, options) => {
        const bytes = await next(opened)
        return bytes.slice(0, options?.maxBytes)
      },
    ),
    "text-counted-in-characters": changed(ReferenceStorage, "A text may be three times as large as it should.", {
      checkMaxBytes({ next, self }, opened, options) {
        next({ ...opened, bytes: opened.bytes.subarray(0, self.decodeText(opened.bytes).length) }, options)
      },
    }),
    "just-maxBytes-refused": seam.checkMaxBytes(
      "A file of just the size that is allowed is refused.",
      ({ next }, opened, options) => next(opened, options.maxBytes ? { maxBytes: options.maxBytes - 1 } : options),
    ),
    "maxBytes-of-0-is-no-limit": seam.checkMaxBytes(
      "A limit of nothing lets all through.",
      ({ next }, opened, options) => {
        if (options.maxBytes) next(opened, options)
      },
    ),
    "range-counted-as-the-whole": seam.checkMaxBytes(
      "A small part of a large file cannot be read.",
      ({ self }, { info }, { maxBytes = Number.POSITIVE_INFINITY }) => {
        if (info.size > maxBytes) self.refuse("LIMIT_EXCEEDED", "The object is too large.")
      },
    ),
  },
  "STORAGE-GET-07": {
    "second-cancel-rejects": subclass(
      "A clean-up that runs twice fails.",
      class extends ReferenceStorage {
        override handleOf(opened: Opened): StoredObject {
          const handle = super.handleOf(opened)
          return {
            ...handle,
            cancel: async () => {
              if (cancelled.has(opened)) this.refuseRead()
              cancelled.add(opened)
              return handle.cancel()
            },
          }
        }
      },
      "Streams Standard, cancel of a locked stream: a TypeError",
    ),
    "cancel-after-a-read-rejects": seam.cancelRead(
      "A clean-up in finally turns a success into a failure.",
      ({ next, self }, opened) => {
        if (opened.over && !opened.cancelled) self.refuseRead()
        next(opened)
      },
    ),
    "cancelled-objects-can-be-read": seam.cancelRead("An object that was given back is read all the same.", () => {}),
    "cancelled-stream-ends": seam.pieceAt(
      "A download that was stopped looks whole.",
      async ({ next }, opened, at) => (opened.cancelled ? new Uint8Array(0) : next(opened, at)),
      "Node.js, http: the stream of an answer that was destroyed may end without an error",
    ),
    "read-after-cancel-is-a-lost-connection": seam.takeOver(
      "A program that reads what it has given up asks for it again and again.",
      ({ next, self }, opened) => {
        if (opened.cancelled) self.refuse("UNAVAILABLE", "socket hang up")
        next(opened)
      },
    ),
    "stream-of-a-cancelled-object-was-aborted": seam.pieceAt(
      "A log is full of aborts that nobody asked for.",
      async ({ next, self }, opened, at) => {
        if (opened.cancelled) self.refuse("ABORTED", "The operation was aborted.")
        return next(opened, at)
      },
    ),
  },
  "STORAGE-GET-08": {
    "signal-of-get-not-looked-at": seam.checkGet(
      "A request that was given up asks the store all the same.",
      ({ next }, bucket, key, options) => next(bucket, key, { ...(options as GetOptions), signal: undefined }),
    ),
    "signal-forgotten-after-get": seam.opened(
      "A download that was given up goes on.",
      ({ next }, bucket, object, { signal: _, ...options }) => next(bucket, object, options),
      "aws-sdk-js-v3: once the headers are there the abort signal does not reach the body",
    ),
    "aborted-stream-ends": seam.pieceAt("A download that was given up looks whole.", async ({ next }, opened, at) =>
      opened.signal?.aborted ? new Uint8Array(0) : next(opened, at),
    ),
    "reason-of-the-signal-ends-the-read": seam.bytesOf(
      "A caller that decides by code meets an error without one.",
      async ({ next }, opened, options) => {
        opened.signal?.throwIfAborted()
        return next(opened, options)
      },
      "Fetch Standard: an aborted read rejects with the reason of the signal",
    ),
    "absent-before-aborted": changed(ReferenceStorage, "A request that was given up still asks the store.", {
      checkGet({ next }, bucket, key, options) {
        next(bucket, key, { ...(options as GetOptions), signal: undefined })
      },
      opened({ next, self }, bucket, object, options) {
        self.checkSignal(options.signal)
        return next(bucket, object, options)
      },
    }),
  },
  "STORAGE-GET-09": {
    "get-tells-no-metadata": seam.opened("A download lacks what was said of it.", ({ next }, ...args) => {
      const opened = next(...args)
      return { ...opened, info: { ...opened.info, metadata: {} } }
    }),
    "get-tells-the-time-of-now": seam.opened("A browser never finds its copy fresh.", ({ next, self }, ...args) => {
      const opened = next(...args)
      return { ...opened, info: { ...opened.info, lastModified: new Date(self.clock.now() + 1) } }
    }),
    "get-tells-a-quoted-etag": seam.opened(
      "A condition with the ETag that get told never holds.",
      ({ next }, ...args) => {
        const opened = next(...args)
        return { ...opened, info: { ...opened.info, etag: `"${opened.info.etag}"` } }
      },
      "aws-sdk-js-v3, GetObject: the ETag comes with its quotes",
    ),
    "whole-object-tells-a-range": seam.handleOf("A download of all is answered as a part.", ({ next }, opened) => {
      const handle = next(opened)
      const { size } = opened.info
      return size === 0 ? handle : { range: { start: 0, end: size - 1 }, ...handle }
    }),
  },
  "STORAGE-GET-10": {
    "cancel-of-a-stream-rejects": seam.cancelRead(
      "A user who stops a film is an error in the log.",
      ({ next, self }, opened) => {
        next(opened)
        if (opened.over) self.refuse("ABORTED", "The stream was destroyed.")
      },
      "Node.js, stream: premature close is an error, ERR_STREAM_PREMATURE_CLOSE",
    ),
    "cancelled-streams-keep-their-connection": changed(
      ReferenceStorage,
      "After some films that were stopped nothing can be read any more.",
      {
        async pieceAt({ next, self }, opened, at) {
          if (at === 0) open.set(self, (open.get(self) ?? 0) + 1)
          const piece = await next(opened, at)
          if (piece.length === 0) open.set(self, (open.get(self) ?? 0) - 1)
          return piece
        },
        async bytesOf({ next, self }, opened, options) {
          if ((open.get(self) ?? 0) >= 5) self.refuse("UNAVAILABLE", "There is no free connection.")
          return next(opened, options)
        },
      },
      "aws-sdk-js-v3 #6691: sockets whose body is not read to its end are never free again",
    ),
  },
  "STORAGE-GET-11": {
    "connection-held-until-it-is-read": changed(
      ReferenceStorage,
      "Fifty files of which only the headers are wanted stop the service.",
      {
        async get({ next, self }, bucket, key, options) {
          await connection(self)
          const object = await next(bucket, key, options)
          open.set(self, (open.get(self) ?? 0) + 1)
          return object
        },
      },
      "aws-sdk-js-v3 #6691: GetObject leaks sockets if the body is never read, and the client is dead after 50",
    ),
    "head-waits-for-readers": changed(
      ReferenceStorage,
      "Whoever only asks whether a file is there waits for those who read.",
      {
        handleOf({ next, self }, opened) {
          open.set(self, (open.get(self) ?? 0) + 1)
          return next(opened)
        },
        async head({ next, self }, bucket, key): Promise<ObjectInfo | undefined> {
          await connection(self)
          return next(bucket, key)
        },
      },
      "aws-sdk-js-v3 #3560: requests wait for one of 50 sockets",
    ),
  },
  "STORAGE-GET-12": {
    "one-piece-of-all": seam.pieceBytes(
      "A download of a film takes as much memory as the film.",
      () => Number.MAX_SAFE_INTEGER,
    ),
    "buffer-used-again": seam.pieceAt(
      "A slow reader sees the next piece in the place of the last.",
      async ({ next }, opened, at) => {
        const piece = await next(opened, at)
        const buffer = buffers.get(opened) ?? new Uint8Array(piece.length)
        buffers.set(opened, buffer)
        buffer.set(piece)
        return buffer.subarray(0, piece.length)
      },
      "node:fs, FileHandle.read: a buffer that is used for each piece changes the ones before",
    ),
    "slow-readers-lose-pieces": seam.pieceAt("Films on slow lines have gaps.", ({ next }, opened, at) =>
      next(opened, at > 1_000_000 && at < 1_100_000 ? at + 1 : at),
    ),
  },
})
