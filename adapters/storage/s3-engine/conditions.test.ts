import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { startCuttingProxy } from "../../queue/bullmq-engine/cutting-proxy.fixture.ts"
import {
  bytesOf,
  countUploads,
  inPieces,
  openBucket,
  openStorage,
  stopVersitygw,
  versitygw,
} from "./open-storage.fixture.ts"
import { openDouble, refuse, tell } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const EXISTS = { code: "PRECONDITION_FAILED", details: { reason: "exists" } }
const CHANGED = { code: "PRECONDITION_FAILED", details: { reason: "changed" } }
const UNKNOWN = { code: "TIMEOUT", details: { outcome: "unknown" } }

/** A storage whose line can be cut, and one beside it. */
async function openCut() {
  const { port } = await versitygw()
  const proxy = await startCuttingProxy(port)
  onTestFinished(() => proxy.close())
  const { bucket, storage: other } = await openBucket()
  const storage = await openStorage({ endpoint: `http://127.0.0.1:${proxy.port}` })
  return { bucket, other, proxy, storage }
}

async function textOf(bucket: string, key: string): Promise<string> {
  return (await (await openStorage()).get(bucket, key)).text()
}

describe("a conditional write on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("resolves where the answer of what it made was lost", async () => {
    const { bucket, proxy, storage } = await openCut()
    proxy.cutAt(`PUT /${bucket}/a`, "after")
    const info = await storage.put(bucket, "a", "mine", { ifNoneMatch: "*", metadata: { name: "value" } })
    expect(proxy.cuts).toBe(1)
    expect(info).toEqual(await storage.head(bucket, "a"))
    expect(info.metadata).toEqual({ name: "value" })
  })

  it("resolves where it replaced the object that it was to match, and the answer was lost", async () => {
    const { bucket, other, proxy, storage } = await openCut()
    const { etag } = await other.put(bucket, "a", "old")
    proxy.cutAt(`PUT /${bucket}/a`, "after")
    const info = await storage.put(bucket, "a", "new", { ifMatch: etag })
    expect(proxy.cuts).toBe(1)
    expect(info.etag).not.toBe(etag)
    expect(await textOf(bucket, "a")).toBe("new")
  })

  it("is made again where it did not come to the server", async () => {
    const { bucket, other, proxy, storage } = await openCut()
    const { etag } = await other.put(bucket, "old", "old")
    proxy.cutAt(`PUT /${bucket}/new`, "before")
    await storage.put(bucket, "new", "new", { ifNoneMatch: "*" })
    proxy.cutAt(`PUT /${bucket}/old`, "before")
    await storage.put(bucket, "old", "new", { ifMatch: etag })
    expect(proxy.cuts).toBe(2)
    expect([await textOf(bucket, "new"), await textOf(bucket, "old")]).toEqual(["new", "new"])
  })

  it("is not lost to another where it may have been done before that one wrote", async () => {
    const { bucket, other, proxy, storage } = await openCut()
    const { etag } = await other.put(bucket, "a", "theirs")
    proxy.cutAt(`PUT /${bucket}/a`, "before")
    await expect(storage.put(bucket, "a", "theirs", { ifNoneMatch: "*" })).rejects.toMatchObject(UNKNOWN)
    await other.put(bucket, "a", "theirs too")
    proxy.cutAt(`PUT /${bucket}/a`, "before")
    await expect(storage.put(bucket, "a", "mine", { ifMatch: etag })).rejects.toMatchObject(UNKNOWN)
    expect(proxy.cuts).toBe(2)
    expect(await textOf(bucket, "a")).toBe("theirs too")
  })

  it("of an upload resolves where the answer of complete was lost", async () => {
    const { bucket, proxy, storage } = await openCut()
    const upload = await storage.createUpload(bucket, "a", { ifNoneMatch: "*" })
    await upload.uploadPart(1, "mine")
    proxy.cutAt(`POST /${bucket}/a?uploadId`, "after")
    expect(await upload.complete()).toEqual(await storage.head(bucket, "a"))
    expect(proxy.cuts).toBe(1)
  })

  it("of an upload is refused where an object stands, and drops the upload", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "a", "theirs")
    const upload = await storage.createUpload(bucket, "a", { ifNoneMatch: "*" })
    await upload.uploadPart(1, "mine")
    await expect(upload.complete()).rejects.toMatchObject(EXISTS)
    await expect(upload.parts()).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason: "upload" } })
    expect(await textOf(bucket, "a")).toBe("theirs")
  })

  it("of a body of unknown length is kept when that is sent in parts", async () => {
    const { bucket, storage } = await openBucket({ partBytes: 5_242_880 })
    const body = () => inPieces(bytesOf(6_000_000))
    await storage.put(bucket, "a", body(), { ifNoneMatch: "*" })
    await expect(storage.put(bucket, "a", body(), { ifNoneMatch: "*" })).rejects.toMatchObject(EXISTS)
    await expect.poll(() => countUploads(bucket)).toBe(0)
  })

  it("of a body that is sent in parts is refused before anything is sent, where complete keeps none", async () => {
    const { bucket, storage } = await openBucket({ partBytes: 5_242_880, conditionalComplete: false })
    const put = storage.put(bucket, "a", inPieces(bytesOf(6_000_000)), { ifNoneMatch: "*" })
    await expect(put).rejects.toMatchObject({ code: "UNSUPPORTED" })
    expect(await countUploads(bucket)).toBe(0)
  })

  it("leaves one winner of twenty, whose object stays", async () => {
    const { bucket, storage } = await openBucket()
    const puts = Array.from({ length: 20 }, (_, index) => storage.put(bucket, "a", `${index}`, { ifNoneMatch: "*" }))
    const outcomes = await Promise.allSettled(puts)
    const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [`${index}`] : []))
    expect(winners).toEqual([await textOf(bucket, "a")])
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(EXISTS)
  })

  it("matches nothing where nothing stands", async () => {
    const { bucket, storage } = await openBucket()
    await expect(storage.put(bucket, "a", "mine", { ifMatch: "etag" })).rejects.toMatchObject(CHANGED)
    expect(await storage.head(bucket, "a")).toBeUndefined()
  })
})

