import { describe, expect, it } from "vitest"
import type { Search, SearchQuery } from "../../contracts/search/search.ts"
import { memorySearchSubject } from "../../subjects/search.ts"
import { bindContract } from "../../testing/bind.ts"
import { searchContract } from "../../testing/search/contract.ts"
import { createMemorySearch, memorySearch } from "./memory.ts"

bindContract({ describe, it }, searchContract, memorySearchSubject)

const PACKAGES: Record<string, Record<string, unknown>> = {
  "lru-cache": {
    name: "lru-cache",
    description: "A cache that evicts",
    keywords: ["mru", "lru"],
    license: "ISC",
    stars: 5,
  },
  keyv: { name: "keyv", description: "Storage with a cache", keywords: ["ttl", "lru"], license: "MIT", stars: 3 },
  bullmq: { name: "bullmq", description: "Queue on Redis", keywords: [], license: "MIT", stars: 3 },
}

async function filled(docs = PACKAGES): Promise<Search> {
  const search = createMemorySearch()
  for (const [id, doc] of Object.entries(docs)) await search.index("packages", id, doc)
  return search
}

async function idsOf(search: Search, query: Omit<SearchQuery, "object">): Promise<string[]> {
  const { hits } = await search.search({ object: "packages", ...query })
  return hits.map(({ id }) => id)
}

/** Ids without the order of their scores. */
async function foundBy(query: Omit<SearchQuery, "object">, search?: Search): Promise<string[]> {
  return (await idsOf(search ?? (await filled()), query)).sort()
}

const rejectsInvalid = (promise: Promise<unknown>) =>
  expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "search" })

describe("memory search: matching", () => {
  it("finds words in any field, in elements of arrays too, whatever their case", async () => {
    expect(await foundBy({ q: "CACHE" })).toEqual(["keyv", "lru-cache"])
    expect(await foundBy({ q: "mru" })).toEqual(["lru-cache"])
    expect(await foundBy({ q: "cach" })).toEqual([])
  })

  it("takes any word with or, and every word in whatever field with and", async () => {
    expect(await foundBy({ q: "ttl redis" })).toEqual(["bullmq", "keyv"])
    expect(await foundBy({ q: "cache ttl", operator: "and" })).toEqual(["keyv"])
    expect(await foundBy({ q: "redis ttl", operator: "and" })).toEqual([])
  })

  it("matches beginnings of words where prefix says so", async () => {
    expect(await foundBy({ q: "cach", prefix: true })).toEqual(["keyv", "lru-cache"])
    expect(await foundBy({ q: "stor evi", prefix: "last" })).toEqual(["lru-cache"])
    expect(await foundBy({ q: "stor evi", prefix: true })).toEqual(["keyv", "lru-cache"])
  })

  it("searches the named fields, and puts the boosted one first", async () => {
    const search = await filled({
      a: { title: "redis", text: "other words" },
      b: { title: "other words", text: "redis" },
    })
    expect(await idsOf(search, { q: "redis", fields: ["text"] })).toEqual(["b"])
    expect(await idsOf(search, { q: "redis", fields: [{ field: "title", boost: 5 }, "text"] })).toEqual(["a", "b"])
    expect(await idsOf(search, { q: "redis", fields: ["title", { field: "text", boost: 5 }] })).toEqual(["b", "a"])
  })

  it("orders equal scores by id in code points", async () => {
    const search = await filled({
      "\u{1F600}": { t: "same" },
      "\uffee": { t: "same" },
      b: { t: "same" },
      a: { t: "same" },
    })
    expect(await idsOf(search, { q: "same" })).toEqual(["a", "b", "\uffee", "\u{1F600}"])
    expect(await idsOf(search, {})).toEqual(["a", "b", "\uffee", "\u{1F600}"])
  })

  it.each([undefined, "", "  \n"])("takes the query %j for all documents", async (q) => {
    expect(await foundBy({ q })).toEqual(["bullmq", "keyv", "lru-cache"])
  })

  it.each([
    "*",
    '"',
    "(((",
    "name:keyv AND",
    "\\",
    "\0",
    "\ud800",
    "__proto__",
    "constructor hasOwnProperty",
    "x ".repeat(50_000),
    Array.from({ length: 10_000 }, (_, index) => `w${index}`).join(" "),
  ])("survives the query %j", async (q) => {
    for (const prefix of [false, true, "last"] as const) {
      const { hits } = await (await filled()).search({ object: "packages", q, prefix, highlight: true })
      expect(hits.length).toBeLessThan(2)
    }
  })

  it("goes by the first 256 distinct words", async () => {
    const words = Array.from({ length: 255 }, (_, index) => `w${index}`).join(" ")
    expect(await foundBy({ q: `${words} ${words} redis` })).toEqual(["bullmq"])
    expect(await foundBy({ q: `${words} one redis` })).toEqual([])
  })

  it("finds documents by words and ids that are names of object members", async () => {
    const search = await filled({ __proto__x: { constructor: "__proto__" }, constructor: { id: "toString" } })
    await search.index("packages", "__proto__", { t: "valueOf" })
    expect(await idsOf(search, { q: "__proto__", fields: ["constructor"] })).toEqual(["__proto__x"])
    expect(await idsOf(search, { q: "tostring", fields: ["id"] })).toEqual(["constructor"])
    expect(await idsOf(search, { q: "valueof" })).toEqual(["__proto__"])
  })
})

