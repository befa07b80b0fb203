/** All of it at gcs-double, which checks signatures with the public key; fake-gcs-server takes any. */
import { describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { PresignedRequest, PresignOptions, Storage } from "../../../contracts/storage/storage.ts"
import { makeServiceAccount } from "../../../servers/gcs-double.ts"
import { createGcsStorage } from "../gcs.ts"
import { openDouble, textOf } from "./open-gcs.fixture.ts"

const signer = makeServiceAccount()
const credentials = { client_email: signer.clientEmail, private_key: signer.privateKey }

const open = (context = {}) => openDouble({ credentials }, context, { signer })

function send({ headers, method, url }: PresignedRequest, body?: string): Promise<Response> {
  return fetch(url, { method, headers, ...(body !== undefined && { body }) })
}

function sendForm({ fields = {}, url }: PresignedRequest, file: string): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append("file", new Blob([file]))
  return fetch(url, { method: "POST", body: form })
}

describe("a signed URL", () => {
  const sign = (storage: Storage, options: Omit<PresignOptions, "expiresIn">, key = "a") =>
    storage.presign("files", key, { expiresIn: 60, ...options })

  it("gets an object, a range of it, and its head", async () => {
    const { storage } = await open()
    await storage.put("files", "a", "0123456789", { contentType: "text/plain" })
    const request = await sign(storage, { method: "GET" })
    expect([request.method, request.headers]).toEqual(["GET", {}])
    const response = await send(request)
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain",
      "0123456789",
    ])
    const range = await fetch(request.url, { headers: { range: "bytes=2-4" } })
    expect([range.status, await range.text()]).toEqual([206, "234"])
    const head = await send(await sign(storage, { method: "HEAD" }))
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "10", ""])
  })

  it("is good for its method, its key and its query alone", async () => {
    const { storage } = await open()
    await storage.put("files", "a", "x")
    await storage.put("files", "b", "y")
    const { url } = await sign(storage, { method: "GET" })
    expect((await fetch(url, { method: "HEAD" })).status).toBe(403)
    expect((await fetch(url, { method: "PUT", body: "z" })).status).toBe(403)
    expect((await fetch(url.replace("/files/a?", "/files/b?"))).status).toBe(403)
    expect((await fetch(url.replace(/Expires=\d+/, "Expires=600"))).status).toBe(403)
    expect((await fetch(url.replace(/Signature=../, "Signature=00"))).status).toBe(403)
    expect(await textOf(storage, "a")).toBe("x")
  })

  it("puts an object with all that it was signed with", async () => {
    const { storage } = await open()
    const options = {
      contentType: "text/x-note; a=1",
      contentEncoding: "br",
      cacheControl: "private,  max-age=5",
      metadata: { n: "käse", blanks: " x " },
    }
    const request = await sign(storage, { method: "PUT", ...options })
    expect((await send(request, "hello")).status).toBe(200)
    expect(await storage.head("files", "a")).toMatchObject({ ...options, size: 5 })
    for (const name of Object.keys(request.headers)) {
      const { [name]: _, ...headers } = request.headers
      const response = await send({ ...request, headers: { "content-type": "x/other", ...headers } }, "other")
      expect([name, response.status]).not.toEqual([name, 200])
    }
    expect(await textOf(storage, "a")).toBe("hello")
  })

  it("puts only where nothing stands, and only so many bytes", async () => {
    const { storage } = await open()
    const once = await sign(storage, { method: "PUT", ifNoneMatch: "*" })
    expect((await send(once, "one")).status).toBe(200)
    expect((await send(once, "two")).status).toBe(412)
    const sized = await sign(storage, { method: "PUT", size: 3 })
    expect((await send(sized, "1234")).status).toBe(400)
    expect((await send(sized, "12")).status).toBe(400)
    expect(await textOf(storage, "a")).toBe("one")
    expect((await send(sized, "123")).status).toBe(200)
    expect(await textOf(storage, "a")).toBe("123")
  })

  it("deletes an object", async () => {
    const { storage } = await open()
    await storage.put("files", "a", "x")
    expect((await send(await sign(storage, { method: "DELETE" }))).status).toBe(204)
    expect(await storage.head("files", "a")).toBeUndefined()
  })

  it("answers with the disposition that was asked for", async () => {
    const { storage } = await open()
    await storage.put("files", "a", "x")
    const disposition = 'attachment; filename="käse (1)*.txt"'
    const response = await send(await sign(storage, { method: "GET", disposition }))
    expect(response.headers.get("content-disposition")).toContain("filename*=UTF-8''k%C3%A4se%20%281%29%2A.txt")
  })

  it.each(["a b", "a/b//c/", "ä\u{1f600}", "a+b%2F&=?#'()*!", "~-._", '"<>\\^`{|}', "x".repeat(1024)])(
    "is good for the key %j",
    async (key) => {
      const { storage } = await open()
      expect((await send(await sign(storage, { method: "PUT" }, key), "x")).status).toBe(200)
      expect((await storage.list("files")).objects[0]?.key).toBe(key)
      expect(await (await send(await sign(storage, { method: "GET" }, key))).text()).toBe("x")
    },
  )

  it("has a bucket with its prefix", async () => {
    const { double } = await open()
    const storage = createGcsStorage({
      ...{ endpoint: double.endpoint, credentials, projectId: "test-project", bucketPrefix: "mine-" },
    })
    onTestFinished(() => storage.close())
    await storage.createBucket("files")
    expect((await send(await sign(storage, { method: "PUT" }), "x")).status).toBe(200)
    expect((await sendForm(await sign(storage, { method: "POST" }, "b"), "y")).status).toBe(204)
    expect([await textOf(storage, "a"), await textOf(storage, "b")]).toEqual(["x", "y"])
  })
})

