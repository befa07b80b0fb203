import { describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { Body, PutOptions, Storage, StorageImplementation } from "../../contracts/storage/storage.ts"
import type { BodySource } from "./body-source.ts"
import { asStorage } from "./portable-storage.ts"
import { infoOf, storageOf } from "./stub-storage.fixture.ts"

/** A storage without copy and deleteMany of its own, over memory. */
async function bare(more: Partial<StorageImplementation> = {}): Promise<{ memory: Storage; storage: Storage }> {
  const memory = createMemoryStorage()
  await memory.createBucket("files")
  await memory.createBucket("archive")
  const { capabilities } = memory
  const methods: Partial<StorageImplementation> = {
    put: (...args) => memory.put(...args),
    get: (...args) => memory.get(...args),
    delete: (...args) => memory.delete(...args),
    ...more,
  }
  return { memory, storage: asStorage(storageOf(methods), { capabilities }) }
}

const from = { bucket: "files", key: "a" }
const to = { bucket: "archive", key: "b/é %" }

describe("copy without one of the implementation", () => {
  const headers: PutOptions = {
    contentType: "text/plain",
    contentEncoding: "gzip",
    contentDisposition: 'attachment; filename="é"',
    contentLanguage: "de",
    cacheControl: "no-store",
    metadata: { a: "é" },
  }

  it("takes bytes, headers and metadata along, but for those it is given", async () => {
    const { memory, storage } = await bare()
    const source = await memory.put("files", "a", "bytes", headers)
    const whole = await storage.copy(from, to)
    expect(whole).toEqual({ ...source, ...to, etag: whole.etag, lastModified: whole.lastModified })
    const given = { contentType: "text/css", cacheControl: undefined, metadata: {} }
    expect(await storage.copy(from, to, given)).toMatchObject({
      ...{ contentType: "text/css", cacheControl: "no-store", contentLanguage: "de", metadata: {} },
    })
    expect(await (await memory.get(to.bucket, to.key)).text()).toBe("bytes")
  })

  it("goes onto itself, and takes an empty object", async () => {
    const { memory, storage } = await bare()
    await memory.put("files", "a", "")
    expect(await storage.copy(from, from, { metadata: { a: "b" } })).toMatchObject({ size: 0, metadata: { a: "b" } })
  })

  it("keeps its conditions, and those of its target", async () => {
    const { memory, storage } = await bare()
    await memory.put("files", "a", "bytes")
    const { etag } = await storage.copy(from, to, { ifNoneMatch: "*" })
    const error = (reason: string) => ({ code: "PRECONDITION_FAILED", details: { reason } })
    await expect(storage.copy(from, to, { ifNoneMatch: "*" })).rejects.toMatchObject(error("exists"))
    await expect(storage.copy(from, to, { ifMatch: "other" })).rejects.toMatchObject(error("changed"))
    await storage.copy(from, to, { ifMatch: etag })
  })

  it.each(["put fails", "put does not read", "its signal has aborted"])(
    "cancels the source once where %s",
    async (why) => {
      const cancel = vi.fn(async () => {})
      const cancelled = vi.fn()
      const controller = new AbortController()
      const get = async () => {
        if (why === "its signal has aborted") controller.abort()
        return {
          ...{ info: infoOf(), cancel, bytes: async () => new Uint8Array(1), text: async () => "" },
          stream: () => new ReadableStream({ cancel: cancelled }, { highWaterMark: 0 }),
        }
      }
      const put = () => (why === "put fails" ? Promise.reject(new Error("no")) : Promise.resolve(infoOf()))
      const { storage } = await bare({ get, put })
      await storage.copy(from, to, { signal: controller.signal }).catch(() => {})
      expect([cancel.mock.calls.length, cancelled.mock.calls.length]).toEqual([
        1,
        why === "its signal has aborted" ? 0 : 1,
      ])
    },
  )

  it("rejects what its source rejects, which is no bad argument", async () => {
    const gone = new ServiceError("UNAVAILABLE", "The object was cut on its way; get it again.")
    const get = async () => ({
      ...{ info: infoOf(), cancel: async () => {}, bytes: async () => new Uint8Array(1), text: async () => "" },
      stream: () => new ReadableStream({ pull: () => Promise.reject(gone) }),
    })
    const put = async (_bucket: string, _key: string, body: Body) => {
      await (body as BodySource).next()
      return infoOf()
    }
    const { storage } = await bare({ get, put })
    await expect(storage.copy(from, to)).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "copy" })
  })

  it("rejects NOT_FOUND for a source and a bucket that are not there", async () => {
    const { memory, storage } = await bare()
    await expect(storage.copy(from, to)).rejects.toMatchObject({ details: { reason: "object" } })
    await memory.put("files", "a", "bytes")
    const nowhere = storage.copy(from, { bucket: "nope", key: "a" })
    await expect(nowhere).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason: "bucket" } })
  })
})

describe("deleteMany without one of the implementation", () => {
  it("deletes each key once, those that are not there too, a few at a time", async () => {
    let running = 0
    let most = 0
    const deleted: string[] = []
    const remove = async (_bucket: string, key: string) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      deleted.push(key)
      running--
    }
    const { storage } = await bare({ delete: remove })
    const keys = Array.from({ length: 50 }, (_, index) => String(index))
    expect(await storage.deleteMany("files", [...keys, "0"])).toEqual({ deleted: 50, failed: [] })
    expect([deleted.toSorted(), most <= 16, most > 1]).toEqual([keys.toSorted(), true, true])
    expect(await storage.deleteMany("files", [])).toEqual({ deleted: 0, failed: [] })
  })

  it("tells which keys failed, and goes on", async () => {
    const message = "The user may not."
    const remove = async (_bucket: string, key: string) => {
      if (key === "b") throw new ServiceError("PERMISSION_DENIED", message)
    }
    const { storage } = await bare({ delete: remove })
    expect(await storage.deleteMany("files", ["a", "b", "c"])).toEqual({
      deleted: 2,
      failed: [{ key: "b", code: "PERMISSION_DENIED", message }],
    })
  })

  it.each<ErrorCode>(["NOT_FOUND", "CLOSED", "UNAVAILABLE", "TIMEOUT", "ABORTED"])(
    "rejects %s, which no other key escapes",
    async (code) => {
      const { storage } = await bare({ delete: () => Promise.reject(new ServiceError(code, "No.")) })
      await expect(storage.deleteMany("files", ["a", "b"])).rejects.toMatchObject({ code, operation: "deleteMany" })
    },
  )

  it("rejects INTERNAL for a foreign error", async () => {
    const { storage } = await bare({ delete: () => Promise.reject(new Error("secret")) })
    await expect(storage.deleteMany("files", ["a"])).rejects.toMatchObject({ code: "INTERNAL" })
  })
})
