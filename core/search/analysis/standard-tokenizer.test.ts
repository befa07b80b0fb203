import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ASCII, asciiWordEnd, DIGIT, LETTER } from "./ascii-words.ts"
import { tokenizeWords } from "./standard-tokenizer.ts"
import { LONGEST_TOKEN, WordMatcher } from "./word-matcher.ts"

/** Counts how many characters of a text are read to find its tokens. */
function readsOf(text: string): number {
  let reads = 0
  const counted = {
    length: text.length,
    charCodeAt: (at: number) => {
      reads++
      return text.charCodeAt(at)
    },
    codePointAt: (at: number) => {
      reads++
      return text.codePointAt(at)
    },
  }
  tokenizeWords(counted, () => {})
  return reads
}

describe("tokenizeWords", () => {
  it.each([
    ["letters", "a"],
    ["middles", ":"],
    ["underscores", "_"],
    ["extends", "\u0301"],
    ["joiners of emoji", "\u200d"],
    ["underscores and joiners", "_\u200d"],
    ["underscores with marks", "_\u0301"],
    ["middles that join nothing", `a:${"\u0301".repeat(253)}`],
    ["emoji that wait for the next", `👍\ufe0f${"\u200d".repeat(200)}`],
    ["emoji with tags that do not end", `👍\ufe0f${"\u{e0061}".repeat(120)}`],
    ["keycaps without a cap", `#${"\u0301".repeat(200)}`],
    ["half flags", "🇩\u0301 "],
    ["Hebrew with quotes", 'א"'],
    ["halves of characters", "\ud800"],
  ])("reads a text of %s a few times at most", (_, unit) => {
    const text = unit.repeat(Math.ceil(100_000 / unit.length))
    expect(readsOf(text)).toBeLessThan(6 * text.length)
  })

  it("ends a word of ASCII where the automaton ends it", () => {
    const character = fc.constantFrom(..."aB19_'.:,;-# ")
    const text = fc.oneof(
      fc.string({ unit: character, minLength: 1, maxLength: 12 }),
      fc.tuple(fc.integer({ min: 250, max: 257 }), character).map(([length, middle]) => {
        return `${"a".repeat(length)}${middle}${"a".repeat(10)}`
      }),
    )
    void fc.assert(
      fc.property(text, (text) => {
        const kind = ASCII[text.charCodeAt(0)]
        fc.pre(kind === LETTER || kind === DIGIT)
        const end = asciiWordEnd(text, 0, Math.min(text.length, LONGEST_TOKEN))
        expect(end).toBe(new WordMatcher(text).match(0))
      }),
      { numRuns: 2_000 },
    )
  })

  it("gives the same tokens where a start need not look again", () => {
    const text = fc.string({ unit: fc.constantFrom("_", "\u200d", "\u0301", "a", "👍", "1", "#"), maxLength: 300 })
    void fc.assert(
      fc.property(text, (text) => {
        const matcher = new WordMatcher(text)
        for (let at = 0; at < text.length; at++) {
          expect(matcher.match(at)).toBe(new WordMatcher(text).match(at))
        }
      }),
    )
  })
})
