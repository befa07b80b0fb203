import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemorySearch } from "../../adapters/search/memory.ts"
import type { Search, SearchQuery } from "../../contracts/search/search.ts"
import { callApi, postJson } from "../http/call-api.fixture.ts"
import { asSearch } from "./portable-search.ts"
import { searchRoutes } from "./routes.ts"

let search: Search
beforeEach(async () => {
  search = createMemorySearch()
  await search.index("packages", "1", { name: "cache", license: "MIT", stars: 5 })
  await search.index("packages", "2", { name: "cache queue", license: "Apache-2.0", stars: 7 })
  await search.index("people", "ada", { name: "Ada" })
})

const find = (query: string, over: object = search) => callApi({ search: over }, `search?${query}`)
const idsOf = async (query: string) => {
  const { body } = (await find(query)) as { body: { hits: { id: string }[] } }
  return body.hits.map(({ id }) => id)
}

/** What a search is asked for a query. */
async function askedBy(text: string): Promise<SearchQuery> {
  const asked = vi.fn(async (_query: SearchQuery) => ({ hits: [], total: 0, totalExact: true, tookMs: 0 }))
  const all = { cursor: true, facets: true, fuzzy: true, highlight: true, phrase: true, prefix: true, sort: true }
  const stub = asSearch({ index: async () => {}, deleteIndex: async () => {}, search: asked }, { capabilities: all })
  expect(await find(text, stub)).toMatchObject({ status: 200 })
  const [[query] = []] = asked.mock.calls
  const { signal, ...rest } = query as SearchQuery
  expect(signal).toBeInstanceOf(AbortSignal)
  return JSON.parse(JSON.stringify(rest))
}

describe("the search routes", () => {
  it("are those of the requirement document, each with a permission", () => {
    expect(searchRoutes.map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ["GET", "/api/v1/search", "search.read"],
      ["GET", "/api/v1/search/indexes", "search.read"],
      ["POST", "/api/v1/search/reindex", "search.write"],
    ])
  })

  it("list the indexes", async () => {
    expect(await callApi({ search }, "search/indexes")).toEqual({
      status: 200,
      body: {
        indexes: [
          { name: "packages", documents: 2, fields: { name: "text", license: "text", stars: "number" } },
          { name: "people", documents: 1, fields: { name: "text" } },
        ],
      },
    })
  })

  it("build an index anew", async () => {
    expect(await postJson({ search }, "search/reindex", { object: "packages" })).toEqual({
      status: 200,
      body: { documents: 2, tookMs: expect.any(Number) },
    })
    expect(await postJson({ search }, "search/reindex", {})).toMatchObject({ status: 422 })
    expect(await postJson({ search }, "search/reindex", { object: "" })).toMatchObject({ status: 400 })
    const absent = await postJson({ search }, "search/reindex", { object: "nope" })
    expect(absent).toMatchObject({ status: 200, body: { documents: 0 } })
  })

  it("say 501 of what a search cannot do", async () => {
    const bare = asSearch({
      index: async () => {},
      deleteIndex: async () => {},
      search: async () => ({ hits: [], total: 0, totalExact: true, tookMs: 0 }),
    })
    for (const answer of [
      await callApi({ search: bare }, "search/indexes"),
      await postJson({ search: bare }, "search/reindex", { object: "packages" }),
      await find("object=packages&sort=stars", bare),
    ]) {
      expect(answer).toMatchObject({
        status: 501,
        body: { error: { code: "UNSUPPORTED", traceId: expect.any(String) } },
      })
    }
    expect(await find("object=packages", bare)).toMatchObject({ status: 200 })
  })
})

describe("the route that searches", () => {
  it("finds documents, with all that a result can have", async () => {
    const { body, status } = await find("object=packages&q=queue&highlight=true&facets=license&cursor=*&limit=1")
    expect([status, body]).toEqual([
      200,
      {
        ...{ total: 1, totalExact: true, tookMs: expect.any(Number) },
        facets: { license: [{ value: "Apache-2.0", count: 1 }] },
        hits: [
          {
            ...{ id: "2", object: "packages", score: expect.any(Number) },
            doc: { name: "cache queue", license: "Apache-2.0", stars: 7 },
            highlights: { name: ["cache <mark>queue</mark>"] },
          },
        ],
      },
    ])
  })

  it("looks into several indexes", async () => {
    expect(await idsOf("object=packages&object=people&q=ada")).toEqual(["ada"])
  })

  it("sorts, filters and goes on", async () => {
    expect(await idsOf("object=packages&sort=stars:desc")).toEqual(["2", "1"])
    expect(await idsOf("object=packages&sort=stars&offset=1&limit=1")).toEqual(["2"])
    const where = encodeURIComponent(JSON.stringify({ field: "license", op: "eq", value: "MIT" }))
    expect(await idsOf(`object=packages&where=${where}`)).toEqual(["1"])
    const first = (await find("object=packages&sort=stars&limit=1&cursor=*")).body as { cursor: string }
    expect(await idsOf(`object=packages&sort=stars&limit=1&cursor=${encodeURIComponent(first.cursor)}`)).toEqual(["2"])
  })

  it("takes a query in its own words", async () => {
    expect(await askedBy("object=a")).toEqual({ object: ["a"], prefix: false })
    expect(
      await askedBy(
        "object=a&object=b&q=+c%26&fields=d&fields=e&operator=and&prefix=last&fuzzy=1&facets=f&facets=g&sort=h:desc" +
          "&sort=i:asc&sort=j&sort=k:l&sort=m:desc:asc&offset=0&limit=5&highlight=true&select=n",
      ),
    ).toEqual({
      ...{ object: ["a", "b"], q: " c&", fields: ["d", "e"], operator: "and", prefix: "last", fuzzy: 1 },
      facets: [{ field: "f" }, { field: "g" }],
      sort: [
        ...[
          { field: "h", order: "desc" },
          { field: "i", order: "asc" },
          { field: "j", order: "asc" },
        ],
        ...[
          { field: "k:l", order: "asc" },
          { field: "m:desc", order: "asc" },
        ],
      ],
      ...{ offset: 0, limit: 5, highlight: true, select: ["n"] },
    })
    expect(await askedBy("object=a&prefix=true&fuzzy=auto")).toMatchObject({ prefix: true, fuzzy: "auto" })
    expect(await askedBy("object=a&phrase=true&cursor=*")).toMatchObject({ phrase: true, cursor: "*" })
  })

  it.each([
    ["object", ""],
    ["operator", "object=a&operator=xor"],
    ["prefix", "object=a&prefix=1"],
    ["fuzzy", "object=a&fuzzy=3"],
    ["limit", "object=a&limit=1001"],
    ["limit", "object=a&limit=ten"],
    ["offset", "object=a&offset=-1"],
    ["q", "object=a&q=a&q=b"],
    ["explain", "object=a&explain=true"],
  ])("says 422 for a wrong %s", async (name, query) => {
    expect(await find(query)).toMatchObject({
      status: 422,
      body: { error: { details: { issues: [{ path: `query.${name}` }] } } },
    })
  })

  it.each([
    [400, "object="],
    [400, "object=packages&object=packages"],
    [400, "object=packages&where={"],
    [400, `object=packages&where=${encodeURIComponent('{"field":"license","op":"like","value":"M"}')}`],
    [400, "object=packages&sort=nope"],
    [400, "object=packages&offset=1&cursor=*"],
    [413, "object=packages&offset=10000"],
  ])("says %i for %j", async (status, query) => expect(await find(query)).toMatchObject({ status }))
})
