import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../../adapters/storage/memory.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { GetOptions, ObjectInfo, Storage } from "../../../contracts/storage/storage.ts"
import { asStorage } from "../portable-storage.ts"
import { infoOf, storageOf } from "../stub-storage.fixture.ts"
import { objectResponse } from "./object-response.ts"

const place = { bucket: "files", key: "a.txt" }
const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
const EARLIER = "Fri, 02 Jan 2026 03:04:04 GMT"

let storage: Storage
let info: ObjectInfo
beforeEach(async () => {
  storage = createMemoryStorage({}, { clock: createManualClock(TIME) })
  await storage.createBucket("files")
  info = await storage.put("files", "a.txt", "hello")
})

const answer = (headers: Record<string, string> = {}, method = "GET", disposition?: string) =>
  objectResponse(storage, new Request("http://localhost/", { method, headers }), place, disposition)

describe("the answer to a GET", () => {
  it("has the object, and says how it may be used", async () => {
    const response = await answer()
    expect([response.status, await response.text()]).toEqual([200, "hello"])
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-disposition": "attachment",
      "content-length": "5",
      "content-security-policy": "sandbox",
      "content-type": "text/plain; charset=utf-8",
      etag: `"${info.etag}"`,
      "last-modified": DATE,
      "x-content-type-options": "nosniff",
    })
  })

  it("has the headers of the object", async () => {
    await storage.put("files", "a.txt", "hello", {
      ...{ contentType: "text/html", contentEncoding: "gzip", contentLanguage: "de", cacheControl: "max-age=60" },
      ...{ contentDisposition: "inline; filename=ä", metadata: { secret: "no" } },
    })
    const { headers } = await answer()
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "max-age=60",
      "content-disposition": `inline; filename="_"; filename*=UTF-8''%C3%A4`,
      "content-encoding": "gzip",
      "content-language": "de",
      "content-type": "text/html",
    })
    expect(JSON.stringify([...headers])).not.toContain("secret")
    expect((await answer({}, "GET", "inline")).headers.get("content-disposition")).toBe("inline")
  })

  it("has an empty object", async () => {
    await storage.put("files", "a.txt", "")
    const response = await answer()
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "0", ""])
    const suffix = await answer({ range: "bytes=-5" })
    expect([suffix.status, suffix.headers.get("content-range"), await suffix.text()]).toEqual([200, null, ""])
  })

  it.each([
    ["bytes=0-0", "h", "bytes 0-0/5"],
    ["bytes=1-3", "ell", "bytes 1-3/5"],
    ["bytes=3-", "lo", "bytes 3-4/5"],
    ["bytes=3-99", "lo", "bytes 3-4/5"],
    ["bytes=-2", "lo", "bytes 3-4/5"],
    ["bytes=-99", "hello", "bytes 0-4/5"],
  ])("has the range %s", async (range, text, contentRange) => {
    const response = await answer({ range })
    expect([response.status, await response.text()]).toEqual([206, text])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{ "content-range": contentRange, "content-length": String(text.length), etag: `"${info.etag}"` },
    })
  })

  it.each(["bytes=0-1,3-4", "bytes=3-1", "items=0-1", "bytes=", "x"])("has the whole object for %s", async (range) => {
    const response = await answer({ range })
    expect([response.status, response.headers.get("content-range"), await response.text()]).toEqual([
      200,
      null,
      "hello",
    ])
  })

  it.each(["bytes=5-", "bytes=99-100", "bytes=-0", "bytes=99999999999999999999-"])("refuses %s", async (range) => {
    const error = { code: "INVALID_ARGUMENT", details: { reason: "range", size: 5 } }
    await expect(answer({ range })).rejects.toMatchObject(error)
  })

  it("has the range by If-Range where the object is the same, else the whole object", async () => {
    for (const [ifRange, status] of [
      [`"${info.etag}"`, 206],
      [DATE, 206],
      ['"other"', 200],
      [`W/"${info.etag}"`, 200],
      [EARLIER, 200],
    ] as const) {
      const response = await answer({ range: "bytes=0-1", "if-range": ifRange })
      expect([response.status, await response.text()]).toEqual([status, status === 206 ? "he" : "hello"])
    }
    // Of another object the range says nothing.
    expect((await answer({ range: "bytes=99-", "if-range": '"other"' })).status).toBe(200)
    expect((await answer({ "if-range": '"other"' })).status).toBe(200)
  })

  it("is 304 without a body where nothing was modified, also where a range is asked for", async () => {
    await storage.put("files", "a.txt", "hello", { cacheControl: "max-age=60" })
    const { etag } = (await storage.head("files", "a.txt")) as ObjectInfo
    for (const more of [
      { "if-none-match": `"${etag}"` },
      { "if-none-match": `"b", W/"${etag}"`, range: "bytes=0-1" },
      { "if-none-match": "*" },
      { "if-modified-since": DATE },
    ]) {
      const response = await answer(more as Record<string, string>)
      expect([response.status, response.body]).toEqual([304, null])
      expect(Object.fromEntries(response.headers)).toEqual({
        ...{ "cache-control": "max-age=60", etag: `"${etag}"`, "last-modified": DATE },
      })
    }
  })

  it("rejects PRECONDITION_FAILED where another condition does not hold", async () => {
    const error = { code: "PRECONDITION_FAILED", details: { reason: "changed" } }
    await expect(answer({ "if-match": '"b"' })).rejects.toMatchObject(error)
    await expect(answer({ "if-unmodified-since": EARLIER })).rejects.toMatchObject(error)
    expect((await answer({ "if-match": `"b", "${info.etag}"` })).status).toBe(200)
  })

  it("rejects NOT_FOUND for what is not there, with conditions too", async () => {
    await storage.delete("files", "a.txt")
    const error = { code: "NOT_FOUND", details: { reason: "object" } }
    for (const headers of [
      {},
      { "if-none-match": "*" },
      { "if-match": "*" },
      { range: "bytes=0-", "if-range": DATE },
    ]) {
      await expect(answer(headers as Record<string, string>)).rejects.toMatchObject(error)
    }
    await expect(answer({}, "HEAD")).rejects.toMatchObject(error)
  })
})

