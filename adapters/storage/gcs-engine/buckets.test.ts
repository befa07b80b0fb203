import { beforeEach, describe, expect, it } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createGcsStorage } from "../gcs.ts"
import { startMeddler } from "./meddler.fixture.ts"
import { keysOf, openDouble, openFake, openStorage, told } from "./open-gcs.fixture.ts"

const error = (code: string, reason?: string) =>
  expect.objectContaining({ code, ...(reason !== undefined && { details: { reason } }) })

describe.each(["gcs-double", "fake-gcs-server"])("buckets at %s", (server) => {
  let storage: Storage
  let endpoint: string

  beforeEach(async (context) => {
    const opened = server === "gcs-double" ? await openDouble() : await openFake(context)
    storage = opened.storage
    endpoint = "double" in opened ? opened.double.endpoint : opened.endpoint
  })

  it("are made, also when they are there, also at the same time, and listed by name", async () => {
    await storage.put("files", "a", "kept")
    const made = await Promise.all(Array.from({ length: 5 }, () => storage.createBucket("another.one")))
    expect(new Set(made.map(({ createdAt }) => createdAt?.getTime())).size).toBe(1)
    await storage.createBucket("files")
    expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["another.one", "files"])
    expect(await keysOf(storage)).toEqual(["a"])
  })

  it("with objects stay, unless they are forced", async () => {
    await storage.put("files", "a", "1")
    await expect(storage.deleteBucket("files")).rejects.toThrow(error("PRECONDITION_FAILED", "bucket"))
    expect(await keysOf(storage)).toEqual(["a"])
    await storage.deleteBucket("files", { force: true })
    expect(await storage.listBuckets()).toEqual([])
    await expect(storage.deleteBucket("files")).rejects.toThrow(error("NOT_FOUND", "bucket"))
    await expect(storage.deleteBucket("files", { force: true })).rejects.toThrow(error("NOT_FOUND", "bucket"))
  })

  it("share a server by their prefix", async () => {
    const mine = openStorage({ endpoint, bucketPrefix: "mine-" })
    const theirs = openStorage({ endpoint, bucketPrefix: "theirs-" })
    expect((await mine.createBucket("files")).name).toBe("files")
    await theirs.createBucket("files")
    const put = await mine.put("files", "a", "mine")
    expect([put.bucket, (await mine.list("files")).objects[0]?.bucket]).toEqual(["files", "files"])
    const copied = await mine.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" })
    expect(copied.bucket).toBe("files")
    expect(await theirs.head("files", "a")).toBeUndefined()
    expect((await mine.listBuckets()).map(({ name }) => name)).toEqual(["files"])
    expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["files", "mine-files", "theirs-files"])
    await mine.deleteBucket("files", { force: true })
    expect((await theirs.listBuckets()).map(({ name }) => name)).toEqual(["files"])
  })

  it("have many keys deleted, those that are not there included", async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`)
    for (const key of keys.slice(20)) await storage.put("files", key, "")
    await storage.put("files", "kept", "")
    expect(await storage.deleteMany("files", keys)).toEqual({ deleted: 40, failed: [] })
    expect(await keysOf(storage)).toEqual(["kept"])
    await expect(storage.deleteMany("nope", keys)).rejects.toThrow(error("NOT_FOUND", "bucket"))
    await expect(storage.delete("nope", "a")).rejects.toThrow(error("NOT_FOUND", "bucket"))
  })
})

describe.each(["gcs-double", "fake-gcs-server"])("a bucket at %s", (server) => {
  it("is emptied of more than a page", async (context) => {
    const { storage } = server === "gcs-double" ? await openDouble() : await openFake(context)
    await Promise.all(Array.from({ length: 1050 }, (_, index) => storage.put("files", `${index}`, "")))
    await storage.deleteBucket("files", { force: true })
    expect(await storage.listBuckets()).toEqual([])
  }, 30_000)
})

describe("buckets at gcs-double", () => {
  it("of another project are not ours", async () => {
    const { double, storage } = await openDouble()
    double.takeName("theirs")
    await expect(storage.createBucket("theirs")).rejects.toThrow(error("ALREADY_EXISTS"))
  })

  it("are looked at once where many keys are not there, and not at all where they are", async () => {
    const { double, storage } = await openDouble()
    await storage.put("files", "a", "")
    let before = double.requests.length
    await storage.deleteMany("files", ["a"])
    await storage.deleteMany("files", [])
    expect(told(double.requests).slice(before)).toEqual(["DELETE object 204"])
    before = double.requests.length
    await storage.deleteMany("files", ["a", "b", "c"])
    expect(
      told(double.requests)
        .slice(before)
        .filter((line) => line === "GET bucket 200"),
    ).toHaveLength(1)
  })

  it("need a project that is named", async () => {
    const { double } = await openDouble()
    const storage = createGcsStorage({ endpoint: double.endpoint })
    await expect(storage.createBucket("another")).rejects.toThrow(error("INVALID_CONFIG"))
    await expect(storage.listBuckets()).rejects.toThrow(error("INVALID_CONFIG"))
    await storage.put("files", "a", "needs none")
    await storage.close()
  })

  it("that others go on filling stay in the end", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "a", "")
    let lists = 0
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => {
        if (asked.method === "GET") lists++
        return asked
      },
      answer: async (answer, { method, url }) => {
        // Past its end the test must not go on for ever.
        const isDeleted = method === "DELETE" && url.includes("/o/") && lists <= 50
        if (isDeleted) await other.put("files", "b", "")
        return answer
      },
    })
    const forced = openStorage({ endpoint }).deleteBucket("files", { force: true })
    await expect(forced).rejects.toThrow(error("PRECONDITION_FAILED", "bucket"))
    expect(lists).toBeLessThan(20)
  })
})

it("a bucket that keeps versions is emptied of them too, at fake-gcs-server", async (context) => {
  const { endpoint, storage: other } = await openFake(context)
  await fetch(`${endpoint}/storage/v1/b/files`, { method: "PATCH", body: '{"versioning":{"enabled":true}}' })
  const { etag } = await other.put("files", "a", "1")
  await other.put("files", "a", "2")
  const asked: string[] = []
  // GCS keeps the bucket while there are versions; this server does not.
  const strict = await startMeddler(endpoint, {
    request: (request) => {
      asked.push(`${request.method} ${request.url}`)
      const isFirst = asked.filter((line) => line === "DELETE /storage/v1/b/files").length === 1
      if (!isFirst || !asked.at(-1)?.endsWith("/b/files")) return request
      const body = Buffer.from(JSON.stringify({ error: { code: 409, errors: [{ reason: "conflict" }] } }))
      return { status: 409, headers: {}, body }
    },
  })
  await openStorage({ endpoint: strict }).deleteBucket("files", { force: true })
  expect(asked).toContain(`DELETE /storage/v1/b/files/o/a?generation=${etag}`)
  expect(await other.listBuckets()).toEqual([])
})
