import { randomBytes } from "node:crypto"
import { gzipSync } from "node:zlib"
import { type Bucket, type File, Storage } from "@google-cloud/storage"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { FAKE_GCS_MISSING, findFakeGcs, startFakeGcs } from "./fake-gcs-server.ts"
import { startGcsDouble } from "./gcs-double.ts"

const servers = [
  { name: "gcs-double", start: () => startGcsDouble(), missing: () => undefined },
  {
    name: "fake-gcs-server",
    start: () => startFakeGcs(),
    missing: () => (findFakeGcs() === undefined ? FAKE_GCS_MISSING : undefined),
  },
] as const

/** What both servers answer the client of GCS alike. */
describe.each(servers)("the client of GCS and $name", ({ missing, start }) => {
  let storage: Storage
  let bucket: Bucket

  beforeEach(async (context) => {
    const reason = missing()
    if (reason !== undefined) context.skip(reason)
    const server = await start()
    onTestFinished(() => server.stop())
    storage = new Storage({
      apiEndpoint: server.endpoint,
      projectId: server.projectId,
      retryOptions: { autoRetry: false },
    })
    bucket = (await storage.createBucket("bucket"))[0]
  })

  const read = async (file: File) => String((await file.download({ decompress: false }))[0])

  it("makes, finds and deletes a bucket, once each", async () => {
    expect(await bucket.exists()).toEqual([true])
    await expect(storage.createBucket("bucket")).rejects.toThrow(expect.objectContaining({ code: 409 }))
    const [buckets] = await storage.getBuckets()
    expect(buckets.map(({ name }) => name)).toEqual(["bucket"])
    await bucket.delete()
    expect(await bucket.exists()).toEqual([false])
    await expect(bucket.delete()).rejects.toThrow(expect.objectContaining({ code: 404 }))
  })

  it.each([
    ["in one request", { resumable: false }, 100],
    ["in one request, nothing at all", { resumable: false }, 0],
    ["resumable, in one piece", { resumable: true }, 700_000],
    ["resumable, nothing at all", { resumable: true }, 0],
    ["resumable, in chunks", { resumable: true, chunkSize: 256 * 1024 }, 700_000],
    ["resumable, in chunks with none left over", { resumable: true, chunkSize: 256 * 1024 }, 512 * 1024],
  ])("uploads %s", async (_, options, size) => {
    const data = randomBytes(size)
    const file = bucket.file("key")
    await file.save(data, options)
    expect((await file.download())[0].equals(data)).toBe(true)
    expect((await file.getMetadata())[0]).toMatchObject({ name: "key", size: String(size) })
  })

  it("keeps what is set beside the data, and changes it", async () => {
    const file = bucket.file("key")
    const set = { cacheControl: "no-store", contentLanguage: "de", contentDisposition: "attachment" }
    await file.save("x", { resumable: false, metadata: { ...set, metadata: { one: "1", two: "zwei ü" } } })
    expect((await file.getMetadata())[0]).toMatchObject({ ...set, metadata: { one: "1", two: "zwei ü" } })
    await file.setMetadata({ contentType: "text/plain", metadata: { two: "2" } })
    expect((await file.getMetadata())[0]).toMatchObject({ ...set, contentType: "text/plain", metadata: { two: "2" } })
  })

  it("reads ranges", async () => {
    const file = bucket.file("key")
    await file.save("0123456789", { resumable: false })
    const part = async (start: number, end?: number) =>
      String((await file.download(end === undefined ? { start } : { start, end }))[0])
    expect(await part(2, 4)).toBe("234")
    expect(await part(7)).toBe("789")
    expect(await part(8, 100)).toBe("89")
    await expect(part(10)).rejects.toThrow(expect.objectContaining({ code: 416 }))
  })

  it("keeps gzip as it is for a client that takes it, and decodes it for another", async () => {
    const file = bucket.file("key")
    const data = gzipSync("hello".repeat(10))
    await file.save(data, { resumable: false, metadata: { contentEncoding: "gzip" } })
    expect((await file.download({ decompress: false }))[0].equals(data)).toBe(true)
    const url = `${storage.apiEndpoint}/storage/v1/b/bucket/o/key?alt=media`
    const decoded = await fetch(url, { headers: { "accept-encoding": "identity" } })
    expect(await decoded.text()).toBe("hello".repeat(10))
  })

  it("copies an object with all that it has, or with other fields", async () => {
    const from = bucket.file("from")
    await from.save("data", { resumable: false, contentType: "text/a", metadata: { metadata: { a: "1" } } })
    await from.copy(bucket.file("to"))
    expect(await read(bucket.file("to"))).toBe("data")
    expect((await bucket.file("to").getMetadata())[0]).toMatchObject({ contentType: "text/a", metadata: { a: "1" } })
    await from.copy(bucket.file("other"), { contentType: "text/b", metadata: { b: "2" } })
    const [metadata] = await bucket.file("other").getMetadata()
    expect(metadata).toMatchObject({ contentType: "text/b", metadata: { b: "2" } })
  })

  it("lists by prefix and delimiter", async () => {
    for (const name of ["a/1", "a/2", "b", "a", "c/d/e"]) await bucket.file(name).save("", { resumable: false })
    const [files, , raw] = await bucket.getFiles({ delimiter: "/", autoPaginate: false })
    expect(files.map(({ name }) => name)).toEqual(["a", "b"])
    expect(raw).toMatchObject({ prefixes: ["a/", "c/"] })
    const [inFolder] = await bucket.getFiles({ prefix: "a/" })
    expect(inFolder.map(({ name }) => name)).toEqual(["a/1", "a/2"])
  })

  it.each([false, true])("lets one of many writers create an object, resumable: %s", async (resumable) => {
    const options = { resumable, preconditionOpts: { ifGenerationMatch: 0 } }
    const writers = Array.from({ length: 10 }, (_, index) => bucket.file("key").save(`${index}`, options))
    const results = await Promise.allSettled(writers)
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []))
    for (const reason of reasons) expect(String(reason.code ?? reason.message)).toContain("412")
  })

  it.each(["crc32c", "md5Hash"])("stores nothing where %s is not that of the data", async (field) => {
    const wrong = field === "md5Hash" ? "AAAAAAAAAAAAAAAAAAAAAA==" : "AAAAAA=="
    const save = bucket.file("key").save("data", { resumable: false, validation: false, metadata: { [field]: wrong } })
    await expect(save).rejects.toThrow(expect.objectContaining({ code: 400 }))
    expect(await bucket.file("key").exists()).toEqual([false])
  })

  it.each(["a//b", "a/", "%2F", "ü/€/😀", "a b+c&d=e?f#g"])("takes the name %j", async (name) => {
    await bucket.file(name).save("data", { resumable: false })
    expect(await read(bucket.file(name))).toBe("data")
    expect((await bucket.getFiles())[0].map((file) => file.name)).toEqual([name])
    await bucket.file(name).delete()
    expect(await bucket.file(name).exists()).toEqual([false])
  })

  it("says that an object or a bucket is not there", async () => {
    const absent = expect.objectContaining({ code: 404 })
    await expect(bucket.file("key").delete()).rejects.toThrow(absent)
    await expect(bucket.file("key").getMetadata()).rejects.toThrow(absent)
    await expect(bucket.file("key").download()).rejects.toThrow(absent)
    await expect(bucket.file("key").copy(bucket.file("to"))).rejects.toThrow(absent)
    await expect(storage.bucket("none").file("key").save("", { resumable: false })).rejects.toThrow(absent)
    await expect(storage.bucket("none").getFiles()).rejects.toThrow(absent)
  })
})
