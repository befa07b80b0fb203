import { afterAll, beforeEach, describe, expect, it } from "vitest"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { bytesOf, countUploads, openBucket, stopVersitygw } from "./open-storage.fixture.ts"
import { answerXml, openDouble, refuse, tell } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const MIB = 2 ** 20
const headers = {
  contentType: "text/css",
  contentEncoding: "gzip",
  contentLanguage: "de",
  contentDisposition: "attachment",
  cacheControl: "max-age=1",
  metadata: { name: "grüße" },
}

describe("copy on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("keeps all fields but those that it is given", async () => {
    const { bucket, storage } = await openBucket()
    const from = { bucket, key: "a b+%41&ü?#" }
    const source = await storage.put(bucket, from.key, "text", headers)
    const changes = [{}, { cacheControl: "no-store" }, { contentType: "text/html" }, { metadata: {} }]
    for (const [index, changed] of changes.entries()) {
      const to = { bucket, key: `copy ${index}+%41` }
      const info = await storage.copy(from, to, changed)
      expect(info).toMatchObject({ ...headers, ...changed, size: 4, etag: source.etag })
      expect(info).toEqual(await storage.head(bucket, to.key))
      expect(await (await storage.get(bucket, to.key)).text()).toBe("text")
    }
    await storage.copy(from, from, { contentType: "text/plain" })
    expect(await storage.head(bucket, from.key)).toMatchObject({ ...headers, contentType: "text/plain" })
    await storage.copy(from, from)
  })

  it("keeps a large object, its fields and its checksum, in parts", async () => {
    const { bucket, storage } = await openBucket({ singleBytes: 6 * MIB, partBytes: 5 * MIB })
    const bytes = bytesOf(13 * MIB)
    await storage.put(bucket, "a", new Blob([bytes]), headers)
    const to = { bucket, key: "b" }
    const info = await storage.copy({ bucket, key: "a" }, to, { contentType: "text/html" })
    expect(info).toMatchObject({ ...headers, contentType: "text/html", size: 13 * MIB })
    expect(info).toEqual(await storage.head(bucket, "b"))
    expect(Buffer.from(await (await storage.get(bucket, "b")).bytes()).equals(bytes)).toBe(true)
    expect(await countUploads(bucket)).toBe(0)
  })
})

describe("copy", () => {
  const from = { bucket: "bucket", key: "source" }
  const to = { bucket: "bucket", key: "target" }

  it("changes fields of those bytes alone that it has seen", async () => {
    let looks = 0
    const { double, storage } = await openDouble(({ headers, method }, response) => {
      if (method === "HEAD")
        tell(response, { etag: `"${++looks}"`, "content-length": 4, "x-amz-meta-look": `${looks}` })
      else if (headers["x-amz-copy-source-if-match"] === '"1"') refuse(response, 412, "PreconditionFailed")
      else answerXml(response, "<CopyObjectResult><ETag>copied</ETag></CopyObjectResult>")
    })
    const info = await storage.copy(from, to, { contentType: "text/css" })
    const puts = double.requests.filter(({ method }) => method === "PUT")
    expect(puts.map(({ headers }) => headers["x-amz-metadata-directive"])).toEqual(["REPLACE", "REPLACE"])
    expect(info).toMatchObject({ etag: "copied", contentType: "text/css", metadata: { look: "3" } })
  })

  it("keeps the time at which the source expires, which no user sees, whole and in parts", async () => {
    const expires = "Tue, 01 Jan 2030 00:00:00 GMT"
    const { double, storage } = await openDouble(
      ({ method, url }, response) => {
        if (method === "HEAD") tell(response, { "content-length": url.includes("large") ? 6 : 4, expires })
        else if (url.includes("?uploads"))
          answerXml(response, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>")
        else answerXml(response, "<R><ETag>copied</ETag></R>")
      },
      { singleBytes: 5 },
    )
    for (const key of ["small", "large"]) {
      await storage.copy({ bucket: "bucket", key }, to, { contentType: "text/css" })
      const made = double.requests.find(({ headers }) => headers["content-type"] === "text/css")
      expect(made?.headers["expires"]).toBe(expires)
      double.requests.length = 0
    }
  })

  it("gives a source up that changes each time", async () => {
    let looks = 0
    const { storage } = await openDouble(({ method }, response) => {
      if (method === "HEAD") tell(response, { etag: `"${++looks}"`, "content-length": 4 })
      else refuse(response, 412, "PreconditionFailed")
    })
    const copy = storage.copy(from, to, { contentType: "text/css" })
    await expect(copy).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
  })
})
