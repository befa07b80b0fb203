import { createServer } from "node:http"
import { describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { startTcpProxy } from "../../../testing/faults/tcp-proxy.ts"
import { readRefusal, refusalError } from "./errors.ts"
import { startMeddler } from "./meddler.fixture.ts"
import { openDouble, openStorage, patternOf } from "./open-gcs.fixture.ts"

const error = (code: string, details?: object) =>
  expect.objectContaining({ code, ...(details !== undefined && { details: expect.objectContaining(details) }) })

/** Every method that asks the store. */
const calls: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  createBucket: (storage) => storage.createBucket("files"),
  listBuckets: (storage) => storage.listBuckets(),
  deleteBucket: (storage) => storage.deleteBucket("files"),
  "deleteBucket with force": (storage) => storage.deleteBucket("files", { force: true }),
  put: (storage) => storage.put("files", "a", "x"),
  "put in parts": (storage) => storage.put("files", "a", patternOf(300_000)),
  get: (storage) => storage.get("files", "a"),
  head: (storage) => storage.head("files", "a"),
  delete: (storage) => storage.delete("files", "a"),
  deleteMany: (storage) => storage.deleteMany("files", ["a", "b"]),
  list: (storage) => storage.list("files"),
  copy: (storage) => storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" }),
  "copy with fields": (storage) =>
    storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" }, { contentType: "x/y" }),
  createUpload: (storage) => storage.createUpload("files", "a"),
  sweepUploads: (storage) => storage.sweepUploads("files", 0),
}

/** What comes of all methods, called at once. */
function outcomesOf(storage: Storage): Promise<[name: string, outcome: unknown][]> {
  return Promise.all(
    Object.entries(calls).map(async ([name, call]): Promise<[string, unknown]> => {
      return [name, await call(storage).catch((reason: unknown) => reason)]
    }),
  )
}

