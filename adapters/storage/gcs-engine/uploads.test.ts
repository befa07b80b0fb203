/** All of it at gcs-double; fake-gcs-server has no XML API for uploads in parts. */
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { Body } from "../../../contracts/storage/storage.ts"
import { summing } from "../../kit/checksums.ts"
import { startMeddler } from "./meddler.fixture.ts"
import { keysOf, openDouble, openStorage, patternOf, streamOf, textOf } from "./open-gcs.fixture.ts"

const MIN = 5_242_880

const error = (code: string, reason?: string) =>
  expect.objectContaining({ code, ...(reason !== undefined && { details: expect.objectContaining({ reason }) }) })
const gone = error("NOT_FOUND", "upload")

function sha256(bytes: Uint8Array): string {
  const sum = summing("sha256")
  sum.update(bytes)
  return sum.digest()
}

describe("an upload in parts", () => {
  it("makes an object of its parts in the order of their numbers, which nobody saw before", async () => {
    const { storage } = await openDouble()
    await storage.put("files", "a", "old")
    const options = {
      ...{ contentType: "text/x-note", contentEncoding: "br", contentLanguage: "de", cacheControl: "no-store" },
      contentDisposition: 'attachment; filename="a.txt"',
      metadata: { n: "käse", empty: "" },
    }
    const session = await storage.createUpload("files", "a", options)
    const last = await session.uploadPart(7, "end")
    await session.uploadPart(2, patternOf(MIN))
    await session.uploadPart(2, patternOf(MIN + 1))
    expect(last).toEqual({ number: 7, size: 3, etag: expect.stringMatching(/^[^"]+$/) })
    expect((await session.parts()).map(({ number, size }) => [number, size])).toEqual([
      [2, MIN + 1],
      [7, 3],
    ])
    expect([await textOf(storage, "a"), await keysOf(storage)]).toEqual(["old", ["a"]])
    const made = await session.complete()
    expect(made).toMatchObject({ ...options, size: MIN + 4, checksums: { crc32c: expect.any(String) } })
    expect(await storage.head("files", "a")).toEqual(made)
    const bytes = await (await storage.get("files", "a")).bytes()
    expect(Buffer.compare(bytes, Buffer.concat([patternOf(MIN + 1), Buffer.from("end")]))).toBe(0)
  })

  it("takes every kind of body, and every key", async () => {
    const { storage } = await openDouble()
    const bodies: Body[] = ["x", new Uint8Array([120]), new Blob(["x"]), streamOf(Buffer.from("x"))]
    for (const [index, body] of bodies.entries()) {
      const key = `ä b//${index}+%2F&=?#'()*!`
      const session = await storage.createUpload("files", key)
      await session.uploadPart(1, body)
      await session.complete()
      expect(await textOf(storage, key)).toBe("x")
    }
  })

  it("sends a stream of a known size as it comes", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    const told: number[] = []
    await session.uploadPart(1, streamOf(patternOf(300_000)), {
      size: 300_000,
      onProgress: (bytes) => told.push(bytes),
    })
    expect([(await session.complete()).size, told.length > 1]).toEqual([300_000, true])
  })

  it("of no part makes an empty object", async () => {
    const { storage } = await openDouble()
    const made = await (await storage.createUpload("files", "a")).complete()
    expect([made.size, await textOf(storage, "a")]).toEqual([0, ""])
  })

  it("goes on by its token, also to its end", async () => {
    const { double, storage } = await openDouble()
    const { token } = await storage.createUpload("files", "a")
    const other = openStorage({ endpoint: double.endpoint })
    await (await other.resumeUpload(token)).uploadPart(1, "x")
    const made = await (await storage.resumeUpload(token)).complete()
    expect(await (await other.resumeUpload(token)).complete()).toEqual(made)
    await (await other.resumeUpload(token)).abort()
    expect(await textOf(storage, "a")).toBe("x")
    await expect(storage.resumeUpload(`${token}x`)).rejects.toThrow(error("INVALID_ARGUMENT"))
    await expect(storage.resumeUpload("x")).rejects.toThrow(error("INVALID_ARGUMENT"))
  })

  it("resolves complete again with what it made, whatever came after", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "x")
    const made = await session.complete()
    await storage.put("files", "a", "later")
    expect(await session.complete()).toEqual(made)
    await session.abort()
    expect(await textOf(storage, "a")).toBe("later")
  })

  it("resolves complete though another has written meanwhile, with what it made", async () => {
    const { double, storage: other } = await openDouble()
    let left = 1
    const endpoint = await startMeddler(double.endpoint, {
      answer: async (answer, { method, url }) => {
        if (method === "POST" && url.includes("uploadId=") && left-- > 0) await other.put("files", "a", "theirs")
        return answer
      },
    })
    const options = { contentType: "text/x-note", metadata: { n: "käse" } }
    const session = await openStorage({ endpoint }).createUpload("files", "a", options)
    await session.uploadPart(1, "ours!")
    const made = await session.complete()
    expect(made).toMatchObject({ key: "a", size: 5, ...options })
    // Its ETag is that of no object, so nothing is replaced by it.
    await expect(other.put("files", "a", "x", { ifMatch: made.etag })).rejects.toThrow(error("PRECONDITION_FAILED"))
  })

  it("is gone after abort", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "x")
    await session.abort()
    await session.abort()
    for (const call of [() => session.uploadPart(2, "x"), () => session.parts(), () => session.complete()]) {
      await expect(call()).rejects.toThrow(gone)
    }
    expect(await keysOf(storage)).toEqual([])
  })

  it("refuses a small part that is not the last, which can be sent again", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "small")
    await session.uploadPart(2, "end")
    await expect(session.complete()).rejects.toThrow(error("INVALID_ARGUMENT", "size"))
    await session.uploadPart(1, patternOf(MIN))
    expect((await session.complete()).size).toBe(MIN + 3)
  })

  it("lists more than 1,000 parts", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    for (let number = 1; number <= 1001; number++) await session.uploadPart(number * 9, "x")
    const parts = await session.parts()
    expect([parts.length, parts[0]?.number, parts[1000]?.number]).toEqual([1001, 9, 9009])
  }, 30_000)

  it("rejects NOT_FOUND where the bucket is not there", async () => {
    const { storage } = await openDouble()
    await expect(storage.createUpload("nope", "a")).rejects.toThrow(error("NOT_FOUND", "bucket"))
    await expect(storage.sweepUploads("nope", 0)).rejects.toThrow(error("NOT_FOUND", "bucket"))
    const session = await storage.createUpload("files", "a")
    await storage.deleteBucket("files")
    await expect(session.uploadPart(1, "x")).rejects.toThrow(error("NOT_FOUND"))
    await expect(session.complete()).rejects.toThrow(error("NOT_FOUND"))
  })
})

