import type { Scalar } from "../../../../contracts/search/search.ts"
import type { Range } from "../../../../core/search/for-adapters.ts"
import { type ColumnValue, columnValue, compareValues, sortValues } from "./values.ts"

/** Which values a filter asks of a field. */
export type Condition =
  | { readonly kind: "in"; readonly values: readonly Scalar[] }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "range"; readonly range: Range }

/** The distinct values of a column. Their numbers are ordinals. */
export interface ValueTable {
  readonly size: number
  /** Whether ordinals are in the order of values. */
  readonly isSorted: boolean
  valueOf(ordinal: number): ColumnValue
  /** @returns -1 where there is none. */
  find(value: ColumnValue): number
  /** By ordinal: 1 where the value is as a filter asks. */
  accept(condition: Condition): Uint8Array
  /** By ordinal: the number of values that come before. Absent where that is the ordinal itself. */
  ranks(): Uint32Array | undefined
  /** How many values come before. */
  countBelow(value: ColumnValue): number
}

/** Values in the order they came. */
export class GrowingTable implements ValueTable {
  readonly isSorted = false
  readonly #ordinals = new Map<ColumnValue, number>()
  readonly #values: ColumnValue[] = []
  #ranks: Uint32Array = new Uint32Array(0)

  get size(): number {
    return this.#values.length
  }

  valueOf(ordinal: number): ColumnValue {
    return this.#values[ordinal] as ColumnValue
  }

  find(value: ColumnValue): number {
    return this.#ordinals.get(value) ?? -1
  }

  /** Adds the value where it is not there. @returns Its ordinal. */
  intern(value: ColumnValue): number {
    const known = this.#ordinals.get(value)
    if (known !== undefined) return known
    this.#ordinals.set(value, this.#values.length)
    return this.#values.push(value) - 1
  }

  accept(condition: Condition): Uint8Array {
    if (condition.kind === "in") return acceptListed(this, condition.values)
    const holds = testOf(condition)
    return Uint8Array.from(this.#values, (value) => (holds(value) ? 1 : 0))
  }

  ranks(): Uint32Array {
    if (this.#ranks.length !== this.size) this.#ranks = this.ranksIn(this.sorted())
    return this.#ranks
  }

  /** By ordinal: where its value is among all of them in their order. */
  ranksIn(sorted: readonly ColumnValue[]): Uint32Array {
    const ranks = new Uint32Array(sorted.length)
    for (let rank = 0; rank < sorted.length; rank++) ranks[this.find(sorted[rank] as ColumnValue)] = rank
    return ranks
  }

  countBelow(value: ColumnValue): number {
    let count = 0
    for (const other of this.#values) if (compareValues(other, value) < 0) count++
    return count
  }

  sorted(): ColumnValue[] {
    return sortValues(this.#values.slice())
  }
}

/** Values in their order. */
export class SortedTable implements ValueTable {
  readonly isSorted = true
  readonly #values: ArrayLike<ColumnValue>

  constructor(values: readonly ColumnValue[]) {
    this.#values = typeof values[0] === "number" ? Float64Array.from(values as readonly number[]) : values
  }

  get size(): number {
    return this.#values.length
  }

  valueOf(ordinal: number): ColumnValue {
    return this.#values[ordinal] as ColumnValue
  }

  find(value: ColumnValue): number {
    const at = this.countBelow(value)
    return at < this.size && this.#values[at] === value ? at : -1
  }

  accept(condition: Condition): Uint8Array {
    if (condition.kind === "in") return acceptListed(this, condition.values)
    const [from, to] = condition.kind === "prefix" ? this.#withPrefix(condition.value) : this.#between(condition.range)
    const accepted = new Uint8Array(this.size)
    return from < to ? accepted.fill(1, from, to) : accepted
  }

  ranks(): undefined {
    return undefined
  }

  countBelow(value: ColumnValue): number {
    return this.#countWhile((other) => compareValues(other, value) < 0)
  }

  #countThrough(value: ColumnValue): number {
    return this.#countWhile((other) => compareValues(other, value) <= 0)
  }

  #withPrefix(prefix: string): [from: number, to: number] {
    const isBefore = (value: ColumnValue) => compareValues(value, prefix) < 0
    return [
      this.#countWhile(isBefore),
      this.#countWhile((value) => isBefore(value) || (value as string).startsWith(prefix)),
    ]
  }

  #between({ gt, gte, lt, lte }: Range): [from: number, to: number] {
    return [
      Math.max(gte === undefined ? 0 : this.countBelow(gte), gt === undefined ? 0 : this.#countThrough(gt)),
      Math.min(
        lt === undefined ? this.size : this.countBelow(lt),
        lte === undefined ? this.size : this.#countThrough(lte),
      ),
    ]
  }

  /** How many values are at the front that a condition holds for. It holds for none behind one for which it does not. */
  #countWhile(holds: (value: ColumnValue) => boolean): number {
    let [low, high] = [0, this.size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.#values[middle] as ColumnValue)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function acceptListed(table: ValueTable, values: readonly Scalar[]): Uint8Array {
  const accepted = new Uint8Array(table.size)
  for (const value of values) {
    const wanted = columnValue(value)
    const ordinal = wanted === undefined ? -1 : table.find(wanted)
    if (ordinal >= 0) accepted[ordinal] = 1
  }
  return accepted
}

function testOf(condition: Exclude<Condition, { kind: "in" }>): (value: ColumnValue) => boolean {
  if (condition.kind === "prefix") return (value) => (value as string).startsWith(condition.value)
  const { gt, gte, lt, lte } = condition.range
  return (value) =>
    (gt === undefined || compareValues(value, gt) > 0) &&
    (gte === undefined || compareValues(value, gte) >= 0) &&
    (lt === undefined || compareValues(value, lt) < 0) &&
    (lte === undefined || compareValues(value, lte) <= 0)
}
