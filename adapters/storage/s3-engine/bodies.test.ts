import { createServer, type RequestListener } from "node:http"
import { type AddressInfo, createServer as createTcpServer } from "node:net"
import { Readable } from "node:stream"
import { setImmediate as nextTurn } from "node:timers/promises"
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import type { Body, PutOptions, Storage } from "../../../contracts/storage/storage.ts"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { startTcpProxy } from "../../../testing/faults/tcp-proxy.ts"
import { summing } from "../../kit/checksums.ts"
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
import { answerXml, openAt, openDouble, refuse, tell } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const MIB = 2 ** 20
const PART_BYTES = 5 * MIB
const CREATED = "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>"

/** A body that gives some bytes and then nothing more, until it is cancelled. */
function idleBody(bytes: Uint8Array) {
  const [cancel, wanted] = [vi.fn(), vi.fn()]
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        wanted()
        if (wanted.mock.calls.length > 1) return new Promise(() => {})
        controller.enqueue(bytes)
      },
      cancel,
    },
    { highWaterMark: 0 },
  )
  return { stream, cancel, isIdle: () => wanted.mock.calls.length > 1 }
}

/** Looks again and again: a server that takes what came for the whole body stores it a moment later. */
async function expectToStay(storage: Storage, bucket: string, key: string, text: string): Promise<void> {
  for (let look = 0; look < 20; look++) expect(await (await storage.get(bucket, key)).text()).toBe(text)
}

async function isEqual(storage: Storage, bucket: string, key: string, bytes: Uint8Array): Promise<boolean> {
  const object = await storage.get(bucket, key)
  return Buffer.from(await object.bytes()).equals(bytes)
}

