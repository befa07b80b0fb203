import { beforeEach, describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { Body, ChecksumAlgorithm, Storage } from "../../../contracts/storage/storage.ts"
import { summing } from "../../kit/checksums.ts"
import { startMeddler, withJson } from "./meddler.fixture.ts"
import { keysOf, openDouble, openFake, openStorage, patternOf, streamOf, textOf, told } from "./open-gcs.fixture.ts"

const PART = 262_144
const PARTS = { partBytes: PART }

const error = (code: string, reason?: string) =>
  expect.objectContaining({ code, ...(reason !== undefined && { details: { reason } }) })

function sumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const sum = summing(algorithm)
  sum.update(bytes)
  return sum.digest()
}

const bodies: readonly [kind: string, make: (bytes: Uint8Array) => Body][] = [
  ["bytes", (bytes) => bytes],
  ["a blob", (bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>])],
  ["a web stream", (bytes) => streamOf(bytes, 100_000)],
  [
    "an iterable",
    async function* (bytes) {
      yield* [bytes.subarray(0, 1), bytes.subarray(1)]
    },
  ],
]

describe.each(["gcs-double", "fake-gcs-server"])("put at %s", (server) => {
  let storage: Storage

  beforeEach(async (context) => {
    storage = (await (server === "gcs-double" ? openDouble(PARTS) : openFake(context, PARTS))).storage
  })

  it.each(bodies)("stores %s of every size around the size of a part", async (_, make) => {
    for (const size of [0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1, 3 * PART]) {
      const bytes = patternOf(size)
      const put = await storage.put("files", "a", make(bytes))
      expect([put.size, put.checksums]).toEqual([size, { crc32c: sumOf("crc32c", bytes), md5: sumOf("md5", bytes) }])
      const stored = await storage.get("files", "a")
      expect(stored.info).toEqual(put)
      expect(Buffer.compare(await stored.bytes(), bytes)).toBe(0)
    }
  })

  it("tells of headers and metadata what it was given, in one request and in parts", async () => {
    const headers = {
      contentType: "text/x-note; charset=utf-8",
      contentEncoding: "br",
      contentDisposition: 'attachment; filename="a b.txt"',
      contentLanguage: "de",
      cacheControl: "no-store",
      metadata: { plain: "x", blanks: "  x ", empty: "", text: "käse\r\n😀", encoded: "=?UTF-8?B?eA==?=" },
    }
    for (const size of [10, PART + 1]) {
      const put = await storage.put("files", "a", patternOf(size), headers)
      expect(put).toMatchObject(headers)
      expect(await storage.head("files", "a")).toEqual(put)
    }
    const without = await storage.put("files", "a", "x")
    expect(without.metadata).toEqual({})
    expect(Object.keys(without)).not.toContain("contentEncoding")
  })

  it.each(bodies)("stores %s with its checksum, and nothing with another one", async (_, make) => {
    for (const size of [10, 2 * PART + 1]) {
      const bytes = patternOf(size)
      await storage.put("files", "a", "old")
      for (const algorithm of ["crc32", "crc32c", "md5", "sha256"] as const) {
        const wrong = { algorithm, value: sumOf(algorithm, patternOf(size + 1)) }
        await expect(storage.put("files", "a", make(bytes), { checksum: wrong })).rejects.toThrow(
          error("INVALID_ARGUMENT", "checksum"),
        )
        expect(await textOf(storage, "a")).toBe("old")
      }
      for (const algorithm of ["crc32", "crc32c", "md5", "sha256"] as const) {
        await storage.put("files", "a", make(bytes), { checksum: { algorithm, value: sumOf(algorithm, bytes) } })
        expect((await storage.head("files", "a"))?.size).toBe(size)
      }
    }
  })

  it("keeps the old object where a body fails, early and late", async () => {
    await storage.put("files", "a", "old")
    for (const size of [10, 2 * PART]) {
      const failing = async function* () {
        yield patternOf(size)
        throw new Error("disk")
      }
      await expect(storage.put("files", "a", failing())).rejects.toThrow(error("INVALID_ARGUMENT", "body"))
      const short = storage.put("files", "a", streamOf(patternOf(size)), { size: size + 1 })
      await expect(short).rejects.toThrow(error("INVALID_ARGUMENT", "size"))
    }
    expect([await textOf(storage, "a"), await keysOf(storage)]).toEqual(["old", ["a"]])
  })

  it("rejects NOT_FOUND for a bucket that is not there, in one request and in parts", async () => {
    for (const size of [10, PART + 1]) {
      await expect(storage.put("nope", "a", patternOf(size))).rejects.toThrow(error("NOT_FOUND", "bucket"))
    }
  })

  it("tells growing numbers of bytes", async () => {
    for (const make of bodies.map(([, make]) => make)) {
      const told: number[] = []
      await storage.put("files", "a", make(patternOf(2 * PART + 5)), { onProgress: (bytes) => told.push(bytes) })
      expect(told.at(-1)).toBe(2 * PART + 5)
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
    }
  })
})

