import type { PlannedFilter } from "../../../../core/search/for-adapters.ts"
import { BitSet, type ReadonlyBitSet } from "../bit-set.ts"
import type { Column } from "./column.ts"
import type { Columns } from "./columns.ts"
import type { Condition } from "./value-table.ts"

type FieldCondition = Extract<PlannedFilter, Condition>
/** A key of more would cost more than what it saves. */
const MAX_KEY_VALUES = 256
const MAX_KEY_LENGTH = 4096

/** The documents of a segment that a filter lets through, removed ones too. */
export function filterBits(filter: PlannedFilter, columns: Columns): ReadonlyBitSet {
  if (filter.kind === "not") return filterBits(filter.node, columns).clone().not()
  if (filter.kind === "exists") return columns.present(filter.field) ?? new BitSet(columns.size)
  if ("nodes" in filter) return combined(filter.kind, filter.nodes, columns)
  const make = () => matching(filter, columns.column(filter.field), columns.size)
  if (filter.kind === "in" && filter.values.length > MAX_KEY_VALUES) return make()
  const key = keyOf(filter)
  return key.length > MAX_KEY_LENGTH ? make() : columns.cached(key, make)
}

function combined(how: "and" | "or", nodes: readonly PlannedFilter[], columns: Columns): BitSet {
  const bits = how === "and" ? BitSet.full(columns.size) : new BitSet(columns.size)
  for (const node of nodes) bits[how](filterBits(node, columns))
  return bits
}

function matching(condition: FieldCondition, column: Column | undefined, size: number): BitSet {
  const matches = new BitSet(size)
  if (column === undefined) return matches
  const { ordinals, rows, table } = column
  const accepted = table.accept(condition)
  const docs = rows.docs()
  for (let row = 0; row < docs.length; row++) {
    const end = rows.startOf(row + 1)
    for (let at = rows.startOf(row); at < end; at++) {
      if (accepted[ordinals[at] as number] === 1) matches.add(docs[row] as number)
    }
  }
  return matches
}

/** The same for filters that ask the same of a field. */
function keyOf(condition: FieldCondition): string {
  const { path } = condition.field
  if (condition.kind === "prefix") return JSON.stringify(["prefix", path, condition.value])
  if (condition.kind === "in") {
    const values = condition.values.map((value) => JSON.stringify(value))
    return JSON.stringify(["in", path, [...new Set(values)].sort()])
  }
  const { gt, gte, lt, lte } = condition.range
  return JSON.stringify(["range", path, [gt, gte, lt, lte].map((bound) => bound ?? null)])
}
