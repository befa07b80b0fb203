import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { forEachWithin } from "./edit-distance.ts"
import { naiveEdits } from "./naive-search.fixture.ts"
import { sortedTermsOf } from "./sorted-terms.ts"

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "😀", "\ud83d"), maxLength: 7 })

function within(terms: readonly string[], text: string, most: number): Map<string, number> {
  const found = new Map<string, number>()
  forEachWithin(sortedTermsOf(terms.toSorted()), text, most, (term, edits) => found.set(term, edits))
  return found
}

describe("terms within some edits of a word", () => {
  test("are those that a whole table of edits finds", async () => {
    await fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 60 }), word, fc.constantFrom(1, 2), (terms, text, most) => {
        const expected = terms
          .toSorted()
          .map((term): [string, number] => [term, naiveEdits(term, text)])
          .filter(([, edits]) => edits <= most)
        expect([...within(terms, text, most)]).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test("are found behind a beginning that is longer than a byte tells", () => {
    const long = "x".repeat(300)
    const terms = [`${long}a`, `${long}b`, `${long}bcd`, `${long}y`, "y"]
    expect(within(terms, `${long}b`, 1)).toEqual(
      new Map([
        [`${long}a`, 1],
        [`${long}b`, 0],
        [`${long}y`, 1],
      ]),
    )
  })

  test("edit no exchanged neighbours again", () => {
    expect(within(["ca", "ac"], "abc", 2)).toEqual(new Map([["ac", 1]]))
  })
})
