/**
 * Search in this process, on an engine of its own (`memory-engine/`), with the words and the scores of Lucene.
 *
 * @example
 * const search = createMemorySearch()
 * await search.index("packages", "lru-cache", { description: "A cache that evicts", license: "ISC" })
 * await search.search({ object: "packages", q: "cache", highlight: true, facets: [{ field: "license" }] })
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { SEARCH_ANALYZERS } from "../../contracts/search/arguments.ts"
import type { Search, SearchCapabilities } from "../../contracts/search/search.ts"
import { asSearch } from "../../core/search/portable-search.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { MemorySearch } from "./memory-engine/memory-search.ts"

export const memorySearchOptionsSchema = z.strictObject({})
export type MemorySearchOptions = z.input<typeof memorySearchOptionsSchema>
type ParsedOptions = z.output<typeof memorySearchOptionsSchema>

const CAPABILITIES: SearchCapabilities = {
  indexing: true,
  durable: false,
  shared: false,
  phrase: true,
  fuzzy: true,
  prefix: true,
  facets: true,
  disjunctiveFacets: true,
  sort: true,
  cursor: true,
  highlight: true,
  suggest: true,
  reindex: true,
  synonyms: true,
  explain: true,
  native: false,
  ranking: "bm25",
  analyzers: SEARCH_ANALYZERS,
}

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemorySearch(options: MemorySearchOptions = {}, context: Partial<AdapterContext> = {}): Search {
  const parsed = parseOptions(memorySearchOptionsSchema, options, "memory search")
  return openMemorySearch(parsed, { ...defaultContext("search"), ...context })
}

/** Of options that are checked. */
function openMemorySearch(_options: ParsedOptions, { clock }: AdapterContext): Search {
  return asSearch(new MemorySearch(clock), { adapter: "memory", capabilities: CAPABILITIES, clock })
}

export const memorySearch = defineAdapter({
  service: "search",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memorySearchOptionsSchema,
  create: openMemorySearch,
})
