import { beforeEach, describe, expect, it, vi } from "vitest"
import * as z from "zod/mini"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { createHttpApi } from "../http/api.ts"
import { openGate } from "../http/gate.ts"
import { asStorage } from "./portable-storage.ts"
import { storageRoutes } from "./routes.ts"
import { infoOf, storageOf } from "./stub-storage.fixture.ts"

let storage: Storage
beforeEach(async () => {
  storage = createMemoryStorage({ maxObjectBytes: 1000 })
  await storage.createBucket("files")
})

/** The answer of the API over a storage. */
async function call(url: string, init: RequestInit = {}, over = storage, onError = vi.fn()) {
  const { fetch } = await createHttpApi({ storage: over } as never, { gate: openGate, onError })
  return fetch(new Request(`http://localhost/api/v1/storage/${url}`, { duplex: "half", ...init } as RequestInit))
}

const upload = (query: string, init: RequestInit) => call(`upload?${query}`, { method: "POST", ...init })
const download = (key: string, query = "", init: RequestInit = {}) =>
  call(`download/${encodeURIComponent(key)}${query}`, init)
const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return [response.status, error.code, error.message]
}

describe("the storage routes", () => {
  it("are those of the requirement document, each with a permission", () => {
    expect(storageRoutes.map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ["GET", "/api/v1/storage/buckets", "storage.read"],
      ["POST", "/api/v1/storage/upload", "storage.write"],
      ["GET", "/api/v1/storage/download/:key", "storage.read"],
    ])
  })

  it("list the buckets", async () => {
    const response = await call("buckets")
    expect(await response.json()).toEqual({ buckets: [{ name: "files", createdAt: expect.any(String) }] })
  })

  it("answer as their schemas say", async () => {
    const headers = { "content-type": "text/css", "content-encoding": "gzip" }
    const [buckets, stored] = [await call("buckets"), await upload("bucket=files&key=a", { body: "hello", headers })]
    const [listing, storing] = storageRoutes
    for (const [response, route] of [
      [buckets, listing],
      [stored, storing],
    ] as const) {
      const schema = route?.answers[response.status]?.schema as z.ZodMiniType
      expect(z.safeParse(schema, await response.json()).error).toBeUndefined()
    }
  })

  it("tell onError of what is answered with 500 and more, and the caller nothing of it", async () => {
    const failing = asStorage(storageOf({ listBuckets: () => Promise.reject(new Error("secret")) }))
    const onError = vi.fn()
    const response = await call("buckets", {}, failing, onError)
    expect([response.status, await response.text(), onError.mock.calls.length]).toEqual([
      ...[500, expect.not.stringContaining("secret"), 1],
    ])
  })
})

describe("the route of uploads", () => {
  it("stores a raw body, with its type and its encoding", async () => {
    const headers = { "content-type": "text/css", "content-encoding": "gzip", "content-length": "5" }
    const response = await upload("bucket=files&key=a/b%20c.txt", { body: "hello", headers })
    const { lastModified, ...info } = (await storage.head("files", "a/b c.txt")) ?? { lastModified: new Date() }
    expect([response.status, response.headers.get("etag")]).toEqual([201, `"${"etag" in info && info.etag}"`])
    expect(await response.json()).toEqual({ ...info, lastModified: lastModified.toISOString() })
    expect(info).toMatchObject({ size: 5, contentType: "text/css", contentEncoding: "gzip" })
  })

  it("stores the file of a form", async () => {
    const form = new FormData()
    form.append("token", "of the form")
    form.append("upload", new Blob(["hello"], { type: "image/png" }), "a.png")
    const response = await upload("bucket=files&key=a", { body: form })
    expect(await response.json()).toMatchObject({ key: "a", size: 5, contentType: "image/png" })
  })

  it("refuses a form with two files, with none, and one that was cut", async () => {
    const none = new FormData()
    none.append("a", "b")
    const two = new FormData()
    for (const name of ["a", "b"]) two.append(name, new Blob(["hello"]), name)
    for (const body of [none, two]) {
      expect((await errorOf(await upload("bucket=files&key=a", { body }))).slice(0, 2)).toEqual([
        400,
        "INVALID_ARGUMENT",
      ])
    }
    const headers = { "content-type": "multipart/form-data; boundary=a" }
    expect((await upload("bucket=files&key=a", { body: "--a\r\n", headers })).status).toBe(400)
    expect(await storage.head("files", "a")).toBeUndefined()
  })

  it("knows If-None-Match and If-Match", async () => {
    const send = (headers: Record<string, string>) => upload("bucket=files&key=a", { body: "a", headers })
    const { etag } = (await (await send({ "if-none-match": "*" })).json()) as { etag: string }
    expect((await send({ "if-none-match": "*" })).status).toBe(412)
    expect((await send({ "if-match": '"other"' })).status).toBe(412)
    expect((await send({ "if-match": `"${etag}"` })).status).toBe(201)
    for (const headers of [
      { "if-none-match": '"a"' },
      { "if-match": "*" },
      { "if-match": 'W/"a"' },
      { "if-match": '"a", "b"' },
      { "if-match": "a" },
      { "if-match": "" },
    ]) {
      expect((await send(headers as Record<string, string>)).status).toBe(400)
    }
  })

  it.each(["bucket=files", "bucket=files&key=a&key=b", "bucket=files&bucket=other&key=a", ""])(
    "says 422 for the query %j",
    async (query) => {
      const [status, code, message] = await errorOf(await upload(query, { body: "a" }))
      expect([status, code]).toEqual([422, "INVALID_ARGUMENT"])
      expect(message).toMatch(/^query\.(bucket|key): must be a string; got (undefined|an array)\.$/)
    },
  )

  it.each([
    ["key=a", 400],
    ["bucket=files&key=", 400],
    ["bucket=files&key=../a", 400],
    ["bucket=a_b&key=a", 400],
    ["bucket=other&key=a", 404],
  ])("for the query %j says %i", async (query, status) => {
    expect((await upload(query, { body: "a" })).status).toBe(status)
  })

  it("says 413 over the limit, and refuses other parameters", async () => {
    expect((await upload("bucket=files&key=a", { body: new Uint8Array(1000) })).status).toBe(201)
    expect((await upload("bucket=files&key=a", { body: new Uint8Array(1001) })).status).toBe(413)
    expect((await upload("bucket=files&key=a&more=1", { body: "a" })).status).toBe(422)
  })
})

