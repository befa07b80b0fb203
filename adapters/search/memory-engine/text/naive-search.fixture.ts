import { compareCodePoints } from "../../../../contracts/foundation/text.ts"
import {
  type Expansion,
  type Field,
  type FieldTerm,
  FUZZY_SCORE,
  type PhraseWord,
  PREFIX_SCORE,
  plainAnalyzerOf,
  type QueryPlan,
  tokensOf,
} from "../../../../core/search/for-adapters.ts"
import type { TextDocument } from "./documents.fixture.ts"

type Tokens = readonly { readonly term: string; readonly position: number }[]

/** By document, its score where it matches: by a look at every document, in double precision. */
export function naiveSearch(documents: readonly TextDocument[], plan: QueryPlan): Map<number, number> {
  const index = new NaiveIndex(documents)
  const scores = new Map<number, number>()
  for (const doc of documents.keys()) {
    const score = plan.match === "phrase" ? index.phrases(doc, plan) : index.terms(doc, plan)
    if (score !== undefined) scores.set(doc, score)
  }
  return scores
}

class NaiveIndex {
  readonly #documents: readonly TextDocument[]

  constructor(documents: readonly TextDocument[]) {
    this.#documents = documents
  }

  phrases(doc: number, { phrases }: QueryPlan): number | undefined {
    return sumOf(phrases.map(({ boost, field, words }) => this.#words(doc, field, words, boost)))
  }

  terms(doc: number, { operator, terms }: QueryPlan): number | undefined {
    const scores = terms.map(({ fields }) => sumOf(fields.flatMap((term) => this.#fieldTerm(doc, term))))
    return operator === "and" && scores.includes(undefined) ? undefined : sumOf(scores)
  }

  #fieldTerm(doc: number, { alternatives, boost, expansion, field }: FieldTerm): (number | undefined)[] {
    const scores = alternatives.map((words) => this.#words(doc, field, words, boost))
    if (expansion === undefined) return scores
    const plain = this.#plain(doc, field)
    if (expansion.prefix && plain.some(({ term }) => term.startsWith(expansion.word))) scores.push(PREFIX_SCORE * boost)
    const near = this.#near(field, expansion).filter(([word]) => plain.some(({ term }) => term === word))
    for (let most = 1; most <= expansion.edits; most++) {
      if (near.some(([, distance]) => distance <= most)) scores.push(FUZZY_SCORE * boost)
    }
    return scores
  }

  #words(doc: number, field: Field, words: readonly PhraseWord[], boost: number): number | undefined {
    const all = this.#documents.map((_, each) => this.#own(each, field)).filter((tokens) => tokens.length > 0)
    const tokens = this.#own(doc, field)
    const frequency = occurrences(tokens, words)
    if (frequency === 0) return undefined
    const average = all.reduce((sum, { length }) => sum + length, 0) / all.length
    const length = field.type === "keyword" ? 1 : tokens.length
    let idf = 0
    for (const { term } of words) {
      const having = all.filter((each) => each.some((token) => token.term === term)).length
      idf += Math.log(1 + (all.length - having + 0.5) / (having + 0.5))
    }
    return (boost * idf * frequency) / (frequency + 1.2 * (0.25 + (0.75 * length) / average))
  }

  #near(field: Field, { edits, limit, word }: Expansion): [term: string, distance: number][] {
    if (edits === 0) return []
    const terms = new Set(this.#documents.flatMap((_, doc) => this.#plain(doc, field).map(({ term }) => term)))
    return Array.from(terms, (term) => ({ term, distance: naiveEdits(term, word) }))
      .filter(({ distance }) => distance <= edits)
      .sort((a, b) => a.distance - b.distance || compareCodePoints(a.term, b.term))
      .slice(0, limit)
      .map(({ distance, term }) => [term, distance])
  }

  #own(doc: number, field: Field): Tokens {
    return this.#tokens(doc, field, field.analyzer)
  }

  #plain(doc: number, field: Field): Tokens {
    return this.#tokens(doc, field, plainAnalyzerOf(field))
  }

  #tokens(doc: number, field: Field, analyzer: Field["analyzer"]): Tokens {
    const texts = this.#documents[doc]?.[field.path] ?? []
    // Far apart, so that no phrase goes from one text into the next.
    const tokens = texts.flatMap((text, index) => {
      return tokensOf(text, analyzer).map(({ position, term }) => ({ term, position: index * 1000 + position }))
    })
    if (field.type !== "keyword") return tokens
    return tokens.filter(({ term }, index) => tokens.findIndex((token) => token.term === term) === index)
  }
}

function occurrences(tokens: Tokens, words: readonly PhraseWord[]): number {
  return tokens.filter((start) => {
    return words.every(({ position, term }) => {
      return tokens.some((token) => token.term === term && token.position === start.position + position)
    })
  }).length
}

function sumOf(scores: readonly (number | undefined)[]): number | undefined {
  const present = scores.filter((score) => score !== undefined)
  return present.length === 0 ? undefined : present.reduce((sum, score) => sum + score, 0)
}

/** Optimal string alignment over a whole table. */
export function naiveEdits(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 0; row <= left.length; row++) {
    for (let column = 0; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      const swapped = row > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const edits = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
      ;(table[row] as number[])[column] = row + column === 0 ? 0 : edits
    }
  }
  return at(left.length, right.length)
}
