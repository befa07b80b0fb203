import { allRefuse, ask, clause, DOCS, fill, refuses, wrong } from "../clause.ts"
import { countsOf, PACKAGES, pairsOf } from "../counts.ts"

/** SEARCH-FACET-06 to 10: ranges, disjunctive facets, and facets that are refused. */
export const facetRangesClauses = [
  clause("SEARCH-FACET-06", {
    why: "A price of 20 would be in two ranges, or the ranges come in another order than on the page.",
    fix: "Count from <= value < to; ask the engine by keys of one's own, and put the answer in the order asked.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      const ranges = [
        { from: 5, to: 20, key: "middle" },
        { to: 5, key: "below" },
        { from: 20, key: "above" },
        { from: 5, to: 5.5, key: "five" },
        { key: "all" },
        { from: 100, to: 200, key: "none" },
        { from: 1, to: 20, key: "__proto__" },
      ]
      const counts = [
        ["middle", 3],
        ["below", 1],
        ["above", 1],
        ["five", 1],
        ["all", 5],
        ["none", 0],
        ["__proto__", 4],
      ]
      t.equal(await countsOf(search, { field: "n", ranges }), counts, "ranges")
      const fast = counts.map(([key], at) => [key, [2, 1, 0, 1, 3, 0, 3][at]])
      t.equal(await countsOf(search, { field: "n", ranges }, { q: "fast" }), fast, "ranges of a word")
    },
  }),
  clause("SEARCH-FACET-07", {
    why: "One engine writes 5.0-20.0 where the other writes 5-20.",
    fix: "Make the key of the numbers as they are written, with * for an open end.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      const ranges = [
        { from: 5, to: 20 },
        { to: 2 },
        { from: 2 },
        { from: -1.5, to: 0.25 },
        {},
        { from: 19.5, key: "k" },
      ]
      const counts = [
        ["5-20", 3],
        ["*-2", 1],
        ["2-*", 4],
        ["-1.5-0.25", 0],
        ["*-*", 5],
        ["k", 2],
      ]
      t.equal(await countsOf(search, { field: "n", ranges }), counts, "keys")
    },
  }),
  clause("SEARCH-FACET-08", {
    why: "Two ranges under one key are one, and nobody knows which.",
    fix: "Check facets first, as searchQueryIssue from @objectos/sdk/contracts does.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      const facets: Record<string, unknown> = {
        "equal keys": {
          field: "n",
          ranges: [
            { from: 1, key: "k" },
            { from: 2, key: "k" },
          ],
        },
        "a key like a default": {
          field: "n",
          ranges: [
            { from: 1, to: 2 },
            { from: 5, key: "1-2" },
          ],
        },
        "from at to": { field: "n", ranges: [{ from: 2, to: 2 }] },
        "from over to": { field: "n", ranges: [{ from: 3, to: 2 }] },
        "no ranges": { field: "n", ranges: [] },
        "an edge that is text": { field: "n", ranges: [{ from: "1" }] },
        "an edge that is NaN": { field: "n", ranges: [{ to: Number.NaN }] },
        "an unknown member": { field: "n", ranges: [{ gte: 1 }] },
        "a limit with ranges": { field: "n", limit: 2, ranges: [{ from: 1 }] },
        "ranges of texts": { field: "license", ranges: [{ from: 1 }] },
        "limit 0": { field: "n", limit: 0 },
        "limit 1,001": { field: "n", limit: 1001 },
        "limit 1.5": { field: "n", limit: 1.5 },
        "an order": { field: "n", order: "count-asc" },
      }
      for (const [what, facet] of Object.entries(facets)) {
        await t.rejects(() => ask(search, { facets: [wrong(facet)] }), "INVALID_ARGUMENT", what)
      }
      const twice = { facets: [{ field: "n" }, { field: "n", ranges: [{ from: 1 }] }] }
      await t.rejects(() => ask(search, twice), "INVALID_ARGUMENT", "two facets of one field")
    },
  }),
  clause("SEARCH-FACET-09", {
    why: "Whoever has chosen one value could not see how many another one would give.",
    fix: "Leave out what filters the field of the facet: alone, or in the and at the top.",
    needs: ["facets", "disjunctiveFacets"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      const mit = { field: "license", op: "eq", value: "MIT" } as const
      const small = { field: "n", op: "lt", value: 10 } as const
      const license = { field: "license", disjunctive: true }
      const all = [
        ["ISC", 2],
        ["MIT", 2],
        ["BSD", 1],
      ]
      t.equal(await countsOf(search, license, { where: mit }), all, "a filter of the field alone")
      t.equal(await countsOf(search, { field: "license" }, { where: mit }), [["MIT", 2]], "not disjunctive")
      t.equal(
        await countsOf(search, license, { where: { and: [mit, small] } }),
        [
          ["MIT", 2],
          ["BSD", 1],
        ],
        "in an and",
      )
      t.equal(
        await countsOf(search, license, { where: small }),
        [
          ["MIT", 2],
          ["BSD", 1],
        ],
        "of another field",
      )
      const either = { or: [mit, { field: "license", op: "eq", value: "ISC" }] } as const
      t.equal(await countsOf(search, license, { where: either }), all, "an or of the field alone")
      t.equal(await countsOf(search, license, { where: { not: mit } }), all, "a not of the field")
      const mixed = { or: [mit, small] }
      t.equal(
        await countsOf(search, license, { where: mixed }),
        [
          ["MIT", 2],
          ["BSD", 1],
        ],
        "an or of two fields",
      )
      t.equal(
        await countsOf(search, license, { q: "cache", where: mit }),
        [
          ["BSD", 1],
          ["ISC", 1],
          ["MIT", 1],
        ],
        "a word",
      )
      const beside = [{ field: "n", disjunctive: true }, { field: "license" }]
      const plain = (await ask(search, { where: mit, facets: beside })).facets?.["license"]
      t.equal(pairsOf(plain), [["MIT", 2]], "a facet of the field that is not disjunctive, beside one that is")
      const ofN = { field: "n", disjunctive: true, ranges: [{ to: 5 }, { from: 5 }] }
      const below = { and: [mit, { field: "n", op: "lt", value: 5 } as const] }
      t.equal(
        (await countsOf(search, ofN, { where: below })).map(([, count]) => count),
        [1, 1],
        "ranges of a field",
      )
      const { facets, hits, total } = await ask(search, {
        where: { and: [mit, small] },
        facets: [license, { field: "n", disjunctive: true, ranges: [{ to: 10 }, { from: 10 }] }, { field: "tags" }],
      })
      t.equal([hits.map(({ id }) => id), total], [["a", "b"], 2], "hits")
      t.equal(
        pairsOf(facets?.["n"]),
        [
          ["*-10", 2],
          ["10-*", 0],
        ],
        "ranges of another field",
      )
      t.equal(
        pairsOf(facets?.["tags"]),
        [
          ["y", 2],
          ["x", 1],
        ],
        "a facet beside them",
      )
    },
  }),
  clause("SEARCH-FACET-10", {
    why: "A facet that is written wrong has no values, and nobody is told.",
    fix: "Look each field up in the index first.",
    needs: ["facets"],
    async check(t, search, world) {
      await fill(search, world, { ...PACKAGES, o: { o: { p: 1 } } })
      for (const field of ["absent", "o", "license.keyword", "_id", "__proto__"]) {
        await allRefuse(t, search, ["INVALID_ARGUMENT", "field"], {
          [`a facet of ${field}`]: { facets: [{ field }] },
          [`ranges of ${field}`]: { facets: [{ field: "license" }, { field, ranges: [{ from: 1 }] }] },
        })
      }
      await refuses(
        t,
        () => search.search({ object: DOCS, q: "absent", facets: [{ field: "absent" }] }),
        ["INVALID_ARGUMENT", "field"],
        "a facet of no match",
      )
    },
  }),
]
