import fc from "fast-check"
import { expect, it } from "vitest"
import { compareCodePoints } from "../../../../contracts/foundation/text.ts"
import { compareTexts, sortValues } from "./values.ts"

/** Few units, so that texts share beginnings; some below surrogates, some above. */
const characters = fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "😁", "\u{10ffff}")
const texts = fc.array(characters, { maxLength: 4 }).map((list) => list.join(""))
const units = fc.constantFrom("a", "\ud7ff", "\ud83d", "\udbff", "\ude00", "\udfff", "\ue000", "\uffff")
const brokenTexts = fc.array(units, { maxLength: 4 }).map((list) => list.join(""))

it("orders texts by code point", () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(Math.sign(compareTexts(a, b))).toBe(Math.sign(compareCodePoints(a, b)))
    }),
    { numRuns: 2000 },
  )
})

it("has one order for texts with lone surrogates, too", () => {
  fc.assert(
    fc.property(brokenTexts, brokenTexts, brokenTexts, (a, b, c) => {
      expect(Math.sign(compareTexts(a, b))).toBe(-Math.sign(compareTexts(b, a)) + 0)
      expect(compareTexts(a, b) === 0).toBe(a === b)
      if (compareTexts(a, b) < 0 && compareTexts(b, c) < 0) expect(compareTexts(a, c)).toBeLessThan(0)
    }),
    { numRuns: 5000 },
  )
})

it("sorts as it compares", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(texts, brokenTexts)), (list) => {
      expect(sortValues(list.slice())).toEqual(list.toSorted(compareTexts))
    }),
  )
})
