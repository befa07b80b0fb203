import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { FacetResult } from "../../../contracts/search/search.ts"
import type { PlannedFilter, QueryPlan } from "../../../core/search/for-adapters.ts"
import type { BitSet, ReadonlyBitSet } from "./bit-set.ts"
import { countFacet } from "./columns/facets.ts"
import { filterBits } from "./columns/filter-bits.ts"
import { topBySort } from "./columns/sort.ts"
import type { HitPlace } from "./hit-place.ts"
import { searchText } from "./text/search-text.ts"
import { SegmentHits } from "./text/segment-hits.ts"
import { topHits } from "./text/top-hits.ts"
import { type FoundHit, idOf, type SegmentView } from "./views.ts"

export interface Found {
  readonly hits: readonly FoundHit[]
  readonly total: number
  readonly facets: Record<string, FacetResult> | undefined
}

export interface Page {
  /** Hits from the first on. */
  readonly count: number
  readonly after: HitPlace | undefined
}

/** The hits of a plan, the best first, and what facets count. */
export function runQuery(views: readonly SegmentView[], plan: QueryPlan, page: Page): Found {
  const passingOf = byFilter((where) => views.map((view) => passingIn(view, where)))
  const texts = textHits(views, plan)
  const matchesOf = byFilter((where) => {
    const sets = passingOf(where)
    return texts === undefined
      ? sets
      : sets.map((set, index) => intersection(set, (texts[index] as SegmentHits).matched))
  })
  const facets = plan.facets.map((facet) => {
    const matches = matchesOf(facet.where)
    const segments = views.map(({ segment }, index) => ({
      columns: segment.columns,
      matches: matches[index] as BitSet,
    }))
    return [facet.field.path, countFacet(facet, segments)] as const
  })
  const found =
    texts === undefined || plan.sort.length > 0
      ? sorted(views, plan, matchesOf(plan.where), page)
      : scored(views, texts, passingOf(plan.where), plan, page)
  return { ...found, facets: plan.facets.length === 0 ? undefined : Object.fromEntries(facets) }
}

type Sets = readonly ReadonlyBitSet[]

/** Facets share filters: each is worked out once. */
function byFilter(setsOf: (where: PlannedFilter | undefined) => Sets): (where: PlannedFilter | undefined) => Sets {
  const known = new Map<PlannedFilter | undefined, Sets>()
  return (where) => {
    const sets = known.get(where) ?? setsOf(where)
    known.set(where, sets)
    return sets
  }
}

/** Undefined where all documents match. */
function textHits(views: readonly SegmentView[], plan: QueryPlan): SegmentHits[] | undefined {
  if (plan.match === "all") return undefined
  if (plan.match === "none") {
    return views.map(({ segment }) => new SegmentHits(segment.size, new Uint32Array(0), new Float32Array(0)))
  }
  return searchText(
    views.map(({ segment }) => segment.text),
    plan,
  )
}

function passingIn({ live, segment }: SegmentView, where: PlannedFilter | undefined): ReadonlyBitSet {
  return where === undefined ? live : intersection(live, filterBits(where, segment.columns))
}

function intersection(one: ReadonlyBitSet, other: ReadonlyBitSet): BitSet {
  const [small, large] = one.words.length <= other.words.length ? [one, other] : [other, one]
  return small.clone().and(large)
}

function scored(
  views: readonly SegmentView[],
  texts: readonly SegmentHits[],
  passing: readonly ReadonlyBitSet[],
  plan: QueryPlan,
  { after, count }: Page,
): Omit<Found, "facets"> {
  const tests = passing.map((set, index) => (plan.where === undefined && !views[index]?.hasRemoved ? undefined : set))
  const compare = tieOrder(views)
  const all = after === undefined ? undefined : topHits(texts, tests, 0, compare).total
  const behind =
    after === undefined ? texts : texts.map((hits, index) => hitsBehind(hits, views[index] as SegmentView, after))
  const { hits, total } = topHits(behind, tests, count, compare)
  return {
    hits: hits.map(({ doc, score, segment }) => ({ view: views[segment] as SegmentView, doc, score })),
    total: all ?? total,
  }
}

function hitsBehind({ docs, scores, size }: SegmentHits, view: SegmentView, after: HitPlace): SegmentHits {
  const isBehind = (at: number) => {
    const score = scores[at] as number
    return score < after.score || (score === after.score && compareToPlace(view, docs[at] as number, after) > 0)
  }
  const kept = Uint32Array.from(docs.keys()).filter(isBehind)
  return new SegmentHits(
    size,
    kept.map((at) => docs[at] as number),
    Float32Array.from(kept, (at) => scores[at] as number),
  )
}

function sorted(
  views: readonly SegmentView[],
  plan: QueryPlan,
  matches: readonly ReadonlyBitSet[],
  { after, count }: Page,
): Omit<Found, "facets"> {
  const total = matches.reduce((sum, set) => sum + set.count(), 0)
  const score = plan.sort.length > 0 ? 0 : 1
  const refs =
    plan.sort.length > 0
      ? topBySort(
          views.map(({ segment }, index) => ({ columns: segment.columns, matches: matches[index] as ReadonlyBitSet })),
          {
            sort: plan.sort,
            limit: count,
            compareTies: tieOrder(views),
            after: after && {
              values: after.values,
              compareTie: (segment, doc) => compareToPlace(views[segment] as SegmentView, doc, after),
            },
          },
        )
      : firstIds(views, matches, count, after)
  return { hits: refs.map(({ doc, segment }) => ({ view: views[segment] as SegmentView, doc, score })), total }
}

/** In the order of objects and ids: the first of each segment, merged. */
function firstIds(
  views: readonly SegmentView[],
  matches: readonly ReadonlyBitSet[],
  count: number,
  after: HitPlace | undefined,
): { segment: number; doc: number }[] {
  const firsts = views.flatMap((view, segment) => {
    const found: { segment: number; doc: number }[] = []
    const set = matches[segment] as ReadonlyBitSet
    for (const doc of view.segment.order().docs) {
      if (found.length === count) break
      if (set.has(doc) && (after === undefined || compareToPlace(view, doc, after) > 0)) found.push({ segment, doc })
    }
    return found
  })
  const compare = tieOrder(views)
  return firsts.sort((a, b) => compare(a.segment, a.doc, b.segment, b.doc)).slice(0, count)
}

function tieOrder(views: readonly SegmentView[]) {
  return (segmentA: number, docA: number, segmentB: number, docB: number): number => {
    const [a, b] = [views[segmentA] as SegmentView, views[segmentB] as SegmentView]
    const ranks = segmentA === segmentB ? a.segment.knownOrder?.ranks : undefined
    if (ranks !== undefined) return (ranks[docA] as number) - (ranks[docB] as number)
    return compareCodePoints(a.index.name, b.index.name) || compareCodePoints(idOf(a, docA), idOf(b, docB))
  }
}

function compareToPlace(view: SegmentView, doc: number, { id, object }: HitPlace): number {
  return compareCodePoints(view.index.name, object) || compareCodePoints(idOf(view, doc), id)
}
