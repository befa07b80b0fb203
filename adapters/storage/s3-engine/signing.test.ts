import { afterAll, beforeEach, describe, expect, it } from "vitest"
import type { PresignedRequest, PresignOptions, Storage } from "../../../contracts/storage/storage.ts"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { openBucket, stopVersitygw } from "./open-storage.fixture.ts"
import { openDouble } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

function request({ headers, method, url }: PresignedRequest, more: RequestInit = {}): Promise<Response> {
  return fetch(url, { method, headers, ...more })
}

/** What is sent with a signed POST. */
function formOf({ fields = {} }: PresignedRequest, file: string): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append("file", new Blob([file]))
  return form
}

async function textOf(storage: Storage, bucket: string, key: string): Promise<string | undefined> {
  return (await storage.head(bucket, key)) && (await storage.get(bucket, key)).text()
}

describe("a request that was signed, to versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("GET and HEAD give the object, with the disposition that was asked for", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "a b+%41/ü.txt", "hello")
    const disposition = 'attachment; filename="grüße.txt"'
    const get = await storage.presign(bucket, "a b+%41/ü.txt", { method: "GET", expiresIn: 60, disposition })
    const response = await request(get)
    expect([response.status, await response.text()]).toEqual([200, "hello"])
    expect(response.headers.get("content-disposition")).toContain("filename*=UTF-8''gr%C3%BC%C3%9Fe.txt")
    const ranged = await request(get, { headers: { range: "bytes=1-2" } })
    expect([ranged.status, await ranged.text()]).toEqual([206, "el"])
    const head = await request(await storage.presign(bucket, "a b+%41/ü.txt", { method: "HEAD", expiresIn: 60 }))
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "5"])
  })

  it("PUT stores what it says, and is refused without a header that it was signed with", async () => {
    const { bucket, storage } = await openBucket()
    const options = {
      method: "PUT",
      expiresIn: 60,
      contentType: "text/css",
      contentEncoding: "gzip",
      cacheControl: "max-age=1",
      metadata: { name: " grüße" },
      size: 5,
    } as const
    const put = await storage.presign(bucket, "a", options)
    expect([...new URL(put.url).searchParams.keys()].filter((name) => /checksum|meta/i.test(name))).toEqual([])
    expect((await request(put, { body: "hello" })).status).toBe(200)
    expect(await storage.head(bucket, "a")).toMatchObject({
      contentType: "text/css",
      contentEncoding: "gzip",
      cacheControl: "max-age=1",
      metadata: { name: " grüße" },
      size: 5,
    })
    for (const name of Object.keys(put.headers).filter((each) => each !== "content-length")) {
      const { [name]: _, ...headers } = put.headers
      expect([name, (await fetch(put.url, { method: "PUT", headers, body: "other" })).status]).toEqual([name, 403])
    }
    const headers = { ...put.headers, "content-type": "text/html" }
    expect((await fetch(put.url, { method: "PUT", headers, body: "other" })).status).toBe(403)
    const { "content-length": _, ...unsized } = put.headers
    expect((await fetch(put.url, { method: "PUT", headers: unsized, body: "longer" })).status).toBe(403)
    expect(await textOf(storage, bucket, "a")).toBe("hello")
  })

  it("PUT that creates is refused where an object stands, and without its condition", async () => {
    const { bucket, storage } = await openBucket()
    const put = await storage.presign(bucket, "a", { method: "PUT", expiresIn: 60, ifNoneMatch: "*" })
    expect((await fetch(put.url, { method: "PUT", body: "one" })).status).toBe(403)
    expect((await request(put, { body: "one" })).status).toBe(200)
    expect((await request(put, { body: "two" })).status).toBe(412)
    expect(await textOf(storage, bucket, "a")).toBe("one")
  })

  it("POST stores a file of at most so many bytes", async () => {
    const { bucket, storage } = await openBucket()
    const options = {
      method: "POST",
      expiresIn: 60,
      maxBytes: 5,
      contentType: "text/css",
      cacheControl: "max-age=1",
      metadata: { name: "grüße" },
    } as const
    const post = await storage.presign(bucket, "ü a", options)
    const send = (file: string) => fetch(post.url, { method: "POST", body: formOf(post, file) })
    expect((await send("hello")).status).toBe(204)
    expect(await storage.head(bucket, "ü a")).toMatchObject({
      contentType: "text/css",
      cacheControl: "max-age=1",
      metadata: { name: "grüße" },
    })
    expect((await send("longer")).status).toBe(400)
    expect(await textOf(storage, bucket, "ü a")).toBe("hello")
  })

  it("DELETE removes the object", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "a", "text")
    expect((await request(await storage.presign(bucket, "a", { method: "DELETE", expiresIn: 60 }))).status).toBe(204)
    expect(await storage.head(bucket, "a")).toBeUndefined()
  })

  it("is good for its key, its method and its time alone", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "a", "text")
    await storage.put(bucket, "b", "text")
    const { url } = await storage.presign(bucket, "a", { method: "GET", expiresIn: 1 })
    const statusOf = async (address: string, method = "GET") => (await fetch(address, { method })).status
    expect(await statusOf(url.replace("/a?", "/b?"))).toBe(403)
    expect(await statusOf(url.replace("X-Amz-Expires=1", "X-Amz-Expires=9"))).toBe(403)
    expect(await statusOf(url, "DELETE")).toBe(403)
    await expect.poll(() => statusOf(url)).toBe(403)
  })
})

describe("presign", () => {
  it("asks no server", async () => {
    const { double, storage } = await openDouble(() => {})
    for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE"] as const) {
      const signed = await storage.presign("bucket", "a", { method, expiresIn: 60 })
      expect(signed.method).toBe(method)
    }
    expect(double.requests).toEqual([])
  })

  it("signs no key for POST in which the server would put a name", async () => {
    const { storage } = await openDouble(() => {})
    const options: PresignOptions = { method: "POST", expiresIn: 60 }
    await expect(storage.presign("bucket", `a/$\{filename}`, options)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    })
  })

  it("signs no POST for a server that takes none", async () => {
    const { storage } = await openDouble(() => {}, { preset: "r2" })
    const signed = storage.presign("bucket", "a", { method: "POST", expiresIn: 60 })
    await expect(signed).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })
})
