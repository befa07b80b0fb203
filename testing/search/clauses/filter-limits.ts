import type { FilterNode } from "../../../contracts/search/search.ts"
import { allRefuse, ask, clause, DOCS, type Doc, define, docsOf, fill, finds } from "../clause.ts"
import { naiveFilter, seededDocuments, seededFilter } from "../naive.ts"
import { filter } from "./filters.ts"

const AT: Readonly<Record<string, string>> = {
  day: "2024-01-01",
  midnight: "2024-01-01T00:00:00Z",
  east: "2024-01-01T02:00:00+02:00",
  after: "2024-01-01T00:00:00.001Z",
  evening: "2024-01-01T23:59:59.999Z",
  next: "2024-01-02",
  west: "2024-01-01T20:00:00-0500",
  month: "2024-02-01T00:00Z",
  early: "1969-07-20T20:17:40.5Z",
  fine: "2024-01-01T00:00:00.0019999Z",
}

/** So many levels of `not` over a filter, with itself. */
function nested(levels: number): FilterNode {
  let node: FilterNode = { field: "n", op: "eq", value: 1 }
  for (let level = 1; level < levels; level++) node = level % 2 === 0 ? { and: [node] } : { or: [node] }
  return node
}

/** SEARCH-FILTER-10, 11 and 14 to 16: dates, limits, and filters by chance. */
export const filterLimitsClauses = [
  clause("SEARCH-FILTER-10", {
    why: "An engine that rounds a day up to its end lets a whole day more through.",
    fix: "Make epoch milliseconds of a date oneself, of documents and of filters; cut finer digits.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, { at: { type: "date" } })
      await fill(search, world, Object.fromEntries(Object.entries(AT).map(([id, at]) => [id, { at }])))
      const midnight = ["day", "midnight", "east"]
      for (const value of ["2024-01-01", "2024-01-01T00:00:00.000Z", "2023-12-31T19:00-05:00", "2024-01-01T00:00+00"]) {
        await finds(t, search, filter("at", "eq", value), midnight, `eq ${value}`)
        await finds(t, search, filter("at", "lte", value), [...midnight, "early"], `lte ${value}`)
      }
      await finds(
        t,
        search,
        filter("at", "gt", "2024-01-01"),
        ["after", "evening", "fine", "month", "next", "west"],
        "gt",
      )
      await finds(t, search, filter("at", "lt", "2024-01-01"), ["early"], "lt of a day")
      await finds(t, search, filter("at", "lt", "1970-01-01"), ["early"], "lt of the first day of Unix")
      await finds(t, search, filter("at", "eq", "2024-01-01T00:00:00.001Z"), ["after", "fine"], "eq of a millisecond")
      await finds(
        t,
        search,
        filter("at", "between", ["2024-01-02", "2024-01-02T01:00:00Z"]),
        ["next", "west"],
        "between",
      )
      await finds(t, search, filter("at", "in", ["1969-07-20T20:17:40.500Z", "2024-02-01"]), ["early", "month"], "in")
      await finds(
        t,
        search,
        filter("at", "ne", "2024-01-01"),
        Object.keys(AT).filter((id) => !midnight.includes(id)),
        "ne",
      )
    },
  }),
  clause("SEARCH-FILTER-11", {
    why: "2024 is a year to one engine, and two seconds after 1970 to another.",
    fix: "Take a day, or a time with a zone, and refuse all else, of documents too.",
    needs: ["indexing"],
    async check(t, search) {
      await define(search, { at: { type: "date" } })
      await search.index(DOCS, "old", { at: "2024-01-31" })
      const texts = [
        ...["2024", "2024-01", "", "now", "now-1d", "2024-01-31T10:00:00", "2024-1-31", "31.01.2024", "2024-02-30"],
        ...[
          "2024-13-01",
          "2024-01-31T25:00Z",
          "2024-01-31T10:00:61Z",
          "1706659200000",
          "2024-01-31||/M",
          " 2024-01-31",
        ],
      ]
      for (const text of texts) {
        await allRefuse(t, search, ["INVALID_ARGUMENT", "date"], {
          [`eq ${text}`]: filter("at", "eq", text),
          [`between ${text}`]: filter("at", "between", ["2024-01-01", text]),
        })
        await t.rejects(() => search.index(DOCS, "id", { at: text }), "INVALID_ARGUMENT", `a document with ${text}`)
      }
      await allRefuse(t, search, ["INVALID_ARGUMENT", "type"], {
        "a number": filter("at", "gt", 1_706_659_200_000),
        "a boolean": filter("at", "eq", true),
      })
      t.equal(Object.keys(await docsOf(search)), ["old"], "documents")
    },
  }),
  clause("SEARCH-FILTER-14", {
    why: "An engine refuses a document with such a text, or leaves it out in silence.",
    fix: "Keep a text of up to 8,191 UTF-16 units as a whole beside its words, and say of longer ones only that they are there.",
    async check(t, search, world) {
      const [fits, long, wide] = ["x".repeat(8191), `word ${"y".repeat(8187)}`, `zebra ${"😀".repeat(4093)}`]
      await fill(search, world, {
        fits: { v: fits },
        long: { v: long },
        wide: { v: wide },
        both: { v: [long, "short"] },
      })
      await finds(t, search, filter("v", "eq", fits), ["fits"], "eq of 8,191 units")
      await finds(t, search, filter("v", "eq", long), [], "eq of 8,192 units")
      await finds(t, search, filter("v", "in", [long, "short", "z".repeat(50_000)]), ["both"], "in")
      await finds(t, search, filter("v", "ne", long), ["fits", "long", "wide", "both"], "ne")
      await finds(t, search, filter("v", "prefix", "word"), [], "prefix of 8,192 units")
      await finds(t, search, filter("v", "gte", "word"), ["fits"], "a range")
      await finds(t, search, filter("v", "exists", true), ["fits", "long", "wide", "both"], "exists")
      await finds(t, search, { q: "word zebra" }, ["long", "wide", "both"], "their words")
      t.equal((await docsOf(search))["long"], { v: long }, "the document")
    },
  }),
  clause("SEARCH-FILTER-15", {
    why: "A filter that one engine takes makes another one fail in a way of its own.",
    fix: "Count levels, nodes and values first, as searchLimitIssue from @objectos/sdk/contracts does.",
    async check(t, search, world) {
      await fill(search, world, { a: { n: 1 }, b: { n: 2 } })
      const wide = (count: number): FilterNode => ({
        or: Array.from({ length: count - 1 }, (_, at) => ({ field: "n", op: "eq", value: at + 1 }) as const),
      })
      const many = (count: number) =>
        filter(
          "n",
          "in",
          Array.from({ length: count }, (_, at) => count - at + 1),
        )
      await finds(t, search, { where: nested(20) }, ["a"], "20 levels")
      await finds(t, search, { where: wide(1000) }, ["a", "b"], "1,000 nodes")
      await finds(t, search, many(10_000), ["b"], "10,000 values")
      const limits = {
        "21 levels": { where: nested(21) },
        "1,000 levels": { where: nested(1000) },
        "1,001 nodes": { where: wide(1001) },
        "10,001 values": many(10_001),
      }
      for (const [what, query] of Object.entries(limits))
        await t.rejects(() => ask(search, query), "LIMIT_EXCEEDED", what)
      const circle: FilterNode[] = []
      circle.push({ and: circle })
      await t.rejects(() => ask(search, { where: { and: circle } }), "LIMIT_EXCEEDED", "a circle")
    },
  }),
  clause("SEARCH-FILTER-16", {
    why: "Filters are right one by one, and wrong together.",
    fix: "Compare with a look at each document, over filters by chance.",
    async check(t, search, world) {
      const docs = seededDocuments(world.random, 60)
      await fill(search, world, docs)
      const all: [string, Doc][] = Object.entries(docs)
      const some = (levels: number) => seededFilter(world.random, levels)
      const shapes: (() => FilterNode)[] = [
        () => some(3),
        () => ({ and: [{ or: [some(1), some(1)] }, some(2)] }),
        () => ({ or: [{ and: [some(1), some(1)] }, some(2)] }),
      ]
      for (let round = 0; round < 45; round++) {
        const where = shapes[round % shapes.length]?.() ?? some(1)
        const wanted = all.filter(([, doc]) => naiveFilter(doc, where)).map(([id]) => id)
        await finds(t, search, { where }, wanted, JSON.stringify(where))
      }
    },
  }),
]
