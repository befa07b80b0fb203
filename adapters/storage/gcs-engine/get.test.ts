import { gzipSync } from "node:zlib"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { RangeOptions, Storage } from "../../../contracts/storage/storage.ts"
import { startTcpProxy, type TcpProxy } from "../../../testing/faults/tcp-proxy.ts"
import { startMeddler } from "./meddler.fixture.ts"
import { openDouble, openFake, openStorage, patternOf, textOf, told } from "./open-gcs.fixture.ts"

/** Over what is read at once. */
const LARGE = 1_000_000

const error = (code: string, details?: object) =>
  expect.objectContaining({ code, ...(details !== undefined && { details: expect.objectContaining(details) }) })

async function openProxy(idleTimeoutMs = 30_000): Promise<{ proxy: TcpProxy; storage: Storage; other: Storage }> {
  const { double, storage: other } = await openDouble()
  const proxy = await startTcpProxy({ port: double.port })
  onTestFinished(() => proxy.close())
  return { proxy, other, storage: openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, idleTimeoutMs }) }
}

describe.each(["gcs-double", "fake-gcs-server"])("get at %s", (server) => {
  let storage: Storage

  beforeEach(async (context) => {
    storage = (await (server === "gcs-double" ? openDouble() : openFake(context))).storage
  })

  it.each<[RangeOptions, [number, number]]>([
    [{ start: 0, end: 4 }, [0, 4]],
    [{ start: 3 }, [3, 9]],
    [{ end: 2 }, [0, 2]],
    [{ start: 9, end: 9 }, [9, 9]],
    [{ start: 2, end: 100 }, [2, 9]],
    [{ suffix: 3 }, [7, 9]],
    [{ suffix: 100 }, [0, 9]],
  ])("gives the bytes of %j", async (range, [start, end]) => {
    await storage.put("files", "a", "0123456789")
    const object = await storage.get("files", "a", { range })
    expect(object.range).toEqual({ start, end })
    expect(object.info.size).toBe(10)
    expect(await object.text()).toBe("0123456789".slice(start, end + 1))
  })

  it("rejects a range behind the object, with its size, and gives nothing of an empty suffix", async () => {
    await storage.put("files", "a", "0123456789")
    await storage.put("files", "empty", "")
    await expect(storage.get("files", "a", { range: { start: 10 } })).rejects.toThrow(
      error("INVALID_ARGUMENT", { reason: "range", size: 10 }),
    )
    await expect(storage.get("files", "empty", { range: { start: 0 } })).rejects.toThrow(
      error("INVALID_ARGUMENT", { reason: "range", size: 0 }),
    )
    const object = await storage.get("files", "empty", { range: { suffix: 5 } })
    expect([object.range, await object.text()]).toEqual([undefined, ""])
  })

  it("gives what was stored as gzip as it is, whole and in ranges", async () => {
    const zipped = gzipSync("hello ".repeat(100))
    const put = await storage.put("files", "a", zipped, { contentEncoding: "gzip", contentType: "text/plain" })
    const stored = await storage.get("files", "a")
    expect([put.size, stored.info.size, stored.info.contentEncoding]).toEqual([zipped.length, zipped.length, "gzip"])
    expect(Buffer.compare(await stored.bytes(), zipped)).toBe(0)
    const part = await storage.get("files", "a", { range: { start: 0, end: 4 } })
    expect(Buffer.compare(await part.bytes(), zipped.subarray(0, 5))).toBe(0)
  })

  it("tells a bucket that is not there from an object that is not", async () => {
    await expect(storage.get("files", "a")).rejects.toThrow(error("NOT_FOUND", { reason: "object" }))
    await expect(storage.get("nope", "a")).rejects.toThrow(error("NOT_FOUND", { reason: "bucket" }))
    expect([await storage.head("files", "a"), await storage.head("nope", "a")]).toEqual([undefined, undefined])
  })

  it("keeps many that nobody reads, and works on", async () => {
    await storage.put("files", "large", patternOf(LARGE))
    const opened = await Promise.all(Array.from({ length: 60 }, () => storage.get("files", "large")))
    await storage.put("files", "large", "new")
    expect(await textOf(storage, "large")).toBe("new")
    for (const object of opened.slice(1)) await object.cancel()
    expect(Buffer.compare((await opened[0]?.bytes()) ?? new Uint8Array(), patternOf(LARGE))).toBe(0)
  })

  it("reads a large object in pieces", async () => {
    await storage.put("files", "large", patternOf(5 * LARGE))
    const pieces: Uint8Array[] = []
    for await (const piece of (await storage.get("files", "large")).stream()) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.every((piece) => piece.constructor === Uint8Array)).toBe(true)
    expect(Buffer.compare(Buffer.concat(pieces), patternOf(5 * LARGE))).toBe(0)
  })
})

