import { ask, clause, DOCS, type Docs, fill, idsOf, wrong } from "../clause.ts"

function many(count: number): Docs {
  const idOf = (at: number) => `id ${String(at).padStart(3, "0")}`
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [idOf(at), { t: `word ${at % 3 === 0 ? "three" : ""}`, n: at % 5 }]),
  )
}

/** SEARCH-PAGE: parts of the hits. */
export const pagingClauses = [
  clause("SEARCH-PAGE-01", {
    why: "A hit that stands on two pages, or on none, is a bug of every list.",
    fix: "Order all hits in full, and cut the page out of them; count every match.",
    async check(t, search, world) {
      await fill(search, world, many(40))
      const sorts = world.capabilities.sort ? [{ sort: [{ field: "n", order: "desc" as const }] }] : []
      for (const query of [{}, { q: "word" }, { q: "three word" }, ...sorts]) {
        const all = await idsOf(search, query)
        t.equal([all.length, new Set(all).size], [40, 40], "all hits")
        for (const limit of [1, 7, 39, 40, 41]) {
          const offsets = Array.from({ length: Math.min(6, Math.ceil(40 / limit)) }, (_, page) => page * limit)
          const pages = await Promise.all(offsets.map((offset) => ask(search, { ...query, offset, limit })))
          const given = pages.flatMap(({ hits }) => hits.map(({ id }) => id))
          t.equal(given, all.slice(0, offsets.length * limit), `pages of ${limit}`)
          t.ok(
            pages.every(({ total, totalExact }) => total === 40 && totalExact),
            `totals of pages of ${limit}`,
          )
        }
      }
    },
  }),
  clause("SEARCH-PAGE-02", {
    why: "A page that is behind the end fails, or a count costs hits that nobody wants.",
    fix: "Give an empty page there, with the total.",
    async check(t, search, world) {
      await fill(search, world, many(15))
      const page = async (query: Parameters<typeof ask>[1]) => {
        const { hits, total } = await ask(search, query)
        return [hits.length, total]
      }
      t.equal(await page({}), [10, 15], "no limit")
      t.equal(await page({ q: "word" }), [10, 15], "no limit, a word")
      t.equal(await page({ limit: 0 }), [0, 15], "limit 0")
      t.equal(await page({ q: "three", limit: 0 }), [0, 5], "limit 0, a word")
      t.equal(await page({ offset: 12 }), [3, 15], "offset 12")
      t.equal(await page({ offset: 15 }), [0, 15], "an offset behind the last hit")
      t.equal(await page({ offset: 9000, limit: 1000 }), [0, 15], "an offset far behind")
      t.equal(await page({ limit: 1000 }), [15, 15], "limit 1,000")
    },
  }),
  clause("SEARCH-PAGE-03", {
    why: "A page so far behind costs as much as all before it, and servers refuse it.",
    fix: "Add offset and limit first, and refuse what is over 10,000.",
    async check(t, search, world) {
      await fill(search, world, many(3))
      for (const [offset, limit] of [
        [10_000, 1],
        [9990, undefined],
        [9991, undefined],
        [9999, 2],
        [9001, 1000],
        [1e9, 10],
      ] as const) {
        const within = offset + (limit ?? 10) <= 10_000
        const call = () => ask(search, { offset, limit })
        const what = `offset ${offset} and limit ${limit ?? "none"}`
        if (within) await t.settles(call(), what)
        else await t.rejects(call, "LIMIT_EXCEEDED", what)
      }
      t.equal((await ask(search, { offset: 9990, limit: 10 })).total, 3, "10,000 together")
      t.equal((await ask(search, { offset: 10_000, limit: 0 })).total, 3, "10,000 alone")
    },
  }),
  clause("SEARCH-PAGE-04", {
    why: "A number that was read from a URL is text, or NaN.",
    fix: "Check the query first, as searchQueryIssue from @objectos/sdk/contracts does.",
    async check(t, search, world) {
      await fill(search, world, many(3))
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10", null, true, [10]]) {
        for (const member of ["limit", "offset"]) {
          const query = wrong({ object: DOCS, [member]: value })
          await t.rejects(() => search.search(query), "INVALID_ARGUMENT", `${member} ${JSON.stringify(value)}`)
        }
      }
      await t.rejects(() => ask(search, { limit: 1001 }), "INVALID_ARGUMENT", "limit 1,001")
    },
  }),
]
