import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PresignedRequest, PresignOptions, Storage } from "../../contracts/storage/storage.ts"
import { asStorage } from "./portable-storage.ts"
import { serveSignedUrls } from "./serve-signed-urls.ts"
import { storageOf } from "./stub-storage.fixture.ts"

const SECRET = "a secret of tests"

let clock: ManualClock
let storage: Storage
let serve: (request: Request) => Promise<Response>
beforeEach(async () => {
  clock = createManualClock()
  storage = createMemoryStorage({ secret: SECRET, maxObjectBytes: 1000 }, { clock })
  await storage.createBucket("files")
  serve = serveSignedUrls(storage)
})

const presign = (options: Partial<PresignOptions>, key = "a b/ü.txt") =>
  storage.presign("files", key, { method: "GET", expiresIn: 60, ...options })

/** Sends what was signed as it says; `given` changes it. */
async function send({ headers, method, url }: PresignedRequest, given: RequestInit & { url?: string } = {}) {
  const request = new Request(given.url ?? url, {
    ...{ method, duplex: "half", ...given },
    headers: { ...headers, ...(given.headers as Record<string, string> | undefined) },
  } as RequestInit)
  return serve(request)
}

/** A form of these fields and a file, which goes last. */
function formOf(fields: Record<string, string>, file: Blob | string, name = "file"): FormData {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  if (typeof file === "string") form.append(name, file)
  else form.append(name, file, "a.txt")
  return form
}

async function errorOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return [response.status, error.code]
}

const stored = async (key = "a b/ü.txt") => {
  const object = await storage.get("files", key)
  return { ...object.info, text: await object.text() }
}
const isAbsent = async () => expect(await storage.head("files", "a b/ü.txt")).toBeUndefined()

describe("a signed GET, HEAD and DELETE", () => {
  beforeEach(() => storage.put("files", "a b/ü.txt", "hello"))

  it("give the object, what it says of itself, and nothing any more", async () => {
    const get = await send(await presign({ disposition: "inline; filename=ü" }))
    expect([get.status, await get.text()]).toEqual([200, "hello"])
    expect(get.headers.get("content-disposition")).toBe(`inline; filename="_"; filename*=UTF-8''%C3%BC`)
    const head = await send(await presign({ method: "HEAD" }))
    expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, null, "5"])
    const removed = await send(await presign({ method: "DELETE" }))
    expect([removed.status, removed.body]).toEqual([204, null])
    await isAbsent()
    expect((await send(await presign({ method: "DELETE" }))).status).toBe(204)
  })

  it("are refused for another method", async () => {
    for (const method of ["HEAD", "PUT", "DELETE"]) {
      const body = method === "PUT" ? "x" : null
      expect((await send(await presign({}), { method, body })).status).toBe(403)
    }
    expect((await send(await presign({ method: "HEAD" }), { method: "GET" })).status).toBe(403)
    expect((await stored()).text).toBe("hello")
  })

  it("are refused once they have expired, of another key, and changed", async () => {
    const request = await presign({})
    expect(await errorOf(await send(request, { url: request.url.replace("%C3%BC", "o") }))).toEqual([
      ...[403, "PERMISSION_DENIED"],
    ])
    expect((await send(request, { url: `${request.url}&a=b` })).status).toBe(403)
    await clock.advance(60_000)
    expect(await errorOf(await send(request))).toEqual([403, "PERMISSION_DENIED"])
  })

  it("say 404 where the object, or the bucket, is not there", async () => {
    expect(await errorOf(await send(await presign({}, "other")))).toEqual([404, "NOT_FOUND"])
    const head = await send(await presign({ method: "HEAD" }, "other"))
    expect([head.status, head.body]).toEqual([404, null])
    await storage.deleteBucket("files", { force: true })
    expect(await errorOf(await send(await presign({})))).toEqual([404, "NOT_FOUND"])
    expect(await errorOf(await send(await presign({ method: "DELETE" })))).toEqual([404, "NOT_FOUND"])
  })

  it("know ranges and conditions", async () => {
    const request = await presign({})
    const ranged = await send(request, { headers: { range: "bytes=-2" } })
    expect([ranged.status, await ranged.text()]).toEqual([206, "lo"])
    const beyond = await send(request, { headers: { range: "bytes=9-" } })
    expect([beyond.headers.get("content-range"), ...(await errorOf(beyond))]).toEqual([
      ...["bytes */5", 416, "INVALID_ARGUMENT"],
    ])
    expect((await send(request, { headers: { "if-none-match": "*" } })).status).toBe(304)
    expect(await errorOf(await send(request, { headers: { "if-match": '"b"' } }))).toEqual([412, "PRECONDITION_FAILED"])
  })

  it("end with the request", async () => {
    const controller = new AbortController()
    const response = await send(await presign({}), { signal: controller.signal })
    controller.abort()
    await expect(response.text()).rejects.toMatchObject({ code: "ABORTED" })
  })
})

