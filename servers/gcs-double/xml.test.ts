import { randomBytes } from "node:crypto"
import { describe, expect, it } from "vitest"
import { md5 } from "./checksums.ts"
import { type Opened, openDouble } from "./double.fixture.ts"
import { contents } from "./xml.ts"

const MIB = 1024 * 1024
const NAME = "folder/kéy <&>"

interface Api extends Opened {
  send(method: string, query: string, body?: BodyInit, headers?: Record<string, string>): Promise<Answer>
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

async function open(name = NAME): Promise<Api> {
  const opened = await openDouble()
  const path = name.split("/").map(encodeURIComponent).join("/")
  return {
    ...opened,
    async send(method, query, body = "", headers = {}) {
      const payload = method === "GET" || method === "HEAD" ? {} : { body }
      const response = await fetch(`${opened.double.endpoint}/bucket/${path}${query}`, { method, headers, ...payload })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
  }
}

const codeOf = ({ status, text }: Answer) => [status, contents(text, "Code")[0]]

async function start(api: Api, headers: Record<string, string> = {}): Promise<string> {
  const answer = await api.send("POST", "?uploads", "", headers)
  return contents(answer.text, "UploadId")[0] ?? ""
}

function listOf(parts: readonly (readonly [number, string])[]): string {
  const items = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
  return `<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`
}

describe("a multipart upload of the XML API", () => {
  it("becomes one object, which has no MD5", async () => {
    const api = await open()
    const id = await start(api, { "content-type": "text/x-test", "x-goog-meta-one": "1" })
    const data = [randomBytes(5 * MIB), randomBytes(100)] as const
    const etags: string[] = []
    for (const [index, part] of data.entries()) {
      const answer = await api.send("PUT", `?partNumber=${index + 1}&uploadId=${id}`, part)
      etags.push(answer.headers.get("etag") ?? "")
    }
    expect(etags[1]).toBe(`"${Buffer.from(md5(data[1]), "base64").toString("hex")}"`)
    const file = api.storage.bucket("bucket").file(NAME)
    expect(await file.exists()).toEqual([false])
    const done = await api.send(
      "POST",
      `?uploadId=${id}`,
      listOf([
        [1, etags[0] ?? ""],
        [2, etags[1] ?? ""],
      ]),
    )
    expect([done.status, contents(done.text, "Key")]).toEqual([200, [NAME]])
    expect((await file.download({ validation: false }))[0].equals(Buffer.concat(data))).toBe(true)
    const [metadata] = await file.getMetadata()
    expect(metadata).toMatchObject({ contentType: "text/x-test", metadata: { one: "1" } })
    expect(metadata.md5Hash).toBeUndefined()
    expect(done.headers.get("x-goog-hash")).toBe(`crc32c=${metadata.crc32c}`)
    expect(codeOf(await api.send("POST", `?uploadId=${id}`, listOf([[1, etags[0] ?? ""]])))).toEqual([
      404,
      "NoSuchUpload",
    ])
  })

  it("takes a part anew, and refuses parts that are wrong", async () => {
    const api = await open()
    const id = await start(api)
    const put = async (number: number, body: string) =>
      (await api.send("PUT", `?partNumber=${number}&uploadId=${id}`, body)).headers.get("etag") ?? ""
    const old = await put(1, "old")
    const [one, two] = [await put(1, "one"), await put(2, "two")]
    const complete = async (parts: readonly (readonly [number, string])[]) =>
      codeOf(await api.send("POST", `?uploadId=${id}`, listOf(parts)))
    expect(await complete([])).toEqual([400, "MalformedXML"])
    expect(await complete([[1, old]])).toEqual([400, "InvalidPart"])
    expect(await complete([[3, one]])).toEqual([400, "InvalidPart"])
    expect(
      await complete([
        [2, two],
        [1, one],
      ]),
    ).toEqual([400, "InvalidPartOrder"])
    expect(
      await complete([
        [1, one],
        [2, two],
      ]),
    ).toEqual([400, "EntityTooSmall"])
    expect(codeOf(await api.send("PUT", `?partNumber=0&uploadId=${id}`, ""))).toEqual([400, "InvalidArgument"])
    expect(codeOf(await api.send("PUT", `?partNumber=10001&uploadId=${id}`, ""))).toEqual([400, "InvalidArgument"])
    const wrongSum = { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }
    expect(codeOf(await api.send("PUT", `?partNumber=3&uploadId=${id}`, "x", wrongSum))).toEqual([400, "BadDigest"])
    expect(await complete([[1, one]])).toEqual([200, undefined])
  })

  it("lists its parts by pages of 1,000", async () => {
    const api = await open()
    const id = await start(api)
    for (let number = 1001; number >= 1; number--)
      await api.send("PUT", `?partNumber=${number}&uploadId=${id}`, `${number}`)
    const first = (await api.send("GET", `?uploadId=${id}`)).text
    expect(contents(first, "PartNumber").map(Number)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1))
    expect([contents(first, "IsTruncated"), contents(first, "NextPartNumberMarker")]).toEqual([["true"], ["1000"]])
    const second = (await api.send("GET", `?uploadId=${id}&part-number-marker=1000&max-parts=5`)).text
    expect([contents(second, "PartNumber"), contents(second, "IsTruncated")]).toEqual([["1001"], ["false"]])
    expect(contents(second, "Size")).toEqual(["4"])
  })

  it("can be aborted and found", async () => {
    const api = await open()
    const uploads = async (query = "") => {
      const text = await (await fetch(`${api.double.endpoint}/bucket?uploads${query}`)).text()
      return contents(text, "Upload").map((upload) => contents(upload, "UploadId")[0])
    }
    const ids = [await start(api), await start(api)]
    expect(await uploads()).toEqual(ids)
    expect(await uploads("&prefix=none")).toEqual([])
    expect(await uploads("&max-uploads=1")).toEqual([ids[0]])
    const marker = `&key-marker=${encodeURIComponent(NAME)}&upload-id-marker=${ids[0]}`
    expect(await uploads(marker)).toEqual([ids[1]])
    expect((await api.send("DELETE", `?uploadId=${ids[0]}`)).status).toBe(204)
    expect(codeOf(await api.send("DELETE", `?uploadId=${ids[0]}`))).toEqual([404, "NoSuchUpload"])
    expect(codeOf(await api.send("PUT", `?partNumber=1&uploadId=${ids[0]}`, ""))).toEqual([404, "NoSuchUpload"])
    expect(await uploads()).toEqual([ids[1]])
  })

  it("has no conditions, and says so", async () => {
    const api = await open()
    const condition = { "x-goog-if-generation-match": "0" }
    expect(codeOf(await api.send("POST", "?uploads", "", condition))).toEqual([501, "NotImplemented"])
    const id = await start(api)
    expect(codeOf(await api.send("POST", `?uploadId=${id}`, "", condition))).toEqual([501, "NotImplemented"])
  })
})

describe("objects of the XML API", () => {
  it("have conditions by headers", async () => {
    const api = await open()
    const match = (generation: string | null) => ({ "x-goog-if-generation-match": generation ?? "" })
    const first = await api.send("PUT", "", "one", match("0"))
    const generation = first.headers.get("x-goog-generation")
    expect(codeOf(await api.send("PUT", "", "two", match("0")))).toEqual([412, "PreconditionFailed"])
    expect((await api.send("GET", "", "", match(generation))).text).toBe("one")
    expect(codeOf(await api.send("GET", "", "", match("7")))).toEqual([412, "PreconditionFailed"])
    expect((await api.send("HEAD", "", "", match("7"))).status).toBe(412)
    expect((await api.send("DELETE", "", "", match("7"))).status).toBe(412)
    const etag = first.headers.get("etag") ?? ""
    expect((await api.send("GET", "", "", { "if-none-match": etag })).status).toBe(304)
    expect((await api.send("GET", "", "", { "if-match": '"another"' })).status).toBe(412)
    expect((await api.send("DELETE", "", "", match(generation))).status).toBe(204)
    expect(codeOf(await api.send("DELETE", ""))).toEqual([404, "NoSuchKey"])
    expect(codeOf(await api.send("PUT", "", "x", { "x-goog-acl": "public-read" }))).toEqual([501, "NotImplemented"])
  })

  it("tell the same by HEAD as by GET, without the data", async () => {
    const api = await open()
    await api.send("PUT", "", "data", { "content-type": "text/x-test" })
    const [get, head] = [await api.send("GET", ""), await api.send("HEAD", "")]
    expect(head.text).toBe("")
    const names = ["content-length", "content-type", "etag", "x-goog-generation", "x-goog-hash"]
    expect(names.map((name) => head.headers.get(name))).toEqual(names.map((name) => get.headers.get(name)))
    expect(head.headers.get("content-length")).toBe("4")
  })

  it.each([
    ["bytes=0-1", 206, "01", "bytes 0-1/4"],
    ["bytes=2-", 206, "23", "bytes 2-3/4"],
    ["bytes=-3", 206, "123", "bytes 1-3/4"],
    ["bytes=-9", 206, "0123", "bytes 0-3/4"],
    ["bytes=3-1", 200, "0123", null],
  ])("answer the range %s", async (range, status, text, contentRange) => {
    const api = await open()
    await api.send("PUT", "", "0123")
    const answer = await api.send("GET", "", "", { range })
    expect([answer.status, answer.text, answer.headers.get("content-range")]).toEqual([status, text, contentRange])
  })

  it("refuse a range behind their end", async () => {
    const api = await open()
    await api.send("PUT", "", "0123")
    const answer = await api.send("GET", "", "", { range: "bytes=4-" })
    expect([...codeOf(answer), answer.headers.get("content-range")]).toEqual([416, "InvalidRange", "bytes */4"])
  })
})
