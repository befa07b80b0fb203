import { frequencyAt, type Postings, seek, skipPositions } from "./postings.ts"

/** The places of one word of a phrase. */
class WordPlaces {
  readonly postings: Postings
  /** Of the word in the phrase. */
  readonly #offset: number
  #entry: number
  /** Where the positions of `#positionsEntry` begin. */
  #positionAt: number
  #positionsEntry: number
  /** Where the phrase would begin for the word to be in its place. */
  starts = new Int32Array(8)
  count = 0

  constructor(postings: Postings, offset: number) {
    this.postings = postings
    this.#offset = offset
    this.#entry = postings.start
    this.#positionsEntry = postings.start
    this.#positionAt = postings.positionStart
  }

  /** Goes forward to a document. Returns whether the word is in it. */
  find(doc: number): boolean {
    const { docs, end } = this.postings
    this.#entry = seek(docs, this.#entry, end, doc)
    return this.#entry < end && docs[this.#entry] === doc
  }

  /** Of the document found last. */
  norm(): number {
    return this.postings.norms[this.#entry] as number
  }

  /** Reads `starts` of the document found last. */
  read(): void {
    const { positions } = this.postings
    let skipped = 0
    while (this.#positionsEntry < this.#entry) skipped += frequencyAt(this.postings, this.#positionsEntry++)
    let at = skipPositions(positions, this.#positionAt, skipped)
    this.#positionAt = at
    this.count = frequencyAt(this.postings, this.#entry)
    if (this.count > this.starts.length) this.starts = new Int32Array(this.count * 2)
    let position = -this.#offset
    for (let index = 0; index < this.count; index++) {
      let shift = 0
      let byte = positions[at++] as number
      while (byte > 127) {
        position += (byte & 127) << shift
        shift += 7
        byte = positions[at++] as number
      }
      position += byte << shift
      this.starts[index] = position
    }
  }

  /** Keeps the starts that the other word has too. */
  intersect(other: WordPlaces): void {
    let kept = 0
    let at = 0
    for (let index = 0; index < this.count; index++) {
      const start = this.starts[index] as number
      while (at < other.count && (other.starts[at] as number) < start) at++
      if (at < other.count && other.starts[at] === start) this.starts[kept++] = start
    }
    this.count = kept
  }
}

/**
 * Tells of each document from `first` to `last` that has words in their places, with how often.
 *
 * @param offsets - By word, its position relative to the first one.
 */
export function forEachPhrase(
  words: readonly Postings[],
  offsets: readonly number[],
  visit: (doc: number, frequency: number, norm: number) => void,
  first = 0,
  last = Number.POSITIVE_INFINITY,
): void {
  const places = words
    .map((postings, index) => new WordPlaces(postings, offsets[index] as number))
    .sort((a, b) => a.postings.end - a.postings.start - (b.postings.end - b.postings.start))
  const [rarest, ...others] = places
  if (rarest === undefined) return
  const { docs, end, start } = rarest.postings
  for (let entry = seek(docs, start, end, first); entry < end; entry++) {
    const doc = docs[entry] as number
    if (doc > last) return
    if (!others.every((word) => word.find(doc))) continue
    rarest.find(doc)
    rarest.read()
    for (const word of others) {
      word.read()
      rarest.intersect(word)
    }
    if (rarest.count > 0) visit(doc, rarest.count, rarest.norm())
  }
}
