import type { StorageCapabilities } from "../../contracts/storage/storage.ts"
import type { Variant } from "../engine/mutant.ts"
import { changed, subclass, withMethods } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceStorage } from "./reference/reference-storage.ts"
import { crc32 } from "./reference/sums.ts"
import { referenceThatDeclares } from "./reference/without.ts"

function declares(why: string, change: Partial<StorageCapabilities>): Variant<typeof ReferenceStorage> {
  return subclass(why, referenceThatDeclares(change))
}

/** Unusual and right in how a server lists, signs, keeps uploads and fails. */
export const serverOddities: Readonly<Record<string, Variant<typeof ReferenceStorage>>> = {
  "pages-are-shorter": seam.limitOf("A page may be shorter than its limit.", ({ next }, options) =>
    Math.ceil(next(options) / 2),
  ),
  "first-page-is-empty": seam.pageOf(
    "A page may be empty, and have a cursor.",
    ({ next, self }, bucket, held, options) => {
      if (options.cursor !== undefined || self.rowsOf(held, options).length === 0) return next(bucket, held, options)
      return { objects: [], prefixes: [], cursor: self.cursorOf(options, "") }
    },
  ),
  "last-page-is-empty": seam.pageOf(
    "A store may learn that nothing follows when it is asked.",
    ({ next, self }, bucket, held, options) => {
      const page = next(bucket, held, options)
      const texts = [...page.objects.map(({ key }) => key), ...page.prefixes]
      const [last] = self
        .rowsOf(held, options)
        .filter(({ text }) => texts.includes(text))
        .slice(-1)
      return last === undefined ? page : { ...page, cursor: self.cursorOf(options, last.text) }
    },
  ),
  "cursors-and-tokens-of-another-form": changed(ReferenceStorage, "Cursors and tokens are for their store alone.", {
    tokenOf: ({ next }, ref) => `upload:${next(ref)}`,
    readToken: ({ next, self }, token) => {
      if (!token.startsWith("upload:")) self.refuse("INVALID_ARGUMENT", "A token must be one that createUpload gave.")
      return next(token.slice("upload:".length))
    },
    cursorOf: ({ next }, options, place) => `page.${[...next(options, place)].reverse().join("")}`,
    placeOf: ({ next, self }, options) => {
      const { cursor } = options
      if (cursor === undefined) return next(options)
      const { cursorOf } = ReferenceStorage.prototype
      self.cursorOf = (...args) => cursorOf.apply(self, args)
      try {
        return next({ ...options, cursor: [...cursor.replace(/^page\./, "")].reverse().join("") })
      } finally {
        Reflect.deleteProperty(self, "cursorOf")
      }
    },
  }),
  "etags-of-content": subclass(
    "The same bytes may have the same ETag, where it is declared.",
    withMethods(referenceThatDeclares({ etag: "content" }), { newEtag: (_, bytes) => crc32(bytes as Uint8Array) }),
  ),
  "checksums-of-its-own": seam.newObject(
    "A server may add a checksum that nobody gave.",
    ({ next }, key, bytes, options, checksums) => next(key, bytes, options, { crc32: crc32(bytes), ...checksums }),
  ),
  "checksums-are-not-kept": subclass(
    "A store may compare a checksum and forget it.",
    withMethods(referenceThatDeclares({ checksumsRead: [] }), { sumsOf: () => ({}) }),
  ),
  "no-checksums": declares("A store need not compare.", { checksumsRead: [], checksumsWrite: [] }),
  "times-in-seconds": seam.timeNow(
    "A time may be one of whole seconds.",
    ({ next }) => Math.floor(next() / 1000) * 1000,
  ),
  "signs-reads-and-puts": declares("A store may sign some methods alone.", { presignMethods: ["GET", "PUT"] }),
  "signatures-end-with-a-second": seam.expiryOf(
    "A signature may be good up to a second less.",
    ({ self }, { expiresIn }) => Math.floor(self.clock.now() / 1000) * 1000 + expiresIn * 1000,
  ),
  "answers-of-another-status": changed(ReferenceStorage, "Success and refusal may have any status that says so.", {
    statusOf: ({ next }, error) => (next(error) === 403 ? 401 : next(error)),
    answer: async ({ next }, request) => {
      const response = await next(request)
      const isBare = response.ok && request.method !== "GET" && request.method !== "HEAD"
      return isBare ? new Response("done", { status: request.method === "DELETE" ? 200 : 201 }) : response
    },
  }),
  "parts-of-any-size": declares("A store may take parts of any size.", { minPartBytes: 0 }),
  "uploads-of-a-bucket-that-is-gone": seam.findUpload(
    "Of an upload whose bucket is gone the bucket may be what is not found.",
    ({ next, self }, ref) => {
      self.bucketOf(ref.bucket)
      return next(ref)
    },
  ),
  "keys-are-paths": subclass(
    "A key may be a path, where it is declared: what is a file is no folder.",
    withMethods(referenceThatDeclares({ exactKeys: false }), {
      commit: ({ next, self }, ...args) => {
        const [bucket, key] = args as [string, string]
        const clash = [...self.bucketOf(bucket).objects.keys()].some((other) => {
          return other.startsWith(`${key}/`) || key.startsWith(`${other}/`)
        })
        const isPath = !/^\/|\/\/|\/$/.test(key) && key.split("/").every((name) => name.length < 256)
        if (clash || !isPath) self.refuse("UNAVAILABLE", "This key cannot be a path.")
        return next(...args)
      },
    }),
  ),
  "lost-puts-are-not-stored": seam.put(
    "A put whose answer is lost may never have come to the store.",
    async ({ next, self }, bucket, key, body, options) => {
      if (self.store.fault !== "lose-answer") return next(bucket, key, body, options)
      return self.sending(body, async () => self.replyToWrite<never>(undefined as never))
    },
  ),
  "puts-end-with-their-store": seam.takePiece(
    "A put may notice in its middle that the store is gone.",
    ({ next, self }, taken, piece, options) => {
      self.checkOpen()
      next(taken, piece, options)
    },
  ),
  "reads-go-on-after-a-cut": seam.pieceAt("A read that was cut may go on where it was.", async ({ next }, opened, at) =>
    next(opened, at).catch(() => next(opened, at)),
  ),
  "streams-in-small-pieces": seam.pieceBytes("A stream may come in pieces of any size.", () => 5003),
}