/** A server that answers every request alike. */
async function startPage(status: number, body: string, headers = {}): Promise<string> {
  const server = createServer((message, response) => {
    message.resume()
    message.once("end", () => response.writeHead(status, { "content-type": "text/html", ...headers }).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

const PAGE = "<!doctype html><html><body><h1>Welcome</h1></body></html>"

describe("an endpoint that is a web page", () => {
  it.each([
    ["a page", 200, PAGE, {}],
    ["an empty page", 200, "", { etag: '"x"' }],
    ["another JSON", 200, '{"status":"ok"}', { etag: '"x"', location: "https://gcs.invalid/x?upload_id=1" }],
    ["a page that was not found", 404, PAGE, {}],
    ["a page that nobody may see", 403, PAGE, {}],
    ["a page that moved", 302, "", { location: "https://gcs.invalid/" }],
    ["a page that takes no such method", 405, PAGE, {}],
  ])("rejects UNAVAILABLE, reason protocol, of every method: %s", async (_, status, body, headers) => {
    const storage = openStorage({ endpoint: await startPage(status, body, headers), partBytes: 262_144 })
    for (const [name, call] of Object.entries(calls)) {
      const outcome = await call(storage).catch((reason: unknown) => reason)
      expect([name, outcome]).toEqual([name, error("UNAVAILABLE", { reason: "protocol" })])
    }
    expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy" })
  })
})

describe("a refusal", () => {
  it.each([
    [400, "invalid", "INVALID_ARGUMENT"],
    [401, "authError", "PERMISSION_DENIED"],
    [403, "forbidden", "PERMISSION_DENIED"],
    [409, "conflict", "UNAVAILABLE"],
    [412, "conditionNotMet", "PRECONDITION_FAILED"],
    [413, "uploadTooLarge", "LIMIT_EXCEEDED"],
    [501, "notImplemented", "UNSUPPORTED"],
  ])("of %i %s is %s, in both forms, without words of the server", (status, word, code) => {
    const secret = "files/key of the user"
    const json = JSON.stringify({
      error: { code: status, message: secret, errors: [{ message: secret, reason: word }] },
    })
    const xml = `<?xml version='1.0'?><Error><Code>${word}</Code><Message>${secret}</Message></Error>`
    for (const text of [json, xml]) {
      const refusal = readRefusal(status, text)
      expect(refusal).toEqual({ status, word })
      const mapped = refusalError({ status, word })
      expect(mapped.code).toBe(code)
      expect(JSON.stringify(mapped)).not.toContain(secret)
    }
  })

  it.each([401, 403, 412])("that is final is asked for once: %i", async (status) => {
    const { double, storage } = await openDouble()
    const before = double.requests.length
    double.fail(1, status)
    await storage.list("files").catch(() => {})
    expect(double.requests.length).toBe(before + 1)
  })

  it.each<[string, (storage: Storage) => Promise<unknown>]>([
    ["put", (storage) => storage.put("files", "a", "x")],
    ["put in chunks", (storage) => storage.put("files", "a", patternOf(300_000))],
    ["copy", (storage) => storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" })],
  ])("of 412 where there is no condition is that of the bucket: %s", async (_, call) => {
    const { double, storage } = await openDouble({ partBytes: 262_144 })
    double.fail(1, 412)
    await expect(call(storage)).rejects.toThrow(
      expect.objectContaining({ code: "PRECONDITION_FAILED", details: { status: 412 } }),
    )
  })

  it.each([
    [503, "UNAVAILABLE"],
    [500, "UNAVAILABLE"],
    [429, "RATE_LIMITED"],
  ])("of %i is asked for again, and is %s in the end", async (status, code) => {
    const { double, storage } = await openDouble()
    double.fail(2, status)
    expect((await storage.list("files")).objects).toEqual([])
    double.fail(100, status)
    const before = double.requests.length
    await expect(storage.list("files")).rejects.toThrow(error(code))
    expect(double.requests.length).toBe(before + 5)
  })

  it("of too many requests is asked for again where a server says 403", async () => {
    const { double } = await openDouble()
    const body = Buffer.from(JSON.stringify({ error: { code: 403, errors: [{ reason: "rateLimitExceeded" }] } }))
    let left = 2
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => (left-- > 0 ? { status: 403, headers: {}, body } : asked),
    })
    expect((await openStorage({ endpoint }).list("files")).objects).toEqual([])
  })

  it("says how long to wait", async () => {
    const clock = createManualClock(Date.now())
    const { double } = await openDouble()
    let asked = 0
    const endpoint = await startMeddler(double.endpoint, {
      request: (request) =>
        ++asked > 1 ? request : { status: 503, headers: { "retry-after": "3" }, body: Buffer.alloc(0) },
    })
    const listed = openStorage({ endpoint }, { clock }).list("files")
    await expect.poll(() => asked).toBe(1)
    await clock.advance(2900)
    expect(asked).toBe(1)
    await clock.advance(200)
    expect((await listed).objects).toEqual([])
  })

  it("of a look at the bucket leaves it there, as roles for objects alone have it", async () => {
    const { double } = await openDouble()
    const forbidden = Buffer.from(JSON.stringify({ error: { code: 403, errors: [{ reason: "forbidden" }] } }))
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => (/\/b\/files$/.test(asked.url) ? { status: 403, headers: {}, body: forbidden } : asked),
    })
    const storage = openStorage({ endpoint, defaultBucket: "files" })
    await expect(storage.get("files", "a")).rejects.toThrow(error("NOT_FOUND", { reason: "object" }))
    await storage.delete("files", "a")
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("without a token is PERMISSION_DENIED, and nothing shows one", async () => {
    const { storage } = await openDouble({}, {}, { token: "secret-token" })
    for (const [name, call] of Object.entries(calls)) {
      const outcome = await call(storage).catch((reason: unknown) => reason)
      if (name === "deleteMany") expect(outcome).toMatchObject({ failed: [{ code: "PERMISSION_DENIED" }, {}] })
      else expect([name, outcome]).toEqual([name, error("PERMISSION_DENIED")])
      expect(JSON.stringify(outcome)).not.toContain("secret-token")
    }
  })
})

describe("a store that is away", () => {
  it("rejects UNAVAILABLE where nothing listens, and works once it is back", async () => {
    const { double } = await openDouble()
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, partBytes: 262_144, timeoutMs: 300 })
    proxy.down()
    for (const [name, outcome] of await outcomesOf(storage)) {
      expect(ServiceError.is(outcome) && ["UNAVAILABLE", "TIMEOUT"].includes(outcome.code), name).toBe(true)
    }
    proxy.heal()
    expect((await storage.list("files")).objects).toEqual([])
  })

  it("is never connected to: the writes were not applied", async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const storage = openStorage({ endpoint: `http://127.0.0.1:${port}`, partBytes: 262_144 })
    const outcomes = await outcomesOf(storage)
    for (const [name, outcome] of outcomes) {
      expect([name, outcome]).toEqual([name, error("UNAVAILABLE")])
      expect(String(outcome)).toContain("ECONNREFUSED")
    }
    expect(await storage.healthCheck()).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") })
  })

  it("is waited for once where it is silent", async () => {
    const { double } = await openDouble()
    let asked = 0
    const endpoint = await startMeddler(double.endpoint, {
      request: () => {
        asked++
        return new Promise(() => {})
      },
    })
    const storage = openStorage({ endpoint, timeoutMs: 100, idleTimeoutMs: 100 })
    await expect(storage.put("files", "a", "x")).rejects.toThrow(error("TIMEOUT"))
    await expect(storage.list("files")).rejects.toThrow(error("TIMEOUT"))
    expect(asked).toBe(2)
  })

  it("rejects TIMEOUT where it is silent, a write with an unknown outcome", async () => {
    const { double } = await openDouble()
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const options = { partBytes: 262_144, timeoutMs: 200, idleTimeoutMs: 200 }
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, ...options })
    await storage.put("files", "a", "x")
    proxy.blackHole()
    const start = performance.now()
    const outcomes = await outcomesOf(storage)
    expect(performance.now() - start).toBeLessThan(10_000)
    // A connection is there, so that the server may have got what was sent.
    const unknown = error("TIMEOUT", { outcome: "unknown" })
    const writes = ["createBucket", "deleteBucket", "put", "delete", "deleteMany", "copy"]
    for (const [name, outcome] of outcomes) {
      expect([name, outcome]).toEqual([name, writes.includes(name) ? unknown : error("TIMEOUT")])
    }
    // Whatever was sent may be carried out now, as TCP has it.
    proxy.heal()
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
  })
})
