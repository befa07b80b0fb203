import type { FilterNode, SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldIndex } from "../reference/store.ts"

/** Of several indexes those that cannot run the search are left out. */
function leavesOut(
  why: string,
  isAble: (index: HeldIndex, query: SearchQuery, all: readonly HeldIndex[]) => boolean,
  source?: string,
) {
  return seam.result(
    why,
    ({ next }, query, standing) =>
      next(query, standing.length > 1 ? standing.filter((index) => isAble(index, query, standing)) : standing),
    source,
  )
}

/** The fields that a filter names. */
function fieldsOf(node: FilterNode | undefined): string[] {
  if (node === undefined) return []
  if ("field" in node) return [node.field]
  return ("not" in node ? [node.not] : "and" in node ? node.and : node.or).flatMap(fieldsOf)
}

function has({ fields }: HeldIndex, paths: readonly string[]): boolean {
  return paths.every((path) => fields.has(path))
}

/** Several types of a field, of which only the first index is looked at. */
function typeOfTheFirst(why: string, isMeant: (query: SearchQuery) => boolean, source?: string) {
  return leavesOut(
    why,
    (index, query, [first]) => {
      if (!isMeant(query)) return true
      return index === first || index.fields.get("v")?.type === first?.fields.get("v")?.type
    },
    source,
  )
}

/** A list of names is taken that is wrong. */
function takes(why: string, isMeant: (names: readonly unknown[]) => boolean, source?: string) {
  return seam.search(
    why,
    async ({ next, self }, query) => {
      const { object } = Object(query) as SearchQuery
      if (self.closed || !Array.isArray(object) || !isMeant(object)) return next(query)
      const names = object.filter((name): name is string => /^\w+$/.test(String(name)))
      return next({ ...query, object: names[0] ?? "notes" })
    },
    source,
  )
}

