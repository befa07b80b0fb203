import { describe, expect, it, onTestFinished } from "vitest"
import { startTcpProxy } from "../../testing/faults/tcp-proxy.ts"
import { createGcsStorage, gcsStorage } from "./gcs.ts"
import { openDouble, openStorage, patternOf } from "./gcs-engine/open-gcs.fixture.ts"
import { gcsOptionsFromUrl } from "./gcs-engine/options.ts"

describe("options", () => {
  it.each<[options: object, name: string]>([
    [{ unknown: 1 }, "unknown"],
    [{ defaultBucket: "A" }, "defaultBucket"],
    [{ endpoint: "localhost:4443" }, "endpoint"],
    [{ endpoint: "https://storage.example.org/path" }, "endpoint"],
    [{ endpoint: "https://user:password@storage.example.org" }, "endpoint"],
    [{ bucketPrefix: "Up" }, "bucketPrefix"],
    [{ partBytes: 300_000 }, "partBytes"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ client: {} }, "client"],
    [{ credentials: { client_email: "a@example.org" } }, "credentials.private_key"],
    [{ keyFilename: "a", credentials: { client_email: "a", private_key: "b" } }, "keyFilename"],
  ])("%j are refused by name", (options, name) => {
    expect(() => createGcsStorage(options)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("beside a client are refused that the client has", () => {
    const client = { apiEndpoint: "https://storage.example.org", customEndpoint: false, getProjectId: () => {} }
    const authClient = { getRequestHeaders: () => {}, sign: () => {}, getCredentials: () => {} }
    const options = { client: { ...client, authClient }, endpoint: "http://localhost:1", keyFilename: "secret" }
    expect(() => createGcsStorage(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringMatching(/endpoint.*keyFilename/) }),
    )
  })

  it("are those of the adapter of gs:", () => {
    expect(gcsStorage).toMatchObject({ service: "storage", name: "gcs", schemes: ["gs"] })
    expect(gcsOptionsFromUrl(new URL("gs://files.example.org?projectId=shop"))).toEqual({
      defaultBucket: "files.example.org",
    })
    expect(gcsOptionsFromUrl(new URL("gs:"))).toEqual({})
  })

  it.each(["gs://files/path", "gs://user@files", "gs://files:80"])("cannot be said in the URL %s", (url) => {
    expect(() => gcsOptionsFromUrl(new URL(url))).toThrowError(expect.objectContaining({ code: "INVALID_CONFIG" }))
  })

  it("say the default bucket", () => {
    expect(createGcsStorage({ defaultBucket: "files" }).defaultBucket).toBe("files")
  })

  it("say what a server keeps, which is all at Google and little at an emulator", () => {
    const conditional = { conditionalCreate: true, conditionalMatch: true, conditionalCopy: true }
    const none = { conditionalCreate: false, conditionalMatch: false, conditionalCopy: false }
    // The XML API, by which parts are uploaded, knows no conditions.
    expect(createGcsStorage().capabilities).toMatchObject({
      ...conditional,
      conditionalComplete: false,
      multipart: true,
    })
    expect(createGcsStorage({ endpoint: "https://storage.example.org" }).capabilities).toMatchObject(conditional)
    const emulator = { endpoint: "http://localhost:4443" }
    expect(createGcsStorage(emulator).capabilities).toMatchObject(none)
    expect(createGcsStorage({ ...emulator, ...conditional }).capabilities).toMatchObject(conditional)
  })
})

describe("life", () => {
  it("opens nothing before the first call, and closes without one", async () => {
    const { double } = await openDouble()
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = createGcsStorage({ endpoint: `http://127.0.0.1:${proxy.port}` })
    expect(proxy.connections).toBe(0)
    await storage.close()
  })

  it("is healthy where its bucket can be listed, and says why where not", async () => {
    const { double, storage } = await openDouble({ defaultBucket: "files" })
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
    const other = openStorage({ endpoint: double.endpoint, defaultBucket: "nope" })
    expect(await other.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "NOT_FOUND" } })
    const without = openStorage({ endpoint: double.endpoint })
    expect(await without.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("ends objects that are open at close, waits for answers, and leaves no connection", async () => {
    const { double, other } = await openDouble()
    await other.put("files", "a", patternOf(8_000_000))
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}` })
    const left = await storage.get("files", "a")
    const reader = (await storage.get("files", "a")).stream().getReader()
    await reader.read()
    const before = double.requests.length
    const put = storage.put("files", "b", "x")
    proxy.latency(100)
    await expect.poll(() => double.requests.length, { interval: 5 }).toBe(before + 1)
    const start = performance.now()
    await storage.close()
    expect(performance.now() - start).toBeLessThan(5000)
    expect((await put).size).toBe(1)
    const closed = expect.objectContaining({ code: "CLOSED" })
    await expect(left.bytes()).rejects.toThrow(closed)
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow(closed)
    await expect(storage.list("files")).rejects.toThrow(closed)
    await expect.poll(() => proxy.connections).toBe(0)
  })

  it("closes in time while the server is silent", async () => {
    const { double } = await openDouble()
    const proxy = await startTcpProxy({ port: double.port })
    onTestFinished(() => proxy.close())
    const storage = openStorage({ endpoint: `http://127.0.0.1:${proxy.port}`, timeoutMs: 200 })
    await storage.list("files")
    proxy.blackHole()
    const put = storage.put("files", "a", "x")
    put.catch(() => {})
    // It is on its way.
    await new Promise((resolve) => setImmediate(resolve))
    const start = performance.now()
    await storage.close()
    expect(performance.now() - start).toBeLessThan(5000)
    await expect(put).rejects.toThrow(expect.objectContaining({ code: "TIMEOUT", details: { outcome: "unknown" } }))
  })
})
