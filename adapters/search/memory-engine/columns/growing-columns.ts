import type { Scalar } from "../../../../contracts/search/search.ts"
import type { Field } from "../../../../core/search/for-adapters.ts"
import { BitSet, type ReadonlyBitSet } from "../bit-set.ts"
import { GrowingColumn, isMostlyUnique } from "./column.ts"
import type { Columns, TextSource } from "./columns.ts"
import { FrozenColumns, type FrozenField } from "./frozen-columns.ts"
import { grown } from "./rows.ts"
import { columnValues } from "./values.ts"

/** Columns of a segment that takes documents. */
export class GrowingColumns implements Columns {
  size = 0
  readonly #fields = new Map<string, GrowingField>()
  readonly #source: TextSource

  constructor(source: TextSource) {
    this.#source = source
  }

  /**
   * Tells the values of one field of a document; dates are epoch milliseconds. Each field is told once of a document,
   * documents in ascending order.
   */
  add(doc: number, { path, type }: Field, values: readonly Scalar[]): void {
    if (values.length === 0) return
    let field = this.#fields.get(path)
    if (field === undefined) {
      field = new GrowingField(type === "text")
      this.#fields.set(path, field)
    }
    field.add(doc, values)
    this.grow(doc + 1)
  }

  /** Tells how many documents there are: the last ones may have no field. */
  grow(size: number): void {
    if (size > this.size) this.size = size
  }

  column({ path }: Field): GrowingColumn | undefined {
    return this.#fields.get(path)?.columnOf((doc) => this.#source(doc, path))
  }

  present({ path }: Field): ReadonlyBitSet | undefined {
    return this.#fields.get(path)?.present(this.size)
  }

  cached(_key: string, make: () => BitSet): ReadonlyBitSet {
    return make()
  }

  /** The same in their small form. These must not be used after it. */
  freeze(source: TextSource = this.#source): FrozenColumns {
    const fields = new Map<string, FrozenField>()
    for (const [path, field] of this.#fields) fields.set(path, field.freeze(this.size))
    return new FrozenColumns(this.size, fields, source)
  }
}

class GrowingField {
  readonly #isText: boolean
  #words = new Uint32Array(1)
  #column = new GrowingColumn()
  /** A text column that turned out mostly unique holds the documents below this; a later question brings the others. */
  #builtTo: number | undefined

  constructor(isText: boolean) {
    this.#isText = isText
  }

  add(doc: number, values: readonly Scalar[]): void {
    const at = doc >>> 5
    this.#words = grown(this.#words, at + 1)
    this.#words[at] = (this.#words[at] as number) | (1 << (doc & 31))
    if (this.#builtTo !== undefined) return
    this.#column.append(doc, columnValues(values))
    if (this.#isText && isPowerOfTwo(this.#column.rows.count) && isMostlyUnique(this.#column)) this.#abandon()
  }

  columnOf(source: (doc: number) => readonly Scalar[]): GrowingColumn {
    if (this.#builtTo === undefined) return this.#column
    const end = this.#words.length << 5
    const present = new BitSet(end, this.#words)
    for (let doc = this.#builtTo; doc < end; doc++) {
      if (!present.has(doc)) continue
      this.#column.append(doc, columnValues(source(doc)))
      this.#builtTo = doc + 1
    }
    return this.#column
  }

  present(size: number): BitSet {
    const words = new Uint32Array((size + 31) >>> 5)
    words.set(this.#words.subarray(0, words.length))
    return new BitSet(size, words)
  }

  freeze(size: number): FrozenField {
    const isBuilt = this.#builtTo === undefined
    const column = isBuilt ? this.#column.freeze() : undefined
    return { isText: this.#isText, present: this.present(size), column, isUsed: false }
  }

  #abandon(): void {
    this.#column = new GrowingColumn()
    this.#builtTo = 0
  }
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0
}
