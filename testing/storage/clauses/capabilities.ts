import type { GetOptions, PutOptions } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { bodiesOf, watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, type StorageClient, textOf, utf8 } from "../clause.ts"

/** Puts with a condition are refused, whether it holds or not, and store nothing. */
async function putsAreRefused(
  t: Checks,
  storage: StorageClient,
  conditionOf: (etag: string) => PutOptions,
): Promise<void> {
  const { etag } = await storage.put(FILES, "old", "the old object")
  for (const [kind, body] of bodiesOf(utf8("new"))) {
    for (const key of ["old", "fresh"]) {
      for (const options of [conditionOf(etag), conditionOf("another")]) {
        const put = () => storage.put(FILES, key, body(), options)
        await t.rejects(put, "UNSUPPORTED", `put of ${kind} with a condition that is not offered`)
      }
    }
  }
  const stream = watchedStream("a web stream", [utf8("new")])
  await t.rejects(() => storage.put(FILES, "fresh", stream.body, conditionOf(etag)), "UNSUPPORTED", "put of a stream")
  t.equal(stream.pulls, 0, "pieces that the stream was asked for")
  t.equal(await textOf(storage, "old"), "the old object", "the old object")
  t.equal(await keysOf(storage), ["old"], "keys")
}

/** STORAGE-CAP: options that an adapter may lack. Those of interfaces are in `families/capabilities.ts`. */
export const capabilitiesClauses = [
  clause("STORAGE-CAP-06", {
    why: "A download of two versions is put together, and nobody was told.",
    fix: "Reject UNSUPPORTED where get is given a condition, or declare conditionalGet: true.",
    lacks: ["conditionalGet"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "text")
      const conditions: GetOptions[] = [etag, "another"].flatMap((value) => [
        { ifMatch: value },
        { ifNoneMatch: value },
      ])
      for (const options of [...conditions, { ifMatch: etag, range: { start: 0 } }]) {
        for (const key of ["key", "absent"]) {
          const name = Object.keys(options)[0]
          await t.rejects(() => storage.get(FILES, key, options), "UNSUPPORTED", `get of ${key} with ${name}`)
        }
      }
      t.equal(await textOf(storage, "key"), "text", "get without a condition")
    },
  }),
  clause("STORAGE-CAP-07", {
    why: "A lock is given to everybody who asks, and nobody was told.",
    fix: "Reject UNSUPPORTED before anything is sent where put is given ifNoneMatch, or declare conditionalCreate: true.",
    lacks: ["conditionalCreate"],
    check: (t, storage) => putsAreRefused(t, storage, () => ({ ifNoneMatch: "*" })),
  }),
  clause("STORAGE-CAP-08", {
    why: "The change of another user is lost, and nobody was told.",
    fix: "Reject UNSUPPORTED before anything is sent where put is given ifMatch, or declare conditionalMatch: true.",
    lacks: ["conditionalMatch"],
    check: (t, storage) => putsAreRefused(t, storage, (ifMatch) => ({ ifMatch })),
  }),
  clause("STORAGE-CAP-09", {
    why: "A large file is sent for an hour, and then written over what its condition should have kept.",
    fix: "Reject UNSUPPORTED where createUpload is given a condition, or declare conditionalComplete: true.",
    lacks: ["conditionalComplete"],
    needs: ["multipart"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "old", "the old object")
      for (const options of [{ ifNoneMatch: "*" }, { ifMatch: etag }] as const) {
        for (const key of ["old", "fresh"]) {
          const create = () => storage.createUpload(FILES, key, options)
          await t.rejects(create, "UNSUPPORTED", `createUpload with ${Object.keys(options)[0]}`)
        }
      }
      t.equal(await storage.sweepUploads(FILES, 0), 0, "uploads that are open afterwards")
      t.equal(await textOf(storage, "old"), "the old object", "the old object")
    },
  }),
  clause("STORAGE-CAP-10", {
    why: "A copy writes over what its condition should have kept, and nobody was told.",
    fix: "Reject UNSUPPORTED where copy is given a condition, or declare conditionalCopy: true.",
    lacks: ["conditionalCopy"],
    methods: ["copy"],
    async check(t, storage) {
      const source = { bucket: FILES, key: "source" }
      await storage.put(FILES, "source", "text")
      const { etag } = await storage.put(FILES, "old", "the old object")
      for (const options of [{ ifNoneMatch: "*" }, { ifMatch: etag }, { ifMatch: "another" }] as const) {
        for (const key of ["old", "fresh"]) {
          const copy = () => storage.copy(source, { bucket: FILES, key }, options)
          await t.rejects(copy, "UNSUPPORTED", `copy with ${Object.keys(options)[0]}`)
        }
      }
      t.equal(await textOf(storage, "old"), "the old object", "the old object")
      t.equal(await keysOf(storage), ["old", "source"], "keys")
    },
  }),
]
