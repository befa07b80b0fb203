import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { defineRoute, type RouteCall } from "../foundation/http/route.ts"
import { createHttpApi, type HttpApiOptions } from "./api.ts"
import { openGate } from "./gate.ts"
import { NO_SERVICES, serve } from "./server/serve.fixture.ts"

const route = {
  method: "POST",
  path: "/things/:id",
  operationId: "putThing",
  summary: "Stores a thing.",
  permission: "things.write",
  params: z.strictObject({ id: z.string() }),
  answers: { 204: { description: "It is stored." } },
  handle: () => undefined,
}

/** The issues of what is refused, by their paths. */
async function issuesOf(options: object): Promise<Record<string, string>> {
  const error = await createHttpApi(NO_SERVICES, options).then(
    () => undefined,
    (error) => error,
  )
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  return Object.fromEntries(
    error.details.issues.map(({ message, path }: { message: string; path: string }) => [path, message]),
  )
}

describe("options of an API", () => {
  it("are refused all at once, each with its path", async () => {
    const options = {
      auth: {},
      clock: 1,
      info: { title: "" },
      onError: "no",
      requestTimeout: 0,
      roles: { a: "b" },
      rotes: [],
      tracing: true,
    }
    expect(await issuesOf(options)).toEqual({
      auth: "must have verify(); got an object",
      clock: "must have monotonic(); got 1",
      "info.title": "must not be empty",
      "info.version": "must be a string; got undefined",
      onError: "must be a function; got a string",
      requestTimeout: "must be at least 1; got 0",
      "roles.a": "must be an array; got a string",
      rotes: expect.stringContaining("unknown option; the options are auth, roles, gate"),
      tracing: "must have withSpan(); got a boolean",
    })
  })

  it("that rule each other out are refused", async () => {
    expect(await issuesOf({ gate: openGate, auth: { verify: async () => ({ success: false }) } })).toEqual({
      auth: "must be left out where gate is given, which decides alone",
    })
    expect(await issuesOf({ gate: openGate, roles: { reader: ["*.read"] } })).toEqual({
      roles: "must come with auth, which says what roles a user has",
    })
  })

  it("are those of a server too", async () => {
    await expect(serve({ bodyLimit: "much", hots: "::" } as object)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      details: {
        issues: [
          { path: "bodyLimit", message: "must be bytes such as 512kb, 10mb or 1gb; got another string" },
          { path: "hots", message: expect.stringContaining("unknown option") },
        ],
      },
    })
  })
})

describe("a route of an application", () => {
  it.each<[string, object, string, string]>([
    [
      "another method",
      { method: "post" },
      "method",
      "must be one of GET, POST, PUT, PATCH, DELETE; got another string",
    ],
    ["a path without a root", { path: "things/:id" }, "path", "must be a path such as"],
    ["a path with a pattern", { path: "/things/:id/(a|b)" }, "path", "must be a path such as"],
    ["a path with a slash at its end", { path: "/things/:id/" }, "path", "must be a path such as"],
    ["no permission", { permission: "" }, "permission", "must be public or a permission such as orders.read"],
    ["a permission for several", { permission: "things.*" }, "permission", "must be public or a permission"],
    [
      "names that its path has not",
      { path: "/things" },
      "params",
      "must have the names that the path has, and no others",
    ],
    ["a path with names, and no schema of them", { params: undefined }, "params", "must have the names that the path"],
    [
      "a query of another library",
      { query: { parse: () => ({}) } },
      "query",
      "must be an object schema of zod 4 or zod/mini",
    ],
    ["a query that is no object", { query: z.string() }, "query", "must be an object schema of zod 4 or zod/mini"],
    [
      "a body of another library",
      { body: { parse: () => ({}) } },
      "body",
      "must be a schema of zod 4 or zod/mini, or {",
    ],
    ["a body where none is", { method: "GET", body: z.strictObject({}) }, "body", "must be left out of GET"],
    ["no handler", { handle: undefined }, "handle", "must be a function; got undefined"],
    ["an unknown part", { sumary: "" }, "sumary", "unknown option"],
  ])("is refused with %s", async (_name, wrong, path, message) => {
    const issues = await issuesOf({ gate: openGate, routes: [{ ...route, ...wrong }] })
    expect(issues).toEqual({ [`routes.0.${path}`]: expect.stringContaining(message) })
  })

  it.each([
    ["an id that another one has", { operationId: "getHealth" }, "must be its own"],
    ["a path that another one has", { method: "GET", path: "/livez", params: undefined }, "must be there once"],
    [
      "a schema that JSON Schema has no words for",
      { query: z.strictObject({ at: z.date() }) },
      "JSON Schema has words",
    ],
  ])("is refused with %s before the first request", async (_name, wrong, message) => {
    const refused = createHttpApi(NO_SERVICES, { gate: openGate, routes: [{ ...route, ...wrong } as never] })
    await expect(refused).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringContaining(message),
    })
  })

  it("may stand at the root, and have all that follows", async () => {
    for (const path of ["/", "/*", "/files/*", "/.well-known/a~b/%20"]) {
      const routes = [{ ...route, params: undefined, path } as never]
      expect((await createHttpApi(NO_SERVICES, { gate: openGate, routes })).routes()[0]?.path).toBe(path)
    }
  })
})

