import { afterAll, beforeEach, describe, expect, it } from "vitest"
import type { Search, SearchQuery } from "../../../contracts/search/search.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { idsOf, openSearch, stopElasticsearch, walk } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

const BOTH = ["codes", "notes"]

async function hitsOf(search: Search, query: Omit<SearchQuery, "object">): Promise<string[]> {
  const { hits } = await search.search({ object: BOTH, ...query })
  return hits.map(({ id, object }) => `${object} ${id}`)
}

describe("a field that is a keyword in one index and a text in another", () => {
  async function filled(): Promise<Search> {
    const search = await openSearch()
    await search.defineIndex({ name: "codes", fields: { t: { type: "keyword" } } })
    await search.bulk([
      { op: "index", object: "codes", id: "k", doc: { t: "slow" } },
      { op: "index", object: "codes", id: "l", doc: { t: "a".repeat(9000) } },
      { op: "index", object: "notes", id: "m", doc: { t: "slow" } },
      { op: "index", object: "notes", id: "n", doc: { t: "fast" } },
      { op: "index", object: "notes", id: "o", doc: { n: 1 } },
    ])
    return search
  }

  it("filters in both", async () => {
    const search = await filled()
    expect(await hitsOf(search, { where: { field: "t", op: "eq", value: "slow" } })).toEqual(["codes k", "notes m"])
    expect(await hitsOf(search, { where: { field: "t", op: "prefix", value: "s" } })).toEqual(["codes k", "notes m"])
    expect(await hitsOf(search, { where: { field: "t", op: "exists", value: false } })).toEqual(["notes o"])
  })

  it("sorts and counts in both", async () => {
    const search = await filled()
    const sort = [{ field: "t" }]
    expect(await hitsOf(search, { sort, limit: 3 })).toEqual(["notes n", "codes k", "notes m"])
    const { facets } = await search.search({ object: BOTH, facets: [{ field: "t" }] })
    expect(facets?.["t"]).toEqual([
      { value: "slow", count: 2 },
      { value: "fast", count: 1 },
    ])
    expect(await walk(search, { object: BOTH, sort, limit: 1 })).toEqual(["n", "k", "m", "l", "o"])
  })
})

describe("a field that only one of several indexes searches", () => {
  async function filled(): Promise<Search> {
    const search = await openSearch()
    await search.defineIndex({ name: "codes", fields: { s: { type: "text", searchable: false } } })
    await search.bulk([
      { op: "index", object: "codes", id: "a", doc: { v: 7, b: true, s: "cache", t: "cache" } },
      { op: "index", object: "notes", id: "b", doc: { v: "cache 7", b: "cache", s: "cache", t: "other" } },
      { op: "index", object: "notes", id: "c", doc: { v: "7" } },
    ])
    return search
  }

  it("is searched there, with the scores that it has there alone", async () => {
    const search = await filled()
    const query = { q: "cache", highlight: true, explain: true } as const
    const { hits } = await search.search({ object: BOTH, ...query })
    expect(hits.map(({ id }) => id)).toEqual(["b", "a"])
    expect(hits.map(({ highlights }) => highlights)).toEqual([
      { v: ["<mark>cache</mark> 7"], b: ["<mark>cache</mark>"], s: ["<mark>cache</mark>"] },
      { t: ["<mark>cache</mark>"] },
    ])
    for (const { explanation = [], score } of hits) {
      expect(explanation.reduce((sum, part) => sum + part.score, 0)).toBeCloseTo(score, 4)
    }
    const alone = await search.search({ object: "notes", q: "7" })
    const both = await search.search({ object: BOTH, q: "7" })
    expect(both.hits.map(({ id, score }) => [id, score])).toEqual(alone.hits.map(({ id, score }) => [id, score]))
  })

  it.each<[string, Partial<SearchQuery>, string[]]>([
    ["a phrase", { q: "cache 7", phrase: true }, ["notes b"]],
    ["a beginning", { q: "cac", prefix: true }, ["notes b", "codes a"]],
    ["nearly", { q: "cachi", fuzzy: 1 }, ["notes b", "codes a"]],
    ["all words", { q: "cache 7", operator: "and" }, ["notes b"]],
  ])("is searched there for %s", async (_, query, wanted) => {
    expect(await hitsOf(await filled(), query)).toEqual(wanted)
  })

  it("is searched there in a walk, whose order is that of a search", async () => {
    const search = await filled()
    const query = { object: BOTH, q: "cache 7" }
    const found = idsOf(await search.search(query))
    expect(found).toHaveLength(3)
    expect(await walk(search, { ...query, limit: 1 })).toEqual(found)
  })
})
