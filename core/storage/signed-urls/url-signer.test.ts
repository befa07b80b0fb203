import * as fc from "fast-check"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import { objectKeyIssue } from "../../../contracts/storage/arguments.ts"
import type { PresignedRequest, PresignOptions } from "../../../contracts/storage/storage.ts"
import { objectOfPath, pathOfObject } from "./object-path.ts"
import { UrlSigner, type UrlSignerOptions } from "./url-signer.ts"

const BASE = "https://example.org/storage"
const SECRET = "a secret of tests"
const get = { method: "GET", expiresIn: 60 } as const

let clock: ManualClock
let signer: UrlSigner
beforeEach(() => {
  clock = createManualClock()
  signer = signerOf()
})

function signerOf(options: Partial<UrlSignerOptions> = {}): UrlSigner {
  return new UrlSigner({ secret: SECRET, baseUrl: BASE, clock, ...options })
}

const verify = ({ fields, method, url }: PresignedRequest, by = signer) => by.verifyPresigned({ method, url, fields })
const refused = (reason: string) => ({ code: "PERMISSION_DENIED", details: { reason } })

/** Options that use everything that their method has. */
const ALL: readonly PresignOptions[] = [
  { ...get, disposition: 'attachment; filename="a b.txt"' },
  { ...get, method: "HEAD" },
  { ...get, method: "DELETE" },
  {
    ...{ method: "PUT", expiresIn: 604_800, contentType: "text/plain; charset=utf-8", contentEncoding: "gzip" },
    ...{
      cacheControl: "max-age=60, private",
      metadata: { a: "é\r\n ", "b-1": "=?", c: "" },
      ifNoneMatch: "*",
      size: 0,
    },
  },
  { method: "POST", expiresIn: 1, contentType: "a/b", cacheControl: "a", metadata: { method: "x" }, maxBytes: 5 },
]

describe("a signed request", () => {
  it.each(ALL)("tells again what was signed: %o", async (options) => {
    const request = await signer.presign("files", "a/b c.txt", options)
    const expiresAt = new Date(clock.now() + options.expiresIn * 1000)
    expect(request).toMatchObject({ method: options.method, expiresAt })
    expect(await verify(request)).toEqual({ bucket: "files", key: "a/b c.txt", options, expiresAt })
  })

  it("has headers where it is a PUT, and fields in place of a query where it is a POST", async () => {
    const [, , , put, post] = await Promise.all(ALL.map((options) => signer.presign("files", "a", options)))
    expect(put?.headers).toEqual({
      ...{ "content-type": "text/plain; charset=utf-8", "content-encoding": "gzip" },
      ...{ "cache-control": "max-age=60, private", "if-none-match": "*" },
      ...{ "x-meta-a": "=?UTF-8?B?w6kNCiA=?=", "x-meta-b-1": "=?UTF-8?B?PT8=?=", "x-meta-c": "=?UTF-8?B??=" },
    })
    expect([post?.url, post?.headers]).toEqual([`${BASE}/files/a`, {}])
    expect(post?.fields).toMatchObject({ method: "POST", "content-type": "a/b", "max-bytes": "5", "meta-method": "x" })
    expect(put?.fields).toBeUndefined()
  })

  it("writes a blank as %20, and hands out no secret", async () => {
    const { url } = await signer.presign("files", "a", { ...get, disposition: "inline; a=b +c" })
    expect(url).toContain("disposition=inline%3B%20a%3Db%20%2Bc")
    expect(url).not.toContain(SECRET)
  })

  it("is good behind a proxy, which has another origin", async () => {
    const request = await signer.presign("files", "a", get)
    const url = request.url.replace("https://example.org", "http://10.0.0.1:3000")
    expect(await verify({ ...request, url })).toMatchObject({ key: "a" })
    expect(await verify({ ...request, url: url.slice("http://10.0.0.1:3000".length) })).toMatchObject({ key: "a" })
  })

  it.each(["https://example.org", "https://example.org/", "http://localhost:3000/a/b/", "https://example.org/%C3%A9"])(
    "may stand under %s",
    async (baseUrl) => {
      const signer = signerOf({ baseUrl })
      const request = await signer.presign("files", "a/b", get)
      expect(request.url.startsWith(`${baseUrl.replace(/\/$/, "")}/files/a/b?`)).toBe(true)
      expect(await verify(request, signer)).toMatchObject({ bucket: "files", key: "a/b" })
    },
  )
})

