/**
 * Search in Elasticsearch 8 or 9. Needs the package `@elastic/elasticsearch`, 8.19 or 9.
 *
 * @example
 * const search = createElasticsearchSearch({ nodes: ["https://search.example:9200"], apiKey: process.env.ELASTIC_KEY })
 * await search.index("packages", "lru-cache", { description: "A cache that evicts", license: "ISC" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Search } from "../../contracts/search/search.ts"
import { asSearch } from "../../core/search/portable-search.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { ElasticsearchSearch, mapError } from "./elasticsearch-engine/elasticsearch-search.ts"
import { loadClient } from "./elasticsearch-engine/library.ts"
import {
  CAPABILITIES,
  type ElasticsearchSearchOptions,
  elasticsearchOptionsFromUrl,
  elasticsearchOptionsSchema,
  type ParsedOptions,
} from "./elasticsearch-engine/options.ts"

export type { ElasticsearchSearchOptions } from "./elasticsearch-engine/options.ts"

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createElasticsearchSearch(
  options: ElasticsearchSearchOptions = {},
  context: Partial<AdapterContext> = {},
): Search {
  return openElasticsearchSearch(parseOptions(elasticsearchOptionsSchema, options, "elasticsearch search"), {
    ...defaultContext("search"),
    ...context,
  })
}

/** Of options that are checked. */
function openElasticsearchSearch(options: ParsedOptions, context: AdapterContext): Search {
  return asSearch(new ElasticsearchSearch(options, context), {
    adapter: "elasticsearch",
    capabilities: CAPABILITIES,
    clock: context.clock,
    mapError,
  })
}

export const elasticsearchSearch = defineAdapter({
  service: "search",
  name: "elasticsearch",
  contractVersion: 1,
  schemes: ["elasticsearch+http", "elasticsearch+https"],
  optionsSchema: elasticsearchOptionsSchema,
  fromUrl: elasticsearchOptionsFromUrl,
  peers: { "@elastic/elasticsearch": "^8.19.0 || ^9.0.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    await loadClient()
    return openElasticsearchSearch(options, context)
  },
})
