import { describe, expect, it } from "vitest"
import { requestAttributes, spanNameOf } from "./semantics.ts"

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

describe("the attributes of a request", () => {
  const get = { "http.request.method": "GET" }

  it("are the method where it is known, and tell it apart where it is not", () => {
    expect(requestAttributes("PATCH", "")).toEqual({ "http.request.method": "PATCH" })
    expect(requestAttributes("BREW", "")).toEqual({
      "http.request.method": "_OTHER",
      "http.request.method_original": "BREW",
    })
  })

  it("have the route where there is one", () => {
    expect(requestAttributes("GET", "", "/a/:b")).toEqual({ ...get, "http.route": "/a/:b" })
  })

  it.each([
    ["http://localhost:3000/a?b=c#d", "http", "localhost", 3000],
    ["http://localhost", "http", "localhost", 80],
    ["https://example.org/", "https", "example.org", 443],
    ["HTTPS://example.org:8443?q", "https", "example.org", 8443],
    ["http://[::1]:8080/", "http", "::1", 8080],
    ["http://[::1]/", "http", "::1", 80],
    ["https://ada:secret@example.org/", "https", "example.org", 443],
  ])("have the origin of %s", (url, scheme, address, port) => {
    const origin = { "url.scheme": scheme, "server.address": address, "server.port": port }
    expect(requestAttributes("GET", url)).toEqual({ ...get, ...origin })
  })

  it.each(["", "/a", "data:,a", "http:///a", "nonsense"])("have no origin of %j", (url) => {
    expect(requestAttributes("GET", url)).toEqual(get)
  })
})
