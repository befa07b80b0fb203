import type { SearchHit } from "../../../contracts/search/search.ts"
import type { Checks } from "../../engine/checks.ts"
import { allOf } from "../at-once.ts"
import {
  ask,
  clause,
  DOCS,
  type Docs,
  define,
  fill,
  idsOf,
  type Query,
  refuses,
  repeated,
  type SearchClient,
  setOf,
  texts,
  walk,
} from "../clause.ts"

const ids = (pages: readonly (readonly SearchHit[])[]) => pages.flat().map(({ id }) => id)

const WORDS: Docs = texts({
  a: "fast cache",
  b: "cache",
  c: "fast fast queue",
  d: "fast",
  e: "a cache that is not fast at all",
  f: "other",
  g: "fast cache",
})

const GONE = ["PRECONDITION_FAILED", "cursor"] as const
const NO_CURSOR = ["INVALID_ARGUMENT", "cursor"] as const

/** The cursor of the second page. */
async function secondOf(search: Parameters<typeof ask>[0], query: Query): Promise<string> {
  const { cursor } = await ask(search, { limit: 1, ...query, cursor: "*" })
  return cursor ?? "no cursor"
}

/** The text with another character at one place. */
function changedAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1)
}

/** A cursor that was changed is no cursor, or one of a walk that nobody knows. */
async function isRefused(t: Checks, search: SearchClient, query: Query): Promise<void> {
  const outcome = await t.outcome(() => ask(search, query), "a cursor that was changed")
  await t.rejects(() => repeated(outcome), ["INVALID_ARGUMENT", "PRECONDITION_FAILED"], "a cursor that was changed")
  const { details = {} } = outcome.error as { details?: Readonly<Record<string, unknown>> }
  t.equal(details["reason"], "cursor", "a cursor that was changed: details.reason")
}