export const severalMutants = mutants({
  "SEARCH-MULTI-01": {
    "first-index-alone": seam.indexesOf("A box for all finds what is in the first.", ({ next }, { object, ...query }) =>
      next({ ...query, object: Array.isArray(object) ? object.slice(0, 1) : object }),
    ),
    "hits-of-the-first-index": seam.hitOf(
      "A hit leads to a page of another kind.",
      ({ next }, scored, query, words, indexes) => ({
        ...next(scored, query, words, indexes),
        object: typeof query.object === "string" ? query.object : (query.object[0] ?? ""),
      }),
    ),
    "equal-ids-are-one": seam.found("Of two records of one id one is found.", ({ next }, query, words, indexes) => [
      ...new Map(next(query, words, indexes).map((scored) => [scored.document.id, scored])).values(),
    ]),
    "documents-of-another-index": seam.hitOf(
      "A hit shows the record of another index.",
      ({ next, self }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        const [other] = indexes.flatMap(({ name }) => self.findDocument(name, hit.id) ?? [])
        return other === undefined || hit.doc === undefined ? hit : { ...hit, doc: self.shownOf(other) }
      },
    ),
    "names-of-one-are-no-list": seam.search("A list of one index is an error.", async ({ next, self }, query) => {
      self.checkQuery(query)
      if (Array.isArray(query.object) && query.object.length < 2)
        self.refuse("INVALID_ARGUMENT", "There must be two indexes.")
      return next(query)
    }),
    "hits-say-where-they-are-kept": seam.hitOf(
      "A hit is of an index that nobody knows.",
      ({ next, self }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        return indexes.length > 1 ? { ...hit, object: self.storedName(hit.object) } : hit
      },
      "Elasticsearch, _index: it is the index behind the alias",
    ),
  },
  "SEARCH-MULTI-02": {
    "absent-index-of-several-rejects": seam.indexesOf(
      "A box for all fails until the last index has its first record.",
      ({ next, self }, query) => {
        const found = next(query)
        const isAny = Array.isArray(query.object) && query.object.length > 1 && found.length < query.object.length
        return isAny ? self.refuse("NOT_FOUND", "There is no such index.") : found
      },
      "Elasticsearch, ignore_unavailable: false",
    ),
    "absent-index-of-several-empties-all": seam.indexesOf(
      "A box for all finds nothing until the last index has its first record.",
      ({ next }, query) => {
        const found = next(query)
        return Array.isArray(query.object) && found.length < query.object.length ? [] : found
      },
    ),
    "absent-index-has-no-fields": seam.result(
      "A filter over all fails until the last index has its first record.",
      ({ next, self }, query, standing) => {
        const isAbsent = Array.isArray(query.object) && standing.length < query.object.length && standing.length > 0
        if (isAbsent && query.where !== undefined)
          self.refuseFor("INVALID_ARGUMENT", "field", "An index does not have this field.")
        return next(query, standing)
      },
    ),
    "no-index-of-several-rejects": seam.noResult(
      "A box for all fails until the first record is there.",
      ({ next, self }, query) =>
        Array.isArray(query.object) ? self.refuse("NOT_FOUND", "There is no such index.") : next(query),
    ),
  },
  "SEARCH-MULTI-03": {
    "indexes-without-the-filter-left-out": leavesOut(
      "One index is left out, and the page looks whole.",
      (index, { where }) => has(index, fieldsOf(where)),
      "Elasticsearch, allow_partial_search_results: 200 with _shards.failed, which nobody reads",
    ),
    "indexes-without-the-sort-left-out": leavesOut(
      "A table of all lacks the records of one index.",
      (index, { sort = [] }) =>
        has(
          index,
          sort.map(({ field }) => field),
        ),
      "Elasticsearch, allow_partial_search_results: 200 with the hits of one index alone",
    ),
    "indexes-without-the-facet-left-out": leavesOut(
      "Numbers of all are those of one index.",
      (index, { facets = [] }) =>
        has(
          index,
          facets.map(({ field }) => field),
        ),
    ),
    "indexes-without-the-field-left-out": leavesOut("A search of all finds what is in one.", (index, { fields = [] }) =>
      has(
        index,
        fields.map((each) => (typeof each === "string" ? each : each.field)),
      ),
    ),
    "fields-of-the-first-index-alone": changed(
      ReferenceSearch,
      "Whether a filter works depends on the order of indexes.",
      {
        fieldOfAll: ({ next }, path, can, indexes) =>
          next(path, can, indexes[0]?.fields.has(path) ? indexes.filter(({ fields }) => fields.has(path)) : indexes),
      },
    ),
    "words-of-all-fields-of-all-indexes": seam.searchedFields(
      "A box for all fails where one index has a field more.",
      ({ next, self }, query, indexes) => {
        const found = next(query, indexes)
        for (const { field } of indexes.length > 1 ? found : []) self.fieldOfAll(field.path, "searchable", indexes)
        return found
      },
    ),
  },
  "SEARCH-MULTI-04": {
    "filters-of-several-types": typeOfTheFirst(
      "Of two indexes one is left out, and the page looks whole.",
      ({ where }) => fieldsOf(where).includes("v"),
      "Elasticsearch: 200 with _shards.failed",
    ),
    "sorts-of-several-types": typeOfTheFirst(
      "Numbers and texts are in one order, by chance.",
      ({ sort = [] }) => sort.some(({ field }) => field === "v"),
      "Elasticsearch, a sort over a double and a keyword: a 400 without a root_cause; OpenSearch: 500 class_cast_exception",
    ),
    "facets-of-several-types": typeOfTheFirst("Numbers and texts are values of one facet.", ({ facets = [] }) =>
      facets.some(({ field }) => field === "v"),
    ),
    "keywords-are-other-texts": seam.areAlike(
      "A filter over a text and a keyword is an error.",
      (_, one, other) => one.type === other.type,
    ),
    "types-of-absent-fields-are-a-field": seam.fieldOfAll(
      "A caller takes a wrong type for a wrong name.",
      ({ next, self }, path, can, indexes) => {
        const types = new Set(indexes.flatMap(({ fields }) => fields.get(path)?.type ?? []))
        if (types.size > 1 && !types.has("keyword"))
          self.refuseFor("INVALID_ARGUMENT", "field", "A field has several types.")
        return next(path, can, indexes)
      },
    ),
    "words-of-several-types-refused": seam.searchedFields(
      "A box for all fails where a field is text in one index and number in another.",
      ({ next, self }, query, indexes) => {
        const found = next(query, indexes)
        const isMixed = found.some(({ field }) =>
          indexes.some(({ fields }) => fields.get(field.path)?.type === "number"),
        )
        return isMixed && indexes.length > 1
          ? self.refuseFor("INVALID_ARGUMENT", "type", "A field has several types.")
          : found
      },
    ),
  },
  "SEARCH-MULTI-05": {
    "total-of-the-first-index": seam.result("A list of all says it has those of one.", ({ next }, query, standing) => ({
      ...next(query, standing),
      total: next({ ...query, limit: 0 }, standing.slice(0, 1)).total,
    })),
    "indexes-one-after-the-other": seam.sorted("A table of all is several tables.", ({ next }, found, sort, indexes) =>
      sort.length === 0
        ? next(found, sort, indexes)
        : indexes.flatMap((index) =>
            next(
              found.filter(({ document }) => document.object === index.name),
              sort,
              indexes,
            ),
          ),
    ),
    "pages-of-each-index": seam.result("A page of three has three of each.", ({ next }, query, standing) => {
      if (standing.length < 2 || (query.offset ?? 0) === 0) return next(query, standing)
      const parts = standing.map((index) => next(query, [index]))
      return { ...next(query, standing), hits: parts.flatMap(({ hits }) => hits) }
    }),
    "facets-of-the-first-index": seam.facetOf(
      "Numbers of all are those of one.",
      ({ next }, facet, found, where, indexes) =>
        next(
          facet,
          found.filter(({ object }) => object === indexes[0]?.name),
          where,
          indexes,
        ),
    ),
    "facets-cut-by-index": seam.facetOf(
      "A value that is rare in each index is lost, though it is frequent in all.",
      ({ next }, facet, found, where, indexes) => {
        const all = next(facet, found, where, indexes)
        if (indexes.length < 2 || "ranges" in facet || facet.limit === undefined) return all
        const [first] = indexes
        return next(
          facet,
          found.filter(({ object }) => object !== first?.name),
          where,
          indexes,
        ).slice(0, 1)
      },
      "Elasticsearch, terms over several shards: each gives its first ones",
    ),
    "equal-hits-by-id-first": seam.compareTies(
      "Equal hits come in another order than in the other engine.",
      ({ next, self }, one, other) => self.compareIds(one.id, other.id) || next(one, other),
    ),
    "equal-hits-in-the-order-asked": seam.sorted(
      "Equal hits come in the order in which indexes were named.",
      ({ next }, found, sort, indexes) => {
        const ordered = next(found, sort, indexes)
        const at = (name: string) => indexes.findIndex((index) => index.name === name)
        const isAll = sort.length === 0 && ordered.every(({ score }) => score === 1)
        return isAll ? ordered.toSorted((one, other) => at(one.document.object) - at(other.document.object)) : ordered
      },
    ),
  },
  "SEARCH-MULTI-06": {
    "no-index-is-every-index": takes(
      "A list that was computed as empty searches the records of all.",
      (names) => names.length === 0,
      "Elasticsearch, /_search without a name",
    ),
    "an-index-twice": takes(
      "A record is found twice here, and once there.",
      (names) => new Set(names).size < names.length,
    ),
    "names-in-one-text": takes(
      "A name of a user reaches two indexes.",
      ([name]) => String(name).includes(","),
      "Elasticsearch, /a,b/_search",
    ),
    "stars-reach-all": takes(
      "A star of a user reaches the records of all.",
      ([name]) => name === "*",
      "Elasticsearch, /*/_search",
    ),
    "names-that-are-numbers": takes("A number among names finds something here, and nothing there.", (names) =>
      names.includes(7),
    ),
    "empty-names-are-all": takes("An empty name reaches the records of all.", ([name]) => name === ""),
  },
  "SEARCH-MULTI-07": {
    "walks-by-id-alone": seam.result("Of two records of one id an export has one.", ({ next }, query, standing) => {
      const result = next(query, standing)
      const isLater = query.cursor !== undefined && query.cursor !== "*" && query.limit === 1
      return isLater
        ? { ...result, hits: result.hits.filter(({ id, object }) => id !== "a" || object === "notes") }
        : result
    }),
    "walks-of-the-first-index": seam.beginWalk("An export of all has the records of one.", ({ next }, indexes) =>
      next(indexes.slice(0, 1)),
    ),
    "walks-of-several-indexes-refused": seam.beginWalk("An export of all is an error.", ({ next, self }, indexes) =>
      indexes.length > 1 ? self.refuse("UNSUPPORTED", "A walk is of one index.") : next(indexes),
    ),
    "walks-of-several-have-one-page": seam.cursorAfter(
      "An export of all ends at its first page.",
      ({ next, self }, place, limit, total) =>
        self.walkedIndexes(place).length > 1 ? undefined : next(place, limit, total),
    ),
  },
})
