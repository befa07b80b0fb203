import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Form, readForm } from "./form.ts"

const BOUNDARY = "x-boundary"
const refused = { code: "INVALID_ARGUMENT", details: { reason: "body" } }

/** A request whose body is what a generator gives. */
function requestOver(pieces: AsyncGenerator<Uint8Array>, type = `multipart/form-data; boundary=${BOUNDARY}`): Request {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await pieces.next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  const body = new ReadableStream({ pull }, { highWaterMark: 0 })
  const init = { method: "POST", body, headers: { "content-type": type }, duplex: "half" }
  return new Request("http://localhost/", init as RequestInit)
}

/** A request whose body comes in pieces of these sizes, over and over. */
function requestOf(body: Uint8Array | string, sizes: readonly number[] = [7], type?: string): Request {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
  async function* pieces() {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] as number
      yield bytes.subarray(at, at + size)
      at += size
    }
  }
  return requestOver(pieces(), type)
}

async function bytesOf({ file }: Form): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.body) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function read(request: Request) {
  const form = await readForm(request)
  const { contentType, name } = form.file
  return { fields: form.fields, name, contentType, bytes: [...(await bytesOf(form))] }
}

const part = (headers: string, body: string) => `--${BOUNDARY}\r\n${headers}\r\n\r\n${body}\r\n`
const field = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value)
const file = (body: string, more = "") => part(`Content-Disposition: form-data; name="file"; filename="a"${more}`, body)
const END = `--${BOUNDARY}--\r\n`

describe("a form", () => {
  it("is what FormData makes of fields and a file, in whatever pieces it comes", async () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const lookalike = fc.constantFrom(
      "\r\n",
      "\r",
      "\n--",
      "--",
      "\r\n-",
      "\r\n--",
      "formdata",
      "\r\n--formdata-undici",
    )
    const content = fc.oneof(
      bytes,
      fc.array(lookalike, { maxLength: 20 }).map((texts) => new TextEncoder().encode(texts.join(""))),
    )
    const fields = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), { maxKeys: 3 })
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(content, fields, sizes, async (content, fields, sizes) => {
        const form = new FormData()
        // A form writes line ends in its own way, and a quote in a name as %22.
        const plain = Object.entries(fields).filter(([name, value]) => !/["\r\n\\]/.test(name) && !/[\r\n]/.test(value))
        const kept = plain.filter(([name]) => name !== "file")
        for (const [name, value] of kept) form.append(name, value)
        form.append("file", new File([content as Uint8Array<ArrayBuffer>], 'ä"b\\.txt', { type: "image/png" }))
        const encoded = new Response(form)
        const type = encoded.headers.get("content-type") as string
        const request = requestOf(new Uint8Array(await encoded.arrayBuffer()), sizes, type)
        expect(await read(request)).toEqual({
          ...{ fields: Object.fromEntries(kept), name: "file", contentType: "image/png", bytes: [...content] },
        })
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ["a file alone", file("abc") + END],
    ["no line end at its end", `${file("abc")}--${BOUNDARY}--`],
    ["texts before and behind it", `before\r\n${file("abc")}${END}behind`],
    ["blanks behind its boundaries", `${file("abc").replace(BOUNDARY, `${BOUNDARY} \t`)}--${BOUNDARY}--`],
    ["headers in other letters", part("CONTENT-DISPOSITION: Form-Data; NAME=file; FileName=a", "abc") + END],
    [
      "a filename that looks like a name",
      part('content-disposition: form-data; name="file"; filename="; name=\\"b"', "abc") + END,
    ],
    ["a file without a filename", field("file", "abc") + END],
    ["headers of its own", file("abc", "\r\nX-More: 1\r\nContent-Transfer-Encoding: binary") + END],
  ])("may have %s", async (_, body) => {
    for (const size of [1, 2, 1000]) {
      expect(await read(requestOf(body, [size]))).toMatchObject({ name: "file", bytes: [97, 98, 99], fields: {} })
    }
  })

  it("takes a file by its filename, whatever its field is called", async () => {
    const body = part('Content-Disposition: form-data; name="upload"; filename=""\r\nContent-Type: a/b', "") + END
    expect(await read(requestOf(body))).toEqual({ fields: {}, name: "upload", contentType: "a/b", bytes: [] })
  })

  it("names its boundary with or without quotes, and among other parameters", async () => {
    for (const type of [
      'multipart/form-data; boundary="x-boundary"',
      "Multipart/Form-Data;boundary=x-boundary",
      "multipart/form-data; charset=utf-8; BOUNDARY=x-boundary; more=1",
    ]) {
      expect(await read(requestOf(file("abc") + END, [7], type))).toMatchObject({ bytes: [97, 98, 99] })
    }
  })

  it("keeps names like those of every object apart", async () => {
    const { fields } = await readForm(requestOf(field("__proto__", "a") + field("constructor", "b") + file("") + END))
    expect(Object.entries(fields)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ])
  })
})