describe("a conditional write", () => {
  it("is made again after ConditionalRequestConflict", async () => {
    const { double, storage } = await openDouble(({ index }, response) => {
      if (index < 2) refuse(response, 409, "ConditionalRequestConflict")
      else tell(response)
    })
    await storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })
    expect(double.requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "PUT"])
  })

  it("rejects UNAVAILABLE where the conflict does not end", async () => {
    const { double, storage } = await openDouble((_, response) => refuse(response, 409, "ConditionalRequestConflict"))
    const put = storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })
    await expect(put).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
    expect(double.requests).toHaveLength(6)
  })

  it.each([
    [501, "NotImplemented", "UNSUPPORTED", 1],
    [503, "SlowDown", "RATE_LIMITED", 6],
    [503, "ServiceUnavailable", "UNAVAILABLE", 6],
  ])("that is answered %d %s was not done", async (status, name, code, requests) => {
    const { double, storage } = await openDouble((_, response) => refuse(response, status, name))
    await expect(storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject({ code })
    expect(double.requests).toHaveLength(requests)
  })

  it("that is answered 500 may have been done", async () => {
    const { storage } = await openDouble(({ method }, response) => {
      refuse(response, method === "HEAD" ? 404 : 500, "InternalError")
    })
    await expect(storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject(UNKNOWN)
  })

  it("is not made again by the client library, and asks nothing where the server has answered", async () => {
    const { double, storage } = await openDouble((_, response) => refuse(response, 412, "PreconditionFailed"))
    await expect(storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject(EXISTS)
    expect(double.requests).toHaveLength(1)
  })

  it("has an unknown outcome where nobody can look", async () => {
    const { storage } = await openDouble(({ method }, response) => {
      if (method === "PUT") response.destroy()
      else refuse(response, 403, "AccessDenied")
    })
    await expect(storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject(UNKNOWN)
  })

  it("has an unknown outcome where nothing stands and the body cannot be sent again", async () => {
    const { double, storage } = await openDouble(({ method }, response) => {
      if (method === "PUT") response.destroy()
      else refuse(response, 404, "")
    })
    const put = storage.put("bucket", "a", inPieces(bytesOf(100_000)), { ifNoneMatch: "*", size: 100_000 })
    await expect(put).rejects.toMatchObject(UNKNOWN)
    expect(double.requests.map(({ method }) => method)).toEqual(["PUT", "HEAD"])
  })

  it("knows its object by more than its content", async () => {
    const { storage } = await openDouble(({ method }, response) => {
      if (method === "PUT") response.destroy()
      // Somebody else has stored the same bytes.
      else tell(response, { "content-length": 4 })
    })
    await expect(storage.put("bucket", "a", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject(UNKNOWN)
  })

  it("that was done, unanswered and replaced has an unknown outcome", async () => {
    let etag = '"old"'
    const { storage } = await openDouble(({ headers, method }, response) => {
      if (method === "HEAD") tell(response, { etag, "content-length": 4 })
      else if (headers["if-match"] !== etag) refuse(response, 412, "PreconditionFailed")
      else {
        etag = '"of another, who read ours"'
        response.destroy()
      }
    })
    await expect(storage.put("bucket", "a", "mine", { ifMatch: "old" })).rejects.toMatchObject(UNKNOWN)
  })

  it("that was made twice unanswered is not lost to another by the answer of the second", async () => {
    const { storage } = await openDouble(({ index, method }, response) => {
      if (method === "HEAD") tell(response, { etag: index < 2 ? '"old"' : '"other"', "content-length": 4 })
      else if (index === 0) response.destroy()
      else refuse(response, 412, "PreconditionFailed")
    })
    await expect(storage.put("bucket", "a", "mine", { ifMatch: "old" })).rejects.toMatchObject(UNKNOWN)
  })

  it("of a copy stores what it is known by again", async () => {
    let nonce: string | undefined
    const { storage } = await openDouble(({ headers, method, url }, response) => {
      if (method === "PUT") {
        nonce = String(headers["x-amz-meta-objectos-nonce"])
        response.destroy()
      } else if (url.startsWith("/bucket/source")) tell(response, { "content-length": 4, "x-amz-meta-name": "value" })
      else if (nonce === undefined) refuse(response, 404, "")
      else tell(response, { "content-length": 4, "x-amz-meta-objectos-nonce": nonce, "x-amz-meta-name": "value" })
    })
    const [from, to] = [
      { bucket: "bucket", key: "source" },
      { bucket: "bucket", key: "target" },
    ]
    const info = await storage.copy(from, to, { ifNoneMatch: "*" })
    expect(info.metadata).toEqual({ name: "value" })
  })

  it("is refused unsent where the server promises nothing", async () => {
    const { double, storage } = await openDouble((_, response) => tell(response), { preset: "custom" })
    for (const options of [{ ifNoneMatch: "*" } as const, { ifMatch: "etag" }]) {
      await expect(storage.put("bucket", "a", "mine", options)).rejects.toMatchObject({ code: "UNSUPPORTED" })
      await expect(storage.createUpload("bucket", "a", options)).rejects.toMatchObject({ code: "UNSUPPORTED" })
      const ref = { bucket: "bucket", key: "a" }
      await expect(storage.copy(ref, ref, options)).rejects.toMatchObject({ code: "UNSUPPORTED" })
    }
    expect(double.requests).toEqual([])
  })
})
