import * as fc from "fast-check"
import { expect, it } from "vitest"
import { stem } from "./porter.ts"

it.each([
  // plurals, -ed and -ing
  "caresses caress, ponies poni, ties ti, caress caress, cats cat, feed feed, agreed agre, plastered plaster",
  "bled bled, motoring motor, sing sing, conflated conflat, troubled troubl, sized size, hopping hop, tanned tan",
  "falling fall, hissing hiss, fizzed fizz, failing fail, filing file, happy happi, sky sky",
  // double suffixes
  "relational relat, conditional condit, rational ration, valenci valenc, digitizer digit, conformabli conform",
  "radicalli radic, differentli differ, vileli vile, analogousli analog, vietnamization vietnam, predication predic",
  "operator oper, feudalism feudal, decisiveness decis, hopefulness hope, callousness callous, formaliti formal",
  "sensitiviti sensit, sensibiliti sensibl, analogi analog",
  // single suffixes
  "triplicate triplic, formative form, formalize formal, electriciti electr, electrical electr, hopeful hope",
  "goodness good, revival reviv, allowance allow, inference infer, airliner airlin, gyroscopic gyroscop",
  "adjustable adjust, defensible defens, irritant irrit, replacement replac, adjustment adjust, dependent depend",
  "adoption adopt, homologou homolog, communism commun, activate activ, angulariti angular, homologous homolog",
  "effective effect, bowdlerize bowdler, element element, onion onion",
  // the last e and the last l
  "probate probat, rate rate, cease ceas, controll control, roll roll",
  // short words, y, and letters that are not English
  "is is, by by, yes ye, say sai, syzygy syzygi, naïveness naïv, ион ион",
])("stems %s", (pairs) => {
  const words = pairs.split(", ").map((pair) => pair.split(" "))
  expect(words.map(([word = ""]) => [word, stem(word)])).toEqual(words)
})

it("never makes a word longer than it is, or empty", () => {
  const word = fc.string({ unit: fc.constantFrom(..."aeiouyblsdtngz"), minLength: 1, maxLength: 12 })
  void fc.assert(
    fc.property(word, (word) => {
      expect(stem(word).length).toBeGreaterThan(0)
      expect(stem(word).length).toBeLessThanOrEqual(word.length)
    }),
  )
})
