import type { FacetSpec, IndexDefinition, Search, SearchQuery } from "../../contracts/search/search.ts"
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
  let defining: Promise<void> | undefined
  let defined = definitions.length === 0
  const define = async () => {
    try {
      await Promise.all(definitions.map((definition) => search.defineIndex(definition)))
      defined = true
    } finally {
      defining = undefined
    }
  }
  const ensure = () => {
    defining ??= define()
    return defining
  }
  return wrap(
    search,
    async ({ args, method }, next) => {
      if (!defined) await ensure()
      return method === "search" ? next([asked(args[0] as SearchQuery, layers)]) : next()
    },
    {
      keepsContract: true,
      async connect(next) {
        await next()
        if (!defined) await ensure()
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
