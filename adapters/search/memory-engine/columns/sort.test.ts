import fc from "fast-check"
import { expect, it } from "vitest"
import type { PlannedSort } from "../../../../core/search/for-adapters.ts"
import { BitSet } from "../bit-set.ts"
import {
  allFields,
  compareScalars,
  corpora,
  type Doc,
  fields,
  filters,
  grownOf,
  held,
  passes,
  type Segment,
  segmentForms,
  segmentsOf,
} from "./documents.fixture.ts"
import { filterBits } from "./filter-bits.ts"
import { type DocRef, type SortAfter, topBySort } from "./sort.ts"
import { sortValuesOf } from "./sort-keys.ts"

const sorts: fc.Arbitrary<PlannedSort[]> = fc.array(
  fc.record({ field: fc.constantFrom(...allFields), descending: fc.boolean() }),
  { maxLength: 3 },
)

/** An order of ids that is neither that of documents nor that of segments. */
function idOf(segment: number, doc: number): number {
  return ((doc * 37 + 11) % 101) * 2 + segment
}

function compareTies(segmentA: number, docA: number, segmentB: number, docB: number): number {
  return idOf(segmentA, docA) - idOf(segmentB, docB)
}

function compareNaively(a: Doc, b: Doc, sort: readonly PlannedSort[]): number {
  for (const { descending, field } of sort) {
    const [first, second] = [a, b].map((doc) => held(doc, field).at(descending ? -1 : 0))
    if (first === undefined || second === undefined) {
      if (first !== second) return first === undefined ? 1 : -1
    } else {
      const order = compareScalars(first, second)
      if (order !== 0) return descending ? -order : order
    }
  }
  return 0
}

function naiveOrder(segments: readonly Segment[], sort: readonly PlannedSort[], isMatch: (doc: Doc) => boolean) {
  return segments
    .flatMap(({ docs, live }, segment) => docs.map((values, doc) => ({ segment, doc, values, isLive: live.has(doc) })))
    .filter(({ isLive, values }) => isLive && isMatch(values))
    .sort((a, b) => compareNaively(a.values, b.values, sort) || compareTies(a.segment, a.doc, b.segment, b.doc))
    .map(({ segment, doc }) => ({ segment, doc }))
}

it("gives the first of a sorted list of all that matches, in every form of a segment", () => {
  fc.assert(
    fc.property(corpora, segmentForms, filters, sorts, fc.nat(20), (corpus, form, filter, sort, limit) => {
      const segments = segmentsOf(corpus, form)
      const matches = segments.map(({ columns, live }) => ({
        columns,
        matches: filterBits(filter, columns).clone().and(live),
      }))
      expect(topBySort(matches, { sort, limit, compareTies })).toEqual(
        naiveOrder(segments, sort, (doc) => passes(doc, filter)).slice(0, limit),
      )
    }),
    { numRuns: 500 },
  )
})

it("walks in pages over each document once, also over those without a value", () => {
  fc.assert(
    fc.property(corpora, segmentForms, sorts, fc.integer({ min: 1, max: 7 }), (corpus, form, sort, limit) => {
      const segments = segmentsOf(corpus, form)
      const matches = segments.map(({ columns, live }) => ({ columns, matches: live }))
      const walked: DocRef[] = []
      let after: SortAfter | undefined
      for (;;) {
        const page = topBySort(matches, { sort, limit, compareTies, after })
        walked.push(...page)
        const last = page.at(-1)
        if (last === undefined) break
        // A cursor is text on its way.
        const values = JSON.parse(JSON.stringify(sortValuesOf(columnsOf(segments, last), last.doc, sort)))
        after = { values, compareTie: (segment, doc) => compareTies(segment, doc, last.segment, last.doc) }
      }
      expect(walked).toEqual(naiveOrder(segments, sort, () => true))
    }),
    { numRuns: 300 },
  )
})

function columnsOf(segments: readonly Segment[], { segment }: DocRef) {
  return (segments[segment] as Segment).columns
}

it("sorts what a growing segment takes after it was sorted", () => {
  const columns = grownOf([{ price: [2] }, { price: [3] }])
  const sorted = () =>
    topBySort([{ columns, matches: BitSet.full(columns.size) }], {
      sort: [{ field: fields.price, descending: false }],
      limit: 10,
      compareTies,
    }).map(({ doc }) => doc)
  expect(sorted()).toEqual([0, 1])
  columns.add(2, fields.price, [1])
  expect(sorted()).toEqual([2, 0, 1])
})

it("goes on behind values that a segment does not have", () => {
  const docs = [{ price: [1] }, { price: [3] }, {}, { price: [5] }]
  const [segment] = segmentsOf({ docs, removed: [] }, "frozen") as [Segment]
  const walk = (value: number | null, descending: boolean) =>
    topBySort([{ columns: segment.columns, matches: segment.live }], {
      sort: [{ field: fields.price, descending }],
      limit: 10,
      compareTies,
      after: { values: [value], compareTie: () => 1 },
    }).map(({ doc }) => doc)
  expect(walk(2, false)).toEqual([1, 3, 2])
  expect(walk(4, true)).toEqual([1, 0, 2])
  expect(walk(9, false)).toEqual([2])
  expect(walk(0, true)).toEqual([2])
  expect(walk(null, false)).toEqual([2])
})
