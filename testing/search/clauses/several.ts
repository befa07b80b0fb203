import {
  allRefuse,
  ask,
  clause,
  define,
  fill,
  finds,
  type Query,
  type SearchClient,
  type SearchWorld,
  walk,
  wrong,
} from "../clause.ts"
import { filter } from "./filters.ts"

const BOTH = ["notes", "tasks"]

/** Two indexes: some fields are in both, and some in one. */
async function fillBoth(search: SearchClient, world: SearchWorld): Promise<void> {
  await fill(search, world, { a: { t: "fast cache", n: 1, own: "x" }, b: { t: "slow", n: 3 } }, "notes")
  await fill(search, world, { a: { t: "cache cache", n: 2 }, c: { t: "fast", n: 1 }, d: {} }, "tasks")
}

async function hitsOf(search: SearchClient, query: Query): Promise<string[]> {
  const { hits } = await ask(search, { object: BOTH, ...query })
  return hits.map(({ id, object }) => `${object} ${id}`)
}

/** SEARCH-MULTI: searches of several indexes. */
export const severalClauses = [
  clause("SEARCH-MULTI-01", {
    why: "One box for all that an application has needs one search.",
    fix: "Search all of them in one request, and tell of each hit where it is from.",
    async check(t, search, world) {
      await fillBoth(search, world)
      t.equal((await hitsOf(search, { q: "cache" })).sort(), ["notes a", "tasks a"], "a word")
      t.equal((await hitsOf(search, { q: "fast" })).sort(), ["notes a", "tasks c"], "another word")
      const all = ["notes a", "notes b", "tasks a", "tasks c", "tasks d"]
      t.equal(await hitsOf(search, {}), all, "all documents")
      t.equal((await hitsOf(search, filter("n", "lte", 1))).sort(), ["notes a", "tasks c"], "a filter")
      const both = await ask(search, { object: BOTH, q: "cache" })
      const shown = both.hits.map(({ doc, object }) => [object, doc?.["t"]] as const)
      t.equal(Object.fromEntries(shown), { notes: "fast cache", tasks: "cache cache" }, "documents of one id")
      const one = await search.search({ object: "tasks", q: "cache" })
      t.equal(
        one.hits.map(({ doc, object }) => [object, doc]),
        [["tasks", { t: "cache cache", n: 2 }]],
        "one",
      )
      t.equal(await hitsOf(search, { object: ["tasks"], q: "fast" }), ["tasks c"], "an array of one")
    },
  }),
  clause("SEARCH-MULTI-02", {
    why: "A box for all fails until the last index has its first document.",
    fix: "Leave out an index that is not there, and check fields in the others.",
    async check(t, search, world) {
      await fillBoth(search, world)
      const object = ["absent", ...BOTH]
      t.equal((await hitsOf(search, { object, q: "cache" })).sort(), ["notes a", "tasks a"], "a word")
      t.equal((await hitsOf(search, { object, ...filter("n", "gt", 1) })).sort(), ["notes b", "tasks a"], "a filter")
      const none = await ask(search, { object: ["absent", "not-there"], ...filter("n", "gt", 1) })
      t.equal([none.hits, none.total], [[], 0], "two that are not there")
    },
  }),
  clause("SEARCH-MULTI-03", {
    why: "One index that cannot run the search is left out, and the page looks whole.",
    fix: "Look each field up in all indexes first; take shards that failed for an error.",
    async check(t, search, world) {
      await fillBoth(search, world)
      const { facets, sort } = world.capabilities
      await allRefuse(t, search, ["INVALID_ARGUMENT", "field"], {
        "a filter": { object: BOTH, ...filter("own", "eq", "x") },
        "a filter, the other way round": { object: BOTH.toReversed(), ...filter("own", "exists", false) },
        "a searched field": { object: BOTH, q: "x", fields: ["t", "own"] },
        ...(sort && { "a sort": { object: BOTH, sort: [{ field: "own" }] } }),
        ...(facets && { "a facet": { object: BOTH, facets: [{ field: "own" }] } }),
      })
      t.equal(await hitsOf(search, { q: "x" }), ["notes a"], "a word of a field of one, not named")
    },
  }),
  clause("SEARCH-MULTI-04", {
    why: "Numbers and texts in one order: one engine fails, and the other orders by chance.",
    fix: "Compare the types of each field over all indexes first.",
    async check(t, search, world) {
      await fillBoth(search, world)
      await Promise.all([search.index("notes", "v", { v: 1 }), search.index("tasks", "v", { v: "cache" })])
      const { facets, indexing, sort } = world.capabilities
      await allRefuse(t, search, ["INVALID_ARGUMENT", "type"], {
        "a filter": { object: BOTH, ...filter("v", "exists", true) },
        "a filter, the other way round": { object: BOTH.toReversed(), ...filter("v", "eq", 1) },
        ...(sort && { "a sort": { object: BOTH, sort: [{ field: "v" }] } }),
        ...(facets && { "a facet": { object: BOTH, facets: [{ field: "v" }] } }),
      })
      t.equal((await hitsOf(search, { q: "cache" })).sort(), ["notes a", "tasks a", "tasks v"], "a word in any field")
      if (!indexing) return
      await define(search, { t: { type: "keyword" } }, undefined, "codes")
      await fill(search, world, { k: { t: "slow" } }, "codes")
      const object = ["codes", "notes"]
      t.equal(
        (await hitsOf(search, { object, ...filter("t", "eq", "slow") })).sort(),
        ["codes k", "notes b"],
        "keyword and text",
      )
    },
  }),
  clause("SEARCH-MULTI-05", {
    why: "A list of all must be sorted and counted as one.",
    fix: "Sort and count over all indexes, and end every order with index and id.",
    async check(t, search, world) {
      await fillBoth(search, world)
      const { facets, sort } = world.capabilities
      const { total } = await ask(search, { object: BOTH, limit: 1 })
      t.equal(total, 5, "total")
      const all = ["notes a", "notes b", "tasks a", "tasks c", "tasks d"]
      t.equal(await hitsOf(search, { object: BOTH.toReversed() }), all, "equal hits")
      t.equal(await hitsOf(search, { offset: 1, limit: 3 }), all.slice(1, 4), "a page")
      if (sort) {
        const n = (order: "asc" | "desc") => hitsOf(search, { sort: [{ field: "n", order }] })
        t.equal(await n("asc"), ["notes a", "tasks c", "tasks a", "notes b", "tasks d"], "sorted up")
        t.equal(await n("desc"), ["notes b", "tasks a", "notes a", "tasks c", "tasks d"], "sorted down")
      }
      if (!facets) return
      const answer = await ask(search, { object: BOTH, facets: [{ field: "n" }, { field: "t", limit: 2 }] })
      const counts = answer.facets?.["n"]?.map(({ count, value }) => [value, count])
      t.equal(
        counts,
        [
          [1, 2],
          [2, 1],
          [3, 1],
        ],
        "a facet",
      )
      t.equal(
        answer.facets?.["t"]?.map(({ value }) => value),
        ["cache cache", "fast"],
        "a facet with a limit",
      )
    },
  }),
  clause("SEARCH-MULTI-06", {
    why: "No index means all to some engines.",
    fix: "Check the query first, as searchQueryIssue from @objectos/sdk/contracts does.",
    async check(t, search, world) {
      await fillBoth(search, world)
      for (const object of [
        [],
        ["notes", "notes"],
        ["notes", "tasks", "notes"],
        ["notes,tasks"],
        ["*"],
        ["notes", 7],
        [""],
      ]) {
        const call = () => search.search(wrong({ object, q: "fast" }))
        await t.rejects(call, "INVALID_ARGUMENT", `a search of ${JSON.stringify(object)}`)
      }
      await finds(t, search, { object: "notes", q: "fast" }, ["a"], "a search of one")
    },
  }),
  clause("SEARCH-MULTI-07", {
    why: "Documents of two indexes have the same id: a walk that goes by ids alone loses one.",
    fix: "End every order of a walk with index and id, and hold all indexes.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fillBoth(search, world)
      const queries: Query[] = [{}, { q: "fast cache" }]
      if (world.capabilities.sort) queries.push({ sort: [{ field: "n" }] }, { sort: [{ field: "n", order: "desc" }] })
      for (const query of queries) {
        const wanted = await hitsOf(search, query)
        for (const limit of [1, 2, 10]) {
          const pages = await walk(search, { object: BOTH, ...query, limit })
          const given = pages.flat().map(({ id, object }) => `${object} ${id}`)
          t.equal(given, wanted, `a walk of ${JSON.stringify(query)} by ${limit}`)
        }
      }
    },
  }),
]
