import {
  type BulkOperation,
  type BulkResult,
  type IndexDefinition,
  type IndexInfo,
  type ReindexDocument,
  type ReindexReport,
  type Search,
  type SearchCapabilities,
  type SearchImplementation,
  type SearchQuery,
  type SearchResult,
  type Suggestion,
  type SuggestQuery,
  searchMethods,
} from "../../contracts/search/search.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable } from "../foundation/portable.ts"
import { isArguments, type Refusal } from "../foundation/refusal.ts"
import { checkArguments } from "./check-arguments.ts"

export interface AsSearchOptions extends PortableOptions {
  /** What the implementation can do. Default: its interfaces told from the methods it has, else the most modest. */
  capabilities?: Partial<SearchCapabilities> | undefined
}

/**
 * The full `Search` over any implementation of `ISearchService`.
 *
 * Adds argument checks, CLOSED after close, error mapping and bounded health. Queries for what the capabilities do not
 * name reject UNSUPPORTED, and so do optional methods that it lacks. A `Search` is returned as it is.
 *
 * @example
 * const search = asSearch(new MySearch(), { capabilities: { facets: true } })
 * await search.search({ object: "packages", q: "cache", facets: [{ field: "license" }] })
 */
export function asSearch(implementation: SearchImplementation, options: AsSearchOptions = {}): Search {
  if (portableInfo(implementation) !== undefined) return implementation as Search
  const capabilities = declared(toldFromMethods(implementation), implementation, options.capabilities)
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

  defineIndex(definition: IndexDefinition): Promise<void> {
    return this.call("defineIndex", [definition])
  }

  listIndexes(): Promise<IndexInfo[]> {
    return this.call("listIndexes", [])
  }

  get(object: string, id: string): Promise<Record<string, unknown> | undefined> {
    return this.call("get", [object, id])
  }

  remove(object: string, id: string): Promise<boolean> {
    return this.call("remove", [object, id])
  }

  bulk(operations: Iterable<BulkOperation> | AsyncIterable<BulkOperation>): Promise<BulkResult> {
    return this.call("bulk", [operations])
  }

  reindex(object: string, source?: Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>): Promise<ReindexReport> {
    return this.call("reindex", [object, source])
  }

  refresh(object?: string): Promise<void> {
    return this.call("refresh", [object])
  }

  suggest(query: SuggestQuery): Promise<Suggestion[]> {
    return this.call("suggest", [query])
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    const admitted = checkArguments(method, args)
    return isArguments(admitted) ? (lacking(method, admitted, this.capabilities) ?? admitted) : admitted
  }

  protected probe(): Promise<unknown> {
    return this.implementation.search({ object: "health", limit: 1 })
  }

  protected sibling(base: Base<SearchImplementation>): Search {
    return new PortableSearch(base, this.capabilities)
  }
}

/** What capabilities say of a part of an argument. */
function lacking(method: string, [first]: readonly unknown[], capabilities: SearchCapabilities): Refusal | undefined {
  if (method === "search") {
    const { facets = [] } = first as SearchQuery
    const asks = facets.some(({ disjunctive }) => disjunctive === true)
    return asks && capabilities.facets && !capabilities.disjunctiveFacets
      ? unsupported("disjunctive facets")
      : undefined
  }
  if (method !== "defineIndex") return undefined
  const asked = Object.values((first as IndexDefinition).fields).map(({ analyzer = "standard" }) => analyzer)
  const missing = asked.find((analyzer) => analyzer !== "standard" && !capabilities.analyzers.includes(analyzer))
  return missing && unsupported(`the analyzer ${missing}`)
}

function unsupported(what: string): Refusal {
  return { code: "UNSUPPORTED", message: `This search does not offer ${what}.` }
}

function toldFromMethods({
  bulk,
  defineIndex,
  get,
  listIndexes,
  refresh,
  reindex,
  remove,
  suggest,
}: SearchImplementation) {
  const indexing = [bulk, defineIndex, get, listIndexes, refresh, remove]
  return {
    ...MODEST,
    indexing: indexing.every((method) => method !== undefined),
    reindex: reindex !== undefined,
    suggest: suggest !== undefined,
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
  explain: false,
  native: false,
  ranking: "engine",
  analyzers: [],
}
