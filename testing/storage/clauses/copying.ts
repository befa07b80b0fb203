import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { CopyOptions, ObjectRef } from "../../../contracts/storage/storage.ts"
import { forAll } from "../../families/roles.ts"
import { clause, FILES, keysOf, refuses, textOf, utf8 } from "../clause.ts"
import { HARD_KEYS } from "../hard-keys.ts"
import { deleteKeys } from "../pages.ts"
import { FIELDS, type Fields, fieldsOf, standing } from "../standing.ts"
import { storing } from "../storing.ts"

const at = (key: string, bucket: string = FILES): ObjectRef => ({ bucket, key })

const OLD: Fields = { contentType: "text/old", cacheControl: "no-cache", metadata: { old: "old" } }

/** What copies are given, alone and together. */
const CHANGES: readonly Pick<CopyOptions, "contentType" | "cacheControl" | "metadata">[] = [
  {},
  { contentType: "text/new" },
  { cacheControl: "no-store" },
  { metadata: { new: "neu, 新" } },
  { metadata: { plain: "another" } },
  { metadata: {} },
  { contentType: "text/new", cacheControl: "no-store" },
  { contentType: "text/new", metadata: { new: "new" } },
  { contentType: "text/new", cacheControl: "no-store", metadata: { new: "new" } },
  { contentType: undefined, cacheControl: undefined, metadata: undefined },
]

/** The fields of an object once some are changed. */
function changed(fields: Fields, change: Partial<Fields>): Fields {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return { ...fields, ...given }
}

