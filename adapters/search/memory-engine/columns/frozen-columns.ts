import type { Field } from "../../../../core/search/for-adapters.ts"
import type { BitSet, ReadonlyBitSet } from "../bit-set.ts"
import { type Column, GrowingColumn, isMostlyUnique } from "./column.ts"
import type { Columns, TextSource } from "./columns.ts"
import { columnValues } from "./values.ts"

/** What a segment holds of one field. */
export interface FrozenField {
  readonly isText: boolean
  readonly present: BitSet
  /** Absent of a text whose column is made when it is asked for. */
  column: Column | undefined
  /** Since the segment was made, or `dropUnused` was called. */
  isUsed: boolean
}

const MAX_CACHED = 64
/** Documents of one step: some tenths of a millisecond. */
const STEP = 256

/** Columns of a segment that does not change. */
export class FrozenColumns implements Columns {
  readonly size: number
  readonly fields: ReadonlyMap<string, FrozenField>
  readonly #source: TextSource
  readonly #cache = new Map<string, BitSet>()

  constructor(size: number, fields: ReadonlyMap<string, FrozenField>, source: TextSource) {
    this.size = size
    this.fields = fields
    this.#source = source
  }

  column({ path }: Field): Column | undefined {
    const field = this.fields.get(path)
    if (field === undefined) return undefined
    field.isUsed = true
    return field.column ?? lastOf(this.build(path, field))
  }

  /** Makes the column of a text that has none, in short steps. */
  *build(path: string, field: FrozenField): Generator<undefined, Column> {
    const column = new GrowingColumn()
    const docs = new Uint32Array(this.size)
    const count = field.present.write(docs)
    for (let index = 0; index < count; index++) {
      if (index % STEP === 0) yield
      const doc = docs[index] as number
      column.append(doc, columnValues(this.#source(doc, path)))
    }
    field.column ??= column.freeze()
    return field.column
  }

  present({ path }: Field): ReadonlyBitSet | undefined {
    return this.fields.get(path)?.present
  }

  cached(key: string, make: () => BitSet): ReadonlyBitSet {
    const set = this.#cache.get(key) ?? make()
    // The first key of the map is the one whose use is longest ago.
    this.#cache.delete(key)
    this.#cache.set(key, set)
    if (this.#cache.size > MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value as string)
    return set
  }

  /** Drops what can be made again, and nobody asked for since the last call. */
  dropUnused(): void {
    for (const field of this.fields.values()) {
      if (!field.isUsed && field.isText && field.column !== undefined && isMostlyUnique(field.column)) {
        field.column = undefined
      }
      field.isUsed = false
    }
  }
}

function lastOf<T>(steps: Generator<undefined, T>): T {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}
