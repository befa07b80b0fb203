import { afterAll, beforeEach, describe, expect, it } from "vitest"
import type { BulkOperation, ReindexDocument, Search } from "../../../contracts/search/search.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { ask, idsOf, indexesOf, newPrefix, openSearch, stopElasticsearch } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

const TYPE = { code: "INVALID_ARGUMENT", details: { reason: "type" } }

/** Several instances of one prefix, as several processes have them. */
function openMany(count: number, indexPrefix = newPrefix()): Promise<Search[]> {
  return Promise.all(Array.from({ length: count }, () => openSearch({ indexPrefix })))
}

async function totalOf(search: Search, object = "docs"): Promise<number> {
  return (await search.search({ object })).total
}

describe("documents", () => {
  it("are stored, replaced, read and removed", async () => {
    const search = await openSearch()
    const doc = { title: "x", n: 1, nested: { list: [1, 2] }, constructor: "y" }
    await search.index("docs", "1", doc)
    expect(await search.get("docs", "1")).toEqual(doc)
    await search.index("docs", "1", { title: "z" })
    expect(await search.get("docs", "1")).toEqual({ title: "z" })
    expect(await search.remove("docs", "1")).toBe(true)
    expect(await search.remove("docs", "1")).toBe(false)
    expect(await search.get("docs", "1")).toBeUndefined()
    expect(await totalOf(search)).toBe(0)
  })

  it("of a missing index are absent, and nothing makes one", async () => {
    const indexPrefix = newPrefix()
    const search = await openSearch({ indexPrefix })
    expect(await search.get("docs", "1")).toBeUndefined()
    expect(await search.remove("docs", "1")).toBe(false)
    expect(await search.bulk([{ op: "remove", object: "docs", id: "1" }])).toMatchObject({ failed: 0 })
    await search.deleteIndex("docs")
    expect(await totalOf(search)).toBe(0)
    expect(await indexesOf(indexPrefix)).toEqual([])
  })

  it.each(["..", ".", "a/b", "a b", "%2F", "é".repeat(256), "\0", '"', "?x=y#z", "__proto__"])(
    "have the id %j",
    async (id) => {
      const search = await openSearch()
      await search.index("docs", id, { t: "x" })
      expect(await search.get("docs", id)).toEqual({ t: "x" })
      expect(idsOf(await search.search({ object: "docs" }))).toEqual([id])
      expect(await search.remove("docs", id)).toBe(true)
    },
  )

  it("show no fields that are not stored, and keep them when the index is built anew", async () => {
    const search = await openSearch()
    const fields = { shown: { type: "text" }, hidden: { type: "text", stored: false } } as const
    await search.defineIndex({ name: "docs", fields })
    await search.index("docs", "1", { shown: "a", hidden: "secret" })
    await search.reindex("docs")
    expect(await search.get("docs", "1")).toEqual({ shown: "a" })
    const { hits } = await search.search({ object: "docs", q: "secret" })
    expect(hits.map(({ doc }) => doc)).toEqual([{ shown: "a" }])
  })
})

