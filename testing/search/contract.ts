import { clientFamily, idsOf, nameFamily } from "../../contracts/foundation/families.ts"
import { searchSentences } from "../../contracts/search/clauses.ts"
import { type SearchCapabilities, searchMethods } from "../../contracts/search/search.ts"
import { type Clause, type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { clientClauses } from "../families/clients.ts"
import { nameClauses } from "../families/names.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { searchCapabilityRanges, searchInterfaces } from "./capabilities.ts"
import type { SearchClient } from "./clause.ts"
import { bulksClauses } from "./clauses/bulks.ts"
import { capabilitiesClauses } from "./clauses/capabilities.ts"
import { cursorsClauses } from "./clauses/cursors.ts"
import { definitionsClauses } from "./clauses/definitions.ts"
import { documentsClauses } from "./clauses/documents.ts"
import { facetRangesClauses } from "./clauses/facet-ranges.ts"
import { facetsClauses } from "./clauses/facets.ts"
import { faultsClauses } from "./clauses/faults.ts"
import { fieldsClauses } from "./clauses/fields.ts"
import { filterLimitsClauses } from "./clauses/filter-limits.ts"
import { filtersClauses } from "./clauses/filters.ts"
import { highlightsClauses } from "./clauses/highlights.ts"
import { indexesClauses } from "./clauses/indexes.ts"
import { matchingClauses } from "./clauses/matching.ts"
import { nearWordsClauses } from "./clauses/near-words.ts"
import { pagingClauses } from "./clauses/paging.ts"
import { phrasesClauses } from "./clauses/phrases.ts"
import { rankingClauses } from "./clauses/ranking.ts"
import { reindexingClauses } from "./clauses/reindexing.ts"
import { restartsClauses } from "./clauses/restarts.ts"
import { severalClauses } from "./clauses/several.ts"
import { showingClauses } from "./clauses/showing.ts"
import { sortingClauses } from "./clauses/sorting.ts"
import { suggestingClauses } from "./clauses/suggesting.ts"
import { synonymsClauses } from "./clauses/synonyms.ts"
import { tenantsClauses } from "./clauses/tenants.ts"
import { tokensClauses } from "./clauses/tokens.ts"
import { searchIdProbes, searchProbes } from "./probes.ts"

const families = [
  ...nameClauses<SearchClient, SearchCapabilities>({
    sentences: searchSentences,
    ids: idsOf(nameFamily, "SEARCH-ID"),
    probes: searchIdProbes,
  }),
  ...clientClauses<SearchClient, SearchCapabilities>({
    sentences: searchSentences,
    ids: idsOf(clientFamily, "SEARCH-CLIENT"),
    probes: searchIdProbes,
  }),
]

/** A search that has three methods alone can neither read nor remove by an id. */
const withIndexing = families.map((each): Clause<SearchClient, SearchCapabilities> => {
  return { ...each, needs: ["indexing", ...(each.needs ?? [])] }
})

/** Every clause of the search contract, and those that all services share. */
export const searchContract: Contract<SearchClient, SearchCapabilities> = defineContract({
  service: "search",
  version: 1,
  methods: searchMethods,
  sentences: searchSentences,
  required: ["index", "search", "deleteIndex"],
  defaultCapabilities: {
    indexing: false,
    durable: false,
    shared: false,
    phrase: false,
    fuzzy: false,
    prefix: false,
    facets: false,
    disjunctiveFacets: false,
    sort: false,
    cursor: false,
    highlight: false,
    suggest: false,
    reindex: false,
    synonyms: false,
    explain: false,
    native: false,
    ranking: "engine",
    analyzers: [],
  },
  isolation: {
    fill: (search) => search.index("apart", "1", { t: "text" }),
    isEmpty: async (search) => (await search.search({ object: "apart" })).total === 0,
  },
  clauses: [
    ...documentsClauses,
    ...indexesClauses,
    ...fieldsClauses,
    ...tokensClauses,
    ...matchingClauses,
    ...phrasesClauses,
    ...nearWordsClauses,
    ...synonymsClauses,
    ...rankingClauses,
    ...filtersClauses,
    ...filterLimitsClauses,
    ...facetsClauses,
    ...facetRangesClauses,
    ...sortingClauses,
    ...pagingClauses,
    ...cursorsClauses,
    ...highlightsClauses,
    ...showingClauses,
    ...definitionsClauses,
    ...bulksClauses,
    ...reindexingClauses,
    ...suggestingClauses,
    ...severalClauses,
    ...tenantsClauses,
    ...withIndexing,
    ...restartsClauses,
    ...faultsClauses,
    ...capabilitiesClauses,
    ...capabilityClauses<SearchClient, SearchCapabilities>({
      sentences: searchSentences,
      probes: searchProbes,
      methods: searchMethods,
      interfaces: searchInterfaces,
      ranges: { id: "SEARCH-CAP-04", of: searchCapabilityRanges },
      stable: { id: "SEARCH-CAP-05" },
    }),
    ...foundationClauses(searchProbes),
  ],
})
