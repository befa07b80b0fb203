import { Validator } from "@seriousme/openapi-schema-validator"
import { beforeAll, describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { defineRoute, type Route } from "../../foundation/http/route.ts"
import type { HttpApi } from "../api.ts"
import { apiOfEveryService } from "./every-service.fixture.ts"
import { openApiOf } from "./openapi-of.ts"

/** Routes that nobody needs a token for. */
const PUBLIC = ["getHealth", "getLiveness", "getReadiness", "getStartup"]

let api: HttpApi
beforeAll(async () => {
  api = await apiOfEveryService()
})

const info = { title: "Test", version: "1.2.3" }

/** The operation of the only route of a document. */
function operationOf(route: Partial<Parameters<typeof defineRoute>[0]>) {
  const made = defineRoute({
    method: "POST",
    path: "/api/v1/things/:name",
    operationId: "test",
    summary: "Tests.",
    permission: "things.write",
    answers: { 204: { description: "Done." } },
    handle: () => undefined,
    ...route,
  } as Parameters<typeof defineRoute>[0])
  const document = openApiOf([made], info)
  const [path] = Object.values(document.paths)
  return { ...path?.post, components: document.components }
}

/** Each $ref of a document. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => (name === "$ref" ? [member] : referencesIn(member)))
}

describe("the document of every service", () => {
  it("is valid OpenAPI 3.1", async () => {
    expect(await new Validator().validate(JSON.parse(JSON.stringify(api.openapi())))).toEqual({ valid: true })
  })

  it("has everything that it refers to", () => {
    const document = api.openapi()
    const found = referencesIn(document).map((reference) =>
      reference
        .split("/")
        .slice(1)
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document),
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found).not.toContain(undefined)
  })

  it("has one schema of errors, which every error has", () => {
    const { responses, schemas } = api.openapi().components
    expect(schemas["Error"]).toMatchObject({ type: "object", required: ["error"] })
    const contents = new Set(Object.values(responses).map(({ content }) => JSON.stringify(content)))
    expect([...contents]).toEqual(['{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}'])
  })

  it("has each route once, under its own operationId", () => {
    const operations = Object.entries(api.openapi().paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [method.toUpperCase(), path, operationId].join(" ")),
    )
    const routes = api
      .routes()
      .map(({ method, operationId, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")} ${operationId}`)
    expect(operations.sort()).toEqual(routes.sort())
  })

  it("needs a token everywhere but where a route is public", () => {
    const open = Object.values(api.openapi().paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ security }) => security !== undefined)
    expect(open.map(({ operationId }) => operationId)).toEqual(PUBLIC)
  })

  it("is served, to those who may read it", async () => {
    const response = await api.fetch(new Request("http://localhost/api/v1/openapi.json"))
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"])
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(api.openapi())))
    expect(api.routes().find(({ operationId }) => operationId === "getOpenApi")?.permission).toBe("api.read")
  })

  it("is made once", () => {
    expect(api.openapi()).toBe(api.openapi())
  })
})

describe("the table of routes", () => {
  it("says a permission for each, or that it is public", () => {
    const permissions = api.routes().map(({ operationId, permission }) => [operationId, permission] as const)
    const isPublic = permissions.filter(([, permission]) => permission === "public")
    expect(isPublic.map(([operationId]) => operationId)).toEqual(PUBLIC)
    const others = permissions.filter(([, permission]) => permission !== "public")
    expect(others.filter(([, permission]) => !/^[a-z]+\.[a-z]+$/.test(permission))).toEqual([])
  })
})

describe("an operation", () => {
  const params = z.strictObject({ name: z.string().check(z.maxLength(9)) })

  it("has the parameters of the path and of the query", () => {
    const query = z.strictObject({
      limit: z._default(z.int().check(z.minimum(1)), 10),
      tag: z.optional(z.array(z.string())),
      text: z.string().check(z.describe("What is looked for.")),
    })
    expect(operationOf({ params, query }).parameters).toEqual([
      { name: "name", in: "path", required: true, schema: { type: "string", maxLength: 9 } },
      {
        name: "limit",
        in: "query",
        required: false,
        schema: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 10 },
      },
      {
        name: "tag",
        in: "query",
        required: false,
        style: "form",
        explode: true,
        schema: { type: "array", items: { type: "string" } },
      },
      { name: "text", in: "query", required: true, description: "What is looked for.", schema: { type: "string" } },
    ])
  })

  it("has a parameter for each name of its path, with a schema or without", () => {
    expect(operationOf({}).parameters).toEqual([
      { name: "name", in: "path", required: true, schema: { type: "string" } },
    ])
  })

  it("has a parameter for all that follows", () => {
    const document = operationOf({ path: "/files/:bucket/*" })
    expect(document.parameters?.map(({ name }) => name)).toEqual(["bucket", "rest"])
  })

  it("has a body of JSON", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "number" } },
      required: ["a"],
      additionalProperties: false,
    }
    expect(operationOf({ body: z.strictObject({ a: z.number() }) }).requestBody).toEqual({
      required: true,
      content: { "application/json": { schema } },
    })
  })

  it("has a body of bytes, and of a form, where the route reads it itself", () => {
    const bytes = { type: "string", format: "binary" }
    const contentTypes = ["application/octet-stream", "multipart/form-data"]
    expect(operationOf({ body: { contentTypes, description: "Bytes." } }).requestBody).toEqual({
      description: "Bytes.",
      required: true,
      content: {
        "application/octet-stream": { schema: bytes },
        "multipart/form-data": { schema: { type: "object", properties: { file: bytes }, required: ["file"] } },
      },
    })
  })

  it("has its answers, with their headers and types", () => {
    const answers = {
      200: {
        description: "JSON.",
        schema: z.strictObject({ a: z.optional(z.string()) }),
        headers: { ETag: "Its tag." },
      },
      206: { description: "Bytes.", contentType: "text/plain" },
      304: { description: "Nothing." },
    }
    const { 200: full, 206: part, 304: none } = operationOf({ answers }).responses ?? {}
    const schema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false }
    expect([full, part, none]).toEqual([
      {
        description: "JSON.",
        headers: { ETag: { description: "Its tag.", schema: { type: "string" } } },
        content: { "application/json": { schema } },
      },
      { description: "Bytes.", content: { "text/plain": { schema: { type: "string", format: "binary" } } } },
      { description: "Nothing." },
    ])
  })

  it.each<[string, Partial<Parameters<typeof defineRoute>[0]>, number[]]>([
    ["of every route", { permission: "public" }, [401, 429, 500, 503, 504]],
    ["of a route of a service", {}, [401, 403, 429, 500, 501, 503, 504]],
    ["of a path", { permission: "public", params }, [400, 401, 404, 422, 429, 500, 503, 504]],
    ["of a query", { permission: "public", query: z.strictObject({}) }, [400, 401, 422, 429, 500, 503, 504]],
    ["of JSON", { permission: "public", body: z.string() }, [400, 401, 408, 413, 415, 422, 429, 500, 503, 504]],
    [
      "of another body",
      { permission: "public", body: { contentTypes: ["text/plain"], description: "" } },
      [400, 401, 408, 413, 415, 429, 500, 503, 504],
    ],
    ["of its own", { permission: "public", errors: [409, 418] }, [401, 409, 418, 429, 500, 503, 504]],
  ])("has the errors %s", (_, route, statuses) => {
    const { components, responses = {} } = operationOf({ ...route, answers: {} })
    expect(Object.keys(responses).map(Number)).toEqual(statuses)
    expect(Object.keys(components.responses)).toEqual(statuses.map((status) => `Error${status}`))
  })

  it.each([
    ["the service of its permission", { permission: "queue.read" }, ["queue"]],
    ["that of its path where it is public", { permission: "public" }, ["things"]],
  ])("has %s as its tag", (_, route, tags) => {
    expect(operationOf(route).tags).toEqual(tags)
  })
})

describe("a schema", () => {
  it("is a component where it has an id, and where it stands in itself", () => {
    const named = z.strictObject({ a: z.string() }).register(z.globalRegistry, { id: "TestNamed" })
    const tree: z.ZodMiniType = z.strictObject({
      get kids() {
        return z.array(tree)
      },
    })
    const { components, requestBody } = operationOf({ body: z.strictObject({ named, tree }) })
    expect(requestBody?.content["application/json"]?.schema).toHaveProperty("properties", {
      named: { $ref: "#/components/schemas/TestNamed" },
      tree: { $ref: "#/components/schemas/test.body.0" },
    })
    expect(components.schemas["test.body.0"]).toMatchObject({
      properties: { kids: { type: "array", items: { $ref: "#/components/schemas/test.body.0" } } },
    })
  })

  it("of a query may have an id", () => {
    const query = z.strictObject({ a: z.string() }).register(z.globalRegistry, { id: "TestQuery" })
    expect(operationOf({ query }).parameters?.map(({ name, required }) => [name, required])).toEqual([
      ["name", true],
      ["a", true],
    ])
  })

  it.each([
    [
      "a transform",
      { answers: { 200: { description: "", schema: z.pipe(z.string(), z.transform(Number)) } } },
      "test.200",
    ],
    ["a date", { body: z.strictObject({ at: z.date() }) }, "test.body"],
    ["a custom type", { query: z.strictObject({ at: z.custom() }) }, "test.query"],
  ])("that is %s is refused, with its place", (_, route, place) => {
    expect(() => operationOf(route)).toThrow(
      `The schema ${place} must be a schema that JSON Schema has words for; use no transform, date or custom type.`,
    )
  })

  it("of a query that is no object is refused", () => {
    expect(() => operationOf({ query: z.string() })).toThrow(
      "The schema test.query must be an object schema; use z.strictObject.",
    )
  })

  it("must not share its id with one that is answered otherwise", () => {
    const shared = z.object({ a: z.string() }).register(z.globalRegistry, { id: "TestShared" })
    const route = { body: shared, answers: { 200: { description: "", schema: shared } } }
    expect(() => operationOf(route)).toThrow("The schema TestShared must stand for one schema; got a second one")
  })
})

it("two routes must not have one operationId", () => {
  const route = api.routes()[0] as Route
  expect(() => openApiOf([route, route], info)).toThrow(
    `The operationId of ${route.method} ${route.path} must be its own; got ${route.operationId}, which another route has.`,
  )
})
