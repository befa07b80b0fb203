import type { FacetResult } from "../../../contracts/search/search.ts"
import type { Checks } from "../../engine/checks.ts"
import { ask, clause, DOCS, type Doc, define, fill, texts } from "../clause.ts"
import { countsOf, PACKAGES, pairsOf } from "../counts.ts"
import { compare, naiveFilter, seededDocuments, seededFilter, valuesOf } from "../naive.ts"
import { filter } from "./filters.ts"

/** SEARCH-FACET-01 to 05, 11 and 12: how many documents have which values. Ranges are in `facet-ranges.ts`. */
export const facetsClauses = [
  clause("SEARCH-FACET-01", {
    why: "Numbers beside a filter must be those that the filter would give.",
    fix: "Count over all documents that match the words and the filter, not over a page.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      const license = { field: "license" }
      t.equal(
        await countsOf(search, license),
        [
          ["ISC", 2],
          ["MIT", 2],
          ["BSD", 1],
        ],
        "all documents",
      )
      t.equal(
        await countsOf(search, license, { q: "fast" }),
        [
          ["MIT", 2],
          ["BSD", 1],
        ],
        "documents of a word",
      )
      t.equal(
        await countsOf(search, license, filter("n", "gt", 5)),
        [
          ["ISC", 2],
          ["BSD", 1],
        ],
        "those of a filter",
      )
      const both = { q: "cache", ...filter("n", "lt", 10) }
      t.equal(
        await countsOf(search, license, both),
        [
          ["BSD", 1],
          ["MIT", 1],
        ],
        "those of both",
      )
      t.equal(
        await countsOf(search, license, { q: "fast", limit: 1, offset: 1 }),
        [
          ["MIT", 2],
          ["BSD", 1],
        ],
        "a page",
      )
      t.equal(
        await countsOf(search, license, { limit: 0 }),
        [
          ["ISC", 2],
          ["MIT", 2],
          ["BSD", 1],
        ],
        "no hits",
      )
      t.equal(await countsOf(search, license, { q: "absent" }), [], "no match")
      const several = await ask(search, { facets: [license, { field: "tags" }, { field: "t" }], limit: 0 })
      t.equal(
        pairsOf(several.facets?.["tags"]),
        [
          ["y", 3],
          ["x", 1],
          ["z", 1],
        ],
        "one of several facets",
      )
      t.equal(several.facets?.["t"]?.[0], { value: "fast cache", count: 2 }, "a text as a whole")
      t.equal((await ask(search, {})).facets ?? {}, {}, "no facets")
    },
  }),
  clause("SEARCH-FACET-02", {
    why: "The list of values jumps where equal counts change places.",
    fix: "Order by count, then texts by code point, numbers by size, and false before true.",
    needs: ["facets"],
    async check(t, search, world) {
      const values = ["b", "a", "B", "é", "\uffee", "😀", "b", "10", "9"]
      await fill(search, world, {
        ...Object.fromEntries(values.map((v, at) => [`v${at}`, { v }])),
        ...Object.fromEntries([10, 9, -1, 2, 9].map((n, at) => [`n${at}`, { n, ok: at % 2 === 0 }])),
        last: { ok: false },
      })
      const texts = [
        ["b", 2],
        ["10", 1],
        ["9", 1],
        ["B", 1],
        ["a", 1],
        ["é", 1],
        ["\uffee", 1],
        ["😀", 1],
      ]
      t.equal(await countsOf(search, { field: "v" }), texts, "texts")
      t.equal(
        await countsOf(search, { field: "n" }),
        [
          [9, 2],
          [-1, 1],
          [2, 1],
          [10, 1],
        ],
        "numbers",
      )
      t.equal(
        await countsOf(search, { field: "ok" }),
        [
          [false, 3],
          [true, 3],
        ],
        "booleans",
      )
    },
  }),
  clause("SEARCH-FACET-03", {
    why: "A page has room for some values, and they must be the most frequent.",
    fix: "Count all, then cut; order the counts before that.",
    needs: ["facets"],
    async check(t, search, world) {
      const all = Array.from({ length: 12 }, (_, at) => `v${String(at).padStart(2, "0")}`)
      const docs = all.flatMap((v, at) =>
        Array.from({ length: at === 11 ? 3 : 1 }, (_, copy) => [`${v} ${copy}`, { v }]),
      )
      await fill(search, world, Object.fromEntries(docs))
      const ordered = [["v11", 3], ...all.slice(0, 11).map((v) => [v, 1])]
      t.equal(await countsOf(search, { field: "v" }), ordered.slice(0, 10), "without a limit")
      t.equal(await countsOf(search, { field: "v", limit: 1 }), ordered.slice(0, 1), "limit 1")
      t.equal(await countsOf(search, { field: "v", limit: 3 }), ordered.slice(0, 3), "limit 3")
      t.equal(await countsOf(search, { field: "v", limit: 1000 }), ordered, "limit 1,000")
    },
  }),
  clause("SEARCH-FACET-04", {
    why: "A tag that stands twice in a document would count for two.",
    fix: "Count documents, not values; null, an empty array and a missing field are no value.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { tags: ["x", "x", "y"], o: [{ n: 1 }, { n: 1 }, { n: 1.5 }] },
        b: { tags: "x", o: { n: 1 } },
        c: { tags: [["x"], "y", null], o: [{ n: 2 }, {}] },
        d: { tags: null },
        e: { tags: [] },
        f: { tags: [""] },
        g: {},
      })
      t.equal(
        await countsOf(search, { field: "tags" }),
        [
          ["x", 3],
          ["y", 2],
          ["", 1],
        ],
        "tags",
      )
      t.equal(
        await countsOf(search, { field: "o.n" }),
        [
          [1, 2],
          [1.5, 1],
          [2, 1],
        ],
        "a number in objects",
      )
      const range = { field: "o.n", ranges: [{ from: 0 }, { from: 2 }] }
      t.equal(
        await countsOf(search, range),
        [
          ["0-*", 3],
          ["2-*", 1],
        ],
        "ranges",
      )
      const long = "x".repeat(8192)
      await fill(search, world, { long: { v: [long, "short"] } })
      t.equal(await countsOf(search, { field: "v" }), [["short", 1]], "a text over 8,191 units")
    },
  }),
  clause("SEARCH-FACET-05", {
    why: "A value that is given back as text, or as a number of milliseconds, matches no filter.",
    fix: "Give values in the type of their field.",
    needs: ["indexing", "facets"],
    async check(t, search, world) {
      await define(search, { at: { type: "date" }, k: { type: "keyword" } })
      await fill(search, world, {
        a: { at: "2024-01-01", n: 1.5, ok: true, k: "1" },
        b: { at: "2024-01-01T01:00:00+01:00", n: 1.5, ok: false, k: "true" },
        c: { at: ["2023-05-05T05:05:05.555Z", "2024-01-01", "2024-01-01T00:00Z"], n: 2, ok: true, k: "1" },
      })
      const dates = [
        ["2024-01-01T00:00:00.000Z", 3],
        ["2023-05-05T05:05:05.555Z", 1],
      ]
      t.equal(await countsOf(search, { field: "at" }), dates, "dates")
      t.equal(
        await countsOf(search, { field: "n" }),
        [
          [1.5, 2],
          [2, 1],
        ],
        "numbers",
      )
      t.equal(
        await countsOf(search, { field: "ok" }),
        [
          [true, 2],
          [false, 1],
        ],
        "booleans",
      )
      t.equal(
        await countsOf(search, { field: "k" }),
        [
          ["1", 2],
          ["true", 1],
        ],
        "keywords",
      )
      const { total } = await ask(search, filter("at", "eq", String(dates[0]?.[0])))
      t.equal(total, 3, "documents of the first date")
    },
  }),
  clause("SEARCH-FACET-11", {
    why: "Counts that are kept in a plain object begin with what is on its prototype.",
    fix: "Count in a Map.",
    needs: ["facets"],
    async check(t, search, world) {
      const names = ["__proto__", "constructor", "hasOwnProperty", "toString"]
      await fill(search, world, texts(Object.fromEntries(names.map((name, at) => [`id${at}`, name]))))
      await fill(search, world, texts({ more: "constructor" }))
      const wanted = [
        ["constructor", 2],
        ["__proto__", 1],
        ["hasOwnProperty", 1],
        ["toString", 1],
      ]
      t.equal(await countsOf(search, { field: "t" }), wanted, "values")
      await search.index(DOCS, "fields", { constructor: "x", toString: "y" })
      const { facets = {} } = await ask(search, { facets: [{ field: "constructor" }] })
      t.equal(Object.keys(facets), ["constructor"], "fields")
      t.equal(pairsOf(facets["constructor"]), [["x", 1]], "a field of such a name")
    },
  }),
  clause("SEARCH-FACET-12", {
    why: "Facets are right one by one, and wrong under a filter.",
    fix: "Compare with a look at each document, over filters by chance.",
    needs: ["facets"],
    async check(t, search, world) {
      const docs = seededDocuments(world.random, 60)
      await fill(search, world, docs)
      for (let round = 0; round < 15; round++) {
        const where = seededFilter(world.random, 2)
        const matching = Object.values(docs).filter((doc) => naiveFilter(doc, where))
        const fields = ["t", "n", "ok", "tags"]
        const { facets } = await ask(search, {
          where,
          limit: 0,
          facets: fields.map((field) => ({ field, limit: 100 })),
        })
        for (const field of fields) {
          t.equal(pairsOf(facets?.[field]), naiveCounts(matching, field), `${field} under ${JSON.stringify(where)}`)
        }
        checkOrder(t, facets?.["n"] ?? [])
      }
    },
  }),
]

function naiveCounts(docs: readonly Doc[], field: string): [unknown, number][] {
  const counts = new Map<string | number | boolean, number>()
  for (const value of docs.flatMap((doc) => [...new Set(valuesOf(doc, field))])) {
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort(([one, ones], [other, others]) => others - ones || compare(one, other))
}

function checkOrder(t: Checks, facet: FacetResult): void {
  const counts = facet.map(({ count }) => count)
  t.equal(
    counts,
    counts.toSorted((one, other) => other - one),
    "counts in their order",
  )
}