describe("a form is refused", () => {
  it.each([
    "text/plain",
    "multipart/mixed; boundary=a",
    "multipart/form-data2; boundary=a",
    "a multipart/form-data",
    "",
  ])("that is of the type %j", async (type) => {
    const error = { code: "UNSUPPORTED", details: { reason: "content-type" } }
    await expect(readForm(requestOf(END, [7], type))).rejects.toMatchObject(error)
  })

  it.each(["", "; boundary=", '; boundary=""', `; boundary=${"a".repeat(71)}`, "; boundary=a b", "; xboundary=a"])(
    "that names its boundary by %j",
    async (rest) => {
      const request = requestOf(END, [7], `multipart/form-data${rest}`)
      await expect(readForm(request)).rejects.toMatchObject(refused)
    },
  )

  it.each([
    ["nothing", ""],
    ["no boundary", "abc"],
    ["no file", field("a", "b") + END],
    ["only its end", END],
    ["two fields of one name", field("a", "b") + field("a", "b") + file("") + END],
    ["a field without a name", part("Content-Disposition: form-data", "") + file("") + END],
    ["a field that is none", part('Content-Disposition: attachment; name="a"', "") + file("") + END],
    ["a field without headers", `--${BOUNDARY}\r\n\r\nabc\r\n${file("")}${END}`],
    ["a boundary that goes on", `${field("a", "b")}--${BOUNDARY}2\r\n${file("")}${END}`],
    ["no end of its headers", `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"`],
    ["no end of a field", `${field("a", "b").trimEnd()}`],
    ["half an end", `${field("a", "b")}--${BOUNDARY}-`],
  ])("that has %s", async (_, body) => {
    for (const size of [1, 1000]) await expect(readForm(requestOf(body, [size]))).rejects.toMatchObject(refused)
  })

  it.each([
    ["was cut in it", file("abcdefghijkl").slice(0, -8)],
    ["was cut behind it", file("abc")],
    ["was cut in its boundary", `${file("abc")}--${BOUNDARY.slice(0, 3)}`],
    ["was cut in its end", `${file("abc")}--${BOUNDARY}-`],
    ["has a field behind it", file("abc") + field("a", "b") + END],
    ["has a second file", file("abc") + file("abc") + END],
  ])("at the end of its file, where it %s", async (_, body) => {
    for (const size of [1, 3, 1000]) {
      const form = await readForm(requestOf(body, [size]))
      await expect(bytesOf(form)).rejects.toMatchObject(refused)
    }
  })

  it.each([
    ["a field of 64 KiB", field("a", "b".repeat(65_536)) + file("") + END],
    ["many fields", Array.from({ length: 2000 }, (_, index) => field(`field ${index}`, "")).join("") + file("") + END],
    ["long headers", part(`X-More: ${"b".repeat(65_536)}`, "") + END],
    ["much before it", "a".repeat(65_537) + file("") + END],
    ["a boundary without an end", `--${BOUNDARY}${" ".repeat(65_536)}\r\n`],
  ])("for %s, which it keeps in no memory", async (_, body) => {
    let pulled = 0
    const endless = async function* () {
      yield new TextEncoder().encode(body)
      for (;;) {
        pulled++
        yield new Uint8Array(65_536)
      }
    }
    const request = requestOver(endless())
    await expect(readForm(request)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(pulled).toBeLessThan(4)
  })

  it("with what its request fails with", async () => {
    const cause = new Error("gone")
    const failing = async function* () {
      yield new TextEncoder().encode(file("abc").slice(0, -20))
      throw cause
    }
    const request = requestOver(failing())
    const outcome = readForm(request).then(bytesOf)
    await expect(outcome).rejects.toBe(cause)
  })
})

describe("a file of a form", () => {
  it("is read as somebody asks for it", async () => {
    let pulled = 0
    const large = async function* () {
      yield new TextEncoder().encode(file("").slice(0, -2))
      for (; pulled < 1000; pulled++) yield new Uint8Array(65_536)
      yield new TextEncoder().encode(`\r\n${END}`)
    }
    const form = await readForm(requestOver(large()))
    expect(pulled).toBeLessThan(10)
    let count = 0
    for await (const piece of form.file.body) count += piece.length
    expect(count).toBe(65_536_000)
  })
})
