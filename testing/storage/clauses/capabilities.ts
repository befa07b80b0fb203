import type { ObjectInfo } from "../../../contracts/storage/storage.ts"
import { watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, utf8 } from "../clause.ts"
import { standing } from "../standing.ts"

/** Of the form of an ETag, and of no object. */
const OTHER_ETAG = "0123456789abcdef"

/** STORAGE-CAP: conditions that a store may not keep. Those of interfaces are in `families/capabilities.ts`. */
export const capabilitiesClauses = [
  clause("STORAGE-CAP-06", {
    why: "A reader is given an object that it did not want, and nobody told it.",
    fix: "Reject UNSUPPORTED where a condition is given, or declare conditionalGet: true.",
    lacks: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "text")
      for (const condition of [{ ifMatch: etag }, { ifMatch: OTHER_ETAG }, { ifNoneMatch: etag }]) {
        const what = `get with ${Object.keys(condition).join()}`
        await t.rejects(() => storage.get(FILES, "key", condition), "UNSUPPORTED", what)
      }
    },
  }),
  clause("STORAGE-CAP-07", {
    why: "Of two programs that both believe to be first, one overwrites the other.",
    fix: "Reject UNSUPPORTED before the body is read, or declare conditionalCreate: true.",
    lacks: ["conditionalCreate"],
    async check(t, storage) {
      const old = await storage.put(FILES, "there", "old")
      for (const key of ["there", "absent"]) {
        const watched = watchedStream("a web stream", [utf8("new")])
        const put = () => storage.put(FILES, key, watched.body, { ifNoneMatch: "*" })
        await t.rejects(put, "UNSUPPORTED", `put with ifNoneMatch, of what is ${key}`)
        t.equal(watched.pulls, 0, "how often the body that was refused is read")
      }
      t.equal(await keysOf(storage), ["there"], "keys")
      t.equal((await storage.head(FILES, "there"))?.etag, old.etag, "the ETag of the object that was there")
    },
  }),
  clause("STORAGE-CAP-08", {
    why: "Somebody's change is lost, although the caller named the one that it knew.",
    fix: "Reject UNSUPPORTED before the body is read, or declare conditionalMatch: true.",
    lacks: ["conditionalMatch"],
    async check(t, storage) {
      const old = await storage.put(FILES, "there", "old")
      for (const ifMatch of [old.etag, OTHER_ETAG]) {
        const watched = watchedStream("a web stream", [utf8("new")])
        const put = () => storage.put(FILES, "there", watched.body, { ifMatch })
        await t.rejects(put, "UNSUPPORTED", "put with ifMatch")
        t.equal(watched.pulls, 0, "how often the body that was refused is read")
      }
      t.equal((await standing(storage, "there"))?.bytes, utf8("old"), "bytes of the object that was there")
    },
  }),
  clause("STORAGE-CAP-09", {
    why: "An upload of hours ends in the place of what it was not to replace.",
    fix: "Reject UNSUPPORTED when the upload is made, or declare conditionalComplete: true.",
    needs: ["multipart"],
    lacks: ["conditionalComplete"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "there", "old")
      for (const condition of [{ ifNoneMatch: "*" as const }, { ifMatch: etag }]) {
        const what = `createUpload with ${Object.keys(condition).join()}`
        await t.rejects(() => storage.createUpload(FILES, "there", condition), "UNSUPPORTED", what)
      }
      t.equal((await storage.head(FILES, "there"))?.etag, etag, "the ETag of the object that was there")
    },
  }),
  clause("STORAGE-CAP-10", {
    why: "A copy takes the place of what it was not to replace.",
    fix: "Reject UNSUPPORTED before anything is copied, or declare conditionalCopy: true.",
    lacks: ["conditionalCopy"],
    methods: ["copy"],
    async check(t, storage) {
      await storage.put(FILES, "source", "new")
      const old = await storage.put(FILES, "there", "old")
      const copying = async (key: string, condition: { ifNoneMatch: "*" } | { ifMatch: string }) => {
        const copy = (): Promise<ObjectInfo> =>
          storage.copy({ bucket: FILES, key: "source" }, { bucket: FILES, key }, condition)
        await t.rejects(copy, "UNSUPPORTED", `copy with ${Object.keys(condition).join()} to what is ${key}`)
      }
      await copying("there", { ifNoneMatch: "*" })
      await copying("there", { ifMatch: old.etag })
      await copying("absent", { ifNoneMatch: "*" })
      t.equal(await keysOf(storage), ["source", "there"], "keys")
      t.equal((await standing(storage, "there"))?.bytes, utf8("old"), "bytes of the object that was there")
    },
  }),
]
