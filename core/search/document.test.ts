import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { createMemorySearch, memorySearch } from "../../adapters/search/memory.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
import type { Search } from "../../contracts/search/search.ts"
import { describeConfig } from "../config/config.ts"
import { createServices } from "../services.ts"
import { asSearch } from "./portable-search.ts"

/** An adapter of that name, which is memory behind it. */
function elasticsearchOver(search: Search) {
  return defineAdapter({
    service: "search",
    name: "elasticsearch",
    contractVersion: 1,
    schemes: ["elasticsearch+http"],
    optionsSchema: z.strictObject({ replicas: z._default(z.int(), 1) }),
    create: () => search,
  })
}

const URLS = { SEARCH_URL: "elasticsearch+http://127.0.0.1:9200" }

function input(document: object, env: Record<string, string> = {}, search = createMemorySearch()) {
  return {
    services: ["search"] as const,
    adapters: [memorySearch, elasticsearchOver(search)],
    env,
    config: { search: { provider: "elasticsearch", indexes: [], ...document } as never },
  }
}

async function issuesOf(document: object, env: Record<string, string> = {}) {
  const error = await createServices(input(document, env)).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  return (error as { details: { issues: { path: string; message: string }[] } }).details.issues
}

const products = {
  indexName: "products",
  objectName: "products",
  fields: [
    { name: "title", type: "text", analyzer: "english", boost: 2 },
    { name: "brand", type: "keyword", filterable: true },
    { name: "price", type: "number", sortable: true },
  ],
}

