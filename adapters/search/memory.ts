/**
 * Search in this process, over MiniSearch.
 *
 * @example
 * const search = createMemorySearch()
 * await search.index("packages", "lru-cache", { description: "A cache that evicts", license: "ISC" })
 * await search.search({ object: "packages", q: "cache", highlight: true, facets: [{ field: "license" }] })
 */
import MiniSearch from "minisearch"
import { z } from "zod"
import { type AdapterContext, defineAdapter } from "../../contracts/foundation/adapter.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type {
  FacetResult,
  ISearchService,
  Scalar,
  Search,
  SearchCapabilities,
  SearchQuery,
  SearchResult,
} from "../../contracts/search.ts"
import { asSearch } from "../../core/portable/search.ts"
import { clonePlain } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memorySearchOptionsSchema = z.strictObject({})
export type MemorySearchOptions = z.input<typeof memorySearchOptionsSchema>

const CAPABILITIES: SearchCapabilities = {
  indexing: false,
  durable: false,
  shared: false,
  phrase: false,
  fuzzy: false,
  prefix: true,
  facets: true,
  disjunctiveFacets: false,
  sort: false,
  cursor: false,
  highlight: true,
  suggest: false,
  reindex: false,
  synonyms: false,
  ranking: "engine",
  analyzers: [],
}

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemorySearch(options: MemorySearchOptions = {}, context: Partial<AdapterContext> = {}): Search {
  const { clock } = { ...defaultContext("search"), ...context }
  parseOptions(memorySearchOptionsSchema, options, "memory search")
  return asSearch(new MemorySearch(clock), { adapter: "memory", capabilities: CAPABILITIES, clock })
}

export const memorySearch = defineAdapter({
  service: "search",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memorySearchOptionsSchema,
  create: createMemorySearch,
})

class MemorySearch implements ISearchService {
  readonly #indexes = new Map<string, Index>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    const index = this.#indexes.get(object) ?? new Index()
    index.put(id, doc)
    this.#indexes.set(object, index)
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    const { object, q = "", facets, offset = 0, limit = 10, highlight = false } = query
    const start = this.#clock.monotonic()
    const index = this.#indexes.get(object) ?? new Index()
    if (this.#indexes.has(object)) index.check(query)

    const words = wordsOf(q, query.prefix)
    const matches = index.match(query, words)
    const hits = matches.slice(offset, offset + limit).map(({ entry: { id, doc, values }, score }) => ({
      id,
      object,
      score,
      doc: clonePlain(doc),
      ...(highlight && { highlights: highlightsOf(values, index.searched(query), words) }),
    }))
    return {
      hits,
      total: matches.length,
      totalExact: true,
      ...(facets && { facets: Object.fromEntries(facets.map((facet) => [facet.field, countFacet(matches, facet)])) }),
      tookMs: this.#clock.monotonic() - start,
    }
  }

  async deleteIndex(name: string): Promise<void> {
    this.#indexes.delete(name)
  }
}
