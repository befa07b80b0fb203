import { describe, expect, it } from "vitest"
import { contentTypeOf } from "./content-type.ts"

describe("contentTypeOf", () => {
  it.each([
    ["a.txt", "text/plain; charset=utf-8"],
    ["A.JPG", "image/jpeg"],
    ["folder.zip/a.b.pdf", "application/pdf"],
    [".json", "application/json"],
    ["a.tar.gz", "application/gzip"],
  ])("of %j is %s", (key, type) => expect(contentTypeOf(key)).toBe(type))

  it.each([
    "a",
    "a.",
    "folder.txt/a",
    "a.txt/",
    "a.unknown",
    "a.constructor",
    "a.toString",
    "a.__proto__",
    "a.t xt",
    "a.txt\u0130",
    "a.abcdefghi",
  ])("of %j is application/octet-stream", (key) => expect(contentTypeOf(key)).toBe("application/octet-stream"))
})
