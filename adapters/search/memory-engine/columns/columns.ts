/** The columns of one segment, by the path of their field. */
import type { Scalar } from "../../../../contracts/search/search.ts"
import type { Field } from "../../../../core/search/for-adapters.ts"
import type { BitSet, ReadonlyBitSet } from "../bit-set.ts"
import type { Column } from "./column.ts"

/** The texts that a document has at a path: columns of text fields are made of them when they are first asked for. */
export type TextSource = (doc: number, path: string) => readonly Scalar[]

/** What filters, facets and sorts ask of a segment. */
export interface Columns {
  /** How many documents the segment has, removed ones too. */
  readonly size: number
  /** Absent where no document has a value that filters. */
  column(field: Field): Column | undefined
  /** The documents that have the field, with too long a text too. Absent where none has. */
  present(field: Field): ReadonlyBitSet | undefined
  /** The set that was made for a key before, where the segment does not change. */
  cached(key: string, make: () => BitSet): ReadonlyBitSet
}
