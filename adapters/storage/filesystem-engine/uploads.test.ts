import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, expect, it } from "vitest"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { fromBase64Url, toBase64Url, uploadTokenOf } from "../../../core/storage/for-adapters.ts"
import { fileOf, forkedStorage, openedStorage, textOf, treeOf } from "./opened-storage.fixture.ts"

const DAY = 24 * 60 * 60 * 1000
const LARGE = new Uint8Array(5_242_880).fill(7)
const gone = { code: "NOT_FOUND", details: { reason: "upload" } }

let clock: ManualClock
let root: string
let storage: Storage

beforeEach(async () => {
  clock = createManualClock()
  ;({ root, storage } = await openedStorage({}, { clock }))
})

/** The directory of the only upload. */
async function uploadDirectory(): Promise<string> {
  const uploads = join(root, "buckets/files/uploads")
  const [id = ""] = await readdir(uploads)
  return join(uploads, id)
}

it("goes on in another process, after the first was killed in the middle of a part", async () => {
  const { client, kill } = await forkedStorage(root)
  const begun = await client.createUpload("files", "up", { metadata: { n: "1" }, contentType: "text/x" })
  await begun.uploadPart(1, LARGE)
  const token = await (begun.token as unknown as Promise<string>)
  const cut = begun.uploadPart(2, LARGE).catch(() => {})
  await kill()
  await cut
  const upload = await storage.resumeUpload(token)
  expect((await upload.parts())[0]).toMatchObject({ number: 1, size: LARGE.length })
  await upload.uploadPart(2, "end")
  const info = await upload.complete()
  expect(info).toMatchObject({ size: LARGE.length + 3, contentType: "text/x", metadata: { n: "1" } })
  expect((await textOf(storage, "up")).endsWith("\x07end")).toBe(true)
})

