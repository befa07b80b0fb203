import type { PlannedSort } from "../../../../core/search/for-adapters.ts"
import type { ReadonlyBitSet } from "../bit-set.ts"
import type { Column } from "./column.ts"
import type { Columns } from "./columns.ts"
import { type ColumnValue, compareValues } from "./values.ts"

/** What a document is sorted by: one value for each key of the sort, null where it has none. */
export type SortValues = readonly (ColumnValue | null)[]

/** After all others, in both directions. */
const MISSING = 0x7fffffff

export function sortValuesOf(columns: Columns, doc: number, sort: readonly PlannedSort[]): SortValues {
  return sort.map(({ descending, field }) => {
    const column = columns.column(field)
    const at = column === undefined ? -1 : placeOf(column, doc, descending)
    return at < 0 ? null : (column as Column).table.valueOf((column as Column).ordinals[at] as number)
  })
}

/** Below 0 where a document with the first values comes before one with the second. */
export function compareSortValues(a: SortValues, b: SortValues, sort: readonly PlannedSort[]): number {
  for (const [key, { descending }] of sort.entries()) {
    const order = compareOne(a[key] ?? null, b[key] ?? null, descending)
    if (order !== 0) return order
  }
  return 0
}

function compareOne(a: ColumnValue | null, b: ColumnValue | null, descending: boolean): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  return descending ? compareValues(b, a) : compareValues(a, b)
}

/** By document: a number whose order is that of the sort's key, within one segment. Only that of matches is set. */
export function sortKeys(columns: Columns, matches: ReadonlyBitSet, { descending, field }: PlannedSort): Int32Array {
  const keys = new Int32Array(columns.size).fill(MISSING)
  const column = columns.column(field)
  if (column === undefined) return keys
  const { ordinals, rows, table } = column
  const ranks = table.ranks()
  const selected = new Uint32Array(rows.count)
  const docs = new Uint32Array(rows.count)
  const count = rows.select(matches, selected, docs)
  for (let index = 0; index < count; index++) {
    const row = selected[index] as number
    const ordinal = ordinals[descending ? rows.startOf(row + 1) - 1 : rows.startOf(row)] as number
    const rank = ranks === undefined ? ordinal : (ranks[ordinal] as number)
    keys[docs[index] as number] = descending ? -rank : rank
  }
  return keys
}

/** Where a value stands among the keys of a segment: between two of them where the segment does not have it. */
export function boundOf(columns: Columns, value: ColumnValue | null, { descending, field }: PlannedSort): number {
  if (value === null) return MISSING
  const table = columns.column(field)?.table
  if (table === undefined) return 0
  const rank = table.countBelow(value) - (table.find(value) < 0 ? 0.5 : 0)
  return descending ? -rank : rank
}

/** Of several values, that by which the document is sorted. */
function placeOf({ rows }: Column, doc: number, descending: boolean): number {
  const row = rows.rowOf(doc)
  if (row < 0) return -1
  return descending ? rows.startOf(row + 1) - 1 : rows.startOf(row)
}
