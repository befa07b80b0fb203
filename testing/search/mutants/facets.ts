import type { FacetResult, FacetSpec } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

/** The counts of a facet are others. */
function counts(why: string, change: (result: FacetResult, facet: FacetSpec) => FacetResult, source?: string) {
  return seam.facetOf(
    why,
    ({ next }, facet, found, where, indexes) => change(next(facet, found, where, indexes), facet),
    source,
  )
}

/** SEARCH-FACET-01 to 05. */
export const facetsMutants = mutants({
  "SEARCH-FACET-01": {
    "facets-of-all-documents": seam.facetFilter("Numbers beside a list are those of another list.", () => undefined),
    "facets-of-a-page": seam.result(
      "Numbers beside a list are those of its page.",
      ({ next, self }, query, standing) => {
        const result = next(query, standing)
        const { facets = [] } = query
        if (facets.length === 0) return result
        const hits = result.hits.flatMap(({ id, object }) => self.findDocument(object, id) ?? [])
        const own = facets.map((facet) => [facet.field, self.facetOf(facet, hits, undefined, standing)])
        return { ...result, facets: Object.fromEntries(own) }
      },
    ),
    "facets-without-words": seam.result(
      "Numbers beside a list do not follow the search box.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        const { facets } = next({ ...query, q: "" }, standing)
        return facets === undefined ? result : { ...result, facets }
      },
    ),
    "facets-without-hits-are-empty": seam.result(
      "A page that wants numbers alone gets none.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        const none = (query.facets ?? []).map(({ field }) => [field, []])
        return query.limit === 0 && query.facets !== undefined
          ? { ...result, facets: Object.fromEntries(none) }
          : result
      },
    ),
    "first-facet-alone": seam.result("Of several facets one is given.", ({ next }, query, standing) =>
      next(query.facets === undefined ? query : { ...query, facets: query.facets.slice(0, 1) }, standing),
    ),
    "facets-of-words": seam.facetValues(
      "A facet of titles counts the words of titles.",
      ({ next, self }, document, field) =>
        field.type === "text" && field.path === "t"
          ? [...new Set(self.tokensIn(document, field, "standard").map(({ term }) => term))]
          : next(document, field),
      "Elasticsearch, terms of a text field: it counts words",
    ),
  },
  "SEARCH-FACET-02": {
    "facets-in-the-order-of-values": seam.compareFacets(
      "The most frequent value is anywhere.",
      ({ self }, [value], [other]) => self.compareValues(value, other),
    ),
    "rarest-values-first": seam.compareFacets(
      "The most frequent value is the last.",
      ({ self }, [value, count], [other, others]) => count - others || self.compareValues(value, other),
    ),
    "equal-counts-as-they-come": seam.compareFacets(
      "The list of values jumps where counts are equal.",
      (_, [, count], [, others]) => others - count,
    ),
    "equal-counts-by-utf-16": seam.compareFacets(
      "The list of values is another one in each engine.",
      ({ next }, one, other) => {
        if (one[1] !== other[1] || typeof one[0] !== "string") return next(one, other)
        return one[0] < String(other[0]) ? -1 : 1
      },
    ),
    "equal-counts-by-language": seam.compareFacets(
      "The list of values depends on the machine.",
      ({ next }, one, other) =>
        one[1] === other[1] && typeof one[0] === "string"
          ? one[0].localeCompare(String(other[0]), "en")
          : next(one, other),
    ),
    "equal-numbers-by-their-digits": seam.compareFacets(
      "10 comes before 2.",
      ({ next, self }, one, other) =>
        one[1] === other[1] && typeof one[0] === "number"
          ? self.compareTexts(String(one[0]), String(other[0]))
          : next(one, other),
      "Object.keys and JSON: values of facets are texts",
    ),
    "true-before-false": seam.compareFacets("Boxes come in another order in each engine.", ({ next }, one, other) =>
      typeof one[0] === "boolean" && one[1] === other[1] ? next(other, one) : next(one, other),
    ),
  },
  "SEARCH-FACET-03": {
    "facets-without-end": seam.termCounts("A facet of titles sends all of them.", ({ next }, facet, field, values) =>
      next({ ...facet, limit: facet.limit ?? 1000 }, field, values),
    ),
    "facets-of-5": seam.termCounts(
      "A list of values is shorter than in the other engine.",
      ({ next }, facet, field, values) => next({ ...facet, limit: facet.limit ?? 5 }, field, values),
    ),
    "facets-of-100": seam.termCounts(
      "A list of values is longer than in the other engine.",
      ({ next }, facet, field, values) => next({ ...facet, limit: facet.limit ?? 100 }, field, values),
      "Meilisearch, maxValuesPerFacet: 100",
    ),
    "limit-of-facets-ignored": seam.termCounts(
      "A page shows more values than it has room for.",
      ({ next }, { limit: _, ...facet }, field, values) => next(facet, field, values),
    ),
    "facets-cut-before-they-are-ordered": seam.termCounts(
      "The most frequent value is not in the list.",
      ({ next, self }, facet, field, values) => {
        const { limit = 10 } = facet
        const all = next({ ...facet, limit: 100_000 }, field, values)
        const first = all.toSorted((one, other) => self.compareValues(one.value, other.value)).slice(0, limit)
        return all.filter((each) => first.includes(each))
      },
      "Elasticsearch, terms over several shards: each gives its first ones",
    ),
    "facets-of-10-at-most": counts("A list that asks for all values gets ten.", (result) => result.slice(0, 10)),
  },
  "SEARCH-FACET-04": {
    "values-counted-by-how-often": seam.facetValues(
      "A tag that stands twice in a record counts for two.",
      ({ self }, document, field) => self.valuesOf(document, field),
    ),
    "records-without-a-value-counted": seam.facetValues(
      "A list of values has one that nobody gave.",
      ({ next }, document, field) => {
        const values = next(document, field)
        return values.length > 0 || field.type !== "text" ? values : ["null"]
      },
      "Elasticsearch, missing; SQL, GROUP BY: what has no value is a group",
    ),
    "first-values-counted": seam.facetValues("A second tag does not count.", ({ next }, document, field) =>
      next(document, field).slice(0, 1),
    ),
    "empty-texts-not-counted": seam.facetValues(
      "A value that is empty is not in the list.",
      ({ next }, document, field) => next(document, field).filter((value) => value !== ""),
    ),
    "values-in-objects-counted-by-object": seam.facetValues(
      "A record with two lines counts for two.",
      ({ next, self }, document, field) =>
        field.path.includes(".") ? self.valuesOf(document, field) : next(document, field),
    ),
    "ranges-counted-by-value": seam.rangeCounts("A record with two prices counts for two.", ({ next }, facet, values) =>
      next(
        facet,
        values.flatMap((own) => own.map((value) => [value])),
      ),
    ),
    "long-texts-counted": seam.facetValues("A text of pages is a value of a list.", ({ self }, document, field) => [
      ...new Set(self.rawValuesOf(document, field.path).map((value) => self.comparable(field, value))),
    ]),
  },
  "SEARCH-FACET-05": {
    "facets-are-texts": seam.facetValue(
      "A value of a facet matches no filter.",
      ({ next }, field, value) => String(next(field, value)),
      "Meilisearch, facetDistribution: values are keys of an object",
    ),
    "dates-are-milliseconds": seam.facetValue(
      "A day is shown as a long number.",
      (_, _field, value) => value,
      "Elasticsearch, terms of a date: key is epoch milliseconds",
    ),
    "dates-without-milliseconds": seam.facetValue("A date of a facet matches no filter.", ({ next }, field, value) => {
      const shown = next(field, value)
      return field.type === "date" ? String(shown).replace(/\.\d{3}Z$/, "Z") : shown
    }),
    "dates-counted-by-their-text": seam.facetValues("One time is several values.", ({ next, self }, document, field) =>
      field.type === "date"
        ? [...new Set(self.rawValuesOf(document, field.path))].map((text) => self.comparable(field, text))
        : next(document, field),
    ),
    "booleans-are-0-and-1": seam.facetValue(
      "A box of a facet matches no filter.",
      ({ next }, field, value) => (field.type === "boolean" ? Number(value) : next(field, value)),
      "Elasticsearch, terms of a boolean: key is 1 and 0",
    ),
    "keywords-of-digits-are-numbers": seam.facetValue(
      "A code of a facet matches no filter.",
      ({ next }, field, value) =>
        field.type === "keyword" && /^\d+$/.test(String(value)) ? Number(value) : next(field, value),
    ),
    "keywords-of-true-are-booleans": seam.facetValue(
      "A label of a facet matches no filter.",
      ({ next }, field, value) => (field.type === "keyword" && value === "true" ? true : next(field, value)),
    ),
  },
})
