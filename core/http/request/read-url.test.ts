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

  it("are numbers and booleans where the schema wants these", () => {
    const schema = z.strictObject({ a: z.int(), b: z.boolean(), c: z.string() })
    const typed = paramsReader("/:a/:b/:c", schema)
    expect(typed("/%31/true/1")).toEqual({ a: 1, b: true, c: "1" })
    expect(typed("/one/yes/true")).toEqual({ a: "one", b: "yes", c: "true" })
  })

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

describe("a query", () => {
  const read = queryReader(z.strictObject({ text: z.optional(z.string()) }))

  it("is decoded once, with + as a blank", () => {
    expect(read("text=a+b%20c%2Bd%2525")["text"]).toBe("a b c+d%25")
  })

  it("has a name as any other in __proto__", () => {
    expect(Object.keys(read("__proto__=a&constructor=b"))).toEqual(["__proto__", "constructor"])
  })

  it.each(["text=%", "%zz=a", "text=%FF"])("that is %s is refused", (query) => {
    expect(() => read(query)).toThrow(encodingRefused)
  })
})
