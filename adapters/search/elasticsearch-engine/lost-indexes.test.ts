import { afterAll, beforeEach, expect, it } from "vitest"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { ask, newPrefix, openSearch, stopElasticsearch } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

it("health alone finds an index that was defined and is gone, and that is there again", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  await search.defineIndex({ name: "docs", fields: { t: { type: "text" } } })
  expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
  await ask("DELETE", `/${indexPrefix}.docs.000001`)
  expect(await search.healthCheck()).toMatchObject({ status: "degraded", details: { lost: 1 } })
  const other = await openSearch({ indexPrefix })
  await other.index("docs", "1", { t: "word" })
  expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
})

it("nothing of an index that another process deleted is suggested", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  await search.index("docs", "1", { t: "word" })
  await (await openSearch({ indexPrefix })).deleteIndex("docs")
  expect(await search.suggest({ object: "docs", text: "wo" })).toEqual([])
})
