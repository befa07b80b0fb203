import type { Scalar } from "../../../contracts/search/search.ts"
import { analyzerOf, type Field, visitValues } from "../../../core/search/for-adapters.ts"
import { BitSet } from "./bit-set.ts"
import type { Columns } from "./columns/columns.ts"
import type { FrozenColumns } from "./columns/frozen-columns.ts"
import { GrowingColumns } from "./columns/growing-columns.ts"
import { type IdOrder, idOrderOf } from "./id-order.ts"
import { IdTable } from "./id-table.ts"
import type { FrozenText } from "./text/frozen-text.ts"
import type { TextSegment } from "./text/text-segment.ts"
import { TextWriter } from "./text/text-writer.ts"

/** Some documents of an index, numbered from 0. They do not change; a removed one leaves `live`. */
export interface Segment {
  readonly size: number
  readonly ids: IdTable
  /** The JSON of each document. */
  readonly sources: readonly string[]
  readonly text: TextSegment
  readonly columns: Columns
  readonly live: BitSet
  readonly removed: number
  order(): IdOrder
  /** What `order` gave, or undefined where it was not asked for. */
  readonly knownOrder: IdOrder | undefined
  remove(doc: number): void
}

abstract class Documents {
  readonly ids: IdTable
  readonly sources: readonly string[]
  live: BitSet
  removed: number
  #order: IdOrder | undefined

  constructor(ids: IdTable, sources: readonly string[], live: BitSet, removed: number, order?: IdOrder) {
    this.ids = ids
    this.sources = sources
    this.live = live
    this.removed = removed
    this.#order = order
  }

  get size(): number {
    return this.sources.length
  }

  remove(doc: number): void {
    this.live.delete(doc)
    this.removed++
  }

  order(): IdOrder {
    this.#order = this.knownOrder ?? idOrderOf(this.ids.ids)
    return this.#order
  }

  get knownOrder(): IdOrder | undefined {
    return this.#order?.size === this.size ? this.#order : undefined
  }
}

/** One that does not grow. */
export class FrozenSegment extends Documents implements Segment {
  readonly text: FrozenText
  readonly columns: FrozenColumns

  constructor({ columns, ids, knownOrder, live, removed, sources, text }: FrozenParts) {
    super(ids, sources, live, removed, knownOrder)
    this.text = text
    this.columns = columns
  }
}

interface FrozenParts extends Pick<Segment, "ids" | "sources" | "live" | "removed" | "knownOrder"> {
  readonly text: FrozenText
  readonly columns: FrozenColumns
}

/** The values of a document by field. */
export type FieldValues = ReadonlyMap<Field, readonly Scalar[]>

/** The one that takes documents. A search sees each at once. */
export class GrowingSegment extends Documents implements Segment {
  readonly text = new TextWriter(analyzerOf)
  readonly columns: GrowingColumns
  readonly #sources: string[]

  constructor() {
    const sources: string[] = []
    super(new IdTable(), sources, new BitSet(1024), 0)
    this.#sources = sources
    this.columns = new GrowingColumns(textsOf(sources))
  }

  add(id: string, source: string, values: FieldValues): void {
    const doc = this.ids.add(id)
    this.#sources.push(source)
    if (doc >= this.live.size) {
      const live = new BitSet(this.live.size * 2)
      this.live = live.or(this.live)
    }
    this.live.add(doc)
    for (const [field, own] of values) {
      if (field.searchable) this.text.add(doc, field, own as readonly string[])
      if (field.filterable || field.facetable || field.sortable) this.columns.add(doc, field, own)
    }
    this.text.size = doc + 1
    this.columns.grow(doc + 1)
  }

  freeze(): FrozenSegment {
    const live = new BitSet(this.size).or(this.live)
    const { ids, knownOrder, removed, sources } = this
    const [text, columns] = [this.text.freeze(), this.columns.freeze()]
    return new FrozenSegment({ ids, sources, live, removed, knownOrder, text, columns })
  }
}

/** The texts of a field, out of the documents. */
export function textsOf(sources: readonly string[]) {
  return (doc: number, path: string): readonly Scalar[] => {
    const values: Scalar[] = []
    visitValues(JSON.parse(sources[doc] as string), (at, value) => {
      if (at === path) values.push(value)
    })
    return values
  }
}
