import { request as httpRequest } from "node:http"
import { type File, Storage } from "@google-cloud/storage"
import { describe, expect, it } from "vitest"
import { openDouble } from "./double.fixture.ts"

const MIB = 1024 * 1024
const code = (value: number) => expect.objectContaining({ code: value })
const save = (file: File, data = "data", options = {}) => file.save(data, { resumable: false, ...options })

async function versionOf(file: File): Promise<{ generation: number; metageneration: number; etag: string }> {
  const [{ etag, generation, metageneration }] = await file.getMetadata()
  return { etag: String(etag), generation: Number(generation), metageneration: Number(metageneration) }
}

describe("conditions of the JSON API", () => {
  it("are checked on each call, with 412 where a match fails", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    await save(file)
    const { generation } = await versionOf(file)
    const object = `${double.endpoint}/storage/v1/b/bucket/o/key`
    const calls: [string, string, string][] = [
      ["GET", object, "ifGenerationMatch"],
      ["GET", object, "ifMetagenerationMatch"],
      ["GET", `${object}?alt=media`, "ifGenerationMatch"],
      ["PATCH", object, "ifGenerationMatch"],
      ["PATCH", object, "ifMetagenerationMatch"],
      ["DELETE", object, "ifGenerationMatch"],
      ["DELETE", object, "ifMetagenerationMatch"],
      ["POST", `${object}/rewriteTo/b/bucket/o/other`, "ifSourceGenerationMatch"],
      ["POST", `${object}/rewriteTo/b/bucket/o/other`, "ifSourceMetagenerationMatch"],
      ["POST", `${object}/rewriteTo/b/bucket/o/other`, "ifGenerationMatch"],
      ["POST", `${double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=media&name=key`, "ifGenerationMatch"],
      ["POST", `${double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=media&name=key`, "ifMetagenerationMatch"],
    ]
    for (const [method, url, condition] of calls) {
      const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${condition}=7`, { method })
      expect([method, condition, response.status]).toEqual([method, condition, 412])
    }
    expect((await versionOf(file)).generation).toBe(generation)
  })

  it("answer 304 where a not-match fails, without a body", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    await save(file)
    const { etag, generation, metageneration } = await versionOf(file)
    const get = async (query: string, headers = {}) =>
      (await fetch(`${double.endpoint}/storage/v1/b/bucket/o/key${query}`, { headers })).status
    expect(await get(`?ifGenerationNotMatch=${generation}`)).toBe(304)
    expect(await get(`?alt=media&ifGenerationNotMatch=${generation}`)).toBe(304)
    expect(await get(`?ifMetagenerationNotMatch=${metageneration}`)).toBe(304)
    expect(await get("?ifGenerationNotMatch=7")).toBe(200)
    expect(await get("", { "if-none-match": etag })).toBe(304)
    expect(await get("?alt=media", { "if-match": '"another"' })).toBe(412)
    expect(await get("?ifGenerationMatch=x")).toBe(400)
  })

  it("hold for the present generation, and for 0 where nothing is", async () => {
    const { storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    await save(file, "one", { preconditionOpts: { ifGenerationMatch: 0 } })
    await expect(save(file, "two", { preconditionOpts: { ifGenerationMatch: 0 } })).rejects.toThrow(code(412))
    const { generation } = await versionOf(file)
    await save(file, "two", { preconditionOpts: { ifGenerationMatch: generation } })
    await expect(file.delete({ ifGenerationMatch: generation })).rejects.toThrow(code(412))
    expect(String((await file.download())[0])).toBe("two")
    await file.delete({ ifGenerationMatch: (await versionOf(file)).generation })
    await expect(file.delete({ ifGenerationMatch: generation })).rejects.toThrow(code(404))
  })

  it("keep a rewrite from an object that was written meanwhile", async () => {
    const { storage } = await openDouble()
    const [from, to] = ["from", "to"].map((name) => storage.bucket("bucket").file(name)) as [File, File]
    await save(from)
    await save(to, "old")
    const copy = from.copy(to, { preconditionOpts: { ifGenerationMatch: 0 } })
    await expect(copy).rejects.toThrow(code(412))
    expect(String((await to.download())[0])).toBe("old")
  })
})

describe("a rewrite", () => {
  it("takes as many calls as the client wants, and writes with the last", async () => {
    const { double, storage } = await openDouble()
    const [from, to] = ["from", "to"].map((name) => storage.bucket("bucket").file(name)) as [File, File]
    await save(from, "x".repeat(2 * MIB + 1), { contentType: "text/x-test" })
    const rewrite = async (query: string) => {
      const url = `${double.endpoint}/storage/v1/b/bucket/o/from/rewriteTo/b/bucket/o/to?${query}`
      return (await fetch(url, { method: "POST" })).json()
    }
    const limit = `maxBytesRewrittenPerCall=${MIB}`
    const first = await rewrite(limit)
    expect(first).toMatchObject({ done: false, totalBytesRewritten: `${MIB}`, objectSize: `${2 * MIB + 1}` })
    expect(await rewrite(`${limit}&rewriteToken=${first.rewriteToken}`)).toMatchObject({ done: false })
    expect(await to.exists()).toEqual([false])
    const last = await rewrite(`${limit}&rewriteToken=${first.rewriteToken}`)
    expect(last).toMatchObject({ done: true, resource: { size: `${2 * MIB + 1}`, contentType: "text/x-test" } })
    expect(await to.exists()).toEqual([true])
    expect(await rewrite("rewriteToken=x")).toMatchObject({ error: { code: 400 } })
    expect(await rewrite("maxBytesRewrittenPerCall=1000")).toMatchObject({ error: { code: 400 } })
  })
})

describe("versions of an object", () => {
  it("have a greater generation with each write, and another metageneration with each change", async () => {
    const { storage } = await openDouble({ now: () => 1_000 })
    const file = storage.bucket("bucket").file("key")
    await save(file)
    const first = await versionOf(file)
    expect(first).toMatchObject({ generation: 1_000_000, metageneration: 1 })
    await file.setMetadata({ metadata: { a: "1" } })
    const changed = await versionOf(file)
    expect(changed).toMatchObject({ generation: first.generation, metageneration: 2 })
    await save(file)
    const second = await versionOf(file)
    expect(second).toMatchObject({ generation: first.generation + 1, metageneration: 1 })
    expect(new Set([first.etag, changed.etag, second.etag]).size).toBe(3)
    const gone = storage.bucket("bucket").file("key", { generation: first.generation })
    await expect(gone.getMetadata()).rejects.toThrow(code(404))
  })

  it("lose a metadata key that is set to null", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    await save(file, "", { metadata: { metadata: { a: "1", b: "2" } } })
    await file.setMetadata({ metadata: { a: null } })
    expect((await file.getMetadata())[0].metadata).toEqual({ b: "2" })
    await fetch(`${double.endpoint}/storage/v1/b/bucket/o/key`, { method: "PATCH", body: '{"metadata":null}' })
    expect((await file.getMetadata())[0].metadata).toBeUndefined()
  })
})

describe("a list", () => {
  it("counts prefixes, tells of each once, and orders by UTF-8 bytes", async () => {
    const { storage } = await openDouble()
    const bucket = storage.bucket("bucket")
    // U+FF5E sorts behind U+1F600 in UTF-16, and before it in UTF-8.
    const names = ["a/1", "a/2", "b/1", "b/2", "c", "~/1", "\u{ff5e}", "\u{1f600}"]
    for (const name of names) await save(bucket.file(name))
    const pages: string[][] = []
    let pageToken: string | undefined
    do {
      const query = { delimiter: "/", maxResults: 2, autoPaginate: false, ...(pageToken && { pageToken }) }
      const [files, , raw] = await bucket.getFiles(query)
      const { nextPageToken, prefixes = [] } = raw as { nextPageToken?: string; prefixes?: string[] }
      pages.push([...prefixes, ...files.map(({ name }) => name)])
      pageToken = nextPageToken
    } while (pageToken !== undefined)
    expect(pages).toEqual([
      ["a/", "b/"],
      ["~/", "c"],
      ["\u{ff5e}", "\u{1f600}"],
    ])
  })

  it("begins at an offset, which may be in the middle of a prefix", async () => {
    const { storage } = await openDouble()
    const bucket = storage.bucket("bucket")
    for (const name of ["a", "b/1", "b/2", "c"]) await save(bucket.file(name))
    const query = { delimiter: "/", startOffset: "b/2", autoPaginate: false }
    const [files, , raw] = await bucket.getFiles(query)
    expect([(raw as { prefixes?: string[] }).prefixes, files.map(({ name }) => name)]).toEqual([["b/"], ["c"]])
  })

  it("refuses a token that is none and a limit below 1, and has 1,000 entries at most", async () => {
    const { double, storage } = await openDouble()
    const bucket = storage.bucket("bucket")
    await expect(bucket.getFiles({ pageToken: "x" })).rejects.toThrow(code(400))
    await expect(bucket.getFiles({ maxResults: 0, autoPaginate: false })).rejects.toThrow(code(400))
    for (let index = 0; index <= 1000; index++) {
      const url = `${double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=media&name=${index}`
      await fetch(url, { method: "POST" })
    }
    const [files] = await bucket.getFiles({ maxResults: 5000, autoPaginate: false })
    expect(files).toHaveLength(1000)
    expect((await bucket.getFiles())[0]).toHaveLength(1001)
  })
})

describe("limits and access of the JSON API", () => {
  it.each(["x".repeat(1025), "ü".repeat(513), "..", "a\nb", ".well-known/acme-challenge/x"])(
    "refuse the name %j",
    async (name) => {
      const { storage } = await openDouble()
      await expect(save(storage.bucket("bucket").file(name))).rejects.toThrow(code(400))
    },
  )

  it("refuse metadata of more than 8 KiB", async () => {
    const { storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    const metadata = (length: number) => ({ metadata: { metadata: { key: "x".repeat(length) } } })
    await save(file, "", metadata(8189))
    await expect(save(file, "", metadata(8190))).rejects.toThrow(code(400))
    await expect(file.setMetadata({ metadata: { other: "123" } })).rejects.toThrow(code(400))
  })

  it("refuse a bucket that is not empty, or whose name another project has", async () => {
    const { double, storage } = await openDouble()
    await save(storage.bucket("bucket").file("key"))
    await expect(storage.bucket("bucket").delete()).rejects.toThrow(code(409))
    double.takeName("theirs")
    await expect(storage.createBucket("theirs")).rejects.toThrow(code(409))
    await expect(storage.bucket("theirs").getMetadata()).rejects.toThrow(code(403))
    const [metadata] = await storage.bucket("bucket").getMetadata()
    expect(metadata.projectNumber).toBe(double.projectNumber)
    await expect(storage.createBucket("Upper")).rejects.toThrow(code(400))
  })

  it("ask for the token that the double was given", async () => {
    const { double, storage } = await openDouble({ token: "right" })
    await expect(storage.createBucket("bucket")).rejects.toThrow(code(401))
    const create = async (headers: Record<string, string>) => {
      const url = `${double.endpoint}/storage/v1/b?project=${double.projectId}`
      return (await fetch(url, { method: "POST", headers, body: JSON.stringify({ name: "bucket" }) })).status
    }
    expect(await create({ authorization: "Bearer wrong" })).toBe(401)
    expect(await create({ authorization: "Bearer right" })).toBe(200)
    expect((await fetch(`${double.endpoint}/bucket/key`, { headers: { authorization: "Bearer wrong" } })).status).toBe(
      401,
    )
    expect((await fetch(`${double.endpoint}/bucket/key`)).status).toBe(403)
  })

  it("refuse what the double does not know", async () => {
    const { double } = await openDouble()
    const object = `${double.endpoint}/storage/v1/b/bucket/o`
    expect((await fetch(`${object}?matchGlob=*`)).status).toBe(501)
    expect((await fetch(`${object}/key/compose`, { method: "POST" })).status).toBe(501)
    expect((await fetch(`${double.endpoint}/batch/storage/v1`, { method: "POST" })).status).toBe(501)
  })
})

describe("faults", () => {
  it("come as often as planned, then the call is carried out", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    double.fail(1, 503)
    double.fail(1, 429)
    await expect(save(file)).rejects.toThrow(code(503))
    await expect(save(file)).rejects.toThrow(code(429))
    await save(file)
    expect(double.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      "POST 200",
      "POST 503",
      "POST 429",
      "POST 200",
    ])
  })

  it("can be planned for some requests alone", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    double.fail(1, 503, ({ method }) => method === "DELETE")
    await save(file)
    await expect(file.delete()).rejects.toThrow(code(503))
    await file.delete()
  })

  it("cut the connection before or after the call is carried out", async () => {
    const { double, storage } = await openDouble()
    const file = storage.bucket("bucket").file("key")
    double.fail(1, "cut")
    await expect(save(file)).rejects.toThrow()
    expect(await file.exists()).toEqual([false])
    double.fail(1, "lost answer")
    await expect(save(file)).rejects.toThrow()
    expect(await file.exists()).toEqual([true])
  })

  it("are survived by the retries of the client", async () => {
    const { double, storage } = await openDouble()
    const retrying = new Storage({
      ...{ apiEndpoint: double.endpoint, projectId: double.projectId },
      retryOptions: { autoRetry: true, maxRetries: 2, maxRetryDelay: 1, retryDelayMultiplier: 1, totalTimeout: 30 },
    })
    await save(storage.bucket("bucket").file("key"))
    double.fail(1, 503)
    expect(await retrying.bucket("bucket").file("key").exists()).toEqual([true])
  })

  it("are the client's own: a body that ends too early stores nothing", async () => {
    const { double, storage } = await openDouble()
    const url = `${double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=media&name=key`
    await new Promise<void>((resolve) => {
      const request = httpRequest(url, { method: "POST", headers: { "content-length": "1000" } })
      request.once("error", () => resolve())
      request.write("x".repeat(500), () => request.destroy(new Error("gone")))
    })
    await expect.poll(() => double.requests.at(-1)).toMatchObject({ bodyBytes: 500, status: 0 })
    expect(await storage.bucket("bucket").file("key").exists()).toEqual([false])
  })
})
