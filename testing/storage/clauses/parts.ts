import type { UploadSession } from "../../../contracts/storage/storage.ts"
import { forAll } from "../../families/roles.ts"
import { bodiesOf } from "../bodies.ts"
import { clause, FILES, keysOf, patternOf, refuses, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { walk } from "../pages.ts"
import { FIELDS, type Fields, fieldsOf, standing } from "../standing.ts"
import { LARGEST_TRIED_BYTES } from "./put-failures.ts"

const OLD = { contentType: "text/old", metadata: { old: "old" } }
const NOTHING = { contentType: "application/octet-stream", metadata: {} }

/** Bytes of a part that need not be the last. No two of them are alike. */
export function largePart({ capabilities }: StorageWorld, number: number): Uint8Array {
  return patternOf(Math.max(capabilities.minPartBytes, 1), number)
}

/** Parts one after the other, as one object. */
export function joinedParts(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Number and size of each part that an upload lists. */
async function sizesOf(upload: UploadSession): Promise<[number: number, size: number][]> {
  return (await upload.parts()).map(({ number, size }) => [number, size])
}

/** More parts than a server lists at once. */
const PAGE_OF_PARTS = 1000
/** As large may all of so many parts be that they are sent. */
const MAX_BYTES_OF_MANY = 1_048_576

/** STORAGE-PART: how objects are made of parts. How uploads end is in `parts-end.ts`. */
export const partsClauses = [
  clause("STORAGE-PART-01", {
    why: "Parts are sent side by side, and the slowest comes last: a film would begin with its end.",
    fix: "Sort the parts by their number, as a number, and take all of them, however many pages they are listed in.",
    needs: ["multipart"],
    async check(t, storage, world) {
      const parts: Readonly<Record<number, Uint8Array>> = {
        2: largePart(world, 2),
        9: largePart(world, 9),
        10: utf8("end"),
      }
      const wanted = joinedParts(...Object.values(parts))
      for (const order of [
        [10, 2, 9],
        [9, 10, 2],
      ]) {
        const upload = await storage.createUpload(FILES, "film")
        for (const number of order) await upload.uploadPart(number, parts[number] ?? "")
        const { size } = await upload.complete()
        t.equal(size, wanted.length, `size of an object of parts that came as ${order.join(", ")}`)
        t.equal((await standing(storage, "film"))?.bytes, wanted, `bytes of parts that came as ${order.join(", ")}`)
      }
      const together = await storage.createUpload(FILES, "together")
      await Promise.all(Object.entries(parts).map(([number, part]) => together.uploadPart(Number(number), part)))
      await together.complete()
      t.equal((await standing(storage, "together"))?.bytes, wanted, "bytes of parts that were sent at one time")
      for (const [kind, make] of bodiesOf(utf8("of one part"))) {
        const upload = await storage.createUpload(FILES, "kinds")
        const { size } = await upload.uploadPart(1, make())
        await upload.complete()
        t.equal([await textOf(storage, "kinds"), size], ["of one part", 11], `an object of one part, ${kind}`)
      }
      const count = PAGE_OF_PARTS + 5
      if (world.capabilities.minPartBytes * count > MAX_BYTES_OF_MANY) return
      const many = Array.from({ length: count }, (_, index) => largePart(world, index + 1))
      const upload = await storage.createUpload(FILES, "many")
      await forAll(many, (part, index) => upload.uploadPart(index + 1, part))
      await upload.complete()
      t.equal((await standing(storage, "many"))?.bytes, joinedParts(...many), `bytes of ${count} parts`)
    },
  }),
  clause("STORAGE-PART-02", {
    why: "A part whose answer was lost is sent again, and must not be there twice, or stay what it was.",
    fix: "Keep parts under their number; the one that came last counts, also with its size and its ETag.",
    needs: ["multipart"],
    async check(t, storage, world) {
      for (const [what, texts] of [
        ["a longer one", ["old", "new and longer"]],
        ["a shorter one", ["old and longer", "new"]],
        ["the same one", ["same", "same"]],
        ["two others", ["first", "second", "third"]],
        ["an empty one", ["old", ""]],
      ] as const) {
        const upload = await storage.createUpload(FILES, "again")
        for (const text of texts) await upload.uploadPart(3, text)
        const last = texts.at(-1) ?? ""
        t.equal(await sizesOf(upload), [[3, last.length]], `parts after a part was replaced by ${what}`)
        await upload.complete()
        t.equal(await textOf(storage, "again"), last, `an object whose part was replaced by ${what}`)
      }
      const upload = await storage.createUpload(FILES, "several")
      const large = largePart(world, 1)
      await upload.uploadPart(1, "too small")
      await upload.uploadPart(2, "old end")
      await upload.uploadPart(1, large)
      await upload.uploadPart(2, "end")
      await upload.complete()
      t.equal(
        (await standing(storage, "several"))?.bytes,
        joinedParts(large, utf8("end")),
        "two parts that were replaced",
      )
    },
  }),
  clause("STORAGE-PART-03", {
    why: "Who goes on with an upload must know what is missing.",
    fix: "List all parts with what is stored of them, sorted by number, over all pages of the server.",
    needs: ["multipart"],
    async check(t, storage) {
      const upload = await storage.createUpload(FILES, "file")
      t.equal(await sizesOf(upload), [], "parts of an upload that has just begun")
      const etags = new Map<number, string>()
      for (const [number, size] of [
        [10, 5],
        [2, 1],
        [10_000, 0],
        [1, 7],
        [9, 3],
      ] as const) {
        const part = await upload.uploadPart(number, "x".repeat(size))
        t.equal([part.number, part.size], [number, size], "number and size that uploadPart tells")
        etags.set(number, part.etag)
      }
      const wanted = [1, 2, 9, 10, 10_000]
      const parts = await upload.parts()
      t.equal(
        await sizesOf(upload),
        [
          [1, 7],
          [2, 1],
          [9, 3],
          [10, 5],
          [10_000, 0],
        ],
        "numbers and sizes of parts",
      )
      t.equal(
        parts.map(({ etag }) => etag),
        wanted.map((number) => etags.get(number)),
        "ETags of parts",
      )
      await upload.abort()
      const many = await storage.createUpload(FILES, "many")
      const numbers = Array.from({ length: PAGE_OF_PARTS + 5 }, (_, index) => index + 1)
      await forAll(numbers, (number) => many.uploadPart(number, `${number}`))
      const sizes = numbers.map((number) => [number, `${number}`.length])
      t.equal(await sizesOf(many), sizes, `parts of an upload of ${numbers.length}`)
      await many.abort()
    },
  }),
  clause("STORAGE-PART-04", {
    why: "Half a film is taken for a whole one, or the old one is gone before the new one is there.",
    fix: "Keep parts where neither head nor list looks, and write the object in one step, by complete.",
    needs: ["multipart"],
    async check(t, storage) {
      await storage.put(FILES, "old", "old", OLD)
      const old = await standing(storage, "old")
      for (const key of ["old", "new"]) {
        const upload = await storage.createUpload(FILES, key, { metadata: { of: "the upload" } })
        const unseen = async (when: string) => {
          t.equal(await standing(storage, "old"), old, `the old object ${when}`)
          t.equal(await storage.head(FILES, "new"), undefined, `head of an upload ${when}`)
          await refuses(t, () => storage.get(FILES, "new"), ["NOT_FOUND", "object"], `get of an upload ${when}`)
          t.equal(await keysOf(storage), ["old"], `keys ${when}`)
          const { keys, prefixes } = await walk(storage, { delimiter: "/" })
          t.equal([keys, prefixes], [["old"], []], `a list by folders ${when}`)
          t.equal(
            (await storage.listBuckets()).map(({ name }) => name),
            [FILES],
            `buckets ${when}`,
          )
        }
        await unseen("of which no part has come")
        await upload.uploadPart(1, "a part")
        await unseen("of which a part has come")
        await upload.abort()
        await unseen("that was aborted")
      }
    },
  }),
  clause("STORAGE-PART-10", {
    why: "A file may be empty, and a program that sends parts does not look.",
    fix: "Complete an upload without parts with one empty part.",
    needs: ["multipart"],
    async check(t, storage) {
      await storage.put(FILES, "old", "old", OLD)
      for (const key of ["old", "new"]) {
        const upload = await storage.createUpload(FILES, key, FIELDS)
        t.equal((await upload.complete()).size, 0, "size of an object of no parts")
        const found = await standing(storage, key)
        t.equal([found?.bytes, found?.size], [new Uint8Array(0), 0], "an object of no parts")
        t.equal(fieldsOf(found), fieldsOf(FIELDS), "its headers and metadata")
      }
      const upload = await storage.createUpload(FILES, "empty part")
      await upload.uploadPart(1, "")
      await upload.complete()
      t.equal(await textOf(storage, "empty part"), "", "an object of one empty part")
    },
  }),
  clause("STORAGE-PART-11", {
    why: "What is sent in parts is a film as well, and must be shown as one.",
    fix: "Give headers and metadata to the server when the upload begins, or keep them until complete.",
    needs: ["multipart"],
    async check(t, storage) {
      const uploads: readonly [what: string, key: string, given: Partial<Fields> | undefined, wanted: Fields][] = [
        ["everything", "everything", FIELDS, FIELDS],
        ["nothing", "nothing", undefined, { contentType: "application/octet-stream", metadata: {} }],
        ["nothing but its extension", "a/page.html", {}, { contentType: "text/html; charset=utf-8", metadata: {} }],
        ["metadata alone", "metadata", { metadata: FIELDS.metadata }, { ...NOTHING, metadata: FIELDS.metadata }],
        [
          "a disposition that is not ASCII",
          "disposition",
          { contentDisposition: 'attachment; filename="Größe.pdf"' },
          { ...NOTHING, contentDisposition: `attachment; filename="Gr__e.pdf"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf` },
        ],
      ]
      for (const [what, key, given, wanted] of uploads) {
        await storage.put(FILES, key, "old", OLD)
        const metadata = given?.metadata && { ...given.metadata }
        const upload = await storage.createUpload(FILES, key, given && { ...given, ...(metadata && { metadata }) })
        if (metadata !== undefined) metadata["later"] = "changed"
        const resumed = await storage.resumeUpload(upload.token)
        await resumed.uploadPart(1, "text")
        const told = await resumed.complete()
        t.equal(fieldsOf(await standing(storage, key)), fieldsOf(wanted), `an upload that was given ${what}`)
        t.equal(fieldsOf(told), fieldsOf(wanted), `what complete tells of an upload that was given ${what}`)
      }
    },
  }),
  clause("STORAGE-PART-12", {
    why: "A count from 0 loses the first part, or moves all others.",
    fix: "Check for a whole number from 1 to 10,000 before the body is touched.",
    needs: ["multipart"],
    async check(t, storage) {
      const upload = await storage.createUpload(FILES, "file")
      const wrong = [0, -1, 1.5, 10_001, 1e9, Number.NaN, Number.POSITIVE_INFINITY, "1", null, undefined]
      for (const number of wrong as number[]) {
        const uploadPart = () => upload.uploadPart(number, "text")
        await t.rejects(uploadPart, "INVALID_ARGUMENT", `uploadPart with the number ${String(number)}`)
      }
      t.equal(await sizesOf(upload), [], "parts after numbers that were refused")
      for (const number of [1, 10_000]) {
        const part = await upload.uploadPart(number, "text")
        t.equal(part.number, number, "the number that uploadPart tells")
      }
      await upload.abort()
    },
  }),
  clause("STORAGE-PART-13", {
    why: "What works in development with small parts fails in production at the end of a long upload.",
    fix: "Look at the sizes before the object is written, and leave the upload as it is.",
    needs: ["multipart"],
    async check(t, storage, world) {
      const { minPartBytes } = world.capabilities
      await storage.put(FILES, "file", "old", OLD)
      const old = await standing(storage, "file")
      const upload = await storage.createUpload(FILES, "file")
      await upload.uploadPart(1, patternOf(Math.max(minPartBytes - 1, 0), 3))
      await upload.uploadPart(2, "end")
      if (minPartBytes > 0) {
        for (const time of ["first", "second"]) {
          await refuses(
            t,
            () => upload.complete(),
            ["INVALID_ARGUMENT", "size"],
            `the ${time} complete with a small part`,
          )
        }
        t.equal(await standing(storage, "file"), old, "the old object, after complete was refused")
        t.equal((await upload.parts()).length, 2, "parts after complete was refused")
      }
      const large = patternOf(Math.max(minPartBytes, 1), 4)
      await upload.uploadPart(1, large)
      await upload.complete()
      t.equal(
        (await standing(storage, "file"))?.bytes,
        joinedParts(large, utf8("end")),
        "the object, whose part came again",
      )
    },
  }),
  clause("STORAGE-PART-21", {
    why: "Whoever may send no large file sends it in parts, and fills the disk all the same.",
    fix: "Add up the sizes of the parts before the object is written, and leave the upload as it is.",
    needs: ["multipart"],
    async check(t, storage, { capabilities: { maxObjectBytes, minPartBytes } }) {
      await storage.put(FILES, "file", "old", OLD)
      const old = await standing(storage, "file")
      if (maxObjectBytes > LARGEST_TRIED_BYTES || minPartBytes > maxObjectBytes) {
        t.equal(old?.metadata, OLD.metadata, "no limit that two parts can pass is declared")
        return
      }
      const first = Math.max(minPartBytes, Math.ceil(maxObjectBytes / 2))
      const rest = maxObjectBytes - first
      const upload = await storage.createUpload(FILES, "file")
      await upload.uploadPart(1, new Uint8Array(first))
      await upload.uploadPart(2, new Uint8Array(rest + 1))
      for (const time of ["first", "second"]) {
        await t.rejects(() => upload.complete(), "LIMIT_EXCEEDED", `the ${time} complete over maxObjectBytes`)
      }
      t.equal(await standing(storage, "file"), old, "the old object, after complete was refused")
      t.equal((await upload.parts()).length, 2, "parts after complete was refused")
      await upload.uploadPart(2, new Uint8Array(rest))
      t.equal((await upload.complete()).size, maxObjectBytes, "the size of the largest object of parts")
    },
  }),
  clause("STORAGE-PART-17", {
    why: "Two users send a file of the same name at one time.",
    fix: "Keep the parts of each upload under an id of its own.",
    needs: ["multipart"],
    async check(t, storage) {
      const [first, second, third] = await Promise.all(
        [1, 2, 3].map((number) => storage.createUpload(FILES, "file", { metadata: { upload: `${number}` } })),
      )
      if (first === undefined || second === undefined || third === undefined) return
      t.equal(new Set([first.token, second.token, third.token]).size, 3, "different tokens of three uploads")
      await first.uploadPart(1, "the first")
      await second.uploadPart(1, "the second one")
      t.equal(await sizesOf(first), [[1, 9]], "parts of the first of two uploads")
      t.equal(await sizesOf(second), [[1, 14]], "parts of the second of two uploads")
      t.equal(await sizesOf(third), [], "parts of an upload that has got none")
      await third.abort()
      await second.complete()
      t.equal(await textOf(storage, "file"), "the second one", "after complete of the second")
      t.equal(await sizesOf(first), [[1, 9]], "parts of the first, after another was completed and one aborted")
      await first.complete()
      const found = await standing(storage, "file")
      t.equal(
        [await textOf(storage, "file"), found?.metadata],
        ["the first", { upload: "1" }],
        "after complete of the first",
      )
    },
  }),
]