describe("limits", () => {
  /** An API with a route that reads JSON, and one that reads the body itself. */
  async function limited(options: HttpApiOptions, handle: (call: Pick<RouteCall, "signal">) => Promise<object>) {
    const facts = { ...route, method: "POST", params: undefined, permission: "public" } as const
    const json = defineRoute({
      ...facts,
      operationId: "json",
      path: "/json",
      body: z.string(),
      handle: (_services, call) => handle(call),
    })
    const raw = defineRoute({
      ...facts,
      operationId: "raw",
      path: "/raw",
      body: { contentTypes: ["*/*"], description: "Bytes." },
      handle: (_services, { maxBodyBytes }) => ({ maxBodyBytes }),
    })
    const api = await createHttpApi(NO_SERVICES, { gate: openGate, routes: [json, raw], ...options })
    return (path: string, bytes: number) => {
      const headers = { "content-type": "application/json", "content-length": String(bytes) }
      const body = JSON.stringify("a".repeat(bytes - 2))
      return api.fetch(new Request(`http://localhost${path}`, { method: "POST", headers, body }))
    }
  }

  it("of JSON and of uploads are the same unless they are told apart", async () => {
    const post = await limited({ bodyLimit: "10b" }, async () => ({}))
    expect([(await post("/json", 10)).status, (await post("/json", 11)).status]).toEqual([200, 413])
    expect([(await post("/raw", 10)).status, (await post("/raw", 11)).status]).toEqual([200, 413])
    const apart = await limited({ bodyLimit: "10b", uploadLimit: "1kb" }, async () => ({}))
    expect([(await apart("/json", 11)).status, (await apart("/raw", 1025)).status]).toEqual([413, 413])
    expect(await (await apart("/raw", 1024)).json()).toEqual({ maxBodyBytes: 1024 })
  })

  it("of time end the work", async () => {
    const clock = createManualClock()
    let aborted = false
    const post = await limited({ clock, requestTimeout: 500 }, ({ signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    const answer = post("/json", 10)
    const abortedLater = async () => {
      await clock.advance(500)
      return aborted
    }
    await expect.poll(abortedLater).toBe(true)
    expect((await answer).status).toBe(504)
  })

  it("of a server go before those of its configuration", async () => {
    const raw = defineRoute({
      ...route,
      method: "POST",
      params: undefined,
      path: "/raw",
      permission: "public",
      body: { contentTypes: ["*/*"], description: "Bytes." },
      handle: (_services, { maxBodyBytes }) => ({ maxBodyBytes }),
    })
    const sizeOf = async (options: HttpApiOptions) => {
      const { url } = await serve({ config: { bodyLimit: "1kb" }, routes: [raw], ...options })
      return ((await (await fetch(`${url}/raw`, { method: "POST", body: "a" })).json()) as { maxBodyBytes: number })
        .maxBodyBytes
    }
    expect([await sizeOf({}), await sizeOf({ bodyLimit: "2kb" }), await sizeOf({ uploadLimit: "5gb" })]).toEqual([
      1024, 2048, 5_368_709_120,
    ])
  })
})
