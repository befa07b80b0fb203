import type { AnalyzerName } from "../../../contracts/search/search.ts"
import { ReferenceDocuments } from "./documents.ts"

/** A word of a text, and where it stands. */
export interface Token {
  readonly term: string
  readonly start: number
  readonly end: number
  readonly position: number
}

const RUNS = "\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}"
const SINGLE = "\\p{sc=Han}\\p{sc=Hiragana}"
const KATAKANA = "\\p{sc=Katakana}\\u30fc\\uff70"
const LETTER = `[[\\p{L}\\p{Nl}\\p{M}]--[${RUNS}${SINGLE}${KATAKANA}]]`
const DIGIT = "\\p{Nd}"
const PICTURE = "\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]*"

/** Words by the rules of Unicode, for the texts of clauses. */
const WORD = new RegExp(
  [
    "\\p{RI}{2}",
    "[0-9#*]\\ufe0f?\\u20e3",
    `${PICTURE}(?:\\u200d${PICTURE})*`,
    `[${SINGLE}]\\p{M}*`,
    `[${RUNS}][${RUNS}\\p{M}]*`,
    `[${KATAKANA}][${KATAKANA}\\uff9e\\uff9f\\p{M}]*`,
    `_*(?:${LETTER}|${DIGIT})(?:${LETTER}|${DIGIT}|_|(?<=${LETTER})[.:·'’](?=${LETTER})|(?<=${DIGIT})[.,;'’](?=${DIGIT}))*`,
  ].join("|"),
  "gv",
)
/** UTF-16 units of a token. */
const MAX_TOKEN_LENGTH = 255

const STOP_WORDS = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split(
    " ",
  ),
)

/** Letters that Unicode takes for letters of their own. */
const FOLDED: Readonly<Record<string, string>> = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ħ: "h", ı: "i" }

/** How text becomes words, in small methods that mutants change one of. */
export abstract class ReferenceAnalysis extends ReferenceDocuments {
  tokensOf(analyzer: AnalyzerName, text: string): Token[] {
    switch (analyzer) {
      case "keyword":
        return [{ term: text, start: 0, end: text.length, position: 0 }]
      case "standard":
        return this.standardTokens(text)
      case "folding":
        return this.standardTokens(text).map((token) => ({ ...token, term: this.fold(token.term) }))
      case "english":
        return this.withoutStopWords(this.standardTokens(text)).map((token) => {
          return { ...token, term: this.stem(token.term) }
        })
      case "cjk":
        return this.withoutStopWords(this.pairsOf(this.standardTokens(text)))
    }
  }

  standardTokens(text: string): Token[] {
    const tokens = [...text.matchAll(this.wordPattern())].flatMap(({ 0: word, index }) => this.cut(word, index))
    return tokens.map(({ end, start, term }, position) => ({ term: this.lowerCase(term), start, end, position }))
  }

  wordPattern(): RegExp {
    return WORD
  }

  /** A word that is too long is several. */
  cut(word: string, start: number): Omit<Token, "position">[] {
    const parts: Omit<Token, "position">[] = []
    for (let at = 0; at < word.length; at += MAX_TOKEN_LENGTH) {
      const term = word.slice(at, at + MAX_TOKEN_LENGTH)
      parts.push({ term, start: start + at, end: start + at + term.length })
    }
    return parts
  }

  /** Each code point by itself: no letter looks at its neighbours. */
  lowerCase(text: string): string {
    return Array.from(text, (letter) => (letter === "İ" ? "i" : letter.toLowerCase())).join("")
  }

  /** Accents of Latin letters alone. */
  fold(term: string): string {
    const plain = (letter: string) => FOLDED[letter] ?? letter.normalize("NFKD").replaceAll(/\p{M}/gu, "")
    return term.replaceAll(/\p{sc=Latin}/gu, plain)
  }

  /** Those that stay keep their positions. */
  withoutStopWords(tokens: readonly Token[]): Token[] {
    return tokens.filter(({ term }) => !this.isStopWord(term))
  }

  isStopWord(term: string): boolean {
    return STOP_WORDS.has(term)
  }

  /** Endings of the words that clauses use, as Porter's rules take them off. */
  stem(word: string): string {
    const bare = word.replace(/['’]s$/u, "")
    if (bare.length <= 2) return bare
    const singular = bare
      .replace(/sses$/, "ss")
      .replace(/ies$/, "i")
      .replace(/(?<!s)s$/, "")
    const present = singular.replace(/(?<=[aeiouy].*)(?:ing|ed)$/, "")
    const mended = present === singular ? present : present.replace(/([bdfgmnprt])\1$/, "$1")
    const noun = mended.replace(/(?<=[aeiouy].*[^aeiouy].*)(?:ization|ize|ational|ation|ate|al)$/, "")
    return noun.replace(/(?<=[aeiou].*)y$/, "i").replace(/(?<=[aeiouy][^aeiouy]{2,})e$/, "")
  }

  /** Neighbours of Chinese, Japanese and Korean text in pairs, one that has no neighbour by itself. */
  pairsOf(tokens: readonly Token[]): Token[] {
    const pairs: Token[] = []
    let run: Token[] = []
    const endRun = () => {
      for (const [at, { start, term }] of run.entries()) {
        const next = run[at + 1]
        if (next !== undefined) pairs.push({ term: term + next.term, start, end: next.end, position: pairs.length })
        else if (run.length === 1) pairs.push({ ...(run[0] as Token), position: pairs.length })
      }
      run = []
    }
    for (const token of tokens) {
      const term = this.narrow(token.term)
      if (!/^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u30fc]+$/u.test(term)) {
        endRun()
        pairs.push({ ...token, term, position: pairs.length })
        continue
      }
      if (run.at(-1)?.end !== token.start) endRun()
      const units = [...term]
      const isAsWritten = term.length === token.end - token.start
      for (const [at, unit] of units.entries()) {
        const start = isAsWritten ? token.start + units.slice(0, at).join("").length : token.start
        run.push({ term: unit, start, end: isAsWritten ? start + unit.length : token.end, position: 0 })
      }
    }
    endRun()
    return pairs
  }

  /** Letters of half or double width are those of usual width. */
  narrow(term: string): string {
    return term.replaceAll(/[\uff01-\uff9f]+/g, (wide) => wide.normalize("NFKC")).toLowerCase()
  }
}