describe("the life of a signed URL", () => {
  it("is never shorter than expiresIn, nor longer than a second more", async () => {
    let now = Date.UTC(2026, 0, 1, 0, 0, 0, 700)
    const clock = createManualClock(now)
    const { storage } = await openDouble({ credentials }, { clock }, { signer, now: () => now })
    await storage.put("files", "a", "x")
    const request = await storage.presign("files", "a", { method: "GET", expiresIn: 1 })
    expect(request.expiresAt).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 0, 2)))
    now += 1000
    expect((await send(request)).status).toBe(200)
    now += 400
    expect((await send(request)).status).toBe(400)
    const whole = createManualClock(Date.UTC(2026, 0, 1))
    const { storage: exact } = await openDouble({ credentials }, { clock: whole }, { signer })
    const { expiresAt } = await exact.presign("files", "a", { method: "GET", expiresIn: 60 })
    expect(expiresAt).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 1)))
  })

  it("can be seven days", async () => {
    const { storage } = await open()
    await storage.put("files", "a", "x")
    for (const method of ["GET", "PUT", "POST"] as const) {
      const request = await storage.presign("files", "a", { method, expiresIn: 604_800 })
      if (method === "POST") expect((await sendForm(request, "x")).status).toBe(204)
      else expect((await send(request, method === "PUT" ? "x" : undefined)).status).toBe(200)
    }
  })
})

describe("a signed form", () => {
  it("stores a file with the fields that were signed, and no larger one", async () => {
    const { storage } = await open()
    const options = { contentType: "text/x-note", cacheControl: "no-store", metadata: { n: "käse" } }
    const request = await storage.presign("files", "ä b/\u{1f600}.txt", {
      ...{ method: "POST", expiresIn: 60, maxBytes: 5 },
      ...options,
    })
    expect(request.headers).toEqual({})
    expect((await sendForm(request, "hello")).status).toBe(204)
    expect(await storage.head("files", "ä b/\u{1f600}.txt")).toMatchObject({ ...options, size: 5 })
    expect((await sendForm(request, "123456")).status).toBe(400)
    const other = { ...request, fields: { ...request.fields, "content-type": "text/html" } }
    expect((await sendForm(other, "x")).status).toBe(400)
    const elsewhere = { ...request, fields: { ...request.fields, key: "other" } }
    expect((await sendForm(elsewhere, "x")).status).toBe(400)
  })
})

describe("without the key of a service account", () => {
  it("presign says what to give, and asks nobody", async () => {
    const { double, storage } = await openDouble()
    const before = double.requests.length
    await expect(storage.presign("files", "a", { method: "GET", expiresIn: 60 })).rejects.toThrow(
      expect.objectContaining({
        code: "PERMISSION_DENIED",
        message: expect.stringContaining("keyFilename"),
        details: { reason: "credentials" },
      }),
    )
    expect(double.requests.length).toBe(before)
  })

  it("presign refuses a key that is none, and shows nothing of it", async () => {
    const broken = { client_email: signer.clientEmail, private_key: "-----BEGIN PRIVATE KEY-----\nsecret\n" }
    const { storage } = await openDouble({ credentials: broken })
    const outcome = await storage
      .presign("files", "a", { method: "GET", expiresIn: 60 })
      .catch((error: unknown) => error)
    expect(outcome).toMatchObject({ code: "INVALID_CONFIG" })
    expect(JSON.stringify(outcome)).not.toContain("secret")
  })
})