describe("a part", () => {
  const kinds: readonly [kind: string, make: (bytes: Uint8Array) => Body, size: boolean][] = [
    ["bytes", (bytes) => bytes, false],
    ["a stream of unknown size", (bytes) => streamOf(bytes), false],
    ["a stream of known size", (bytes) => streamOf(bytes), true],
  ]

  it.each(kinds)("whose checksum is wrong is not among the parts: %s", async (_, make, isSized) => {
    const { storage } = await openDouble()
    for (const size of [0, 10, 300_000]) {
      const session = await storage.createUpload("files", "a")
      const bytes = patternOf(size)
      const sized = isSized ? { size } : {}
      const wrong = { algorithm: "sha256", value: sha256(patternOf(size + 1)) } as const
      await expect(session.uploadPart(1, make(bytes), { ...sized, checksum: wrong })).rejects.toThrow(
        error("INVALID_ARGUMENT", "checksum"),
      )
      expect(await session.parts()).toEqual([])
      const checksum = { algorithm: "sha256", value: sha256(bytes) } as const
      await session.uploadPart(2, make(bytes), { ...sized, checksum })
      expect((await session.parts()).map(({ number, size }) => [number, size])).toEqual([[2, size]])
    }
  })

  it("whose body fails, is short, or is aborted is not among the parts", async () => {
    const { storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    const failing = async function* () {
      yield patternOf(10)
      throw new Error("disk")
    }
    await expect(session.uploadPart(1, failing())).rejects.toThrow(error("INVALID_ARGUMENT", "body"))
    await expect(session.uploadPart(1, failing(), { size: 20 })).rejects.toThrow(error("INVALID_ARGUMENT", "body"))
    const short = session.uploadPart(1, streamOf(patternOf(10)), { size: 20 })
    await expect(short).rejects.toThrow(error("INVALID_ARGUMENT", "size"))
    const controller = new AbortController()
    const idle = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(patternOf(10)) })
    const aborted = session.uploadPart(1, idle, { size: 20, signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(aborted).rejects.toThrow(error("ABORTED"))
    expect(await session.parts()).toEqual([])
  })

  it.each(kinds.slice(0, 2))("that changes on its way is refused by gcs-double: %s", async (_, make) => {
    const { double, storage: other } = await openDouble()
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => {
        if (asked.url.includes("partNumber=")) asked.body[0] = 255
        return asked
      },
    })
    const session = await openStorage({ endpoint }).createUpload("files", "a")
    await expect(session.uploadPart(1, make(patternOf(10)))).rejects.toThrow(error("UNAVAILABLE", "checksum"))
    expect(await (await other.resumeUpload(session.token)).parts()).toEqual([])
  })

  it("of a stream that changes on its way is told of", async () => {
    const { double } = await openDouble()
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => {
        if (asked.url.includes("partNumber=")) asked.body[0] = 255
        return asked
      },
    })
    const session = await openStorage({ endpoint }).createUpload("files", "a")
    await expect(session.uploadPart(1, streamOf(patternOf(10)), { size: 10 })).rejects.toThrow(
      error("UNAVAILABLE", "checksum"),
    )
  })
})

