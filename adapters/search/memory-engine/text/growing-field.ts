import { type FrozenField, FrozenFieldBuilder } from "./frozen-text.ts"
import { type Postings, PostingsBuilder } from "./postings.ts"
import { lengthByte } from "./similarity.ts"
import { mergeSorted, type SortedTerms, sortedTermsOf } from "./sorted-terms.ts"
import type { TextAnalyzer, TextField } from "./text-segment.ts"

/** Between the last word of a text and the first of the document's next one. */
const TEXT_GAP = 100
/** V8 makes longer parts of a text as views, which keep all of it in memory. */
const LONGEST_COPIED = 12
const NONE = -1

/**
 * What a field keeps: `words` with their frequencies and positions, `values` of a keyword field, which count once and have
 * no length, or for each word only the `documents`.
 */
type Kept = "words" | "values" | "documents"

/** A field that grows: its tokens in the order of their coming, those of one term in a chain. */
export class GrowingField implements TextField {
  documents = 0
  totalLength = 0
  readonly #kept: Kept
  readonly #ordinals = new Map<string, number>()
  readonly #terms: string[] = []
  /** By term. */
  #firsts = new Int32Array(16)
  #lasts = new Int32Array(16)
  /** By token. */
  #docs = new Int32Array(64)
  #positions = new Int32Array(64)
  #nexts = new Int32Array(64)
  #norms = new Uint8Array(64)
  #tokens = 0
  #sortedTerms: SortedTerms = { terms: [], shared: new Uint8Array(0) }

  #doc = 0
  #text = ""
  #base = 0
  #end = 0

  constructor(kept: Kept) {
    this.#kept = kept
  }

  add(doc: number, texts: readonly string[], analyzer: TextAnalyzer): void {
    const before = this.#tokens
    this.#doc = doc
    this.#end = -TEXT_GAP
    for (const text of texts) {
      this.#text = text
      this.#base = this.#end + TEXT_GAP
      this.#end = this.#base
      analyzer.analyze(text, this.#addToken)
    }
    this.#text = ""
    const length = this.#tokens - before
    if (length === 0) return
    this.documents++
    this.totalLength += length
    this.#norms.fill(this.#kept === "words" ? lengthByte(length) : 1, before, this.#tokens)
  }

  readonly #addToken = (term: string, _start: number, _end: number, position: number): void => {
    const ordinal = this.#ordinals.get(term) ?? this.#addTerm(term)
    const last = this.#lasts[ordinal] as number
    if (this.#kept !== "words" && last !== NONE && this.#docs[last] === this.#doc) return
    const token = this.#tokens++
    if (token === this.#docs.length) this.#growTokens()
    this.#docs[token] = this.#doc
    this.#positions[token] = this.#base + position
    this.#nexts[token] = NONE
    this.#end = this.#base + position + 1
    if (last === NONE) this.#firsts[ordinal] = token
    else this.#nexts[last] = token
    this.#lasts[ordinal] = token
  }

  #addTerm(term: string): number {
    const ordinal = this.#terms.length
    const own = term.length <= LONGEST_COPIED || term === this.#text ? term : copied(term)
    this.#ordinals.set(own, ordinal)
    this.#terms.push(own)
    if (ordinal === this.#firsts.length) {
      this.#firsts = doubled(this.#firsts)
      this.#lasts = doubled(this.#lasts)
    }
    this.#lasts[ordinal] = NONE
    return ordinal
  }

  #growTokens(): void {
    this.#docs = doubled(this.#docs)
    this.#positions = doubled(this.#positions)
    this.#nexts = doubled(this.#nexts)
    const norms = new Uint8Array(this.#docs.length)
    norms.set(this.#norms)
    this.#norms = norms
  }

  postings(term: string): Postings | undefined {
    const ordinal = this.#ordinals.get(term)
    if (ordinal === undefined) return undefined
    let tokens = 0
    for (let token = this.#firsts[ordinal] as number; token !== NONE; token = this.#nexts[token] as number) tokens++
    const builder = new PostingsBuilder(tokens, tokens, this.#kept === "documents")
    this.#write(ordinal, builder)
    return builder.build()
  }

  #write(ordinal: number, builder: PostingsBuilder): void {
    let doc = NONE
    for (let token = this.#firsts[ordinal] as number; token !== NONE; token = this.#nexts[token] as number) {
      if (this.#docs[token] !== doc) {
        doc = this.#docs[token] as number
        builder.add(doc, this.#norms[token] as number)
      }
      if (this.#kept !== "documents") builder.addPosition(this.#positions[token] as number)
    }
  }

  sortedTerms(): SortedTerms {
    const { terms } = this.#sortedTerms
    if (terms.length < this.#terms.length) {
      // Strings are compared by UTF-16 unit unless a comparison is given.
      this.#sortedTerms = sortedTermsOf(mergeSorted(terms, this.#terms.slice(terms.length).sort()))
    }
    return this.#sortedTerms
  }

  forEachWithPrefix(prefix: string, visit: (doc: number) => void): void {
    for (const [ordinal, term] of this.#terms.entries()) {
      if (!term.startsWith(prefix)) continue
      for (let token = this.#firsts[ordinal] as number; token !== NONE; token = this.#nexts[token] as number)
        visit(this.#docs[token] as number)
    }
  }

  freeze(): FrozenField {
    const field = new FrozenFieldBuilder(this.#terms.length)
    const builder = new PostingsBuilder(this.#tokens, this.#tokens, this.#kept === "documents")
    for (const term of this.sortedTerms().terms) {
      field.addTerm(term, builder)
      this.#write(this.#ordinals.get(term) as number, builder)
    }
    return field.build(this, builder.build())
  }
}

function copied(term: string): string {
  return term.split("").join("")
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
