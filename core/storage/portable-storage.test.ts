import { describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { Body, ListOptions, PutOptions, Storage } from "../../contracts/storage/storage.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { asStorage } from "./portable-storage.ts"

async function withBucket(): Promise<Storage> {
  const storage = createMemoryStorage()
  await storage.createBucket("files")
  return storage
}

const rejectsInvalid = (promise: Promise<unknown>, operation: string) =>
  expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", service: "storage", operation })

describe("asStorage", () => {
  it.each(["", "ab", "Files", "a_b", "../x", "-ab", "ab-", "a..b", ".ab", "a/b", "a".repeat(64), 1, undefined])(
    "refuses the bucket %o",
    async (bucket) => {
      const storage = createMemoryStorage()
      await rejectsInvalid(storage.createBucket(bucket as string), "createBucket")
      await rejectsInvalid(storage.deleteBucket(bucket as string), "deleteBucket")
      await rejectsInvalid(storage.list(bucket as string), "list")
      expect(await storage.listBuckets()).toEqual([])
    },
  )

  it.each([
    "",
    ".",
    "..",
    "../a",
    "./a",
    "a/./b",
    "a/../b",
    "a/.",
    "a\0b",
    "a\nb",
    "\u001f",
    "\ud800",
    "x".repeat(1025),
    "é".repeat(513),
    1,
    undefined,
  ])("refuses the key %o in every call", async (key) => {
    const storage = await withBucket()
    await rejectsInvalid(storage.put("files", key as string, ""), "put")
    await rejectsInvalid(storage.get("files", key as string), "get")
    await rejectsInvalid(storage.head("files", key as string), "head")
    await rejectsInvalid(storage.delete("files", key as string), "delete")
    expect(await storage.list("files")).toEqual({ objects: [], prefixes: [] })
  })

  it.each([
    [undefined, {}],
    [null, {}],
    [1, {}],
    [[1], {}],
    [new ArrayBuffer(1), {}],
    ["\ud800", {}],
    ["", { contentType: "" }],
    ["", { contentType: "text/plain\r\nX-Evil: 1" }],
    ["", { metadata: { Upper: "a" } }],
    ["", { metadata: { "": "a" } }],
    ["", { metadata: JSON.parse('{"__proto__":"a"}') }],
    ["", { metadata: { n: 1 } }],
    ["", { metadata: { n: "\ud800" } }],
    ["", { metadata: null }],
    ["", { ifNoneMatch: "etag" }],
    ["", { ifMatch: "*" }],
    ["", { ifNoneMatch: "*", ifMatch: "etag" }],
    ["", null],
  ])("refuses put of %o with %o", async (body, options) => {
    const storage = await withBucket()
    await rejectsInvalid(storage.put("files", "a", body as Body, options as PutOptions), "put")
    expect(await storage.list("files")).toEqual({ objects: [], prefixes: [] })
  })

  it.each([
    { limit: 0 },
    { limit: 1001 },
    { limit: 1.5 },
    { prefix: 1 },
    { prefix: "\ud83d" },
    { delimiter: "" },
    { delimiter: "x".repeat(65) },
    { startAfter: "a" },
    null,
  ])("refuses list with %o", async (options) => {
    await rejectsInvalid((await withBucket()).list("files", options as ListOptions), "list")
  })

  it("refuses unknown options of deleteBucket", async () => {
    await rejectsInvalid((await withBucket()).deleteBucket("files", { forced: true } as object), "deleteBucket")
  })

  it("refuses bodies that throw when they are looked at, or have lost their memory", async () => {
    const storage = await withBucket()
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const moved = new Uint8Array(3)
    structuredClone(moved.buffer, { transfer: [moved.buffer] })
    const throwing = {
      get destroy() {
        throw new Error("secret")
      },
      [Symbol.asyncIterator]() {
        throw new Error("secret")
      },
    }
    for (const body of [proxy, moved, throwing]) {
      const put = storage.put("files", "key", body as unknown as Body)
      await rejectsInvalid(put, "put")
      await expect(put).rejects.not.toThrow(/secret/)
    }
  })

  it("takes options that are inherited, and reads each once", async () => {
    const storage = await withBucket()
    class Options {
      #reads = 0
      get ifNoneMatch() {
        return "*" as const
      }
      get contentType() {
        return this.#reads++ === 0 ? "text/x-first" : "text/x-later"
      }
    }
    const { contentType } = await storage.put("files", "key", "old", new Options())
    expect(contentType).toBe("text/x-first")
    await expect(storage.put("files", "key", "new", new Options())).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
    })
    const inherited = Object.create({ contentType: "text/x-mine" })
    expect((await storage.createUpload("files", "part", inherited)).key).toBe("part")
    let reads = 0
    const from = {
      bucket: "files",
      get key() {
        return reads++ === 0 ? "key" : "../key"
      },
    }
    expect(await storage.copy(from, { bucket: "files", key: "copy" })).toMatchObject({ key: "copy", size: 3 })
  })

  it.each([Object.create({ a: "b" }), new Map([["a", "b"]]), ["a"]])(
    "refuses metadata that are no plain object",
    async (metadata) => {
      const storage = await withBucket()
      await rejectsInvalid(storage.put("files", "key", "x", { metadata }), "put")
    },
  )

  it("takes undefined for an omitted option", async () => {
    const storage = await withBucket()
    const put = await storage.put("files", "a", "", { contentType: undefined, metadata: undefined })
    expect(put).toMatchObject({ contentType: "application/octet-stream", metadata: {} })
    await storage.list("files", { prefix: undefined, limit: undefined, cursor: undefined })
    await storage.deleteBucket("files", { force: true })
  })

  it.each(["a.b", "3files", "a-b", "a".repeat(63)])("takes the bucket %s", async (bucket) => {
    expect(await createMemoryStorage().createBucket(bucket)).toMatchObject({ name: bucket })
  })

  it("refuses conditions with UNSUPPORTED where the implementation keeps none", async () => {
    const storage = asStorage(bareStorage())
    const etag = "etag"
    const from = { bucket: "files", key: "a" }
    const calls = [
      storage.put("files", "a", "", { ifNoneMatch: "*" }),
      storage.put("files", "a", "", { ifMatch: etag }),
      storage.get("files", "a", { ifMatch: etag }),
      storage.get("files", "a", { ifNoneMatch: etag }),
      storage.copy(from, from, { ifNoneMatch: "*" }),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })

  it("rejects every call with CLOSED after close, bad arguments too", async () => {
    const storage = await withBucket()
    await storage.close()
    const calls = [
      storage.createBucket(""),
      storage.listBuckets(),
      storage.deleteBucket("files"),
      storage.put("files", "a", ""),
      storage.get("files", "a"),
      storage.head("files", "a"),
      storage.delete("files", "a"),
      storage.list("files"),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("maps foreign errors, and asks listBuckets for its health", async () => {
    const implementation = { ...bareStorage(), listBuckets: vi.fn().mockRejectedValue(new Error("secret")) }
    const storage = asStorage(implementation, { adapter: "mine" })
    await expect(storage.listBuckets()).rejects.toMatchObject({ code: "INTERNAL", adapter: "mine" })
    expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "INTERNAL" } })
    implementation.listBuckets.mockResolvedValue([])
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
    expect(await storage.getMetrics()).toEqual({})
  })

  it("returns a Storage as it is, and keeps what it is under layers", async () => {
    const storage = await withBucket()
    expect(asStorage(storage)).toBe(storage)
    const layered = withTimeout(storage, { timeoutMs: 1000 })
    expect(layered.capabilities).toEqual(storage.capabilities)
    await layered.put("files", "a", "text")
    expect(await (await storage.get("files", "a")).text()).toBe("text")
  })
})

function bareStorage() {
  const never = () => Promise.reject(new Error("not expected"))
  return {
    ...{ createBucket: never, listBuckets: never, deleteBucket: never, put: never },
    ...{ get: never, head: never, delete: never, list: never },
  }
}
