import { afterAll, beforeEach, expect, it } from "vitest"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../servers/elasticsearch.ts"
import { openSearch, stopElasticsearch } from "./elasticsearch-engine/open-search.fixture.ts"
import { createMemorySearch } from "./memory.ts"
import { compareSearches, oracleCases } from "./oracle.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

it.each([1, 12, 17])("Elasticsearch answers as memory does, seed %i", { timeout: 300_000 }, async (seed) => {
  const cases = oracleCases(seed, { cases: 3, queries: 12 })
  expect(await compareSearches(createMemorySearch(), await openSearch(), cases, { shrinks: 20 })).toBeUndefined()
})
