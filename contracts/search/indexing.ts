/** Indexes and their documents. Capability `indexing`. */
import type { ErrorCode } from "../foundation/errors.ts"

export type FieldType = "text" | "keyword" | "number" | "boolean" | "date"

/**
 * How text becomes words: `standard` by the rules of Unicode in lower case, `folding` without accents too, `english`
 * without stop words and endings, `cjk` in pairs of characters, `keyword` not at all.
 */
export type AnalyzerName = "standard" | "keyword" | "folding" | "english" | "cjk"

export interface FieldDefinition {
  type: FieldType
  /** Of a text. Default `standard`. */
  analyzer?: AnalyzerName | undefined
  /** Factor of its scores. Default 1. */
  boost?: number | undefined
  /** Whether a search looks into it. Default true for text and keyword; others cannot. */
  searchable?: boolean | undefined
  /** Default true, as the next three. */
  filterable?: boolean | undefined
  facetable?: boolean | undefined
  sortable?: boolean | undefined
  /** Whether hits and `get` show it. */
  stored?: boolean | undefined
}

export interface IndexDefinition {
  name: string
  /** By path: `author.name` is the member of a nested object. */
  fields: Readonly<Record<string, FieldDefinition>>
  /** Groups of words, or of phrases, that stand for each other in a query. */
  synonyms?: readonly (readonly string[])[] | undefined
}

export interface IndexInfo {
  name: string
  documents: number
  fields: Record<string, FieldType>
}

export type BulkOperation =
  | { op: "index"; object: string; id: string; doc: Record<string, unknown> }
  | { op: "remove"; object: string; id: string }

export interface BulkItem {
  object: string
  id: string
  /** Absent where it was done. */
  error?: { code: ErrorCode; message: string }
}

export interface BulkResult {
  /** One for each operation, in their order. */
  items: BulkItem[]
  failed: number
}

export interface ReindexDocument {
  id: string
  doc: Record<string, unknown>
  /** Of several with one id that with the highest stays, else the last. */
  revision?: number | undefined
}

export interface ReindexReport {
  /** Documents that the rebuilt index took from the source. */
  documents: number
  tookMs: number
}

export interface SuggestQuery {
  object: string
  /** Its last word is completed. */
  text: string
  /** Default: all that are searchable. */
  fields?: readonly string[] | undefined
  /** Default 5, at most 100. */
  limit?: number | undefined
  signal?: AbortSignal | undefined
}

export interface Suggestion {
  /** The text with its last word completed. */
  text: string
  /** The word that completes it. */
  word: string
}

export interface ISearchIndexing {
  /** The same again changes nothing; one with more fields, other boosts or synonyms is taken. */
  defineIndex(definition: IndexDefinition): Promise<void>
  /** In the order of their names. */
  listIndexes(): Promise<IndexInfo[]>
  /** @returns Undefined where the document, or its index, is not there. */
  get(object: string, id: string): Promise<Record<string, unknown> | undefined>
  /** @returns Whether the document was there. */
  remove(object: string, id: string): Promise<boolean>
  /** Does each by itself, in their order; resolves once searches see all of them. */
  bulk(operations: Iterable<BulkOperation> | AsyncIterable<BulkOperation>): Promise<BulkResult>
  /**
   * Builds the index anew while it serves, from a source or from the documents it has, and puts the new one in its place.
   * Writes made meanwhile are kept. A source that fails leaves the old one.
   */
  reindex(object: string, source?: Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>): Promise<ReindexReport>
  /** Resolves once searches see all that was written. Without a name: in every index. */
  refresh(object?: string): Promise<void>
  /** Words of documents that begin with the last word of a text. Capability `suggest`. */
  suggest(query: SuggestQuery): Promise<Suggestion[]>
}
