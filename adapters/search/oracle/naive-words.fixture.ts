import type { AnalyzerName } from "../../../contracts/search/search.ts"
import { analyzerOf } from "../../../core/search/analysis/analyzers.ts"
import type { planQuery } from "../../../core/search/plan-query.ts"
import { compareScalars, type Document, valuesAt } from "./naive-values.fixture.ts"

type Plan = ReturnType<typeof planQuery>
type FieldTerm = Plan["terms"][number]["fields"][number]
type Field = FieldTerm["field"]
type Words = FieldTerm["alternatives"][number]
type Expansion = NonNullable<FieldTerm["expansion"]>

interface Token {
  readonly term: string
  readonly text: number
  readonly start: number
  readonly end: number
  readonly position: number
}

const float = Math.fround
const K1 = float(1.2)
const B = float(0.75)

function tokensOf(doc: Document, path: string, analyzer: AnalyzerName): Token[] {
  const texts = valuesAt(doc, path) as string[]
  return texts.flatMap((value, text) => {
    const tokens: Token[] = []
    analyzerOf(analyzer).analyze(value, (term, start, end, position) => {
      // Far apart, so that no phrase goes from one text into the next.
      tokens.push({ term, text, start, end, position: text * 100_000 + position })
    })
    return tokens
  })
}

const plainOf = ({ analyzer }: Field) => (analyzer === "english" || analyzer === "cjk" ? "standard" : analyzer)

/** What the documents of some indexes say to the words of a query, by a look at each. */
export class NaiveWords {
  readonly #docs: readonly Document[]
  readonly #gone: readonly Document[]
  readonly #tokens = new Map<string, readonly (readonly Token[])[]>()
  readonly #near = new Map<string, Map<string, number>>()
  readonly #known = new Map<string, { average: number; idf: number }>()
  /** Whether words of documents that are gone decide which words a fuzzy one stands for. */
  isUndecided = false

  constructor(docs: readonly Document[], gone: readonly Document[]) {
    this.#docs = docs
    this.#gone = gone
  }

