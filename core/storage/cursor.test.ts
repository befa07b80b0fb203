import { describe, expect, it } from "vitest"
import { fromBase64Url, toBase64Url } from "../foundation/base64url.ts"
import { cursorOf, placeOf } from "./cursor.ts"

const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" })

describe("a cursor", () => {
  it.each(["a", "", 'a/\u{1F600}\n"\\', "\ufeffé", "x".repeat(1024)])("gives back the place %j", (place) => {
    for (const scope of [{}, { prefix: "a/" }, { prefix: "é", delimiter: "/" }]) {
      expect(placeOf(cursorOf(scope, place), scope)).toBe(place)
    }
  })

  it("takes an option that is undefined for one that is left out", () => {
    expect(placeOf(cursorOf({ prefix: undefined }, "a"), {})).toBe("a")
    expect(placeOf(cursorOf({}, "a"), { prefix: "", delimiter: undefined })).toBe("a")
  })

  it("is good for its prefix and its delimiter alone", () => {
    const cursor = cursorOf({ prefix: "a", delimiter: "/" }, "a/")
    for (const scope of [{}, { prefix: "a" }, { delimiter: "/" }, { prefix: "a/", delimiter: "/" }]) {
      expect(() => placeOf(cursor, scope)).toThrow(refused)
    }
    // What stands in one may not slip into the other.
    expect(() => placeOf(cursorOf({ prefix: 'a","/' }, "b"), { prefix: "a", delimiter: "/" })).toThrow(refused)
  })

  it.each([
    "",
    " ",
    "a",
    "=",
    "*",
    "é",
    "W10",
    "WyIiLCIiXQ",
    "bnVsbA",
    "e30",
    "WyIiLCIiLDFd",
    "WyIiLCIiLCIiLDFd",
    "_w",
    cursorOf({}, "a").slice(1),
    `${cursorOf({}, "a")}=`,
    `${cursorOf({}, "a")} `,
    ` ${cursorOf({}, "a")}`,
    cursorOf({}, "a?>").replaceAll("_", "/").replaceAll("-", "+").concat("="),
  ])("is not %j", (cursor) => {
    expect(() => placeOf(cursor, {})).toThrow(refused)
  })
})

describe("base64url", () => {
  it("takes bytes of every value and length, without signs that a URL changes", () => {
    for (let length = 0; length < 10; length++) {
      const bytes = Uint8Array.from({ length: 256 + length }, (_, index) => index * 7)
      const text = toBase64Url(bytes)
      expect(text).toMatch(/^[\w-]*$/)
      expect(fromBase64Url(text)).toEqual(bytes)
    }
    expect(toBase64Url(new Uint8Array(300_000))).toHaveLength(400_000)
  })
})
