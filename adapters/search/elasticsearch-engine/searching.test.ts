import { afterAll, beforeEach, describe, expect, it } from "vitest"
import type { Search } from "../../../contracts/search/search.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { idsOf, openSearch, stopElasticsearch, walk } from "./open-search.fixture.ts"

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

describe("words", () => {
  it("match by any, by all, side by side, by their beginning and nearly", async () => {
    const search = await filled({
      a: { title: "the quick brown fox" },
      b: { title: "a brown and quick cat" },
      c: { title: "sleeping dogs" },
    })
    const found = async (query: object) => idsOf(await search.search({ object: "docs", ...query })).sort()
    expect(await found({ q: "quick dogs" })).toEqual(["a", "b", "c"])
    expect(await found({ q: "quick brown", operator: "and" })).toEqual(["a", "b"])
    expect(await found({ q: "quick dogs", operator: "and" })).toEqual([])
    expect(await found({ q: "quick brown", phrase: true })).toEqual(["a"])
    expect(await found({ q: "slee" })).toEqual([])
    expect(await found({ q: "slee", prefix: true })).toEqual(["c"])
    expect(await found({ q: "qiuck", fuzzy: "auto" })).toEqual(["a", "b"])
    expect(await found({ q: "..." })).toEqual([])
  })

  it("of an english field are found by each of their beginnings", async () => {
    const search = await openSearch()
    await search.defineIndex({ name: "docs", fields: { body: { type: "text", analyzer: "english" } } })
    await search.index("docs", "1", { body: "running the organization" })
    for (const q of ["r", "ru", "run", "runn", "runni", "runnin", "running", "the", "organiz", "organizatio"]) {
      expect(idsOf(await search.search({ object: "docs", q, prefix: "last" })), q).toEqual(["1"])
    }
  })

  it("side by side keep the places of stop words", async () => {
    const search = await openSearch()
    await search.defineIndex({ name: "docs", fields: { body: { type: "text", analyzer: "english" } } })
    await search.index("docs", "1", { body: "king of the hill" })
    await search.index("docs", "2", { body: "king hill" })
    const phrase = async (q: string) => idsOf(await search.search({ object: "docs", q, phrase: true, highlight: true }))
    expect(await phrase("king of the hill")).toEqual(["1"])
    expect(await phrase("king hill")).toEqual(["2"])
  })

  it("stand for their synonyms", async () => {
    const search = await openSearch()
    const synonyms = [["car", "auto mobile"]]
    await search.defineIndex({ name: "docs", fields: { title: { type: "text" } }, synonyms })
    await search.index("docs", "1", { title: "an auto mobile" })
    await search.index("docs", "2", { title: "a mobile auto" })
    expect(idsOf(await search.search({ object: "docs", q: "car" }))).toEqual(["1"])
  })

  it("are never a language: user text neither throws nor injects", async () => {
    const search = await filled({ a: { title: "plain" } })
    for (const q of ['"(*', "title:plain AND", "{}[]^~\\/", "\0", "a".repeat(100_000), "w ".repeat(50_000)]) {
      await search.search({ object: "docs", q, prefix: true, fuzzy: "auto", highlight: true })
    }
  })

  it("over the budget are cut, and the result says so", async () => {
    const fields = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`f${index}`, "text of words"]))
    const search = await filled({ a: fields })
    const q = Array.from({ length: 256 }, (_, index) => `word${index}`).join(" ")
    expect((await search.search({ object: "docs", q, fuzzy: "auto" })).truncated).toBe(true)
  })

  it("in several objects are as rare as they are in all of them", async () => {
    const search = await openSearch()
    const doc = { title: "word" }
    await search.bulk([
      ...["1", "2", "3"].map((id) => ({ op: "index" as const, object: "one", id, doc })),
      { op: "index", object: "two", id: "1", doc },
    ])
    const { hits } = await search.search({ object: ["two", "one"], q: "word" })
    expect(new Set(hits.map(({ score }) => score)).size).toBe(1)
    expect(hits.map(({ id, object }) => object + id)).toEqual(["one1", "one2", "one3", "two1"])
  })

  it("that are whole values count once, and of a text by how many values it has", async () => {
    const search = await openSearch()
    const fields = { keyword: { type: "keyword" }, text: { type: "text", analyzer: "keyword" } } as const
    await search.defineIndex({ name: "docs", fields })
    for (const [id, values] of Object.entries({ one: ["a"], two: ["a", "b"] })) {
      await search.index("docs", id, { keyword: values, text: values })
    }
    const tf = (length: number) => 1 / (1 + 1.2 * (0.25 + (0.75 * length) / 1.5))
    const found = async (field: string) => {
      const { hits } = await search.search({ object: "docs", q: "a", fields: [field], explain: true })
      return hits.map(({ explanation, id }) => [id, explanation?.[0]?.tf])
    }
    const near = (value: number) => expect.closeTo(value, 6)
    expect(await found("keyword")).toEqual([
      ["one", near(tf(1))],
      ["two", near(tf(1))],
    ])
    expect(await found("text")).toEqual([
      ["one", near(tf(1))],
      ["two", near(tf(2))],
    ])
  })

  it("explain their scores", async () => {
    const search = await filled({ a: { title: "quick fox" } })
    const { hits } = await search.search({ object: "docs", q: "quick foxes", prefix: true, fuzzy: 2, explain: true })
    const [hit] = hits
    const parts = hit?.explanation ?? []
    expect(parts).toContainEqual(expect.objectContaining({ term: "quick", field: "title", boost: 1 }))
    expect(parts.every(({ term }) => !term.includes(":"))).toBe(true)
    expect(parts.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(hit?.score ?? 0, 5)
  })
})

