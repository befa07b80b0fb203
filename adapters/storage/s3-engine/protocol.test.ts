import { describe, expect, it, onTestFinished, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { Storage, UploadSession } from "../../../contracts/storage/storage.ts"
import { uploadTokenOf } from "../../../core/storage/for-adapters.ts"
import { createS3Storage } from "../s3.ts"
import { bytesOf, inPieces } from "./open-storage.fixture.ts"
import { ANY, type Answering, answerXml, openAt, openDouble, refuse, tell } from "./s3-double.fixture.ts"

const ref = { bucket: "bucket", key: "a" }

/** An upload that nobody has begun. */
function sessionOf(storage: Storage): Promise<UploadSession> {
  return storage.resumeUpload(uploadTokenOf({ adapter: "s3", ...ref, id: "id", nonce: "nonce" }))
}

/** A call of every method. */
const calls: [string, (storage: Storage) => Promise<unknown>][] = [
  ["createBucket", (storage) => storage.createBucket("bucket")],
  ["listBuckets", (storage) => storage.listBuckets()],
  ["deleteBucket", (storage) => storage.deleteBucket("bucket")],
  ["deleteBucket with force", (storage) => storage.deleteBucket("bucket", { force: true })],
  ["put", (storage) => storage.put("bucket", "a", "text")],
  ["put of a stream", (storage) => storage.put("bucket", "a", inPieces(bytesOf(100_000)), { size: 100_000 })],
  ["put in parts", (storage) => storage.put("bucket", "a", inPieces(bytesOf(9_000_000)))],
  ["put with a condition", (storage) => storage.put("bucket", "a", "text", { ifNoneMatch: "*" })],
  ["get", (storage) => storage.get("bucket", "a")],
  ["head", (storage) => storage.head("bucket", "a")],
  ["delete", (storage) => storage.delete("bucket", "a")],
  ["list", (storage) => storage.list("bucket")],
  ["deleteMany", (storage) => storage.deleteMany("bucket", ["a"])],
  ["copy", (storage) => storage.copy(ref, { bucket: "bucket", key: "b" })],
  ["createUpload", (storage) => storage.createUpload("bucket", "a")],
  ["uploadPart", async (storage) => (await sessionOf(storage)).uploadPart(1, "text")],
  ["parts", async (storage) => (await sessionOf(storage)).parts()],
  ["complete", async (storage) => (await sessionOf(storage)).complete()],
  ["abort", async (storage) => (await sessionOf(storage)).abort()],
  ["sweepUploads", (storage) => storage.sweepUploads("bucket", 0)],
]

const PAGE = "<!doctype html><title>Welcome</title>"

describe("a server that is no storage", () => {
  const pages: [string, number, string][] = [
    ["200", 200, "text/html; charset=utf-8"],
    ["404", 404, "text/html"],
    ["403", 403, "text/html"],
    ["503", 503, "text/html"],
  ]
  for (const [name, status, type] of pages) {
    it.each(calls)(`that answers ${name} with a page is no storage for %s`, async (_, call) => {
      const { storage } = await openDouble((_, response) =>
        response.writeHead(status, { "content-type": type }).end(PAGE),
      )
      await expect(call(storage)).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
    })
  }

  /** Answers of these have no form: the status is all there is. */
  const FORMLESS = ["createBucket", "deleteBucket", "delete", "abort"]
  const told: [string, Answering][] = [
    ["nothing", (_, response) => response.writeHead(200).end()],
    ["another document", (_, response) => answerXml(response, "<Other><Name>name</Name></Other>")],
  ]
  for (const [name, answer] of told) {
    it.each(calls.filter(([method]) => !FORMLESS.includes(method)))(
      `that answers ${name} is none for %s`,
      async (_, call) => {
        const { storage } = await openDouble(answer)
        await expect(call(storage)).rejects.toMatchObject({ code: "UNAVAILABLE" })
      },
    )
  }

  const strangers: [string, number, Record<string, string>, string][] = [
    ["404 in JSON", 404, { "content-type": "application/json" }, '{"message":"no Route matched with those values"}'],
    ["404 as text", 404, { "content-type": "text/plain; charset=utf-8" }, "404 page not found"],
    ["301 as text", 301, { "content-type": "text/plain", location: "http://127.0.0.1:9/" }, "Moved"],
    ["302 as text", 302, { "content-type": "text/plain", location: "http://127.0.0.1:9/" }, "Found"],
    ["307 and nothing else", 307, { location: "http://127.0.0.1:9/" }, ""],
    ["308 as text", 308, { "content-type": "text/plain", location: "http://127.0.0.1:9/" }, "Moved"],
    ["200 in JSON", 200, { "content-type": "application/json" }, '{"status":"ok"}'],
    ["200 as text", 200, { "content-type": "text/plain" }, "OK"],
  ]
  for (const [name, status, headers, text] of strangers) {
    it.each(calls)(`that answers ${name} is none for %s`, async (_, call) => {
      const { storage } = await openDouble((_, response) =>
        response.writeHead(status, { ...headers, "content-length": text.length }).end(text),
      )
      await expect(call(storage)).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
    })
  }

  it.each([
    ["of versitygw and AWS", { "content-type": "application/xml" }],
    ["of moto", { "content-type": "text/html; charset=utf-8", "content-length": 0 }],
    ["without a type", {}],
  ])("is not what answers 404 to HEAD as that %s", async (_, headers) => {
    const { storage } = await openDouble((_, response) => response.writeHead(404, headers).end())
    expect(await storage.head("bucket", "a")).toBeUndefined()
  })

  it("is not what names another region", async () => {
    const answers: Answering[] = [
      (_, response) => response.writeHead(301, { "x-amz-bucket-region": "eu-west-1" }).end(),
      (_, response) => refuse(response, 307, "TemporaryRedirect"),
    ]
    for (const answer of answers) {
      const { storage } = await openDouble(answer)
      await expect(storage.list("bucket")).rejects.toMatchObject({ code: "INVALID_CONFIG" })
    }
  })

  it.each([502, 504])("is a gateway that answers %d with a page: a put may have been done", async (status) => {
    const { storage } = await openDouble((_, response) =>
      response.writeHead(status, { "content-type": "text/html" }).end(PAGE),
    )
    await expect(storage.put("bucket", "a", "text")).rejects.toMatchObject({ details: { outcome: "unknown" } })
  })

  it("is not healthy", async () => {
    for (const status of [200, 404]) {
      const options = status === 200 ? {} : { defaultBucket: "bucket" }
      const { storage } = await openDouble(
        (_, response) => response.writeHead(status, { "content-type": "text/html" }).end(PAGE),
        options,
      )
      expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "UNAVAILABLE" } })
    }
  })
})