  /** Of the document, where it matches. */
  score(doc: number, { match, operator, phrases, terms }: Plan): number | undefined {
    if (match === "all") return 1
    if (match === "none") return undefined
    if (match === "phrase")
      return sumOf(phrases.map(({ boost, field, words }) => this.#words(doc, field, words, boost)))
    const scores = terms.map(({ fields }) => sumOf(fields.flatMap((term) => this.#fieldTerm(doc, term))))
    return operator === "and" && scores.includes(undefined) ? undefined : sumOf(scores)
  }

  /** What of each field is marked: the characters of its texts. */
  marks(doc: number, { phrases, terms }: Plan): Record<string, string[]> {
    const marked: Record<string, string[]> = {}
    const add = (field: Field, tokens: readonly Token[]) => {
      const before = marked[field.path] ?? []
      marked[field.path] = before
      const texts = valuesAt(this.#docs[doc], field.path) as string[]
      for (const { end, start, text } of tokens) {
        const own = before[text] ?? ""
        const until = own.padEnd(end, "\0")
        before[text] = until.slice(0, start) + (texts[text] ?? "").slice(start, end) + until.slice(end)
      }
    }
    for (const { field, words } of phrases) add(field, this.#occurrences(doc, field, words).flat())
    for (const { alternatives, expansion, field } of terms.flatMap((term) => term.fields)) {
      for (const words of alternatives) add(field, this.#occurrences(doc, field, words).flat())
      if (expansion === undefined) continue
      const near = this.#nearWords(field, expansion)
      const isMarked = ({ term }: Token) => (expansion.prefix && term.startsWith(expansion.word)) || near.has(term)
      add(field, this.#plain(doc, field).filter(isMarked))
    }
    const pairs = Object.entries(marked).map(([path, texts]) => [path, texts.filter((text) => text !== "")] as const)
    return Object.fromEntries(pairs.filter(([, texts]) => texts.length > 0))
  }

  #fieldTerm(doc: number, { alternatives, boost, expansion, field }: FieldTerm): (number | undefined)[] {
    const scores = alternatives.map((words) => this.#words(doc, field, words, boost))
    if (expansion === undefined) return scores
    const plain = new Set(this.#plain(doc, field).map(({ term }) => term))
    if (expansion.prefix && [...plain].some((term) => term.startsWith(expansion.word))) scores.push(float(boost))
    const near = [...this.#nearWords(field, expansion)].filter(([word]) => plain.has(word))
    for (let most = 1; most <= expansion.edits; most++) {
      if (near.some(([, edits]) => edits <= most)) scores.push(float(0.1 * boost))
    }
    return scores
  }

  /** BM25 as Lucene rounds it. */
  #words(doc: number, field: Field, words: Words, boost: number): number | undefined {
    const frequency = this.#occurrences(doc, field, words).length
    if (frequency === 0) return undefined
    const { average, idf } = this.#statistics(field, words)
    const isKeyword = field.type === "keyword"
    const length = isKeyword ? 1 : rounded(lengthOf(this.#own(doc, field), false))
    const weight = float(float(boost) * idf)
    const norm = float(1 / float(K1 * float(1 - B + float(float(B * length) / average))))
    return float(weight - float(weight / float(1 + float((isKeyword ? 1 : frequency) * norm))))
  }

  #statistics(field: Field, words: Words): { average: number; idf: number } {
    const key = JSON.stringify([field.path, words])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const all = this.#of(field, field.analyzer).filter((tokens) => tokens.length > 0)
    const length = all.reduce((sum, tokens) => sum + lengthOf(tokens, field.type === "keyword"), 0)
    let idf = 0
    for (const { term } of words) {
      const having = all.filter((tokens) => tokens.some((token) => token.term === term)).length
      idf += float(Math.log(1 + (all.length - having + 0.5) / (having + 0.5)))
    }
    const statistics = { average: float(length / all.length), idf: float(idf) }
    this.#known.set(key, statistics)
    return statistics
  }

  /** The tokens of each place where the words stand as they are asked. */
  #occurrences(doc: number, field: Field, words: Words): Token[][] {
    const tokens = this.#own(doc, field)
    const [first] = words
    if (first === undefined) return []
    return tokens
      .filter(({ term }) => term === first.term)
      .flatMap((start) => {
        const found = words.map(({ position, term }) =>
          tokens.find((token) => token.term === term && token.position - start.position === position - first.position),
        )
        return found.includes(undefined) ? [] : [found as Token[]]
      })
  }

  /** Words within some edits, each with how near it is. */
  #nearWords(field: Field, expansion: Expansion): Map<string, number> {
    const { edits, limit, word } = expansion
    const key = JSON.stringify([field.path, edits, limit, word])
    const known = this.#near.get(key)
    if (known !== undefined) return known
    const nearest = (terms: Iterable<string>) =>
      Array.from(new Set(terms), (term) => ({ term, distance: edits === 0 ? 9 : editsBetween(term, word) }))
        .filter(({ distance }) => distance <= edits)
        .sort((a, b) => a.distance - b.distance || compareScalars(a.term, b.term))
        .slice(0, limit)
    const live = new Set(this.#of(field, plainOf(field)).flatMap((tokens) => tokens.map(({ term }) => term)))
    const found = nearest(live)
    const ever = found.length < limit ? found : nearest([...live].concat(this.#goneTerms(field)))
    if (ever.length >= limit && JSON.stringify(ever) !== JSON.stringify(found)) this.isUndecided = true
    const near = found.map(({ distance, term }) => [term, distance] as const)
    this.#near.set(key, new Map(near))
    return new Map(near)
  }

  #goneTerms(field: Field): string[] {
    return this.#gone.flatMap((doc) => tokensOf(doc, field.path, plainOf(field)).map(({ term }) => term))
  }

  #own(doc: number, field: Field): readonly Token[] {
    return this.#of(field, field.analyzer)[doc] as readonly Token[]
  }

  #plain(doc: number, field: Field): readonly Token[] {
    return this.#of(field, plainOf(field))[doc] as readonly Token[]
  }

  #of({ path }: Field, analyzer: AnalyzerName): readonly (readonly Token[])[] {
    const key = `${analyzer} ${path}`
    const tokens = this.#tokens.get(key) ?? this.#docs.map((doc) => tokensOf(doc, path, analyzer))
    this.#tokens.set(key, tokens)
    return tokens
  }
}

function lengthOf(tokens: readonly Token[], isKeyword: boolean): number {
  return isKeyword ? new Set(tokens.map(({ term }) => term)).size : tokens.length
}

/** As it is kept in a byte: four bits are exact, and those below 40 are whole. */
function rounded(length: number): number {
  if (length < 40) return length
  const shift = Math.floor(Math.log2(length - 24)) - 3
  return 24 + (((length - 24) >> shift) << shift)
}

function sumOf(scores: readonly (number | undefined)[]): number | undefined {
  const present = scores.filter((score) => score !== undefined)
  return present.length === 0 ? undefined : present.reduce((sum, score) => sum + score, 0)
}

/** Optimal string alignment, by trying. */
function editsBetween(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  if (Math.abs(left.length - right.length) > 2) return 9
  const known = new Map<number, number>()
  const edits = (at: number, other: number): number => {
    if (at === 0 || other === 0) return at + other
    const key = at * 1000 + other
    const before = known.get(key)
    if (before !== undefined) return before
    const isSame = left[at - 1] === right[other - 1]
    let least = Math.min(
      edits(at - 1, other) + 1,
      edits(at, other - 1) + 1,
      edits(at - 1, other - 1) + (isSame ? 0 : 1),
    )
    if (at > 1 && other > 1 && left[at - 1] === right[other - 2] && left[at - 2] === right[other - 1]) {
      least = Math.min(least, edits(at - 2, other - 2) + 1)
    }
    known.set(key, least)
    return least
  }
  return edits(left.length, right.length)
}
