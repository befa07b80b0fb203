import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { PhraseWord } from "../../../../core/search/for-adapters.ts"
import type { Clause } from "./clause.ts"
import { forEachPhrase, type PhraseTerm } from "./phrase-matcher.ts"
import type { Postings } from "./postings.ts"
import type { ScoreSums } from "./segment-hits.ts"
import { idfOf, scoreOf, tfOf } from "./similarity.ts"
import { documentFrequency } from "./term-clause.ts"
import type { FieldOfSegments, TextIndex } from "./text-index.ts"

/** The documents with words in their places in a field. */
export class PhraseClause implements Clause {
  readonly #path: string
  readonly #words: readonly PhraseWord[]
  readonly #boost: number
  readonly #field: FieldOfSegments
  /** Of each distinct term, by segment. */
  readonly #terms: ReadonlyMap<string, readonly (Postings | undefined)[]>
  /** Of each distinct term, in the same order. */
  readonly #offsets: readonly (readonly number[])[]
  readonly #idf: number
  readonly #weight: number

  /** @param boost - A 32-bit float. */
  constructor(index: TextIndex, path: string, words: readonly PhraseWord[], boost: number) {
    this.#path = path
    this.#words = words
    this.#boost = boost
    this.#field = index.field(path)
    const offsets = offsetsByTerm(words)
    this.#terms = new Map(
      Array.from(offsets.keys(), (term) => [term, this.#field.fields.map((field) => field?.postings(term))]),
    )
    this.#offsets = [...offsets.values()]
    this.#idf = this.#sumOfIdfs()
    this.#weight = Math.fround(boost * this.#idf)
  }

  #sumOfIdfs(): number {
    let sum = 0
    for (const { term } of this.#words) {
      const frequency = documentFrequency(this.#terms.get(term) ?? [])
      if (frequency > 0) sum += idfOf(frequency, this.#field.documents)
    }
    return Math.fround(sum)
  }

  addTo(sums: ScoreSums, segment: number): void {
    const inverses = this.#field.inverseNorms
    this.#forEach(segment, (doc, frequency, norm) => {
      sums.add(doc, scoreOf(this.#weight, frequency, inverses[norm] as number))
    })
  }

  explain(segment: number, doc: number): ScorePart[] {
    const parts: ScorePart[] = []
    const inverses = this.#field.inverseNorms
    const add = (_doc: number, frequency: number, norm: number) => {
      const inverse = inverses[norm] as number
      parts.push({
        term: this.#words.map(({ term }) => term).join(" "),
        field: this.#path,
        idf: this.#idf,
        tf: tfOf(frequency, inverse),
        boost: this.#boost,
        score: scoreOf(this.#weight, frequency, inverse),
      })
    }
    this.#forEach(segment, add, doc, doc)
    return parts
  }

  #forEach(
    segment: number,
    visit: (doc: number, frequency: number, norm: number) => void,
    first?: number,
    last?: number,
  ): void {
    const terms = Array.from(this.#terms.values(), (postings) => postings[segment])
    const present = terms.flatMap((postings, index): PhraseTerm[] => {
      return postings === undefined ? [] : [{ postings, offsets: this.#offsets[index] as readonly number[] }]
    })
    if (present.length === terms.length) forEachPhrase(present, visit, first, last)
  }
}

function offsetsByTerm(words: readonly PhraseWord[]): Map<string, number[]> {
  const offsets = new Map<string, number[]>()
  for (const { position, term } of words) {
    const known = offsets.get(term)
    if (known === undefined) offsets.set(term, [position])
    else known.push(position)
  }
  return offsets
}
