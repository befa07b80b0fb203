import type { FacetResult, FacetSpec, FilterNode, Scalar, SearchQuery } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"
import type { ReferenceSearch } from "../reference/reference-search.ts"

/** The counts of a facet are others. */
function counts(why: string, change: (result: FacetResult, facet: FacetSpec) => FacetResult, source?: string) {
  return seam.facetOf(
    why,
    ({ next }, facet, found, where, indexes) => change(next(facet, found, where, indexes), facet),
    source,
  )
}

/** Ranges are counted in another way. */
function ranges(why: string, isIn: (value: number, from: number, to: number) => boolean, source?: string) {
  return seam.isInRange(
    why,
    (_, value, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }) => isIn(value, from, to),
    source,
  )
}

/** A facet is taken that is refused. */
function takes(why: string, isMeant: (text: string) => boolean, source?: string) {
  return seam.search(
    why,
    ({ next }, query) => {
      const { facets, ...plain } = Object(query) as SearchQuery
      return facets !== undefined && isMeant(textOf(facets)) ? next(plain) : next(query)
    },
    source,
  )
}

/** NaN is said by its name, which JSON does not. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, member) => (Number.isNaN(member) ? "NaN" : member)) ?? ""
}

/** What a facet leaves out of the filter is another part. */
function leavesOut(
  why: string,
  change: (
    where: FilterNode,
    path: string,
    self: ReferenceSearch,
    next: () => FilterNode | undefined,
  ) => FilterNode | undefined,
  source?: string,
) {
  return seam.facetFilter(
    why,
    ({ next, self }, facet, where) => {
      const plain = () => next(facet, where)
      return facet.disjunctive === true && where !== undefined ? change(where, facet.field, self, plain) : plain()
    },
    source,
  )
}

function asksOf(node: FilterNode, path: string): boolean {
  if ("field" in node) return node.field === path
  if ("not" in node) return asksOf(node.not, path)
  return ("and" in node ? node.and : node.or).some((each) => asksOf(each, path))
}

