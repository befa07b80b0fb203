import fc from "fast-check"
import { expect, it } from "vitest"
import type { FacetResult, Scalar } from "../../../../contracts/search/search.ts"
import type { PlannedFacet, PlannedFilter } from "../../../../core/search/for-adapters.ts"
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
import { countFacet } from "./facets.ts"
import { filterBits } from "./filter-bits.ts"
import { columnValue, shownValue } from "./values.ts"

function matchesOf(segments: readonly Segment[], filter: PlannedFilter) {
  return segments.map(({ columns, live }) => ({ columns, matches: filterBits(filter, columns).clone().and(live) }))
}

function matching(segments: readonly Segment[], filter: PlannedFilter): Doc[] {
  return segments.flatMap(({ docs, live }) => docs.filter((doc, number) => live.has(number) && passes(doc, filter)))
}

function naiveTerms({ field, limit }: PlannedFacet, docs: readonly Doc[]): FacetResult {
  const values = docs.flatMap((doc) => held(doc, field))
  return [...new Set(values)]
    .map((value) => ({ value, count: values.filter((other) => other === value).length }))
    .sort((a, b) => b.count - a.count || compareScalars(a.value, b.value))
    .slice(0, limit)
    .map(({ value, count }) => ({ value: shownValue(field, columnValue(value) ?? ""), count }))
}

it("counts the values of the documents that match, in every form of a segment", () => {
  const facets = fc.record({
    field: fc.constantFrom(...allFields),
    where: fc.constant(undefined),
    limit: fc.integer({ min: 1, max: 12 }),
    ranges: fc.constant(undefined),
  })
  fc.assert(
    fc.property(corpora, segmentForms, filters, facets, (corpus, form, filter, facet) => {
      const segments = segmentsOf(corpus, form)
      const counted = countFacet(facet, matchesOf(segments, filter))
      expect(counted).toEqual(naiveTerms(facet, matching(segments, filter)))
    }),
    { numRuns: 500 },
  )
})

it("counts a document once in each range that one of its values is in", () => {
  const bound = fc.option(fc.constantFrom(-1, 0, 0.1, 0.5, 1, 2), { nil: undefined })
  const ranges = fc.array(fc.record({ from: bound, to: bound, key: fc.constant("key") }), { maxLength: 4 })
  const isIn = (value: Scalar, from?: number, to?: number) =>
    (from === undefined || (value as number) >= from) && (to === undefined || (value as number) < to)
  fc.assert(
    fc.property(corpora, segmentForms, filters, ranges, (corpus, form, filter, asked) => {
      const segments = segmentsOf(corpus, form)
      const facet = { field: fields.price, where: undefined, limit: 10, ranges: asked }
      const docs = matching(segments, filter)
      expect(countFacet(facet, matchesOf(segments, filter))).toEqual(
        asked.map(({ from, key, to }) => ({
          value: key,
          count: docs.filter((doc) => held(doc, fields.price).some((value) => isIn(value, from, to))).length,
        })),
      )
    }),
    { numRuns: 500 },
  )
})

it("counts ranges where each document has one value", () => {
  const columns = grownOf([1, 2, 2, 3].map((price) => ({ price: [price] }))).freeze()
  const ranges = [
    { from: 2, to: 3, key: "two" },
    { from: undefined, to: 2, key: "less" },
    { from: undefined, to: undefined, key: "any" },
  ]
  const facet = { field: fields.price, where: undefined, limit: 10, ranges }
  const matches = filterBits({ kind: "and", nodes: [] }, columns)
  expect(countFacet(facet, [{ columns, matches }])).toEqual([
    { value: "two", count: 2 },
    { value: "less", count: 1 },
    { value: "any", count: 4 },
  ])
})

it("shows dates as ISO texts, and booleans", () => {
  const columns = grownOf([{ made: [86_400_000], used: [true, false] }])
  const segments = [{ columns, matches: filterBits({ kind: "and", nodes: [] }, columns) }]
  const facetOf = (field: PlannedFacet["field"]) => ({ field, where: undefined, limit: 10, ranges: undefined })
  expect(countFacet(facetOf(fields.made), segments)).toEqual([{ value: "1970-01-02T00:00:00.000Z", count: 1 }])
  expect(countFacet(facetOf(fields.used), segments)).toEqual([
    { value: false, count: 1 },
    { value: true, count: 1 },
  ])
})