describe("an error of the server", () => {
  const errors: [number, string, object][] = [
    [400, "BadDigest", { code: "INVALID_ARGUMENT", details: { reason: "checksum" } }],
    [400, "EntityTooLarge", { code: "LIMIT_EXCEEDED" }],
    [400, "MetadataTooLarge", { code: "LIMIT_EXCEEDED" }],
    [400, "InvalidArgument", { code: "INVALID_ARGUMENT" }],
    [400, "AuthorizationHeaderMalformed", { code: "INVALID_CONFIG" }],
    [301, "PermanentRedirect", { code: "INVALID_CONFIG" }],
    [400, "ExpiredToken", { code: "PERMISSION_DENIED", details: { reason: "credentials" } }],
    [400, "InvalidToken", { code: "PERMISSION_DENIED", details: { reason: "credentials" } }],
    [400, "TokenRefreshRequired", { code: "PERMISSION_DENIED", details: { reason: "credentials" } }],
    [400, "Whatever", { code: "INTERNAL" }],
    [401, "InvalidAccessKeyId", { code: "PERMISSION_DENIED" }],
    [403, "AccessDenied", { code: "PERMISSION_DENIED" }],
    [403, "SignatureDoesNotMatch", { code: "PERMISSION_DENIED" }],
    [404, "NoSuchBucket", { code: "NOT_FOUND", details: { reason: "bucket" } }],
    [413, "", { code: "LIMIT_EXCEEDED" }],
    [429, "", { code: "RATE_LIMITED", retryable: true }],
    [503, "SlowDown", { code: "RATE_LIMITED", retryable: true }],
    [500, "InternalError", { code: "TIMEOUT", details: { outcome: "unknown" } }],
    [503, "ServiceUnavailable", { code: "UNAVAILABLE", retryable: true }],
    [502, "", { code: "TIMEOUT", details: { outcome: "unknown" } }],
    [504, "", { code: "TIMEOUT", details: { outcome: "unknown" } }],
    [501, "NotImplemented", { code: "UNSUPPORTED" }],
    [405, "MethodNotAllowed", { code: "UNSUPPORTED" }],
  ]
  it.each(errors)("%d %s of a put is told as it is", async (status, code, error) => {
    const { storage } = await openDouble((_, response) => refuse(response, status, code))
    const put = storage.put("secret-bucket", "secret-key", "text").catch((error) => error)
    expect(await put).toMatchObject(error)
    expect((await put).message).not.toMatch(/secret/)
  })

  it.each([
    [400, "ExpiredToken", "PERMISSION_DENIED"],
    [400, "Whatever", "INTERNAL"],
    [400, "MalformedXML", undefined],
    [400, "", undefined],
    [405, "MethodNotAllowed", undefined],
    [501, "NotImplemented", undefined],
  ])("%d %s of many deletes is told, unless it refuses the request alone", async (status, name, code) => {
    const { double, storage } = await openDouble(({ method }, response) => {
      if (method === "DELETE") response.writeHead(204).end()
      else refuse(response, status, name)
    })
    const deleted = storage.deleteMany("bucket", ["a", "b"])
    if (code === undefined) expect(await deleted).toEqual({ deleted: 2, failed: [] })
    else await expect(deleted).rejects.toMatchObject({ code })
    expect(double.requests).toHaveLength(code === undefined ? 3 : 1)
  })

  it("is looked at in answers of success too", async () => {
    const { double, storage } = await openDouble(({ method }, response) => {
      if (method === "HEAD") tell(response, { "content-length": 4 })
      else answerXml(response, "<Error><Code>InternalError</Code><Message>no</Message></Error>")
    })
    await expect(storage.copy(ref, { bucket: "bucket", key: "b" })).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(double.requests.filter(({ method }) => method === "PUT")).toHaveLength(3)
  })

  it.each([
    ["AccessDenied", "PERMISSION_DENIED"],
    ["PreconditionFailed", "PRECONDITION_FAILED"],
    ["NoSuchKey", "NOT_FOUND"],
    ["InvalidArgument", "INVALID_ARGUMENT"],
    ["InternalError", "UNAVAILABLE"],
  ])("is what it is in an answer of success: %s", async (name, code) => {
    const { storage } = await openDouble(({ method, url }, response) => {
      if (method === "HEAD") tell(response, { "content-length": 4 })
      else if (method === "GET") answerXml(response, "<R><IsTruncated>false</IsTruncated></R>")
      else if (url.includes("?uploads"))
        answerXml(response, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>")
      else if (method === "PUT" && url.includes("uploadId")) tell(response)
      else answerXml(response, `<Error><Code>${name}</Code><Message>no</Message></Error>`)
    })
    await expect(storage.copy(ref, { bucket: "bucket", key: "b" })).rejects.toMatchObject({ code })
    const upload = await storage.createUpload("bucket", "a", { ifNoneMatch: "*" })
    await expect(upload.complete()).rejects.toMatchObject({ code })
  })

  it("is waited out where the same request may succeed", async () => {
    const { double, storage } = await openDouble(({ index }, response) => {
      if (index === 0) refuse(response, 500, "InternalError")
      else if (index === 1) refuse(response, 503, "SlowDown")
      else tell(response, { "content-length": 0 })
    })
    await storage.put("bucket", "a", "text")
    expect(double.requests).toHaveLength(3)
  })
})

describe("a bucket", () => {
  it.each([
    [409, "BucketAlreadyOwnedByYou", undefined],
    [409, "BucketAlreadyExists", "ALREADY_EXISTS"],
  ])("that is made again answers %d %s", async (status, code, error) => {
    const { storage } = await openDouble((_, response) => refuse(response, status, code))
    const made = storage.createBucket("bucket")
    if (error === undefined) expect(await made).toEqual({ name: "bucket" })
    else await expect(made).rejects.toMatchObject({ code: error })
  })

  it("that an earlier request of the same call has deleted is deleted", async () => {
    const { storage } = await openDouble(({ index }, response) => {
      if (index === 0) response.destroy()
      else refuse(response, 404, "NoSuchBucket")
    })
    await storage.deleteBucket("bucket")
    await expect(storage.deleteBucket("bucket")).rejects.toMatchObject({ code: "NOT_FOUND" })
  })

  it("is on the server under its prefix, and shown without it", async () => {
    const { double, storage } = await openDouble(
      ({ method, url }, response) => {
        if (method === "PUT" || url.includes("list-type")) {
          answerXml(response, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        } else {
          const names = ["test-b", "other", "test-a"]
          const buckets = names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("")
          answerXml(response, `<ListAllMyBucketsResult><Buckets>${buckets}</Buckets></ListAllMyBucketsResult>`)
        }
      },
      { bucketPrefix: "test-" },
    )
    expect(await storage.createBucket("abc")).toEqual({ name: "abc" })
    expect(await storage.listBuckets()).toEqual([{ name: "a" }, { name: "b" }])
    await storage.list("abc")
    expect(double.requests.map(({ url }) => url.split("?")[0])).toEqual(["/test-abc/", "/", "/test-abc/"])
  })
})

describe("a line", () => {
  it("that leads nowhere rejects UNAVAILABLE", async () => {
    const storage = openAt("http://127.0.0.1:9")
    for (const [, call] of calls.slice(0, 5)) await expect(call(storage)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy" })
  })

  it("that is lost leaves a write open, and a read not", async () => {
    const { storage } = await openDouble((_, response) => response.destroy())
    await expect(storage.put("bucket", "a", "text")).rejects.toMatchObject({ details: { outcome: "unknown" } })
    await expect(storage.delete("bucket", "a")).rejects.toMatchObject({ details: { outcome: "unknown" } })
    await expect(storage.head("bucket", "a")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await expect(storage.list("bucket")).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it.each(calls)("that is silent ends %s in time", async (method, call) => {
    const { storage } = await openDouble(() => {}, { timeoutMs: 100, idleTimeoutMs: 100 })
    const begun = performance.now()
    // Nothing is stored before an upload is completed.
    const code = method === "put in parts" ? "UNAVAILABLE" : "TIMEOUT"
    await expect(call(storage)).rejects.toMatchObject({ code, retryable: true })
    expect(performance.now() - begun).toBeLessThan(9000)
    await storage.close()
  })

  it("is given up by the clock of the storage", async () => {
    const clock = createManualClock()
    const { double, storage } = await openDouble(() => {}, { context: { clock } })
    const head = storage.head("bucket", "a").catch((error) => error)
    await expect.poll(() => double.requests.length).toBe(1)
    await clock.advance(10_001)
    expect(await head).toMatchObject({ code: "TIMEOUT" })
  })
})

describe("a clock that is three hours off", () => {
  it("is put right by the first answer, for calls and for signed URLs", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    onTestFinished(() => void vi.useRealTimers())
    const now = Date.now()
    const dates: string[] = []
    const { storage } = await openDouble(({ headers, index }, response) => {
      dates.push(String(headers["x-amz-date"]))
      response.setHeader("date", new Date(now).toUTCString())
      if (index === 0)
        refuse(response, 403, "RequestTimeTooSkewed", `<ServerTime>${new Date(now).toISOString()}</ServerTime>`)
      else tell(response)
    })
    vi.setSystemTime(now - 3 * 3_600_000)
    await storage.put("bucket", "a", "text")
    const { expiresAt, url } = await storage.presign("bucket", "a", { method: "GET", expiresIn: 60 })
    const signedAt = new URL(url).searchParams.get("X-Amz-Date") ?? ""
    const hour = new Date(now).toISOString().slice(0, 13).replaceAll("-", "")
    expect([dates[1]?.slice(0, 11), signedAt.slice(0, 11)]).toEqual([hour, hour])
    expect(Math.abs(expiresAt.getTime() - now - 60_000)).toBeLessThan(5000)
  })
})

describe("a clock that is wrong", () => {
  const skewed = () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    onTestFinished(() => void vi.useRealTimers())
    const now = Date.now()
    vi.setSystemTime(now + 3 * 3_600_000)
    return new Date(now).toUTCString()
  }

  it("fails no HEAD, whose refusal says nothing, also of several at once", async () => {
    const date = skewed()
    const { double, storage } = await openDouble(({ headers }, response) => {
      const isRight = String(headers["x-amz-date"]).slice(0, 11) === hourOf(date)
      if (isRight) tell(response, { "content-length": 4, date })
      else response.writeHead(403, { date, "content-type": "application/xml" }).end()
    })
    const heads = [1, 2, 3].map(() => storage.head("bucket", "a"))
    expect((await Promise.all(heads)).map((info) => info?.size)).toEqual([4, 4, 4])
    expect(double.requests).toHaveLength(6)
  })

  it("is no reason to ask again where the clock was right already", async () => {
    const { double, storage } = await openDouble((_, response) => response.writeHead(403).end())
    await expect(storage.head("bucket", "a")).rejects.toMatchObject({ code: "PERMISSION_DENIED" })
    expect(double.requests).toHaveLength(1)
  })
})

function hourOf(date: string): string {
  return new Date(date).toISOString().slice(0, 13).replaceAll("-", "")
}

describe("an endpoint", () => {
  it("that the environment names is refused until preset says what it is", async () => {
    const { double, storage: named } = await openDouble((_, response) => tell(response, { "content-length": 0 }))
    vi.stubEnv("AWS_ENDPOINT_URL", double.endpoint)
    onTestFinished(() => void vi.unstubAllEnvs())
    const storage = createS3Storage(ANY)
    onTestFinished(() => storage.close())
    await expect(storage.head("bucket", "a")).rejects.toMatchObject({ code: "INVALID_CONFIG" })
    const signed = storage.presign("bucket", "a", { method: "GET", expiresIn: 60 })
    await expect(signed).rejects.toMatchObject({ code: "INVALID_CONFIG" })
    expect(double.requests).toEqual([])
    const told = createS3Storage({ ...ANY, preset: "custom", forcePathStyle: true })
    onTestFinished(() => told.close())
    expect(await told.head("bucket", "a")).toMatchObject({ size: 0 })
    expect(await named.head("bucket", "a")).toMatchObject({ size: 0 })
  })
})
