import {
  SEARCH_MAX_WINDOW,
  searchDocumentIssue,
  searchIdIssue,
  searchNameIssue,
  searchQueryIssue,
} from "../../contracts/search/arguments.ts"
import {
  type Search,
  type SearchCapabilities,
  type SearchImplementation,
  type SearchQuery,
  type SearchResult,
  searchMethods,
} from "../../contracts/search/search.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"

export interface AsSearchOptions extends PortableOptions {
  /** What the implementation can do. Default: the most modest. */
  capabilities?: Partial<SearchCapabilities> | undefined
}

/**
 * The full `Search` over any implementation of `ISearchService`.
 *
 * Adds argument checks, CLOSED after close, error mapping and bounded health. Queries for what the capabilities do not
 * name reject UNSUPPORTED. A `Search` is returned as it is.
 *
 * @example
 * const search = asSearch(new MySearch(), { capabilities: { facets: true } })
 * await search.search({ object: "packages", q: "cache", facets: [{ field: "license" }] })
 */
export function asSearch(implementation: SearchImplementation, options: AsSearchOptions = {}): Search {
  if (portableInfo(implementation) !== undefined) return implementation as Search
  const capabilities = declared(MODEST, implementation, options.capabilities)
  return new PortableSearch(baseOf("search", implementation, searchMethods, options), capabilities)
}

class PortableSearch extends Portable<SearchImplementation> implements Search {
  readonly capabilities: SearchCapabilities

  constructor(base: Base<SearchImplementation>, capabilities: SearchCapabilities) {
    super(base)
    this.capabilities = capabilities
  }

  index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    return this.call("index", [object, id, doc])
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return this.call("search", [query])
  }

  deleteIndex(name: string): Promise<void> {
    return this.call("deleteIndex", [name])
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    const [first, id, doc] = args
    if (method === "search") return searchQueryIssue(first) ?? windowRefusal(first as SearchQuery) ?? [first]
    const issue = searchNameIssue(first)
    if (issue !== undefined || method !== "index") return issue ?? args
    return searchIdIssue(id) ?? searchDocumentIssue(doc) ?? args
  }

  protected probe(): Promise<unknown> {
    return this.implementation.search({ object: "health", limit: 1 })
  }

  protected sibling(base: Base<SearchImplementation>): Search {
    return new PortableSearch(base, this.capabilities)
  }
}

function windowRefusal({ limit = 10, offset = 0 }: SearchQuery): Refusal | undefined {
  if (offset + limit <= SEARCH_MAX_WINDOW) return undefined
  return {
    code: "LIMIT_EXCEEDED",
    message: `The sum of offset and limit must be at most ${SEARCH_MAX_WINDOW}; got ${offset + limit}.`,
  }
}

const MODEST: SearchCapabilities = {
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
  ranking: "engine",
  analyzers: [],
}
