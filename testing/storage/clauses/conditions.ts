import type { CopyOptions, GetOptions, PutOptions } from "../../../contracts/storage/storage.ts"
import { piecesOf, watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, listAll, refuses, type StorageClient, textOf, utf8 } from "../clause.ts"
import { storing, telling } from "../storing.ts"

/** What can be given as a condition. */
const isCondition = /^(?!W\/|\*$)[!#-+\--~]{1,256}$/

/** What is no ETag, or not one alone. */
const NO_ETAGS = [
  "",
  "*",
  '"v1"',
  'W/"v1"',
  "W/v1",
  "v1, v2",
  '"v1", "v2"',
  "v1,v2",
  "v 1",
  "v1\n",
  "vé",
  1,
  null,
  ["v1"],
]

/** What differs from an ETag at its end alone. */
export function nearly(etag: string): string[] {
  const shorter = etag.slice(0, -1) || "x"
  return etag.length < 256 ? [shorter, `${etag}0`] : [shorter]
}

/** The ETag that all methods tell of an object. */
async function etagsOf(storage: StorageClient, key: string): Promise<[method: string, etag: string | undefined][]> {
  const told = await Promise.all(
    telling.map(async ([method, tell]) => [method, (await tell(storage, key)).etag] as const),
  )
  const listed = (await listAll(storage)).objects.find((object) => object.key === key)
  return [...told.map(([method, etag]): [string, string] => [method, etag]), ["list", listed?.etag]]
}

/** STORAGE-ETAG and STORAGE-COND. */
export const conditionsClauses = [
  clause("STORAGE-ETAG-01", {
    why: "A change that has the ETag of what was there before is never seen by caches, nor by conditions.",
    fix: "Give each content an ETag of its own, by a hash of all of it or by a counter, and show it everywhere in one form.",
    async check(t, storage, world) {
      const long = "a long text, of which the end alone is another one ".repeat(2000)
      const contents = ["one", "two", "", `${long}1`, `${long}2`, "another length"]
      for (const [way, store] of storing(storage, world.capabilities)) {
        const seen = new Map<string, string>()
        for (const content of contents) {
          const { etag } = await store(storage, "key", utf8(content))
          t.ok(isCondition.test(etag), `the ETag after ${way} cannot be given as a condition`)
          for (const [method, told] of await etagsOf(storage, "key")) {
            t.equal(told, etag, `the ETag by ${method}, beside that of ${way}`)
          }
          t.equal(seen.get(etag), undefined, `${way} of another content gave the same ETag`)
          seen.set(etag, content.slice(0, 10))
        }
      }
    },
  }),
  clause("STORAGE-ETAG-02", {
    why: "Code that is right where each write gives another ETag loses an update where the same bytes give the same one.",
    fix: 'Declare etag: "content" where ETags are hashes of the bytes, and "version" where no write repeats one.',
    async check(t, storage, world) {
      const { etag: kind } = world.capabilities
      const put = async (body: string, options?: PutOptions) => (await storage.put(FILES, "key", body, options)).etag
      const etags = [await put("A"), await put("A"), await put("B"), await put("A", { metadata: { name: "x" } })]
      await storage.delete(FILES, "key")
      etags.push(await put("A"))
      const ofA = etags.filter((_, index) => index !== 2)
      if (kind === "content") {
        t.equal(new Set(ofA).size, 1, "different ETags of the same bytes")
        return
      }
      t.equal(new Set(etags).size, etags.length, "different ETags of as many writes")
      if (typeof storage.copy !== "function") return
      const self = { bucket: FILES, key: "key" }
      const copied = await storage.copy(self, self, { metadata: { name: "y" } })
      t.ok(!etags.includes(copied.etag), "a copy of an object onto itself has an ETag that it had before")
      const bothAtOnce = await Promise.all([put("A"), put("A")])
      t.equal(new Set(bothAtOnce).size, 2, "different ETags of two puts at one time")
    },
  }),
  clause("STORAGE-COND-01", {
    why: "A download that goes on must go on in the same version.",
    fix: "Compare the ETag as this storage gave it, in whatever form the server has it.",
    needs: ["conditionalGet"],
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const content of ["0123456789", ""]) {
          const { etag: told } = await store(storage, "key", utf8(content))
          const etags = [["the way that stored it", told] as const, ...(await etagsOf(storage, "key"))]
          for (const [method, etag = ""] of etags) {
            const object = await t.outcome(() => storage.get(FILES, "key", { ifMatch: etag }), "get with ifMatch")
            t.equal(object.error, undefined, `what get with the ETag by ${method} rejected with, after ${way}`)
            t.equal(await (object.value as Awaited<ReturnType<StorageClient["get"]>>).text(), content, `after ${way}`)
          }
        }
        const { etag = "" } = await store(storage, "key", utf8("0123456789"))
        const range = await storage.get(FILES, "key", { ifMatch: etag, range: { start: 2, end: 4 } })
        t.equal(await range.text(), "234", `a range with ifMatch, after ${way}`)
      }
    },
  }),
  clause("STORAGE-COND-02", {
    why: "A download of two halves of two versions is a broken file.",
    fix: "Send If-Match, and map 412 to PRECONDITION_FAILED with the reason changed.",
    needs: ["conditionalGet"],
    async check(t, storage) {
      const old = await storage.put(FILES, "key", "old")
      const other = await storage.put(FILES, "other", "of another object")
      const { etag } = await storage.put(FILES, "key", "new")
      for (const ifMatch of [old.etag, other.etag, "none", ...nearly(etag)]) {
        for (const options of [{ ifMatch }, { ifMatch, range: { start: 0 } }]) {
          const get = () => storage.get(FILES, "key", options)
          await refuses(t, get, ["PRECONDITION_FAILED", "changed"], `get with ifMatch of ${ifMatch}`)
        }
      }
      t.equal(await textOf(storage, "key"), "new")
    },
  }),
  clause("STORAGE-COND-03", {
    why: "A cache that is told of a failure asks for everything, and one that is told of nothing serves what is old.",
    fix: "Map 304 to PRECONDITION_FAILED with the reason not-modified, apart from 412.",
    needs: ["conditionalGet"],
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        const old = await store(storage, "key", utf8("old"))
        const { etag } = await store(storage, "key", utf8("new"))
        for (const options of [{ ifNoneMatch: etag }, { ifNoneMatch: etag, range: { start: 1 } }]) {
          const get = () => storage.get(FILES, "key", options)
          await refuses(t, get, ["PRECONDITION_FAILED", "not-modified"], `get with ifNoneMatch, after ${way}`)
        }
        for (const ifNoneMatch of [old.etag, "none", ...nearly(etag)]) {
          const object = await storage.get(FILES, "key", { ifNoneMatch })
          t.equal(await object.text(), "new", `get with ifNoneMatch of another ETag, after ${way}`)
        }
      }
    },
  }),
  clause("STORAGE-COND-04", {
    why: "An object that is gone is told as one that has changed, and its copy is kept for ever.",
    fix: "Look for the object before its ETag.",
    needs: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "deleted", "text")
      await storage.delete(FILES, "deleted")
      for (const key of ["deleted", "absent"]) {
        for (const options of [{ ifMatch: etag }, { ifNoneMatch: etag }, { ifMatch: etag, range: { start: 0 } }]) {
          const get = () => storage.get(FILES, key, options)
          await refuses(t, get, ["NOT_FOUND", "object"], `get of an absent object with ${Object.keys(options)[0]}`)
        }
      }
    },
  }),
  clause("STORAGE-COND-05", {
    why: "Servers read such a condition each in its own way, and some write over what it should keep.",
    fix: "Check conditions before anything is sent, as the checks of arguments in @objectos/sdk/contracts do.",
    needs: ["conditionalGet"],
    async check(t, storage, { capabilities }) {
      const { etag } = await storage.put(FILES, "old", "the old object")
      const source = { bucket: FILES, key: "old" }
      const { conditionalComplete, conditionalCopy, conditionalCreate, conditionalMatch, multipart } = capabilities
      const body = () => watchedStream("a web stream", piecesOf(utf8("new"), 2)).body
      type Call = (key: string, options: object) => Promise<unknown>
      const writes: [what: string, offered: boolean, call: Call][] = [
        ["put", conditionalMatch && conditionalCreate, (key, options) => storage.put(FILES, key, "new", options)],
        [
          "put of a stream",
          conditionalMatch && conditionalCreate,
          (key, options) => storage.put(FILES, key, body(), options),
        ],
        [
          "copy",
          conditionalCopy && typeof storage.copy === "function",
          (key, options: CopyOptions) => storage.copy(source, { bucket: FILES, key }, options),
        ],
        ["createUpload", conditionalComplete && multipart, (key, options) => storage.createUpload(FILES, key, options)],
      ]
      const calls = writes.filter(([, offered]) => offered)
      for (const wrong of NO_ETAGS) {
        const shown = JSON.stringify(wrong)
        for (const name of ["ifMatch", "ifNoneMatch"]) {
          const get = () => storage.get(FILES, "old", { [name]: wrong } as GetOptions)
          await t.rejects(get, "INVALID_ARGUMENT", `get with ${name} ${shown}`)
        }
        for (const [what, , call] of calls) {
          for (const key of ["old", "fresh"]) {
            await t.rejects(() => call(key, { ifMatch: wrong }), "INVALID_ARGUMENT", `${what} with ifMatch ${shown}`)
            if (wrong === "*") continue
            const create = () => call(key, { ifNoneMatch: wrong })
            await t.rejects(create, "INVALID_ARGUMENT", `${what} with ifNoneMatch ${shown}`)
          }
        }
      }
      for (const [what, , call] of calls) {
        for (const options of [{ ifMatch: etag, ifNoneMatch: "*" }, { ifNoneMatch: etag }]) {
          const shown = Object.keys(options).join(" and ")
          for (const key of ["old", "fresh"]) {
            await t.rejects(() => call(key, options), "INVALID_ARGUMENT", `${what} with ${shown}`)
          }
        }
      }
      t.equal(await textOf(storage, "old"), "the old object", "the old object")
      t.equal(await keysOf(storage), ["old"], "keys")
    },
  }),
]
