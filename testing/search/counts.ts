/** What facets count, as clauses compare it, and the documents that several of them count. */
import type { FacetResult, FacetSpec } from "../../contracts/search/search.ts"
import { ask, type Query, type SearchClient } from "./clause.ts"

/** What a facet counts: values with their counts, in their order. */
export async function countsOf(
  search: SearchClient,
  facet: FacetSpec,
  query: Query = {},
): Promise<(readonly unknown[])[]> {
  const { facets } = await ask(search, { ...query, facets: [facet] })
  return pairsOf(facets?.[facet.field])
}

/** Values with their counts. */
export function pairsOf(facet: FacetResult | undefined): (readonly unknown[])[] {
  return (facet ?? []).map(({ count, value }) => [value, count])
}

export const PACKAGES = {
  a: { t: "fast cache", license: "MIT", n: 1, tags: ["x", "y"] },
  b: { t: "fast queue", license: "MIT", n: 5, tags: ["y"] },
  c: { t: "slow cache", license: "ISC", n: 20, tags: [] },
  d: { t: "fast cache", license: "BSD", n: 5.5 },
  e: { t: "other", license: "ISC", n: 19.5, tags: ["z", "y"] },
}
