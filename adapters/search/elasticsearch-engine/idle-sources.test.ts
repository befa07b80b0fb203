import { afterAll, beforeEach, expect, it } from "vitest"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { indexesOf, newPrefix, openSearch, stopElasticsearch } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

/** Gives one item, then nothing for ever. `waits`: resolves once it is asked for the second one. */
function idleSource<T>(item: T) {
  let wait = () => {}
  const waits = new Promise<void>((resolve) => {
    wait = resolve
  })
  let ends = 0
  const items = [item]
  const iterator: AsyncIterator<T> = {
    async next() {
      const value = items.pop()
      if (value !== undefined) return { done: false, value }
      wait()
      return await new Promise(() => {})
    },
    async return() {
      ends++
      return { done: true, value: undefined }
    },
  }
  return { source: { [Symbol.asyncIterator]: () => iterator }, waits, ends: () => ends }
}

it("a bulk and a reindex whose sources are idle end with close, which puts things back", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  await search.index("docs", "old", { t: "old" })
  const bulk = idleSource({ op: "index", object: "docs", id: "a", doc: { t: "new" } } as const)
  const reindex = idleSource({ id: "b", doc: { t: "new" } })
  const calls = [search.bulk(bulk.source), search.reindex("docs", reindex.source)]
  const settled = Promise.all(calls.map((call) => call.catch((error: unknown) => error)))
  await Promise.all([bulk.waits, reindex.waits])
  await search.close()
  for (const error of await settled) expect(error).toMatchObject({ code: "CLOSED" })
  expect([bulk.ends(), reindex.ends()]).toEqual([1, 1])
  expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000001`])
  const other = await openSearch({ indexPrefix })
  await other.index("docs", "after", { t: "after" })
  expect((await other.search({ object: "docs" })).total).toBe(2)
})
