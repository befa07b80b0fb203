import type { FacetSpec, IndexDefinition, Search, SearchQuery } from "../../contracts/search/search.ts"
import { Preparation } from "../foundation/preparation.ts"
import { wrap } from "../foundation/wrap.ts"

/** What a document puts around the search of the adapter. */
export interface SearchLayers {
  readonly definitions: readonly IndexDefinition[]
  /** By field, of facets that say none. */
  readonly facetLimits: ReadonlyMap<string, number>
  /** Queries that do not say `fuzzy` are `auto`. */
  readonly isFuzzy: boolean
}

/** Puts around the search of the adapter what its document asks for. */
export function composeSearch(search: Search, layers: SearchLayers): Search {
  const { definitions } = layers
  const define = () => Promise.all(definitions.map((definition) => search.defineIndex(definition)))
  const indexes = new Preparation(define, definitions.length === 0)
  return wrap(
    search,
    async ({ args, method }, next) => {
      if (!indexes.isDone) await indexes.run()
      return method === "search" ? next([asked(args[0] as SearchQuery, layers)]) : next()
    },
    {
      keepsContract: true,
      async connect(next) {
        await next()
        if (!indexes.isDone) await indexes.run()
      },
    },
  )
}

function asked(query: SearchQuery, { facetLimits, isFuzzy }: SearchLayers): SearchQuery {
  const { facets, fuzzy, phrase = false } = query
  const limited = (facet: FacetSpec): FacetSpec => {
    const limit = facetLimits.get(facet.field)
    return "ranges" in facet || limit === undefined ? facet : { ...facet, limit: facet.limit ?? limit }
  }
  return {
    ...query,
    ...(facets !== undefined && { facets: facets.map(limited) }),
    ...(isFuzzy && !phrase && { fuzzy: fuzzy ?? "auto" }),
  }
}
