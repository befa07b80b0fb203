import type { FacetResult } from "../../../../contracts/search/search.ts"
import type { PlannedFacet, PlannedRange } from "../../../../core/search/for-adapters.ts"
import type { ReadonlyBitSet } from "../bit-set.ts"
import { BoundedHeap } from "./bounded-heap.ts"
import type { Column } from "./column.ts"
import type { Columns } from "./columns.ts"
import { type ColumnValue, compareValues, shownValue } from "./values.ts"

/** A segment, and which of its documents match. */
export interface Matches {
  readonly columns: Columns
  readonly matches: ReadonlyBitSet
}

/** Counts over all segments. What matches must be under the filter of the facet, without removed documents. */
export function countFacet(facet: PlannedFacet, segments: readonly Matches[]): FacetResult {
  return facet.ranges === undefined ? countTerms(facet, segments) : countRanges(facet, facet.ranges, segments)
}

function countTerms(facet: PlannedFacet, segments: readonly Matches[]): FacetResult {
  const { counts, isInOrder, values } = countsOf(facet, segments)
  const isBefore = (a: number, b: number) =>
    isInOrder ? a < b : compareValues(values[a] as ColumnValue, values[b] as ColumnValue) < 0
  const first = new BoundedHeap(facet.limit, (a, b) => {
    const more = (counts[a] as number) - (counts[b] as number)
    return more === 0 ? isBefore(a, b) : more > 0
  })
  for (let index = 0; index < values.length; index++) first.offer(index)
  return first.sorted().map((index) => ({
    value: shownValue(facet.field, values[index] as ColumnValue),
    count: counts[index] as number,
  }))
}

interface Counts {
  /** Whether the values are in their order. */
  readonly isInOrder: boolean
  readonly values: ColumnValue[]
  readonly counts: number[]
}

function countsOf({ field }: PlannedFacet, segments: readonly Matches[]): Counts {
  const values: ColumnValue[] = []
  const counts: number[] = []
  const places = new Map<ColumnValue, number>()
  let isInOrder = segments.length === 1
  for (const { columns, matches } of segments) {
    const column = columns.column(field)
    if (column === undefined) continue
    isInOrder &&= column.table.isSorted
    const ofOrdinals = countOrdinals(column, matches)
    for (let ordinal = 0; ordinal < ofOrdinals.length; ordinal++) {
      const count = ofOrdinals[ordinal] as number
      if (count === 0) continue
      const value = column.table.valueOf(ordinal)
      const place = segments.length === 1 ? undefined : places.get(value)
      if (place !== undefined) counts[place] = (counts[place] as number) + count
      else {
        if (segments.length > 1) places.set(value, values.length)
        values.push(value)
        counts.push(count)
      }
    }
  }
  return { isInOrder, values, counts }
}

/** By ordinal: how many of the documents have the value. */
function countOrdinals({ ordinals, rows, table }: Column, matches: ReadonlyBitSet): Uint32Array {
  const counts = new Uint32Array(table.size)
  const selected = new Uint32Array(rows.count)
  const count = rows.select(matches, selected)
  if (rows.offsets === undefined) {
    for (let index = 0; index < count; index++) increment(counts, ordinals[selected[index] as number] as number)
    return counts
  }
  for (let index = 0; index < count; index++) {
    const row = selected[index] as number
    const end = rows.startOf(row + 1)
    for (let at = rows.startOf(row); at < end; at++) increment(counts, ordinals[at] as number)
  }
  return counts
}

function increment(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1
}

function countRanges(
  { field }: PlannedFacet,
  ranges: readonly PlannedRange[],
  segments: readonly Matches[],
): FacetResult {
  const result = ranges.map(({ key }) => ({ value: key, count: 0 }))
  for (const { columns, matches } of segments) {
    const column = columns.column(field)
    if (column === undefined) continue
    const accepted = ranges.map((range) => column.table.accept({ kind: "range", range: rangeOf(range) }))
    const countIn = column.rows.offsets === undefined ? countBySums(column, matches) : countByRows(column, matches)
    for (const [index, counted] of result.entries()) counted.count += countIn(accepted[index] as Uint8Array)
  }
  return result
}

function rangeOf({ from, to }: PlannedRange) {
  return { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) }
}

type CountIn = (accepted: Uint8Array) => number

/** Of documents with one value each. */
function countBySums(column: Column, matches: ReadonlyBitSet): CountIn {
  const counts = countOrdinals(column, matches)
  return (accepted) => counts.reduce((sum, count, ordinal) => (accepted[ordinal] === 1 ? sum + count : sum), 0)
}

/** Of documents with several values, of which each document counts once. */
function countByRows({ ordinals, rows }: Column, matches: ReadonlyBitSet): CountIn {
  const selected = new Uint32Array(rows.count)
  const selectedRows = selected.subarray(0, rows.select(matches, selected))
  return (accepted) => {
    let count = 0
    for (const row of selectedRows) {
      const end = rows.startOf(row + 1)
      let at = rows.startOf(row)
      while (at < end && accepted[ordinals[at] as number] !== 1) at++
      if (at < end) count++
    }
    return count
  }
}
