import type { Postings } from "./postings.ts"
import { lowerBound, prefixEnd, type SortedTerms, sortedTermsOf } from "./sorted-terms.ts"
import type { TextField, TextSegment } from "./text-segment.ts"

/** A segment that does not change any more. */
export class FrozenText implements TextSegment {
  readonly size: number
  readonly fields: ReadonlyMap<string, FrozenField>
  /** Of those fields whose plain form is not the field itself. */
  readonly plainFields: ReadonlyMap<string, FrozenField>

  constructor(size: number, fields: ReadonlyMap<string, FrozenField>, plainFields: ReadonlyMap<string, FrozenField>) {
    this.size = size
    this.fields = fields
    this.plainFields = plainFields
  }

  field(path: string): FrozenField | undefined {
    return this.fields.get(path)
  }

  plainField(path: string): FrozenField | undefined {
    return this.plainFields.get(path) ?? this.fields.get(path)
  }
}

export class FrozenField implements TextField {
  readonly documents: number
  readonly totalLength: number
  /** In ascending order of their UTF-16 units. */
  readonly terms: readonly string[]
  /** Those of all terms, in the order of the terms. */
  readonly all: Postings
  /** By term and one more, where its entries begin. */
  readonly starts: Uint32Array
  /** By term, where its positions begin. */
  readonly positionStarts: Uint32Array
  #sortedTerms: SortedTerms | undefined

  constructor(
    counts: { documents: number; totalLength: number },
    terms: readonly string[],
    all: Postings,
    starts: Uint32Array,
    positionStarts: Uint32Array,
  ) {
    this.documents = counts.documents
    this.totalLength = counts.totalLength
    this.terms = terms
    this.all = all
    this.starts = starts
    this.positionStarts = positionStarts
  }

  postings(term: string): Postings | undefined {
    const index = lowerBound(this.terms, term)
    return this.terms[index] === term ? this.postingsAt(index) : undefined
  }

  postingsAt(index: number): Postings {
    const { docs, frequencies, largeFrequencies, norms, positions } = this.all
    return {
      docs,
      frequencies,
      norms,
      start: this.starts[index] as number,
      end: this.starts[index + 1] as number,
      positions,
      positionStart: this.positionStarts[index] as number,
      largeFrequencies,
    }
  }

  sortedTerms(): SortedTerms {
    this.#sortedTerms ??= sortedTermsOf(this.terms)
    return this.#sortedTerms
  }

  forEachWithPrefix(prefix: string, visit: (doc: number) => void): void {
    const first = lowerBound(this.terms, prefix)
    const end = this.starts[prefixEnd(this.terms, prefix, first)] as number
    const { docs } = this.all
    for (let entry = this.starts[first] as number; entry < end; entry++) visit(docs[entry] as number)
  }
}

/** Makes a field of its terms, which come in ascending order. */
export class FrozenFieldBuilder {
  readonly #terms: string[] = []
  readonly #starts: Uint32Array
  readonly #positionStarts: Uint32Array

  /** @param terms - How many there will be at most. */
  constructor(terms: number) {
    this.#starts = new Uint32Array(terms + 1)
    this.#positionStarts = new Uint32Array(terms)
  }

  /** @param at - Where its entries and positions begin. */
  addTerm(term: string, at: { count: number; positionBytes: number }): void {
    const index = this.#terms.push(term) - 1
    this.#starts[index] = at.count
    this.#positionStarts[index] = at.positionBytes
  }

  build(counts: { documents: number; totalLength: number }, all: Postings): FrozenField {
    const terms = this.#terms.length
    this.#starts[terms] = all.end
    return new FrozenField(
      counts,
      this.#terms,
      all,
      this.#starts.slice(0, terms + 1),
      this.#positionStarts.slice(0, terms),
    )
  }
}
