import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { move } from "./move.ts"

const from = { bucket: "inbox", key: "a" }
const to = { bucket: "archive", key: "b/c" }

let storage: Storage
beforeEach(async () => {
  storage = createMemoryStorage()
  await storage.createBucket("inbox")
  await storage.createBucket("archive")
  await storage.put("inbox", "a", "hello", { contentType: "text/css", metadata: { a: "b" } })
})

const textOf = async ({ bucket, key }: typeof from) => (await storage.get(bucket, key)).text()
const isThere = async ({ bucket, key }: typeof from) => (await storage.head(bucket, key)) !== undefined

describe("move", () => {
  it("leaves the object at its new place alone, with headers and metadata", async () => {
    const info = await move(storage, from, to)
    expect(info).toEqual(await storage.head(to.bucket, to.key))
    expect(info).toMatchObject({ ...to, contentType: "text/css", metadata: { a: "b" } })
    expect([await textOf(to), await isThere(from)]).toEqual(["hello", false])
  })

  it("moves within a bucket, and replaces what stands there, unless a condition says otherwise", async () => {
    await storage.put(to.bucket, to.key, "old")
    await expect(move(storage, from, to, { ifNoneMatch: "*" })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
    expect([await textOf(to), await isThere(from)]).toEqual(["old", true])
    await move(storage, from, to, { metadata: { c: "d" } })
    await move(storage, to, { ...to, key: "e" })
    expect(await storage.head("archive", "e")).toMatchObject({ metadata: { c: "d" } })
  })

  it("keeps an object that is moved onto itself", async () => {
    expect(await move(storage, from, { ...from }, { contentType: "a/b" })).toMatchObject({ contentType: "a/b" })
    expect(await textOf(from)).toBe("hello")
  })

  it("changes nothing where the copy fails", async () => {
    const remove = vi.spyOn(storage, "delete")
    await expect(move(storage, { ...from, key: "nope" }, to)).rejects.toMatchObject({ code: "NOT_FOUND" })
    await expect(move(storage, from, { ...to, bucket: "nope" })).rejects.toMatchObject({ code: "NOT_FOUND" })
    await expect(move(storage, from, to, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" })
    expect([remove.mock.calls.length, await isThere(from), await isThere(to)]).toEqual([0, true, false])
  })

  it("leaves both where the delete fails, and can be called again", async () => {
    const failure = new ServiceError("UNAVAILABLE", "No.")
    const remove = vi.spyOn(storage, "delete").mockRejectedValueOnce(failure)
    await expect(move(storage, from, to)).rejects.toBe(failure)
    expect([await textOf(from), await textOf(to)]).toEqual(["hello", "hello"])
    await move(storage, from, to)
    expect([remove.mock.calls.length, await isThere(from), await textOf(to)]).toEqual([2, false, "hello"])
  })
})
