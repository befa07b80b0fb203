import type { ReadonlyBitSet } from "../bit-set.ts"
import { BitSet } from "../bit-set.ts"
import { type Column, frozenColumn, isMostlyUnique } from "./column.ts"
import type { TextSource } from "./columns.ts"
import { FrozenColumns, type FrozenField } from "./frozen-columns.ts"
import { grown, Rows } from "./rows.ts"
import { type ColumnValue, compareValues } from "./values.ts"

/** A segment that is merged. Its documents keep their order, behind those of the part before; removed ones are left out. */
export interface ColumnsPart {
  readonly columns: FrozenColumns
  readonly live: ReadonlyBitSet
}

/** Values, or rows, of one step: some tenths of a millisecond. */
const STEP = 1024

/** The columns of several segments as those of one. Each step is short, so that the caller can do other work in between. */
export function* mergeColumns(parts: readonly ColumnsPart[], source: TextSource): Generator<undefined, FrozenColumns> {
  const { newDocs, size } = renumbered(parts)
  yield
  const fields = new Map<string, FrozenField>()
  for (const path of new Set(parts.flatMap(({ columns }) => [...columns.fields.keys()]))) {
    const field = yield* mergeField(path, parts, newDocs, size)
    if (field !== undefined) fields.set(path, field)
  }
  return new FrozenColumns(size, fields, source)
}

/** By part and document: its number in the merged segment. Those of removed documents mean nothing. */
function renumbered(parts: readonly ColumnsPart[]): { newDocs: Uint32Array[]; size: number } {
  let size = 0
  const newDocs = parts.map(({ columns, live }) => {
    const ofPart = new Uint32Array(columns.size)
    for (let doc = 0; doc < columns.size; doc++) if (live.has(doc)) ofPart[doc] = size++
    return ofPart
  })
  return { newDocs, size }
}

function* mergeField(
  path: string,
  parts: readonly ColumnsPart[],
  newDocs: readonly Uint32Array[],
  size: number,
): Generator<undefined, FrozenField | undefined> {
  const present = new BitSet(size)
  const sources: ColumnSource[] = []
  let isText = false
  let isBuilt = true
  const isAsked = parts.some(({ columns }) => columns.fields.get(path)?.isUsed)
  for (const [index, { columns, live }] of parts.entries()) {
    const field = columns.fields.get(path)
    if (field === undefined) continue
    const renumber = newDocs[index] as Uint32Array
    const kept = field.present.clone().and(live)
    kept.forEach((doc) => {
      present.add(renumber[doc] as number)
    })
    yield
    isText = field.isText
    const column = field.column ?? (isAsked ? yield* columns.build(path, field) : undefined)
    if (column === undefined) isBuilt = false
    else sources.push(new ColumnSource(column, kept, renumber))
  }
  if (present.count() === 0) return undefined
  const column = isBuilt ? yield* mergeColumn(sources) : undefined
  const isKept = column !== undefined && (isAsked || !isText || !isMostlyUnique(column))
  return { isText, present, column: isKept ? column : undefined, isUsed: false }
}

function* mergeColumn(sources: readonly ColumnSource[]): Generator<undefined, Column> {
  for (const source of sources) yield* source.findUsed()
  const values = yield* mergeTables(sources)
  const rows = new Rows()
  let ordinals = new Uint32Array(16)
  for (const { column, docs, newOrdinals, selected } of sources) {
    for (let index = 0; index < selected.length; index++) {
      if (index % STEP === 0) yield
      const row = selected[index] as number
      const start = column.rows.startOf(row)
      const end = column.rows.startOf(row + 1)
      ordinals = grown(ordinals, rows.valueCount + end - start)
      for (let at = start; at < end; at++) {
        ordinals[rows.valueCount + at - start] = newOrdinals[column.ordinals[at] as number] as number
      }
      rows.append(docs[index] as number, end - start)
    }
  }
  yield
  return frozenColumn(rows, ordinals.subarray(0, rows.valueCount), values)
}

/** The values that are still used, in their order, each once. Tells the sources their new ordinals. */
function* mergeTables(sources: readonly ColumnSource[]): Generator<undefined, ColumnValue[]> {
  const values: ColumnValue[] = []
  for (;;) {
    if (values.length % STEP === 0) yield
    const first = firstOf(sources)
    if (first === undefined) return values
    const value = first.head as ColumnValue
    for (const source of sources) if (source.head === value) source.take(values.length)
    values.push(value)
  }
}

function firstOf(sources: readonly ColumnSource[]): ColumnSource | undefined {
  let first: ColumnSource | undefined
  for (const source of sources) {
    if (source.head === undefined) continue
    if (first === undefined || compareValues(source.head, first.head as ColumnValue) < 0) first = source
  }
  return first
}

/** A column of one part, and what is known of it on the way. */
class ColumnSource {
  readonly column: Column
  /** Rows that are kept, and the new numbers of their documents. */
  readonly selected: Uint32Array
  readonly docs: Uint32Array
  readonly newOrdinals: Uint32Array
  /** The next value that is used. */
  head: ColumnValue | undefined
  readonly #isUsed: Uint8Array
  #at = -1

  constructor(column: Column, kept: ReadonlyBitSet, newDocs: Uint32Array) {
    this.column = column
    const selected = new Uint32Array(column.rows.count)
    const docs = new Uint32Array(column.rows.count)
    const count = column.rows.select(kept, selected, docs)
    this.selected = selected.subarray(0, count)
    this.docs = docs.subarray(0, count)
    for (let index = 0; index < count; index++) docs[index] = newDocs[docs[index] as number] as number
    this.newOrdinals = new Uint32Array(column.table.size)
    this.#isUsed = new Uint8Array(column.table.size)
  }

  *findUsed(): Generator<undefined, void> {
    const { ordinals, rows } = this.column
    for (let index = 0; index < this.selected.length; index++) {
      if (index % STEP === 0) yield
      const row = this.selected[index] as number
      const end = rows.startOf(row + 1)
      for (let at = rows.startOf(row); at < end; at++) this.#isUsed[ordinals[at] as number] = 1
    }
    this.#advance()
  }

  /** Gives the head its new ordinal, and goes on to the next. */
  take(newOrdinal: number): void {
    this.newOrdinals[this.#at] = newOrdinal
    this.#advance()
  }

  #advance(): void {
    const { table } = this.column
    do this.#at++
    while (this.#at < table.size && this.#isUsed[this.#at] === 0)
    this.head = this.#at < table.size ? table.valueOf(this.#at) : undefined
  }
}
