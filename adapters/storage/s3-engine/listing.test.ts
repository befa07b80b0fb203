import { afterAll, beforeEach, describe, expect, it } from "vitest"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ListOptions, Storage } from "../../../contracts/storage/storage.ts"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { openBucket, stopVersitygw } from "./open-storage.fixture.ts"
import { answerXml, openDouble, refuse } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const PROTOCOL = { code: "UNAVAILABLE", details: { reason: "protocol" } }

async function allOf(storage: Storage, bucket: string, options: ListOptions) {
  const all = { keys: [] as string[], prefixes: [] as string[] }
  let cursor: string | undefined
  do {
    const page = await storage.list(bucket, { ...options, cursor })
    all.keys.push(...page.objects.map(({ key }) => key))
    all.prefixes.push(...page.prefixes)
    cursor = page.cursor
  } while (cursor !== undefined)
  return all
}

describe("list on versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("gives keys in the order of code points, over all pages", async () => {
    const { bucket, storage } = await openBucket()
    const keys = ["a b", "a+b", "a%41", "a&<>\"'", "z", "é", "😀", "a-b/c", "a.b/c", "a/b", "a0"]
    for (const key of keys) await storage.put(bucket, key, "")
    for (const limit of [1, 5, 1000]) {
      expect((await allOf(storage, bucket, { limit })).keys).toEqual([...keys].sort(compareCodePoints))
    }
    expect((await allOf(storage, bucket, { prefix: "a%" })).keys).toEqual(["a%41"])
  })

  it("gives each prefix once, over pages of folders only", async () => {
    const { bucket, storage } = await openBucket()
    for (let folder = 0; folder < 7; folder++) {
      for (const name of ["a", "b"]) await storage.put(bucket, `${folder}/${name}`, "")
    }
    const prefixes = Array.from({ length: 7 }, (_, folder) => `${folder}/`)
    for (const limit of [1, 2, 3]) {
      expect(await allOf(storage, bucket, { limit, delimiter: "/" })).toEqual({ keys: [], prefixes })
    }
  })

  it("deletes more than a thousand keys, and tells of none where there is none", async () => {
    const { bucket, storage } = await openBucket()
    expect(await storage.deleteMany(bucket, [])).toEqual({ deleted: 0, failed: [] })
    const keys = Array.from({ length: 1001 }, (_, index) => `key ${index}`)
    for (let start = 0; start < 1001; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => storage.put(bucket, key, "")))
    }
    expect((await allOf(storage, bucket, {})).keys).toHaveLength(1001)
    expect(await storage.deleteMany(bucket, keys)).toEqual({ deleted: 1001, failed: [] })
    expect(await storage.list(bucket)).toEqual({ objects: [], prefixes: [] })
  })
})

/** A page as S3 writes it. */
function page(keys: readonly string[], token?: string, more = ""): string {
  const contents = keys.map((key) => {
    return `<Contents><Key>${key}</Key><ETag>"e"</ETag><Size>1</Size><LastModified>2026-11-30T08:00:00Z</LastModified></Contents>`
  })
  const next = token === undefined ? "" : `<NextContinuationToken>${token}</NextContinuationToken>`
  const truncated = `<IsTruncated>${token !== undefined}</IsTruncated>`
  return `<ListBucketResult>${truncated}${next}${contents.join("")}${more}</ListBucketResult>`
}

const prefixesOf = (...names: string[]) => {
  return names.map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`).join("")
}

describe("list", () => {
  const pages = (...texts: string[]) =>
    openDouble(({ index }, response) => answerXml(response, texts[Math.min(index, texts.length - 1)] ?? ""))

  it("reads keys that are encoded, by whatever a server writes for a blank", async () => {
    const { double, storage } = await pages(
      page(["a%20b", "a+c", "a%2Bd"], undefined, "<EncodingType>url</EncodingType>"),
    )
    const { objects } = await storage.list("bucket")
    expect(objects.map(({ key }) => key)).toEqual(["a b", "a c", "a+d"])
    expect(double.requests[0]?.url).toContain("encoding-type=url")
  })

  it("takes no page that goes on with the same token", async () => {
    const { storage } = await pages(page(["a"], "same"), page(["b"], "same"))
    const { cursor } = await storage.list("bucket")
    await expect(storage.list("bucket", { cursor })).rejects.toMatchObject(PROTOCOL)
  })

  it("takes no page out of order, nor one that lies before the one before", async () => {
    await expect((await pages(page(["b", "a"]))).storage.list("bucket")).rejects.toMatchObject(PROTOCOL)
    const { storage } = await pages(page(["b"], "next"), page(["a"]))
    const { cursor } = await storage.list("bucket")
    await expect(storage.list("bucket", { cursor })).rejects.toMatchObject(PROTOCOL)
  })

  it("leaves out a prefix that the page before ended with", async () => {
    const { storage } = await pages(
      page([], "next", prefixesOf("a/", "b/")),
      page(["c"], undefined, prefixesOf("b/", "d/")),
    )
    expect(await allOf(storage, "bucket", { delimiter: "/" })).toEqual({ keys: ["c"], prefixes: ["a/", "b/", "d/"] })
  })

  it.each([
    ["a page without an end", "<ListBucketResult></ListBucketResult>"],
    ["a page that goes on without a token", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"],
    ["an object of no size", page(["a"]).replace("<Size>1", "<Size>many")],
    ["an object of less than nothing", page(["a"]).replace("<Size>1", "<Size>-1")],
    ["a key that is encoded wrongly", page(["%zz"], undefined, "<EncodingType>url</EncodingType>")],
  ])("takes no answer that is %s", async (_, text) => {
    await expect((await pages(text)).storage.list("bucket")).rejects.toMatchObject(PROTOCOL)
  })

  it("asks nothing with a cursor that is not its own", async () => {
    const { double, storage } = await pages(page(["a"], "next"))
    const { cursor } = await storage.list("bucket", { prefix: "a" })
    for (const options of [
      { cursor: "other" },
      { cursor },
      { cursor, prefix: "b" },
      { cursor, prefix: "a", delimiter: "/" },
    ]) {
      await expect(storage.list("bucket", options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    }
    expect(double.requests).toHaveLength(1)
  })
})

describe("deleteMany", () => {
  it("carries both sums that servers ask for, and tells what stays", async () => {
    const { double, storage } = await openDouble((_, response) =>
      answerXml(
        response,
        "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error></DeleteResult>",
      ),
    )
    const report = await storage.deleteMany("bucket", ["a", "b", "c"])
    expect(report).toMatchObject({ deleted: 2, failed: [{ key: "b", code: "PERMISSION_DENIED" }] })
    expect(double.requests[0]?.headers).toMatchObject({
      "content-md5": expect.any(String),
      "x-amz-checksum-crc32": expect.any(String),
    })
  })

  it.each([400, 405, 501])("deletes one by one where the server answers %d", async (status) => {
    const { double, storage } = await openDouble(({ method }, response) => {
      if (method === "POST") refuse(response, status, "MalformedXML")
      else response.writeHead(204).end()
    })
    expect(await storage.deleteMany("bucket", ["a", "b"])).toEqual({ deleted: 2, failed: [] })
    expect(double.requests.map(({ method }) => method)).toEqual(["POST", "DELETE", "DELETE"])
  })
})