/** STORAGE-COPY: copying. */
export const copyingClauses = [
  clause("STORAGE-COPY-01", {
    why: "A backup that has lost its content type is shown as text, and the original is gone.",
    fix: "Take bytes, headers and metadata from the source, and write nothing to it.",
    methods: ["copy"],
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const [name, bytes, fields] of [
          ["everything", utf8("the text of the source"), FIELDS],
          ["a content type alone", utf8("plain"), { contentType: "text/plain", metadata: {} }],
          ["no bytes", new Uint8Array(0), { contentType: "text/empty", metadata: { empty: "yes" } }],
        ] as const) {
          const what = `a copy of an object with ${name} by ${way}`
          await store(storage, "source", bytes, fields)
          const source = await standing(storage, "source")
          const told = await storage.copy(at("source"), at("target.txt"))
          const target = await standing(storage, "target.txt")
          t.equal(fieldsOf(target), fieldsOf(fields), `headers and metadata of ${what}`)
          t.equal(target?.bytes, bytes, `bytes of ${what}`)
          t.equal([target?.key, target?.size], ["target.txt", bytes.length], `key and size of ${what}`)
          t.equal(
            [told.key, told.etag, fieldsOf(told)],
            ["target.txt", target?.etag, fieldsOf(fields)],
            `answer of ${what}`,
          )
          t.equal(await standing(storage, "source"), source, `the source, after ${what}`)
          await storage.copy(at("target.txt"), at("third"))
          t.equal(
            fieldsOf(await standing(storage, "third")),
            fieldsOf(fields),
            `headers and metadata of a copy of ${what}`,
          )
          await deleteKeys(storage, ["source", "target.txt"])
          t.equal((await standing(storage, "third"))?.bytes, bytes, "a copy whose source is gone")
        }
      }
    },
  }),
  clause("STORAGE-COPY-02", {
    why: "What is published is copied over what was published before, whose headers must not stay.",
    fix: "Write the target as a whole, in its own bucket.",
    methods: ["copy"],
    async check(t, storage) {
      await storage.createBucket("published")
      await storage.put(FILES, "page", "new", { contentType: "text/new", metadata: { new: "new" } })
      await storage.put(FILES, "bare", "bare", { contentType: "text/bare" })
      for (const [key, text, fields] of [
        ["page", "new", { contentType: "text/new", metadata: { new: "new" } }],
        ["bare", "bare", { contentType: "text/bare", metadata: {} }],
      ] as const) {
        for (const target of [key, "other"]) {
          await storage.put("published", target, "old and longer", { ...FIELDS, metadata: { old: "old" } })
          const told = await storage.copy(at(key), at(target, "published"))
          const found = await standing(storage, target, "published")
          t.equal(fieldsOf(found), fields, `headers and metadata of ${target} after a copy of ${key} over it`)
          t.equal(await textOf(storage, target, "published"), text, `${target} after a copy of ${key} over it`)
          t.equal([told.bucket, told.key], ["published", target], "bucket and key that copy tells")
        }
      }
      t.equal(await keysOf(storage), ["bare", "page"], "keys of the bucket of the sources")
      t.equal(await keysOf(storage, "published"), ["bare", "other", "page"], "keys of the bucket of the targets")
      t.equal(await textOf(storage, "page"), "new", "the source")
    },
  }),
  clause("STORAGE-COPY-03", {
    why: "Who changes one header means to keep the others: servers drop them all, or merge the metadata.",
    fix: "Read what the source has, lay over it what is given, and write the full set.",
    methods: ["copy"],
    async check(t, storage) {
      await storage.put(FILES, "source", "text", FIELDS)
      for (const change of CHANGES) {
        await storage.put(FILES, "target", "old", OLD)
        const told = await storage.copy(at("source"), at("target"), change)
        const wanted = changed(FIELDS, change as Partial<Fields>)
        const what = `a copy with ${JSON.stringify(change)}`
        t.equal(fieldsOf(await standing(storage, "target")), fieldsOf(wanted), `headers and metadata of ${what}`)
        t.equal(fieldsOf(told), fieldsOf(wanted), `headers and metadata that ${what} tells`)
        t.equal(await textOf(storage, "target"), "text", `bytes of ${what}`)
      }
      t.equal(fieldsOf(await standing(storage, "source")), fieldsOf(FIELDS), "headers and metadata of the source")
    },
  }),
  clause("STORAGE-COPY-04", {
    why: "A copy onto itself is how the headers of an object are changed.",
    fix: "Read the source to its end, or copy it within the store, before the target is written.",
    methods: ["copy"],
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const change of CHANGES) {
          await store(storage, "self", utf8("its bytes"), FIELDS)
          const told = await storage.copy(at("self"), at("self"), change)
          const found = await standing(storage, "self")
          const what = `a copy of what ${way} stored onto itself with ${JSON.stringify(change)}`
          t.equal(await textOf(storage, "self"), "its bytes", `bytes after ${what}`)
          t.equal(
            fieldsOf(found),
            fieldsOf(changed(FIELDS, change as Partial<Fields>)),
            `headers and metadata after ${what}`,
          )
          t.equal(told.etag, found?.etag, `the ETag that ${what} tells`)
        }
      }
    },
  }),
  clause("STORAGE-COPY-05", {
    why: "An empty target in the place of a good one is found when it is too late.",
    fix: "Look for the source first; NOT_FOUND names the object.",
    methods: ["copy"],
    async check(t, storage) {
      await storage.createBucket("others")
      await storage.put("others", "absent", "of another bucket")
      await storage.put(FILES, "old", "old", OLD)
      const old = await standing(storage, "old")
      for (const options of [undefined, { metadata: { new: "new" } }, { contentType: "text/new" }]) {
        for (const key of ["absent", "ol", "old/absent"]) {
          const copy = (target: string) => () => storage.copy(at(key), at(target), options)
          await refuses(t, copy("old"), ["NOT_FOUND", "object"], `copy of ${key} over an object`)
          await refuses(t, copy("new"), ["NOT_FOUND", "object"], `copy of ${key}`)
          await refuses(t, copy(key), ["NOT_FOUND", "object"], `copy of ${key} onto itself`)
        }
      }
      await storage.put(FILES, "deleted", "deleted")
      await storage.delete(FILES, "deleted")
      const copy = () => storage.copy(at("deleted"), at("old"))
      await refuses(t, copy, ["NOT_FOUND", "object"], "copy of what was deleted")
      t.equal(await standing(storage, "old"), old, "the object that was to be replaced")
      t.equal(await keysOf(storage), ["old"], "keys that are there")
    },
  }),
  clause("STORAGE-COPY-06", {
    why: "The name of the source travels in a header, where it is encoded by other rules than in a path.",
    fix: "Encode each segment of the source once, and nothing in it by hand; compare keys, not paths.",
    methods: ["copy"],
    async check(t, storage) {
      await forAll(HARD_KEYS, (key) => storage.put(FILES, key, `text of ${key}`))
      await storage.createBucket("copies")
      for (const key of HARD_KEYS) {
        const text = `text of ${key}`
        await storage.copy(at(key), at("plain", "copies"))
        t.equal(await textOf(storage, "plain", "copies"), text, `a copy of ${key}`)
        const told = await storage.copy(at("plain", "copies"), at(key, "copies"))
        t.equal(told.key, key, "the key that copy tells")
      }
      t.equal(
        await keysOf(storage, "copies"),
        [...(await keysOf(storage)), "plain"].toSorted(compareCodePoints),
        "keys of copies",
      )
      for (const key of HARD_KEYS) {
        t.equal(await textOf(storage, key, "copies"), `text of ${key}`, `a copy to ${key}`)
      }
    },
  }),
  clause("STORAGE-COPY-07", {
    why: "Two programs that publish must not overwrite each other.",
    fix: "Look at what stands under the target, not at the source, in the step that writes it.",
    needs: ["conditionalCopy"],
    methods: ["copy"],
    async check(t, storage) {
      await storage.put(FILES, "source", "source", { metadata: { of: "source" } })
      await storage.put(FILES, "other", "other")
      await storage.put(FILES, "target", "target", OLD)
      const source = await standing(storage, "source")
      const target = await standing(storage, "target")
      const other = await standing(storage, "other")
      const copy = (key: string, options: CopyOptions) => () => storage.copy(at("source"), at(key), options)
      const exists = ["PRECONDITION_FAILED", "exists"] as const
      const isChanged = ["PRECONDITION_FAILED", "changed"] as const
      await refuses(t, copy("target", { ifNoneMatch: "*" }), exists, "copy with ifNoneMatch over an object")
      await refuses(t, copy("source", { ifNoneMatch: "*" }), exists, "copy with ifNoneMatch onto itself")
      for (const [of, etag] of [
        ["another object", other?.etag],
        ["the source", source?.etag],
      ] as const) {
        await refuses(t, copy("target", { ifMatch: etag }), isChanged, `copy with ifMatch of ${of}`)
        await refuses(t, copy("absent", { ifMatch: etag }), isChanged, `copy to nothing with ifMatch of ${of}`)
      }
      t.equal(await standing(storage, "target"), target, "the object that was to be replaced")
      t.equal(await keysOf(storage), ["other", "source", "target"], "keys after copies that were refused")
      await storage.copy(at("source"), at("target"), { ifMatch: target?.etag })
      t.equal(await textOf(storage, "target"), "source", "the target after a copy with ifMatch of its ETag")
      await storage.copy(at("source"), at("new"), { ifNoneMatch: "*" })
      t.equal(await textOf(storage, "new"), "source", "the target after a copy with ifNoneMatch where nothing stood")
    },
  }),
  clause("STORAGE-COPY-08", {
    why: "Who may go on is decided by a copy that succeeds: two winners do the work twice.",
    fix: "Look and write in one step of the store.",
    needs: ["conditionalCopy"],
    methods: ["copy"],
    async check(t, storage, world) {
      const other = world.capabilities.shared ? await world.connect() : storage
      const sources = Array.from({ length: 20 }, (_, number) => `source ${number}`)
      await forAll(sources, (key) => storage.put(FILES, key, key, { metadata: { of: key } }))
      const copies = sources.map((key, number) => {
        return (number % 2 === 0 ? storage : other).copy(at(key), at("target"), { ifNoneMatch: "*" })
      })
      const outcomes = await Promise.allSettled(copies)
      const winners = sources.filter((_, number) => outcomes[number]?.status === "fulfilled")
      t.equal(winners.length, 1, "copies that resolved")
      for (const [number, outcome] of outcomes.entries()) {
        if (outcome.status === "fulfilled") continue
        await t.rejects(() => copies[number], "PRECONDITION_FAILED", `copy ${number} of 20`)
      }
      const found = await standing(storage, "target")
      t.equal(
        [await textOf(storage, "target"), found?.metadata["of"]],
        [winners[0], winners[0]],
        "the object that stays",
      )
    },
  }),
]
