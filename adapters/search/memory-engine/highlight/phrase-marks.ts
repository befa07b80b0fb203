import type { PhraseWord } from "../../../../core/search/for-adapters.ts"

/** The tokens of a text that are words of phrases. */
export class TokenList {
  readonly terms: string[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly positions: number[] = []
  readonly #known: ReadonlySet<string>

  constructor(phrases: readonly (readonly PhraseWord[])[]) {
    this.#known = new Set(phrases.flatMap((words) => words.map(({ term }) => term)))
  }

  add(term: string, start: number, end: number, position: number): void {
    if (!this.#known.has(term)) return
    this.terms.push(term)
    this.starts.push(start)
    this.ends.push(end)
    this.positions.push(position)
  }
}

/**
 * Marks the tokens of each occurrence of a phrase, in time that does not depend on how often its words repeat.
 *
 * A state has a bit for each place of the phrase. On the way forward, a bit says that the phrase up to there ends at a
 * position; on the way back, that the position is at that place of a whole occurrence.
 */
export function markPhrase(words: readonly PhraseWord[], tokens: TokenList, marks: Uint8Array): void {
  const last = words.at(-1)
  if (last === undefined) return
  const pattern = new Pattern(words, last.position + 1)
  const isEnd = occurrenceEnds(pattern, tokens)
  const state = pattern.none()
  const { positions, terms } = tokens
  for (let token = terms.length - 1; token >= 0; token--) {
    const distance = (positions[token + 1] ?? (positions[token] as number)) - (positions[token] as number)
    for (let step = 0; step < distance && !isEmpty(state); step++) shiftRight(state)
    if (isEnd[token] === 1) setBit(state, pattern.length - 1)
    if (meets(state, pattern.placesOf(terms[token] as string))) marks[token] = 1
  }
}

/** By token: 1 where an occurrence ends at its position. */
function occurrenceEnds(pattern: Pattern, { positions, terms }: TokenList): Uint8Array {
  const isEnd = new Uint8Array(terms.length)
  const state = pattern.none()
  const places = pattern.none()
  let next = 0
  for (let token = 0; token < terms.length; token = next) {
    const position = positions[token] as number
    places.set(pattern.gaps)
    for (next = token; next < terms.length && positions[next] === position; next++) {
      include(places, pattern.placesOf(terms[next] as string))
    }
    const skipped = position - (positions[token - 1] ?? position - 1) - 1
    for (let step = 0; step < skipped && !isEmpty(state); step++) {
      shiftLeft(state)
      keep(state, pattern.gaps)
    }
    shiftLeft(state)
    setBit(state, 0)
    keep(state, places)
    if (hasBit(state, pattern.length - 1)) isEnd.fill(1, token, next)
  }
  return isEnd
}

type Bits = Uint32Array

/** The places of a phrase, a bit each. */
class Pattern {
  readonly length: number
  /** Places of no word: any may stand there. */
  readonly gaps: Bits
  readonly #places = new Map<string, Bits>()
  readonly #nowhere: Bits

  constructor(words: readonly PhraseWord[], length: number) {
    this.length = length
    this.#nowhere = this.none()
    this.gaps = this.none()
    for (let place = 0; place < length; place++) setBit(this.gaps, place)
    for (const { position, term } of words) {
      clearBit(this.gaps, position)
      const places = this.#places.get(term) ?? this.none()
      setBit(places, position)
      this.#places.set(term, places)
    }
  }

  none(): Bits {
    return new Uint32Array((this.length + 31) >>> 5)
  }

  /** Where the term stands in the phrase. */
  placesOf(term: string): Bits {
    return this.#places.get(term) ?? this.#nowhere
  }
}

function hasBit(bits: Bits, bit: number): boolean {
  return (((bits[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1
}

function setBit(bits: Bits, bit: number): void {
  bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31))
}

function clearBit(bits: Bits, bit: number): void {
  bits[bit >>> 5] = (bits[bit >>> 5] as number) & ~(1 << (bit & 31))
}

function isEmpty(bits: Bits): boolean {
  for (let at = 0; at < bits.length; at++) if (bits[at] !== 0) return false
  return true
}

function meets(a: Bits, b: Bits): boolean {
  for (let at = 0; at < a.length; at++) if (((a[at] as number) & (b[at] as number)) !== 0) return true
  return false
}

function include(into: Bits, other: Bits): void {
  for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) | (other[at] as number)
}

function keep(from: Bits, other: Bits): void {
  for (let at = 0; at < from.length; at++) from[at] = (from[at] as number) & (other[at] as number)
}

function shiftLeft(bits: Bits): void {
  for (let at = bits.length - 1; at >= 0; at--) bits[at] = ((bits[at] as number) << 1) | ((bits[at - 1] ?? 0) >>> 31)
}

function shiftRight(bits: Bits): void {
  for (let at = 0; at < bits.length; at++) bits[at] = ((bits[at] as number) >>> 1) | ((bits[at + 1] ?? 0) << 31)
}
