import { describe, expect, it } from "vitest"
import { methodAttributes, originAttributes, spanNameOf } from "./semantics.ts"

describe("the name of a span", () => {
  it.each([
    ["GET", "/api/v1/cache/:key", "GET /api/v1/cache/:key"],
    ["HEAD", undefined, "HEAD"],
    ["BREW", undefined, "HTTP"],
    ["get", undefined, "HTTP"],
  ])("of %s and %s is %s", (method, route, name) => {
    expect(spanNameOf(method, route)).toBe(name)
  })
})

describe("the attributes of a method", () => {
  it("are the method where it is known, and tell it apart where it is not", () => {
    expect(methodAttributes("PATCH")).toEqual({ "http.request.method": "PATCH" })
    expect(methodAttributes("BREW")).toEqual({
      "http.request.method": "_OTHER",
      "http.request.method_original": "BREW",
    })
  })
})

describe("the attributes of an origin", () => {
  it.each([
    ["http://localhost:3000/a?b=c#d", "http", "localhost", 3000],
    ["http://localhost", "http", "localhost", 80],
    ["https://example.org/", "https", "example.org", 443],
    ["HTTPS://example.org:8443?q", "https", "example.org", 8443],
    ["http://[::1]:8080/", "http", "::1", 8080],
    ["http://[::1]/", "http", "::1", 80],
    ["https://ada:secret@example.org/", "https", "example.org", 443],
  ])("of %s", (url, scheme, address, port) => {
    expect(originAttributes(url)).toEqual({ "url.scheme": scheme, "server.address": address, "server.port": port })
  })

  it.each(["", "/a", "data:,a", "http:///a", "nonsense"])("of %j are none", (url) => {
    expect(originAttributes(url)).toEqual({})
  })
})
