import { beforeEach, describe, expect, it } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PresignedRequest, PresignOptions, Storage } from "../../contracts/storage/storage.ts"
import { assembleApi } from "../http/api.ts"
import { admissionOf } from "../http/auth/admission.ts"
import { asStorage } from "./portable-storage.ts"
import { signedUrlRoutes } from "./signed-url-routes.ts"
import { storageOf } from "./stub-storage.fixture.ts"

const KEY = "a b/ü.txt"

let storage: Storage
beforeEach(async () => {
  storage = createMemoryStorage()
  await storage.createBucket("files")
})

const presign = (options: Partial<PresignOptions>) =>
  storage.presign("files", KEY, { method: "GET", expiresIn: 60, ...options })

/** The answer of an API that lets nobody in whom a route does not let in. */
async function send({ headers, method, url }: PresignedRequest, init: RequestInit = {}, over = storage) {
  const admit = (_request: Request, permission: string) => {
    if (permission === "public") return undefined
    throw new ServiceError("PERMISSION_DENIED", "no", { details: { reason: "credentials" } })
  }
  const limits = { maxBodyBytes: 10, maxUploadBytes: 10, timeoutMs: 30_000 }
  const services = { storage: over } as never
  const options = { gate: { admit }, routes: signedUrlRoutes(over) }
  const { fetch } = await assembleApi(services, options, {
    ...{ admission: admissionOf(options), limits, middleware: [], mounts: [] },
  })
  return fetch(new Request(url, { method, headers, duplex: "half", ...init } as RequestInit))
}

const textOf = async () => (await storage.get("files", KEY)).text()
const codeOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; traceId?: string } }
  expect(error.traceId).toMatch(/^[\da-f]{32}$/)
  return [response.status, error.code]
}

describe("the routes of signed URLs", () => {
  it("are public, one for each method, at the path of the base URL", () => {
    const routes = signedUrlRoutes(storage, "https://example.org/of/files/")
    expect(routes.map(({ method, path, permission }) => [method, path, permission])).toEqual(
      ["GET", "PUT", "POST", "DELETE"].map((method) => [method, "/of/files/*", "public"]),
    )
  })

  it.each(["https://example.org", "https://example.org/", "/storage"])("refuse the base URL %j", (baseUrl) => {
    expect(() => signedUrlRoutes(storage, baseUrl)).toThrowError(expect.objectContaining({ code: "INVALID_CONFIG" }))
  })

  it("give, store and remove an object without a token", async () => {
    const put = await send(await presign({ method: "PUT" }), { body: "hello" })
    expect([put.status, await textOf()]).toEqual([200, "hello"])
    const get = await send(await presign({}), { headers: { range: "bytes=1-2" } })
    expect([get.status, await get.text()]).toEqual([206, "el"])
    const head = await send(await presign({ method: "HEAD" }))
    expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, null, "5"])
    const removed = await send(await presign({ method: "DELETE" }))
    expect([removed.status, await storage.head("files", KEY)]).toEqual([204, undefined])
  })

  it("store the file of a signed form", async () => {
    const signed = await presign({ method: "POST", maxBytes: 1000 })
    const form = new FormData()
    for (const [name, value] of Object.entries(signed.fields ?? {})) form.append(name, value)
    form.append("file", new Blob(["hello"]), "a.txt")
    expect([(await send(signed, { body: form })).status, await textOf()]).toEqual([204, "hello"])
  })

  it("refuse what was not signed, and another method", async () => {
    const signed = await presign({})
    expect(await codeOf(await send({ ...signed, url: `${signed.url}&a=b` }))).toEqual([403, "PERMISSION_DENIED"])
    expect(await codeOf(await send({ ...signed, method: "DELETE" }))).toEqual([403, "PERMISSION_DENIED"])
    const other = await send({ ...signed, method: "PATCH" as never })
    expect([other.headers.get("allow"), ...(await codeOf(other))]).toEqual([
      ...["GET, PUT, POST, DELETE, HEAD, OPTIONS", 405, "UNSUPPORTED"],
    ])
  })

  it("hold the limit of the API, whatever was signed", async () => {
    const long = "a".repeat(11)
    const signed = await presign({ method: "PUT" })
    expect(await codeOf(await send(signed, { body: new Blob([long]).stream() }))).toEqual([413, "LIMIT_EXCEEDED"])
    const declared = { headers: { "content-length": "11" }, body: long }
    expect(await codeOf(await send(signed, declared))).toEqual([413, "LIMIT_EXCEEDED"])
    const form = await presign({ method: "POST", maxBytes: 1000 })
    const body = new FormData()
    for (const [name, value] of Object.entries(form.fields ?? {})) body.append(name, value)
    body.append("file", new Blob([long]), "a.txt")
    expect(await codeOf(await send(form, { body }))).toEqual([413, "LIMIT_EXCEEDED"])
    expect(await storage.head("files", KEY)).toBeUndefined()
  })

  it("say 501 over a storage that signs for its own server", async () => {
    expect(await codeOf(await send(await presign({}), {}, asStorage(storageOf({}))))).toEqual([501, "UNSUPPORTED"])
  })
})
