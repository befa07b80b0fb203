import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { paramsReader, rawUrlOf } from "./read-params.ts"
import { queryReader } from "./read-query.ts"

const encodingRefused = expect.objectContaining({ code: "INVALID_ARGUMENT", details: { reason: "encoding" } })

describe("rawUrlOf", () => {
  it.each([
    ["http://localhost/", { path: "/", query: "" }],
    ["http://localhost/a%2Fb?c=%20#d", { path: "/a%2Fb", query: "c=%20" }],
    ["http://user@localhost:80/a#b?c", { path: "/a", query: "" }],
    ["http://localhost/a?b?c=/", { path: "/a", query: "b?c=/" }],
  ])("of %s", (url, parts) => expect(rawUrlOf(url)).toEqual(parts))
})

describe("the segments of a path", () => {
  const read = paramsReader("/api/:name/x/:id")

  it.each([
    ["/api/a/x/b", { name: "a", id: "b" }],
    ["/api/a%2Fb/x/%2e%2e%2F", { name: "a/b", id: "../" }],
    ["/api/%25zz/x/%00", { name: "%zz", id: "\0" }],
    ["/api/a+b/x/%C3%A9", { name: "a+b", id: "é" }],
  ])("of %s are decoded once", (path, params) => expect(read(path)).toEqual(params))

  it.each(["/api/%zz/x/b", "/api/a/x/%", "/api/a/x/%E0%A4%A"])("of %s are refused", (path) => {
    expect(() => read(path)).toThrow(encodingRefused)
  })
})

describe("the values of a query", () => {
  const read = queryReader(
    z.strictObject({
      text: z.optional(z.string()),
      count: z.optional(z.int()),
      share: z.optional(z.number()),
      isOpen: z.optional(z.boolean()),
      names: z.optional(z.array(z.string())),
      sizes: z.optional(z.array(z.number())),
    }),
  )

  it.each([
    ["", {}],
    ["text=1&count=1&share=-1.5e3&isOpen=true", { text: "1", count: 1, share: -1500, isOpen: true }],
    ["text=&count=&isOpen=", { text: "", count: "", isOpen: "" }],
    ["count=0x1&share=Infinity&isOpen=1", { count: "0x1", share: "Infinity", isOpen: "1" }],
    ["names=a", { names: ["a"] }],
    ["names=a&names=b&sizes=1&sizes=x", { names: ["a", "b"], sizes: [1, "x"] }],
    ["text=a&text=b&text=c", { text: ["a", "b", "c"] }],
    ["other=1&other=2", { other: ["1", "2"] }],
    ["text=a+b%20c%2Bd", { text: "a b c+d" }],
  ])("of %s", (query, values) => expect({ ...read(query) }).toEqual(values))

  it("has a name as any other in __proto__", () => {
    expect(Object.keys(read("__proto__=a&constructor=b"))).toEqual(["__proto__", "constructor"])
  })

  it.each(["text=%", "%zz=a", "text=%FF"])("refuses %s", (query) => expect(() => read(query)).toThrow(encodingRefused))
})
