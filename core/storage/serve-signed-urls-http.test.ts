import { createHash, randomBytes } from "node:crypto"
import { request } from "node:http"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { PresignedRequest, PresignOptions, Storage } from "../../contracts/storage/storage.ts"
import { listen } from "./fetch-server.fixture.ts"
import { serveSignedUrls } from "./serve-signed-urls.ts"

let storage: Storage
let close = () => {}
beforeEach(async () => {
  const { origin, close: end } = await listen((request) => serveSignedUrls(storage)(request))
  close = end
  storage = createMemoryStorage({ baseUrl: `${origin}/storage`, maxObjectBytes: 30_000_000 })
  await storage.createBucket("files")
})
afterEach(() => close())

const presign = (options: Partial<PresignOptions>, key = "a//b c/ü+%2F?.txt") =>
  storage.presign("files", key, { method: "GET", expiresIn: 60, ...options })

const send = ({ headers, method, url }: PresignedRequest, init: RequestInit = {}) =>
  fetch(url, { method, duplex: "half", ...init, headers: { ...headers, ...(init.headers as object) } } as RequestInit)

const large = randomBytes(20_000_000)
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

describe("signed URLs over HTTP", () => {
  it("carry a large object there and back, by PUT, POST and GET", async () => {
    const metadata = { a: "é \r\n" }
    const put = await send(await presign({ method: "PUT", size: large.length, metadata, ifNoneMatch: "*" }), {
      body: large,
    })
    expect(put.status).toBe(200)
    const got = await send(await presign({}))
    expect(digest(new Uint8Array(await got.arrayBuffer()))).toBe(digest(large))
    expect(await storage.head("files", "a//b c/ü+%2F?.txt")).toMatchObject({ metadata })
    const post = await presign({ method: "POST", maxBytes: large.length, contentType: "image/png", metadata })
    const form = new FormData()
    for (const [name, value] of Object.entries(post.fields ?? {})) form.append(name, value)
    form.append("file", new Blob([large]), "a")
    expect((await send(post, { body: form })).status).toBe(204)
    const ranged = await send(await presign({}), { headers: { range: "bytes=19999990-" } })
    expect([ranged.status, Buffer.from(await ranged.arrayBuffer())]).toEqual([206, large.subarray(19_999_990)])
    const again = await send(await presign({}), { headers: { "if-none-match": ranged.headers.get("etag") as string } })
    expect([again.status, await again.text()]).toEqual([304, ""])
    const head = await send(await presign({ method: "HEAD" }))
    expect([head.headers.get("content-length"), head.headers.get("content-type")]).toEqual(["20000000", "image/png"])
  })

  it("are refused with an answer, although most of the body is still on its way", async () => {
    const tooLarge = Buffer.alloc(60_000_000)
    const small = await presign({ method: "PUT", contentType: "image/png" })
    for (const [status, headers] of [
      [413, small.headers],
      [403, {}],
    ] as const) {
      expect(await rawPut(small.url, headers, tooLarge)).toBe(status)
    }
  })

  it("end a put whose client goes, and leave the old object", async () => {
    await storage.put("files", "a", "old")
    const { url } = await presign({ method: "PUT" }, "a")
    const sending = request(url, { method: "PUT", headers: { "content-length": "1000" } })
    sending.on("error", () => {})
    sending.write("half")
    await new Promise((resolve) => setImmediate(resolve))
    sending.destroy()
    await storage.put("files", "b", "after")
    expect(await (await storage.get("files", "a")).text()).toBe("old")
  })
})

/** The status of a PUT whose body is sent whether an answer comes or not. */
function rawPut(url: string, headers: Record<string, string>, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "PUT", headers: { ...headers, "transfer-encoding": "chunked" } })
    sending.on("error", reject)
    sending.on("response", (answer) => {
      answer.resume()
      answer.on("end", () => resolve(answer.statusCode))
      answer.on("error", reject)
    })
    sending.end(body)
  })
}
