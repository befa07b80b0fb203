import type { SearchCapabilities, SearchImplementation } from "../../contracts/search/search.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { capabilityMutants } from "../families/mutants/capabilities.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { SearchClient } from "./clause.ts"
import { searchContract } from "./contract.ts"
import { bulkSourcesMutants } from "./mutants/bulk-sources.ts"
import { bulksMutants } from "./mutants/bulks.ts"
import { searchCapabilitiesMutants } from "./mutants/capabilities.ts"
import { clientsMutants } from "./mutants/clients.ts"
import { cursorsMutants } from "./mutants/cursors.ts"
import { definitionFieldsMutants } from "./mutants/definition-fields.ts"
import { definitionsMutants } from "./mutants/definitions.ts"
import { documentsMutants } from "./mutants/documents.ts"
import { facetRangesMutants } from "./mutants/facet-ranges.ts"
import { facetsMutants } from "./mutants/facets.ts"
import { faultsMutants } from "./mutants/faults.ts"
import { fieldNamesMutants } from "./mutants/field-names.ts"
import { fieldsMutants } from "./mutants/fields.ts"
import { filterArgumentsMutants } from "./mutants/filter-arguments.ts"
import { filterLimitsMutants } from "./mutants/filter-limits.ts"
import { filterNodesMutants } from "./mutants/filter-nodes.ts"
import { filtersMutants } from "./mutants/filters.ts"
import { fuzzyMutants } from "./mutants/fuzzy.ts"
import { highlightsMutants } from "./mutants/highlights.ts"
import { idsMutants } from "./mutants/ids.ts"
import { indexesMutants } from "./mutants/indexes.ts"
import { matchingMutants } from "./mutants/matching.ts"
import { matchingLimitsMutants } from "./mutants/matching-limits.ts"
import { nearWordsMutants } from "./mutants/near-words.ts"
import { pagingMutants } from "./mutants/paging.ts"
import { phrasesMutants } from "./mutants/phrases.ts"
import { rankingMutants } from "./mutants/ranking.ts"
import { reindexingMutants } from "./mutants/reindexing.ts"
import { reindexingEndsMutants } from "./mutants/reindexing-ends.ts"
import { restartsMutants } from "./mutants/restarts.ts"
import { severalMutants } from "./mutants/several.ts"
import { showingMutants } from "./mutants/showing.ts"
import { sortingMutants } from "./mutants/sorting.ts"
import { suggestingMutants } from "./mutants/suggesting.ts"
import { synonymsMutants } from "./mutants/synonyms.ts"
import { tenantsMutants } from "./mutants/tenants.ts"
import { tokensMutants } from "./mutants/tokens.ts"
import { searchOddities } from "./oddities.ts"
import { searchPins } from "./pins.ts"
import { searchProbes } from "./probes.ts"
import { ReferenceSearch } from "./reference/reference-search.ts"
import { referenceSubject } from "./reference/world.ts"

/** In the order of the contract. */
export const searchMutants: readonly Mutant<typeof ReferenceSearch>[] = Object.freeze([
  ...documentsMutants,
  ...indexesMutants,
  ...idsMutants,
  ...clientsMutants,
  ...fieldsMutants,
  ...fieldNamesMutants,
  ...tokensMutants,
  ...matchingMutants,
  ...matchingLimitsMutants,
  ...phrasesMutants,
  ...nearWordsMutants,
  ...fuzzyMutants,
  ...synonymsMutants,
  ...rankingMutants,
  ...filtersMutants,
  ...filterNodesMutants,
  ...filterLimitsMutants,
  ...filterArgumentsMutants,
  ...facetsMutants,
  ...facetRangesMutants,
  ...sortingMutants,
  ...pagingMutants,
  ...cursorsMutants,
  ...highlightsMutants,
  ...showingMutants,
  ...definitionsMutants,
  ...definitionFieldsMutants,
  ...bulksMutants,
  ...bulkSourcesMutants,
  ...reindexingMutants,
  ...reindexingEndsMutants,
  ...suggestingMutants,
  ...severalMutants,
  ...tenantsMutants,
  ...restartsMutants,
  ...faultsMutants,
  ...searchCapabilitiesMutants,
  ...capabilityMutants(ReferenceSearch, {
    ranges: "SEARCH-CAP-04",
    stable: "SEARCH-CAP-05",
    limit: "analyzers",
    reads: "findIndex",
  }),
  ...foundationMutants(ReferenceSearch, searchProbes, {
    reads: "search",
    stores: "index",
    removes: "remove",
    refuses: "index",
    tells: "search",
  }),
])

/** What proves the search contract. */
export const searchCatalogue: Catalogue<
  typeof ReferenceSearch,
  SearchImplementation,
  SearchClient,
  SearchCapabilities
> = {
  service: "search",
  contract: searchContract,
  reference: ReferenceSearch,
  subjectOf: referenceSubject,
  mutants: searchMutants,
  oddities: searchOddities,
  pins: searchPins,
  matrix: "named",
}
