import { describe, expect, it, vi } from "vitest"
import { createMemorySearch } from "../../adapters/search/memory.ts"
import type { ISearchService, SearchQuery } from "../../contracts/search/search.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { asSearch } from "./portable-search.ts"

function bareSearch() {
  return {
    index: vi.fn(async () => {}),
    search: vi.fn(async () => ({ hits: [], total: 0, totalExact: true, tookMs: 0 })),
    deleteIndex: vi.fn(async () => {}),
  } satisfies ISearchService
}

const circular: Record<string, unknown> = {}
circular["self"] = circular

describe("asSearch", () => {
  it("refuses a filter that is in itself many times", async () => {
    const where: { and: object[] } = { and: [] }
    where.and.push(where, where, where, where, where)
    const promise = asSearch(bareSearch()).search({ object: "a", where: where as never })
    await expect(promise).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
  })

  it("refuses a filter of too many nodes that are all the same", async () => {
    let where: object = { field: "n", op: "eq", value: 1 }
    for (let depth = 1; depth < 20; depth++) where = { or: Array.from({ length: 9 }, () => where) }
    const promise = asSearch(bareSearch()).search({ object: "a", where: where as never })
    await expect(promise).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
  })

  it.each([
    ["", "1", {}],
    ["Packages", "1", {}],
    ["a*", "1", {}],
    ["_a", "1", {}],
    ["a,b", "1", {}],
    ["..", "1", {}],
    ["a\n", "1", {}],
    ["a".repeat(129), "1", {}],
    ["a", "", {}],
    ["a", 1, {}],
    ["a", "x".repeat(513), {}],
    ["a", "\ud800", {}],
    ["a", "1", null],
    ["a", "1", []],
    ["a", "1", "text"],
    ["a", "1", { "": 1 }],
    ["a", "1", { "a.b": 1 }],
    ["a", "1", { _id: 1 }],
    ["a", "1", JSON.parse('{"__proto__":1}')],
    ["a", "1", { n: Number.NaN }],
    ["a", "1", { nested: { n: 1n } }],
    ["a", "1", { at: new Date() }],
    ["a", "1", { list: [undefined] }],
    ["a", "1", circular],
  ])("rejects index(%o, %o, %o) with INVALID_ARGUMENT before the implementation sees it", async (object, id, doc) => {
    const implementation = bareSearch()
    const promise = asSearch(implementation).index(object, id as string, doc as never)
    await expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", service: "search", operation: "index" })
    expect(implementation.index).not.toHaveBeenCalled()
  })

  it("reads a document once, so that what was checked is what is indexed", async () => {
    const implementation = bareSearch()
    let reads = 0
    const list = Object.assign(["a"], { toJSON: () => undefined })
    const doc = {
      list,
      get t() {
        return reads++ === 0 ? "text" : 1n
      },
    }
    await asSearch(implementation).index("a", "1", doc)
    expect(implementation.index.mock.calls[0]).toEqual(["a", "1", { list: ["a"], t: "text" }])
  })

  it.each([
    undefined,
    {},
    { object: "A" },
    { object: [] },
    { object: ["a", "a"] },
    { object: ["a", "B"] },
    { object: "a", q: 1 },
    { object: "a", fields: [] },
    { object: "a", fields: [{ field: "t", boost: 0 }] },
    { object: "a", operator: "AND" },
    { object: "a", prefix: "first" },
    { object: "a", where: { field: "t", op: "is", value: 1 } },
    { object: "a", where: { field: "t", op: "gt", value: true } },
    { object: "a", where: { field: "t", op: "in", value: 1 } },
    { object: "a", where: { field: "t", op: "between", value: [1] } },
    { object: "a", where: { field: "t", op: "between", value: [1, "a"] } },
    { object: "a", where: { field: "t", op: "prefix", value: "x".repeat(1001) } },
    { object: "a", where: { and: [], or: [] } },
    { object: "a", where: { not: [] } },
    { object: "a", where: { field: "t", op: "eq", value: Number.NaN } },
    { object: "a", facets: [{ field: "t", limit: 0 }] },
    { object: "a", facets: ["t"] },
    { object: "a", offset: -1 },
    { object: "a", limit: 1001 },
    { object: "a", limit: 1.5 },
    { object: "a", highlight: "yes" },
    { object: "a", fuzzy: 3 },
    { object: "a", phrase: true, prefix: true },
    { object: "a", phrase: true, fuzzy: 1 },
    { object: "a", sort: [{ field: "t", order: "up" }] },
    { object: "a", facets: [{ field: "t" }, { field: "t" }] },
    { object: "a", facets: [{ field: "t", ranges: [] }] },
    { object: "a", facets: [{ field: "t", ranges: [{ from: 2, to: 2 }] }] },
    { object: "a", facets: [{ field: "t", ranges: [{ to: 2 }, { to: 3, key: "*-2" }] }] },
    { object: "a", cursor: "" },
    { object: "a", cursor: "*", offset: 1 },
    { object: "a", highlight: { fragments: 101 } },
    { object: "a", native: 1 },
    { object: "a", signal: {} },
    { object: "a", colour: 1 },
  ])("rejects the query %o with INVALID_ARGUMENT", async (query) => {
    const implementation = bareSearch()
    await expect(asSearch(implementation).search(query as SearchQuery)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      operation: "search",
    })
    expect(implementation.search).not.toHaveBeenCalled()
  })

  it("takes undefined for an omitted member of a document and of a query", async () => {
    const search = asSearch(bareSearch())
    await search.index("a", "1", { t: undefined })
    await search.search({ object: "a", q: undefined, limit: undefined, where: undefined, highlight: undefined })
  })

  it("looks at most 10,000 hits deep", async () => {
    const search = asSearch(bareSearch())
    await search.search({ object: "a", offset: 9_990 })
    await expect(search.search({ object: "a", offset: 9_991 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
  })

  it.each([{ facets: [{ field: "t" }] }, { highlight: true }, { prefix: true }, { prefix: "last" as const }])(
    "rejects %o with UNSUPPORTED unless the capabilities name it",
    async (asked) => {
      const implementation = bareSearch()
      const search = asSearch(implementation)
      await expect(search.search({ object: "a", ...asked })).rejects.toMatchObject({ code: "UNSUPPORTED" })
      const able = asSearch(implementation, { capabilities: { facets: true, highlight: true, prefix: true } })
      await able.search({ object: "a", ...asked })
      expect(implementation.search).toHaveBeenCalledTimes(1)
    },
  )

  it("rejects every call with CLOSED after close, bad arguments too", async () => {
    const search = asSearch(bareSearch())
    await search.close()
    const calls = [search.index("", "", {}), search.search({ object: "a" }), search.deleteIndex("a")]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("is healthy over a bare implementation, and unhealthy when that fails", async () => {
    const implementation = bareSearch()
    const search = asSearch(implementation)
    expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
    implementation.search.mockRejectedValueOnce(new Error("secret"))
    expect(await search.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "INTERNAL" } })
    expect(await search.getMetrics()).toEqual({})
  })

  it("returns a Search as it is, and keeps what it is under layers", async () => {
    const search = createMemorySearch()
    expect(asSearch(search)).toBe(search)
    const layered = withTimeout(search, { timeoutMs: 1000 })
    expect(layered.capabilities).toEqual(search.capabilities)
    await layered.index("a", "1", { t: "x" })
    expect((await search.search({ object: "a" })).total).toBe(1)
  })
})
