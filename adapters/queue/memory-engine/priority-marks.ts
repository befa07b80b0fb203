const WORD_BITS = 32

/** A set of whole numbers from 0 to 1,023 whose lowest member is found at once. */
export class PriorityMarks {
  readonly #words = new Int32Array(WORD_BITS)
  /** Which words have a bit. */
  #used = 0

  add(member: number): void {
    const word = member >>> 5
    this.#words[word] = (this.#words[word] as number) | (1 << (member & 31))
    this.#used |= 1 << word
  }

  remove(member: number): void {
    const word = member >>> 5
    const left = (this.#words[word] as number) & ~(1 << (member & 31))
    this.#words[word] = left
    if (left === 0) this.#used &= ~(1 << word)
  }

  /** -1 when there is none. */
  lowest(): number {
    if (this.#used === 0) return -1
    const word = lowestBit(this.#used)
    return word * WORD_BITS + lowestBit(this.#words[word] as number)
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