describe("a signed PUT", () => {
  const all: Partial<PresignOptions> = {
    ...{ method: "PUT", contentType: "text/css", contentEncoding: "gzip", cacheControl: "max-age=60", size: 5 },
    metadata: { a: "é ", "b-1": "b" },
  }

  it("stores the body as it was signed for", async () => {
    const response = await send(await presign(all), { body: "hello" })
    const { etag, text, ...info } = await stored()
    expect([response.status, await response.text(), response.headers.get("etag")]).toEqual([200, "", `"${etag}"`])
    expect([text, info]).toMatchObject(["hello", { ...{ contentType: "text/css", contentEncoding: "gzip" } }])
    expect(info).toMatchObject({ cacheControl: "max-age=60", metadata: all.metadata })
  })

  it("takes a stream, an empty body and none", async () => {
    const body = new Blob(["hello"]).stream()
    expect((await send(await presign({ method: "PUT", size: 5 }), { body })).status).toBe(200)
    expect((await stored()).text).toBe("hello")
    for (const body of ["", null, new Uint8Array(0)]) {
      expect((await send(await presign({ method: "PUT" }), { body })).status).toBe(200)
      expect((await stored()).size).toBe(0)
    }
  })

  it("stores the type of the request where none was signed, else that of the key", async () => {
    const request = await presign({ method: "PUT" })
    await send(request, { body: new Uint8Array(1), headers: { "content-type": "image/png" } })
    expect((await stored()).contentType).toBe("image/png")
    await send(request, { body: new Uint8Array(1) })
    expect((await stored()).contentType).toBe("text/plain; charset=utf-8")
  })

  it.each(["content-type", "content-encoding", "cache-control", "x-meta-a", "x-meta-b-1"])(
    "is refused with another %s, and without it",
    async (name) => {
      const request = await presign(all)
      const { [name]: _, ...without } = request.headers
      const body = new TextEncoder().encode("hello")
      for (const headers of [without, { ...request.headers, [name]: "other" }, { ...request.headers, [name]: "" }]) {
        expect(await errorOf(await send({ ...request, headers }, { body }))).toEqual([403, "PERMISSION_DENIED"])
      }
      await isAbsent()
    },
  )

  it.each([
    ["x-meta-c", "c"],
    ["content-encoding", "gzip"],
    ["if-none-match", "*"],
    ["if-match", '"a"'],
  ])("is refused with a %s that was not signed", async (name, value) => {
    const response = await send(await presign({ method: "PUT" }), { body: "hello", headers: { [name]: value } })
    expect(await errorOf(response)).toEqual([403, "PERMISSION_DENIED"])
    await isAbsent()
  })

  it("takes no notice of a Cache-Control that was not signed, which clients send by themselves", async () => {
    const request = await presign({ method: "PUT" })
    expect((await send(request, { body: "a", headers: { "cache-control": "no-cache" } })).status).toBe(200)
    expect(await stored()).not.toHaveProperty("cacheControl")
  })

  it.each(["", "hell", "hello!"])("is refused with a body of another size: %j", async (body) => {
    await storage.put("files", "a b/ü.txt", "old")
    expect(await errorOf(await send(await presign({ method: "PUT", size: 5 }), { body }))).toEqual([
      ...[400, "INVALID_ARGUMENT"],
    ])
    expect((await stored()).text).toBe("old")
  })

  it("is refused where Content-Length is another one, before the body is read", async () => {
    const pull = vi.fn()
    const body = new ReadableStream({ pull }, { highWaterMark: 0 })
    const request = await presign({ method: "PUT", size: 5 })
    expect((await send(request, { body, headers: { "content-length": "6" } })).status).toBe(400)
    expect(pull).not.toHaveBeenCalled()
    const short = await send(await presign({ method: "PUT" }), { body: "abc", headers: { "content-length": "6" } })
    expect(await errorOf(short)).toEqual([400, "INVALID_ARGUMENT"])
  })

  it("is refused over the limit of the storage, and where the bucket is gone", async () => {
    const body = new Uint8Array(1001)
    expect(await errorOf(await send(await presign({ method: "PUT" }), { body }))).toEqual([413, "LIMIT_EXCEEDED"])
    await storage.deleteBucket("files", { force: true })
    expect(await errorOf(await send(await presign({ method: "PUT" }), { body: "a" }))).toEqual([404, "NOT_FOUND"])
  })

  it("stores once with ifNoneMatch", async () => {
    const request = await presign({ method: "PUT", ifNoneMatch: "*" })
    expect((await send(request, { body: "one" })).status).toBe(200)
    expect(await errorOf(await send(request, { body: "two" }))).toEqual([412, "PRECONDITION_FAILED"])
    expect((await stored()).text).toBe("one")
  })

  it("is refused where its body fails", async () => {
    const body = new ReadableStream({ pull: () => Promise.reject(new Error("secret")) })
    const response = await send(await presign({ method: "PUT" }), { body })
    expect([response.status, await response.text()]).toEqual([400, expect.not.stringContaining("secret")])
  })

  it("ends with its request, also while that is idle", async () => {
    const controller = new AbortController()
    const body = new ReadableStream({ pull: () => new Promise(() => {}) })
    const answer = send(await presign({ method: "PUT" }), { body, signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    expect((await answer).status).toBe(499)
    await isAbsent()
  })
})

describe("a signed POST", () => {
  const all: Partial<PresignOptions> = {
    ...{ method: "POST", contentType: "text/css", cacheControl: "max-age=60", maxBytes: 5 },
    metadata: { a: "é\r\n", "b-1": "b" },
  }
  const file = (text: string, type = "text/css") => new Blob([text], { type })

  it("stores the file of a form as it was signed for", async () => {
    const request = await presign(all)
    const response = await send(request, { body: formOf(request.fields ?? {}, file("hello")) })
    const { etag, text, ...info } = await stored()
    expect([response.status, response.body, response.headers.get("etag")]).toEqual([204, null, `"${etag}"`])
    expect(text).toBe("hello")
    expect(info).toMatchObject({ contentType: "text/css", cacheControl: "max-age=60", metadata: all.metadata })
  })

  it("stores the type that was signed, whatever that of the file is", async () => {
    const request = await presign({ method: "POST", contentType: "text/css; charset=utf-8" })
    for (const type of ["", "application/octet-stream", "text/html"]) {
      expect((await send(request, { body: formOf(request.fields ?? {}, file("a", type)) })).status).toBe(204)
      expect((await stored()).contentType).toBe("text/css; charset=utf-8")
    }
  })

  it("stores the type of the file where none was signed", async () => {
    const request = await presign({ method: "POST" })
    await send(request, { body: formOf(request.fields ?? {}, file("a", "image/png")) })
    expect((await stored()).contentType).toBe("image/png")
    await send(request, { body: formOf(request.fields ?? {}, "a") })
    expect((await stored()).contentType).toBe("text/plain; charset=utf-8")
  })

  it("is refused with a file over maxBytes, and the old object stays", async () => {
    await storage.put("files", "a b/ü.txt", "old")
    const request = await presign(all)
    const response = await send(request, { body: formOf(request.fields ?? {}, file("hello!")) })
    expect(await errorOf(response)).toEqual([413, "LIMIT_EXCEEDED"])
    expect((await stored()).text).toBe("old")
  })

  it("is refused where a field was changed, left out or added", async () => {
    const request = await presign(all)
    const fields = request.fields ?? {}
    for (const name of Object.keys(fields)) {
      const { [name]: value, ...without } = fields
      for (const other of [without, { ...fields, [name]: `${value}1` }]) {
        expect((await send(request, { body: formOf(other, file("a")) })).status).toBe(403)
      }
    }
    expect((await send(request, { body: formOf({ ...fields, more: "1" }, file("a")) })).status).toBe(403)
    await isAbsent()
  })

  it("is refused without a file, with two, with one of another name, and with a field behind it", async () => {
    const request = await presign(all)
    const fields = request.fields ?? {}
    const none = new FormData()
    for (const [name, value] of Object.entries(fields)) none.append(name, value)
    const two = formOf(fields, file("a"))
    two.append("file", file("b"), "b")
    const behind = formOf(fields, file("a"))
    behind.append("more", "1")
    for (const body of [none, two, behind, formOf(fields, file("a"), "upload")]) {
      expect(await errorOf(await send(request, { body }))).toEqual([400, "INVALID_ARGUMENT"])
    }
    await isAbsent()
  })

  it("is refused where it was cut", async () => {
    const request = await presign(all)
    const whole = new Response(formOf(request.fields ?? {}, file("hello")))
    const type = whole.headers.get("content-type") as string
    const bytes = new Uint8Array(await whole.arrayBuffer())
    const response = await send(request, { body: bytes.slice(0, -20), headers: { "content-type": type } })
    expect(await errorOf(response)).toEqual([400, "INVALID_ARGUMENT"])
    await isAbsent()
  })

  it("is 415 where it is no form", async () => {
    expect(await errorOf(await send(await presign(all), { body: "hello" }))).toEqual([415, "UNSUPPORTED"])
  })
})

describe("the handler", () => {
  it.each(["PATCH", "OPTIONS", "TRACE2", "get2"])("answers %s with 405 and what it allows", async (method) => {
    const response = await serve(new Request("http://localhost/storage/files/a", { method }))
    expect(response.headers.get("allow")).toBe("GET, HEAD, PUT, POST, DELETE")
    expect(await errorOf(response)).toEqual([405, "UNSUPPORTED"])
  })

  it("answers whatever it is asked", async () => {
    for (const path of [
      "",
      "storage",
      "storage/",
      "storage/files",
      "storage/files/%",
      "storage/%00/a?signature=%",
      "?",
    ]) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        expect((await serve(new Request(`http://localhost/${path}`, { method }))).status).toBe(403)
      }
      expect((await serve(new Request(`http://localhost/${path}`, { method: "POST" }))).status).toBe(415)
    }
  })

  it("has errors that no cache keeps, that nobody takes for anything else, and that show nothing", async () => {
    const { url } = await presign({}, "a-key-of-tests")
    const response = await serve(new Request(`${url}1`))
    expect(Object.fromEntries(response.headers)).toEqual({
      ...{ "cache-control": "no-store", "content-type": "application/json", "x-content-type-options": "nosniff" },
    })
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({
      error: {
        ...{ code: "PERMISSION_DENIED", message: expect.any(String), details: { reason: "signature" } },
        traceId: expect.stringMatching(/^[\da-f]{32}$/),
      },
    })
    const signature = new URL(url).searchParams.get("signature") as string
    for (const hidden of ["a-key-of-tests", "files", signature, SECRET]) expect(text).not.toContain(hidden)
  })

  it("says 501 over a storage that signs nothing", async () => {
    const bare = serveSignedUrls(asStorage(storageOf({})))
    expect(await errorOf(await bare(new Request("http://localhost/storage/files/a")))).toEqual([501, "UNSUPPORTED"])
  })

  it.each([
    ["UNAVAILABLE", 503],
    ["TIMEOUT", 504],
    ["CORRUPT", 500],
    ["RATE_LIMITED", 429],
    [undefined, 500],
  ] as const)("says %s as %i, and tells onError of those of 500 and more", async (code, status) => {
    const failure = code === undefined ? new Error("secret") : new ServiceError(code, "No.")
    const verifyPresigned = async () => ({
      ...{ bucket: "files", key: "a", expiresAt: new Date(), options: { method: "GET" as const, expiresIn: 1 } },
    })
    const failing = asStorage(storageOf({ verifyPresigned, get: () => Promise.reject(failure) }))
    const onError = vi.fn((_error: unknown) => {
      throw new Error("no")
    })
    const response = await serveSignedUrls(failing, { onError })(new Request("http://localhost/storage/files/a"))
    expect([response.status, await response.text()]).toEqual([status, expect.not.stringContaining("secret")])
    const told = onError.mock.calls.map(([error]) => error)
    expect(told).toEqual(status < 500 ? [] : [expect.objectContaining({ code: code ?? "INTERNAL" })])
  })

  it("says 503 after close", async () => {
    const request = await presign({})
    await storage.close()
    expect(await errorOf(await send(request))).toEqual([503, "CLOSED"])
  })
})
