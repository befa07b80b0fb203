import type { ServerResponse } from "node:http"
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { bytesOf, countUploads, inPieces, openBucket, openStorage, stopVersitygw } from "./open-storage.fixture.ts"
import { answerXml, openDouble, refuse, tell } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const PART_BYTES = 5_242_880
const GONE = { code: "NOT_FOUND", details: { reason: "upload" } }

describe("an upload on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("goes on by its token, and is completed again and again", async () => {
    const { bucket, storage } = await openBucket()
    const upload = await storage.createUpload(bucket, "a", { contentType: "text/css", metadata: { name: "grüße" } })
    await upload.uploadPart(3, "end")
    await upload.uploadPart(1, "replaced")
    const other = await (await openStorage()).resumeUpload(upload.token)
    await other.uploadPart(1, inPieces(bytesOf(PART_BYTES)))
    await other.uploadPart(2, inPieces(bytesOf(PART_BYTES)), { size: PART_BYTES })
    expect((await upload.parts()).map(({ number, size }) => [number, size])).toEqual([
      [1, PART_BYTES],
      [2, PART_BYTES],
      [3, 3],
    ])
    expect(await storage.head(bucket, "a")).toBeUndefined()
    const info = await other.complete()
    expect(info).toMatchObject({ size: 2 * PART_BYTES + 3, contentType: "text/css", metadata: { name: "grüße" } })
    expect(info).toEqual(await storage.head(bucket, "a"))
    expect(await other.complete()).toEqual(info)
    expect(await (await storage.resumeUpload(upload.token)).complete()).toEqual(info)
    await upload.abort()
    await expect(upload.parts()).rejects.toMatchObject(GONE)
    await expect(upload.uploadPart(1, "late")).rejects.toMatchObject(GONE)
    await storage.put(bucket, "a", "another")
    await expect((await storage.resumeUpload(upload.token)).complete()).rejects.toMatchObject(GONE)
    expect(await (await storage.get(bucket, "a")).text()).toBe("another")
  })

  it("of no part makes an empty object", async () => {
    const { bucket, storage } = await openBucket()
    expect(await (await storage.createUpload(bucket, "a")).complete()).toMatchObject({ size: 0 })
    expect(await (await storage.get(bucket, "a")).text()).toBe("")
  })

  it("with a part that is too small can be mended", async () => {
    const { bucket, storage } = await openBucket()
    const upload = await storage.createUpload(bucket, "a")
    await upload.uploadPart(1, "small")
    await upload.uploadPart(2, "end")
    await expect(upload.complete()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "size" } })
    await upload.uploadPart(1, bytesOf(PART_BYTES))
    expect(await upload.complete()).toMatchObject({ size: PART_BYTES + 3 })
  })

  it("has no part that failed, or has another checksum", async () => {
    const { bucket, storage } = await openBucket()
    const upload = await storage.createUpload(bucket, "a")
    const checksum = { algorithm: "crc32", value: "AAAAAA==" } as const
    const bytes = bytesOf(200_000)
    for (const [body, size] of [[bytes], [inPieces(bytes)], [inPieces(bytes), 200_000]] as const) {
      const part = upload.uploadPart(1, body, { checksum, size })
      await expect(part).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "checksum" } })
    }
    const short = upload.uploadPart(1, inPieces(bytes), { size: 200_001 })
    await expect(short).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "size" } })
    for (let look = 0; look < 20; look++) expect(await upload.parts()).toEqual([])
  })

  it("is swept when it is old, also one that no token names", async () => {
    const { bucket, storage } = await openBucket()
    const upload = await storage.createUpload(bucket, "ü a+b")
    await storage.createUpload(bucket, "ü a+b")
    expect(await storage.sweepUploads(bucket, 3_600_000)).toBe(0)
    expect(await countUploads(bucket)).toBe(2)
    expect(await storage.sweepUploads(bucket, 0)).toBe(2)
    expect(await countUploads(bucket)).toBe(0)
    await expect(upload.uploadPart(1, "late")).rejects.toMatchObject(GONE)
    await expect(upload.complete()).rejects.toMatchObject(GONE)
  })

  it("is no reason to keep a bucket", async () => {
    const { bucket, storage } = await openBucket()
    const upload = await storage.createUpload(bucket, "a")
    await storage.deleteBucket(bucket)
    await expect(upload.uploadPart(1, "late")).rejects.toMatchObject({ code: "NOT_FOUND" })
  })
})

