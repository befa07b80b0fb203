import type { AnalyzerName } from "../../../../contracts/search/search.ts"
import type { Postings } from "./postings.ts"
import type { SortedTerms } from "./sorted-terms.ts"

export type TokenSink = (term: string, start: number, end: number, position: number) => void

/** What makes words of a text. It tells of each token in order. */
export interface TextAnalyzer {
  analyze(text: string, sink: TokenSink): void
}

export type AnalyzerOf = (name: AnalyzerName) => TextAnalyzer

/** The words of some documents, which have the numbers below `size`. */
export interface TextSegment {
  readonly size: number
  /** By path. */
  field(path: string): TextField | undefined
  /** The words of a field that prefix and fuzzy match; the field itself where it has no other analyzer for them. */
  plainField(path: string): TextField | undefined
}

export interface TextField {
  /** Documents with a term here. */
  readonly documents: number
  readonly totalLength: number
  postings(term: string): Postings | undefined
  sortedTerms(): SortedTerms
  /** Tells of each document with a term that begins with a text; of some several times. */
  forEachWithPrefix(prefix: string, visit: (doc: number) => void): void
}