describe("answers that are lost", () => {
  const isComplete = ({ method, query }: { method: string; query: URLSearchParams }) =>
    method === "POST" && query.has("uploadId")

  it("of complete are made up for by looking", async () => {
    const { double, storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "x")
    double.fail(1, "lost answer", isComplete)
    const made = await session.complete()
    expect([made, made.metadata]).toEqual([await storage.head("files", "a"), {}])
  })

  it("of complete reject TIMEOUT where looking is in vain, and complete then goes on", async () => {
    const { double, storage } = await openDouble()
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "x")
    double.fail(100, "lost answer", isComplete)
    double.fail(5, 503, ({ path }) => path.startsWith("/storage/v1/b/files/o/"))
    await expect(session.complete()).rejects.toThrow(
      expect.objectContaining({ code: "TIMEOUT", details: { outcome: "unknown" } }),
    )
    expect(await session.complete()).toEqual(await storage.head("files", "a"))
  })

  it("of createUpload leave an upload that sweepUploads finds", async () => {
    const clock = createManualClock(Date.now() + 10_000)
    const { double, storage } = await openDouble()
    double.fail(1, "lost answer", ({ query }) => query.has("uploads"))
    const session = await storage.createUpload("files", "a")
    await session.uploadPart(1, "x")
    const sweeper = openStorage({ endpoint: double.endpoint }, { clock })
    expect(await sweeper.sweepUploads("files", 0)).toBe(2)
    await expect(session.complete()).rejects.toThrow(gone)
  })
})

it("sweepUploads aborts those of the bucket that are older, over all pages", async () => {
  let now = Date.now()
  const clock = createManualClock(now)
  const { storage } = await openDouble({}, { clock }, { now: () => now })
  await storage.createBucket("another")
  const kept = await storage.createUpload("another", "a")
  for (let index = 0; index < 1005; index++) await storage.createUpload("files", `a<&>${index % 3}`)
  now += 5000
  await clock.advance(5000)
  const young = await storage.createUpload("files", "a")
  expect(await storage.sweepUploads("files", 5001)).toBe(0)
  expect(await storage.sweepUploads("files", 5000)).toBe(1005)
  expect(await storage.sweepUploads("files", 5000)).toBe(0)
  await Promise.all([young, kept].map((session) => session.uploadPart(1, "x")))
}, 30_000)

it("a storage whose server has no XML API has no uploads in parts", async () => {
  const { storage } = await openDouble({ multipart: false })
  expect(storage.capabilities.multipart).toBe(false)
  await expect(storage.createUpload("files", "a")).rejects.toThrow(error("UNSUPPORTED"))
})
