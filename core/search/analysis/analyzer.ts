import type { AnalyzerName } from "../../../contracts/search/search.ts"

/**
 * Told of each token.
 *
 * @param term - What is looked up.
 * @param start - Where the part of the text begins that the term stands for, in UTF-16 units.
 * @param end - Where that part ends.
 * @param position - The place among the tokens. Dropped ones leave gaps.
 */
export type TokenSink = (term: string, start: number, end: number, position: number) => void

/** Cuts text into terms, at indexing and in queries alike. */
export interface Analyzer {
  readonly name: AnalyzerName
  analyze(text: string, sink: TokenSink): void
}
