/**
 * Search: documents under object and id, found by their words. Contract version 1.
 *
 * Implement `ISearchService`, and `ISearchIndexing` where you can; `asSearch` from `@objectos/sdk` makes the full `Search`
 * of it, and `searchContract` from `@objectos/sdk/testing` proves it. The rules, each under the id of its clause in the
 * harness, are in `clauses.ts`; those of every service are in `contracts/foundation/clauses.ts`.
 *
 * - A document is a plain object of JSON data: texts, finite numbers, booleans, null, arrays and plain objects, at most 18
 *   levels deep; a member that is undefined counts as absent. It is copied in and out.
 * - Its fields are the paths of its values: `author.name`. Objects in arrays are flattened: each path has the values of all
 *   of them. An index has at most 400 fields, each of one type; text is searched by word and filters as a whole, too.
 * - A text over 8,191 UTF-16 units neither filters, makes a facet nor sorts; it is searched, and `exists` sees it.
 * - Ids, texts and facet values are ordered by code point.
 *
 * Finer differences of errors are in `details.reason`: INVALID_ARGUMENT of a "field" that the index does not have or that
 * cannot do what is asked, of a "type" that a field does not have, of a "date", of a "cursor"; PRECONDITION_FAILED since a
 * "cursor" has ended, a "definition" cannot be changed, or another "reindex" won.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { ISearchIndexing } from "./indexing.ts"
import type { SearchQuery, SearchResult } from "./query.ts"

export type * from "./indexing.ts"
export type * from "./query.ts"

/** Seed signature (requirement document): a class with these three methods is a search. */
export interface ISearchService {
  /** Stores a document, or replaces the one with its id. A search that begins after it resolved sees it. */
  index(object: string, id: string, doc: Record<string, unknown>): Promise<void>
  /** A missing index gives no hits. */
  search(query: SearchQuery): Promise<SearchResult>
  /** A missing index resolves. */
  deleteIndex(name: string): Promise<void>
}

/** What an implementer writes: the base, and the optional interface. */
export type SearchImplementation = ISearchService & Partial<ISearchIndexing & IHealthCheckable & IClosable>

export interface SearchCapabilities {
  /** All of `ISearchIndexing` but `reindex` and `suggest`, which have capabilities of their own. */
  readonly indexing: boolean
  /** Documents outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store: another process finds what this one indexed. */
  readonly shared: boolean
  readonly phrase: boolean
  readonly fuzzy: boolean
  readonly prefix: boolean
  readonly facets: boolean
  readonly disjunctiveFacets: boolean
  readonly sort: boolean
  readonly cursor: boolean
  readonly highlight: boolean
  readonly suggest: boolean
  readonly reindex: boolean
  readonly synonyms: boolean
  readonly explain: boolean
  readonly native: boolean
  /** `bm25`: scores are those of Lucene, of documents in one index without removed ones. */
  readonly ranking: "bm25" | "engine"
  readonly analyzers: readonly string[]
}

/** The search that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Search extends ISearchService, ISearchIndexing, IHealthCheckable, IClosable {
  readonly capabilities: SearchCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const searchMethods = {
  index: write,
  search: {
    ...read,
    options: {
      cursor: "cursor",
      explain: "explain",
      facets: "facets",
      fuzzy: "fuzzy",
      highlight: "highlight",
      native: "native",
      phrase: "phrase",
      prefix: "prefix",
      sort: "sort",
    },
  },
  deleteIndex: write,
  defineIndex: { ...write, capability: "indexing", options: { synonyms: "synonyms" } },
  listIndexes: { ...read, capability: "indexing" },
  get: { ...read, capability: "indexing" },
  remove: { ...write, capability: "indexing", idempotent: false },
  bulk: { ...write, capability: "indexing", idempotent: ([operations]) => Array.isArray(operations) },
  reindex: { ...write, capability: "reindex", idempotent: false },
  refresh: { ...read, capability: "indexing" },
  suggest: { ...read, capability: "suggest" },
} as const satisfies MethodTable<Omit<Search, keyof IHealthCheckable | keyof IClosable | "capabilities">>
