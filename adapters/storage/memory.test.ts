import { beforeEach, describe, expect, it } from "vitest"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import type { ListOptions, Storage } from "../../contracts/storage/storage.ts"
import { memoryStorageSubject } from "../../subjects/storage.ts"
import { bindContract } from "../../testing/bind.ts"
import { storageContract } from "../../testing/storage/contract.ts"
import { createMemoryStorage, memoryStorage } from "./memory.ts"

bindContract({ describe, it }, storageContract, memoryStorageSubject)

let clock: ManualClock
let storage: Storage

beforeEach(async () => {
  clock = createManualClock(1000)
  storage = createMemoryStorage({}, { clock })
  await storage.createBucket("files")
})

const textOf = async (key: string) => (await storage.get("files", key)).text()
const rejects = (promise: Promise<unknown>, code: string, reason?: string) =>
  expect(promise).rejects.toMatchObject({ code, ...(reason !== undefined && { details: { reason } }) })

describe("memory storage: objects", () => {
  it("gives back text, bytes and a stream of what was put", async () => {
    await storage.put("files", "a.txt", "\ufeffgrüße")
    const bytes = new TextEncoder().encode("\ufeffgrüße")
    const stored = () => storage.get("files", "a.txt")
    expect(await (await stored()).text()).toBe("\ufeffgrüße")
    expect(await (await stored()).bytes()).toEqual(bytes)
    const stream = (await stored()).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
    expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(bytes)
  })

  it("keeps empty objects, and views with their own bytes", async () => {
    await storage.put("files", "empty", "")
    await storage.put("files", "view", new Uint8Array([1, 2, 3, 4]).subarray(1, 3))
    const empty = await storage.get("files", "empty")
    expect([empty.info.size, await empty.text()]).toEqual([0, ""])
    const stream = (await storage.get("files", "empty")).stream()
    expect((await stream.getReader().read()).done).toBe(true)
    expect(await (await storage.get("files", "view")).bytes()).toEqual(new Uint8Array([2, 3]))
  })

  it("says what it holds in put, get, head and list alike", async () => {
    const put = await storage.put("files", "a", "x", { contentType: "text/plain", metadata: { origin: "käse\r\n" } })
    expect(put).toEqual({
      bucket: "files",
      key: "a",
      size: 1,
      etag: expect.any(String),
      contentType: "text/plain",
      metadata: { origin: "käse\r\n" },
      checksums: {},
      lastModified: new Date(1000),
    })
    expect((await storage.get("files", "a")).info).toEqual(put)
    expect(await storage.head("files", "a")).toEqual(put)
    const { bucket, etag, key, lastModified, size } = put
    expect(await storage.list("files")).toEqual({ objects: [{ bucket, key, size, etag, lastModified }], prefixes: [] })
  })

  it("replaces an object whole", async () => {
    const before = await storage.put("files", "a", "one", { contentType: "text/plain", metadata: { n: "1" } })
    await clock.advance(500)
    const after = await storage.put("files", "a", "two")
    expect(after.etag).not.toBe(before.etag)
    expect(after).toEqual({
      ...{ bucket: "files", key: "a", size: 3, etag: after.etag },
      ...{ contentType: "application/octet-stream", metadata: {}, checksums: {}, lastModified: new Date(1500) },
    })
    expect(await textOf("a")).toBe("two")
  })

  it("copies bytes and infos in and out", async () => {
    const bytes = new Uint8Array([1])
    const metadata = { n: "1" }
    const put = await storage.put("files", "a", bytes, { metadata })
    bytes[0] = 2
    metadata.n = "2"
    put.metadata["n"] = "3"
    put.lastModified.setTime(0)
    ;(await (await storage.get("files", "a")).bytes())[0] = 4
    const { value } = await (await storage.get("files", "a")).stream().getReader().read()
    value?.fill(5)
    expect(await (await storage.get("files", "a")).bytes()).toEqual(new Uint8Array([1]))
    expect(await storage.head("files", "a")).toMatchObject({ metadata: { n: "1" }, lastModified: new Date(1000) })
  })

  it("leaves what get gave as it was", async () => {
    await storage.put("files", "a", "one")
    const stored = await storage.get("files", "a")
    await storage.put("files", "a", "two")
    await storage.delete("files", "a")
    expect(await stored.text()).toBe("one")
  })

  it("rejects get of an absent object, and resolves head and delete", async () => {
    await rejects(storage.get("files", "nope"), "NOT_FOUND", "object")
    expect(await storage.head("files", "nope")).toBeUndefined()
    await storage.delete("files", "nope")
    await storage.put("files", "a", "x")
    await storage.delete("files", "a")
    await rejects(storage.get("files", "a"), "NOT_FOUND")
  })

  it("rejects bodies over maxObjectBytes, and metadata over 2,048 bytes, and keeps the old object", async () => {
    const small = createMemoryStorage({ maxObjectBytes: 3 })
    await small.createBucket("files")
    await small.put("files", "a", "abc")
    await rejects(small.put("files", "a", "äb+"), "LIMIT_EXCEEDED")
    await small.put("files", "b", "", { metadata: { n: "x".repeat(2047) } })
    await rejects(small.put("files", "a", "", { metadata: { n: "x".repeat(2048) } }), "LIMIT_EXCEEDED")
    expect(await (await small.get("files", "a")).text()).toBe("abc")
  })
})

