import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { Clause } from "./clause.ts"
import { frequencyAt, LARGE, type Postings, seek } from "./postings.ts"
import { type ScoreSums, SegmentHits } from "./segment-hits.ts"
import { idfOf, scoreOf, tfOf } from "./similarity.ts"
import type { FieldOfSegments, TextIndex } from "./text-index.ts"

/** The documents with a term in a field. */
export class TermClause implements Clause {
  readonly #path: string
  readonly #term: string
  readonly #boost: number
  readonly #field: FieldOfSegments
  /** By segment. */
  readonly #postings: readonly (Postings | undefined)[]
  readonly #idf: number
  readonly #weight: number

  /** @param boost - A 32-bit float. */
  constructor(index: TextIndex, path: string, term: string, boost: number) {
    this.#path = path
    this.#term = term
    this.#boost = boost
    this.#field = index.field(path)
    this.#postings = this.#field.fields.map((field) => field?.postings(term))
    this.#idf = idfOf(documentFrequency(this.#postings), this.#field.documents)
    this.#weight = Math.fround(boost * this.#idf)
  }

  postings(segment: number): Postings | undefined {
    return this.#postings[segment]
  }

  addTo(sums: ScoreSums, segment: number): void {
    const postings = this.#postings[segment]
    if (postings === undefined) return
    const { docs, end, frequencies, norms, start } = postings
    const inverses = this.#field.inverseNorms
    const weight = this.#weight
    const totals = sums.sums
    const words = sums.words
    for (let entry = start; entry < end; entry++) {
      const doc = docs[entry] as number
      let frequency = frequencies[entry] as number
      if (frequency === LARGE) frequency = frequencyAt(postings, entry)
      totals[doc] = (totals[doc] as number) + scoreOf(weight, frequency, inverses[norms[entry] as number] as number)
      words[doc >>> 5] = (words[doc >>> 5] as number) | (1 << (doc & 31))
    }
  }

  /** Its documents alone: they need no sums. */
  hits(segment: number, size: number): SegmentHits {
    const postings = this.#postings[segment]
    if (postings === undefined) return new SegmentHits(size, new Uint32Array(0), new Float32Array(0))
    const { docs, end, frequencies, norms, start } = postings
    const inverses = this.#field.inverseNorms
    const weight = this.#weight
    const scores = new Float32Array(end - start)
    for (let entry = start; entry < end; entry++) {
      let frequency = frequencies[entry] as number
      if (frequency === LARGE) frequency = frequencyAt(postings, entry)
      scores[entry - start] = scoreOf(weight, frequency, inverses[norms[entry] as number] as number)
    }
    return new SegmentHits(size, docs.subarray(start, end), scores)
  }

  scoreAt(postings: Postings, entry: number): number {
    const norm = this.#field.inverseNorms[postings.norms[entry] as number] as number
    return scoreOf(this.#weight, frequencyAt(postings, entry), norm)
  }

  explain(segment: number, doc: number): ScorePart[] {
    const postings = this.#postings[segment]
    if (postings === undefined) return []
    const entry = seek(postings.docs, postings.start, postings.end, doc)
    if (entry === postings.end || postings.docs[entry] !== doc) return []
    const norm = this.#field.inverseNorms[postings.norms[entry] as number] as number
    return [
      {
        term: this.#term,
        field: this.#path,
        idf: this.#idf,
        tf: tfOf(frequencyAt(postings, entry), norm),
        boost: this.#boost,
        score: this.scoreAt(postings, entry),
      },
    ]
  }
}

export function documentFrequency(postings: readonly (Postings | undefined)[]): number {
  return postings.reduce((sum, each) => sum + (each === undefined ? 0 : each.end - each.start), 0)
}