describe("an upload", () => {
  const session = async (storage: Awaited<ReturnType<typeof openDouble>>["storage"]) =>
    storage.createUpload("bucket", "a")
  const created = "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>"

  /** A server that takes what uploads send, and has another's object under the key; the rest is answered by `other`. */
  async function replaced(other: (method: string | undefined, response: ServerResponse) => void) {
    const { storage } = await openDouble(({ method, url }, response) => {
      if (url.includes("?uploads")) answerXml(response, created)
      else if (method === "HEAD") tell(response, { "content-length": 4 })
      else if (method === "GET")
        answerXml(response, "<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>")
      else if (method === "PUT") tell(response)
      else other(method, response)
    })
    return storage
  }

  it("that is gone when it is completed again is told by what stands there", async () => {
    let nonce = ""
    const { storage } = await openDouble(({ headers, method, url }, response) => {
      if (url.includes("?uploads")) {
        nonce = String(headers["x-amz-meta-objectos-nonce"])
        answerXml(response, created)
      } else if (method === "HEAD") tell(response, { "content-length": 4, "x-amz-meta-objectos-nonce": nonce })
      else refuse(response, 404, "NoSuchUpload")
    })
    expect(await (await session(storage)).complete()).toMatchObject({ size: 4, metadata: {} })
  })

  it("that was completed, unanswered and replaced has an unknown outcome, as has a body in parts", async () => {
    let isDone = false
    const storage = await replaced((method, response) => {
      if (isDone || method === "DELETE") refuse(response, 404, "NoSuchUpload")
      else {
        isDone = true
        response.destroy()
      }
    })
    const unknown = { code: "TIMEOUT", details: { outcome: "unknown" } }
    await expect((await session(storage)).complete()).rejects.toMatchObject(unknown)
    isDone = false
    await expect(storage.put("bucket", "a", inPieces(bytesOf(9_000_000)))).rejects.toMatchObject(unknown)
  })

  it("that is gone before it is completed, and made nothing, is not found", async () => {
    const storage = await replaced((_, response) => refuse(response, 404, "NoSuchUpload"))
    await expect((await session(storage)).complete()).rejects.toMatchObject(GONE)
  })

  it("lists all parts and all uploads, page by page", async () => {
    const part = (number: number) => `<Part><PartNumber>${number}</PartNumber><ETag>"e"</ETag><Size>1</Size></Part>`
    const upload = (id: string) =>
      `<Upload><Key>a%20b</Key><UploadId>${id}</UploadId><Initiated>2020-01-01T08:00:00Z</Initiated></Upload>`
    const { double, storage } = await openDouble(({ method, url }, response) => {
      if (url.includes("?uploads") && method === "POST") answerXml(response, created)
      else if (method === "DELETE") response.writeHead(204).end()
      else if (url.includes("part-number-marker=2"))
        answerXml(response, `<R><IsTruncated>false</IsTruncated>${part(3)}</R>`)
      else if (url.includes("upload-id-marker=one"))
        answerXml(response, `<R><IsTruncated>false</IsTruncated>${upload("two")}</R>`)
      else if (url.includes("uploadId")) {
        const more = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>"
        answerXml(response, `<R>${more}${part(2)}${part(1)}</R>`)
      } else {
        const markers = "<NextKeyMarker>a%20b</NextKeyMarker><NextUploadIdMarker>one</NextUploadIdMarker>"
        answerXml(
          response,
          `<R><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>${markers}${upload("one")}</R>`,
        )
      }
    })
    expect((await (await session(storage)).parts()).map(({ number }) => number)).toEqual([1, 2, 3])
    expect(await storage.sweepUploads("bucket", 0)).toBe(2)
    const aborted = double.requests.filter(({ method }) => method === "DELETE").map(({ url }) => url.split("?")[0])
    expect(aborted).toEqual(["/bucket/a%20b", "/bucket/a%2520b"])
  })

  it.each([["<PartNumber>one</PartNumber><Size>1</Size>"], ["<PartNumber>1</PartNumber><Size>many</Size>"]])(
    "takes no list of parts with %s",
    async (part) => {
      const { storage } = await openDouble(({ method }, response) => {
        if (method === "POST") answerXml(response, created)
        else answerXml(response, `<R><IsTruncated>false</IsTruncated><Part><ETag>"e"</ETag>${part}</Part></R>`)
      })
      const parts = (await session(storage)).parts()
      await expect(parts).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
    },
  )

  it("holds a part of unknown length in memory, up to a bound", async () => {
    const { storage } = await openDouble((_, response) => answerXml(response, created))
    const cancel = vi.fn()
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(8_388_608)),
      cancel,
    })
    await expect((await session(storage)).uploadPart(1, stream)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it("refuses a token of another adapter, and metadata that are its own", async () => {
    const { storage } = await openDouble((_, response) => answerXml(response, created))
    await expect(storage.resumeUpload("bm8")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    const options = { metadata: { "objectos-nonce": "mine" } }
    await expect(storage.createUpload("bucket", "a", options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    await expect(storage.put("bucket", "a", "text", options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })
})