describe("highlights", () => {
  it("are escaped, and no text forges a mark", async () => {
    const search = await filled({ a: { title: "<mark>x</mark> \ue000fox\ue001 & 'a/b' \"q\"" } })
    const { hits } = await search.search({ object: "docs", q: "fox", highlight: true })
    expect(hits[0]?.highlights).toEqual({
      title: ["&lt;mark&gt;x&lt;/mark&gt; \ue000<mark>fox</mark>\ue001 &amp; &#x27;a/b&#x27; &quot;q&quot;"],
    })
  })

  it("of a text over a million characters leave those of others alone", async () => {
    const search = await filled({ long: { title: `${"filler ".repeat(150_000)}word` }, short: { title: "a word" } })
    const { hits } = await search.search({ object: "docs", q: "word", highlight: true })
    expect(hits.find(({ id }) => id === "short")?.highlights).toEqual({ title: ["a <mark>word</mark>"] })
    expect(idsOf({ hits, total: 0, totalExact: true, tookMs: 0 }).sort()).toEqual(["long", "short"])
  })

  it("mark no values of filters, but what prefix and fuzzy found in the plain words", async () => {
    const search = await openSearch()
    const fields = { body: { type: "text", analyzer: "english" }, tag: { type: "keyword" } } as const
    await search.defineIndex({ name: "docs", fields })
    await search.index("docs", "1", { body: "organizations run", tag: "red" })
    const where = { field: "tag", op: "eq", value: "red" } as const
    const { hits } = await search.search({ object: "docs", q: "organizatio", prefix: true, highlight: true, where })
    expect(hits[0]?.highlights).toEqual({ body: ["<mark>organizations</mark> run"] })
  })

  it("are of the whole text, and of each text of an array, where asked", async () => {
    const search = await filled({ a: { title: ["first fox", "no match", "second fox"] } })
    const { hits } = await search.search({ object: "docs", q: "fox", highlight: { fragments: 0 } })
    expect(hits[0]?.highlights?.["title"]).toEqual(["first <mark>fox</mark>", "second <mark>fox</mark>"])
  })
})

