/** A query whose fields, types and words are known: what an adapter runs. `planQuery` makes it. */
import type { Scalar } from "../../contracts/search/search.ts"
import type { Field } from "./fields.ts"

export interface QueryPlan {
  /** `all`: `q` is blank. `none`: it has no word. */
  readonly match: "all" | "none" | "terms" | "phrase"
  /** Whether one term is enough, or all must match. */
  readonly operator: "and" | "or"
  readonly terms: readonly PlannedTerm[]
  /** Of `match: "phrase"`: one of them must match. */
  readonly phrases: readonly FieldPhrase[]
  readonly where: PlannedFilter | undefined
  readonly facets: readonly PlannedFacet[]
  readonly sort: readonly PlannedSort[]
  readonly truncated: boolean
}

/** A word of the query: one of its fields must match. The score is the sum of those that do. */
export interface PlannedTerm {
  readonly fields: readonly FieldTerm[]
}

/** A word in one field. Its score is the sum of the matching alternatives and expansions. */
export interface FieldTerm {
  readonly field: Field
  /** That of the field, times that of the query, times how often the query says the word. */
  readonly boost: number
  /** The word as the field's analyzer makes it, then its synonyms; empty where it drops the word. More than one word: a phrase. */
  readonly alternatives: readonly (readonly PhraseWord[])[]
  /** Among the words of the field's plain form. */
  readonly expansion: Expansion | undefined
}

export interface PhraseWord {
  readonly term: string
  /** Relative to the first one. */
  readonly position: number
}

export interface FieldPhrase {
  readonly field: Field
  readonly boost: number
  readonly words: readonly PhraseWord[]
}

export interface Expansion {
  /** The word as it stands in the plain form of the field: `plainAnalyzerOf(field)`. */
  readonly word: string
  /** Documents with a word that begins with it score PREFIX_SCORE times the boost. */
  readonly prefix: boolean
  /**
   * Documents with a word of at most as many edits (a transposition is one) score FUZZY_SCORE times the boost, and where
   * two are allowed, once more with a word of at most one.
   */
  readonly edits: 0 | 1 | 2
  /** Words at most, the nearest first, then by code point. */
  readonly limit: number
}

/** An exact match has the score of its prefix and of its fuzzy match too, so it outranks both. */
export const PREFIX_SCORE = 1
export const FUZZY_SCORE = 0.1

/** Dates are epoch milliseconds. A `ne` is a `not` of `eq`, a `nin` of `in`, a `between` a range. */
export type PlannedFilter =
  | { readonly kind: "and"; readonly nodes: readonly PlannedFilter[] }
  | { readonly kind: "or"; readonly nodes: readonly PlannedFilter[] }
  | { readonly kind: "not"; readonly node: PlannedFilter }
  | { readonly kind: "in"; readonly field: Field; readonly values: readonly Scalar[] }
  | { readonly kind: "prefix"; readonly field: Field; readonly value: string }
  | { readonly kind: "exists"; readonly field: Field }
  | { readonly kind: "range"; readonly field: Field; readonly range: Range }

export interface Range {
  readonly gt?: number | string
  readonly gte?: number | string
  readonly lt?: number | string
  readonly lte?: number | string
}

export interface PlannedFacet {
  readonly field: Field
  /** The filter under which it counts: that of the query, or without those of its field. */
  readonly where: PlannedFilter | undefined
  readonly limit: number
  /** Of a facet of ranges. */
  readonly ranges: readonly PlannedRange[] | undefined
}

export interface PlannedRange {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly key: string
}

export interface PlannedSort {
  readonly field: Field
  readonly descending: boolean
}
