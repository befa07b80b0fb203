import type { Body, ObjectInfo, PutOptions } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { BodyReader } from "../reference/bodies.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldObject } from "../reference/store.ts"

/** What the clause of a lost put leaves open is done when the store is well again. */
const postponed = new WeakMap<object, (() => void)[]>()

/** A stream that is read in one step: its end comes early. */
function endsEarly(why: string, isCut: (code: unknown) => boolean, source?: string) {
  return changed(
    ReferenceStorage,
    why,
    {
      pieceAt: async ({ next }, opened, at) => {
        try {
          return await next(opened, at)
        } catch (error) {
          if (isCut((error as { code?: unknown }).code)) return new Uint8Array(0)
          throw error
        }
      },
    },
    source,
  )
}

export const faultsMutants = mutants({
  "STORAGE-FAULT-01": {
    "objects-in-memory": seam.find("A store comes back empty.", ({ next, self }, bucket, key) =>
      self.store.restarts > 0 ? undefined : next(bucket, key),
    ),
    "metadata-in-memory": seam.infoOf(
      "A store comes back with files of which nobody knows whose they are.",
      ({ next, self }, bucket, object) =>
        self.store.restarts > 0 ? { ...next(bucket, object), metadata: {} } : next(bucket, object),
    ),
    "headers-in-memory": seam.infoOf(
      "A store comes back with pages that are downloaded.",
      ({ next, self }, bucket, object) =>
        next(
          bucket,
          self.store.restarts > 0 ? { ...object, headers: { contentType: "application/octet-stream" } } : object,
        ),
    ),
    "etags-begin-anew": seam.listedOf(
      "A mirror loads everything again, and a condition never holds.",
      ({ next, self }, bucket, object) =>
        next(bucket, self.store.restarts > 0 ? { ...object, etag: `${object.etag}-2` } : object),
    ),
    "times-are-those-of-the-start": seam.listedOf(
      "A mirror loads everything again.",
      ({ next, self }, bucket, object) =>
        next(bucket, self.store.restarts > 0 ? { ...object, lastModified: object.lastModified + 1000 } : object),
    ),
    "copies-in-memory": subclass(
      "A store comes back without what was published.",
      class extends ReferenceStorage {
        readonly #copied = new Set<string>()
        override async copy(...args: Parameters<ReferenceStorage["copy"]>): Promise<ObjectInfo> {
          const info = await super.copy(...args)
          this.#copied.add(info.etag)
          return info
        }
        override sorted(held: Parameters<ReferenceStorage["sorted"]>[0]) {
          return super.sorted(held).filter(({ etag }) => this.store.restarts === 0 || !this.#copied.has(etag))
        }
      },
    ),
    "deletes-in-memory": subclass(
      "What was deleted is there again.",
      class extends ReferenceStorage {
        readonly #deleted: ReturnType<ReferenceStorage["sorted"]> = []
        override remove(bucket: string, key: string): void {
          const object = this.find(bucket, key)
          if (object !== undefined) this.#deleted.push(object)
          super.remove(bucket, key)
        }
        override sorted(held: Parameters<ReferenceStorage["sorted"]>[0]) {
          return this.store.restarts === 0 ? super.sorted(held) : [...super.sorted(held), ...this.#deleted]
        }
      },
    ),
  },
  "STORAGE-FAULT-02": {
    "put-resolves-before-it-stores": later("A file that a user was told is safe is gone."),
    "metadata-are-stored-later": subclass(
      "A file of a process that was killed has lost its metadata.",
      class extends ReferenceStorage {
        override newObject(...args: Parameters<ReferenceStorage["newObject"]>) {
          const object = super.newObject(...args)
          const lives = () => !this.closed
          return {
            ...object,
            get metadata() {
              return lives() ? object.metadata : {}
            },
          }
        }
      },
    ),
    "parts-resolve-before-they-are-stored": subclass(
      "A film whose upload was confirmed is gone with its process.",
      class extends ReferenceStorage {
        readonly #completed = new Set<string>()
        override async complete(...args: Parameters<ReferenceStorage["complete"]>) {
          const info = await super.complete(...args)
          this.#completed.add(info.key)
          return info
        }
        override kill(): void {
          super.kill()
          for (const key of this.#completed) this.findBucket("files")?.objects.delete(key)
        }
      },
    ),
  },
  "STORAGE-FAULT-03": {
    "put-writes-in-place": subclass(
      "A file is half of one and half of nothing.",
      class extends ReferenceStorage {
        readonly #targets = new WeakMap<object, HeldObject>()
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const own = { ...options }
          const object = this.find(bucket, key)
          if (object !== undefined) this.#targets.set(own, object)
          return super.put(bucket, key, body, own)
        }
        override takePiece(...[taken, piece, options]: Parameters<ReferenceStorage["takePiece"]>): void {
          super.takePiece(taken, piece, options)
          const object = this.#targets.get(options)
          if (object === undefined || this.closed) return
          this.bucketOf("files").objects.set(object.key, { ...object, bytes: this.join(taken.pieces) })
        }
      },
      "mojatter/s2 #16: objects were written in their place, and a crash left half of one",
    ),
    "put-empties-first": seam.put(
      "A file is empty after its process was killed.",
      async ({ next, self }, bucket, key, body, options) => {
        self.checkPut(bucket, key, body, options)
        const object = self.find(bucket, key)
        if (object !== undefined && !options?.ifMatch && body instanceof ReadableStream) {
          self.bucketOf(bucket).objects.set(key, { ...object, bytes: new Uint8Array(0) })
        }
        return next(bucket, key, body, options)
      },
      "node:fs createWriteStream: the file is empty from the moment it is opened",
    ),
    "put-writes-metadata-first": seam.put(
      "A file has the bytes of the old one and the type of the new one.",
      async ({ next, self }, bucket, key, body, options = {}) => {
        self.checkPut(bucket, key, body, options)
        const object = self.find(bucket, key)
        if (object !== undefined) {
          const metadata = self.metadataOf(options)
          self.bucketOf(bucket).objects.set(key, { ...object, headers: self.headersOf(key, options), metadata })
        }
        return next(bucket, key, body, options)
      },
    ),
    "put-leaves-its-working-file": seam.put(
      "A list is full of pieces that nobody has put there.",
      async ({ next, self }, bucket, key, body, options) => {
        self.checkPut(bucket, key, body, options)
        const working = `${key}.tmp`
        self.commit(bucket, working, new Uint8Array(0), {}, {})
        const info = await next(bucket, key, body, options)
        self.remove(bucket, working)
        return info
      },
      "chimera #1383: working files were listed as objects",
    ),
    "killed-put-locks-its-key": subclass(
      "A file whose process was killed can never be written again.",
      class extends ReferenceStorage {
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const locks = locksOf(this.store)
          if (locks.has(key)) this.refuse("UNAVAILABLE", "This key is being written.")
          if (body instanceof ReadableStream) locks.add(key)
          const info = await super.put(bucket, key, body, options)
          locks.delete(key)
          return info
        }
      },
    ),
  },
  "STORAGE-FAULT-04": {
    "cut-stream-ends": endsEarly(
      "Half a file is stored in the place of the whole.",
      (code) => code === "UNAVAILABLE" || code === "TIMEOUT",
      "aws-sdk-js #257 and #827: a stream whose connection was cut ended without an error",
    ),
    "cut-bytes-are-what-came": seam.bytesOf(
      "Half a file is taken for the whole.",
      async ({ next }, opened, options) => {
        try {
          return await next(opened, options)
        } catch (error) {
          const { code } = error as { code?: unknown }
          if (code === "UNAVAILABLE" || code === "TIMEOUT") return opened.bytes.slice(0, opened.bytes.length / 2)
          throw error
        }
      },
      "aws-sdk-js #886: a list that was cut was taken for a shorter one",
    ),
    "cut-stream-begins-anew": subclass(
      "A file has its beginning twice.",
      class extends ReferenceStorage {
        override async pieceAt(...[opened, at]: Parameters<ReferenceStorage["pieceAt"]>): Promise<Uint8Array> {
          try {
            return await super.pieceAt(opened, at)
          } catch (error) {
            if ((error as { code?: unknown }).code === "TIMEOUT") return super.pieceAt(opened, 0)
            throw error
          }
        }
      },
    ),
    "cut-stream-goes-on-behind-the-gap": subclass(
      "A file lacks what was on its way.",
      class extends ReferenceStorage {
        override async pieceAt(...[opened, at]: Parameters<ReferenceStorage["pieceAt"]>): Promise<Uint8Array> {
          try {
            return await super.pieceAt(opened, at)
          } catch (error) {
            if ((error as { code?: unknown }).code === "TIMEOUT") return super.pieceAt(opened, at + this.pieceBytes())
            throw error
          }
        }
      },
    ),
    "cut-object-is-not-found": seam.bytesOf(
      "A file that is there is taken for one that is not.",
      async ({ next, self }, opened, options) => {
        try {
          return await next(opened, options)
        } catch (error) {
          const { code } = error as { code?: unknown }
          if (code === "UNAVAILABLE") self.refuseFor("NOT_FOUND", "object", "There is no such object.")
          throw error
        }
      },
    ),
  },
  "STORAGE-FAULT-05": {
    "silent-store-is-waited-for": changed(
      ReferenceStorage,
      "A server that says nothing holds its readers for ever.",
      { noAnswer: () => new Promise<never>(() => {}) },
      "aws-sdk-js-v3 #8098: a body that stalled was neither ended nor failed",
    ),
    "silent-stream-is-waited-for": seam.pieceAt(
      "A server that says nothing holds those that read for ever.",
      async ({ next, self }, opened, at) =>
        self.store.fault === "silent" ? new Promise<never>(() => {}) : next(opened, at),
      "@google-cloud/storage 7.22: a download whose connection was lost may never settle",
    ),
    "silent-stream-ends": endsEarly("Half a file is stored in the place of the whole.", (code) => code === "TIMEOUT"),
    "silence-is-a-fault-of-the-storage": seam.noAnswer(
      "A call that could be tried again is not.",
      async ({ next, self }) => {
        await next().catch(() => undefined)
        return self.refuse("INTERNAL", "Something is wrong.")
      },
    ),
  },
  "STORAGE-FAULT-06": {
    "lost-put-is-undone-by-half": seam.replyToWrite(
      "A file whose put was not answered has the bytes of neither.",
      async ({ next, self }, answer) => {
        try {
          return await next(answer)
        } catch (error) {
          const { bucket, key } = answer as { bucket?: string; key?: string }
          const object = self.find(bucket ?? "", key ?? "")
          if (object !== undefined) {
            const bytes = object.bytes.slice(0, object.bytes.length / 2)
            self.bucketOf(bucket ?? "").objects.set(key ?? "", { ...object, bytes })
          }
          throw error
        }
      },
    ),
    "lost-put-removes-the-object": seam.replyToWrite(
      "A put that was not answered has taken the file away.",
      async ({ next, self }, answer) => {
        try {
          return await next(answer)
        } catch (error) {
          const { bucket, key } = answer as { bucket?: string; key?: string }
          if (self.find(bucket ?? "", key ?? "") !== undefined) self.remove(bucket ?? "", key ?? "")
          throw error
        }
      },
    ),
    "lost-put-resolves-unstored": seam.put(
      "A put is confirmed that has never been.",
      async ({ next, self }, bucket, key, body, options) => {
        if (self.store.fault !== "unreachable") return next(bucket, key, body, options)
        const bytes = new Uint8Array(0)
        return self.infoOf(bucket, self.newObject(key, bytes, options ?? {}, {}))
      },
    ),
    "lost-put-comes-after-the-next": seam.put(
      "A file that was put once more is the one from before.",
      async ({ next, self }, bucket, key, body, options) => {
        const due = postponed.get(self.store) ?? []
        postponed.set(self.store, due)
        if (self.store.fault === "silent" && body instanceof Uint8Array) {
          due.push(() => self.commit(bucket, key, body, options ?? {}, {}))
          return self.noAnswer()
        }
        const info = await next(bucket, key, body, options)
        for (const put of due.splice(0)) put()
        return info
      },
    ),
    "failed-puts-lock-the-key": subclass(
      "A file whose put failed can never be put again.",
      class extends ReferenceStorage {
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const locks = locksOf(this.store)
          if (locks.has(key)) this.refuse("UNAVAILABLE", "This key is being written.")
          locks.add(key)
          const info = await super.put(bucket, key, body, options)
          locks.delete(key)
          return info
        }
      },
    ),
  },
  "STORAGE-FAULT-07": {
    "failed-put-leaves-its-stream-open": seam.endBody(
      "Each failure leaves a file open, until no more can be opened.",
      () => {},
      "aws-sdk-js #1426: the files of uploads that had failed stayed open, until no more could be opened",
    ),
    "failed-put-cancels-twice": seam.endBody("A stream whose owner counts is ended twice.", ({ next }, reader) => {
      if (!reader.over) cancelAgain(reader)
      next(reader)
    }),
    "unread-stream-is-left-open": seam.sending(
      "A put that fails at once leaves a file open.",
      async ({ next, self }, body, send) => {
        self.checkOpen()
        return next(body, send)
      },
      "@aws-sdk/client-s3 3.1175: the stream of a request that is refused early is left open",
    ),
    "unread-part-is-left-open": seam.uploadPart(
      "A part that fails at once leaves a file open.",
      async ({ next, self }, ref, number, body, options) => {
        self.checkOpen()
        return next(ref, number, body, options)
      },
      "aws-sdk-ruby #3408: parts that failed left their files open",
    ),
  },
})

/** A put that confirms what only the client has; kill takes it along. */
function later(why: string) {
  return subclass(
    why,
    class extends ReferenceStorage {
      readonly #pending = new Set<string>()
      override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
        const info = await super.put(bucket, key, body, options)
        if (bucket === "files") this.#pending.add(key)
        return info
      }
      override kill(): void {
        super.kill()
        for (const key of this.#pending) this.findBucket("files")?.objects.delete(key)
      }
    },
  )
}

const locks = new WeakMap<object, Set<string>>()

function locksOf(store: object): Set<string> {
  const held = locks.get(store) ?? new Set<string>()
  locks.set(store, held)
  return held
}

function cancelAgain(reader: BodyReader): void {
  reader.cancel()
}