describe("the answer to a HEAD", () => {
  it("says what GET says, without a body", async () => {
    const get = await answer()
    const head = await answer({}, "HEAD", undefined)
    expect([head.status, head.body, [...head.headers]]).toEqual([200, null, [...get.headers]])
  })

  it("takes no range, and is 304 and 412 apart", async () => {
    const ranged = await answer({ range: "bytes=0-1" }, "HEAD")
    expect([ranged.status, ranged.headers.get("content-length")]).toEqual([200, "5"])
    expect((await answer({ "if-none-match": "*" }, "HEAD")).status).toBe(304)
    await expect(answer({ "if-match": '"b"' }, "HEAD")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  })

  it("opens no body", async () => {
    const get = vi.fn()
    const head = async () => infoOf({ size: 7 })
    const response = await objectResponse(
      asStorage(storageOf({ get, head })),
      new Request("http://localhost/", { method: "HEAD" }),
      place,
    )
    expect([response.headers.get("content-length"), get.mock.calls.length]).toEqual(["7", 0])
  })
})

describe("an object that changes while it is answered", () => {
  /** A storage whose object has one ETag after the other, and how often one was cancelled. */
  function changing(etags: readonly string[], given: Partial<ObjectInfo> = {}) {
    const left = [...etags]
    const cancel = vi.fn(async () => {})
    const next = () => infoOf({ ...given, size: 5, etag: left.shift() as string })
    const asked: (GetOptions["range"] | undefined)[] = []
    const store = storageOf({
      head: async () => next(),
      get: async (_bucket, _key, options) => {
        asked.push(options?.range)
        const range = options?.range && { start: 0, end: 1 }
        const body = () => new Response("hello").body as ReadableStream<Uint8Array>
        const object = { info: next(), stream: body, cancel, bytes: async () => new Uint8Array(), text: async () => "" }
        return { ...object, ...(range !== undefined && { range }) }
      },
    })
    const storage = asStorage(store)
    const answer = (headers: Record<string, string>) =>
      objectResponse(storage, new Request("http://localhost/", { headers }), place)
    return { answer, asked, cancel }
  }

  it("is never given in part where the client has a part of another one", async () => {
    const { answer, asked, cancel } = changing(["a", "b", "b"])
    expect((await answer({ range: "bytes=0-1", "if-range": '"a"' })).status).toBe(200)
    expect([asked, cancel.mock.calls.length]).toEqual([[{ start: 0, end: 1 }, undefined], 1])
  })

  it("is answered by the conditions as it is when it is opened, and then cancelled", async () => {
    const modified = changing(["a", "b"])
    expect((await modified.answer({ "if-none-match": '"b"' })).status).toBe(304)
    expect(modified.cancel).toHaveBeenCalledTimes(1)
    const lost = changing(["a", "b"])
    await expect(lost.answer({ "if-match": '"a"' })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
    expect(lost.cancel).toHaveBeenCalledTimes(1)
  })

  it("is cancelled where it has headers that no answer can have", async () => {
    const { answer, cancel } = changing(["a"], { contentType: "text/\u{1F600}" })
    await expect(answer({})).rejects.toThrow(TypeError)
    expect(cancel).toHaveBeenCalledTimes(1)
  })
})
