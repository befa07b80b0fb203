import { Client } from "elasticsearch-9"
import { afterAll, beforeEach, expect, it, onTestFinished } from "vitest"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { createElasticsearchSearch } from "../elasticsearch.ts"
import type { InjectedElasticsearchClient } from "./injected.ts"
import { elasticsearch, idsOf, newPrefix, stopElasticsearch, walk } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

async function openClient() {
  const { endpoint } = await elasticsearch()
  const client = new Client({ node: endpoint })
  onTestFinished(() => client.close())
  return client
}

it("the client of version 9 alone is refused by a server of version 8, as soon as it sends a body", async () => {
  const client = await openClient()
  expect(await client.ping()).toBe(true)
  await expect(client.index({ index: "alone", document: { t: "x" } })).rejects.toMatchObject({ statusCode: 400 })
})

it("with it the adapter writes, searches, walks, builds anew and is healthy on a server of version 8", async () => {
  const client: InjectedElasticsearchClient = await openClient()
  const search = createElasticsearchSearch({ client, indexPrefix: newPrefix(), replicas: 0, refreshIntervalMs: 50 })
  onTestFinished(() => search.close())
  await search.index("docs", "1", { t: "quick fox" })
  const { failed } = await search.bulk([{ op: "index", object: "docs", id: "2", doc: { t: "quick dog" } }])
  expect(failed).toBe(0)
  expect(idsOf(await search.search({ object: "docs", q: "fox" }))).toEqual(["1"])
  expect(await walk(search, { object: "docs", limit: 1 })).toEqual(["1", "2"])
  expect((await search.reindex("docs")).documents).toBe(2)
  expect(await search.remove("docs", "1")).toBe(true)
  expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
})
