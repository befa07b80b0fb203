import {
  SEARCH_MAX_WINDOW,
  type Search,
  type SearchCapabilities,
  type SearchImplementation,
  type SearchQuery,
  type SearchResult,
  searchDocumentIssue,
  searchIdIssue,
  searchMethods,
  searchNameIssue,
  searchQueryIssue,
} from "../../contracts/search.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"

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
  return new PortableSearch(implementation, options)
}

class PortableSearch extends Portable<SearchImplementation> implements Search {
  readonly capabilities: SearchCapabilities

  constructor(implementation: SearchImplementation, options: AsSearchOptions) {
    super("search", implementation, options, {
      methods: searchMethods,
      rebuild: (other) =>
        new PortableSearch(other as SearchImplementation, {
          ...options,
          adapter: this.adapter,
          capabilities: this.capabilities,
        }),
    })
    this.capabilities = Object.freeze({
      ...MODEST,
      ...(implementation as { capabilities?: SearchCapabilities }).capabilities,
      ...options.capabilities,
    })
  }

  index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    const issue = () => searchNameIssue(object) ?? searchIdIssue(id) ?? searchDocumentIssue(doc)
    return this.#checked("index", issue, () => this.implementation.index(object, id, doc))
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return this.#checked(
      "search",
      () => searchQueryIssue(query),
      () => {
        this.#checkSupport(query)
        return this.implementation.search(query)
      },
    )
  }

  deleteIndex(name: string): Promise<void> {
    return this.#checked(
      "deleteIndex",
      () => searchNameIssue(name),
      () => this.implementation.deleteIndex(name),
    )
  }

  protected probe(): Promise<unknown> {
    return this.implementation.search({ object: "health", limit: 1 })
  }

  protected async metrics(): Promise<Record<string, number>> {
    return {}
  }

  #checkSupport({ facets, highlight, limit = 10, offset = 0, prefix }: SearchQuery): void {
    const asked = { facets: facets !== undefined, highlight: highlight === true, prefix: Boolean(prefix) }
    for (const feature of ["facets", "highlight", "prefix"] as const) {
      if (!asked[feature] || this.capabilities[feature]) continue
      throw this.error("search", "UNSUPPORTED", `${this.adapter} does not offer ${feature}.`)
    }
    if (offset + limit <= SEARCH_MAX_WINDOW) return
    throw this.error("search", "LIMIT_EXCEEDED", `offset and limit together are at most ${SEARCH_MAX_WINDOW}.`)
  }

  #checked<T>(operation: string, check: () => string | undefined, run: () => Promise<T>): Promise<T> {
    return this.guard(operation, () => {
      const issue = check()
      return issue === undefined ? run() : this.refuse(operation, "INVALID_ARGUMENT", issue)
    })
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
