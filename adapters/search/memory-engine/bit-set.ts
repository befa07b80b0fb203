/** A set that nobody may change: it may stand in a cache. */
export interface ReadonlyBitSet {
  /** Members are below it. */
  readonly size: number
  readonly words: Readonly<Uint32Array>
  has(member: number): boolean
  count(): number
  /** In ascending order. */
  forEach(visit: (member: number) => void): void
  /** Writes the members in ascending order. @returns How many there are. */
  write(into: Uint32Array): number
  clone(): BitSet
}

/** A set of numbers below a size, a bit each. */
export class BitSet implements ReadonlyBitSet {
  readonly size: number
  readonly words: Uint32Array

  constructor(size: number, words = new Uint32Array((size + 31) >>> 5)) {
    this.size = size
    this.words = words
  }

  /** All numbers below the size. */
  static full(size: number): BitSet {
    return new BitSet(size).not()
  }

  has(member: number): boolean {
    return (((this.words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1
  }

  add(member: number): void {
    const at = member >>> 5
    this.words[at] = (this.words[at] ?? 0) | (1 << (member & 31))
  }

  delete(member: number): void {
    const at = member >>> 5
    this.words[at] = (this.words[at] ?? 0) & ~(1 << (member & 31))
  }

  /** Keeps what the other has, too. */
  and(other: ReadonlyBitSet): this {
    const { words } = this
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) & (other.words[at] ?? 0)
    return this
  }

  /** Removes what the other has. */
  andNot(other: ReadonlyBitSet): this {
    const { words } = this
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) & ~(other.words[at] ?? 0)
    return this
  }

  /** Adds what the other has below this size. */
  or(other: ReadonlyBitSet): this {
    const { words } = this
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) | (other.words[at] ?? 0)
    return this.#trim()
  }

  /** Flips every member. */
  not(): this {
    const { words } = this
    for (let at = 0; at < words.length; at++) words[at] = ~(words[at] ?? 0)
    return this.#trim()
  }

  count(): number {
    let total = 0
    for (const word of this.words) total += bitCount(word)
    return total
  }

  forEach(visit: (member: number) => void): void {
    for (let at = 0; at < this.words.length; at++) {
      for (let word = this.words[at] ?? 0; word !== 0; word &= word - 1) visit((at << 5) + lowestBit(word))
    }
  }

  write(into: Uint32Array): number {
    let count = 0
    for (let at = 0; at < this.words.length; at++) {
      const word = this.words[at] ?? 0
      const first = at << 5
      if (word === 0xffffffff) for (let bit = 0; bit < 32; bit++) into[count++] = first + bit
      else for (let rest = word; rest !== 0; rest &= rest - 1) into[count++] = first + lowestBit(rest)
    }
    return count
  }

  clone(): BitSet {
    return new BitSet(this.size, this.words.slice())
  }

  #trim(): this {
    const last = this.words.length - 1
    const used = this.size & 31
    if (used !== 0) this.words[last] = (this.words[last] ?? 0) & ((1 << used) - 1)
    return this
  }
}

/** How many bits of a word are set. */
export function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** The place of the lowest bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}
