import type { Checksum, UploadSession } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { piecesOf, STREAM_KINDS, watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, refuses, type StorageClient, textOf, utf8 } from "../clause.ts"
import { FIELDS, fieldsOf, standing } from "../standing.ts"
import { checksumOf, PART, writable } from "./checksums.ts"
import { joinedParts, largePart } from "./parts.ts"

const OLD = { contentType: "text/old", metadata: { old: "old" } }

/** The calls on an upload that is gone. */
const CALLS: readonly (readonly [method: string, call: (upload: UploadSession) => Promise<unknown>])[] = [
  ["uploadPart", (upload) => upload.uploadPart(1, "late")],
  ["parts", (upload) => upload.parts()],
  ["complete", (upload) => upload.complete()],
]

/** Every call rejects, of the session and of one that is got by its token. */
async function isGone(t: Checks, storage: StorageClient, upload: UploadSession, what: string): Promise<void> {
  const resumed = await storage.resumeUpload(upload.token)
  for (const [by, session] of [
    ["", upload],
    [" of a resumed session", resumed],
  ] as const) {
    for (const [method, call] of CALLS) {
      await refuses(t, () => call(session), ["NOT_FOUND", "upload"], `${method}${by}, ${what}`)
    }
  }
}

/** STORAGE-PART: how uploads end, and go on. */
export const partsEndClauses = [
  clause("STORAGE-PART-05", {
    why: "The answer to a complete that takes minutes is lost, and the call is tried again.",
    fix: "Remember what complete gave, or look at the object where the server knows the upload no more.",
    needs: ["multipart"],
    async check(t, storage, world) {
      const other = world.capabilities.shared ? await world.connect() : storage
      for (const body of ["a part", undefined]) {
        const upload = await storage.createUpload(FILES, "file", FIELDS)
        if (body !== undefined) await upload.uploadPart(1, body)
        const first = await upload.complete()
        const before = await standing(storage, "file")
        t.equal([first.key, first.etag, first.size], ["file", before?.etag, before?.size], "what complete tells")
        t.equal(await upload.complete(), first, "what complete tells again")
        t.equal(await (await storage.resumeUpload(upload.token)).complete(), first, "what it tells by its token")
        const elsewhere = await other.resumeUpload(upload.token)
        t.equal(await elsewhere.complete(), first, "what it tells another client")
        t.equal(await standing(storage, "file"), before, "the object, after complete again")
      }
      t.equal(await keysOf(storage), ["file"], "keys that are there")
    },
  }),
  clause("STORAGE-PART-06", {
    why: "Parts of an upload that was given up are paid for until somebody finds them.",
    fix: "Drop the parts and the upload; where the server may still take a part, drop again.",
    needs: ["multipart"],
    async check(t, storage) {
      await storage.put(FILES, "old", "old", OLD)
      const old = await standing(storage, "old")
      for (const key of ["old", "new"]) {
        for (const count of [0, 1, 2]) {
          const upload = await storage.createUpload(FILES, key)
          for (let number = 1; number <= count; number++) await upload.uploadPart(number, "a part")
          await upload.abort()
          await isGone(t, storage, upload, `after abort of ${count} parts`)
          t.equal(await standing(storage, "old"), old, "the old object, after abort")
          t.equal(await keysOf(storage), ["old"], "keys after abort")
        }
      }
      t.equal(await storage.sweepUploads(FILES, 0), 0, "uploads that are left to sweep")
    },
  }),
  clause("STORAGE-PART-07", {
    why: "Abort stands in a finally: it is called after a success as well, and twice.",
    fix: "Take an upload that is not there for done, and touch no object.",
    needs: ["multipart"],
    async check(t, storage) {
      const resolves = async (upload: UploadSession, what: string) => {
        t.equal((await t.outcome(() => upload.abort(), what)).error, undefined, `what ${what} rejects with`)
      }
      const dropped = await storage.createUpload(FILES, "dropped")
      await dropped.uploadPart(1, "a part")
      for (const time of ["first", "second", "third"]) await resolves(dropped, `the ${time} abort`)
      await resolves(await storage.resumeUpload(dropped.token), "abort of a resumed session")
      const upload = await storage.createUpload(FILES, "file", FIELDS)
      await upload.uploadPart(1, "a part")
      await upload.complete()
      const before = await standing(storage, "file")
      await resolves(upload, "abort after complete")
      await resolves(await storage.resumeUpload(upload.token), "abort of a resumed session, after complete")
      t.equal(await standing(storage, "file"), before, "the object, after abort")
      t.equal(await keysOf(storage), ["file"], "keys after abort")
    },
  }),
  clause("STORAGE-PART-08", {
    why: "An upload of hours outlives the process that began it.",
    fix: "Put all that finds the upload into its token, and keep nothing of it in the client.",
    needs: ["multipart"],
    async check(t, storage, world) {
      const clients = world.capabilities.shared ? [storage, await world.connect(), await world.connect()] : [storage]
      const client = (turn: number) => clients[turn % clients.length] ?? storage
      for (const key of ["file", "a folder/ü 世界+%2F"]) {
        const begun = await storage.createUpload(FILES, key, FIELDS)
        const large = largePart(world, 1)
        await begun.uploadPart(1, large)
        const resumed = await client(1).resumeUpload(begun.token)
        t.equal([resumed.bucket, resumed.key], [FILES, key], "bucket and key of a resumed session")
        t.equal(resumed.token, begun.token, "the token of a resumed session")
        t.equal(await resumed.parts(), await begun.parts(), "parts of a resumed session")
        await resumed.uploadPart(2, "old end")
        await begun.uploadPart(2, "end")
        const last = await client(2).resumeUpload(resumed.token)
        const info = await last.complete()
        const wanted = joinedParts(large, utf8("end"))
        const found = await standing(storage, key)
        t.equal([info.size, found?.bytes], [wanted.length, wanted], "the object of a resumed upload")
        t.equal(fieldsOf(found), fieldsOf(FIELDS), "headers and metadata of a resumed upload")
      }
      t.equal(await keysOf(storage), ["a folder/ü 世界+%2F", "file"], "keys that are there")
    },
  }),
  clause("STORAGE-PART-09", {
    why: "A token comes back from a browser, where anybody may have changed it.",
    fix: "Check its form before anything is asked.",
    needs: ["multipart"],
    async check(t, storage) {
      await storage.put(FILES, "a", "a")
      await storage.put(FILES, "b", "b")
      const { cursor = "no cursor" } = await storage.list(FILES, { limit: 1 })
      const strange = [
        "",
        " ",
        "no token",
        "%",
        "{}",
        "[]",
        "null",
        "e30",
        "bnVsbA",
        "é",
        cursor,
        FILES,
        7,
        undefined,
        {},
      ]
      for (const token of strange as string[]) {
        const resume = () => storage.resumeUpload(token)
        await t.rejects(resume, "INVALID_ARGUMENT", `resumeUpload of ${JSON.stringify(token)}`)
      }
      const upload = await storage.createUpload(FILES, "file")
      t.equal((await storage.resumeUpload(upload.token)).key, "file", "the key of a session by its token")
      await upload.abort()
    },
  }),
  clause("STORAGE-PART-14", {
    why: "An upload takes hours, in which another may have come first.",
    fix: "Look at the condition in the step that writes the object, not when the upload begins; abort where it does not hold.",
    needs: ["multipart", "conditionalComplete"],
    async check(t, storage) {
      const begin = async (key: string, condition: { ifNoneMatch: "*" } | { ifMatch: string }) => {
        const upload = await storage.createUpload(FILES, key, condition)
        await upload.uploadPart(1, "of the upload")
        return upload
      }
      const refused = async (key: string, upload: UploadSession, reason: string, what: string) => {
        const before = await standing(storage, key)
        await refuses(t, () => upload.complete(), ["PRECONDITION_FAILED", reason], what)
        t.equal(await standing(storage, key), before, `what stands there, after ${what}`)
        await isGone(t, storage, upload, `after ${what}`)
      }
      await storage.put(FILES, "there", "there", OLD)
      const late = await begin("there", { ifNoneMatch: "*" })
      await refused("there", late, "exists", "complete with ifNoneMatch over an object")
      const overtaken = await begin("overtaken", { ifNoneMatch: "*" })
      await storage.put(FILES, "overtaken", "came first", OLD)
      await refused("overtaken", overtaken, "exists", "complete with ifNoneMatch that was overtaken")
      const freed = await begin("there", { ifNoneMatch: "*" })
      await storage.delete(FILES, "there")
      await freed.complete()
      t.equal(
        await textOf(storage, "there"),
        "of the upload",
        "after complete with ifNoneMatch where nothing stands any more",
      )
      const { etag } = await storage.put(FILES, "match", "old", OLD)
      const replaced = await begin("match", { ifMatch: etag })
      const matching = await begin("match", { ifMatch: etag })
      await storage.put(FILES, "match", "another")
      await refused("match", replaced, "changed", "complete with ifMatch of an object that has changed")
      await storage.delete(FILES, "match")
      await refused("match", matching, "changed", "complete with ifMatch of an object that is gone")
      const again = await storage.put(FILES, "match", "once more")
      const right = await begin("match", { ifMatch: again.etag })
      const info = await right.complete()
      t.equal(await textOf(storage, "match"), "of the upload", "after complete with ifMatch")
      t.equal(await right.complete(), info, "what complete with ifMatch tells again")
    },
  }),
  clause("STORAGE-PART-15", {
    why: "Of two who make the same object one must learn that it was not the first.",
    fix: "Look and write in one step of the store.",
    needs: ["multipart", "conditionalComplete"],
    async check(t, storage, world) {
      const other = world.capabilities.shared ? await world.connect() : storage
      const texts = Array.from({ length: 10 }, (_, number) => `text ${number}`)
      const uploads = await Promise.all(
        texts.map(async (text, number) => {
          const client = number % 2 === 0 ? storage : other
          const upload = await client.createUpload(FILES, "one", { ifNoneMatch: "*", metadata: { of: text } })
          await upload.uploadPart(1, text)
          return upload
        }),
      )
      const completes = uploads.map((upload) => upload.complete())
      const outcomes = await Promise.allSettled(completes)
      const winners = texts.filter((_, number) => outcomes[number]?.status === "fulfilled")
      t.equal(winners.length, 1, "completes that resolved")
      for (const [number, outcome] of outcomes.entries()) {
        if (outcome.status === "fulfilled") continue
        await t.rejects(() => completes[number], "PRECONDITION_FAILED", `complete ${number} of 10`)
      }
      const found = await standing(storage, "one")
      t.equal([await textOf(storage, "one"), found?.metadata["of"]], [winners[0], winners[0]], "the object that stays")
    },
  }),
  clause("STORAGE-PART-16", {
    why: "Uploads that nobody ends are paid for, and a sweep must not end those that go on.",
    fix: "Compare the time at which each upload of the bucket began, over all pages, those too that no token names.",
    needs: ["multipart"],
    waits: true,
    async check(t, storage, world) {
      const seconds = world.manualTime ? 3600 : Math.max(3, world.step * 2)
      await storage.createBucket("others")
      const begin = async (key: string, bucket: string = FILES) => {
        const upload = await storage.createUpload(bucket, key)
        await upload.uploadPart(1, key)
        return upload
      }
      const old = [await begin("old 1"), await begin("old 1"), await begin("folder/old 2"), await begin("old 3")]
      const elsewhere = await begin("old 1", "others")
      const completed = await begin("completed")
      await completed.complete()
      const aborted = await begin("aborted")
      await aborted.abort()
      await storage.put(FILES, "old 1", "an object")
      t.equal(await storage.sweepUploads(FILES, seconds * 1000), 0, "uploads that a sweep finds too early")
      await world.pass(seconds + 1)
      // Servers tell the time of an upload in whole seconds.
      const young = world.window(seconds - 1)
      const late = [await begin("young"), await begin("old 1")]
      t.equal(await storage.sweepUploads(FILES, seconds * 1000), old.length, "uploads that a sweep aborts")
      young.close()
      for (const upload of old) await isGone(t, storage, upload, "after a sweep")
      for (const upload of [...late, elsewhere]) {
        t.equal((await upload.parts()).length, 1, "parts of an upload that a sweep leaves")
      }
      t.equal(await keysOf(storage), ["completed", "old 1"], "keys after a sweep")
      t.equal(await textOf(storage, "old 1"), "an object", "an object under the key of an upload that was swept")
      await late[0]?.complete()
      t.equal(await textOf(storage, "young"), "young", "an upload that a sweep left")
      for (const wrong of [-1, Number.NaN, "1000", undefined] as number[]) {
        await t.rejects(
          () => storage.sweepUploads(FILES, wrong),
          "INVALID_ARGUMENT",
          `a sweep older than ${String(wrong)}`,
        )
      }
      t.equal((await elsewhere.complete()).key, "old 1", "an upload of another bucket")
    },
  }),
  clause("STORAGE-PART-18", {
    why: "A part that is cut or damaged makes a damaged object, with nothing to tell.",
    fix: "Take a part in when the whole of it is there and right; what came before stays.",
    needs: ["multipart"],
    async check(t, storage, world) {
      const upload = await storage.createUpload(FILES, "file")
      await upload.uploadPart(2, "right")
      const before = await upload.parts()
      const broken = utf8(PART)
      for (const number of [1, 2, 3]) {
        for (const kind of STREAM_KINDS) {
          const failing = watchedStream(kind, [...piecesOf(broken, 5), new Error("cut")])
          const part = () => upload.uploadPart(number, failing.body)
          await refuses(t, part, ["INVALID_ARGUMENT", "body"], `part ${number} of ${kind} that fails`)
          for (const size of [PART.length - 1, PART.length + 1]) {
            const { body } = watchedStream(kind, piecesOf(broken, 5))
            const part = () => upload.uploadPart(number, body, { size })
            await refuses(t, part, ["INVALID_ARGUMENT", "size"], `part ${number} of ${kind} with another size`)
          }
        }
        for (const algorithm of writable(world)) {
          const checksum: Checksum = checksumOf(algorithm, false)
          for (const body of [PART, broken, watchedStream("a web stream", piecesOf(broken, 5)).body]) {
            const part = () => upload.uploadPart(number, body, { checksum })
            await refuses(t, part, ["INVALID_ARGUMENT", "checksum"], `part ${number} with a wrong ${algorithm}`)
          }
        }
        const signal = AbortSignal.abort()
        await t.rejects(() => upload.uploadPart(number, PART, { signal }), "ABORTED", `part ${number} that is aborted`)
        t.equal(await upload.parts(), before, `parts after part ${number} was refused`)
      }
      for (const algorithm of writable(world)) {
        await upload.uploadPart(2, PART, { checksum: checksumOf(algorithm, true) })
      }
      if (writable(world).length === 0) await upload.uploadPart(2, PART)
      await upload.complete()
      t.equal(await textOf(storage, "file"), PART, "an object of the part that was right")
    },
  }),
  clause("STORAGE-PART-19", {
    why: "A server is started again in the middle of an upload of hours.",
    fix: "Keep uploads and their parts where the objects are, with all that createUpload was given.",
    needs: ["multipart", "durable"],
    uses: ["restart"],
    async check(t, storage, world) {
      const large = largePart(world, 1)
      const upload = await storage.createUpload(FILES, "file", FIELDS)
      await upload.uploadPart(1, large)
      await upload.uploadPart(2, "old end")
      const completed = await storage.createUpload(FILES, "completed")
      await completed.uploadPart(1, "completed")
      const info = await completed.complete()
      const before = await upload.parts()
      await world.restart()
      await t.eventually(
        async () => (await t.outcome(() => storage.listBuckets(), "listBuckets")).error === undefined,
        "works again",
      )
      const resumed = await storage.resumeUpload(upload.token)
      t.equal(await resumed.parts(), before, "parts after a restart")
      await resumed.uploadPart(2, "end")
      await resumed.complete()
      const found = await standing(storage, "file")
      t.equal(found?.bytes, joinedParts(large, utf8("end")), "the object of an upload that outlived a restart")
      t.equal(fieldsOf(found), fieldsOf(FIELDS), "its headers and metadata")
      t.equal((await storage.head(FILES, "completed"))?.etag, info.etag, "what was completed before the restart")
    },
  }),
  clause("STORAGE-PART-20", {
    why: "A bucket that looks empty cannot be deleted, and nobody sees why.",
    fix: "Abort the uploads of the bucket with it; a bucket that is made anew has none.",
    needs: ["multipart"],
    async check(t, storage) {
      for (const force of [false, true]) {
        await storage.createBucket("bucket")
        if (force) await storage.put("bucket", "object", "object")
        const uploads = [await storage.createUpload("bucket", "a"), await storage.createUpload("bucket", "b/c")]
        await uploads[1]?.uploadPart(1, "a part")
        await storage.deleteBucket("bucket", { force })
        for (const when of ["whose bucket is gone", "whose bucket was made anew"]) {
          for (const upload of uploads) {
            const resumed = await storage.resumeUpload(upload.token)
            for (const [method, call] of CALLS) {
              await t.rejects(() => call(upload), "NOT_FOUND", `${method} of an upload ${when}`)
              await t.rejects(() => call(resumed), "NOT_FOUND", `${method} of a resumed upload ${when}`)
            }
          }
          await storage.createBucket("bucket")
          t.equal(await keysOf(storage, "bucket"), [], "keys of a bucket that was made anew")
        }
        await storage.deleteBucket("bucket")
      }
    },
  }),
]