describe("memory search: documents", () => {
  it("replaces the document of an id", async () => {
    const search = await filled()
    expect(await foundBy({ q: "evicts" }, search)).toEqual(["lru-cache"])
    await search.index("packages", "lru-cache", { name: "lru-cache", description: "Forgets" })
    expect(await foundBy({ q: "evicts mru" }, search)).toEqual([])
    expect(await foundBy({ q: "forgets" }, search)).toEqual(["lru-cache"])
    expect((await search.search({ object: "packages" })).total).toBe(3)
  })

  it("replaces the only document", async () => {
    const search = await filled({ a: { t: "old" } })
    await search.index("packages", "a", { t: "new" })
    expect(await foundBy({ q: "new old" }, search)).toEqual(["a"])
    expect(await foundBy({ q: "old" }, search)).toEqual([])
  })

  it("merges in between writes that follow each other at once", async () => {
    const search = createMemorySearch()
    for (let write = 0; write < 50_000; write++) await search.index("packages", `id-${write % 3}`, { t: "same" })
    expect((await search.getMetrics())["segments"]).toBeLessThan(6)
    expect(await foundBy({ q: "same" }, search)).toEqual(["id-0", "id-1", "id-2"])
  })

  it("finds fields that came after the first search", async () => {
    const search = await filled()
    await search.search({ object: "packages", q: "cache" })
    await search.index("packages", "new", { readme: "Telescope" })
    await search.index("packages", "keyv", { readme: "Microscope" })
    expect(await foundBy({ q: "telescope microscope" }, search)).toEqual(["keyv", "new"])
  })

  it("copies documents in and out", async () => {
    const search = createMemorySearch()
    const doc = { tags: ["a"] }
    await search.index("packages", "1", doc)
    doc.tags.push("b")
    const first = await search.search({ object: "packages" })
    expect(first.hits[0]?.doc).toEqual({ tags: ["a"] })
    const tags = first.hits[0]?.doc?.["tags"] as string[]
    tags.push("c")
    expect((await search.search({ object: "packages" })).hits[0]?.doc).toEqual({ tags: ["a"] })
  })

  it("keeps objects apart and forgets a deleted index", async () => {
    const search = await filled()
    await search.index("people", "ada", { name: "Ada" })
    await search.deleteIndex("packages")
    await search.deleteIndex("packages")
    expect(
      await search.search({ object: "packages", q: "cache", fields: ["gone"], facets: [{ field: "gone" }] }),
    ).toEqual({
      hits: [],
      total: 0,
      totalExact: true,
      facets: { gone: [] },
      tookMs: expect.any(Number),
    })
    expect((await search.search({ object: "people" })).total).toBe(1)
  })

  it("takes 400 fields and refuses one more", async () => {
    const search = createMemorySearch()
    await search.index("wide", "1", Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}`, 1])))
    await expect(search.index("wide", "2", { f400: 1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    const wider = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`g${index}`, 1]))
    await expect(search.index("wider", "1", wider)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    expect((await search.search({ object: "wide" })).total).toBe(1)
  })
})

describe("memory search: results", () => {
  it("pages with offset and limit, and counts all matches", async () => {
    const docs = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [String(index + 10), { t: "x" }]))
    const search = await filled(docs)
    const pages = [{}, { offset: 10 }, { offset: 20 }, { offset: 30 }, { limit: 0 }]
    const results = await Promise.all(pages.map((page) => search.search({ object: "packages", q: "x", ...page })))
    expect(results.map(({ hits }) => hits.length)).toEqual([10, 10, 5, 0, 0])
    expect(results.map(({ total }) => total)).toEqual([25, 25, 25, 25, 25])
    expect(results.flatMap(({ hits }) => hits.map(({ id }) => id))).toEqual(Object.keys(docs))
  })

  it("filters by equal values, of arrays by any element", async () => {
    expect(await foundBy({ where: { field: "license", op: "eq", value: "MIT" } })).toEqual(["bullmq", "keyv"])
    expect(await foundBy({ where: { field: "license", op: "eq", value: "mit" } })).toEqual([])
    expect(await foundBy({ where: { field: "keywords", op: "eq", value: "lru" } })).toEqual(["keyv", "lru-cache"])
    const and = [
      { field: "license", op: "eq", value: "MIT" },
      { field: "stars", op: "eq", value: 3 },
    ] as const
    expect(await foundBy({ q: "redis", where: { and } })).toEqual(["bullmq"])
  })

  it("counts facets over all matches, the most frequent first, then by value", async () => {
    const search = await filled()
    const facets = [{ field: "keywords", limit: 2 }, { field: "license" }, { field: "stars" }]
    const all = await search.search({ object: "packages", limit: 1, facets })
    expect(all.facets).toEqual({
      keywords: [
        { value: "lru", count: 2 },
        { value: "mru", count: 1 },
      ],
      license: [
        { value: "MIT", count: 2 },
        { value: "ISC", count: 1 },
      ],
      stars: [
        { value: 3, count: 2 },
        { value: 5, count: 1 },
      ],
    })
    const some = await search.search({ object: "packages", q: "cache", facets: [{ field: "license" }] })
    expect(some.facets).toEqual({
      license: [
        { value: "ISC", count: 1 },
        { value: "MIT", count: 1 },
      ],
    })
  })

  it("counts a document once for each value, names of object members and no over-long strings", async () => {
    const search = await filled({ a: { tag: ["x", "x", "__proto__", "y".repeat(8192)] }, b: { tag: ["constructor"] } })
    const { facets } = await search.search({ object: "packages", facets: [{ field: "tag" }] })
    expect(facets?.["tag"]).toEqual(["__proto__", "constructor", "x"].map((value) => ({ value, count: 1 })))
  })

  it("rejects fields that the index does not have", async () => {
    const search = await filled()
    const object = "packages"
    await rejectsInvalid(search.search({ object, q: "x", fields: ["nope"] }))
    await rejectsInvalid(search.search({ object, facets: [{ field: "constructor" }] }))
    await rejectsInvalid(search.search({ object, where: { field: "__proto__", op: "eq", value: 1 } }))
  })
})

describe("memory search: highlights", () => {
  async function highlight(text: string | string[], query: Omit<SearchQuery, "object">): Promise<string[] | undefined> {
    const search = await filled({ a: { text, other: "none" } })
    const { hits } = await search.search({ object: "packages", highlight: true, ...query })
    return hits[0]?.highlights?.["text"]
  }

  it("marks the words that match, also by their beginning", async () => {
    expect(await highlight("Fast Cache, cached", { q: "cache" })).toEqual(["Fast <mark>Cache</mark>, cached"])
    expect(await highlight("Fast Cache, cached", { q: "cach", prefix: true })).toEqual([
      "Fast <mark>Cache</mark>, <mark>cached</mark>",
    ])
    expect(await highlight(["one", "two", "two"], { q: "two" })).toEqual(["<mark>two</mark>", "<mark>two</mark>"])
  })

  it("escapes the text, and marks no part of an entity", async () => {
    expect(await highlight(`<b title="amp">amp's & lt</b>`, { q: "amp lt" })).toEqual([
      "&lt;b title=&quot;<mark>amp</mark>&quot;&gt;amp&#x27;s &amp; <mark>lt</mark>&lt;/b&gt;",
    ])
  })

  it("cuts long texts to at most three snippets around the matches", async () => {
    const filler = "lorem ipsum \u{1F600} dolor sit amet ".repeat(20)
    const text = `${filler}needle one ${filler}needle two needle three ${filler}${filler}needle ${filler}needle`
    const snippets = (await highlight(text, { q: "needle" })) ?? []
    expect(snippets.length).toBe(3)
    expect(snippets[1]).toContain("<mark>needle</mark> two <mark>needle</mark> three")
    for (const snippet of snippets) {
      const plain = snippet.replaceAll(/<\/?mark>/g, "")
      expect(text).toContain(plain)
      expect(plain.length).toBeLessThanOrEqual(160)
      expect(plain).toMatch(/^[\w😀].*[\w😀]$/u)
      expect(snippet).toContain("<mark>needle</mark>")
    }
  })

  it("lets others have their turn between long texts, and stops where they abort", async () => {
    const text = "lorem needle ipsum ".repeat(10_000)
    const search = await filled(Object.fromEntries(Array.from({ length: 12 }, (_, id) => [`id-${id}`, { text }])))
    const query = { object: "packages", q: "needle", highlight: true, limit: 100 }
    let turns = 0
    const tick = () => {
      turns++
      timer = setImmediate(tick)
    }
    let timer = setImmediate(tick)
    const { hits } = await search.search(query)
    clearImmediate(timer)
    expect(hits.filter(({ highlights }) => highlights?.["text"]?.length === 3)).toHaveLength(12)
    expect(turns).toBeGreaterThan(1)
    const controller = new AbortController()
    const aborted = search.search({ ...query, signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" })
  })

  it("gives none for fields without a match, for fields not searched, and unless asked", async () => {
    expect(await highlight("cache", { q: "none" })).toBeUndefined()
    expect(await highlight("cache", { q: "cache none", fields: ["other"] })).toBeUndefined()
    expect(await highlight("cache", { q: "cache", highlight: false })).toBeUndefined()
    expect(await highlight("cache", {})).toBeUndefined()
  })
})

describe("memory search: options", () => {
  it("refuses unknown ones by name", () => {
    expect(() => createMemorySearch({ stemming: true } as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining("stemming") }),
    )
  })

  it("is the adapter of memory:", () => {
    expect(memorySearch).toMatchObject({ service: "search", name: "memory", schemes: ["memory"] })
  })
})
