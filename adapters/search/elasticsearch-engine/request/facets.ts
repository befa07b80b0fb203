import type { FacetResult, FieldType, Scalar } from "../../../../contracts/search/search.ts"
import type { PlannedFacet, PlannedFilter } from "../../../../core/search/for-adapters.ts"
import { valueName } from "./field-names.ts"
import { filterQuery } from "./filters.ts"

/** Each of several indexes gives so many values, so that the sums are exact unless there are more. */
const MANY = 10_000

type Aggregation = Readonly<Record<string, unknown>>

interface Bucket {
  readonly key: string | number
  readonly doc_count: number
}

/** What the server answers to one aggregation: within a filter, where it has one of its own. */
export interface FacetAnswer {
  readonly buckets?: readonly Bucket[]
  readonly sum_other_doc_count?: number
  readonly doc_count_error_upper_bound?: number
  readonly facet?: FacetAnswer
}

/** Facets are `f0`, `f1`, …: a path may have any character. `apart`: the filter of the query is not around them. `several`: of several indexes. */
export function facetRequests(
  facets: readonly PlannedFacet[],
  { apart, several }: { readonly apart: boolean; readonly several: boolean },
): Record<string, Aggregation> {
  return Object.fromEntries(
    facets.map((facet, index) => {
      const counted = countRequest(facet, several)
      return [`f${index}`, apart ? within(facet.where, counted) : counted]
    }),
  )
}

function within(where: PlannedFilter | undefined, facet: Aggregation): Aggregation {
  return { filter: where === undefined ? { match_all: {} } : filterQuery(where), aggs: { facet } }
}

function countRequest({ field, limit, ranges }: PlannedFacet, several: boolean): Aggregation {
  const name = valueName(field)
  if (ranges === undefined) {
    const order = [{ _count: "desc" }, { _key: "asc" }]
    return { terms: { field: name, size: limit, order, ...(several && { shard_size: MANY }) } }
  }
  // The server gives ranges in an order of its own, and takes those of one key for one.
  const keyed = ranges.map(({ from, to }, index) => ({
    key: `r${index}`,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }))
  return { range: { field: name, ranges: keyed } }
}

export function facetResults(
  facets: readonly PlannedFacet[],
  answers: Readonly<Record<string, FacetAnswer>>,
): Record<string, FacetResult> {
  const results = facets.map((facet, index): [string, FacetResult] => {
    const answer = answers[`f${index}`]
    const buckets = answer?.facet?.buckets ?? answer?.buckets ?? []
    return [facet.field.path, countResult(facet, buckets)]
  })
  return Object.fromEntries(results)
}

function countResult({ field, ranges }: PlannedFacet, buckets: readonly Bucket[]): FacetResult {
  if (ranges === undefined) {
    return buckets.map(({ doc_count, key }) => ({ value: facetValue(field.type, key), count: doc_count }))
  }
  const counts = new Map(buckets.map(({ doc_count, key }) => [key, doc_count]))
  return ranges.map(({ key }, index) => ({ value: key, count: counts.get(`r${index}`) ?? 0 }))
}

function facetValue(type: FieldType, key: string | number): Scalar {
  if (type === "boolean") return key === 1
  return type === "date" ? new Date(Number(key)).toISOString() : key
}
