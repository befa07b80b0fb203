import type { Characters } from "./characters.ts"
import { DEAD, NOTHING, START, type WordBreak, wordBreak } from "./word-break.ts"

/** The most UTF-16 units of a token. What is longer is cut into several. */
export const LONGEST_TOKEN = 255

/** Finds tokens of one text by the automaton. */
export class WordMatcher {
  /** What the last match is: nothing, a word or CJK. */
  kind = NOTHING
  readonly #text: Characters
  readonly #automaton: WordBreak = wordBreak()
  /** For each state, until where it stayed since a start that led to it. Later starts that lead to it need not look again. */
  readonly #stuckUntil: number[] = []

  constructor(text: Characters) {
    this.#text = text
  }

  /** Finds the longest token that begins at `start`. @returns Its end, or that of the character where there is none. */
  match(start: number): number {
    const { kinds } = this.#automaton
    const limit = this.#limitFrom(start)
    const first = this.#codeAt(start)
    let at = start + lengthOf(first)
    let state = this.#next(START, first)
    let end = at
    this.kind = kinds[state] ?? NOTHING

    if (state !== DEAD && this.kind === NOTHING) at = this.#whileStuck(state, at, limit)
    while (at < limit && state !== DEAD) {
      const code = this.#codeAt(at)
      at += lengthOf(code)
      state = this.#next(state, code)
      const kind = kinds[state] ?? NOTHING
      if (kind === NOTHING) continue
      this.kind = kind
      end = at
    }
    return end
  }

  /** Goes over characters that leave the state as it is. */
  #whileStuck(state: number, from: number, limit: number): number {
    let at = Math.max(from, this.#stuckUntil[state] ?? 0)
    while (at < limit) {
      const code = this.#codeAt(at)
      if (this.#next(state, code) !== state) break
      at += lengthOf(code)
    }
    this.#stuckUntil[state] = at
    return at
  }

  /** Where a token ends at the latest: never between the two halves of a character. */
  #limitFrom(start: number): number {
    const limit = start + LONGEST_TOKEN
    if (limit >= this.#text.length) return this.#text.length
    return this.#codeAt(limit - 1) > 0xffff ? limit - 1 : limit
  }

  #next(state: number, code: number): number {
    const { classes, transitions, blockStarts, blocks } = this.#automaton
    const own = blocks[(blockStarts[code >> 8] ?? 0) + (code & 255)] ?? 0
    return transitions[state * classes + own] ?? DEAD
  }

  #codeAt(at: number): number {
    return this.#text.codePointAt(at) ?? 0
  }
}

const lengthOf = (code: number): number => (code > 0xffff ? 2 : 1)
