import { rangeKey } from "../../contracts/search/query-arguments.ts"
import type { FacetResult, FacetSpec } from "../../contracts/search/search.ts"

/** The facets of a result without documents. */
export function noFacets(facets: readonly FacetSpec[] | undefined): Record<string, FacetResult> | undefined {
  if (facets === undefined) return undefined
  const counts = facets.map((facet): [string, FacetResult] => {
    return [facet.field, "ranges" in facet ? facet.ranges.map((range) => ({ value: rangeKey(range), count: 0 })) : []]
  })
  return Object.fromEntries(counts)
}
