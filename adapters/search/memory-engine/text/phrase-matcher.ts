import { frequencyAt, type Postings, seek, skipPositions } from "./postings.ts"

/** A term of a phrase. */
export interface PhraseTerm {
  readonly postings: Postings
  /** Where in the phrase it stands. */
  readonly offsets: readonly number[]
}

/** Tells of each document from `first` to `last` that has all terms in their places, with how often. */
export function forEachPhrase(
  terms: readonly PhraseTerm[],
  visit: (doc: number, frequency: number, norm: number) => void,
  first = 0,
  last = Number.POSITIVE_INFINITY,
): void {
  const places = terms.map((term) => new TermPlaces(term)).sort((a, b) => a.documents - b.documents)
  const [rarest] = places
  if (rarest === undefined) return
  const { docs, end, norms, start } = rarest.postings
  const starts = new PhraseStarts()
  for (let entry = seek(docs, start, end, first); entry < end; entry++) {
    const doc = docs[entry] as number
    if (doc > last) return
    if (!findAll(places, doc)) continue
    const frequency = starts.count(places)
    if (frequency > 0) visit(doc, frequency, norms[entry] as number)
  }
}

function findAll(places: readonly TermPlaces[], doc: number): boolean {
  for (const term of places) if (!term.find(doc)) return false
  return true
}

/** Where a term stands in the documents, one after the other. */
class TermPlaces {
  readonly postings: Postings
  readonly offsets: readonly number[]
  readonly documents: number
  positions = new Int32Array(8)
  count = 0
  #entry: number
  /** Of the entry whose positions begin at `#positionsAt`. */
  #positionsOf: number
  #positionsAt: number

  constructor({ offsets, postings }: PhraseTerm) {
    this.postings = postings
    this.offsets = offsets
    this.documents = postings.end - postings.start
    this.#entry = postings.start
    this.#positionsOf = postings.start
    this.#positionsAt = postings.positionStart
  }

  /** Goes forward to a document. Returns whether the term is in it. */
  find(doc: number): boolean {
    const { docs, end } = this.postings
    this.#entry = seek(docs, this.#entry, end, doc)
    return this.#entry < end && docs[this.#entry] === doc
  }

  /** Reads `positions` in the document found last. */
  read(): void {
    const bytes = this.postings.positions
    let passed = 0
    while (this.#positionsOf < this.#entry) passed += frequencyAt(this.postings, this.#positionsOf++)
    let at = skipPositions(bytes, this.#positionsAt, passed)
    this.#positionsAt = at
    this.count = frequencyAt(this.postings, this.#entry)
    if (this.count > this.positions.length) this.positions = new Int32Array(this.count * 2)
    let position = 0
    for (let index = 0; index < this.count; index++) {
      let byte = bytes[at++] as number
      for (let shift = 0; ; shift += 7) {
        position += (byte & 127) << shift
        if (byte < 128) break
        byte = bytes[at++] as number
      }
      this.positions[index] = position
    }
  }
}

/** Where a phrase begins in a document. */
class PhraseStarts {
  #starts = new Int32Array(8)
  #count = 0

  /** How often the terms stand in their places, in the document that all have found. */
  count(places: readonly TermPlaces[]): number {
    let isFirst = true
    for (const term of places) {
      term.read()
      for (const offset of term.offsets) {
        if (isFirst) this.#take(term, offset)
        else this.#keep(term, offset)
        if (this.#count === 0) return 0
        isFirst = false
      }
    }
    return this.#count
  }

  #take({ count, positions }: TermPlaces, offset: number): void {
    if (count > this.#starts.length) this.#starts = new Int32Array(count * 2)
    for (let index = 0; index < count; index++) this.#starts[index] = (positions[index] as number) - offset
    this.#count = count
  }

  /** Keeps those from which the term stands at the offset. */
  #keep({ count, positions }: TermPlaces, offset: number): void {
    let kept = 0
    let at = 0
    for (let index = 0; index < this.#count; index++) {
      const start = this.#starts[index] as number
      while (at < count && (positions[at] as number) < start + offset) at++
      if (at < count && positions[at] === start + offset) this.#starts[kept++] = start
    }
    this.#count = kept
  }
}