describe("filters", () => {
  it("compare exactly, match arrays by any element, and take null for nothing", async () => {
    const search = await filled({
      a: { n: 1.5, tags: ["x", "y"], text: "Some Text", ok: true, author: { name: "Ann" } },
      b: { n: -2, tags: null, text: "some text", ok: false },
      c: { tags: ["x"] },
    })
    const found = async (where: object) => idsOf(await search.search({ object: "docs", where: where as never }))
    expect(await found({ field: "n", op: "eq", value: 1.5 })).toEqual(["a"])
    expect(await found({ field: "n", op: "between", value: [-2, 1] })).toEqual(["b"])
    expect(await found({ field: "tags", op: "eq", value: "y" })).toEqual(["a"])
    expect(await found({ field: "tags", op: "exists", value: false })).toEqual(["b"])
    expect(await found({ field: "text", op: "eq", value: "Some Text" })).toEqual(["a"])
    expect(await found({ field: "text", op: "prefix", value: "some" })).toEqual(["b"])
    expect(await found({ field: "text", op: "gt", value: "T" })).toEqual(["b"])
    expect(await found({ field: "ok", op: "ne", value: true })).toEqual(["b", "c"])
    expect(await found({ field: "author.name", op: "in", value: ["Ann", "Bob"] })).toEqual(["a"])
    expect(await found({ or: [] })).toEqual([])
    expect(await found({ and: [] })).toEqual(["a", "b", "c"])
    let deep: object = { field: "n", op: "eq", value: 1.5 }
    for (let depth = 1; depth < 20; depth++) deep = { not: deep }
    expect(await found(deep)).toEqual(["b", "c"])
  })

  it("on dates are never rounded", async () => {
    const search = await openSearch()
    await search.defineIndex({ name: "docs", fields: { at: { type: "date" } } })
    await search.index("docs", "midnight", { at: "2024-01-01" })
    await search.index("docs", "noon", { at: "2024-01-01T12:00:00+00:00" })
    await search.index("docs", "early", { at: "1970-01-01T00:00:02.024Z" })
    const found = async (op: string, value: unknown) =>
      idsOf(await search.search({ object: "docs", where: { field: "at", op, value } as never }))
    expect(await found("lte", "2024-01-01")).toEqual(["early", "midnight"])
    expect(await found("eq", "2024-01-01")).toEqual(["midnight"])
    expect(await found("in", ["1970-01-01T00:00:02.024Z"])).toEqual(["early"])
    await expect(found("eq", "2024")).rejects.toMatchObject(INVALID)
    await expect(search.index("docs", "x", { at: "2024" })).rejects.toMatchObject(INVALID)
  })

  it("see a text that is too long for them where they ask whether it exists", async () => {
    const search = await openSearch()
    await search.defineIndex({ name: "docs", fields: { text: { type: "text" }, key: { type: "keyword" } } })
    await search.index("docs", "1", { text: "x".repeat(9000), key: "y".repeat(9000) })
    for (const field of ["text", "key"]) {
      const found = async (op: string, value: unknown) =>
        (await search.search({ object: "docs", where: { field, op, value } as never })).total
      expect(await found("exists", true), field).toBe(1)
      expect(await found("eq", field === "text" ? "x".repeat(9000) : "y".repeat(9000)), field).toBe(0)
    }
  })

  it("and facets of unknown fields, and sorts of unfit ones, are refused", async () => {
    const search = await openSearch()
    await search.defineIndex({ name: "docs", fields: { n: { type: "number", sortable: false } } })
    const refused = (query: object) =>
      expect(search.search({ object: "docs", ...query })).rejects.toMatchObject(INVALID)
    await refused({ where: { field: "x", op: "eq", value: 1 } })
    await refused({ facets: [{ field: "x" }] })
    await refused({ sort: [{ field: "n" }] })
    await refused({ fields: ["x"], q: "a" })
  })
})

describe("facets", () => {
  it("count under the filters, or without those of their own field", async () => {
    const search = await filled({
      a: { color: "red", size: 1, ok: true },
      b: { color: "red", size: 5, ok: false },
      c: { color: "blue", size: 20, ok: true },
    })
    const where = { and: [{ field: "color", op: "eq", value: "red" } as const] }
    const ranges = [{ from: 5, to: 20 }, { to: 2 }, { from: 2 }]
    const result = await search.search({
      object: "docs",
      where,
      facets: [{ field: "color", disjunctive: true }, { field: "ok" }, { field: "size", ranges }],
    })
    expect(idsOf(result)).toEqual(["a", "b"])
    expect(result).toMatchObject({ total: 2, totalExact: true })
    expect(result.hits.map(({ score }) => score)).toEqual([1, 1])
    expect(result.facets).toEqual({
      color: [
        { value: "red", count: 2 },
        { value: "blue", count: 1 },
      ],
      ok: [
        { value: false, count: 1 },
        { value: true, count: 1 },
      ],
      size: [
        { value: "5-20", count: 1 },
        { value: "*-2", count: 1 },
        { value: "2-*", count: 1 },
      ],
    })
  })
})

