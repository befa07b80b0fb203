import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldIndex } from "../reference/store.ts"

/** Indexes as they are now, where a walk should see those of its beginning. */
function isLive(self: ReferenceSearch, indexes: readonly HeldIndex[]): HeldIndex[] {
  return indexes.flatMap(({ name }) => self.findIndex(name) ?? [])
}

/** A part of a query is none of what a cursor is bound to. */
function unbound(why: string, change: (query: SearchQuery) => SearchQuery, source?: string) {
  return seam.scopeOf(why, ({ next }, query) => next(change(query)), source)
}

/** Cursors are read in another way. */
function reads(why: string, change: (cursor: string) => string, source?: string) {
  return seam.readCursor(why, ({ next }, cursor) => next(cursor) ?? next(change(cursor)), source)
}

/** Cursors that were given, by the client: the last one stands for others. */
const latest = new WeakMap<object, string>()

export const cursorsMutants = mutants({
  "SEARCH-CURSOR-01": {
    "walks-begin-again": seam.cursorAfter(
      "A walk has the first page for ever.",
      ({ next, self }, place, limit, total) => next(place, limit, total) && self.writeCursor({ ...place, given: 0 }),
    ),
    "walks-leave-one-out": seam.cursorAfter(
      "An export lacks a row of each page.",
      ({ next, self }, place, limit, total) =>
        next(place, limit, total) && self.writeCursor({ ...place, given: place.given + limit + 1 }),
    ),
    "walks-give-one-twice": seam.cursorAfter(
      "An export has a row twice at each page.",
      ({ next, self }, place, limit, total) =>
        next(place, limit, total) &&
        self.writeCursor({ ...place, given: Math.max(place.given + 1, place.given + limit - 1) }),
    ),
    "walks-keep-their-first-limit": seam.result(
      "A caller that asks for more gets pages as small as before.",
      (() => {
        const limits = new WeakMap<object, number>()
        return ({ next, self }, query, standing) => {
          if (query.cursor === "*") limits.set(self, query.limit ?? 10)
          const limit = query.cursor === undefined ? query.limit : limits.get(self)
          return next({ ...query, limit }, standing)
        }
      })(),
      "Elasticsearch, scroll: the size is that of the first request",
    ),
    "walks-in-the-order-of-ids": seam.result(
      "A walk is in another order than its search.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        return query.cursor === undefined
          ? result
          : { ...result, hits: result.hits.toSorted((one, other) => (one.id < other.id ? -1 : 1)) }
      },
    ),
    "totals-of-walks-go-down": seam.result(
      "A bar that shows how far an export is stands still.",
      ({ next, self }, query, standing) => {
        const result = next(query, standing)
        const given = query.cursor === undefined ? 0 : (self.readCursor(query.cursor)?.given ?? 0)
        return { ...result, total: result.total - given }
      },
    ),
    "equal-hits-end-a-walk": seam.cursorAfter(
      "Of rows of one score an export has the first page.",
      ({ next }, place, limit, total) =>
        total === 7 && limit === 2 && place.given === 2 ? undefined : next(place, limit, total),
      "Elasticsearch, search_after of a score without a second key",
    ),
  },
  "SEARCH-CURSOR-02": {
    "walks-see-what-is-now": seam.walkedIndexes(
      "Rows that change while they are exported are there twice, or never.",
      ({ next, self }, place) => isLive(self, next(place)),
      "Elasticsearch, search_after without a point in time",
    ),
    "walks-see-new-words": seam.frozen(
      "Rows that were changed while they are exported are left out.",
      ({ next, self }, index) => {
        const frozen = next(index)
        return {
          ...frozen,
          documents: new Proxy(frozen.documents, {
            get(documents, name) {
              if (name !== "values") return Reflect.get(documents, name)
              return () =>
                [...documents.values()]
                  .map((document) => self.findDocument(document.object, document.id) ?? document)
                  .values()
            },
          }),
        }
      },
    ),
    "walks-lack-what-was-removed": seam.walkedIndexes("Pages shift when a row is removed.", ({ next, self }, place) =>
      next(place).map((index) => {
        const there = [...index.documents].filter(([, { id, object }]) => self.findDocument(object, id) !== undefined)
        return { ...index, documents: new Map(there) }
      }),
    ),
    "walks-hold-all-searches": seam.indexesOf(
      "While somebody exports nobody sees what is new.",
      ({ next, self }, query) => {
        const [first] = self.store.walks.values()
        const isHeld = first?.indexes.every(({ generation, name }) => self.findIndex(name)?.generation === generation)
        return query.cursor === undefined && isHeld && first !== undefined ? [...first.indexes] : next(query)
      },
    ),
    "writes-end-walks": changed(
      ReferenceSearch,
      "An export of a busy index never ends.",
      {
        keepDocument({ next, self }, index, document) {
          next(index, document)
          if (index.documents.size > 1 && self.store.walks.size > 0) index.generation = ++self.store.made
        },
      },
      "engines whose snapshots end with the next merge",
    ),
  },
  "SEARCH-CURSOR-03": {
    "walks-end-at-missing-values": seam.result(
      "An export that is sorted ends before its rows without a value.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        const [sort] = query.sort ?? []
        const isMissing = result.hits.some(({ doc }) => (doc?.[sort?.field ?? ""] ?? null) === null)
        const { cursor: _, ...last } = result
        return query.cursor !== undefined && sort !== undefined && isMissing ? last : result
      },
      "SQL, keyset paging: NULL > NULL is not true",
    ),
    "pages-behind-a-missing-date-reject": seam.result(
      "An export that is sorted by a date is an error behind its last date.",
      ({ next, self }, query, standing) => {
        const result = next(query, standing)
        const { cursor = "*", sort: [sort] = [] } = query
        const isDate = ["at", "ok"].includes(sort?.field ?? "") && cursor !== "*"
        const given = self.readCursor(cursor)?.given ?? 0
        if (isDate && given > 2) self.refuse("INVALID_ARGUMENT", "A sort value is no date.")
        return result
      },
      "Elasticsearch, search_after over a date without numeric_type: JSON.parse rounds 9223372036854775807",
    ),
    "missing-values-first-in-walks": seam.sorted(
      "An export is in another order than its table.",
      ({ next, self }, found, sort, indexes) => {
        const ordered = next(found, sort, indexes)
        const isWalk = self.store.walks.size > 0 && sort.length > 0
        const isMissing = ({ document }: (typeof ordered)[number]) =>
          self.sortKeys(document, sort, indexes)[0] === undefined
        return isWalk ? [...ordered.filter(isMissing), ...ordered.filter((scored) => !isMissing(scored))] : ordered
      },
    ),
    "equal-missing-values-are-one": seam.result(
      "Of rows without a value an export has one.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        const [sort] = query.sort ?? []
        if (query.cursor === undefined || sort === undefined || query.limit !== 1) return result
        const isLater = result.hits.some(({ doc, id }) => (doc?.[sort.field] ?? null) === null && id === "c")
        return isLater ? { ...result, hits: [] } : result
      },
    ),
  },
  "SEARCH-CURSOR-04": {
    "last-page-has-a-cursor": seam.cursorAfter(
      "A button for more leads to an empty page.",
      ({ next, self }, place, limit, total) =>
        next(place, limit, total) ??
        (place.given + limit === total ? self.writeCursor({ ...place, given: total }) : undefined),
      "Elasticsearch, scroll: the end is a page without hits",
    ),
    "walks-over-nothing-have-a-cursor": seam.cursorAfter(
      "A button for more leads from an empty page to an empty page.",
      ({ next, self }, place, limit, total) =>
        total === 0 && place.given === 0 ? self.writeCursor(place) : next(place, limit, total),
    ),
    "walks-over-no-index-reject": seam.noResult(
      "An export of what is not there yet is an error.",
      ({ next, self }, query) =>
        query.cursor === "*" ? self.refuse("NOT_FOUND", "There is no such index.") : next(query),
    ),
    "every-search-is-a-walk": seam.result(
      "A search holds a point in time that nobody asked for.",
      ({ next, self }, query, standing) => {
        const result = next(query, standing)
        const isMore = query.cursor === undefined && query.limit === 1 && result.total > 1
        const walk = () => self.placeOf({ ...query, cursor: "*" }, standing)
        return isMore ? { ...result, cursor: self.writeCursor({ ...walk(), given: 1 }) } : result
      },
    ),
    "full-pages-have-no-cursor": seam.cursorAfter(
      "An export of full pages ends at the first.",
      ({ next }, place, limit, total) => (limit === 3 ? undefined : next(place, limit, total)),
    ),
  },
  "SEARCH-CURSOR-05": {
    "cursors-of-any-words": unbound("A cursor of one search goes on with another one.", ({ q: _, ...query }) => query),
    "cursors-of-any-filter": unbound(
      "A user reaches with a cursor what he may not see.",
      ({ where: _, ...query }) => query,
      "cursors that are sort values alone",
    ),
    "cursors-of-any-order": unbound("A cursor of one table goes on in another one.", ({ sort: _, ...query }) => query),
    "cursors-of-any-index": unbound("A user reaches with a cursor another index.", ({ object: _, ...query }) => ({
      ...query,
      object: "any",
    })),
    "cursors-of-any-operator": unbound("A cursor goes on with another question.", ({ operator: _, ...query }) => query),
    "cursors-of-any-fields": unbound("A cursor goes on with another question.", ({ fields: _, ...query }) => query),
    "cursors-not-signed": seam.readCursor(
      "A user who changes a cursor reads what he likes.",
      ({ next }, cursor) => {
        const place = next(cursor)
        if (place !== undefined) return place
        try {
          const [text] = JSON.parse(atob(cursor)) as [string]
          const [walk, given, scope] = JSON.parse(text) as [string, number, string]
          return { walk, given, scope }
        } catch {
          return undefined
        }
      },
      "cursors of base64 and JSON",
    ),
    "wrong-cursors-begin-again": seam.readCursor(
      "An export with a slip in its cursor has all rows twice.",
      ({ next, self }, cursor) => {
        const last = latest.get(self)
        const place = next(cursor)
        if (place !== undefined) latest.set(self, cursor)
        return place ?? (last === undefined ? undefined : next(last))
      },
    ),
    "ends-of-cursors-not-read": reads("A cursor that was cut works.", (cursor) => {
      for (let length = cursor.length; length > 20; length--) {
        try {
          if (JSON.parse(atob(cursor.slice(0, length)))) return cursor.slice(0, length)
        } catch {}
      }
      return cursor
    }),
    "wrong-cursors-are-errors-of-the-engine": seam.readCursor(
      "A cursor of another page is an error that nobody understands.",
      ({ next }, cursor) => {
        if (cursor === "null") throw new TypeError("Cannot read properties of null")
        return next(cursor)
      },
    ),
    "wrong-cursors-end-the-walk": seam.refuseCursor(
      "An export with a slip in its cursor looks like one that has ended.",
      ({ self }) => self.refuseFor("PRECONDITION_FAILED", "cursor", "The walk has ended."),
    ),
    "wrong-cursors-have-no-reason": seam.refuseCursor(
      "A caller cannot tell a wrong cursor from a wrong query.",
      ({ self }) => self.refuse("INVALID_ARGUMENT", "A cursor is * or what the page before gave."),
    ),
  },
  "SEARCH-CURSOR-06": {
    "walks-outlive-their-index": seam.isStanding(
      "An export goes on in an index that was deleted.",
      () => true,
      "Lucene: a reader that is open keeps segments that were deleted",
    ),
    "walks-go-on-in-a-new-index": seam.isStanding(
      "An export goes on in another index of the same name.",
      ({ self }, { indexes }) => indexes.every(({ name }) => self.findIndex(name) !== undefined),
    ),
    "walks-outlive-a-reindex": seam.putInPlace(
      "An export goes on in an index that was replaced.",
      (_, index, { documents }) => {
        index.documents = documents
      },
    ),
    "ended-walks-are-unavailable": seam.walkedIndexes(
      "A caller tries again for ever what has ended.",
      ({ next, self }, place) => {
        try {
          return next(place)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED")
            self.refuse("UNAVAILABLE", "No shard is available.")
          throw error
        }
      },
      "Elasticsearch 8.19, a point in time whose index was dropped: 503 no_shard_available",
    ),
    "ended-walks-are-not-found": seam.walkedIndexes(
      "A caller takes a walk that has ended for a missing index.",
      ({ next, self }, place) => {
        try {
          return next(place)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED")
            self.refuse("NOT_FOUND", "There is no such context.")
          throw error
        }
      },
      "Elasticsearch, search_context_missing_exception: 404; OpenSearch, a dropped index: 404",
    ),
    "ended-walks-are-empty": seam.search("An export of a deleted index looks whole.", async ({ next, self }, query) => {
      try {
        return await next(query)
      } catch (error) {
        if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED") return self.noResult(query)
        throw error
      }
    }),
    "ended-walks-have-no-reason": seam.refuseFor(
      "A caller cannot tell an ended walk from a lost reindex.",
      ({ next, self }, code, reason, message) => {
        if (code === "PRECONDITION_FAILED" && reason === "cursor") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
  },
  "SEARCH-CURSOR-07": {
    "offset-of-a-first-page-ignored": seam.queryIssue(
      "A caller gets another page than he asked for.",
      ({ next }, query) => {
        const { cursor, offset: _, ...others } = Object(query) as SearchQuery
        return cursor === "*" ? next({ ...others, cursor }) : next(query)
      },
    ),
    "offset-of-a-later-page-ignored": seam.queryIssue(
      "A caller gets another page than he asked for.",
      ({ next }, query) => {
        const { cursor, offset: _, ...others } = Object(query) as SearchQuery
        return cursor !== undefined && cursor !== "*" ? next({ ...others, cursor }) : next(query)
      },
    ),
    "offset-0-of-a-cursor-refused": seam.queryIssue(
      "A form that sends all its members gets an error.",
      ({ next }, query) => {
        const { cursor, offset } = Object(query) as SearchQuery
        return cursor !== undefined && offset === 0 ? "A cursor has no offset." : next(query)
      },
    ),
  },
  "SEARCH-CURSOR-08": {
    "one-walk-at-a-time": seam.beginWalk(
      "Of two exports at once the first ends in an error.",
      ({ next, self }, indexes) => {
        self.store.walks.clear()
        return next(indexes)
      },
      "OpenSearch: a node holds 300 points in time, and refuses the next",
    ),
    "walks-share-their-place": seam.readCursor(
      "Two exports at once have half of the rows each.",
      (() => {
        const given = new WeakMap<object, Map<string, number>>()
        return ({ next, self }, cursor) => {
          const place = next(cursor)
          if (place === undefined) return place
          const places = given.get(self.store) ?? new Map<string, number>()
          given.set(self.store, places)
          const at = Math.max(places.get(place.walk) ?? 0, place.given)
          places.set(place.walk, at + 1)
          return { ...place, given: at }
        }
      })(),
      "Elasticsearch, scroll: the server keeps where a walk stands",
    ),
    "cursors-work-once": seam.readCursor(
      "A page that was lost on the way cannot be asked for again.",
      (() => {
        const used = new WeakMap<object, Set<string>>()
        return ({ next, self }, cursor) => {
          const all = used.get(self.store) ?? new Set<string>()
          used.set(self.store, all)
          return all.size === all.add(cursor).size ? undefined : next(cursor)
        }
      })(),
    ),
  },
})
