/**
 * Search: documents under object and id, found by their words. Provisional: the base of the contract, version 1; the
 * full contract, with its clauses, comes with the search work.
 *
 * - index stores a document, or replaces the one with its id. A search that begins after it resolved sees it.
 * - A document is a plain object of strings, finite numbers, booleans, null, and arrays and plain objects of these; a
 *   member that is undefined counts as absent. It is copied in and out.
 * - Its members are the fields, an index has at most 400. Strings, and those in arrays, are searched by word:
 *   provisionally runs of letters, marks, digits and `_`, in lower case. Nested objects are kept and provisionally
 *   not searched.
 * - A missing index gives zero hits; deleteIndex of one resolves.
 * - An empty `q` matches every document; one with text but no word matches none. No text is syntax. Of more than 256
 *   distinct words the first 256 count.
 * - Hits are ordered by score, the highest first, then by id. Ids and facet values are ordered by code point.
 * - Facets count over all matches, exactly; a document counts once for each distinct value. Strings of more than
 *   8,191 characters neither filter nor make a facet.
 * - Highlights are snippets of about 160 characters around matches, as HTML: escaped, with the words in `<mark>`.
 * - An unknown member of a query, or a field the index does not have, rejects INVALID_ARGUMENT.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"

export type Scalar = string | number | boolean

/** Documents with this value in the field; in an array, any element counts. */
export interface EqualFilter {
  field: string
  op: "eq"
  value: Scalar
}

export type FilterNode = EqualFilter | { and: readonly EqualFilter[] }

export interface FacetSpec {
  field: string
  /** Values given, the most frequent first. Default 10, at most 1,000. */
  limit?: number | undefined
}

export interface SearchQuery {
  object: string
  q?: string | undefined
  /** Fields searched, each with its boost. Default: all. */
  fields?: readonly (string | { field: string; boost: number })[] | undefined
  /** Whether one word of `q` is enough, or all must match, each in any field. Default `or`. */
  operator?: "and" | "or" | undefined
  /** Whether words, or the last one, also match words that begin with them. Default false. */
  prefix?: boolean | "last" | undefined
  where?: FilterNode | undefined
  facets?: readonly FacetSpec[] | undefined
  /** Default 0. offset and limit together are at most 10,000, more rejects LIMIT_EXCEEDED. */
  offset?: number | undefined
  /** Default 10, at most 1,000. */
  limit?: number | undefined
  highlight?: boolean | undefined
}

export interface SearchHit {
  id: string
  object: string
  /** Comparable within one result only. */
  score: number
  doc?: Record<string, unknown>
  /** Field to snippets, where asked for. */
  highlights?: Record<string, string[]>
}

/** The most frequent value first, then by value. */
export type FacetResult = { value: string; count: number }[]

export interface SearchResult {
  hits: SearchHit[]
  /** Documents that match. */
  total: number
  totalExact: boolean
  /** By field, where asked for. */
  facets?: Record<string, FacetResult>
  tookMs: number
}

/** Seed signature (requirement document): a class with these three methods is a search. */
export interface ISearchService {
  index(object: string, id: string, doc: Record<string, unknown>): Promise<void>
  search(query: SearchQuery): Promise<SearchResult>
  deleteIndex(name: string): Promise<void>
}

/** What an implementer writes. */
export type SearchImplementation = ISearchService & Partial<IHealthCheckable & IClosable>

export interface SearchCapabilities {
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
  readonly ranking: "bm25" | "engine"
  readonly analyzers: readonly string[]
}

/** The search that users hold: one type, whatever adapter was chosen. */
export interface Search extends ISearchService, IHealthCheckable, IClosable {
  readonly capabilities: SearchCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const searchMethods = {
  index: write,
  search: { ...read, options: { facets: "facets", highlight: "highlight", prefix: "prefix" } },
  deleteIndex: write,
} as const satisfies MethodTable<Omit<Search, keyof IHealthCheckable | keyof IClosable | "capabilities">>