/** SEARCH-CURSOR: walks over all that matches. */
export const cursorsClauses = [
  clause("SEARCH-CURSOR-01", {
    why: "An export of all that is found must have each row once.",
    fix: "Go on behind the last hit of a page: its score or sort values, then its index and id.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      const sort = world.capabilities.sort ? [{ sort: [{ field: "t" }] }] : []
      for (const query of [{}, { q: "fast cache" }, { q: "cache fast", operator: "and" as const }, ...sort]) {
        const wanted = await idsOf(search, query)
        for (const limit of [1, 2, 3, 100]) {
          const pages = await walk(search, { ...query, limit })
          t.equal(ids(pages), wanted, `a walk by ${limit}`)
          t.ok(
            pages.every((page) => page.length <= limit),
            `a page is larger than ${limit}`,
          )
        }
        const first = await ask(search, { ...query, limit: 2, cursor: "*" })
        t.equal(first.total, wanted.length, "the total of the first page")
        const rest = await ask(search, { ...query, limit: 100, ...(first.cursor && { cursor: first.cursor }) })
        t.equal(ids([first.hits, rest.hits]), wanted, "pages of different limits")
        t.equal(rest.total, wanted.length, "the total of another page")
      }
    },
  }),
  clause("SEARCH-CURSOR-02", {
    why: "Documents that change while they are walked over are seen twice, or never.",
    fix: "Hold a point in time for each walk.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      const queries: Query[] = [{}, { q: "fast cache" }]
      if (world.capabilities.sort) queries.push({ sort: [{ field: "t", order: "desc" }] })
      for (const [round, query] of queries.entries()) {
        const wanted = await idsOf(search, query)
        const fresh = `0 ${round}`
        const pages = await walk(search, { ...query, limit: 2 }, async (page) => {
          if (page === 1) await search.index(DOCS, wanted[0] ?? "", { t: "aaa changed" })
          if (page === 1) await search.index(DOCS, wanted.at(-1) ?? "", { t: "zzz cache fast changed" })
          if (page === 2) await search.index(DOCS, fresh, { t: "fast cache zzz" })
          if (page === 2 && world.capabilities.indexing) await search.remove(DOCS, wanted[4] ?? "")
        })
        t.equal(ids(pages), wanted, `a walk of ${JSON.stringify(query)} under writes`)
        t.ok((await setOf(search, {})).includes(fresh), "a search afterwards does not see a document of meanwhile")
        await search.deleteIndex(DOCS)
        await fill(search, world, WORDS)
      }
    },
  }),
  clause("SEARCH-CURSOR-03", {
    why: "The value that stands for none is no number that JSON can hold: the page after it fails, or begins again.",
    fix: "Keep in the cursor that there was no value, for dates and booleans too.",
    needs: ["indexing", "cursor", "sort"],
    async check(t, search, world) {
      await define(search, { at: { type: "date" } })
      await fill(search, world, {
        a: { at: "2024-01-01", ok: false, n: 1, t: "a" },
        b: { other: 1 },
        c: { at: null },
        e: { at: "2025-01-01", ok: true, n: 2, t: "e" },
      })
      for (const field of ["at", "ok", "n", "t"]) {
        for (const order of ["asc", "desc"] as const) {
          const wanted = order === "asc" ? ["a", "e", "b", "c"] : ["e", "a", "b", "c"]
          for (const limit of [1, 2, 3]) {
            const pages = await walk(search, { sort: [{ field, order }], limit })
            t.equal(ids(pages), wanted, `a walk by ${limit}, sorted by ${field}, ${order}`)
          }
        }
      }
      const two = [{ field: "ok", order: "desc" }, { field: "at" }] as const
      t.equal(ids(await walk(search, { sort: two, limit: 1 })), ["e", "a", "b", "c"], "two keys")
    },
  }),
  clause("SEARCH-CURSOR-04", {
    why: "A button for more that leads to an empty page.",
    fix: "Look for one hit more than the page has, or count those that were given.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "word", b: "word", c: "word", d: "word" }))
      for (const limit of [1, 2, 3, 4, 5, 1000]) {
        const pages = await walk(search, { q: "word", limit })
        t.equal(
          pages.map(({ length }) => length),
          sizes(4, limit),
          `pages of ${limit}`,
        )
      }
      const none = await ask(search, { q: "absent", cursor: "*" })
      t.equal([none.hits, none.cursor], [[], undefined], "a walk over nothing")
      const missing = await search.search({ object: "absent", cursor: "*" })
      t.equal([missing.hits, missing.cursor], [[], undefined], "a walk over no index")
      t.equal((await ask(search, { q: "word", limit: 1 })).cursor, undefined, "a search that is no walk")
    },
  }),
  clause("SEARCH-CURSOR-05", {
    why: "A cursor is in the hands of the user, who must not reach with it what he may not see.",
    fix: "Bind the cursor to its query, and check it as a whole.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      await fill(search, world, WORDS, "other")
      const where = { field: "t", op: "prefix", value: "fast" } as const
      const query: Query = { q: "fast", where }
      const cursor = await secondOf(search, query)
      const others: Record<string, Query> = {
        "another q": { ...query, q: "cache" },
        "no q": { where },
        "another filter": { ...query, where: { ...where, value: "f" } },
        "no filter": { q: "fast" },
        "another operator": { ...query, operator: "and" },
        "other fields": { ...query, fields: ["t"] },
        "another index": { ...query, object: "other" },
        "two indexes": { ...query, object: [DOCS, "other"] },
      }
      if (world.capabilities.sort) others["a sort"] = { ...query, sort: [{ field: "t" }] }
      for (const [what, other] of Object.entries(others)) {
        await refuses(t, () => ask(search, { ...other, cursor }), NO_CURSOR, what)
      }
      for (const part of [0.05, 0.25, 0.5, 0.75, 0.95]) {
        await isRefused(t, search, { ...query, cursor: changedAt(cursor, Math.floor(cursor.length * part)) })
      }
      for (const text of [cursor.slice(0, -2), `${cursor}A`, cursor.slice(4), "x", "**", "e30", "AAAA", "null"]) {
        await refuses(t, () => ask(search, { ...query, cursor: text }), NO_CURSOR, `the cursor ${text.slice(0, 20)}`)
      }
      const next = await ask(search, { ...query, cursor, limit: 1 })
      t.equal(next.hits.length, 1, "the page of the cursor itself")
    },
  }),
  clause("SEARCH-CURSOR-06", {
    why: "A walk that goes on in another index repeats and leaves out, and one that waits holds its caller.",
    fix: "End walks with their index; tell it at once, without trying again.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      const queries: Query[] = [{ q: "fast" }, {}]
      if (world.capabilities.sort) queries.push({ sort: [{ field: "t" }] })
      const cursors = await allOf(queries, (query) => secondOf(search, query))
      await search.deleteIndex(DOCS)
      const goesOn = async (what: string) => {
        for (const [at, query] of queries.entries()) {
          await refuses(t, () => ask(search, { ...query, cursor: cursors[at] ?? "" }), GONE, what)
        }
      }
      await goesOn("after deleteIndex")
      await fill(search, world, WORDS)
      await goesOn("after the index was made anew")
      if (!world.capabilities.reindex) return
      const again = await allOf(queries, (query) => secondOf(search, query))
      await search.reindex(DOCS)
      for (const [at, query] of queries.entries()) {
        await refuses(t, () => ask(search, { ...query, cursor: again[at] ?? "" }), GONE, "after reindex")
      }
      t.equal(ids(await walk(search, { limit: 3 })).sort(), Object.keys(WORDS), "another walk")
    },
  }),
  clause("SEARCH-CURSOR-07", {
    why: "Nobody can say what both together would mean.",
    fix: "Check the query first, as searchQueryIssue from @objectos/sdk/contracts does.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      await t.rejects(() => ask(search, { cursor: "*", offset: 1 }), "INVALID_ARGUMENT", "the first page")
      const cursor = await secondOf(search, {})
      await t.rejects(() => ask(search, { cursor, offset: 2 }), "INVALID_ARGUMENT", "another page")
      t.equal((await ask(search, { cursor: "*", offset: 0, limit: 2 })).hits.length, 2, "offset 0")
    },
  }),
  clause("SEARCH-CURSOR-08", {
    why: "Two exports at the same time would each have half of the rows.",
    fix: "Keep where a walk stands in its cursor, and nowhere else.",
    needs: ["cursor"],
    async check(t, search, world) {
      await fill(search, world, WORDS)
      const wanted = await idsOf(search, { q: "fast cache" })
      const walks = await Promise.all([1, 2, 3].map((limit) => walk(search, { q: "fast cache", limit })))
      for (const pages of walks) t.equal(ids(pages), wanted, "one of three walks side by side")
      const cursor = await secondOf(search, { q: "fast cache" })
      const twice = [1, 2].map(() => ask(search, { q: "fast cache", cursor, limit: 2 }))
      for (const { hits } of await Promise.all(twice)) t.equal(ids([hits]), wanted.slice(1, 3), "one page twice")
    },
  }),
]

/** How many hits each page has. */
function sizes(total: number, limit: number): number[] {
  return Array.from({ length: Math.ceil(total / limit) }, (_, page) => Math.min(limit, total - page * limit))
}
