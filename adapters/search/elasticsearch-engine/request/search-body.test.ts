import { describe, expect, it } from "vitest"
import type { AnalyzerName, FieldDefinition, FieldType, SearchQuery } from "../../../../contracts/search/search.ts"
import { type Field, fieldOf, planQuery } from "../../../../core/search/for-adapters.ts"
import { bm25Boost } from "./boosts.ts"
import { searchBody } from "./search-body.ts"

function fieldsOf(definitions: Readonly<Record<string, FieldDefinition>>): Map<string, Field> {
  return new Map(Object.entries(definitions).map(([path, definition]) => [path, fieldOf(path, definition)]))
}

const typed = (type: FieldType, analyzer?: AnalyzerName): FieldDefinition => ({ type, ...(analyzer && { analyzer }) })

const fields = fieldsOf({
  title: { ...typed("text"), boost: 2 },
  body: { ...typed("text", "english"), searchable: false },
  tag: { ...typed("keyword"), searchable: false },
  n: typed("number"),
  ok: typed("boolean"),
  at: typed("date"),
})

/** The body of a query over these fields. */
function bodyOf(query: Omit<SearchQuery, "object">, highlighted: readonly Field[] = []): Record<string, unknown> {
  const whole = { object: "docs", ...query }
  return searchBody({
    query: whole,
    plan: planQuery(whole, [{ fields, synonyms: [] }]),
    highlighted,
    searchedIn: new Map(),
  })
}

const word = (value: string, field = "title", by = 2) => ({ term: { [field]: { value, boost: bm25Boost(by) } } })

describe("words", () => {
  it("are terms, with the boost of which Elasticsearch makes that of Lucene", () => {
    expect(bodyOf({ q: "Quick" })["query"]).toEqual(word("quick"))
  })

  it("match by any or by all of them", () => {
    expect(bodyOf({ q: "a b" })["query"]).toEqual({ bool: { should: [word("a"), word("b")] } })
    expect(bodyOf({ q: "a b", operator: "and" })["query"]).toEqual({ bool: { must: [word("a"), word("b")] } })
  })

  it("are looked for by prefix and fuzzy in the plain form of a field", () => {
    const near = (value: string, edits: number) => {
      const fuzzy = { value, fuzziness: String(edits), max_expansions: 50, rewrite: "top_terms_50" }
      return { constant_score: { filter: { fuzzy: { "body.plain": fuzzy } }, boost: Math.fround(0.1) } }
    }
    const field = { ...fields.get("body"), searchable: true } as Field
    const query = { object: "docs", q: "running", prefix: true, fuzzy: "auto" as const }
    const plan = planQuery(query, [{ fields: new Map([["body", field]]), synonyms: [] }])
    expect(searchBody({ query, plan, highlighted: [], searchedIn: new Map() })["query"]).toEqual({
      bool: {
        should: [
          word("run", "body", 1),
          { constant_score: { filter: { prefix: { "body.plain": { value: "running" } } }, boost: 1 } },
          near("running", 1),
          near("running", 2),
        ],
      },
    })
  })

  it("side by side are a phrase that nothing analyzes, with its gaps", () => {
    const boost = bm25Boost(2)
    expect(bodyOf({ q: "quick fox", phrase: true })["query"]).toEqual({
      match_phrase: { title: { query: "quick fox", analyzer: "whitespace", boost } },
    })
    const query = { object: "docs", q: "king of the hill", phrase: true }
    const field = { ...fields.get("body"), searchable: true } as Field
    const plan = planQuery(query, [{ fields: new Map([["body", field]]), synonyms: [] }])
    expect(searchBody({ query, plan, highlighted: [], searchedIn: new Map() })["query"]).toEqual({
      match_phrase: {
        body: { query: "king objectosgap objectosgap hill", analyzer: "objectos_gaps", boost: bm25Boost(1) },
      },
    })
  })

  it("side by side in pairs of characters are spans where they have gaps", () => {
    const query = { object: "docs", q: "日本 the 東京", phrase: true }
    const field = fieldOf("body", { type: "text", analyzer: "cjk" })
    const plan = planQuery(query, [{ fields: new Map([["body", field]]), synonyms: [] }])
    expect(searchBody({ query, plan, highlighted: [], searchedIn: new Map() })["query"]).toMatchObject({
      span_near: {
        clauses: [
          { span_term: { body: { value: "日本" } } },
          { span_gap: { body: 1 } },
          { span_term: { body: { value: "東京" } } },
        ],
        slop: 0,
        in_order: true,
      },
    })
  })

  it("that are none match nothing, and a blank text matches all", () => {
    expect(bodyOf({ q: "?!" })["query"]).toEqual({ match_none: {} })
    expect(bodyOf({ q: " " })["query"]).toEqual({ match_all: {} })
  })
})

