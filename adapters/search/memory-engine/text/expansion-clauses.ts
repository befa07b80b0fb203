import type { ScorePart } from "../../../../contracts/search/search.ts"
import { BitSet } from "../bit-set.ts"
import type { Clause } from "./clause.ts"
import { type Postings, seek } from "./postings.ts"
import type { ScoreSums } from "./segment-hits.ts"
import type { TextIndex } from "./text-index.ts"

/** The documents with a word that begins with a text: all score the boost. */
export class PrefixClause implements Clause {
  readonly #index: TextIndex
  readonly #path: string
  readonly #prefix: string
  readonly #boost: number
  /** By segment, those that were asked for. */
  readonly #docs = new Map<number, BitSet>()

  constructor(index: TextIndex, path: string, prefix: string, boost: number) {
    this.#index = index
    this.#path = path
    this.#prefix = prefix
    this.#boost = boost
  }

  addTo(sums: ScoreSums, segment: number): void {
    this.#docsOf(segment).forEach((doc) => {
      sums.add(doc, this.#boost)
    })
  }

  explain(segment: number, doc: number): ScorePart[] {
    if (!this.#docsOf(segment).has(doc)) return []
    return [constantPart(`${this.#prefix}*`, this.#path, this.#boost)]
  }

  #docsOf(segment: number): BitSet {
    const known = this.#docs.get(segment)
    if (known !== undefined) return known
    const docs = new BitSet(this.#index.segments[segment]?.size ?? 0)
    this.#index.segments[segment]?.plainField(this.#path)?.forEachWithPrefix(this.#prefix, (doc) => docs.add(doc))
    this.#docs.set(segment, docs)
    return docs
  }
}

/** The documents with a word, whatever its frequency: all score the boost. */
export class WordClause implements Clause {
  readonly #path: string
  readonly #word: string
  readonly #boost: number
  /** By segment. */
  readonly #postings: readonly (Postings | undefined)[]

  constructor(index: TextIndex, path: string, word: string, boost: number) {
    this.#path = path
    this.#word = word
    this.#boost = boost
    this.#postings = index.plainFields(path).map((field) => field?.postings(word))
  }

  addTo(sums: ScoreSums, segment: number): void {
    const postings = this.#postings[segment]
    if (postings === undefined) return
    for (let entry = postings.start; entry < postings.end; entry++) {
      sums.add(postings.docs[entry] as number, this.#boost)
    }
  }

  explain(segment: number, doc: number): ScorePart[] {
    const postings = this.#postings[segment]
    if (postings === undefined) return []
    const entry = seek(postings.docs, postings.start, postings.end, doc)
    if (entry === postings.end || postings.docs[entry] !== doc) return []
    return [constantPart(this.#word, this.#path, this.#boost)]
  }
}

function constantPart(term: string, field: string, score: number): ScorePart {
  return { term, field, idf: 1, tf: 1, boost: score, score }
}
