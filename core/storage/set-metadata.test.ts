import { beforeEach, describe, expect, it } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { ObjectInfo, Storage } from "../../contracts/storage/storage.ts"
import { setMetadata } from "./set-metadata.ts"

let storage: Storage
let before: ObjectInfo
beforeEach(async () => {
  storage = createMemoryStorage()
  await storage.createBucket("files")
  const checksum = { algorithm: "md5", value: "XUFAKrxLKna5cZ2REBfFkg==" } as const
  const headers = { contentType: "text/css", contentEncoding: "gzip", cacheControl: "no-store", contentLanguage: "de" }
  before = await storage.put("files", "a", "hello", { ...headers, checksum, metadata: { a: "1", b: "2" } })
})

describe("setMetadata", () => {
  it("replaces the metadata as a whole, and keeps bytes, headers and checksums", async () => {
    const after = await setMetadata(storage, "files", "a", { b: "é", c: "" })
    const { etag, lastModified } = after
    expect(after).toEqual({ ...before, metadata: { b: "é", c: "" }, etag, lastModified })
    expect(await storage.head("files", "a")).toEqual(after)
    expect(await (await storage.get("files", "a")).text()).toBe("hello")
    expect(await setMetadata(storage, "files", "a", {})).toMatchObject({ metadata: {} })
  })

  it("rejects what copy rejects, and changes nothing", async () => {
    await expect(setMetadata(storage, "files", "b", {})).rejects.toMatchObject({ code: "NOT_FOUND" })
    await expect(setMetadata(storage, "files", "a", { A: "a" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    const long = { a: "x".repeat(2048) }
    await expect(setMetadata(storage, "files", "a", long)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(await storage.head("files", "a")).toEqual(before)
  })
})