describe("orders", () => {
  const values = { date: "at", boolean: "ok", number: "n", text: "name" } as const
  const documents = {
    a: { at: "2024-01-01", ok: false, n: 1, name: "a" },
    b: {},
    c: {},
    e: { at: "2025-01-01", ok: true, n: 2, name: "e" },
  }

  it.each(Object.entries(values))(
    "of a %s put what has no value last, both ways, in pages of one too",
    async (_, field) => {
      const search = await openSearch()
      await search.defineIndex({ name: "docs", fields: { at: { type: "date" } } })
      await search.bulk(Object.entries(documents).map(([id, doc]) => ({ op: "index", object: "docs", id, doc })))
      const query = (order: "asc" | "desc") => ({ object: "docs", sort: [{ field, order }], limit: 1 })
      expect(await walk(search, query("asc"))).toEqual(["a", "e", "b", "c"])
      expect(await walk(search, query("desc"))).toEqual(["e", "a", "b", "c"])
      const { hits } = await search.search({ ...query("desc"), limit: 10 })
      expect(hits.map(({ id, score }) => [id, score])).toEqual([
        ["e", 0],
        ["a", 0],
        ["b", 0],
        ["c", 0],
      ])
    },
  )

  it("of ids and texts are those of code points", async () => {
    const search = await filled({
      "\u{1f600}": { t: "\u{1f600}" },
      "\uffee": { t: "\uffee" },
      B: { t: "B" },
      a: { t: "a" },
    })
    const order = ["B", "a", "\uffee", "\u{1f600}"]
    expect(idsOf(await search.search({ object: "docs" }))).toEqual(order)
    expect(idsOf(await search.search({ object: "docs", sort: [{ field: "t" }] }))).toEqual(order)
  })

  it("of several objects are checked in all of them first", async () => {
    const search = await openSearch()
    await search.index("one", "1", { n: 1 })
    await search.index("two", "1", { other: 1 })
    await search.index("three", "1", { n: "text" })
    for (const object of [
      ["one", "two"],
      ["one", "three"],
    ]) {
      await expect(search.search({ object, sort: [{ field: "n" }] })).rejects.toMatchObject(INVALID)
    }
  })
})

it("completes words by those of documents", async () => {
  const search = await filled({ a: { t: "running Runner" }, b: { t: "the runner <b>&" }, c: { t: "walk" } })
  expect(await search.suggest({ object: "docs", text: "a fast RUN" })).toEqual([
    { text: "a fast runner", word: "runner" },
    { text: "a fast running", word: "running" },
  ])
  expect(await search.suggest({ object: "none", text: "a" })).toEqual([])
})

it("claims no exact total where its own language asks for none", async () => {
  const search = await filled({ a: { n: 1 }, b: { n: 2 } })
  const uncounted = await search.search({ object: "docs", limit: 1, native: { track_total_hits: false } })
  expect(uncounted).toMatchObject({ total: 1, totalExact: false })
  const ended = await search.search({ object: "docs", limit: 1, native: { terminate_after: 1 } })
  expect(ended.totalExact).toBe(false)
})

it("takes members of a request in its own language, but none of those that it has itself", async () => {
  const search = await filled({ a: { n: 1 }, b: { n: 2 } })
  const native = { post_filter: { range: { n: { gt: 1 } } } }
  expect(idsOf(await search.search({ object: "docs", native }))).toEqual(["b"])
  for (const refused of [{ pit: { id: "x" } }, { stored_fields: "_none_" }]) {
    await expect(search.search({ object: "docs", native: refused })).rejects.toMatchObject(INVALID)
  }
})