describe("a changed request is refused", () => {
  it("for every change of its query", async () => {
    const { url } = await signer.presign("files", "a", ALL[3] as PresignOptions)
    const names = [...new URL(url).searchParams.keys()]
    expect(names).toContain("meta-a")
    for (const name of names) {
      const [changed, removed, doubled] = [new URL(url), new URL(url), new URL(url)]
      changed.searchParams.set(name, `${changed.searchParams.get(name)}1`)
      removed.searchParams.delete(name)
      doubled.searchParams.append(name, doubled.searchParams.get(name) as string)
      for (const { href } of [changed, removed, doubled]) {
        await expect(signer.verifyPresigned({ method: "PUT", url: href })).rejects.toMatchObject(refused("signature"))
      }
    }
    for (const more of ["&a=1", "&size=1", "&disposition=inline", "&__proto__=1", "&signature="]) {
      const request = { method: "PUT", url: url + more }
      await expect(signer.verifyPresigned(request)).rejects.toMatchObject(refused("signature"))
    }
  })

  it("for every change of its signature, of bits that stand for nothing too", async () => {
    const { url } = await signer.presign("files", "a", get)
    const signature = new URL(url).searchParams.get("signature") as string
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    const last = [...letters].map((letter) => signature.slice(0, -1) + letter).filter((text) => text !== signature)
    const others = ["", "a", "*", `${signature}=`, ` ${signature}`, signature.slice(1), signature.toLowerCase()]
    for (const text of [...last, ...others]) {
      const changed = new URL(url)
      changed.searchParams.set("signature", text)
      const request = { method: "GET", url: changed.href }
      await expect(signer.verifyPresigned(request)).rejects.toMatchObject(refused("signature"))
    }
  })

  it("for another bucket, another key and another base", async () => {
    const { url } = await signer.presign("files", "a/b", get)
    const query = url.slice(url.indexOf("?"))
    const others = [
      `${BASE}/files/a/c`,
      `${BASE}/files2/a/b`,
      `${BASE}/files/a/b/`,
      `${BASE}/files//a/b`,
      `${BASE}/files/a`,
    ]
    others.push(`${BASE}/files/a%252Fb`, `${BASE}/a/b`, `${BASE}/`, "https://example.org/files/a/b", `${BASE}/files/%`)
    for (const other of others) {
      const request = { method: "GET", url: other + query }
      await expect(signer.verifyPresigned(request)).rejects.toMatchObject(refused("signature"))
    }
  })

  it.each([
    "",
    "a",
    "http://",
    "http://[",
    `${BASE}`,
    `${BASE}/`,
    `${BASE}?signature=a`,
    "http://example.org:99999/storage/",
  ])("where it is none: %j", async (url) => {
    await expect(signer.verifyPresigned({ method: "GET", url })).rejects.toMatchObject(refused("signature"))
    await expect(signer.verifyPresigned({ method: "POST", url, fields: {} })).rejects.toMatchObject(
      refused("signature"),
    )
  })

  it("for every change of the fields of a form", async () => {
    const request = await signer.presign("files", "a", ALL[4] as PresignOptions)
    const fields = request.fields as Record<string, string>
    for (const name of Object.keys(fields)) {
      const { [name]: _, ...removed } = fields
      const changed = { ...fields, [name]: `${fields[name]}1` }
      for (const other of [removed, changed]) {
        await expect(verify({ ...request, fields: other })).rejects.toMatchObject(refused("signature"))
      }
    }
    const more = { ...request, fields: { ...fields, more: "" } }
    await expect(verify(more)).rejects.toMatchObject(refused("signature"))
    await expect(verify({ ...request, url: `${request.url}?a=1` })).rejects.toMatchObject(refused("signature"))
    const { fields: without, ...bare } = request
    await expect(verify(bare)).rejects.toMatchObject(refused("signature"))
  })

  it("by another secret", async () => {
    const request = await signer.presign("files", "a", get)
    await expect(verify(request, signerOf({ secret: `${SECRET}.` }))).rejects.toMatchObject(refused("signature"))
    const [one, other] = [signerOf({ secret: undefined }), signerOf({ secret: undefined })]
    const own = await one.presign("files", "a", get)
    expect(await verify(own, one)).toMatchObject({ key: "a" })
    await expect(verify(own, other)).rejects.toMatchObject(refused("signature"))
  })
})