it("completed by two processes at the same time makes one object, and both tell of it", async () => {
  const { client } = await forkedStorage(root)
  for (const options of [{}, { ifNoneMatch: "*" as const }]) {
    const key = `up ${Object.keys(options).length}`
    const upload = await storage.createUpload("files", key, options)
    await upload.uploadPart(1, "part")
    const other = await client.resumeUpload(upload.token)
    const infos = await Promise.all([upload.complete(), other.complete(), upload.complete(), other.complete()])
    for (const info of infos) expect(info).toEqual(infos[0])
    expect((await storage.head("files", key))?.etag).toBe(infos[0]?.etag)
  }
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("whose process was killed when the object was stored is complete, also with ifNoneMatch", async () => {
  const upload = await storage.createUpload("files", "up", { ifNoneMatch: "*" })
  await upload.uploadPart(1, "part")
  const info = await upload.complete()
  const directory = await uploadDirectory()
  // As it is between the two: the object stands, and nothing says that this upload has made it.
  await rename(join(directory, "completed.json"), join(directory, "completing.json"))
  await mkdir(join(directory, "parts"))
  await writeFile(join(directory, "parts/1"), await readFile(fileOf(root, "up")))
  expect(await (await storage.resumeUpload(upload.token)).complete()).toEqual(info)
  expect(await readdir(directory)).toEqual(["completed.json", "upload.json"])
  await expect(upload.uploadPart(2, "more")).rejects.toMatchObject(gone)
})

it("whose process was killed just before the object was stored is completed anew", async () => {
  const upload = await storage.createUpload("files", "up", { ifNoneMatch: "*" })
  await upload.uploadPart(1, "part")
  const directory = await uploadDirectory()
  await writeFile(join(directory, "completing.json"), JSON.stringify({ etag: "never stored" }))
  const info = await upload.complete()
  expect(info.size).toBe(4)
  expect((await storage.head("files", "up"))?.etag).toBe(info.etag)
})

it("leaves nothing when it is aborted, and a record for a day when it is completed", async () => {
  const aborted = await storage.createUpload("files", "a")
  await aborted.uploadPart(1, "part")
  await aborted.abort()
  expect(await treeOf(join(root, "buckets/files/uploads"))).toEqual([])
  const upload = await storage.createUpload("files", "b")
  await upload.uploadPart(1, "part")
  const info = await upload.complete()
  await upload.abort()
  expect(await storage.sweepUploads("files", 0)).toBe(0)
  await clock.advance(DAY - 1)
  expect(await storage.sweepUploads("files", 0)).toBe(0)
  expect(await upload.complete()).toEqual(info)
  await clock.advance(1)
  expect(await storage.sweepUploads("files", 0)).toBe(0)
  await expect(upload.complete()).rejects.toMatchObject(gone)
  expect(await textOf(storage, "b")).toBe("part")
  expect(await treeOf(join(root, "buckets/files/uploads"))).toEqual([])
})

it("is found by a sweep that has no token", async () => {
  await storage.createUpload("files", "a")
  await clock.advance(1000)
  const young = await storage.createUpload("files", "b")
  await mkdir(join(root, "buckets/files/uploads/strange"))
  expect(await storage.sweepUploads("files", 1000)).toBe(1)
  expect(await young.parts()).toEqual([])
})

it("with a part whose bytes have changed is not completed", async () => {
  const upload = await storage.createUpload("files", "up")
  await upload.uploadPart(1, "some bytes")
  const path = join(await uploadDirectory(), "parts/1")
  const whole = await readFile(path)
  for (const broken of [whole.subarray(0, 20), Buffer.concat([Buffer.from("S"), whole.subarray(1)])]) {
    await writeFile(path, broken)
    await expect(upload.complete()).rejects.toMatchObject({ code: "CORRUPT" })
  }
  expect(await readdir(join(root, "staging"))).toEqual([])
  await upload.uploadPart(1, "sent again")
  expect((await upload.complete()).size).toBe(10)
})

it("larger than maxObjectBytes is refused, and can be aborted", async () => {
  const { storage: small } = await openedStorage({ root, maxObjectBytes: 10 })
  const upload = await storage.createUpload("files", "up")
  for (const number of [1, 2, 3]) await upload.uploadPart(number, number < 3 ? LARGE : "")
  await expect((await small.resumeUpload(upload.token)).complete()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
  await upload.abort()
})

it.each(["../../objects", "..", ".", "", "A".repeat(36), "x/../../../staging"])(
  "with the id %j is none",
  async (id) => {
    await storage.put("files", "up", "object")
    const token = uploadTokenOf({ adapter: "filesystem", bucket: "files", key: "up", id })
    for (const call of ["parts", "complete", "abort"] as const) {
      const outcome = async () => (await storage.resumeUpload(token))[call]()
      await expect(outcome()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    }
    const part = storage.resumeUpload(token).then((upload) => upload.uploadPart(1, "x"))
    await expect(part).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  },
)

it("belongs to its key: a token with another one is that of no upload", async () => {
  const upload = await storage.createUpload("files", "up")
  await upload.uploadPart(1, "part")
  const ref = JSON.parse(new TextDecoder().decode(fromBase64Url(upload.token))) as Record<string, string>
  const forged = toBase64Url(new TextEncoder().encode(JSON.stringify({ ...ref, key: "other" })))
  const other = await storage.resumeUpload(forged)
  await expect(other.uploadPart(1, "x")).rejects.toMatchObject(gone)
  await expect(other.parts()).rejects.toMatchObject(gone)
  await expect(other.complete()).rejects.toMatchObject(gone)
  await other.abort()
  expect(await upload.parts()).toMatchObject([{ number: 1, size: 4 }])
  await upload.complete()
  await expect(other.complete()).rejects.toMatchObject(gone)
})

it.each(["", "{", "null", "{}", '{"key":"up"}', "a directory"])(
  "that says %j of itself is swept by its age",
  async (text) => {
    const upload = await storage.createUpload("files", "up")
    await upload.uploadPart(1, "part")
    const directory = await uploadDirectory()
    await rm(join(directory, "upload.json"))
    if (text === "a directory") await mkdir(join(directory, "upload.json"))
    else await writeFile(join(directory, "upload.json"), text)
    await utimes(directory, 0, clock.now() / 1000 - 60)
    expect(await storage.sweepUploads("files", 60_001)).toBe(0)
    await expect(upload.parts()).rejects.toMatchObject(gone)
    expect(await storage.sweepUploads("files", 60_000)).toBe(1)
    expect(await treeOf(join(root, "buckets/files/uploads"))).toEqual([])
  },
)

it("of many parts is put together in their order", async () => {
  const small = await openedStorage({ root })
  const upload = await small.storage.createUpload("files", "up")
  const numbers = [10_000, 7, 300, 1]
  for (const number of numbers)
    await upload.uploadPart(number, number === 10_000 ? "end" : LARGE.map(() => number & 255))
  expect((await upload.parts()).map(({ number }) => number)).toEqual(numbers.toSorted((a, b) => a - b))
  await upload.complete()
  const bytes = await (await storage.get("files", "up")).bytes()
  expect([0, 1, 2].map((index) => bytes[index * LARGE.length])).toEqual([1, 7, 300 & 255])
  expect(bytes.length).toBe(3 * LARGE.length + 3)
})
