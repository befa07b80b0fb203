import type { ReadonlyBitSet } from "./bit-set.ts"
import type { MemoryIndex } from "./memory-index.ts"
import type { Segment } from "./segment.ts"

/** A segment as a search sees it. */
export interface SegmentView {
  readonly index: MemoryIndex
  readonly segment: Segment
  /** The documents that were there when the search, or its walk, began. */
  readonly live: ReadonlyBitSet
  /** Whether the segment has documents that were not. */
  readonly hasRemoved: boolean
}

/** A document that a search found. */
export interface FoundHit {
  readonly view: SegmentView
  readonly doc: number
  readonly score: number
}

export function viewsOf(indexes: readonly MemoryIndex[]): SegmentView[] {
  return indexes.flatMap((index) =>
    index.segments().map((segment) => {
      return { index, segment, live: segment.live, hasRemoved: segment.removed > 0 }
    }),
  )
}

export function idOf({ segment }: SegmentView, doc: number): string {
  return segment.ids.ids[doc] as string
}
