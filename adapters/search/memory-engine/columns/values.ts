/** The values of columns: texts, and numbers in place of dates and booleans. */
import type { Scalar } from "../../../../contracts/search/search.ts"
import { type Field, MAX_KEYWORD_LENGTH } from "../../../../core/search/for-adapters.ts"

export type ColumnValue = string | number

/** What a column holds of a value; undefined of a text that is too long. */
export function columnValue(value: Scalar): ColumnValue | undefined {
  // Adding 0 makes 0 of -0.
  if (typeof value !== "string") return Number(value) + 0
  return value.length > MAX_KEYWORD_LENGTH ? undefined : value
}

/** What a column holds of the values of a document. */
export function columnValues(values: readonly Scalar[]): readonly ColumnValue[] {
  const held: ColumnValue[] = []
  for (const value of values) {
    const one = columnValue(value)
    if (one !== undefined) held.push(one)
  }
  return held
}

/** What a facet shows of a value. */
export function shownValue({ type }: Field, value: ColumnValue): Scalar {
  if (type === "boolean") return value === 1
  return type === "date" ? new Date(value).toISOString() : value
}

/** The order of values of one field. */
export function compareValues(a: ColumnValue, b: ColumnValue): number {
  return typeof a === "number" ? a - (b as number) : compareTexts(a, b as string)
}

/**
 * By code point, as `compareCodePoints`, which is no order where texts have lone surrogates: here, these come after all
 * other units, so that a binary search finds what a sort put in its place.
 */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const first = a.charCodeAt(index)
    const second = b.charCodeAt(index)
    if (first !== second) return rankOfUnit(first) - rankOfUnit(second)
  }
  return a.length - b.length
}

/** Halves of surrogate pairs stand for code points above all that a unit alone can be. */
function rankOfUnit(unit: number): number {
  if (unit < 0xd800) return unit
  return unit > 0xdfff ? unit - 0x800 : unit + 0x2000
}

/** Sorts values of one field in place. */
export function sortValues(values: ColumnValue[]): ColumnValue[] {
  // Texts without surrogates are in the order of their units, which is a built-in and faster.
  const inOrderOfUnits = typeof values[0] === "string" && !values.some(hasSurrogates)
  return inOrderOfUnits ? values.sort() : values.sort(compareValues)
}

function hasSurrogates(value: ColumnValue): boolean {
  return /[\ud800-\udfff]/.test(value as string)
}