describe("a request is good", () => {
  it("for its method alone", async () => {
    for (const options of ALL) {
      const request = await signer.presign("files", "a", options)
      for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", options.method.toLowerCase()]) {
        if (method === options.method) continue
        const other = { ...request, method: method as "GET" }
        await expect(verify(other)).rejects.toMatchObject(refused("method"))
      }
    }
  })

  it("until it expires", async () => {
    const request = await signer.presign("files", "a", get)
    await clock.advance(59_999)
    await verify(request)
    await clock.advance(1)
    await expect(verify(request)).rejects.toMatchObject(refused("expired"))
  })

  it("by a clock that is up to 15 minutes behind", async () => {
    const request = await signer.presign("files", "a", get)
    clock.adjust(-900_000)
    await verify(request)
    clock.adjust(-1)
    await expect(verify(request)).rejects.toMatchObject(refused("early"))
  })

  it("by the secret before, until that is gone", async () => {
    const before = await signer.presign("files", "a", get)
    const next = signerOf({ secret: "another secret of tests", previousSecret: SECRET })
    expect(await verify(before, next)).toMatchObject({ key: "a" })
    const after = await next.presign("files", "a", get)
    expect(await verify(after, next)).toMatchObject({ key: "a" })
    await expect(verify(after)).rejects.toMatchObject(refused("signature"))
    const last = signerOf({ secret: "another secret of tests" })
    expect(await verify(after, last)).toMatchObject({ key: "a" })
    await expect(verify(before, last)).rejects.toMatchObject(refused("signature"))
  })
})

describe("the comparison of signatures", () => {
  it("is left to the runtime, which takes the same time for all of them", async () => {
    const { url } = await signer.presign("files", "a", get)
    const verifies = vi.spyOn(crypto.subtle, "verify")
    await signer.verifyPresigned({ method: "GET", url })
    expect(verifies).toHaveBeenCalledTimes(1)
    verifies.mockRestore()
  })
})

describe("the path of a key", () => {
  const odd = [
    "a",
    "a/",
    "/a",
    "a//b",
    "//",
    "%2F",
    "%252F",
    "a+b c",
    "?#&=",
    "é",
    "\u{1F600}",
    "\\",
    "'\"<>`{}|^",
    "..a",
  ]

  it.each([...odd, ".hidden", "a/..b", "%2e%2e", "\x7f\u0085\u2028", ":@!$&'()*,;=", "a\u00a0"])(
    "carries %j, through a signed URL and a parser of URLs",
    async (key) => {
      const request = await signer.presign("files", key, get)
      for (const url of [request.url, new URL(request.url).href, new Request(request.url).url]) {
        expect(await verify({ ...request, url })).toMatchObject({ bucket: "files", key })
      }
    },
  )

  it("gives back every key", () => {
    const keys = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom("/", ".", "%", "2", "F", "e", "?", "#", "\\", "é", " ", "+") }),
    )
    void fc.assert(
      fc.property(
        keys.filter((key) => objectKeyIssue(key) === undefined),
        (key) => {
          const url = new URL(`${BASE}/${pathOfObject({ bucket: "files", key })}`)
          expect(objectOfPath(url.pathname.slice("/storage/".length))).toEqual({ bucket: "files", key })
        },
      ),
      { numRuns: 2000 },
    )
  })
})
