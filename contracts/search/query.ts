/** What a search is asked, and what it answers. */

export type Scalar = string | number | boolean

/** A date in a filter is an ISO text: with a zone, or of a day alone, which is its midnight in UTC. */
export type FieldFilter =
  | { field: string; op: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "prefix"; value: Scalar }
  | { field: string; op: "in" | "nin"; value: readonly Scalar[] }
  /** Both ends count. */
  | { field: string; op: "between"; value: readonly [Scalar, Scalar] }
  | { field: string; op: "exists"; value: boolean }

export type FilterNode =
  | { and: readonly FilterNode[] }
  | { or: readonly FilterNode[] }
  | { not: FilterNode }
  | FieldFilter

/** Values of a field, with how many of the documents have each. */
export interface TermsFacet {
  field: string
  /** Values given, the most frequent first. Default 10, at most 1,000. */
  limit?: number | undefined
  /** Whether it leaves filters of its own field out: those in `where`, or in an `and` at its top. Default false. */
  disjunctive?: boolean | undefined
}

/** Ranges of a number field. */
export interface RangeFacet {
  field: string
  /** From `from`, to below `to`. The default key is `5-20`, `*-2` or `2-*`. At most 100. */
  ranges: readonly { from?: number | undefined; to?: number | undefined; key?: string | undefined }[]
  disjunctive?: boolean | undefined
}

export type FacetSpec = TermsFacet | RangeFacet

export interface HighlightSpec {
  /** They must be searchable. Default: the fields that are searched. Those that are not stored are left out. */
  fields?: readonly string[] | undefined
  /** Snippets of each field. Default 3, at most 100; 0 gives the whole text. */
  fragments?: number | undefined
  /** About how many characters a snippet has. Default 160, from 20 to 10,000. */
  fragmentLength?: number | undefined
}

export interface SearchQuery {
  object: string | readonly string[]
  /** Words to look for, each as often as it is said; no character is syntax. Without it, or blank, every document matches. */
  q?: string | undefined
  /**
   * Fields searched, each with a boost on top of its definition's. Default: all that are searchable; of several indexes, those
   * of any, which must make the same words of a text.
   */
  fields?: readonly (string | { field: string; boost: number })[] | undefined
  /** Whether one word of `q` is enough, or all must match, each in any field. Default `or`. */
  operator?: "and" | "or" | undefined
  /** Whether words, or the last one, also match words that begin with them. Default false. */
  prefix?: boolean | "last" | undefined
  /** Edits by which a word may differ; `auto`: none up to 2 characters, 1 up to 5, 2 above. Default 0. */
  fuzzy?: "auto" | 0 | 1 | 2 | undefined
  /** Whether the words must stand side by side, in their order. Default false. */
  phrase?: boolean | undefined
  where?: FilterNode | undefined
  facets?: readonly FacetSpec[] | undefined
  /** Default: by score, the highest first. Equal ones by object, then by id. */
  sort?: readonly { field: string; order?: "asc" | "desc" | undefined }[] | undefined
  /** Default 0. offset and limit together are at most 10,000. */
  offset?: number | undefined
  /** Default 10, at most 1,000. */
  limit?: number | undefined
  /** `*` begins a walk over all that matches, as of now; after it, the `cursor` of the page before. */
  cursor?: string | undefined
  highlight?: boolean | HighlightSpec | undefined
  /** Paths of the fields that `doc` shall have. Default: all that are stored. */
  select?: readonly string[] | undefined
  /** Whether each hit tells how its score came about. Default false. */
  explain?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Members of the request in the adapter's own language. Capability `native`. */
  native?: unknown
}

/** The share of one word in one field in the score of a hit. */
export interface ScorePart {
  term: string
  field: string
  idf: number
  tf: number
  boost: number
  score: number
}

export interface SearchHit {
  id: string
  object: string
  /** 0 where `sort` is given, 1 where `q` is blank. Comparable within one result only. */
  score: number
  doc?: Record<string, unknown>
  /** Field to snippets of HTML, matches in `<mark>`. */
  highlights?: Record<string, string[]>
  explanation?: ScorePart[]
}

/** The most frequent value first, then in the order of values; of ranges, in the order asked. */
export type FacetResult = { value: Scalar; count: number }[]

export interface SearchResult {
  hits: SearchHit[]
  /** Documents that match. */
  total: number
  totalExact: boolean
  /** The query was over the budget of words, and a part of it was left out. */
  truncated?: true
  /** By field, where asked for. */
  facets?: Record<string, FacetResult>
  /** Of a walk: asks for the next page. Absent on the last one. */
  cursor?: string
  tookMs: number
}