describe("fields", () => {
  it("keep their type: of two first writers with different types one is refused", async () => {
    for (let round = 0; round < 3; round++) {
      const [one, two] = (await openMany(2)) as [Search, Search]
      const outcomes = await Promise.allSettled([one.index("docs", "1", { v: 1 }), two.index("docs", "2", { v: "a" })])
      const failed = outcomes.filter((outcome) => outcome.status === "rejected")
      expect(failed).toMatchObject([{ reason: TYPE }])
    }
  })

  it.each([["5"], [""], [true], [{ a: 1 }], [[1, "a"]]])("of numbers take no %j", async (v) => {
    const search = await openSearch()
    await search.index("docs", "1", { v: 1 })
    await expect(search.index("docs", "2", { v })).rejects.toMatchObject(TYPE)
    expect(await totalOf(search)).toBe(1)
  })

  it("are at most 400, in any depth", async () => {
    const search = await openSearch()
    const fields = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`o${index}`, { a: { b: { c: "x" } } }]),
    )
    await search.index("docs", "1", fields)
    await expect(search.index("docs", "2", { more: 1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("of other processes are known within a second, and at once where a query names them", async () => {
    const [one, two] = (await openMany(2)) as [Search, Search]
    await one.index("docs", "1", { a: "x" })
    await two.search({ object: "docs" })
    await one.index("docs", "2", { b: "y" })
    expect(idsOf(await two.search({ object: "docs", where: { field: "b", op: "eq", value: "y" } }))).toEqual(["2"])
  })
})

describe("definitions", () => {
  const definition = { name: "docs", fields: { title: { type: "text", boost: 2 }, at: { type: "date" } } } as const

  it("are known to other processes, and what documents add does not change them", async () => {
    const [one, two] = (await openMany(2)) as [Search, Search]
    await one.defineIndex(definition)
    await two.index("docs", "1", { title: "a", other: "a", at: "2024-01-01" })
    await expect(two.index("docs", "2", { at: "no date" })).rejects.toMatchObject({ details: { reason: "date" } })
    const { hits } = await two.search({ object: "docs", q: "a", explain: true })
    expect(hits[0]?.explanation?.map(({ boost, field }) => [field, boost]).sort()).toEqual([
      ["other", 1],
      ["title", 2],
    ])
  })

  it("may be the same, or more, but no other", async () => {
    const search = await openSearch()
    await search.defineIndex(definition)
    await search.defineIndex(definition)
    await search.defineIndex({ ...definition, fields: { ...definition.fields, more: { type: "keyword" } } })
    const incompatible = { ...definition, fields: { title: { type: "number" } } } as const
    const refused = { code: "PRECONDITION_FAILED", details: { reason: "definition" } }
    await expect(search.defineIndex(incompatible)).rejects.toMatchObject(refused)
    expect(await search.listIndexes()).toEqual([
      { name: "docs", documents: 0, fields: { at: "date", more: "keyword", title: "text" } },
    ])
  })

  it("of several processes at once are all kept", async () => {
    const searches = await openMany(4)
    const fields = (index: number) => ({ [`f${index}`]: { type: "text", boost: index + 2 } }) as const
    await Promise.all(searches.map((search, index) => search.defineIndex({ name: "docs", fields: fields(index) })))
    const [search] = searches as [Search]
    await search.index("docs", "1", { f0: "a", f1: "a", f2: "a", f3: "a" })
    const { hits } = await search.search({ object: "docs", q: "a", explain: true })
    expect(hits[0]?.explanation?.map(({ boost }) => boost).sort()).toEqual([2, 3, 4, 5])
  })
})

describe("indexes", () => {
  it("are one, when 8 processes write the first document at once", async () => {
    const indexPrefix = newPrefix()
    const searches = await openMany(8, indexPrefix)
    await Promise.all(
      searches.map((search, index) => search.index("docs", `${index}`, { t: "x", [`f${index}`]: index })),
    )
    expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000001`])
    expect(await totalOf(searches[0] as Search)).toBe(8)
  })

  it("of a prefix are not those of another one that begins with it", async () => {
    const prefix = newPrefix()
    const one = await openSearch({ indexPrefix: prefix })
    const two = await openSearch({ indexPrefix: `${prefix}-x` })
    await one.index("x-docs", "1", { t: "one" })
    await two.index("docs", "1", { t: "two" })
    expect((await one.listIndexes()).map(({ name }) => name)).toEqual(["x-docs"])
    await one.deleteIndex("docs")
    await one.refresh()
    expect(await totalOf(two)).toBe(1)
  })

  it("that were defined and are gone are an event and a degraded health, until they are filled again", async () => {
    const lost: unknown[] = []
    const events = { emit: (name: string, payload: unknown) => void lost.push([name, payload]) }
    const indexPrefix = newPrefix()
    const search = await openSearch({ indexPrefix, context: { events } })
    await search.defineIndex({ name: "docs", fields: { at: { type: "date" } } })
    await ask("DELETE", `/${indexPrefix}.docs.000001`)
    await search.index("docs", "1", { at: "2024-01-01" })
    expect(lost).toEqual([["search.index.lost", { object: "docs" }]])
    expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
    expect(await search.listIndexes()).toMatchObject([{ fields: { at: "date" } }])
    await ask("DELETE", `/${indexPrefix}.docs.000001`)
    await search.refresh("docs").catch(() => {})
    await expect.poll(async () => (await search.search({ object: "docs" })).total).toBe(0)
    expect(await search.healthCheck()).toMatchObject({ status: "degraded" })
  })
})

describe("a bulk", () => {
  it("answers for each in its order, whatever is wrong with some", async () => {
    const search = await openSearch()
    const operations: BulkOperation[] = Array.from({ length: 5000 }, (_, index) => {
      const doc = index % 2000 === 7 ? { n: "no number" } : { n: index }
      return { op: "index", object: "docs", id: `${index}`, doc }
    })
    const { failed, items } = await search.bulk([
      { op: "index", object: "docs", id: "first", doc: { n: 0 } },
      ...operations,
      { op: "index", object: "docs", id: "é".repeat(257), doc: {} },
      { op: "index", object: "docs", id: "0", doc: { n: -1 } },
      { op: "remove", object: "docs", id: "1" },
    ])
    const wrong = [...items.entries()].filter(([, { error }]) => error !== undefined)
    expect(wrong.map(([at]) => at)).toEqual([8, 2008, 4008, 5001])
    expect(failed).toBe(4)
    expect(await totalOf(search)).toBe(5000 - 3)
    expect(await search.get("docs", "0")).toEqual({ n: -1 })
  })

  it("of nothing is nothing, and one that an object is filled for again and again keeps what it was", async () => {
    const search = await openSearch()
    expect(await search.bulk([])).toEqual({ items: [], failed: 0 })
    async function* operations(): AsyncGenerator<BulkOperation> {
      const operation: BulkOperation = { op: "index", object: "docs", id: "", doc: { n: 0 } }
      for (let n = 0; n < 3; n++) {
        operation.id = `${n}`
        operation.doc["n"] = n
        yield operation
      }
    }
    await search.bulk(operations())
    const { hits } = await search.search({ object: "docs" })
    expect(hits.map(({ doc }) => doc)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })
})

describe("a reindex", () => {
  async function filled(indexPrefix = newPrefix(), documents = 20): Promise<Search> {
    const search = await openSearch({ indexPrefix })
    const ids = Array.from({ length: documents }, (_, index) => `${index}`.padStart(4, "0"))
    await search.bulk(ids.map((id) => ({ op: "index", object: "docs", id, doc: { t: "old", n: 1 } })))
    return search
  }

  it("puts the documents of a source in the place of all others, of one id that with the highest revision", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix)
    const report = await search.reindex("docs", [
      { id: "a", doc: { t: "second" }, revision: 2 },
      { id: "a", doc: { t: "first" }, revision: 1.5 },
      { id: "b", doc: { t: "one" } },
      { id: "b", doc: { t: "last" } },
    ])
    expect(report.documents).toBe(2)
    const { hits } = await search.search({ object: "docs" })
    expect(hits.map(({ doc, id }) => [id, doc?.["t"]])).toEqual([
      ["a", "second"],
      ["b", "last"],
    ])
    expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000002`])
    await search.index("docs", "a", { t: "third" })
    expect(await search.get("docs", "a")).toEqual({ t: "third" })
  })

  it("keeps writes and deletes of all processes that are made meanwhile", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix)
    const other = await openSearch({ indexPrefix })
    await other.search({ object: "docs" })
    async function* source(): AsyncGenerator<ReindexDocument> {
      for (const id of ["0000", "0001", "0002", "0003"]) yield { id, doc: { t: "source", n: 2 }, revision: 2 ** 52 }
      for (const each of [search, other]) {
        const mine = each === search ? "m" : "o"
        await each.index("docs", `new-${mine}`, { t: "new", [`added${mine}`]: "x" })
        await each.bulk([{ op: "index", object: "docs", id: "0001", doc: { t: mine } }])
      }
      expect(await other.remove("docs", "0002")).toBe(true)
      expect(await other.remove("docs", "never")).toBe(false)
      expect(await search.remove("docs", "0004")).toBe(true)
      expect(await totalOf(search)).toBe(20)
      // The copies come after the writes, and must not win.
      for (const id of ["0001", "0002", "0004", "never", "new-o"]) yield { id, doc: { t: "stale" } }
    }
    await search.reindex("docs", source())
    const { hits } = await other.search({ object: "docs" })
    expect(hits.map(({ doc, id }) => [id, doc?.["t"]])).toEqual([
      ["0000", "source"],
      ["0001", "o"],
      ["0003", "source"],
      ["new-m", "new"],
      ["new-o", "new"],
    ])
    const added = { field: "addedo", op: "eq", value: "x" } as const
    expect(idsOf(await other.search({ object: "docs", where: added }))).toEqual(["new-o"])
  })

  it("of the documents themselves loses none of thousands, while others write", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix, 3000)
    const other = await openSearch({ indexPrefix })
    let isOver = false
    let written = 0
    const wrong: unknown[] = []
    const writing = (async () => {
      while (!isOver) {
        const { items } = await other.bulk([
          { op: "index", object: "docs", id: `w${written}`, doc: { t: "written" } },
          { op: "index", object: "docs", id: "0001", doc: { t: `${written}` } },
          { op: "remove", object: "docs", id: `${written}`.padStart(4, "0") },
        ])
        wrong.push(...items.filter(({ error }) => error !== undefined))
        written++
      }
    })()
    const reading = (async () => {
      while (!isOver) {
        const total = await totalOf(other).catch((error: unknown) => error)
        if (typeof total !== "number" || total < 2000) wrong.push(total)
      }
    })()
    await search.reindex("docs")
    isOver = true
    await Promise.all([writing, reading])
    expect(wrong).toEqual([])
    const removed = Array.from({ length: written }, (_, index) => `${index}`.padStart(4, "0"))
    expect(await search.get("docs", "0001")).toEqual(written === 2 ? undefined : { t: `${written - 1}` })
    const gone = removed.filter((id) => id !== "0001")
    expect(await totalOf(search)).toBe(3000 - gone.length + written - (written === 2 ? 1 : 0))
    for (const id of gone) expect(await search.get("docs", id)).toBeUndefined()
  })

  it("keeps what was deleted for as long as it takes, and no longer", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix)
    const next = `${indexPrefix}.docs.000002`
    const kept = async () => {
      const answer = (await ask("GET", `/${next}/_settings?flat_settings`)) as Record<string, { settings: object }>
      return (answer[next]?.settings as Record<string, string> | undefined)?.["index.gc_deletes"]
    }
    let meanwhile: string | undefined
    async function* source(): AsyncGenerator<ReindexDocument> {
      meanwhile = await kept()
      yield { id: "a", doc: {} }
    }
    await search.reindex("docs", source())
    expect([meanwhile, await kept()]).toEqual(["1d", undefined])
  })

  it("at the same time as another one fails, and leaves nothing behind", async () => {
    const indexPrefix = newPrefix()
    await filled(indexPrefix)
    const searches = await openMany(3, indexPrefix)
    const outcomes = await Promise.allSettled(searches.map((search) => search.reindex("docs")))
    const lost = outcomes.filter((outcome) => outcome.status === "rejected")
    expect(lost.length).toBeLessThan(3)
    for (const outcome of lost) {
      expect(outcome).toMatchObject({ reason: { code: "PRECONDITION_FAILED", details: { reason: "reindex" } } })
    }
    expect(await indexesOf(indexPrefix)).toHaveLength(1)
    expect(await totalOf(searches[0] as Search)).toBe(20)
  })

  it("whose source fails leaves the old index, which takes writes", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix)
    async function* source(): AsyncGenerator<ReindexDocument> {
      yield { id: "a", doc: { t: "new" } }
      await search.index("docs", "b", { t: "meanwhile" })
      throw new Error("the source is broken")
    }
    await expect(search.reindex("docs", source())).rejects.toThrow()
    expect(await totalOf(search)).toBe(21)
    await search.index("docs", "c", { t: "after" })
    expect(await totalOf(search)).toBe(22)
    expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000001`])
  })

  it("takes the place of one whose process died", async () => {
    const indexPrefix = newPrefix()
    const search = await filled(indexPrefix)
    const [old, dead, alias] = ["docs.000001", "docs.000002", "docs"].map((name) => `${indexPrefix}.${name}`)
    const mappings = { properties: { _key: { type: "keyword", meta: { alive: "1" } } } }
    await ask("PUT", `/${dead}`, { mappings, aliases: { [`${alias}.next`]: {}, [`${dead}.w`]: {} } })
    await ask("POST", "/_aliases", { actions: [{ add: { index: old, alias, is_write_index: false } }] })
    await search.index("docs", "x", { t: "to both" })
    expect((await ask("GET", `/${dead}/_doc/x`))["found"]).toBe(true)
    await search.reindex("docs")
    expect(await totalOf(search)).toBe(21)
    expect(await indexesOf(indexPrefix)).toEqual([`${alias}.000003`])
  })
})
