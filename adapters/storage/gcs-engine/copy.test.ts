import { beforeEach, describe, expect, it } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { startMeddler, withJson } from "./meddler.fixture.ts"
import { keysOf, openDouble, openFake, openStorage, textOf, told } from "./open-gcs.fixture.ts"

const from = { bucket: "files", key: "from" }
const to = { bucket: "files", key: "to" }
const FIELDS = {
  contentType: "text/x-note",
  contentEncoding: "br",
  contentDisposition: "inline",
  contentLanguage: "de",
  cacheControl: "no-store",
  metadata: { n: "käse" },
}
const error = (code: string, reason?: string) =>
  expect.objectContaining({ code, ...(reason !== undefined && { details: { reason } }) })

describe.each(["gcs-double", "fake-gcs-server"])("copy at %s", (server) => {
  let storage: Storage

  beforeEach(async (context) => {
    storage = (await (server === "gcs-double" ? openDouble() : openFake(context))).storage
    await storage.put("files", "from", "text", FIELDS)
  })

  it("has the bytes and the fields of its source, also in another bucket", async () => {
    await storage.createBucket("another")
    for (const target of [to, { bucket: "another", key: "ä b/%2F+&?#" }]) {
      const copied = await storage.copy(from, target)
      expect(copied).toMatchObject({ ...target, ...FIELDS, size: 4 })
      expect(await storage.head(target.bucket, target.key)).toEqual(copied)
    }
    expect(await textOf(storage, "from")).toBe("text")
  })

  it("has what was given in place of the source's, and all else of it", async () => {
    expect(await storage.copy(from, to, { contentType: "x/y" })).toMatchObject({ ...FIELDS, contentType: "x/y" })
    expect(await storage.copy(from, to, { cacheControl: "private" })).toMatchObject({
      ...FIELDS,
      cacheControl: "private",
    })
    expect((await storage.copy(from, to, { metadata: { other: "1" } })).metadata).toEqual({ other: "1" })
    expect((await storage.copy(from, to, { metadata: {} })).metadata).toEqual({})
  })

  it("onto itself changes its fields and keeps its bytes", async () => {
    const copied = await storage.copy(from, from, { metadata: { n: "2" } })
    expect([copied.metadata, copied.contentType, await textOf(storage, "from")]).toEqual([
      { n: "2" },
      "text/x-note",
      "text",
    ])
  })

  it("rejects NOT_FOUND for what is not there, and says which", async () => {
    const nowhere = { bucket: "nope", key: "a" }
    const nothing = { bucket: "files", key: "nope" }
    for (const options of [{}, { contentType: "x/y" }]) {
      await expect(storage.copy(nothing, to, options)).rejects.toThrow(error("NOT_FOUND", "object"))
      await expect(storage.copy(nowhere, to, options)).rejects.toThrow(error("NOT_FOUND", "bucket"))
      await expect(storage.copy(from, nowhere, options)).rejects.toThrow(error("NOT_FOUND", "bucket"))
    }
    expect(await keysOf(storage)).toEqual(["from"])
  })
})

describe("copy at gcs-double", () => {
  it("goes on until a rewrite is done", async () => {
    const { double, storage: other } = await openDouble()
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) =>
        asked.url.includes("/rewriteTo/")
          ? { ...asked, url: `${asked.url}${asked.url.includes("?") ? "&" : "?"}maxBytesRewrittenPerCall=1048576` }
          : asked,
    })
    const storage = openStorage({ endpoint })
    await other.put("files", "from", new Uint8Array(2_500_000), FIELDS)
    for (const options of [{}, { contentType: "x/y" }, { ifNoneMatch: "*" as const }]) {
      await other.delete("files", "to")
      const before = double.requests.length
      expect(await storage.copy(from, to, options)).toMatchObject({ size: 2_500_000, metadata: FIELDS.metadata })
      expect(
        told(double.requests)
          .slice(before)
          .filter((line) => line === "POST object 200"),
      ).toHaveLength(3)
    }
  })

  it("takes fields and bytes of one version of the source", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "from", "one", { metadata: { n: "1" } })
    let left = 1
    const endpoint = await startMeddler(double.endpoint, {
      request: async (asked) => {
        if (asked.url.includes("/rewriteTo/") && left-- > 0)
          await other.put("files", "from", "two", { metadata: { n: "2" } })
        return asked
      },
    })
    const copied = await openStorage({ endpoint }).copy(from, to, { contentType: "x/y" })
    expect([copied.metadata, await textOf(other, "to")]).toEqual([{ n: "2" }, "two"])
  })

  it("rejects an answer that is never done without a token", async () => {
    const { double, storage: other } = await openDouble()
    await other.put("files", "from", "x")
    const endpoint = await startMeddler(double.endpoint, {
      answer: (answer, { url }) =>
        url.includes("/rewriteTo/") ? withJson(answer, (json) => ({ ...json, done: false })) : answer,
    })
    await expect(openStorage({ endpoint }).copy(from, to)).rejects.toThrow(error("UNAVAILABLE", "protocol"))
  })

  it("with an aborted signal copies nothing", async () => {
    const { double, storage } = await openDouble()
    await storage.put("files", "from", "x")
    const before = double.requests.length
    await expect(storage.copy(from, to, { signal: AbortSignal.abort() })).rejects.toThrow(error("ABORTED"))
    expect(double.requests.length).toBe(before)
  })
})
