import fc from "fast-check"
import { expect, it } from "vitest"
import { bm25Boost } from "./boosts.ts"

/** What Elasticsearch makes of a boost: LegacyBM25Similarity multiplies it by k1 + 1. */
function weighed(boost: number): number {
  return Math.fround(Math.fround(boost) * Math.fround(2.2))
}

it.each([0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10, 100, 1000])("a boost of %d is exactly that", (boost) => {
  expect(weighed(bm25Boost(boost))).toBe(Math.fround(boost))
})

it("every other one is off by its last bit at most", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1000, noNaN: true }), (boost) => {
      const wanted = Math.fround(boost)
      expect(Math.abs(weighed(bm25Boost(boost)) - wanted)).toBeLessThanOrEqual(wanted * 2 ** -23)
    }),
  )
})
