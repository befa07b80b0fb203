import { afterAll, beforeEach, expect, it } from "vitest"
import type { Search } from "../../../contracts/search/search.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { idsOf, newPrefix, openSearch, stopElasticsearch, walk } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

async function filled(documents: Readonly<Record<string, Record<string, unknown>>>): Promise<Search> {
  const search = await openSearch()
  await search.bulk(Object.entries(documents).map(([id, doc]) => ({ op: "index", object: "docs", id, doc })))
  return search
}

const INVALID = { code: "INVALID_ARGUMENT" }

it("walks see each document once, whatever is written meanwhile", async () => {
  const search = await filled({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } })
  const query = { object: "docs", sort: [{ field: "n" }], limit: 1 }
  const first = await search.search({ ...query, cursor: "*" })
  await search.index("docs", "a", { n: 9 })
  await search.remove("docs", "b")
  const second = await search.search({ ...query, cursor: first.cursor })
  const third = await search.search({ ...query, cursor: second.cursor })
  expect([first, second, third].flatMap(idsOf)).toEqual(["a", "b", "c"])
  expect(third.cursor).toBeUndefined()
})

it("walks by score end with their index", async () => {
  const search = await filled({ a: { t: "word" }, b: { t: "word" } })
  const query = { object: "docs", q: "word", limit: 1 }
  const { cursor } = await search.search({ ...query, cursor: "*" })
  await search.reindex("docs")
  const ended = { code: "PRECONDITION_FAILED", details: { reason: "cursor" } }
  await expect(search.search({ ...query, cursor })).rejects.toMatchObject(ended)
})

it("walks do not go on from a cursor of another query, or of nobody", async () => {
  const search = await filled({ a: { t: "word" }, b: { t: "word" } })
  const { cursor } = await search.search({ object: "docs", q: "word", limit: 1, cursor: "*" })
  await expect(search.search({ object: "docs", q: "other", limit: 1, cursor })).rejects.toMatchObject(INVALID)
  await expect(search.search({ object: "docs", q: "word", cursor: "made-up" })).rejects.toMatchObject(INVALID)
})

it("walks over several indexes have the order and the scores of a search", async () => {
  const search = await openSearch()
  const documents = { one: ["common", "common", "common", "rare"], two: ["rare other", "rare other", "common"] }
  for (const [object, texts] of Object.entries(documents)) {
    await search.bulk(texts.map((t, index) => ({ op: "index", object, id: `${object}-${index}`, doc: { t } })))
  }
  const query = { object: ["one", "two"], q: "common rare" }
  const { hits } = await search.search(query)
  expect(await walk(search, { ...query, limit: 2 })).toEqual(hits.map(({ id }) => id))
  expect((await search.search({ ...query, cursor: "*" })).hits).toEqual(hits)
})

it("walks that begin with a query that the server refuses have not ended", async () => {
  const search = await filled({ a: { t: "word" } })
  const native = { query: { term: { t: { value: {} } } } }
  await expect(search.search({ object: "docs", native, cursor: "*" })).rejects.toMatchObject(INVALID)
})

it("walks of an index that another process deleted are empty", async () => {
  const indexPrefix = newPrefix()
  const [search, other] = [await openSearch({ indexPrefix }), await openSearch({ indexPrefix })]
  await search.index("docs", "a", { t: "word" })
  await other.deleteIndex("docs")
  expect(await search.search({ object: "docs", cursor: "*" })).toMatchObject({ hits: [], total: 0 })
})
