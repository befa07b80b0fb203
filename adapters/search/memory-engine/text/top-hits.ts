import type { ReadonlyBitSet } from "../bit-set.ts"
import type { SegmentHits } from "./segment-hits.ts"

interface TopHit {
  readonly segment: number
  readonly doc: number
  readonly score: number
}

interface TopHits {
  /** The best first. */
  readonly hits: TopHit[]
  /** Documents that match and pass. */
  readonly total: number
}

/** Orders documents with one score: negative where the first goes before the second. */
type CompareDocs = (segmentA: number, docA: number, segmentB: number, docB: number) => number

/**
 * The best of the hits that pass.
 *
 * @param passing - By segment, those that count: they are not removed and pass the filter. All where it is undefined.
 */
export function topHits(
  results: readonly SegmentHits[],
  passing: readonly (ReadonlyBitSet | undefined)[],
  count: number,
  compare: CompareDocs,
): TopHits {
  const best = new BestDocs(count, compare)
  let total = 0
  for (const [segment, hits] of results.entries()) total += best.offer(segment, hits, passing[segment])
  return { hits: best.take(), total }
}

/** A heap of the best documents with the worst of them at its top. */
class BestDocs {
  readonly #count: number
  readonly #compare: CompareDocs
  #scores: number[] = []
  #segments: number[] = []
  #docs: number[] = []

  constructor(count: number, compare: CompareDocs) {
    this.#count = count
    this.#compare = compare
  }

  /** Returns how many of a segment's hits pass. */
  offer(segment: number, { docs, scores }: SegmentHits, passing: ReadonlyBitSet | undefined): number {
    let total = 0
    // Below this score a document is not among the best.
    let least = this.#least()
    for (let index = 0; index < docs.length; index++) {
      const doc = docs[index] as number
      if (passing !== undefined && !passing.has(doc)) continue
      total++
      const score = scores[index] as number
      if (score < least) continue
      this.#offer(segment, doc, score)
      least = this.#least()
    }
    return total
  }

  #least(): number {
    if (this.#count === 0) return Number.POSITIVE_INFINITY
    return this.#scores.length < this.#count ? Number.NEGATIVE_INFINITY : (this.#scores[0] as number)
  }

  #offer(segment: number, doc: number, score: number): void {
    if (this.#scores.length < this.#count) this.#rise(this.#scores.length, segment, doc, score)
    else if (this.#isWorse(0, segment, doc, score)) this.#sink(0, this.#count, segment, doc, score)
  }

  /** Whether the document at a place goes after another one. */
  #isWorse(place: number, segment: number, doc: number, score: number): boolean {
    const own = this.#scores[place] as number
    if (own !== score) return own < score
    return this.#compare(this.#segments[place] as number, this.#docs[place] as number, segment, doc) > 0
  }

  #rise(from: number, segment: number, doc: number, score: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >>> 1
      if (this.#isWorse(parent, segment, doc, score)) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, segment, doc, score)
  }

  #sink(from: number, size: number, segment: number, doc: number, score: number): void {
    let place = from
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.#goesAfter(child + 1, child)) child++
      if (!this.#isWorse(child, segment, doc, score)) break
      this.#move(child, place)
      place = child
    }
    this.#put(place, segment, doc, score)
  }

  #goesAfter(a: number, b: number): boolean {
    return this.#isWorse(a, this.#segments[b] as number, this.#docs[b] as number, this.#scores[b] as number)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#segments[from] as number, this.#docs[from] as number, this.#scores[from] as number)
  }

  #put(place: number, segment: number, doc: number, score: number): void {
    this.#segments[place] = segment
    this.#docs[place] = doc
    this.#scores[place] = score
  }

  /** All, the best first. */
  take(): TopHit[] {
    const hits: TopHit[] = []
    for (let size = this.#scores.length; size > 0; size--) {
      hits.push({
        segment: this.#segments[0] as number,
        doc: this.#docs[0] as number,
        score: this.#scores[0] as number,
      })
      const last = size - 1
      this.#sink(0, last, this.#segments[last] as number, this.#docs[last] as number, this.#scores[last] as number)
    }
    return hits.reverse()
  }
}
