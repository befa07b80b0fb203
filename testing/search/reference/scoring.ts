import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { AnalyzerName, ScorePart, SearchQuery } from "../../../contracts/search/search.ts"
import type { Token } from "./analysis.ts"
import type { HeldDocument, HeldField, HeldIndex } from "./store.ts"
import { ReferenceWords, type Wanted, type Words } from "./words.ts"

/** Between the texts of an array, so that no phrase reaches across. */
const GAP = 100
const K1 = Math.fround(1.2)
const B = Math.fround(0.75)
const PREFIX_SCORE = 1
const FUZZY_SCORE = 0.1

/** What is known of a field over all documents. */
interface Statistics {
  readonly documents: number
  readonly averageLength: number
}

export interface Scored {
  readonly document: HeldDocument
  readonly score: number
}

/** Which documents match, and how well, in small methods that mutants change one of. */
export abstract class ReferenceScoring extends ReferenceWords {
  readonly #tokens = new WeakMap<HeldDocument, Map<string, Token[]>>()

  /** All documents that match the words. */
  found(query: SearchQuery, words: Words, indexes: readonly HeldIndex[]): Scored[] {
    const all = indexes.flatMap(({ documents }) => [...documents.values()])
    if (words.match === "all") return all.map((document) => ({ document, score: this.scoreOfAll() }))
    if (words.match === "none") return []
    const statistics = new Map<string, Statistics>()
    const vocabularies = new Map<string, ReadonlyMap<string, number>>()
    const known: Known = { all, statistics, vocabularies, counts: new Map() }
    return all.flatMap((document) => {
      const shares = words.terms.map((wanted) => this.scoresIn(document, wanted, known))
      return this.isFound(shares, query) ? [{ document, score: this.sumOf(shares) }] : []
    })
  }

  scoreOfAll(): number {
    return 1
  }

  /** Of each term the scores of the fields where it matches. */
  isFound(shares: readonly (readonly number[])[], { operator = "or" }: SearchQuery): boolean {
    const isThere = (scores: readonly number[]) => scores.length > 0
    return operator === "and" ? shares.every(isThere) : shares.some(isThere)
  }

  sumOf(shares: readonly (readonly number[])[]): number {
    const sum = (scores: readonly number[]) => this.round(scores.reduce((total, score) => total + score, 0))
    return sum(shares.filter((scores) => scores.length > 0).map(sum))
  }

  round(score: number): number {
    return Math.fround(score)
  }

  scoresIn(document: HeldDocument, wanted: readonly Wanted[], known: Known): number[] {
    return wanted.flatMap((each) => this.scoreIn(document, each, known) ?? [])
  }

  /** The score of what is wanted in one field, or undefined where it is not there. */
  scoreIn(document: HeldDocument, wanted: Wanted, known: Known): number | undefined {
    const { alternatives, searched } = wanted
    const { boost, field } = searched
    const scores = alternatives.flatMap((words) => {
      const frequency = this.frequencyOf(this.tokensIn(document, field, field.analyzer), words)
      return frequency === 0 ? [] : [this.scoreOf(document, field, words, frequency, boost, known)]
    })
    const { edits, plain, prefix } = wanted
    if (plain !== undefined && prefix && this.hasPrefix(document, field, plain)) scores.push(PREFIX_SCORE * boost)
    if (plain !== undefined && edits > 0) scores.push(...this.fuzzyScores(document, wanted, plain, known))
    return scores.length === 0 ? undefined : this.round(scores.reduce((total, score) => total + score, 0))
  }

  tokensIn(document: HeldDocument, { path }: HeldField, analyzer: AnalyzerName): Token[] {
    const known = this.#tokens.get(document) ?? new Map<string, Token[]>()
    this.#tokens.set(document, known)
    const name = `${analyzer} ${path}`
    const tokens = known.get(name) ?? this.tokensOfTexts(this.rawValuesOf(document, path).map(String), analyzer)
    known.set(name, tokens)
    return tokens
  }

  tokensOfTexts(texts: readonly string[], analyzer: AnalyzerName): Token[] {
    let next = 0
    return texts.flatMap((text) => {
      const tokens = this.tokensOf(analyzer, text).map((token) => ({ ...token, position: token.position + next }))
      next = (tokens.at(-1)?.position ?? next) + this.gap()
      return tokens
    })
  }

  gap(): number {
    return GAP
  }

  /** How often words stand side by side in a text. */
  frequencyOf(tokens: readonly Token[], words: readonly Token[]): number {
    return tokens.filter((token) => this.isPhraseAt(tokens, token, words)).length
  }

  isPhraseAt(tokens: readonly Token[], first: Token, words: readonly Token[]): boolean {
    const begin = first.position - (words[0]?.position ?? 0)
    const isAt = ({ position, term }: Token) =>
      tokens.some((token) => token.term === term && token.position === begin + position)
    return first.term === words[0]?.term && words.every(isAt)
  }

  /** BM25 as Lucene computes it: in 32 bits at each step. */
  scoreOf(
    document: HeldDocument,
    field: HeldField,
    words: readonly Token[],
    frequency: number,
    boost: number,
    known: Known,
  ): number {
    const { averageLength } = this.statisticsOf(field, known)
    const idf = words.reduce((sum, { term }) => this.round(sum + this.idfOf(field, term, known)), 0)
    const length = this.storedLength(this.tokensIn(document, field, field.analyzer).length)
    const weight = this.round(boost * idf)
    const normInverse = this.normInverse(length, averageLength)
    const rest = this.round(1 + this.round(frequency * normInverse))
    return this.round(weight - this.round(weight / rest))
  }

