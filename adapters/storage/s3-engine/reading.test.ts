import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { startTcpProxy } from "../../../testing/faults/tcp-proxy.ts"
import { bytesOf, openBucket, openStorage, stopVersitygw, versitygw } from "./open-storage.fixture.ts"
import { openDouble, refuse, tell } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const MIB = 2 ** 20
const PROTOCOL = { code: "UNAVAILABLE", details: { reason: "protocol" } }

async function openProxied(options: { idleTimeoutMs?: number } = {}) {
  const proxy = await startTcpProxy({ port: (await versitygw()).port })
  onTestFinished(() => proxy.close())
  const { bucket, storage: direct } = await openBucket()
  const storage = await openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, ...options })
  return { bucket, direct, proxy, storage }
}

describe("get on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("gives the range that was asked for, of small objects and of large ones", async () => {
    const { bucket, storage } = await openBucket()
    for (const length of [10, 500_000]) {
      const bytes = bytesOf(length)
      await storage.put(bucket, "a", bytes)
      const read = async (range: { start?: number; end?: number; suffix?: number }) => {
        const object = await storage.get(bucket, "a", { range })
        expect(object.info.size).toBe(length)
        return [object.range, Buffer.from(await object.bytes()).toString("hex")]
      }
      const hex = (start: number, end: number) => Buffer.from(bytes.subarray(start, end + 1)).toString("hex")
      expect(await read({ start: 2, end: 5 })).toEqual([{ start: 2, end: 5 }, hex(2, 5)])
      expect(await read({ start: 3 })).toEqual([{ start: 3, end: length - 1 }, hex(3, length - 1)])
      expect(await read({ suffix: 4 })).toEqual([{ start: length - 4, end: length - 1 }, hex(length - 4, length - 1)])
      expect(await read({ suffix: length + 9 })).toEqual([{ start: 0, end: length - 1 }, hex(0, length - 1)])
      expect(await read({ end: length + 9 })).toEqual([{ start: 0, end: length - 1 }, hex(0, length - 1)])
      const beyond = storage.get(bucket, "a", { range: { start: length } })
      await expect(beyond).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        details: { reason: "range", size: length },
      })
    }
  })

  it("of an empty object has no byte to begin at, and an empty end", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "a", "")
    const object = await storage.get(bucket, "a", { range: { suffix: 3 } })
    expect([object.range, await object.text()]).toEqual([undefined, ""])
    const refused = storage.get(bucket, "a", { range: { start: 0 } })
    await expect(refused).rejects.toMatchObject({ details: { reason: "range", size: 0 } })
  })

  it("keeps apart what has changed and what has not", async () => {
    const { bucket, storage } = await openBucket()
    const { etag } = await storage.put(bucket, "a", "one")
    expect(await (await storage.get(bucket, "a", { ifMatch: etag })).text()).toBe("one")
    expect(await (await storage.get(bucket, "a", { ifNoneMatch: "another" })).text()).toBe("one")
    const changed = storage.get(bucket, "a", { ifMatch: "another" })
    await expect(changed).rejects.toMatchObject({ code: "PRECONDITION_FAILED", details: { reason: "changed" } })
    const same = storage.get(bucket, "a", { ifNoneMatch: etag })
    await expect(same).rejects.toMatchObject({ code: "PRECONDITION_FAILED", details: { reason: "not-modified" } })
  })

  it("of many objects that nobody reads keeps no other call from its answer", async () => {
    const { bucket, storage } = await openBucket()
    await storage.put(bucket, "large", bytesOf(MIB))
    await storage.put(bucket, "small", "text")
    const unread = await Promise.all(Array.from({ length: 200 }, () => storage.get(bucket, "large")))
    expect(await (await storage.get(bucket, "small")).text()).toBe("text")
    await storage.put(bucket, "small", "more")
    await Promise.all(unread.map((object) => object.cancel()))
  })

  it("of an object that is cut on its way rejects, and does not end early", async () => {
    const { bucket, direct, proxy, storage } = await openProxied()
    await direct.put(bucket, "a", bytesOf(4 * MIB))
    for (const read of ["bytes", "stream"] as const) {
      proxy.cutAfter(MIB)
      const object = await storage.get(bucket, "a")
      const reading = read === "bytes" ? object.bytes() : new Response(object.stream()).arrayBuffer()
      await expect(reading).rejects.toMatchObject({ code: "UNAVAILABLE" })
      proxy.heal()
    }
  })

  it("of a small object that is cut on its way is made again", async () => {
    const { bucket, direct, proxy, storage } = await openProxied()
    await direct.put(bucket, "a", bytesOf(60_000))
    proxy.cutAfter(20_000)
    const object = await storage.get(bucket, "a")
    expect((await object.bytes()).length).toBe(60_000)
  })

  it("of an object whose rest does not come rejects TIMEOUT", async () => {
    const { bucket, direct, proxy, storage } = await openProxied({ idleTimeoutMs: 300 })
    await direct.put(bucket, "a", bytesOf(20 * MIB))
    const object = await storage.get(bucket, "a")
    proxy.blackHole()
    await expect(object.bytes()).rejects.toMatchObject({ code: "TIMEOUT" })
  })

  it("ends at its signal, before the answer and after it", async () => {
    const { bucket, direct, proxy, storage } = await openProxied()
    await direct.put(bucket, "a", bytesOf(4 * MIB))
    const controller = new AbortController()
    const object = await storage.get(bucket, "a", { signal: controller.signal })
    controller.abort()
    await expect(object.bytes()).rejects.toMatchObject({ code: "ABORTED" })
    await expect.poll(() => proxy.connections).toBe(0)
    proxy.blackHole()
    const late = new AbortController()
    const get = storage.get(bucket, "a", { signal: late.signal })
    late.abort()
    await expect(get).rejects.toMatchObject({ code: "ABORTED" })
  })

  it("releases its connection when it is cancelled, and when the storage is closed", async () => {
    const { bucket, direct, proxy, storage } = await openProxied()
    await direct.put(bucket, "a", bytesOf(4 * MIB))
    await (await storage.get(bucket, "a")).cancel()
    await expect.poll(() => proxy.connections).toBe(0)
    const unread = await storage.get(bucket, "a")
    await storage.close()
    await expect.poll(() => proxy.connections).toBe(0)
    await expect(unread.bytes()).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("tells what is missing, a bucket or an object", async () => {
    const { bucket, storage } = await openBucket()
    const refs = [
      [bucket, "object"],
      ["no-bucket", "bucket"],
    ] as const
    for (const [name, reason] of refs) {
      await expect(storage.get(name, "a")).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason } })
      const copy = storage.copy({ bucket: name, key: "a" }, { bucket, key: "b" })
      await expect(copy).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason } })
      expect(await storage.head(name, "a")).toBeUndefined()
    }
  })
})

