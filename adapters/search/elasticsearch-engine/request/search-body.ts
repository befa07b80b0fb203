import type { HighlightSpec, SearchQuery } from "../../../../contracts/search/search.ts"
import type { Field, QueryPlan } from "../../../../core/search/for-adapters.ts"
import { facetRequests } from "./facets.ts"
import { filterQuery } from "./filters.ts"
import { highlightRequest } from "./highlights.ts"
import { sortRequest } from "./sorts.ts"
import { type SearchedIn, wordsQuery } from "./words.ts"

export interface SearchParts {
  readonly plan: QueryPlan
  readonly query: SearchQuery
  /** Fields whose matches are marked. */
  readonly highlighted: readonly Field[]
  readonly searchedIn: SearchedIn
  /** Of a walk. */
  readonly walk?:
    | { readonly snapshot: string; readonly keepAlive: string; readonly after: readonly unknown[] }
    | undefined
}

/** A query as the body of a search request. Elasticsearch and OpenSearch share it. */
export function searchBody({ highlighted, plan, query, searchedIn, walk }: SearchParts): Record<string, unknown> {
  const { explain = false, highlight, limit = 10, native, object, offset = 0, select } = query
  const several = Array.isArray(object) && object.length > 1
  const apart = isApart(plan)
  const words = wordsQuery(plan, searchedIn)
  const hasMarks = highlighted.length > 0 && (plan.match === "terms" || plan.match === "phrase")
  return {
    query: scored(plan, words, apart),
    ...(apart && plan.where !== undefined && { post_filter: filterQuery(plan.where) }),
    sort: sortRequest(plan),
    track_total_hits: true,
    ...(plan.facets.length > 0 && { aggs: facetRequests(plan.facets, { apart, several }) }),
    ...(hasMarks && { highlight: highlightRequest(highlighted, specOf(highlight), words) }),
    ...(explain && { explain: true }),
    ...(select?.length === 0 && { _source: false }),
    ...(native as object | undefined),
    ...(walk === undefined ? { from: offset, size: limit } : walkMembers(walk, limit)),
  }
}

/** One more than asked for tells whether there is a next page. */
function walkMembers({ after, keepAlive, snapshot }: NonNullable<SearchParts["walk"]>, limit: number): object {
  return {
    size: limit + 1,
    pit: { id: snapshot, keep_alive: keepAlive },
    ...(after.length > 0 && { search_after: after }),
  }
}

function specOf(highlight: SearchQuery["highlight"]): HighlightSpec {
  return typeof highlight === "object" ? highlight : {}
}

/** Whether a facet counts under another filter than that of the query, which then filters the hits alone. */
function isApart({ facets, where }: QueryPlan): boolean {
  return facets.some((facet) => facet.where !== where)
}

function scored({ match, where }: QueryPlan, words: object, apart: boolean): object {
  if (where === undefined || apart) return words
  const filter = filterQuery(where)
  return match === "all" ? { constant_score: { filter } } : { bool: { must: [words], filter: [filter] } }
}
