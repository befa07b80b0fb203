import type { ScorePart } from "../../../../contracts/search/search.ts"
import { BitSet } from "../bit-set.ts"
import type { Clause } from "./clause.ts"
import type { ScoreSums } from "./segment-hits.ts"
import type { TextIndex } from "./text-index.ts"
import type { TextField } from "./text-segment.ts"

/** Documents that all score the boost. */
abstract class ConstantClause implements Clause {
  readonly #index: TextIndex
  readonly #path: string
  readonly #boost: number
  /** By segment, those that were asked for. */
  readonly #docs = new Map<number, BitSet>()

  constructor(index: TextIndex, path: string, boost: number) {
    this.#index = index
    this.#path = path
    this.#boost = boost
  }

  /** How an explanation calls what is looked for. */
  protected abstract readonly label: string

  /** Tells the documents of a field in its plain form; of some several times. */
  protected abstract forEach(field: TextField, visit: (doc: number) => void): void

  addTo(sums: ScoreSums, segment: number): void {
    this.#docsOf(segment).forEach((doc) => {
      sums.add(doc, this.#boost)
    })
  }

  explain(segment: number, doc: number): ScorePart[] {
    if (!this.#docsOf(segment).has(doc)) return []
    return [{ term: this.label, field: this.#path, idf: 1, tf: 1, boost: this.#boost, score: this.#boost }]
  }

  #docsOf(segment: number): BitSet {
    const known = this.#docs.get(segment)
    if (known !== undefined) return known
    const docs = new BitSet(this.#index.segments[segment]?.size ?? 0)
    const field = this.#index.segments[segment]?.plainField(this.#path)
    if (field !== undefined) this.forEach(field, (doc) => docs.add(doc))
    this.#docs.set(segment, docs)
    return docs
  }
}

/** The documents with a word that begins with a text. */
export class PrefixClause extends ConstantClause {
  protected readonly label: string
  readonly #prefix: string

  constructor(index: TextIndex, path: string, prefix: string, boost: number) {
    super(index, path, boost)
    this.label = `${prefix}*`
    this.#prefix = prefix
  }

  protected forEach(field: TextField, visit: (doc: number) => void): void {
    field.forEachWithPrefix(this.#prefix, visit)
  }
}

/** The documents with one of several words. */
export class WordsClause extends ConstantClause {
  protected readonly label: string
  readonly #words: readonly string[]

  constructor(index: TextIndex, path: string, words: readonly string[], more: { label: string; boost: number }) {
    super(index, path, more.boost)
    this.label = more.label
    this.#words = words
  }

  protected forEach(field: TextField, visit: (doc: number) => void): void {
    for (const word of this.#words) {
      const postings = field.postings(word)
      if (postings === undefined) continue
      for (let entry = postings.start; entry < postings.end; entry++) visit(postings.docs[entry] as number)
    }
  }
}