  normInverse(length: number, averageLength: number): number {
    const share = this.round(this.round(B * length) / averageLength)
    return this.round(1 / this.round(K1 * this.round(this.round(1 - B) + share)))
  }

  idfOf(field: HeldField, term: string, known: Known): number {
    const count = this.documentsWith(field, term, known)
    const { documents } = this.statisticsOf(field, known)
    return this.round(Math.log(1 + (documents - count + 0.5) / (count + 0.5)))
  }

  statisticsOf(field: HeldField, { all, statistics }: Known): Statistics {
    const found = statistics.get(field.path)
    if (found !== undefined) return found
    const lengths = all.map((document) => this.tokensIn(document, field, field.analyzer).length)
    const having = lengths.filter((length) => length > 0)
    const sum = having.reduce((total, length) => total + length, 0)
    const made = { documents: having.length, averageLength: this.round(sum / having.length) }
    statistics.set(field.path, made)
    return made
  }

  documentsWith(field: HeldField, term: string, { all, counts }: Known): number {
    const name = `${field.path}\0${term}`
    const isIn = (document: HeldDocument) =>
      this.tokensIn(document, field, field.analyzer).some((token) => token.term === term)
    const count = counts.get(name) ?? all.filter(isIn).length
    counts.set(name, count)
    return count
  }

  /** Lucene keeps a length in one byte: exact up to 40, then rounded down. */
  storedLength(length: number): number {
    if (length < 24) return length
    const above = length - 24
    const shift = Math.max(0, 32 - Math.clz32(above) - 4)
    return 24 + ((above >>> shift) << shift)
  }

  hasPrefix(document: HeldDocument, field: HeldField, prefix: string): boolean {
    const tokens = this.tokensIn(document, field, this.plainAnalyzer(field.analyzer))
    return tokens.some(({ term }) => term.startsWith(prefix))
  }

  fuzzyScores(document: HeldDocument, wanted: Wanted, plain: string, known: Known): number[] {
    const { boost, field } = wanted.searched
    const similar = this.similarWords(wanted, plain, known)
    const terms = new Set(this.tokensIn(document, field, this.plainAnalyzer(field.analyzer)).map(({ term }) => term))
    const edits = [...similar].filter(([term]) => terms.has(term)).map(([, own]) => own)
    const levels = Array.from({ length: wanted.edits }, (_, level) => level + 1)
    return levels.flatMap((most) => (edits.some((own) => own <= most) ? [FUZZY_SCORE * boost] : []))
  }

  /** Words of the field that differ by few edits, the nearest first. */
  similarWords(
    { edits: most, expansions, searched }: Wanted,
    plain: string,
    known: Known,
  ): ReadonlyMap<string, number> {
    const name = [searched.field.path, most, expansions, plain].join("\0")
    const found = known.vocabularies.get(name)
    if (found !== undefined) return found
    const analyzer = this.plainAnalyzer(searched.field.analyzer)
    const tokens = known.all.flatMap((document) => this.tokensIn(document, searched.field, analyzer))
    const near = [...new Set(tokens.map(({ term }) => term))]
      .filter((term) => Math.abs(this.lengthOfWord(term) - this.lengthOfWord(plain)) <= most)
      .map((term): [string, number] => [term, this.editsBetween(plain, term)])
      .filter(([, edits]) => edits <= most)
      .sort(([one, ones], [other, others]) => ones - others || compareCodePoints(one, other))
    const similar = new Map(near.slice(0, expansions))
    known.vocabularies.set(name, similar)
    return similar
  }

  /** Letters put in, left out, replaced, or exchanged with their neighbour. */
  editsBetween(one: string, other: string): number {
    const [left, right] = [this.lettersOf(one), this.lettersOf(other)]
    const rows: number[][] = [right.map((_, at) => at).concat(right.length)]
    for (let row = 1; row <= left.length; row++) {
      const [before = [], earlier = []] = [rows[row - 1], rows[row - 2]]
      const now = [row]
      for (let at = 1; at <= right.length; at++) {
        const isSame = left[row - 1] === right[at - 1]
        const edits = [(before[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1, (before[at - 1] ?? 0) + (isSame ? 0 : 1)]
        const isTurned = row > 1 && at > 1 && left[row - 1] === right[at - 2] && left[row - 2] === right[at - 1]
        if (isTurned) edits.push((earlier[at - 2] ?? 0) + this.costOfTurning())
        now.push(Math.min(...edits))
      }
      rows.push(now)
    }
    return rows.at(-1)?.at(-1) ?? 0
  }

  lettersOf(word: string): string[] {
    return [...word]
  }

  costOfTurning(): number {
    return 1
  }

  /** How the score of a hit came about: what each word is worth in each field. */
  partsOf(document: HeldDocument, words: Words, indexes: readonly HeldIndex[]): ScorePart[] {
    const all = indexes.flatMap(({ documents }) => [...documents.values()])
    const known: Known = { all, statistics: new Map(), vocabularies: new Map(), counts: new Map() }
    return words.terms.flatMap((wanted) =>
      wanted.flatMap((each) => {
        const score = this.scoreIn(document, each, known)
        if (score === undefined) return []
        const { boost, field } = each.searched
        const [alternative = []] = each.alternatives
        const term = alternative.map((word) => word.term).join(" ") || (each.plain ?? "")
        const idf = alternative.reduce((sum, word) => sum + this.idfOf(field, word.term, known), 0)
        return [{ term, field: field.path, idf, tf: idf === 0 ? 0 : score / (boost * idf), boost, score }]
      }),
    )
  }
}

/** What was computed for one query. */
export interface Known {
  readonly all: readonly HeldDocument[]
  readonly statistics: Map<string, Statistics>
  readonly vocabularies: Map<string, ReadonlyMap<string, number>>
  readonly counts: Map<string, number>
}