describe("memory storage: keys", () => {
  it("keeps every key apart and exact", async () => {
    const keys = ["a", "A", "a/", "a//b", "a/b", ".a", "/a", "a/..b", "%2F", "*", "__proto__", "constructor"]
    keys.push("é", "e\u0301", " ", "..a", "a..", ":", "\\", "x".repeat(1024))
    for (const key of keys) await storage.put("files", key, key)
    for (const key of keys) expect(await textOf(key)).toBe(key)
    expect((await storage.list("files")).objects.length).toBe(keys.length)
  })
})

describe("memory storage: list", () => {
  async function walk(options: ListOptions): Promise<string[][]> {
    const pages: string[][] = []
    let cursor: string | undefined
    do {
      const page = await storage.list("files", { ...options, cursor })
      pages.push(page.objects.map(({ key }) => key))
      cursor = page.cursor
    } while (cursor !== undefined)
    return pages
  }

  it("orders keys by code point, whatever the order of their puts", async () => {
    for (const key of ["\u{1F600}", "b", "\uffee", "a/b", "a", "B"]) await storage.put("files", key, "")
    expect(await walk({})).toEqual([["B", "a", "a/b", "b", "\uffee", "\u{1F600}"]])
    expect((await walk({ limit: 1 })).flat()).toEqual(["B", "a", "a/b", "b", "\uffee", "\u{1F600}"])
  })

  it("takes a prefix literally", async () => {
    for (const key of ["a.b", "a*b", "aXb", "a"]) await storage.put("files", key, "")
    expect(await walk({ prefix: "a." })).toEqual([["a.b"]])
    expect(await walk({ prefix: "a*" })).toEqual([["a*b"]])
    expect(await walk({ prefix: "z" })).toEqual([[]])
  })

  it("walks over each key once, page by page, without an empty page at the end", async () => {
    for (const key of ["p1", "p2", "p3", "p4", "x"]) await storage.put("files", key, "")
    expect(await walk({ limit: 2 })).toEqual([["p1", "p2"], ["p3", "p4"], ["x"]])
    expect(await walk({ limit: 2, prefix: "p" })).toEqual([
      ["p1", "p2"],
      ["p3", "p4"],
    ])
  })

  it("goes on from a cursor although its object is gone", async () => {
    for (const key of ["a", "b", "c"]) await storage.put("files", key, "")
    const { cursor } = await storage.list("files", { limit: 2 })
    await storage.delete("files", "b")
    expect((await storage.list("files", { cursor })).objects.map(({ key }) => key)).toEqual(["c"])
  })

  it.each(["", "!", "b", "YQ=="])("rejects the foreign cursor %j", async (cursor) => {
    await rejects(storage.list("files", { cursor }), "INVALID_ARGUMENT")
  })

  it("gives 1,000 objects to a page", async () => {
    for (let index = 0; index < 1001; index++) await storage.put("files", String(index), "")
    expect((await walk({})).map((keys) => keys.length)).toEqual([1000, 1])
  })
})

describe("memory storage: buckets", () => {
  it("lists buckets by name, each with the time it was first made", async () => {
    await clock.advance(500)
    await storage.createBucket("archive")
    await storage.put("files", "a", "kept")
    expect(await storage.createBucket("files")).toEqual({ name: "files", createdAt: new Date(1000) })
    expect(await storage.listBuckets()).toEqual([
      { name: "archive", createdAt: new Date(1500) },
      { name: "files", createdAt: new Date(1000) },
    ])
    expect(await textOf("a")).toBe("kept")
  })

  it("keeps the objects of buckets apart", async () => {
    await storage.createBucket("archive")
    await storage.put("archive", "a", "1")
    expect(await storage.head("files", "a")).toBeUndefined()
  })

  it("deletes an empty bucket, and one with objects only when forced", async () => {
    await storage.put("files", "a", "1")
    await rejects(storage.deleteBucket("files"), "PRECONDITION_FAILED", "bucket")
    await storage.deleteBucket("files", { force: true })
    expect(await storage.listBuckets()).toEqual([])
    await storage.createBucket("files")
    expect(await storage.list("files")).toEqual({ objects: [], prefixes: [] })
    await storage.deleteBucket("files")
  })

  it("rejects every call on an absent bucket", async () => {
    const ref = { bucket: "files", key: "a" }
    const absent = { bucket: "nope", key: "a" }
    await storage.put("files", "a", "1")
    for (const call of [
      storage.put("nope", "a", "1"),
      storage.get("nope", "a"),
      storage.delete("nope", "a"),
      storage.list("nope"),
      storage.deleteBucket("nope", { force: true }),
      storage.deleteMany("nope", ["a"]),
      storage.copy(absent, ref),
      storage.copy(ref, absent),
      storage.createUpload("nope", "a"),
      storage.sweepUploads("nope", 0),
    ]) {
      await rejects(call, "NOT_FOUND", "bucket")
    }
    expect(await storage.head("nope", "a")).toBeUndefined()
  })
})

describe("memory storage: options", () => {
  it.each([
    [{ maxObjectBytes: 0 }, "maxObjectBytes"],
    [{ folder: "/tmp" }, "folder"],
  ])("refuses %j by name", (options, name) => {
    expect(() => createMemoryStorage(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("is the adapter of memory:", () => {
    expect(memoryStorage).toMatchObject({ service: "storage", name: "memory", schemes: ["memory"] })
  })
})