describe("filters", () => {
  const filterOf = (where: SearchQuery["where"]) => {
    const { query } = bodyOf({ where }) as { query: { constant_score: { filter: unknown } } }
    return query.constant_score.filter
  }

  it("do not touch the score", () => {
    const where = { field: "n", op: "eq", value: 1 } as const
    expect(bodyOf({ where })["query"]).toEqual({ constant_score: { filter: { terms: { n: [1] } } } })
    expect(bodyOf({ q: "a", where })["query"]).toEqual({ bool: { must: [word("a")], filter: [{ terms: { n: [1] } }] } })
  })

  it("take one level of the request for each of theirs", () => {
    const one = { field: "ok", op: "eq", value: true } as const
    expect(filterOf({ and: [one, { or: [{ not: one }] }] })).toEqual({
      bool: {
        filter: [
          { terms: { ok: [true] } },
          { bool: { should: [{ bool: { must_not: [{ terms: { ok: [true] } }] } }] } },
        ],
      },
    })
    expect(filterOf({ and: [] })).toEqual({ match_all: {} })
    expect(filterOf({ or: [] })).toEqual({ match_none: {} })
  })

  it("ask texts by their whole value, which one that is too long does not have", () => {
    expect(filterOf({ field: "title", op: "prefix", value: "A" })).toEqual({
      prefix: { "title.keyword": { value: "A" } },
    })
    expect(filterOf({ field: "tag", op: "eq", value: "A" })).toEqual({ terms: { "tag.keyword": ["A"] } })
    expect(filterOf({ field: "tag", op: "eq", value: "A".repeat(9000) })).toEqual({ match_none: {} })
    expect(filterOf({ field: "title", op: "exists", value: true })).toEqual({
      bool: { should: [{ exists: { field: "title.keyword" } }, { term: { _ignored: { value: "title.keyword" } } }] },
    })
    expect(filterOf({ field: "n", op: "exists", value: true })).toEqual({ exists: { field: "n" } })
  })

  it("name dates to the millisecond", () => {
    expect(filterOf({ field: "at", op: "lte", value: "2024-01-01" })).toEqual({
      range: { at: { lte: 1_704_067_200_000, format: "epoch_millis" } },
    })
    expect(filterOf({ field: "at", op: "in", value: ["1970-01-01T00:00:02.024Z", "+012024-01-01"] })).toEqual({
      terms: { at: ["1970-01-01T00:00:02.024Z"] },
    })
  })
})

describe("facets", () => {
  it("count under the filter of the query", () => {
    const where = { field: "tag", op: "eq", value: "x" } as const
    const body = bodyOf({
      where,
      facets: [
        { field: "title", limit: 3 },
        { field: "n", ranges: [{ from: 2 }, { to: 1 }] },
      ],
    })
    const order = [{ _count: "desc" }, { _key: "asc" }]
    expect(body["aggs"]).toEqual({
      f0: { terms: { field: "title.keyword", size: 3, order } },
      f1: {
        range: {
          field: "n",
          ranges: [
            { key: "r0", from: 2 },
            { key: "r1", to: 1 },
          ],
        },
      },
    })
    expect(body).not.toHaveProperty("post_filter")
  })

  it("that leave a filter out are counted apart from the hits", () => {
    const tag = { field: "tag", op: "eq", value: "x" } as const
    const body = bodyOf({ where: { and: [tag] }, facets: [{ field: "tag", disjunctive: true }, { field: "n" }] })
    expect(body).toMatchObject({
      query: { match_all: {} },
      post_filter: { bool: { filter: [{ terms: { "tag.keyword": ["x"] } }] } },
      aggs: {
        f0: { filter: { match_all: {} }, aggs: { facet: { terms: { field: "tag.keyword" } } } },
        f1: {
          filter: { bool: { filter: [{ terms: { "tag.keyword": ["x"] } }] } },
          aggs: { facet: { terms: { field: "n" } } },
        },
      },
    })
  })
})

describe("orders", () => {
  it("end with object and id", () => {
    expect(bodyOf({ q: "a" })["sort"]).toEqual([{ _score: "desc" }, { _key: "asc" }])
    expect(bodyOf({})["sort"]).toEqual([{ _key: "asc" }])
  })

  it("put what has no value last, as a number that JSON holds", () => {
    const sort = [{ field: "at", order: "desc" as const }, { field: "title" }]
    expect(bodyOf({ sort })["sort"]).toEqual([
      { at: { order: "desc", mode: "max", missing: "_last", unmapped_type: "double", numeric_type: "double" } },
      { "title.keyword": { order: "asc", mode: "min", missing: "_last", unmapped_type: "keyword" } },
      { _key: "asc" },
    ])
  })
})

it("highlights come from the words alone, escaped, of no more than servers analyze", () => {
  const where = { field: "tag", op: "eq", value: "x" } as const
  const body = bodyOf({ q: "a", where, highlight: { fragments: 0 } }, [
    fields.get("title"),
    fields.get("body"),
  ] as Field[])
  expect(body["highlight"]).toMatchObject({
    encoder: "html",
    number_of_fragments: 0,
    fragment_size: 160,
    max_analyzed_offset: 999_999,
    highlight_query: word("a"),
    fields: { title: {}, body: { matched_fields: ["body", "body.plain"] } },
  })
})

it("a page of a walk asks for one more than it shows, in its snapshot", () => {
  const query = { object: "docs", limit: 2 }
  const plan = planQuery(query, [{ fields, synonyms: [] }])
  const walk = { snapshot: "id", keepAlive: "5m", after: ["key"] }
  expect(searchBody({ query, plan, highlighted: [], searchedIn: new Map(), walk })).toMatchObject({
    size: 3,
    pit: { id: "id", keep_alive: "5m" },
    search_after: ["key"],
  })
})