describe("get asks", () => {
  it("for just the generation that it has looked at, and an empty object for none", async () => {
    const { double, storage } = await openDouble()
    const { etag } = await storage.put("files", "a", "x")
    await storage.put("files", "empty", "")
    const before = double.requests.length
    await textOf(storage, "a")
    await textOf(storage, "empty")
    expect(told(double.requests).slice(before)).toEqual(["GET object 200", "GET media 200", "GET object 200"])
    expect(double.requests[before + 1]?.url).toContain(`generation=${etag}`)
  })

  it("again where the object was replaced meanwhile, so that infos and bytes belong together", async () => {
    const { double, storage: other } = await openDouble()
    let left = 2
    const endpoint = await startMeddler(double.endpoint, {
      request: async (asked) => {
        if (asked.url.includes("alt=media") && left-- > 0) await other.put("files", "a", `${left}`.repeat(left + 3))
        return asked
      },
    })
    await other.put("files", "a", "old")
    const object = await openStorage({ endpoint }).get("files", "a")
    expect([object.info.size, await object.text()]).toEqual([3, "000"])
    left = 100
    await expect(openStorage({ endpoint }).get("files", "a")).rejects.toThrow(error("UNAVAILABLE"))
  })
})

describe("bytes that are not those of the object", () => {
  it.each([10, LARGE])("reject CORRUPT when all of %i are read", async (size) => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", patternOf(size))
    const endpoint = await startMeddler(double.endpoint, {
      answer: (answer, { url }) => {
        if (url.includes("alt=media")) answer.body[3] = 255
        return answer
      },
    })
    const storage = openStorage({ endpoint })
    await expect((await storage.get("files", "a")).bytes()).rejects.toThrow(error("CORRUPT"))
    await expect((await storage.get("files", "a")).text()).rejects.toThrow(error("CORRUPT"))
    const drained = new Response((await storage.get("files", "a")).stream() as ReadableStream<Uint8Array<ArrayBuffer>>)
    await expect(drained.arrayBuffer()).rejects.toThrow(error("CORRUPT"))
    expect(await (await storage.get("files", "a", { range: { start: 4 } })).bytes()).toHaveLength(size - 4)
  })

  it.each([10, LARGE])("of a server that takes no notice of ranges are never given: %i", async (size) => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", patternOf(size))
    const endpoint = await startMeddler(double.endpoint, {
      request: ({ headers: { range: _, ...headers }, ...asked }) => ({ ...asked, headers }),
    })
    const storage = openStorage({ endpoint })
    for (const range of [{ start: 0, end: 4 }, { suffix: 2 }, { start: 1 }]) {
      await expect(storage.get("files", "a", { range })).rejects.toThrow(error("UNAVAILABLE", { reason: "protocol" }))
    }
    expect(await (await storage.get("files", "a")).bytes()).toHaveLength(size)
  })

  it("of another range, or of all without a length, are never given for a range", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", patternOf(LARGE))
    const range = { start: 0, end: 4 }
    const shifted = await startMeddler(double.endpoint, {
      answer: ({ headers, ...answer }, { url }) =>
        url.includes("alt=media")
          ? { ...answer, headers: { ...headers, "content-range": `bytes 1-5/${LARGE}` } }
          : { ...answer, headers },
    })
    const whole = await startMeddler(double.endpoint, {
      // Five bytes, as were asked for, but not those.
      answer: (answer, { url }) => (url.includes("alt=media") ? { ...answer, status: 200 } : answer),
    })
    for (const endpoint of [shifted, whole]) {
      await expect(openStorage({ endpoint }).get("files", "a", { range })).rejects.toThrow(
        error("UNAVAILABLE", { reason: "protocol" }),
      )
    }
  })

  it("that a server has decoded are never given", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", gzipSync(patternOf(LARGE)), { contentEncoding: "gzip" })
    const endpoint = await startMeddler(double.endpoint, {
      request: ({ headers: { "accept-encoding": _, ...headers }, ...asked }) => ({ ...asked, headers }),
    })
    await expect(openStorage({ endpoint }).get("files", "a")).rejects.toThrow(
      error("UNAVAILABLE", { reason: "protocol" }),
    )
  })

  it("of another generation are never given, though a server looks for none", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", "one")
    const endpoint = await startMeddler(double.endpoint, {
      request: async (asked) => {
        if (asked.url.includes("alt=media")) await other.put("files", "a", "two")
        return { ...asked, url: asked.url.replace(/generation=\d+/, "") }
      },
    })
    await expect(openStorage({ endpoint }).get("files", "a")).rejects.toThrow(error("UNAVAILABLE"))
  })
})

