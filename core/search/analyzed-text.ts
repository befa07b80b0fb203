import type { AnalyzerName } from "../../contracts/search/search.ts"
import { analyzerOf } from "./analysis/analyzers.ts"

export interface Token {
  readonly term: string
  readonly start: number
  readonly end: number
  readonly position: number
}

/** A text and its words, as each analyzer makes them. */
export interface AnalyzedText {
  readonly text: string
  tokens(analyzer: AnalyzerName): readonly Token[]
  /** The terms that another analyzer makes of a word of `standard`: those that begin with it, else those that end with it. */
  termsAt(token: Token, analyzer: AnalyzerName): readonly string[]
  /** A word as it is written. */
  slice(token: Token): string
}

export function analyzeText(text: string): AnalyzedText {
  const known = new Map<AnalyzerName, { tokens: Token[]; starts: Map<number, string[]>; ends: Map<number, string[]> }>()
  const analyzed = (analyzer: AnalyzerName) => {
    const found = known.get(analyzer)
    if (found !== undefined) return found
    const tokens = tokensOf(text, analyzer)
    const starts = new Map<number, string[]>()
    const ends = new Map<number, string[]>()
    for (const { end, start, term } of tokens) {
      starts.set(start, [...(starts.get(start) ?? []), term])
      ends.set(end, [...(ends.get(end) ?? []), term])
    }
    const made = { tokens, starts, ends }
    known.set(analyzer, made)
    return made
  }
  return {
    text,
    tokens: (analyzer) => analyzed(analyzer).tokens,
    termsAt(token, analyzer) {
      if (analyzer === "standard") return [token.term]
      const { ends, starts } = analyzed(analyzer)
      return starts.get(token.start) ?? ends.get(token.end) ?? []
    },
    slice: ({ end, start }) => text.slice(start, end),
  }
}

export function tokensOf(text: string, analyzer: AnalyzerName): Token[] {
  const tokens: Token[] = []
  analyzerOf(analyzer).analyze(text, (term, start, end, position) => tokens.push({ term, start, end, position }))
  return tokens
}