describe("a search document", () => {
  it("is served by the adapter that its provider names, where the environment says where that is", async () => {
    const { instances } = await describeConfig(input({}, URLS))
    expect(instances).toMatchObject([{ adapter: "elasticsearch", chosenBy: "config.search" }])
  })

  it("gives the adapter the copies of its indexes", async () => {
    const indexes = [{ ...products, replicas: 2 }]
    const { instances } = await describeConfig(input({ indexes }, URLS))
    const option = { key: "replicas", value: "2", source: "config.search.indexes.0.replicas" }
    expect(instances[0]?.options).toContainEqual(option)
    expect((await describeConfig(input({ indexes }))).instances).toMatchObject([{ adapter: "memory" }])
  })

  it("is served by memory outside production while nothing says where, and the description says so", async () => {
    const { instances } = await describeConfig(input({}))
    const chosenBy = "config.search.provider outside production, without SEARCH_URL"
    expect(instances).toMatchObject([{ adapter: "memory", chosenBy }])
  })

  it.each([
    [
      { NODE_ENV: "production" },
      "SEARCH_URL",
      "must be set in production, since config.search.provider is elasticsearch",
    ],
    [
      { SEARCH_URL: "memory:" },
      "SEARCH_URL",
      "must be a URL of the adapter elasticsearch, elasticsearch+http:; got memory:",
    ],
  ])("is refused with %o", async (env, path, message) => {
    expect(await issuesOf({}, env)).toEqual([{ path, message }])
  })

  it("defines its indexes before the first call", async () => {
    const search = createMemorySearch()
    const services = await createServices(input({ indexes: [products] }, URLS, search))
    await services.search.index("products", "1", { title: "Running shoes", brand: "Acme", price: 10 })
    const { hits } = await services.search.search({ object: "products", q: "run", sort: [{ field: "price" }] })
    expect(hits.map(({ id }) => id)).toEqual(["1"])
    const where = { field: "price", op: "eq", value: 10 } as const
    await expect(services.search.search({ object: "products", where })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      details: { reason: "field" },
    })
    await services.close()
  })

  it("defines its indexes when it is made ready", async () => {
    const search = createMemorySearch()
    const services = await createServices(input({ indexes: [products] }, URLS, search))
    await services.ready()
    expect(await search.listIndexes()).toMatchObject([{ name: "products", documents: 0 }])
    await services.close()
  })

  it("gives facets their limit, words their synonyms, and typos a chance", async () => {
    const document = {
      indexes: [products],
      facets: [{ field: "brand", maxValues: 1 }],
      synonyms: { sneakers: ["shoes"] },
      typoTolerance: true,
    }
    const services = await createServices(input(document, URLS))
    await services.search.index("products", "1", { title: "Running shoes", brand: ["Acme", "Apex"] })
    const ask = (q: string) => services.search.search({ object: "products", q, facets: [{ field: "brand" }] })
    expect((await ask("sneakers")).facets).toEqual({ brand: [{ value: "Acme", count: 1 }] })
    expect((await ask("runnnig")).total).toBe(1)
    expect((await services.search.search({ object: "products", q: "runnnig", fuzzy: 0 })).total).toBe(0)
    await services.close()
  })

  it("is refused where the adapter has no fuzzy words for typoTolerance, no facets and no definitions", async () => {
    const bare = () =>
      asSearch({
        index: async () => {},
        search: async () => ({ hits: [], total: 0, totalExact: true, tookMs: 0 }),
        deleteIndex: async () => {},
      })
    const document = { indexes: [products], facets: [{ field: "brand" }], synonyms: { a: ["b"] }, typoTolerance: true }
    const error = await createServices(input(document, URLS, bare())).catch((reason: unknown) => reason)
    const { issues } = (error as { details: { issues: { path: string }[] } }).details
    const keys = ["indexes", "facets", "synonyms", "typoTolerance"]
    expect(issues.map(({ path }) => path)).toEqual(keys.map((key) => `config.search.${key}`))
    const services = await createServices(input({ typoTolerance: false }, URLS, bare()))
    expect((await services.search.search({ object: "products", q: "a" })).total).toBe(0)
    await services.close()
  })

  it("takes analyzers under names of its own", async () => {
    const analyzers = { plain: { type: "standard", customFilters: ["asciifolding"] } }
    const fields = [{ name: "title", type: "text", analyzer: "plain" }]
    const services = await createServices(input({ analyzers, indexes: [{ ...products, fields }] }, URLS))
    await services.search.index("products", "1", { title: "Crème brûlée" })
    expect((await services.search.search({ object: "products", q: "creme" })).total).toBe(1)
    await services.close()
  })

  it.each([
    [{ provider: "solr" }, "provider"],
    [{ provider: "algolia" }, "provider"],
    [{ ranking: ["typo"] }, "ranking"],
    [{ colour: 1 }, "colour"],
    [{ analyzers: { x: { type: "pattern" } } }, "analyzers.x"],
    [{ analyzers: { x: { type: "standard", stopwords: ["a"] } } }, "analyzers.x"],
    [{ facets: [{ field: "brand" }] }, "facets.0.field"],
    [{ indexes: [products], facets: [{ field: "brand", sort: "alpha" }] }, "facets.0.sort"],
    [{ indexes: [{ ...products, indexName: "p" }] }, "indexes.0.indexName"],
    [{ indexes: [{ ...products, indexName: "P", objectName: "P" }] }, "indexes.0.objectName"],
    [{ indexes: [products, products] }, "indexes.1.objectName"],
    [{ indexes: [{ ...products, shards: 2 }] }, "indexes.0.shards"],
    [{ indexes: [products, { ...products, indexName: "b", objectName: "b", replicas: 2 }] }, "indexes.1.replicas"],
    [{ indexes: [{ ...products, fields: [{ name: "at", type: "geo" }] }] }, "indexes.0.fields.0.type"],
    [
      { indexes: [{ ...products, fields: [{ name: "at", type: "number", analyzer: "english" }] }] },
      "indexes.0.fields.0.analyzer",
    ],
    [
      { indexes: [{ ...products, fields: [{ name: "at", type: "text", analyzer: "french" }] }] },
      "indexes.0.fields.0.analyzer",
    ],
    [{ indexes: [{ ...products, fields: [{ name: "_at", type: "text" }] }] }, "indexes.0"],
  ])("refuses %j at %s", async (document, path) => {
    const issues = await issuesOf(document, URLS)
    expect(issues.map((issue) => issue.path)).toEqual([`config.search.${path}`])
  })
})
