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

/** No character. */
const NONE = 0xffffffff

class EditTable {
  /** Between the term read last and the word. */
  edits = 0
  /** With as many of no character before it as a row reaches back. */
  readonly #word: Uint32Array
  readonly #length: number
  readonly #most: number
  /** Of a row, with a last cell that is always too many. */
  readonly #width: number
  /** By row and cell: the edits between the row's characters of the term and, in cell `most`, as many of the word. */
  readonly #cells: Uint8Array
  /** By row, its last character. */
  readonly #characters: Uint32Array
  /** By row, how many units of the term it has. */
  readonly #units: Uint32Array
  /** The last row that is right for the term read last. */
  #row = 0

  constructor(word: Uint32Array, most: number) {
    const rows = word.length + most + 2
    this.#word = new Uint32Array(word.length + 2 * most + 2).fill(NONE)
    this.#word.set(word, most + 2)
    this.#length = word.length
    this.#most = most
    this.#width = 2 * most + 2
    this.#cells = new Uint8Array(rows * this.#width).fill(most + 1)
    this.#characters = new Uint32Array(rows).fill(NONE)
    this.#units = new Uint32Array(rows)
    for (let column = 0; column <= Math.min(most, word.length); column++) this.#cells[most + column] = column
  }

  /**
   * @param shared - Units that the term has in common with the one read before.
   * @returns How many units of it are already too far from the word; 0 where it was read to its end.
   */
  read(term: string, shared: number): number {
    const most = this.#most
    let row = this.#row
    while ((this.#units[row] as number) > shared) row--
    let unit = this.#units[row] as number
    while (unit < term.length) {
      const character = term.codePointAt(unit) as number
      unit += character > 0xffff ? 2 : 1
      row++
      this.#units[row] = unit
      this.#characters[row] = character
      if (this.#fill(row, character) > most) {
        this.#row = row
        return unit
      }
    }
    this.#row = row
    const cell = this.#length - row + most
    this.edits = cell < 0 || cell > 2 * most ? most + 1 : (this.#cells[row * this.#width + cell] as number)
    return 0
  }

  /** Returns the least of the row. */
  #fill(row: number, character: number): number {
    const cells = this.#cells
    const word = this.#word
    const width = this.#width
    const most = this.#most
    const start = row * width
    const before = start - width
    const characterBefore = this.#characters[row - 1] as number
    // The word has no characters for further cells.
    const last = Math.min(2 * most, this.#length - row + most)
    let least = most + 1
    let left = most + 1
    for (let cell = 0; cell <= last; cell++) {
      const own = word[row + cell + 1] as number
      let edits = cells[before + cell] as number
      if (own !== character) {
        const above = cells[before + cell + 1] as number
        if (above < edits) edits = above
        if (left < edits) edits = left
        if (own === characterBefore && word[row + cell] === character) {
          const swapped = cells[before - width + cell] as number
          if (swapped < edits) edits = swapped
        }
        if (edits <= most) edits++
      }
      cells[start + cell] = edits
      left = edits
      if (edits < least) least = edits
    }
    for (let cell = Math.max(0, last + 1); cell < width; cell++) cells[start + cell] = most + 1
    return least
  }
}
