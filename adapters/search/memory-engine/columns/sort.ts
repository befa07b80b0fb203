import type { PlannedSort } from "../../../../core/search/for-adapters.ts"
import { BoundedHeap } from "./bounded-heap.ts"
import type { Matches } from "./facets.ts"
import { boundOf, compareSortValues, type SortValues, sortKeys, sortValuesOf } from "./sort-keys.ts"

/** A document of one of the segments that are sorted. */
export interface DocRef {
  readonly segment: number
  readonly doc: number
}

/** The order of documents that the sort leaves equal; below 0 where the first comes first. */
type CompareTies = (segmentA: number, docA: number, segmentB: number, docB: number) => number

/** Where a page ended. */
export interface SortAfter {
  /** Of its last document. */
  readonly values: SortValues
  /** Above 0 where the document comes after the last one of the page, should their values be equal. */
  compareTie(segment: number, doc: number): number
}

export interface SortRequest {
  readonly sort: readonly PlannedSort[]
  readonly limit: number
  readonly compareTies: CompareTies
  /** Only what comes after it. */
  readonly after?: SortAfter | undefined
}

/** The first matches in the order of the sort. Documents without a value come last in both directions. */
export function topBySort(segments: readonly Matches[], request: SortRequest): DocRef[] {
  const tops = segments.map((segment, index) => topOfSegment(segment, index, request))
  const heads = tops.map((top, index) => new Head(segments[index] as Matches, index, top, request.sort))
  const merged: DocRef[] = []
  while (merged.length < request.limit) {
    const first = firstOf(heads, request)
    if (first === undefined) break
    merged.push({ segment: first.segment, doc: first.doc })
    first.advance()
  }
  return merged
}

function topOfSegment({ columns, matches }: Matches, segment: number, request: SortRequest): number[] {
  const { compareTies, limit, sort } = request
  const keys = sort.map((one) => sortKeys(columns, matches, one))
  const compare = (a: number, b: number) => compareKeys(keys, a, b) || compareTies(segment, a, segment, b)
  const heap = new BoundedHeap(limit, (a, b) => compare(a, b) < 0)
  const isAfter = request.after === undefined ? undefined : afterTest(columns, segment, sort, keys, request.after)
  const docs = new Uint32Array(columns.size)
  const count = matches.write(docs)
  const firstKeys = keys[0]
  for (let index = 0; index < count; index++) {
    const doc = docs[index] as number
    const { last } = heap
    // Most documents are behind the last one that is held by their first key.
    if (last !== undefined && firstKeys !== undefined && (firstKeys[doc] as number) > (firstKeys[last] as number))
      continue
    if (isAfter === undefined || isAfter(doc)) heap.offer(doc)
  }
  return heap.sorted()
}

function compareKeys(keys: readonly Int32Array[], a: number, b: number): number {
  for (const key of keys) {
    const order = (key[a] as number) - (key[b] as number)
    if (order !== 0) return order
  }
  return 0
}

function afterTest(
  columns: Matches["columns"],
  segment: number,
  sort: readonly PlannedSort[],
  keys: readonly Int32Array[],
  after: SortAfter,
): (doc: number) => boolean {
  const bounds = sort.map((one, index) => boundOf(columns, after.values[index] ?? null, one))
  return (doc) => {
    for (let index = 0; index < keys.length; index++) {
      const order = (keys[index]?.[doc] as number) - (bounds[index] as number)
      if (order !== 0) return order > 0
    }
    return after.compareTie(segment, doc) > 0
  }
}

/** The next document of one segment. */
class Head {
  readonly segment: number
  readonly #matches: Matches
  readonly #top: readonly number[]
  readonly #sort: readonly PlannedSort[]
  #at = 0
  #values: SortValues | undefined

  constructor(matches: Matches, segment: number, top: readonly number[], sort: readonly PlannedSort[]) {
    this.segment = segment
    this.#matches = matches
    this.#top = top
    this.#sort = sort
  }

  get isEnd(): boolean {
    return this.#at >= this.#top.length
  }

  get doc(): number {
    return this.#top[this.#at] as number
  }

  get values(): SortValues {
    this.#values ??= sortValuesOf(this.#matches.columns, this.doc, this.#sort)
    return this.#values
  }

  advance(): void {
    this.#at++
    this.#values = undefined
  }
}

function firstOf(heads: readonly Head[], { compareTies, sort }: SortRequest): Head | undefined {
  let first: Head | undefined
  for (const head of heads) {
    if (head.isEnd) continue
    if (first === undefined) first = head
    else {
      const order = compareSortValues(head.values, first.values, sort)
      if ((order || compareTies(head.segment, head.doc, first.segment, first.doc)) < 0) first = head
    }
  }
  return first
}
