import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeMetadata, decodeMetadataValue, encodeMetadata, encodeMetadataValue, metadataBytes } from "./metadata.ts"

const encoded = (text: string) => `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`

describe("a value of metadata", () => {
  it.each(["a", "a b", "!~", "=", "?=", "a=?UTF-8?B?", "a,b;c=d"])("is left as %j", (value) => {
    expect(encodeMetadataValue(value)).toBe(value)
  })

  it.each([
    "",
    " ",
    " a",
    "a ",
    "a  b",
    "a\tb",
    "a\r\nb",
    "\0",
    "\x7f",
    "é",
    "ÿ",
    "日本",
    "\u{1F600}",
    "\ufeff",
    "=?",
    "=?a",
  ])("is encoded where it is %j", (value) => {
    expect(encodeMetadataValue(value)).toBe(encoded(value))
    expect(decodeMetadataValue(encodeMetadataValue(value))).toBe(value)
  })

  it("comes back exactly, from ASCII that HTTP changes nothing in", () => {
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("=", "?", " ", "B", "é") }))
    void fc.assert(
      fc.property(texts, (value) => {
        const text = encodeMetadataValue(value)
        expect(text).toMatch(/^[!-~]+( [!-~]+)*$/)
        expect(decodeMetadataValue(text)).toBe(value)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    "=?UTF-8?B?YQ==?=",
    "=?UTF-8?B?*?=",
    "=?UTF-8?B?/w==?=",
    "=?UTF-8?B?w6k?=",
    "=?UTF-8?B?w6k=",
    "=?UTF-8?B?=",
    "=?UTF-8?Q?=C3=A9?=",
    "=?utf-8?B?w6k=?=",
  ])("that nobody encoded here comes back as it is: %j", (text) => {
    expect(decodeMetadataValue(text)).toBe(text)
  })

  it("may be very long", () => {
    for (const value of ["é".repeat(300_000), "a ".repeat(5_000_000)]) {
      expect(decodeMetadataValue(encodeMetadataValue(value))).toBe(value)
    }
  })
})

describe("metadata", () => {
  it("go there and back, none too", () => {
    const metadata = { a: "é", "b-1": "b", constructor: "" }
    expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata)
    expect([encodeMetadata(), decodeMetadata(undefined)]).toEqual([{}, {}])
  })

  it("are counted as encoded, names and values", () => {
    expect(metadataBytes({})).toBe(0)
    expect(metadataBytes({ ab: "abc", c: "é" })).toBe(2 + 3 + 1 + encoded("é").length)
  })
})