describe("put sends", () => {
  it("a body up to partBytes in one request, also a stream", async () => {
    const { double, storage } = await openDouble(PARTS)
    const before = double.requests.length
    await storage.put("files", "a", patternOf(PART))
    await storage.put("files", "a", streamOf(patternOf(PART)))
    await storage.put("files", "a", "")
    expect(told(double.requests).slice(before)).toEqual(Array(3).fill("POST multipart 200"))
  })

  it("any other in parts, the last of them with the CRC32C of the whole", async () => {
    const { double, storage } = await openDouble(PARTS)
    const before = double.requests.length
    const bytes = patternOf(2 * PART + 1)
    await storage.put("files", "a", streamOf(bytes))
    const sent = double.requests.slice(before)
    expect(told(sent)).toEqual(["POST resumable 200", "PUT session 308", "PUT session 308", "PUT session 200"])
    expect(sent.map(({ headers }) => headers["content-range"])).toEqual([
      undefined,
      `bytes 0-${PART - 1}/*`,
      `bytes ${PART}-${2 * PART - 1}/*`,
      `bytes ${2 * PART}-${2 * PART}/${2 * PART + 1}`,
    ])
    const sum = `crc32c=${sumOf("crc32c", bytes)}`
    expect(sent.map(({ headers }) => headers["x-goog-hash"])).toEqual([undefined, undefined, undefined, sum])
    expect(sent.map(({ headers }) => headers["content-type"])).toEqual([
      "application/json; charset=UTF-8",
      ...Array(3).fill(undefined),
    ])
  })

  it("the size of the whole, where it is known", async () => {
    const { double, storage } = await openDouble(PARTS)
    const announced = () => double.requests.map(({ headers }) => headers["x-upload-content-length"])
    const bytes = patternOf(PART + 1)
    await storage.put("files", "a", bytes)
    await storage.put("files", "a", streamOf(bytes))
    await storage.put("files", "a", streamOf(bytes), { size: PART + 1 })
    expect(announced().filter((size) => size === String(PART + 1))).toHaveLength(2)
  })

  it("what the server has not kept of a part again", async () => {
    const { double, storage: other } = await openDouble(PARTS)
    let left = 1
    const endpoint = await startMeddler(double.endpoint, {
      // The connection breaks in the middle of the second part.
      request: (asked) => {
        if (!asked.headers["content-range"]?.startsWith(`bytes ${4 * PART}-`) || left-- === 0) return asked
        const half = asked.body.subarray(0, 2 * PART)
        return {
          ...asked,
          body: half,
          headers: { ...asked.headers, "content-range": `bytes ${4 * PART}-${6 * PART - 1}/*` },
        }
      },
    })
    const storage = openStorage({ endpoint, partBytes: 4 * PART })
    const bytes = patternOf(9 * PART)
    await storage.put("files", "a", streamOf(bytes))
    expect(Buffer.compare(await (await other.get("files", "a")).bytes(), bytes)).toBe(0)
    expect(double.requests.map(({ headers }) => headers["content-range"])).toContain(
      `bytes ${6 * PART}-${8 * PART - 1}/*`,
    )
  })

  it("parts to its own endpoint, whatever name the server gives itself", async () => {
    const { double } = await openDouble()
    const endpoint = await startMeddler(double.endpoint, {
      answer: (answer) => {
        const { location } = answer.headers
        if (location === undefined) return answer
        return {
          ...answer,
          headers: { ...answer.headers, location: String(location).replace(/127\.0\.0\.1:\d+/, "gcs.invalid") },
        }
      },
    })
    const storage = openStorage({ endpoint, ...PARTS })
    await storage.put("files", "a", patternOf(PART + 1))
    expect((await storage.head("files", "a"))?.size).toBe(PART + 1)
  })
})

