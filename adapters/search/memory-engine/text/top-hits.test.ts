import * as fc from "fast-check"
import { expect, test } from "vitest"
import { BitSet } from "../bit-set.ts"
import { SegmentHits } from "./segment-hits.ts"
import { topHits } from "./top-hits.ts"

const SIZE = 40

const segment = fc.record({
  scores: fc.dictionary(fc.nat(SIZE - 1).map(String), fc.constantFrom(0, 0.5, 1, 2), { maxKeys: SIZE }),
  passing: fc.option(fc.uniqueArray(fc.nat(SIZE - 1)), { nil: undefined }),
})

test("the best that pass are the first of all in order, whatever the number", async () => {
  await fc.assert(
    fc.property(fc.array(segment, { maxLength: 3 }), fc.nat(20), fc.nat(), (segments, count, salt) => {
      // An order of documents that is not that of their numbers.
      const rank = (index: number, doc: number) => (index * SIZE + doc + salt) % 7
      const compare = (a: number, docA: number, b: number, docB: number) => {
        return rank(a, docA) - rank(b, docB) || a - b || docA - docB
      }
      const results = segments.map(({ scores }) => {
        const docs = Uint32Array.from(Object.keys(scores), Number).sort()
        return new SegmentHits(
          SIZE,
          docs,
          Float32Array.from(docs, (doc) => scores[doc] as number),
        )
      })
      const filters = segments.map(({ passing }) => {
        if (passing === undefined) return undefined
        const set = new BitSet(SIZE)
        for (const doc of passing) set.add(doc)
        return set
      })
      const all = segments
        .flatMap(({ passing, scores }, index) => {
          return Object.entries(scores)
            .map(([doc, score]) => ({ segment: index, doc: Number(doc), score }))
            .filter(({ doc }) => passing?.includes(doc) ?? true)
        })
        .sort((a, b) => b.score - a.score || compare(a.segment, a.doc, b.segment, b.doc))
      expect(topHits(results, filters, count, compare)).toEqual({ hits: all.slice(0, count), total: all.length })
    }),
    { numRuns: 500 },
  )
})
