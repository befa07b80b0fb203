import { BitSet } from "./bit-set.ts"
import { mergeColumns } from "./columns/merge-columns.ts"
import { sortIds } from "./id-order.ts"
import { IdTable } from "./id-table.ts"
import { FrozenSegment, textsOf } from "./segment.ts"
import { mergeText } from "./text/merge-text.ts"

/** Documents of one step. */
const STEP = 2048
const REMOVED = -1

/**
 * One segment of the live documents of several, in short steps. Documents that are removed while it is made are removed
 * in it too.
 */
export function* mergeSegments(segments: readonly FrozenSegment[]): Generator<undefined, FrozenSegment> {
  const lives = segments.map(({ live }) => live.clone())
  const numbers = segments.map(({ size }) => new Int32Array(size).fill(REMOVED))
  const ids = new IdTable()
  const sources: string[] = []
  for (const [index, segment] of segments.entries()) {
    const own = numbers[index] as Int32Array
    for (let doc = 0; doc < segment.size; doc++) {
      if (!lives[index]?.has(doc)) continue
      own[doc] = ids.add(segment.ids.ids[doc] as string)
      sources.push(segment.sources[doc] as string)
      if (sources.length % STEP === 0) yield
    }
  }
  const texts = segments.map(({ text }) => text)
  const text = yield* mergeText(texts, numbers, sources.length)
  const columnParts = segments.map(({ columns }, index) => ({ columns, live: lives[index] as BitSet }))
  const columns = yield* mergeColumns(columnParts, textsOf(sources))
  const live = BitSet.full(sources.length)
  const knownOrder = yield* sortIds(ids.ids)
  const merged = new FrozenSegment({ ids, sources, live, removed: 0, knownOrder, text, columns })
  for (const [index, segment] of segments.entries()) {
    const late = (lives[index] as BitSet).andNot(segment.live)
    late.forEach((doc) => {
      merged.remove((numbers[index] as Int32Array)[doc] as number)
    })
  }
  return merged
}
