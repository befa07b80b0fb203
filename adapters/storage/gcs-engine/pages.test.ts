import { describe, expect, it } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { type MeddledAnswer, startMeddler } from "./meddler.fixture.ts"
import { openDouble, openStorage } from "./open-gcs.fixture.ts"

/** Marks that come by turns, of which none is that of the page before. */
const MARKS = ["a", "b", "c"]

const json = (content: object): Buffer => Buffer.from(JSON.stringify(content))
const xml = (root: string, content: string): Buffer =>
  Buffer.from(`<${root}><IsTruncated>true</IsTruncated>${content}</${root}>`)

const pages: readonly {
  readonly name: string
  page(mark: string): Buffer
  call(storage: Storage): Promise<unknown>
}[] = [
  {
    name: "list",
    page: (nextPageToken) => json({ kind: "storage#objects", nextPageToken }),
    call: (storage) => storage.list("files"),
  },
  {
    name: "deleteBucket with force",
    page: (nextPageToken) => json({ kind: "storage#objects", nextPageToken }),
    call: (storage) => storage.deleteBucket("files", { force: true }),
  },
  {
    name: "listBuckets",
    page: (nextPageToken) => json({ kind: "storage#buckets", nextPageToken }),
    call: (storage) => storage.listBuckets(),
  },
  {
    name: "sweepUploads",
    page: (mark) =>
      xml(
        "ListMultipartUploadsResult",
        `<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>${mark}</NextUploadIdMarker>`,
      ),
    call: (storage) => storage.sweepUploads("files", 0),
  },
  {
    name: "parts",
    page: (mark) => xml("ListPartsResult", `<NextPartNumberMarker>${mark}</NextPartNumberMarker>`),
    call: async (storage) => (await storage.createUpload("files", "a")).parts(),
  },
]

describe("a server whose pages lead round", () => {
  it.each(pages)("is asked no more than once for each: $name", async ({ call, page }) => {
    const { double } = await openDouble()
    let asked = 0
    const endpoint = await startMeddler(double.endpoint, {
      request: (request): typeof request | MeddledAnswer => {
        if (request.method !== "GET") return request
        // Past its end the test must not go on for ever.
        if (asked > 20) return { status: 400, headers: {}, body: json({ error: { code: 400 } }) }
        return { status: 200, headers: {}, body: page(MARKS[asked++ % MARKS.length] as string) }
      },
    })
    await expect(call(openStorage({ endpoint }))).rejects.toThrow(
      expect.objectContaining({ code: "UNAVAILABLE", details: { reason: "protocol" } }),
    )
    expect(asked).toBe(MARKS.length + 1)
  })
})