/** SEARCH-FACET-06 to 12. */
export const facetRangesMutants = mutants({
  "SEARCH-FACET-06": {
    "to-is-within": ranges("A price of 20 is in two ranges.", (value, from, to) => value >= from && value <= to),
    "from-is-not-within": ranges("A price of 5 is in no range.", (value, from, to) => value > from && value < to),
    "ranges-in-the-order-of-numbers": seam.rangeCounts(
      "Ranges come in another order than on the page.",
      ({ next }, facet, values) =>
        next(
          { ...facet, ranges: facet.ranges.toSorted((one, other) => (one.from ?? -1e9) - (other.from ?? -1e9)) },
          values,
        ),
      "Elasticsearch, range aggregation: buckets come by from and to",
    ),
    "ranges-in-the-order-of-counts": counts("Ranges come in another order than on the page.", (result, facet) =>
      "ranges" in facet ? result.toSorted((one, other) => other.count - one.count) : result,
    ),
    "empty-ranges-left-out": counts("A range of nothing is not on the page.", (result, facet) =>
      "ranges" in facet ? result.filter(({ count }) => count > 0) : result,
    ),
    "first-range-alone-counts": seam.rangeCounts(
      "What is in two ranges counts in one.",
      ({ next, self }, facet, values) => {
        const taken = new Set<readonly Scalar[]>()
        const counted = facet.ranges.map((range) => {
          const own = values.filter(
            (each) => !taken.has(each) && each.some((value) => self.isInRange(value as number, range)),
          )
          for (const each of own) taken.add(each)
          return own.length
        })
        return next(facet, values).map((each, at) => ({ ...each, count: counted[at] ?? 0 }))
      },
    ),
    "range-of-all-is-none": seam.isInRange(
      "A range without an end counts nothing.",
      ({ next }, value, range) => !(range.from === undefined && range.to === undefined) && next(value, range),
    ),
    "keys-kept-in-an-object": counts(
      "A range that is called __proto__ is lost.",
      (result, facet) => ("ranges" in facet ? result.filter(({ value }) => value !== "__proto__") : result),
      "counts by key in a plain object",
    ),
    "ranges-cut-to-whole-numbers": seam.isInRange(
      "A price of 5.50 is one of 5.",
      ({ next }, value, { from, to, ...range }) =>
        next(Math.floor(value), {
          ...range,
          ...(from !== undefined && { from: Math.floor(from) }),
          ...(to !== undefined && { to: Math.floor(to) }),
        }),
    ),
  },
  "SEARCH-FACET-07": {
    "keys-with-a-decimal": counts(
      "A key is 5.0-20.0 here, and 5-20 there.",
      (result, facet) =>
        "ranges" in facet
          ? result.map(({ count, value }) => ({
              count,
              value: String(value).replaceAll(/(?<![\d.])(\d+)(?![\d.])/g, "$1.0"),
            }))
          : result,
      "Elasticsearch, range aggregation: the key of 5 to 20 is 5.0-20.0",
    ),
    "keys-without-an-open-end": counts("A key of an open range is another one in each engine.", (result, facet) =>
      "ranges" in facet
        ? result.map(({ count, value }) => ({ count, value: String(value).replaceAll("*", "") }))
        : result,
    ),
    "keys-are-numbers-of-places": counts("A key says nothing of its range.", (result, facet) =>
      "ranges" in facet
        ? result.map((each, at) => (facet.ranges[at]?.key === undefined ? { ...each, value: `r${at}` } : each))
        : result,
    ),
    "keys-of-ones-own-ignored": counts("A range has another name than was asked.", (result, facet) =>
      "ranges" in facet
        ? result.map((each, at) => {
            const { from = "*", to = "*" } = facet.ranges[at] ?? {}
            return { ...each, value: `${from}-${to}` }
          })
        : result,
    ),
    "keys-round": counts("Two ranges have one key.", (result, facet) =>
      "ranges" in facet
        ? result.map((each, at) => {
            const { from, key, to } = facet.ranges[at] ?? {}
            const round = (edge: number | undefined) => (edge === undefined ? "*" : Math.round(edge))
            return { ...each, value: key ?? `${round(from)}-${round(to)}` }
          })
        : result,
    ),
  },
  "SEARCH-FACET-08": {
    "equal-keys-taken": takes(
      "Two ranges under one key are one.",
      (text) => text.includes('{"from":1,"key":"k"},{"from":2,"key":"k"}'),
      "Elasticsearch, range aggregation: equal keys are put together",
    ),
    "keys-like-defaults-taken": takes("A key of one's own is that of another range.", (text) =>
      text.includes('"key":"1-2"'),
    ),
    "from-at-to-taken": takes("A range of nothing is counted.", (text) => text.includes('"from":2,"to":2')),
    "from-over-to-taken": takes("A range that is written wrong way round counts nothing.", (text) =>
      text.includes('"from":3,"to":2'),
    ),
    "no-ranges-taken": takes("A facet that was computed as empty gives nothing.", (text) =>
      text.includes('"ranges":[]'),
    ),
    "edges-of-text-taken": takes("An edge that is text counts nothing.", (text) => text.includes('"from":"1"')),
    "edges-of-nan-taken": takes("An edge that was computed wrong counts nothing.", (text) => text.includes("NaN")),
    "unknown-members-of-ranges-ignored": takes("A range that is written wrong counts all.", (text) =>
      text.includes("gte"),
    ),
    "limit-beside-ranges-ignored": takes("A limit of ranges never acts.", (text) =>
      text.includes('"limit":2,"ranges"'),
    ),
    "ranges-of-texts": seam.checkFacet(
      "Ranges of titles count nothing, and nobody is told.",
      ({ next }, facet, indexes) => {
        if (!("ranges" in facet && facet.field === "license")) next(facet, indexes)
      },
    ),
    "limit-0-of-facets-taken": takes("A facet of nothing costs as much as one of all.", (text) =>
      text.includes('"limit":0'),
    ),
    "limit-over-1,000-of-facets-taken": takes("A facet without end takes the server down.", (text) =>
      text.includes('"limit":1001'),
    ),
    "fractions-of-limits-taken": takes("A limit of one and a half is one here, and refused there.", (text) =>
      text.includes('"limit":1.5'),
    ),
    "two-facets-of-one-field": takes("Of two facets of one field one is lost.", (text) =>
      text.startsWith('[{"field":"n"},{"field":"n"'),
    ),
  },
  "SEARCH-FACET-09": {
    "disjunctive-ignored": seam.facetFilter(
      "Whoever has chosen one value does not see how many another one would give.",
      (_, _facet, where) => where,
    ),
    "disjunctive-by-default": seam.facetFilter(
      "Numbers beside a filter are not those of the filter.",
      ({ next }, facet, where) => next({ ...facet, disjunctive: true }, where),
    ),
    "disjunctive-leaves-all-filters-out": leavesOut(
      "Numbers beside a filter forget all other filters.",
      () => undefined,
      "Elasticsearch, post_filter: it filters no facet at all",
    ),
    "disjunctive-of-the-filter-alone": leavesOut(
      "Two filters at once take the numbers away.",
      (where, path, self, next) => ("and" in where && !self.isOnly(where, path) ? where : next()),
    ),
    "disjunctive-leaves-or-in": leavesOut(
      "Whoever has chosen two values sees those two alone.",
      (where, _path, _self, next) => ("or" in where ? where : next()),
    ),
    "disjunctive-leaves-not-in": leavesOut(
      "Whoever has left a value out does not see it.",
      (where, _path, _self, next) => ("not" in where ? where : next()),
    ),
    "disjunctive-leaves-mixed-or-out": leavesOut("A rule of two fields is forgotten.", (where, path, _self, next) =>
      "or" in where && asksOf(where, path) ? undefined : next(),
    ),
    "disjunctive-without-words": seam.facetOf(
      "Numbers beside a chosen value do not follow the search box.",
      ({ next }, facet, found, where, indexes) =>
        next(
          facet,
          facet.disjunctive ? indexes.flatMap(({ documents }) => [...documents.values()]) : found,
          where,
          indexes,
        ),
    ),
    "disjunctive-changes-the-hits": seam.result(
      "A list shows what its filter forbids.",
      ({ next, self }, query, standing) => {
        const { facets = [], where } = query
        const [first] = facets.filter(({ disjunctive }) => disjunctive)
        const others = first && where && self.withoutField(where, first.field)
        const result = next(query, standing)
        const { facets: _, where: _filter, ...plain } = query
        return first === undefined
          ? result
          : {
              ...next({ ...plain, ...(others && { where: others }) }, standing),
              ...(result.facets && { facets: result.facets }),
            }
      },
    ),
    "disjunctive-spreads-to-its-neighbours": seam.result(
      "A facet beside a disjunctive one forgets its filter.",
      ({ next }, query, standing) => {
        const { facets = [] } = query
        const isAny = facets.length > 1 && facets.some(({ disjunctive }) => disjunctive)
        return next(
          isAny ? { ...query, facets: facets.map((facet) => ({ ...facet, disjunctive: true })) } : query,
          standing,
        )
      },
    ),
    "disjunctive-ranges-stay": leavesOut("Ranges are filtered by themselves.", (where, path, _self, next) =>
      path === "n" ? where : next(),
    ),
  },
  "SEARCH-FACET-10": {
    "facets-of-absent-fields-are-empty": seam.result(
      "A facet that is written wrong has no values, and nobody is told.",
      ({ next }, query, standing) => {
        const isAbsent = ({ field }: FacetSpec) => standing.every(({ fields }) => !fields.has(field))
        const known = query.facets?.filter((facet) => !isAbsent(facet))
        return next(known === undefined ? query : { ...query, facets: known }, standing)
      },
      "Elasticsearch, terms of a field that is not mapped: no buckets",
    ),
    "facets-of-forms-of-fields": seam.result(
      "A facet that works with one engine is refused by the other.",
      ({ next }, query, standing) => {
        const known = query.facets?.filter(({ field }) => !field.endsWith(".keyword"))
        return next(known === undefined ? query : { ...query, facets: known }, standing)
      },
      "Elasticsearch, dynamic mappings: each text has a form .keyword",
    ),
    "facets-of-nothing-not-looked-up": seam.result(
      "A slip in a facet is noticed on some days alone.",
      ({ next, self }, query, standing) =>
        query.q === "absent" && query.facets !== undefined ? self.noResult(query) : next(query, standing),
    ),
    "first-facet-looked-up": seam.result(
      "A slip in the second facet is never noticed.",
      ({ next }, query, standing) => {
        const [first, ...rest] = query.facets ?? []
        const known = rest.filter(({ field }) => standing.some(({ fields }) => fields.has(field)))
        return next(first === undefined ? query : { ...query, facets: [first, ...known] }, standing)
      },
    ),
  },
  "SEARCH-FACET-11": {
    "counts-on-a-prototype": counts(
      "A value that is called constructor has no number.",
      (result) => result.map(({ count, value }) => ({ value, count: String(value) in {} ? Number.NaN : count })),
      "counts in a plain object: counts[value] ?? 0 is a function",
    ),
    "values-of-members-not-counted": counts("A value that is called constructor is not in the list.", (result) =>
      result.filter(({ value }) => !(String(value) in {})),
    ),
    "proto-not-counted": counts("A value that is called __proto__ is not in the list.", (result) =>
      result.filter(({ value }) => value !== "__proto__"),
    ),
    "facets-of-member-names-lost": seam.result(
      "A facet of a field constructor has no values.",
      ({ next }, query, standing) => {
        const { facets, ...result } = next(query, standing)
        const own = Object.entries(facets ?? {}).filter(([name]) => !(name in {}))
        return { ...result, ...(facets !== undefined && { facets: Object.fromEntries(own) }) }
      },
    ),
  },
  "SEARCH-FACET-12": {
    "facets-of-arrays-under-filters": seam.facetOf(
      "Facets are right by themselves, and wrong under a filter.",
      ({ next, self }, facet, found, where, indexes) => {
        const field = self.fieldOfAll(facet.field, "facetable", indexes)
        const isPlain = (document: (typeof found)[number]) => self.valuesOf(document, field).length < 3
        return next(facet, where === undefined ? found : found.filter(isPlain), where, indexes)
      },
    ),
    "facets-of-half-numbers": seam.facetValue("Two values are shown as one.", ({ next }, field, value) =>
      typeof value === "number" && field.type === "number" && value < 0 ? Math.trunc(value) : next(field, value),
    ),
    "facets-of-false": seam.facetValues(
      "A box that is not ticked counts nothing under a filter.",
      ({ next }, document, field) =>
        next(document, field).filter((value) => value !== false || document.doc["all"] === undefined),
    ),
  },
})