describe("a line that fails", () => {
  it("is tried again for a small object", async () => {
    const { other, proxy, storage } = await openProxy()
    await other.put("files", "a", patternOf(60_000))
    await storage.head("files", "a")
    proxy.cutAfter(20_000)
    expect(await (await storage.get("files", "a")).bytes()).toHaveLength(60_000)
  })

  it.each(["bytes", "text", "stream"] as const)("rejects UNAVAILABLE in the middle of a large one: %s", async (way) => {
    const { other, proxy, storage } = await openProxy()
    await other.put("files", "a", patternOf(10 * LARGE))
    proxy.cutAfter(3 * LARGE)
    const object = await storage.get("files", "a")
    const read = async () => {
      if (way !== "stream") return object[way]()
      for await (const _ of object.stream());
    }
    await expect(read()).rejects.toThrow(error("UNAVAILABLE"))
    expect(await storage.head("files", "a")).toBeDefined()
  })

  it("rejects TIMEOUT where the rest does not come", async () => {
    const { other, proxy, storage } = await openProxy(300)
    await other.put("files", "a", patternOf(10 * LARGE))
    const object = await storage.get("files", "a")
    const reader = object.stream().getReader()
    await reader.read()
    proxy.blackHole()
    const drained = (async () => {
      while (!(await reader.read()).done);
    })()
    await expect(drained).rejects.toThrow(error("TIMEOUT"))
  })

  it("ends with ABORTED at the signal, before and while bytes come", async () => {
    const { other, proxy, storage } = await openProxy()
    await other.put("files", "a", patternOf(10 * LARGE))
    const aborted = AbortSignal.abort()
    await expect(storage.get("files", "a", { signal: aborted })).rejects.toThrow(error("ABORTED"))
    const controller = new AbortController()
    const object = await storage.get("files", "a", { signal: controller.signal })
    proxy.blackHole()
    const bytes = object.bytes()
    controller.abort()
    await expect(bytes).rejects.toThrow(error("ABORTED"))
    const silent = new AbortController()
    const get = storage.get("files", "a", { signal: silent.signal })
    setImmediate(() => silent.abort())
    await expect(get).rejects.toThrow(error("ABORTED"))
  })
})

describe("an object that nobody reads", () => {
  it("is released by cancel, and after idleTimeoutMs", async () => {
    const clock = createManualClock(Date.now())
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", patternOf(10 * LARGE))
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, idleTimeoutMs: 1000 }, { clock })
    const cancelled = await storage.get("files", "a")
    const left = await storage.get("files", "a")
    await cancelled.cancel()
    await clock.advance(1001)
    await expect.poll(() => proxy.connections).toBe(0)
    await expect(left.bytes()).rejects.toThrow(error("TIMEOUT"))
  })

  it("uses its connection again where it was read to its end", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", patternOf(LARGE))
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}` })
    for (let round = 0; round < 5; round++) await (await storage.get("files", "a")).bytes()
    expect(proxy.connections).toBe(1)
  })
})
