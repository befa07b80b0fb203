import type { AnalyzerName } from "../../../contracts/search/search.ts"
import type { Analyzer } from "./analyzer.ts"
import { foldToAscii } from "./ascii-folding.ts"
import { BigramSink } from "./cjk.ts"
import { englishTerm } from "./english.ts"
import { lowerCase } from "./lower-case.ts"
import { tokenizeWords } from "./standard-tokenizer.ts"
import { foldWidth } from "./width.ts"

const standard: Analyzer = {
  name: "standard",
  analyze(text, sink) {
    const lower = lowerCase(text)
    tokenizeWords(text, (start, end, position) => sink(lower.slice(start, end), start, end, position))
  },
}

const keyword: Analyzer = {
  name: "keyword",
  analyze(text, sink) {
    sink(text, 0, text.length, 0)
  },
}

const folding: Analyzer = {
  name: "folding",
  analyze(text, sink) {
    standard.analyze(text, (term, start, end, position) => sink(foldToAscii(term), start, end, position))
  },
}

const english: Analyzer = {
  name: "english",
  analyze(text, sink) {
    standard.analyze(text, (word, start, end, position) => {
      const term = englishTerm(word)
      if (term !== undefined) sink(term, start, end, position)
    })
  },
}

const cjk: Analyzer = {
  name: "cjk",
  analyze(text, sink) {
    const lower = lowerCase(text)
    const bigrams = new BigramSink(sink)
    tokenizeWords(text, (start, end, _, isCjk) => {
      const term = foldWidth(lower.slice(start, end))
      if (isCjk) bigrams.addCjk(term, start, end)
      else bigrams.addWord(term, start, end)
    })
    bigrams.finish()
  },
}

const analyzers: Readonly<Record<AnalyzerName, Analyzer>> = { standard, keyword, folding, english, cjk }

export function analyzerOf(name: AnalyzerName): Analyzer {
  return analyzers[name]
}

/** The terms of a text, in order. */
export function termsOf(analyzer: Analyzer, text: string): string[] {
  const terms: string[] = []
  analyzer.analyze(text, (term) => terms.push(term))
  return terms
}
