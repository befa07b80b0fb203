import type { WriteConditions } from "../../../contracts/storage/storage.ts"
import { watchedStream } from "../bodies.ts"
import { clause, FILES, listAll, refuses, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { storing } from "../storing.ts"

/** Of the form of an ETag, and of no object. */
export const OTHER_ETAG = "0123456789abcdef0123456789abcdef"

/** The ETag of an object, as each method tells it. */
async function etagsOf(storage: StorageClient, key: string): Promise<Record<string, string | undefined>> {
  const object = await storage.get(FILES, key)
  await object.cancel()
  const { objects } = await listAll(storage, { prefix: key })
  return {
    head: (await storage.head(FILES, key))?.etag,
    get: object.info.etag,
    list: objects.find((listed) => listed.key === key)?.etag,
  }
}

/** STORAGE-ETAG and STORAGE-COND: ETags, and gets with conditions. */
export const conditionsClauses = [
  clause("STORAGE-ETAG-01", {
    why: "A condition with an ETag from a list never holds, or one with an old ETag always does.",
    fix: "Take it from one place, without quotes, and make it of the content or of the write.",
    async check(t, storage, world) {
      const seen = new Map<string, string>()
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const text of [`${way} 1`, `${way} 2`, ""]) {
          if (text === "" && way !== "put") continue
          const { etag } = await store(storage, "key", utf8(text))
          t.equal(await etagsOf(storage, "key"), { head: etag, get: etag, list: etag }, `ETags after ${way}`)
          t.ok(/^(?!W\/|\*$)[!#-+\--~]{1,256}$/.test(etag), `the ETag after ${way} cannot be given as a condition`)
          t.equal(seen.get(etag), undefined, `what had the ETag of ${text} before`)
          seen.set(etag, text)
        }
      }
    },
  }),
  clause("STORAGE-ETAG-02", {
    why: "A program that goes by versions misses a write, or one that goes by content loads what it has.",
    fix: "Declare what the store's ETag guards: version where each write has another one, else content.",
    async check(t, storage, world) {
      const { etag } = world.capabilities
      const put = async (text: string) => (await storage.put(FILES, "key", text)).etag
      const [first, other, again, twice] = [await put("A"), await put("B"), await put("A"), await put("A")]
      t.ok(first !== other, "the ETag of A is that of B")
      if (etag === "version") {
        t.equal(new Set([first, other, again, twice]).size, 4, "how many ETags A, B, A and A have")
        const copied = await storage.put(FILES, "key", "A", { metadata: { changed: "yes" } })
        t.ok(copied.etag !== twice, "a write of metadata alone has the ETag of before")
      } else t.equal([again, twice], [first, first], "the ETags of A after B, beside the first one")
    },
  }),
  clause("STORAGE-COND-01", {
    why: "A download in ranges goes on only while the object is the one that it began with.",
    fix: "Compare the ETag as it was given, and give the object.",
    needs: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "0123456789")
      t.equal(await (await storage.get(FILES, "key", { ifMatch: etag })).text(), "0123456789", "get with ifMatch")
      const range = { start: 2, end: 3 }
      t.equal(await (await storage.get(FILES, "key", { ifMatch: etag, range })).text(), "23", "a range with ifMatch")
    },
  }),
  clause("STORAGE-COND-02", {
    why: "Half of one version and half of another are put together.",
    fix: 'Reject PRECONDITION_FAILED with details.reason "changed" where the ETag is another one.',
    needs: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "before")
      await storage.put(FILES, "key", "after!")
      for (const ifMatch of [etag, OTHER_ETAG]) {
        const get = () => storage.get(FILES, "key", { ifMatch })
        await refuses(t, get, ["PRECONDITION_FAILED", "changed"], "get with an ETag of before")
        const ranged = () => storage.get(FILES, "key", { ifMatch, range: { start: 3 } })
        await refuses(t, ranged, ["PRECONDITION_FAILED", "changed"], "a range with an ETag of before")
      }
      t.equal(await textOf(storage, "key"), "after!", "the object")
    },
  }),
  clause("STORAGE-COND-03", {
    why: "A copy that is at hand is loaded again and again, or an old one is shown.",
    fix: 'Reject PRECONDITION_FAILED with details.reason "not-modified" for this ETag, and for no other.',
    needs: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "before")
      const unchanged = () => storage.get(FILES, "key", { ifNoneMatch: etag })
      await refuses(t, unchanged, ["PRECONDITION_FAILED", "not-modified"], "get of what is at hand")
      t.equal(await (await storage.get(FILES, "key", { ifNoneMatch: OTHER_ETAG })).text(), "before", "get with another")
      await storage.put(FILES, "key", "after!")
      t.equal(await (await storage.get(FILES, "key", { ifNoneMatch: etag })).text(), "after!", "get of a new object")
    },
  }),
  clause("STORAGE-COND-04", {
    why: "A caller that is told of a changed object waits for one that is gone.",
    fix: "Look whether the object is there before you look at conditions.",
    needs: ["conditionalGet"],
    async check(t, storage) {
      for (const condition of [{ ifMatch: OTHER_ETAG }, { ifNoneMatch: OTHER_ETAG }]) {
        const what = `get with ${Object.keys(condition).join()} of what is not there`
        await refuses(t, () => storage.get(FILES, "absent", condition), ["NOT_FOUND", "object"], what)
      }
    },
  }),
  clause("STORAGE-COND-05", {
    why: "Servers read lists, weak ETags and * each in their own way.",
    fix: "Check conditions before anything is sent, with the checks of @objectos/sdk/contracts.",
    async check(t, storage, world) {
      const { etag } = await storage.put(FILES, "key", "text")
      const wrong = ["*", `W/${etag}`, `"${etag}"`, `${etag}, ${OTHER_ETAG}`, "", ` ${etag}`, `${etag}\n`, "é", 1, null]
      const both = { ifMatch: etag, ifNoneMatch: "*" } as const
      const refused = (what: string, call: (condition: WriteConditions) => Promise<unknown>, given: unknown) =>
        t.rejects(() => call(given as WriteConditions), "INVALID_ARGUMENT", `${what} with ${JSON.stringify(given)}`)
      const writes = writesOf(storage, world)
      for (const text of wrong) {
        for (const [what, call] of writes) await refused(what, call, { ifMatch: text })
        for (const name of ["ifMatch", "ifNoneMatch"]) {
          await refused("get", (condition) => storage.get(FILES, "key", condition), { [name]: text })
        }
      }
      for (const [what, call] of writes) {
        for (const text of [etag, OTHER_ETAG, "**", "", true]) await refused(what, call, { ifNoneMatch: text })
        await refused(what, call, both)
      }
      t.equal((await etagsOf(storage, "key"))["head"], etag, "the ETag of the object")
    },
  }),
]

/** Each method that writes, with conditions. */
function writesOf(
  storage: StorageClient,
  { capabilities }: StorageWorld,
): [what: string, write: (condition: WriteConditions) => Promise<unknown>][] {
  const key = { bucket: FILES, key: "key" }
  const writes: [string, (condition: WriteConditions) => Promise<unknown>][] = [
    ["put", (condition) => storage.put(FILES, "key", watchedStream("a web stream", [utf8("new")]).body, condition)],
  ]
  if (typeof storage.copy === "function") writes.push(["copy", (condition) => storage.copy(key, key, condition)])
  if (capabilities.multipart)
    writes.push(["createUpload", (condition) => storage.createUpload(FILES, "key", condition)])
  return writes
}