describe("a body on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  // That of versitygw sends no stream in one request: it stores what came of one that was cut.
  const presets = ["versitygw", "aws"] as const
  const sizes: [string, number, number | undefined][] = [
    ["of few bytes", 10, undefined],
    ["of few bytes that says so", 10, 10],
    ["of known length", 3 * MIB, 3 * MIB],
    ["that fits into one part", 3 * MIB, undefined],
    ["that is exactly one part", PART_BYTES, undefined],
    ["of several parts", 3 * PART_BYTES + 1, undefined],
    ["that is over the most of one request", 13 * MIB, 13 * MIB],
  ]
  it.each(sizes)("%s comes back, as a stream, and leaves no upload", async (_, length, size) => {
    for (const preset of presets) {
      const { bucket, storage } = await openBucket({ preset, partBytes: PART_BYTES, singleBytes: 12 * MIB })
      const bytes = bytesOf(length)
      const seen: number[] = []
      const onProgress = (count: number) => void seen.push(count)
      expect(await storage.put(bucket, "a", inPieces(bytes), { size, onProgress })).toMatchObject({ size: length })
      expect(seen.at(-1)).toBe(length)
      expect(await isEqual(storage, bucket, "a", bytes)).toBe(true)
      expect(await countUploads(bucket)).toBe(0)
    }
  })

  it.each([0, 10, 100_000, 13 * MIB])("of %d bytes at hand comes back", async (length) => {
    const { bucket, storage } = await openBucket()
    const bytes = bytesOf(length)
    await storage.put(bucket, "a", bytes)
    expect(await isEqual(storage, bucket, "a", bytes)).toBe(true)
  })

  it("whose pieces are filled again is stored as it was given", async () => {
    const { bucket, storage } = await openBucket({ preset: "aws", partBytes: PART_BYTES })
    async function* reusing() {
      const piece = new Uint8Array(100_000)
      for (let round = 1; round <= 70; round++) yield piece.fill(round)
    }
    const whole = Buffer.concat(Array.from({ length: 70 }, (_, index) => Buffer.alloc(100_000, index + 1)))
    for (const size of [undefined, whole.length]) {
      await storage.put(bucket, "a", reusing(), { size })
      expect(await isEqual(storage, bucket, "a", whole)).toBe(true)
    }
  })

  it.each(presets)("that has fewer or more bytes than it says leaves the old object, as of %s", async (preset) => {
    const { bucket, storage } = await openBucket({ preset })
    await storage.put(bucket, "a", "old")
    for (const length of [199_999, 200_001, 400_000]) {
      const put = storage.put(bucket, "a", inPieces(bytesOf(length)), { size: 200_000 })
      await expect(put).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "size" } })
      await expectToStay(storage, bucket, "a", "old")
    }
  })

  const idle: [string, PutOptions, number, "aws" | "versitygw"][] = [
    ["of known length", { size: 10 * MIB }, MIB, "versitygw"],
    ["of known length, in one request", { size: 10 * MIB }, MIB, "aws"],
    ["of unknown length", {}, MIB, "aws"],
    ["that is sent in parts", {}, PART_BYTES + 1, "aws"],
  ]
  it.each(idle)(
    "%s that is aborted while it is idle rejects at once and leaves the old object",
    async (_, options, length, preset) => {
      const { bucket, storage } = await openBucket({ preset, partBytes: PART_BYTES, idleTimeoutMs: 120_000 })
      await storage.put(bucket, "a", "old")
      const times: number[] = []
      // A busy machine may be slow once.
      do {
        const { cancel, isIdle, stream } = idleBody(bytesOf(length))
        const controller = new AbortController()
        const put = storage.put(bucket, "a", stream, { ...options, signal: controller.signal }).catch((error) => error)
        await expect.poll(isIdle).toBe(true)
        await expect.poll(() => countUploads(bucket)).toBe(length > PART_BYTES ? 1 : 0)
        const begun = performance.now()
        controller.abort()
        expect(await put).toMatchObject({ code: "ABORTED" })
        await expect.poll(() => countUploads(bucket)).toBe(0)
        times.push(performance.now() - begun)
        expect(cancel).toHaveBeenCalledTimes(1)
      } while (Math.min(...times) >= 1000 && times.length < 5)
      expect(Math.min(...times)).toBeLessThan(1000)
      await expectToStay(storage, bucket, "a", "old")
    },
  )

  it("that is sent in parts leaves no upload where it fails", async () => {
    const { bucket, storage } = await openBucket({ partBytes: PART_BYTES })
    async function* failing() {
      yield bytesOf(PART_BYTES + 1)
      throw new Error("the source is broken")
    }
    const put = storage.put(bucket, "a", failing())
    await expect(put).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "body" } })
    await expect.poll(() => countUploads(bucket)).toBe(0)
    expect(await storage.getMetrics()).toEqual({ uploads_orphaned: 0 })
  })

  it("that is sent in parts sends only that part again whose answer was lost", async () => {
    const { port } = await versitygw()
    const proxy = await startCuttingProxy(port)
    onTestFinished(() => proxy.close())
    const { bucket, storage: direct } = await openBucket()
    const storage = await openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, partBytes: PART_BYTES })
    proxy.cutAt(`PUT /${bucket}/a?partNumber=2`, "after")
    const bytes = bytesOf(3 * PART_BYTES)
    await storage.put(bucket, "a", inPieces(bytes))
    expect(proxy.cuts).toBe(1)
    expect(await isEqual(direct, bucket, "a", bytes)).toBe(true)
  })

  it.each(["crc32", "crc32c", "sha256", "md5"] as const)(
    "with a wrong %s is refused by the server, and leaves the old object",
    async (algorithm) => {
      const { bucket, storage } = await openBucket({ preset: "aws", partBytes: PART_BYTES })
      await storage.put(bucket, "a", "old")
      const length = { crc32: 4, crc32c: 4, sha256: 32, md5: 16 }[algorithm]
      const checksum = { algorithm, value: Buffer.alloc(length, 1).toString("base64") }
      const bodies: [Body, number | undefined][] = [
        [bytesOf(10), undefined],
        [bytesOf(100_000), undefined],
        [inPieces(bytesOf(100_000)), 100_000],
        [inPieces(bytesOf(100_000)), undefined],
        [inPieces(bytesOf(6 * MIB)), undefined],
      ]
      for (const [body, size] of bodies) {
        const put = storage.put(bucket, "a", body, { checksum, size })
        await expect(put).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "checksum" } })
      }
      expect(await (await storage.get(bucket, "a")).text()).toBe("old")
      await expect.poll(() => countUploads(bucket)).toBe(0)
    },
  )

  it("is stored without the encoding in which it might have been sent", async () => {
    const { bucket, storage } = await openBucket({ preset: "aws" })
    const bytes = bytesOf(100_000)
    const sums = ["crc32", "crc32c", "sha256", "md5"] as const
    for (const algorithm of sums) {
      const sum = summing(algorithm)
      sum.update(bytes)
      const checksum = { algorithm, value: sum.digest() }
      const info = await storage.put(bucket, algorithm, inPieces(bytes), { size: bytes.length, checksum })
      const { url } = await storage.presign(bucket, algorithm, { method: "HEAD", expiresIn: 60 })
      expect((await fetch(url, { method: "HEAD" })).headers.get("content-encoding")).toBeNull()
      if (algorithm !== "md5") expect(info.checksums[algorithm]).toBe(checksum.value)
      expect((await storage.head(bucket, algorithm))?.checksums).toEqual(info.checksums)
    }
  })

  it("does not move while its line is silent, and rejects TIMEOUT", async () => {
    const { port } = await versitygw()
    const proxy = await startTcpProxy({ port })
    onTestFinished(() => proxy.close())
    const { bucket } = await openBucket()
    const storage = await openStorage({
      endpoint: `http://127.0.0.1:${proxy.port}`,
      preset: "aws",
      idleTimeoutMs: 300,
      timeoutMs: 300,
    })
    proxy.blackHole()
    for (const body of [inPieces(bytesOf(4 * MIB)), bytesOf(4 * MIB), "small"]) {
      const size = typeof body === "string" || body instanceof Uint8Array ? undefined : 4 * MIB
      await expect(storage.put(bucket, "a", body, { size })).rejects.toMatchObject({ code: "TIMEOUT" })
    }
  })
})