describe("a put that ends early", () => {
  it("is aborted at once with an idle body, which is cancelled, and leaves no session", async () => {
    const { double, storage } = await openDouble(PARTS)
    const controller = new AbortController()
    let cancels = 0
    const idle = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(patternOf(2 * PART)),
      cancel: () => void cancels++,
    })
    const put = storage.put("files", "a", idle, { signal: controller.signal })
    await expect.poll(() => told(double.requests).at(-1)).toBe("PUT session 308")
    const start = performance.now()
    controller.abort()
    await expect(put).rejects.toThrow(error("ABORTED"))
    await expect.poll(() => told(double.requests).at(-1)).toBe("DELETE session 499")
    expect(performance.now() - start).toBeLessThan(1000)
    expect([cancels, await keysOf(storage)]).toEqual([1, []])
  })

  it("is aborted while the server is silent", async () => {
    const { double } = await openDouble()
    for (const size of [10, PART + 1]) {
      const silent = await startMeddler(double.endpoint, { request: () => new Promise(() => {}) })
      const storage = openStorage({ endpoint: silent, ...PARTS })
      const controller = new AbortController()
      const put = storage.put("files", "a", patternOf(size), { signal: controller.signal })
      setImmediate(() => controller.abort())
      await expect(put).rejects.toThrow(error("ABORTED"))
    }
  })

  it("rejects TIMEOUT where the body gives nothing for idleTimeoutMs", async () => {
    const clock = createManualClock(Date.now())
    const { storage, double } = await openDouble({ ...PARTS, idleTimeoutMs: 5000 }, { clock })
    const idle = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(patternOf(2 * PART)) })
    const put = storage.put("files", "a", idle)
    put.catch(() => {})
    await expect.poll(() => told(double.requests).at(-1)).toBe("PUT session 308")
    await clock.advance(4000)
    await clock.advance(2000)
    await expect(put).rejects.toThrow(error("TIMEOUT"))
    await expect.poll(() => told(double.requests).at(-1)).toBe("DELETE session 499")
  })

  it("cancels the session where the body fails", async () => {
    const { double, storage } = await openDouble(PARTS)
    const failing = async function* () {
      yield patternOf(2 * PART)
      throw new Error("disk")
    }
    await expect(storage.put("files", "a", failing())).rejects.toThrow(error("INVALID_ARGUMENT", "body"))
    await expect.poll(() => told(double.requests).at(-1)).toBe("DELETE session 499")
  })
})

describe("bytes that change on their way", () => {
  const sizes = [10, PART + 1]

  it.each(sizes)("are refused by gcs-double, and the old object stays: %i", async (size) => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", "old")
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => {
        const at = asked.body.indexOf(Buffer.from([0, 1, 2, 3, 4]))
        if (at >= 0) asked.body[at] = 255
        return asked
      },
    })
    const storage = openStorage({ endpoint, ...PARTS })
    await expect(storage.put("files", "a", patternOf(size))).rejects.toThrow(error("UNAVAILABLE", "checksum"))
    expect(await textOf(other, "a")).toBe("old")
  })

  it.each(sizes)("are told of where the server checks nothing, and no object is lost: %i", async (size) => {
    const { double, storage: other } = await openDouble()
    const endpoint = await startMeddler(double.endpoint, {
      answer: (answer, { url }) =>
        url.startsWith("/upload/") && answer.body.includes("crc32c")
          ? withJson(answer, (json) => ({ ...json, crc32c: "AAAAAA==" }))
          : answer,
    })
    const storage = openStorage({ endpoint, ...PARTS })
    await other.put("files", "a", "old")
    await expect(storage.put("files", "a", patternOf(size))).rejects.toThrow(error("CORRUPT", "checksum"))
    expect(await keysOf(other)).toEqual(["a"])
    const create = storage.put("files", "b", patternOf(size), { ifNoneMatch: "*" })
    await expect(create).rejects.toThrow(error("CORRUPT", "checksum"))
    expect(await keysOf(other)).toEqual(["a"])
  })
})
