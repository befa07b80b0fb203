import { grown, Rows } from "./rows.ts"
import { GrowingTable, SortedTable, type ValueTable } from "./value-table.ts"
import { type ColumnValue, compareValues } from "./values.ts"

type Ordinals = Uint8Array | Uint16Array | Uint32Array

/** The values of one field: each row has the ordinals of its distinct values, in the order of values. */
export interface Column {
  readonly rows: Rows
  readonly ordinals: Ordinals
  readonly table: ValueTable
}

/** A column that takes documents, in their order. */
export class GrowingColumn implements Column {
  readonly rows = new Rows()
  readonly table = new GrowingTable()
  ordinals = new Uint32Array(16)

  append(doc: number, values: readonly ColumnValue[]): void {
    if (values.length === 0) return
    const distinct = values.length === 1 ? values : [...new Set(values)].sort(compareValues)
    let at = this.rows.valueCount
    this.ordinals = grown(this.ordinals, at + distinct.length)
    for (const value of distinct) this.ordinals[at++] = this.table.intern(value)
    this.rows.append(doc, distinct.length)
  }

  /** The same in its small form. This one must not be used after it. */
  freeze(): Column {
    const sorted = this.table.sorted()
    const ranks = this.table.ranksIn(sorted)
    const ordinals = this.ordinals.subarray(0, this.rows.valueCount)
    for (let at = 0; at < ordinals.length; at++) ordinals[at] = ranks[ordinals[at] as number] as number
    return frozenColumn(this.rows, ordinals, sorted)
  }
}

/** A column of values in their order. */
export function frozenColumn(rows: Rows, ordinals: Uint32Array, sorted: readonly ColumnValue[]): Column {
  return { rows: rows.trim(), ordinals: narrowed(ordinals, sorted.length), table: new SortedTable(sorted) }
}

function narrowed(ordinals: Uint32Array, values: number): Ordinals {
  if (values <= 0x100) return new Uint8Array(ordinals)
  return values <= 0x10000 ? new Uint16Array(ordinals) : ordinals.slice()
}

/** Whether a column of texts would cost as much as its texts. */
export function isMostlyUnique({ rows, table }: Column): boolean {
  return rows.count >= 256 && table.size * 2 > rows.count
}
