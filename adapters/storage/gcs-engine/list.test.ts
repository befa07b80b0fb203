import { beforeEach, describe, expect, it } from "vitest"
import type { ListOptions, Storage } from "../../../contracts/storage/storage.ts"
import { startMeddler, withJson } from "./meddler.fixture.ts"
import { keysOf, openDouble, openFake, openStorage } from "./open-gcs.fixture.ts"

/** Each page as one list, prefixes and keys in order. */
async function walk(storage: Storage, options: ListOptions): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await storage.list("files", { ...options, cursor })
    pages.push([...page.prefixes, ...page.objects.map(({ key }) => key)].sort())
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

async function fill(storage: Storage, keys: readonly string[]): Promise<void> {
  for (const key of keys) await storage.put("files", key, "")
}

/** fake-gcs-server counts no prefixes for a limit and gives them on every page: the adapter does it right all the same. */
describe.each(["gcs-double", "fake-gcs-server"])("list at %s", (server) => {
  let storage: Storage

  beforeEach(async (context) => {
    storage = (await (server === "gcs-double" ? openDouble() : openFake(context))).storage
  })

  it("gives every key once and in order, whatever the limit", async () => {
    const keys = ["B", "a", "a/", "a//b", "a/b", "b", "%2F", "+", "ä", "\uffee", "\u{1f600}"]
    await fill(storage, keys)
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await keysOf(storage)).toEqual(sorted)
    for (const limit of [1, 2, 3, 10, 11, 12]) {
      const pages = await walk(storage, { limit })
      expect(pages.every((page) => page.length > 0 && page.length <= limit)).toBe(true)
      expect(pages.flat()).toHaveLength(keys.length)
    }
  })

  it("counts prefixes and gives each once over all pages", async () => {
    await fill(storage, ["a/1", "a/2", "b", "c/1", "c/2", "d", "e/1"])
    for (const limit of [1, 2, 3, 4, 5, 6]) {
      const pages = await walk(storage, { delimiter: "/", limit })
      expect(pages.flat()).toEqual(["a/", "b", "c/", "d", "e/"])
      expect(pages.every((page) => page.length <= limit)).toBe(true)
    }
    expect(await walk(storage, { delimiter: "/", prefix: "a/", limit: 1 })).toEqual([["a/1"], ["a/2"]])
    expect(await walk(storage, { delimiter: "/", prefix: "", limit: 5 })).toEqual([["a/", "b", "c/", "d", "e/"]])
  })

  it("gives three pages of folders alone", async () => {
    await fill(storage, ["a/1", "a/2", "b/1", "c/1", "c/2", "d/1", "e/1"])
    const pages = await walk(storage, { delimiter: "/", limit: 2 })
    expect(pages).toEqual([["a/", "b/"], ["c/", "d/"], ["e/"]])
  })

  it("goes on from a cursor while keys before and behind it come and go", async () => {
    await fill(storage, ["a/1", "b", "c/1", "d"])
    const first = await storage.list("files", { delimiter: "/", limit: 2 })
    await storage.delete("files", "b")
    await fill(storage, ["a/2", "bb", "a0"])
    const rest = await storage.list("files", { delimiter: "/", cursor: first.cursor })
    expect([rest.prefixes, rest.objects.map(({ key }) => key)]).toEqual([["c/"], ["bb", "d"]])
  })

  it("tells the size, the ETag and the time that head tells", async () => {
    await storage.put("files", "a", "12345")
    const { bucket, etag, key, lastModified, size } = (await storage.head("files", "a")) ?? {}
    expect((await storage.list("files")).objects).toEqual([{ bucket, key, size, etag, lastModified }])
  })

  it("rejects NOT_FOUND for a bucket that is not there", async () => {
    await expect(storage.list("nope")).rejects.toThrow(
      expect.objectContaining({ code: "NOT_FOUND", details: { reason: "bucket" } }),
    )
  })
})

describe("list at gcs-double", () => {
  it("takes any text for a delimiter, and a prefix literally", async () => {
    const { storage } = await openDouble()
    await fill(storage, ["a--1", "a--2", "a-b", "a.b", "aXb"])
    expect(await walk(storage, { delimiter: "--" })).toEqual([["a--", "a-b", "a.b", "aXb"]])
    expect(await walk(storage, { prefix: "a." })).toEqual([["a.b"]])
  })

  it("gives 1,000 to a page", async () => {
    const { storage } = await openDouble()
    await Promise.all(Array.from({ length: 1001 }, (_, index) => storage.put("files", String(index), "")))
    expect((await walk(storage, {})).map((page) => page.length)).toEqual([1000, 1])
    expect((await walk(storage, { limit: 1000 })).map((page) => page.length)).toEqual([1000, 1])
  })

  it("sends nothing for a cursor that is not of this list", async () => {
    const { double, storage } = await openDouble()
    await fill(storage, ["a", "b"])
    const { cursor } = await storage.list("files", { limit: 1 })
    const before = double.requests.length
    for (const options of [{ cursor: "x" }, { cursor, prefix: "a" }, { cursor, delimiter: "/" }]) {
      await expect(storage.list("files", options)).rejects.toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      )
    }
    expect(double.requests.length).toBe(before)
  })

  it("passes over empty pages that have a token, and rejects a token that comes again", async () => {
    const { double, storage: other } = await openDouble()
    await fill(other, ["a", "b"])
    let left = 2
    const endpoint = await startMeddler(double.endpoint, {
      answer: (answer, { url }) =>
        url.includes("/o?") && left-- > 0
          ? withJson(answer, () => ({
              kind: "storage#objects",
              nextPageToken: btoa(`after:${left}`).replace(/=+$/, ""),
            }))
          : answer,
    })
    const storage = openStorage({ endpoint })
    expect(await keysOf(storage)).toEqual(["a", "b"])
    const page = Buffer.from(JSON.stringify({ kind: "storage#objects", nextPageToken: "same" }))
    const looping = await startMeddler(double.endpoint, { request: () => ({ status: 200, headers: {}, body: page }) })
    await expect(openStorage({ endpoint: looping }).list("files")).rejects.toThrow(
      expect.objectContaining({ code: "UNAVAILABLE", details: { reason: "protocol" } }),
    )
  })
})