describe("the route of downloads", () => {
  beforeEach(() => storage.put("files", "a/b c.txt", "hello", { contentType: "text/html" }))

  it("gives the object as a signed URL does: in ranges, by conditions, saved and not shown", async () => {
    const whole = await download("a/b c.txt", "?bucket=files")
    expect([whole.status, await whole.text()]).toEqual([200, "hello"])
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      ...{ "content-disposition": "attachment", "content-type": "text/html" },
      ...{ "x-content-type-options": "nosniff", "content-security-policy": "sandbox" },
    })
    const ranged = await download("a/b c.txt", "?bucket=files", { headers: { range: "bytes=1-2" } })
    expect([ranged.status, await ranged.text()]).toEqual([206, "el"])
    const etag = whole.headers.get("etag") as string
    expect((await download("a/b c.txt", "?bucket=files", { headers: { "if-none-match": etag } })).status).toBe(304)
    const beyond = await download("a/b c.txt", "?bucket=files", { headers: { range: "bytes=9-" } })
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */5"])
    const head = await download("a/b c.txt", "?bucket=files", { method: "HEAD" })
    expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, null, "5"])
  })

  it("opens no object for a HEAD", async () => {
    const get = vi.fn(() => Promise.reject(new Error("opened")))
    const stub = asStorage(storageOf({ get, head: async () => infoOf({ size: 5 }) }))
    const head = await call("download/a?bucket=files", { method: "HEAD", headers: { range: "bytes=0-1" } }, stub)
    expect([head.status, head.headers.get("content-length"), get.mock.calls]).toEqual([200, "5", []])
  })

  it("takes a key as one segment, decoded once", async () => {
    await storage.put("files", "a%2Fb", "twice")
    const twice = await call("download/a%252Fb?bucket=files")
    expect([twice.status, await twice.text()]).toEqual([200, "twice"])
    expect((await call("download/a/b%20c.txt?bucket=files")).status).toBe(404)
    expect((await call("download/%zz?bucket=files")).status).toBe(400)
  })

  it("takes the default bucket of the storage where none is named", async () => {
    expect((await errorOf(await download("a/b c.txt"))).slice(0, 2)).toEqual([400, "INVALID_ARGUMENT"])
    const { capabilities } = storage
    const named = asStorage(
      { ...storageOf({ get: (...args) => storage.get(...args) }), defaultBucket: "files" },
      { capabilities },
    )
    const response = await call("download/a%2Fb%20c.txt", {}, named)
    expect(await response.text()).toBe("hello")
    const other = await call("download/a%2Fb%20c.txt?bucket=other", {}, named)
    expect(other.status).toBe(404)
  })

  it.each([
    ["nope", "?bucket=files", 404],
    ["a", "?bucket=other", 404],
    ["", "?bucket=files", 404],
    ["a/../b", "?bucket=files", 400],
    ["a", "?bucket=files&bucket=files", 422],
  ])("of %j in %j says %i", async (key, query, status) => expect((await download(key, query)).status).toBe(status))
})