describe("a body", () => {
  it("is answered before it was sent, and cancelled once", async () => {
    const cancel = vi.fn()
    const storage = await openRaw((_, response) => refuse(response, 403, "AccessDenied"))
    let given = 0
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await nextTurn()
        controller.enqueue(new Uint8Array(65_536))
        given += 65_536
      },
      cancel,
    })
    await expect(storage.put("bucket", "a", stream, { size: 500 * MIB })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    })
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(given).toBeLessThan(100 * MIB)
  })

  const unsized: [string, Uint8Array, PutOptions][] = [
    ["of unknown length", new Uint8Array(0), {}],
    ["of unknown length, in its middle", bytesOf(10), {}],
    ["of few bytes", bytesOf(10), { size: 20 }],
    ["that is sent in parts", bytesOf(PART_BYTES + 1), {}],
  ]
  it.each(unsized)("%s that gives nothing more rejects TIMEOUT, and is cancelled once", async (_, bytes, options) => {
    const { storage } = await openDouble(
      ({ method }, response) => (method === "POST" ? answerXml(response, CREATED) : tell(response)),
      { idleTimeoutMs: 100, partBytes: PART_BYTES },
    )
    const { cancel, stream } = idleBody(bytes)
    const put = storage.put("bucket", "a", stream, options)
    await expect(put).rejects.toMatchObject({ code: "TIMEOUT", message: expect.stringContaining("100 ms") })
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it("of a part that gives nothing more rejects TIMEOUT, and is cancelled once", async () => {
    const { storage } = await openDouble((_, response) => answerXml(response, CREATED), { idleTimeoutMs: 100 })
    const upload = await storage.createUpload("bucket", "a")
    const { cancel, stream } = idleBody(bytesOf(10))
    await expect(upload.uploadPart(1, stream)).rejects.toMatchObject({ code: "TIMEOUT" })
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it("that is lost on its way was never stored, with a condition too", async () => {
    let requests = 0
    const storage = await openRaw((request) => {
      requests++
      request.once("data", () => request.socket.destroy())
    })
    for (const options of [{}, { ifNoneMatch: "*" } as const]) {
      const put = storage.put("bucket", "a", inPieces(bytesOf(50 * MIB)), { size: 50 * MIB, ...options })
      await expect(put).rejects.toMatchObject({ code: "UNAVAILABLE" })
    }
    expect(requests).toBe(2)
  })

  it("that is aborted unanswered is ended by a reset, also where all of it was handed to the connection", async () => {
    let came = 0
    let end: (how: unknown) => void = () => {}
    const ended = new Promise((resolve) => {
      end = resolve
    })
    const server = createTcpServer((socket) => {
      socket.on("data", (bytes) => {
        came += bytes.length
      })
      socket.on("end", () => end("a regular end")).on("error", ({ code }: NodeJS.ErrnoException) => end(code))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void server.close())
    const storage = openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const controller = new AbortController()
    const options = { size: 200_000, signal: controller.signal }
    const put = storage.put("bucket", "a", inPieces(bytesOf(200_000)), options).catch((error) => error)
    await expect.poll(() => came).toBeGreaterThan(200_000)
    controller.abort()
    expect(await put).toMatchObject({ code: "ABORTED" })
    expect(await ended).toBe("ECONNRESET")
  })

  it("of 3 MiB is sent at once, though nobody says 100 Continue", async () => {
    const { double, storage } = await openDouble((_, response) => tell(response))
    const begun = performance.now()
    await storage.put("bucket", "a", bytesOf(3 * MIB))
    // The SDK waits 6 s for it.
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(double.requests[0]?.headers).not.toHaveProperty("expect")
  })

  it("of no byte is sent as bytes", async () => {
    const warn = vi.spyOn(console, "warn")
    onTestFinished(() => warn.mockRestore())
    const { double, storage } = await openDouble((_, response) => tell(response))
    for (const body of ["", new Uint8Array(0), new Blob([]), Readable.from([]), inPieces(new Uint8Array(0))]) {
      await storage.put("bucket", "a", body)
    }
    const lengths = double.requests.map(({ headers }) => headers["content-length"])
    expect(lengths).toEqual(["0", "0", "0", "0", "0"])
    expect(warn).not.toHaveBeenCalled()
  })

  it("of bytes is sent again where the server is in trouble, with the hash that it is signed with", async () => {
    const { double, storage } = await openDouble(({ index }, response) => {
      if (index === 0) refuse(response, 503, "SlowDown")
      else if (index === 1) response.destroy()
      else tell(response)
    })
    await storage.put("bucket", "a", bytesOf(MIB))
    const hashes = double.requests.map(({ headers }) => headers["x-amz-content-sha256"])
    expect(hashes).toHaveLength(3)
    expect(new Set(hashes)).toEqual(new Set([hashes[0]]))
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(double.requests.map(({ body }) => body.length)).toEqual([MIB, MIB, MIB])
  })

  it.each([
    ["versitygw", /^[0-9a-f]{64}$/],
    ["aws", /^UNSIGNED-PAYLOAD$/],
  ] as const)("that is a stream is signed as %s needs it", async (preset, hash) => {
    const { double, storage } = await openDouble((_, response) => tell(response), { preset })
    await storage.put("bucket", "a", inPieces(bytesOf(100_000)), { size: 100_000 })
    expect(double.requests.map(({ headers }) => headers["x-amz-content-sha256"])).toEqual([expect.stringMatching(hash)])
  })

  it("that is a stream is not sent again", async () => {
    const { double, storage } = await openDouble((_, response) => refuse(response, 503, "ServiceUnavailable"))
    const put = storage.put("bucket", "a", inPieces(bytesOf(100_000)), { size: 100_000 })
    await expect(put).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(double.requests).toHaveLength(1)
  })

  it("is counted as an orphan where its upload cannot be dropped", async () => {
    const { storage } = await openDouble(({ method, url }, response) => {
      if (method === "POST" && url.includes("uploads")) {
        answerXml(response, CREATED)
      } else refuse(response, 403, "AccessDenied")
    })
    const put = storage.put("bucket", "a", inPieces(bytesOf(9 * MIB)))
    await expect(put).rejects.toMatchObject({ code: "PERMISSION_DENIED" })
    await expect.poll(() => storage.getMetrics()).toEqual({ uploads_orphaned: 1 })
  })
})

/** A storage on a server that reads no body of its own accord. */
async function openRaw(answer: RequestListener): Promise<Storage> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}
