import type { TokenSink } from "./analyzer.ts"

/** Lucene's stop words of CJKAnalyzer. They are those of English and a few more. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a and are as at be but by for if in into is it no not of on or s such " +
    "t that the their then there these they this to was will with www"
  ).split(" "),
)

/** Makes pairs of the characters of Han, Hiragana, Katakana and Hangul words that stand side by side. */
export class BigramSink {
  readonly #sink: TokenSink
  /** The last character, which the next one makes a pair with. */
  #last: { readonly character: string; readonly start: number; readonly isAlone: boolean } | undefined
  #end = 0
  #position = 0

  constructor(sink: TokenSink) {
    this.#sink = sink
  }

  /** Takes a token of another script as it is. */
  addWord(term: string, start: number, end: number): void {
    this.finish()
    this.#add(term, start, end)
  }

  /** Takes a word of one of the four scripts. */
  addCjk(term: string, start: number, end: number): void {
    if (start !== this.#end) this.finish()
    const keepsPlaces = term.length === end - start
    let at = start
    for (const character of term) {
      const from = keepsPlaces ? at : start
      at += character.length
      const to = keepsPlaces ? at : end
      const last = this.#last
      if (last !== undefined) this.#add(last.character + character, last.start, to)
      this.#last = { character, start: from, isAlone: last === undefined }
      this.#end = to
    }
  }

  /** Ends a run. A character that made no pair is a token of its own. */
  finish(): void {
    const last = this.#last
    if (last?.isAlone) this.#add(last.character, last.start, this.#end)
    this.#last = undefined
  }

  #add(term: string, start: number, end: number): void {
    const position = this.#position++
    if (!STOP_WORDS.has(term)) this.#sink(term, start, end, position)
  }
}
