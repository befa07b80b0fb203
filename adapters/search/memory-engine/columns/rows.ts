import { BitSet, bitCount, lowestBit, type ReadonlyBitSet } from "../bit-set.ts"

const ALL_BITS = -1

/**
 * The documents that have values. Each is a row; rows are numbered from 0 in the order of documents, so what is stored by
 * row takes no room for documents without a value.
 */
export class Rows {
  count = 0
  valueCount = 0
  /** Where the values of each row begin, and where the last ends. Absent while each row has one value. */
  offsets: Uint32Array<ArrayBuffer> | undefined
  #present = new Uint32Array(1)
  /** By word of `#present`: the row of its first document. */
  #firstRows = new Uint32Array(1)

  /** Adds a document after all that are there. */
  append(doc: number, values: number): void {
    const at = doc >>> 5
    this.#present = grown(this.#present, at + 1)
    this.#firstRows = grown(this.#firstRows, at + 1)
    if (this.#present[at] === 0) this.#firstRows[at] = this.count
    this.#present[at] = (this.#present[at] as number) | (1 << (doc & 31))
    if (values !== 1) this.offsets ??= oneEach(this.count)
    this.count++
    this.valueCount += values
    if (this.offsets === undefined) return
    this.offsets = grown(this.offsets, this.count + 1)
    this.offsets[this.count] = this.valueCount
  }

  /** Gives back room that was held for more. */
  trim(): this {
    this.#present = this.#present.slice(0, lastUsed(this.#present) + 1)
    this.#firstRows = this.#firstRows.slice(0, this.#present.length)
    this.offsets = this.offsets?.slice(0, this.count + 1)
    return this
  }

  /** @returns -1 where the document has no value. */
  rowOf(doc: number): number {
    const at = doc >>> 5
    const word = this.#present[at] ?? 0
    const bit = 1 << (doc & 31)
    return (word & bit) === 0 ? -1 : (this.#firstRows[at] as number) + bitCount(word & (bit - 1))
  }

  /** Where the values of a row begin. */
  startOf(row: number): number {
    return this.offsets === undefined ? row : (this.offsets[row] as number)
  }

  /** The documents that have a value. */
  docs(): Uint32Array {
    const docs = new Uint32Array(this.count)
    new BitSet(this.#present.length << 5, this.#present).write(docs)
    return docs
  }

  /** Writes the rows of those documents that have one, and the documents. @returns How many there are. */
  select(among: ReadonlyBitSet, rows: Uint32Array, docs?: Uint32Array): number {
    const words = Math.min(this.#present.length, among.words.length)
    let count = 0
    for (let at = 0; at < words; at++) {
      const present = this.#present[at] as number
      const hits = present & (among.words[at] as number)
      if (hits === 0) continue
      const firstRow = this.#firstRows[at] as number
      const firstDoc = at << 5
      if (hits === ALL_BITS) {
        for (let bit = 0; bit < 32; bit++) {
          if (docs !== undefined) docs[count] = firstDoc + bit
          rows[count++] = firstRow + bit
        }
      } else {
        for (let rest = hits; rest !== 0; rest &= rest - 1) {
          const bit = lowestBit(rest)
          if (docs !== undefined) docs[count] = firstDoc + bit
          rows[count++] = firstRow + bitCount(present & ((1 << bit) - 1))
        }
      }
    }
    return count
  }
}

/** The array, or a copy with room for as many items and more. */
export function grown(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= array.length) return array
  const larger = new Uint32Array(Math.max(length, array.length * 2, 16))
  larger.set(array)
  return larger
}

function oneEach(rows: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rows + 1 }, (_, row) => row)
}

function lastUsed(words: Uint32Array): number {
  let last = words.length - 1
  while (last >= 0 && words[last] === 0) last--
  return last
}