describe("get", () => {
  const objects = (headers: Record<string, string | number>, body = "hello") =>
    openDouble((_, response) => {
      const all = { etag: '"etag"', "last-modified": "Mon, 30 Nov 2026 08:00:00 GMT", "content-length": body.length }
      response.writeHead("content-range" in headers ? 206 : 200, { ...all, ...headers }).end(body)
    })

  it("never hands the whole of an object out as a range of it", async () => {
    const { storage } = await objects({})
    await expect(storage.get("bucket", "a", { range: { start: 1, end: 2 } })).rejects.toMatchObject(PROTOCOL)
    const whole = await storage.get("bucket", "a", { range: { start: 0, end: 99 } })
    expect([whole.range, await whole.text()]).toEqual([{ start: 0, end: 4 }, "hello"])
  })

  it.each([
    ["other bytes than were asked for", { "content-range": "bytes 0-4/9" }],
    ["fewer bytes than it says", { "content-range": "bytes 1-6/9" }],
    ["no ETag", { etag: "" }],
    ["no time", { "last-modified": "" }],
  ])("takes no answer that has %s", async (_, headers) => {
    const { storage } = await objects(headers)
    const range = "content-range" in headers ? { start: 1, end: 6 } : undefined
    await expect(storage.get("bucket", "a", { range })).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it("finds out a server that looks at no condition", async () => {
    const { storage } = await objects({})
    await expect(storage.get("bucket", "a", { ifMatch: "another" })).rejects.toMatchObject({
      details: { reason: "changed" },
    })
    await expect(storage.get("bucket", "a", { ifNoneMatch: "etag" })).rejects.toMatchObject({
      details: { reason: "not-modified" },
    })
  })

  it("rejects CORRUPT for bytes that are not those that were stored, where all of them are read", async () => {
    const { double, storage } = await objects({ "x-amz-checksum-crc32": "AAAAAA==" })
    await expect((await storage.get("bucket", "a")).bytes()).rejects.toMatchObject({ code: "CORRUPT" })
    expect(double.requests[0]?.headers["x-amz-checksum-mode"]).toBe("ENABLED")
  })

  it.each([
    ["of a list of parts", { "x-amz-checksum-crc32": "AAAAAA==-2" }],
    ["that is composed", { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-type": "COMPOSITE" }],
    ["of a range", { "x-amz-checksum-crc32": "AAAAAA==", "content-range": "bytes 0-4/9" }],
  ])("looks at no checksum %s", async (_, headers) => {
    const { double, storage } = await objects(headers)
    const range = "content-range" in headers ? { start: 0, end: 4 } : undefined
    const object = await storage.get("bucket", "a", { range })
    expect(await object.text()).toBe("hello")
    if (range !== undefined) expect(double.requests[0]?.headers).not.toHaveProperty("x-amz-checksum-mode")
  })

  it("asks for no checksum where the server promises none", async () => {
    const { double, storage } = await openDouble((_, response) => tell(response, { "content-length": 0 }), {
      preset: "custom",
    })
    await storage.get("bucket", "a")
    await storage.head("bucket", "a")
    for (const { headers } of double.requests) expect(headers).not.toHaveProperty("x-amz-checksum-mode")
  })

  it("gives an object that is a page", async () => {
    const { storage } = await objects({ "content-type": "text/html" }, "<html>")
    expect(await (await storage.get("bucket", "a")).text()).toBe("<html>")
  })

  it("looks at the bucket where the server does not say what is missing", async () => {
    for (const [status, reason] of [
      [200, "object"],
      [404, "bucket"],
    ] as const) {
      const { double, storage } = await openDouble(({ method }, response) => {
        if (method === "GET") refuse(response, 404, "")
        else response.writeHead(status).end()
      })
      await expect(storage.get("bucket", "a")).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason } })
      expect(double.requests.map(({ method }) => method)).toEqual(["GET", "HEAD"])
    }
  })

  it("gives an object up that nobody reads, after the idle time", async () => {
    const clock = createManualClock()
    const { storage } = await openDouble(
      (_, response) => {
        const headers = { etag: '"etag"', "last-modified": "Mon, 30 Nov 2026 08:00:00 GMT", "content-length": 100_000 }
        response.writeHead(200, headers).write("beginning")
      },
      { context: { clock }, idleTimeoutMs: 5000 },
    )
    const unread = await storage.get("bucket", "a")
    await clock.advance(5001)
    await expect(unread.bytes()).rejects.toMatchObject({ code: "TIMEOUT" })
  })
})
