import { createSign } from "node:crypto"
import { type File, Storage } from "@google-cloud/storage"
import { describe, expect, it } from "vitest"
import { makeServiceAccount } from "../gcs-double.ts"
import { type Opened, openDouble } from "./double.fixture.ts"

const account = makeServiceAccount()
const stranger = makeServiceAccount()
const HOUR_MS = 3_600_000

interface Signing extends Opened {
  /** The client that signs, with the private key of an account. */
  file(name?: string, key?: string): File
}

async function open(now?: () => number): Promise<Signing> {
  const opened = await openDouble({ signer: account, now })
  const { endpoint, projectId } = opened.double
  return {
    ...opened,
    file: (name = "folder/kéy +&%?", key = account.privateKey) => {
      const credentials = { client_email: account.clientEmail, private_key: key }
      return new Storage({ apiEndpoint: endpoint, projectId, credentials }).bucket("bucket").file(name)
    },
  }
}

type Action = "read" | "write" | "delete"

async function sign(file: File, action: Action, options = {}): Promise<string> {
  const expires = Date.now() + HOUR_MS
  return (await file.getSignedUrl({ version: "v4", action, expires, ...options }))[0]
}

async function call(url: string, init: RequestInit = {}): Promise<[number, string | undefined]> {
  const response = await fetch(url, init)
  const text = await response.text()
  return [response.status, /<Code>(\w+)<\/Code>/.exec(text)?.[1]]
}

