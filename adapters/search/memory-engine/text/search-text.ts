import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { QueryPlan } from "../../../../core/search/for-adapters.ts"
import type { Clause } from "./clause.ts"
import { compilePlan } from "./compile-plan.ts"
import { seek } from "./postings.ts"
import { SegmentHits, withSums } from "./segment-hits.ts"
import { TermClause } from "./term-clause.ts"
import { TextIndex } from "./text-index.ts"
import type { TextSegment } from "./text-segment.ts"

/**
 * The documents of each segment that match the words of a plan, with the scores that Lucene gives them: those of clauses
 * are added up in double precision and rounded once. Statistics are of all segments, removed documents too.
 *
 * `match: "all"` is the caller's, who needs no words for it.
 */
export function searchText(segments: readonly TextSegment[], plan: QueryPlan): SegmentHits[] {
  const groups = compilePlan(new TextIndex(segments), plan)
  return segments.map(({ size }, segment) => {
    const [first] = groups
    if (first === undefined) return nothing(size)
    return groups.length === 1 ? either(first, segment, size) : all(groups, segment, size)
  })
}

/** Tells how the scores of documents came about. One for all hits of a query: the words that it expands to are found once. */
export function explainerOf(
  segments: readonly TextSegment[],
  plan: QueryPlan,
): (segment: number, doc: number) => ScorePart[] {
  const clauses = compilePlan(new TextIndex(segments), plan).flat()
  return (segment, doc) => clauses.flatMap((clause) => clause.explain(segment, doc))
}

function nothing(size: number): SegmentHits {
  return new SegmentHits(size, new Uint32Array(0), new Float32Array(0))
}

function either(clauses: readonly Clause[], segment: number, size: number): SegmentHits {
  const [only] = clauses
  if (clauses.length === 1 && only instanceof TermClause) return only.hits(segment, size)
  return withSums(size, (sums) => {
    for (const clause of clauses) clause.addTo(sums, segment)
  })
}

/** Documents in ascending order with a score each. */
interface ScoredDocs {
  readonly docs: Uint32Array
  readonly end: number
  scoreAt(entry: number): number
  /** The entry that is looked at. */
  entry: number
}

function all(groups: readonly (readonly Clause[])[], segment: number, size: number): SegmentHits {
  const lists = groups.map((clauses) => scoredDocs(clauses, segment, size))
  const [rarest, ...others] = lists.toSorted((a, b) => a.end - a.entry - (b.end - b.entry))
  if (rarest === undefined) return nothing(size)
  const docs = new Uint32Array(rarest.end - rarest.entry)
  const scores = new Float32Array(docs.length)
  let count = 0
  for (; rarest.entry < rarest.end; rarest.entry++) {
    const doc = rarest.docs[rarest.entry] as number
    if (!haveAll(others, doc)) continue
    let sum = 0
    for (const list of lists) sum += list.scoreAt(list.entry)
    docs[count] = doc
    scores[count++] = sum
  }
  return new SegmentHits(size, docs.subarray(0, count), scores.subarray(0, count))
}

function haveAll(lists: readonly ScoredDocs[], doc: number): boolean {
  for (const list of lists) {
    list.entry = seek(list.docs, list.entry, list.end, doc)
    if (list.entry === list.end || list.docs[list.entry] !== doc) return false
  }
  return true
}

function scoredDocs(clauses: readonly Clause[], segment: number, size: number): ScoredDocs {
  const [only] = clauses
  const postings = clauses.length === 1 && only instanceof TermClause ? only.postings(segment) : undefined
  if (postings !== undefined && only instanceof TermClause) {
    const { docs, end, start } = postings
    return { docs, end, scoreAt: (entry) => only.scoreAt(postings, entry), entry: start }
  }
  const { docs, scores } = either(clauses, segment, size)
  return { docs, end: docs.length, scoreAt: (entry) => scores[entry] as number, entry: 0 }
}
