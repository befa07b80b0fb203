import type { SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** Another page is given than was asked for. */
function gives(why: string, change: (query: SearchQuery) => SearchQuery, source?: string) {
  return seam.result(why, ({ next }, query, standing) => next(change(query), standing), source)
}

/** A number is taken that is none of a page. */
function takes(why: string, isMeant: (value: unknown) => boolean, change: (value: unknown) => number, source?: string) {
  return seam.search(
    why,
    ({ next }, query) => {
      const { limit, offset } = Object(query) as SearchQuery
      return next({
        ...Object(query),
        ...(isMeant(limit) && { limit: change(limit) }),
        ...(isMeant(offset) && { offset: change(offset) }),
      })
    },
    source,
  )
}

export const pagingMutants = mutants({
  "SEARCH-PAGE-01": {
    "offset-ignored": gives("Each page is the first one.", ({ offset: _, ...query }) => query),
    "offset-counts-pages": gives(
      "A list leaves most of its rows out.",
      ({ offset = 0, ...query }) => ({
        ...query,
        offset: offset * (query.limit ?? 10),
      }),
      "Algolia, page: a number of pages in the place of hits",
    ),
    "offset-begins-at-1": gives("The first row of the second page is on no page.", ({ offset = 0, ...query }) => ({
      ...query,
      offset: offset === 0 ? 0 : offset + 1,
    })),
    "last-row-twice": gives("A row is on two pages.", ({ offset = 0, ...query }) => ({
      ...query,
      offset: Math.max(0, offset - 1),
    })),
    "limit-is-an-end": gives(
      "The second page is empty.",
      ({ limit = 10, offset = 0, ...query }) => ({
        ...query,
        offset,
        limit: Math.max(0, limit - offset),
      }),
      "Array.prototype.slice: its second argument is an end",
    ),
    "page-is-ordered-by-itself": seam.result("A list is in order on each page alone.", ({ next }, query, standing) => {
      const result = next({ ...query, sort: [] }, standing)
      const ids = next(query, standing).hits.map(({ id }) => id)
      if ((query.sort ?? []).length === 0) return result
      const hits = result.hits.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id))
      return { ...result, hits }
    }),
    "total-of-the-page": seam.result(
      "A list of thousands seems to have ten rows.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        return { ...result, total: result.hits.length }
      },
      "FlexSearch #71: there is no total of what a page was cut from",
    ),
    "total-is-about": seam.result(
      "A page says 'about'.",
      ({ next }, query, standing) => ({ ...next(query, standing), totalExact: false }),
      "Meilisearch, estimatedTotalHits",
    ),
    "total-of-what-is-left": seam.result("A total goes down from page to page.", ({ next }, query, standing) => {
      const result = next(query, standing)
      return { ...result, total: Math.max(0, result.total - (query.offset ?? 0)) }
    }),
    "total-up-to-39": seam.totalOf(
      "A large list has a total that stands still.",
      ({ next }, found) => Math.min(39, next(found)),
      "Elasticsearch, track_total_hits: totals end at 10,000 by default",
    ),
    "total-of-all-documents": seam.result(
      "A search that finds some says it found all.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        return { ...result, total: result.total + Number((query.offset ?? 0) > 0 && query.q === "word") }
      },
    ),
  },
  "SEARCH-PAGE-02": {
    "pages-of-20": gives(
      "A list has more rows than it has room for.",
      ({ limit = 20, ...query }) => ({ ...query, limit }),
      "Meilisearch, limit: 20",
    ),
    "pages-without-end": gives(
      "A list sends all of its rows.",
      ({ limit = 1000, ...query }) => ({ ...query, limit }),
      "MiniSearch #35 and #293: a search gives all that it finds",
    ),
    "limit-0-is-none": gives(
      "A page that wants a number alone gets rows.",
      ({ limit, ...query }) => ({ ...query, limit: limit || 10 }),
      "code that asks `limit || 10`",
    ),
    "limit-0-has-no-total": seam.result("A page that wants a number alone gets 0.", ({ next }, query, standing) => {
      const result = next(query, standing)
      return query.limit === 0 ? { ...result, total: 0 } : result
    }),
    "offset-behind-the-end-rejects": seam.result(
      "A page that is behind the end is an error.",
      ({ next, self }, query, standing) => {
        const result = next(query, standing)
        if ((query.offset ?? 0) >= result.total && (query.offset ?? 0) > 0)
          self.refuse("INVALID_ARGUMENT", "There is no such page.")
        return result
      },
    ),
    "offset-behind-the-end-is-the-last-page": seam.result(
      "A page behind the end shows rows again.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        const { limit = 10, offset = 0 } = query
        const last = Math.max(0, result.total - limit)
        return offset >= result.total && offset > 0 ? next({ ...query, offset: last }, standing) : result
      },
    ),
    "offset-behind-the-end-has-no-total": seam.result(
      "A page behind the end says that nothing was found.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        return result.hits.length === 0 && (query.offset ?? 0) > 0 ? { ...result, total: 0 } : result
      },
    ),
    "limits-of-100": gives("A page of 1,000 rows has 12.", ({ limit = 10, ...query }) => ({
      ...query,
      limit: Math.min(12, limit),
    })),
  },
  "SEARCH-PAGE-03": {
    "windows-without-end": changed(
      ReferenceSearch,
      "A page that works here is refused by the server.",
      { limitIssue: ({ next }, { limit: _, offset: _offset, ...query }) => next(query) },
      "Elasticsearch, index.max_result_window: 10,000",
    ),
    "windows-of-offsets": seam.limitIssue(
      "A page that works here is refused by the server.",
      ({ next }, { limit: _, offset = 0, ...query }) => next({ ...query, offset: Math.max(0, offset - 10) }),
    ),
    "windows-without-the-default-limit": seam.limitIssue(
      "A page that works here is refused by the server.",
      ({ next }, { limit = 0, ...query }) => next({ ...query, limit }),
    ),
    "windows-of-9,999": seam.limitIssue("A page that works there is refused here.", ({ next }, query) =>
      (query.offset ?? 0) + (query.limit ?? 10) === 10_000 ? "The page is too far." : next(query),
    ),
    "far-pages-are-bad-arguments": seam.limitIssue(
      "A caller takes a far page for a wrong one.",
      ({ next, self }, query) => {
        const issue = next(query)
        if (issue !== undefined && query.where === undefined) self.refuse("INVALID_ARGUMENT", issue)
        return issue
      },
    ),
    "far-pages-are-empty": seam.search("A list ends at 10,000, and nobody is told.", ({ next }, query) => {
      const { limit = 10, offset = 0 } = Object(query) as SearchQuery
      return next(offset + limit > 10_000 && offset < 1e9 ? { ...query, offset: 0, limit: 0 } : query)
    }),
  },
  "SEARCH-PAGE-04": {
    "numbers-of-text": takes("A number of a URL works here, and fails there.", (value) => value === "10", Number),
    "limits-below-0": takes(
      "A page of -1 rows shows all.",
      (value) => value === -1,
      () => 1000,
      "Array.prototype.slice; SQLite, LIMIT -1",
    ),
    "fractions-cut": takes(
      "A page that was computed leaves rows out.",
      (value) => value === 1.5,
      () => 1,
    ),
    "nan-is-0": takes("A slip in a page shows the first one.", Number.isNaN, () => 0),
    "null-is-none": takes(
      "A page that was cleared shows the first one.",
      (value) => value === null,
      () => 0,
    ),
    "true-is-1": takes(
      "A slip in a page shows one row.",
      (value) => value === true,
      () => 1,
    ),
    "infinity-is-all": takes(
      "A page without end takes the server down.",
      (value) => value === Number.POSITIVE_INFINITY,
      () => 1000,
    ),
    "lists-are-numbers": takes(
      "A parameter that is given twice works.",
      Array.isArray,
      () => 10,
      "qs and Express: ?limit=1&limit=2 is an array",
    ),
    "limits-over-1,000": takes(
      "A page that works here is refused there.",
      (value) => value === 1001,
      () => 1000,
    ),
  },
})