describe("a V4 signed URL", () => {
  it("lets in what it was signed for", async () => {
    const { file } = await open()
    expect(await call(await sign(file(), "write"), { method: "PUT", body: "data" })).toEqual([200, undefined])
    const read = await fetch(await sign(file(), "read"))
    expect(await read.text()).toBe("data")
    expect(read.headers.get("etag")).toBe('"8d777f385d3dfec8815d20f7496026dc"')
    expect(read.headers.get("x-goog-hash")).toMatch(/^crc32c=\S+, md5=\S+$/)
    expect(await call(await sign(file(), "delete"), { method: "DELETE" })).toEqual([204, undefined])
    expect(await call(await sign(file(), "read"))).toEqual([404, "NoSuchKey"])
  })

  it("is refused with another verb, another object, another parameter or another key", async () => {
    const { file } = await open()
    await file().save("data", { resumable: false })
    const url = await sign(file(), "read")
    const refused = [403, "SignatureDoesNotMatch"]
    expect(await call(url, { method: "PUT", body: "x" })).toEqual(refused)
    expect(await call(url, { method: "DELETE" })).toEqual(refused)
    expect(await call(url.replace("folder", "another"))).toEqual(refused)
    expect(await call(`${url}&response-content-type=text%2Fhtml`)).toEqual(refused)
    expect(await call(url.replace("Expires=36", "Expires=46"))).toEqual(refused)
    expect(await call(await sign(file(undefined, stranger.privateKey), "read"))).toEqual(refused)
    expect(await call(url.replace("tests%40", "others%40"))).toEqual([403, "AccessDenied"])
    expect(await call(url)).toEqual([200, undefined])
  })

  it("is refused when it is over, too long, or from the future", async () => {
    let shift = 0
    const { file } = await open(() => Date.now() + shift)
    const url = await sign(file(), "write")
    const put = (at: string) => call(at, { method: "PUT", body: "data" })
    shift = HOUR_MS + 1000
    expect(await put(url)).toEqual([400, "ExpiredToken"])
    shift = -16 * 60_000
    expect(await put(url)).toEqual([403, "RequestTimeTooSkewed"])
    shift = -14 * 60_000
    expect(await put(url)).toEqual([200, undefined])
    shift = 0
    for (const expires of ["0", "604801", "1.5", "-1"]) {
      const changed = url.replace(/X-Goog-Expires=\d+/, `X-Goog-Expires=${expires}`)
      expect(await put(changed)).toEqual([400, "AuthorizationQueryParametersError"])
    }
  })

  it("holds the client to the headers that it signs, and to no others of GCS", async () => {
    const { file } = await open()
    const extensionHeaders = { "x-goog-meta-one": "1", "x-goog-if-generation-match": "0", "cache-control": "no-store" }
    const url = await sign(file(), "write", { contentType: "text/x-test", extensionHeaders })
    const headers = { ...extensionHeaders, "content-type": "text/x-test" }
    const put = (more: Record<string, string>) => call(url, { method: "PUT", body: "data", headers: more })
    const malformed = [400, "MalformedSecurityHeader"]
    expect(await put({ "content-type": "text/x-test" })).toEqual(malformed)
    expect(await put({ ...headers, "x-goog-meta-two": "2" })).toEqual(malformed)
    expect(await put({ ...headers, "content-type": "text/html" })).toEqual([403, "SignatureDoesNotMatch"])
    expect(await put(headers)).toEqual([200, undefined])
    const [metadata] = await file().getMetadata()
    expect(metadata).toMatchObject({ contentType: "text/x-test", cacheControl: "no-store", metadata: { one: "1" } })
    expect(await put(headers)).toEqual([412, "PreconditionFailed"])
  })

  it("bounds the size of an upload by a signed header", async () => {
    const { file } = await open()
    const extensionHeaders = { "x-goog-content-length-range": "2,4" }
    const url = await sign(file(), "write", { extensionHeaders })
    const put = (body: string) => call(url, { method: "PUT", body, headers: extensionHeaders })
    expect(await put("12345")).toEqual([400, "EntityTooLarge"])
    expect(await put("1")).toEqual([400, "EntityTooSmall"])
    expect(await put("1234")).toEqual([200, undefined])
  })

  it("stores nothing where a sum is not that of the data", async () => {
    const { file } = await open()
    const url = await sign(file(), "write", { contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==" })
    const headers = { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }
    expect(await call(url, { method: "PUT", body: "data", headers })).toEqual([400, "BadDigest"])
    expect(await file().exists()).toEqual([false])
  })

  it("tells of metadata and a chosen disposition with a download", async () => {
    const { file } = await open()
    await file().save("0123", { resumable: false, metadata: { metadata: { one: "ü" } } })
    const url = await sign(file(), "read", { responseDisposition: 'attachment; filename="a"' })
    const response = await fetch(url, { headers: { range: "bytes=1-2" } })
    expect([response.status, await response.text()]).toEqual([206, "12"])
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="a"')
    expect(Buffer.from(response.headers.get("x-goog-meta-one") ?? "", "latin1").toString()).toBe("ü")
    expect(response.headers.get("x-goog-stored-content-length")).toBe("4")
  })
})

describe("a form with a signed policy", () => {
  async function post(
    { double, file }: Signing,
    conditions: unknown[],
    form: { fields?: Record<string, string>; body?: string; expires?: number; extra?: Record<string, string> } = {},
  ): Promise<[number, string | undefined]> {
    const { body = "data", expires = Date.now() + HOUR_MS, extra = {}, fields = {} } = form
    const [{ fields: signed }] = await file("key").generateSignedPostPolicyV4({
      expires,
      conditions: conditions as object[],
      fields,
    })
    const data = new FormData()
    for (const [name, value] of Object.entries({ ...signed, ...extra })) data.append(name, value)
    data.append("file", new Blob([body]), "photo.jpg")
    return call(`${double.endpoint}/bucket`, { method: "POST", body: data })
  }

  it("stores what its conditions allow", async () => {
    const opened = await open()
    const fields = { "content-type": "text/x-test", "x-goog-meta-one": "1" }
    expect(await post(opened, [["content-length-range", 1, 10]], { fields })).toEqual([204, undefined])
    const [metadata] = await opened.file("key").getMetadata()
    expect(metadata).toMatchObject({ size: "4", contentType: "text/x-test", metadata: { one: "1" } })
    expect(await post(opened, [], { fields: { success_action_status: "201" } })).toEqual([201, undefined])
  })

  it("is refused beyond its conditions", async () => {
    const opened = await open()
    const unfit = [400, "InvalidPolicyDocument"]
    expect(await post(opened, [["content-length-range", 5, 10]])).toEqual([400, "EntityTooSmall"])
    expect(await post(opened, [["content-length-range", 0, 3]])).toEqual([400, "EntityTooLarge"])
    expect(await post(opened, [["eq", "$content-type", "text/x"]])).toEqual(unfit)
    const type = { extra: { "content-type": "text/y" } }
    expect(await post(opened, [["eq", "$content-type", "text/x"]], type)).toEqual(unfit)
    expect(await post(opened, [["starts-with", "$content-type", "image/"]], type)).toEqual(unfit)
    expect(await post(opened, [["starts-with", "$content-type", "text/"]], type)).toEqual([204, undefined])
    expect(await post(opened, [], { extra: { "cache-control": "no-store" } })).toEqual(unfit)
    expect(await post(opened, [], { extra: { key: "another" } })).toEqual(unfit)
    expect(await post(opened, [{ bucket: "another" }])).toEqual(unfit)
  })

  it("is refused when it is over, changed, or signed by another", async () => {
    let shift = 0
    const opened = await open(() => Date.now() + shift)
    const refused = [403, "SignatureDoesNotMatch"]
    const policy = Buffer.from('{"conditions":[],"expiration":"2100-01-01T00:00:00Z"}').toString("base64")
    expect(await post(opened, [], { extra: { policy } })).toEqual(refused)
    const signature = createSign("RSA-SHA256").update(policy).sign(stranger.privateKey, "hex")
    expect(await post(opened, [], { extra: { policy, "x-goog-signature": signature } })).toEqual(refused)
    shift = 2 * HOUR_MS
    expect(await post(opened, [])).toEqual([400, "InvalidPolicyDocument"])
  })
})
