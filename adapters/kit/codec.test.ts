import { describe, expect, it } from "vitest"
import { decodePlain, encodePlain } from "./codec.ts"

describe("codec", () => {
  it.each([
    ["null", null],
    ["text", "text"],
    ["text that begins as a tag does", "~1"],
    ["an object", { a: [1, { b: null }] }],
  ])("writes %s as JSON that other programs read", (_, value) => {
    expect(encodePlain(value)).toBe(JSON.stringify(value))
  })

  it.each([
    ["-0", -0],
    ["NaN", Number.NaN],
    ["infinities", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ["BigInt", { big: -(2n ** 70n) }],
    ["dates", [new Date(5), new Date(Number.NaN)]],
    ["maps and sets", new Map<unknown, unknown>([[{ key: 1 }, new Set([new Date(0)])]])],
    ["bytes", { bytes: Uint8Array.of(0, 255, 128) }],
    ["members that look like tags", { "~": "date", value: 0, inner: [{ "~": { "~": "map" } }], real: 1n }],
    ["a member called __proto__", { real: 1n, inner: JSON.parse('{"__proto__":{"a":1}}') as object }],
  ])("gives %s back exactly", (_, value) => {
    expect(decodePlain(encodePlain(value))).toStrictEqual(value)
  })

  it("reads a view of bytes, not the buffer behind it", () => {
    const buffer = Uint8Array.of(1, 2, 3, 4)
    expect(decodePlain(encodePlain(buffer.subarray(1, 3)))).toStrictEqual(Uint8Array.of(2, 3))
  })

  it.each(["", "hello", "~", '~{"~":"unknown","value":1}', "{"])("throws for the foreign text %j", (text) => {
    expect(() => decodePlain(text)).toThrow()
  })

  it.each([
    ["bigint", true],
    ["bigint", "0x10"],
    ["number", "5"],
    ["number", "12 apples"],
    ["number", undefined],
    ["date", "yesterday"],
    ["date", [5]],
    ["date", undefined],
    ["bytes", "hello world!"],
    // It took half a minute, and 300 MB.
    ["bytes", { length: 300_000_000 }],
    ["map", ["ab"]],
    ["map", [[1, 2, 3]]],
    ["set", "abc"],
    ["object", "ab"],
    ["object", { a: 1 }],
    ["object", null],
  ])("throws for a %s of %j, which it would not write", (type, value) => {
    expect(() => decodePlain(`~${JSON.stringify({ "~": type, value })}`)).toThrow(SyntaxError)
  })
})
