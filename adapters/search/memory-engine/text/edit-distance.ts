import type { SortedTerms } from "./sorted-terms.ts"

/**
 * Tells of each term that differs from a word by at most `most` edits: a character (code point) more, less or another one,
 * or two neighbours exchanged, of which none is edited again (optimal string alignment).
 *
 * The terms are walked as the tree of their beginnings: rows of the usual table are kept for the beginning that a term
 * shares with the one before it, and terms with a beginning that is too far from the word are passed over. Of a row only the
 * cells within `most` of its diagonal are kept, since all others are too far.
 */
export function forEachWithin(
  { shared, terms }: SortedTerms,
  word: string,
  most: number,
  visit: (term: string, edits: number) => void,
): void {
  const table = new EditTable(
    Uint32Array.from(word, (character) => character.codePointAt(0) as number),
    most,
  )
  for (let index = 0; index < terms.length; ) {
    const term = terms[index] as string
    const cut = table.read(term, index === 0 ? 0 : (shared[index] as number))
    index++
    if (cut === 0) {
      if (table.edits <= most) visit(term, table.edits)
    } else while (index < terms.length && (shared[index] as number) >= cut) index++
  }
}

class EditTable {
  /** Between the term read last and the word. */
  edits = 0
  readonly #word: Uint32Array
  readonly #most: number
  readonly #width: number
  readonly #tooMany: number
  /** By row and cell: the edits between the row's characters of the term and, in the middle cell, as many of the word. */
  readonly #cells: Uint8Array
  /** By row, its last character. */
  readonly #characters: Uint32Array
  /** By row, how many units of the term it has. */
  readonly #units: Uint32Array
  /** The last row that is right for the term read last. */
  #row = 0

  constructor(word: Uint32Array, most: number) {
    const rows = word.length + most + 2
    this.#word = word
    this.#most = most
    this.#width = 2 * most + 1
    this.#tooMany = most + 1
    this.#cells = new Uint8Array(rows * this.#width)
    this.#characters = new Uint32Array(rows)
    this.#units = new Uint32Array(rows)
    for (let cell = 0; cell < this.#width; cell++) {
      this.#cells[cell] = cell < most || cell - most > word.length ? this.#tooMany : cell - most
    }
  }

  /**
   * @param shared - Units that the term has in common with the one read before.
   * @returns How many units of it are already too far from the word; 0 where it was read to its end.
   */
  read(term: string, shared: number): number {
    let row = this.#row
    while ((this.#units[row] as number) > shared) row--
    let unit = this.#units[row] as number
    while (unit < term.length) {
      const character = term.codePointAt(unit) as number
      unit += character > 0xffff ? 2 : 1
      row++
      this.#units[row] = unit
      this.#characters[row] = character
      if (this.#fill(row) > this.#most) {
        this.#row = row
        return unit
      }
    }
    this.#row = row
    const cell = this.#word.length - row + this.#most
    this.edits = cell < 0 || cell >= this.#width ? this.#tooMany : (this.#cells[row * this.#width + cell] as number)
    return 0
  }

  /** Returns the least of the row. */
  #fill(row: number): number {
    const cells = this.#cells
    const word = this.#word
    const width = this.#width
    const start = row * width
    const before = start - width
    const character = this.#characters[row] as number
    const characterBefore = this.#characters[row - 1] as number
    let least = this.#tooMany
    let left = this.#tooMany
    for (let cell = 0; cell < width; cell++) {
      const column = row + cell - this.#most
      let edits = this.#tooMany
      if (column >= 0 && column <= word.length) {
        edits = Math.min(edits, left + 1)
        if (cell + 1 < width) edits = Math.min(edits, (cells[before + cell + 1] as number) + 1)
        if (column > 0) {
          const same = word[column - 1] === character
          edits = Math.min(edits, (cells[before + cell] as number) + (same ? 0 : 1))
          if (row > 1 && column > 1 && word[column - 2] === character && word[column - 1] === characterBefore)
            edits = Math.min(edits, (cells[before - width + cell] as number) + 1)
        }
      }
      cells[start + cell] = edits
      left = edits
      if (edits < least) least = edits
    }
    return least
  }
}
