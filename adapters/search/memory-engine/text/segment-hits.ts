import { BitSet, bitCount, lowestBit, type ReadonlyBitSet } from "../bit-set.ts"

/** The documents of one segment that match, removed ones too. */
export class SegmentHits {
  /** Of the segment. */
  readonly size: number
  /** In ascending order. */
  readonly docs: Uint32Array
  /** One for each of `docs`: 32-bit floats. */
  readonly scores: Float32Array
  #matched: ReadonlyBitSet | undefined

  constructor(size: number, docs: Uint32Array, scores: Float32Array) {
    this.size = size
    this.docs = docs
    this.scores = scores
  }

  /** The same documents as a set. */
  get matched(): ReadonlyBitSet {
    this.#matched ??= bitSetOf(this.size, this.docs)
    return this.#matched
  }
}

function bitSetOf(size: number, docs: Uint32Array): BitSet {
  const set = new BitSet(size)
  for (let index = 0; index < docs.length; index++) set.add(docs[index] as number)
  return set
}

/** Sums of scores by document. Holds no document between two searches. */
export class ScoreSums {
  #sums = new Float64Array(0)
  #matched = new BitSet(0)

  /** Makes room for documents below `size`. */
  reserve(size: number): void {
    if (size <= this.#sums.length) return
    const capacity = Math.max(size, this.#sums.length * 2)
    this.#sums = new Float64Array(capacity)
    this.#matched = new BitSet(capacity)
  }

  get sums(): Float64Array {
    return this.#sums
  }

  get words(): Uint32Array {
    return this.#matched.words
  }

  add(doc: number, score: number): void {
    this.#sums[doc] = (this.#sums[doc] as number) + score
    this.#matched.add(doc)
  }

  /** Takes out all documents, each with its sum as a 32-bit float. */
  drain(size: number): SegmentHits {
    const sums = this.#sums
    const words = this.words
    const wordCount = (size + 31) >>> 5
    let count = 0
    for (let index = 0; index < wordCount; index++) count += bitCount(words[index] as number)
    const docs = new Uint32Array(count)
    const scores = new Float32Array(count)
    let at = 0
    for (let index = 0; index < wordCount; index++) {
      let word = words[index] as number
      if (word === 0) continue
      words[index] = 0
      while (word !== 0) {
        const doc = (index << 5) + lowestBit(word)
        word &= word - 1
        docs[at] = doc
        scores[at++] = sums[doc] as number
        sums[doc] = 0
      }
    }
    return new SegmentHits(size, docs, scores)
  }
}

/** Those that no search is using. */
const spare: ScoreSums[] = []

/** The documents that are added, each with the sum of its scores. */
export function withSums(size: number, add: (sums: ScoreSums) => void): SegmentHits {
  const sums = spare.pop() ?? new ScoreSums()
  sums.reserve(size)
  add(sums)
  const hits = sums.drain(size)
  spare.push(sums)
  return hits
}
