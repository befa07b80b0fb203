import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AnalyzerName } from "../../../contracts/search/search.ts"
import { analyzerOf, termsOf } from "./analyzers.ts"

type Token = [term: string, start: number, end: number, position: number]

function tokensOf(name: AnalyzerName, text: string): Token[] {
  const tokens: Token[] = []
  analyzerOf(name).analyze(text, (...token) => tokens.push(token))
  return tokens
}

const terms = (name: AnalyzerName, text: string) => termsOf(analyzerOf(name), text)
const names: AnalyzerName[] = ["standard", "keyword", "folding", "english", "cjk"]

describe("standard", () => {
  it.each([
    ["Foo_bar v1.2.3, 1,000 C++", ["foo_bar", "v1.2.3", "1,000", "c"]],
    ["user@example.com wi-fi don't", ["user", "example.com", "wi", "fi", "don't"]],
    ["_ __ a:b :a 1;2", ["a:b", "a", "1;2"]],
    ["東京とカタカナ 한국어 สวัสดี", ["東", "京", "と", "カタカナ", "한국어", "สวัสดี"]],
    ["👩‍👩‍👧🇩🇪🇫🇷 1️⃣ # 👍🏽", ["👩‍👩‍👧", "🇩🇪", "🇫🇷", "1️⃣", "👍🏽"]],
    ["צה\"ל א' e\u0301", ['צה"ל', "א'", "e\u0301"]],
    ["İSTANBUL ΟΔΟΣ", ["istanbul", "οδοσ"]],
    ["", []],
  ])("cuts %j", (text, expected) => {
    expect(terms("standard", text)).toEqual(expected)
  })

  it("cuts what is longer than 255 units, and no character in two", () => {
    expect(tokensOf("standard", "a".repeat(300))).toEqual([
      ["a".repeat(255), 0, 255, 0],
      ["a".repeat(45), 255, 300, 1],
    ])
    expect(terms("standard", "𐐨".repeat(128))).toEqual(["𐐨".repeat(127), "𐐨"])
  })

  it("takes half a character for a break, at the end too", () => {
    expect(terms("standard", "one\udc00two \ud800three\ud800")).toEqual(["one", "two", "three"])
  })
})

describe("keyword", () => {
  it("takes a text as it is, an empty one too, as Lucene does", () => {
    expect(tokensOf("keyword", "Foo Bar")).toEqual([["Foo Bar", 0, 7, 0]])
    expect(tokensOf("keyword", "")).toEqual([["", 0, 0, 0]])
  })
})

describe("folding", () => {
  it.each([
    ["résumé naïve Straße", ["resume", "naive", "strasse"]],
    ["ﬁne ǧ l’été Łódź Ｆｕｌｌ", ["fine", "G", "l'ete", "lodz", "full"]],
    ["₂ ª ﬅ Ⅳ", ["ª", "ﬅ", "ⅳ"]],
    ["e\u0301 й 東", ["e\u0301", "й", "東"]],
  ])("folds %j", (text, expected) => {
    expect(terms("folding", text)).toEqual(expected)
  })

  it("keeps the places of the text", () => {
    expect(tokensOf("folding", "œuvre été")).toEqual([
      ["oeuvre", 0, 5, 0],
      ["ete", 6, 9, 1],
    ])
  })
})

describe("english", () => {
  it("stems, drops stop words, which leave gaps, and 's", () => {
    expect(tokensOf("english", "The organizations' dogs and Bob’s running")).toEqual([
      ["organ", 4, 17, 1],
      ["dog", 19, 23, 2],
      ["bob", 28, 33, 4],
      ["run", 34, 41, 5],
    ])
  })

  it("takes a stop word with 's as one", () => {
    expect(terms("english", "it's THAT’S the s's")).toEqual(["s"])
  })
})

describe("cjk", () => {
  it("makes pairs of neighbours, over scripts too, and keeps who is alone", () => {
    expect(tokensOf("cjk", "東京とア 中 the 한국어 ab")).toEqual([
      ["東京", 0, 2, 0],
      ["京と", 1, 3, 1],
      ["とア", 2, 4, 2],
      ["中", 5, 6, 3],
      ["한국", 11, 13, 5],
      ["국어", 12, 14, 6],
      ["ab", 15, 17, 7],
    ])
  })

  it("makes no pairs of Hangul with Latin letters in one word", () => {
    expect(terms("cjk", "한국abc 𠀀中")).toEqual(["한국abc", "𠀀中"])
  })

  it("folds widths", () => {
    expect(tokensOf("cjk", "ＡＢ ｶﾞｷ")).toEqual([
      ["ab", 0, 2, 0],
      ["ガキ", 3, 6, 1],
    ])
  })
})

describe("any analyzer", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom(..."aZ1_'\".:,; #中あア한ก👍🇩\u200d\ufe0f\u0301éİΣאﾞ"),
      fc.constantFrom("\ud800", "\udc00"),
    ),
    maxLength: 80,
  })

  it.each(names)("%s: tokens are in order, inside of the text, at growing positions", (name) => {
    void fc.assert(
      fc.property(text, (text) => {
        let last: Token = ["", 0, 0, -1]
        for (const token of tokensOf(name, text)) {
          const [term, start, end, position] = token
          // Of a text without a character there is nothing else to give.
          if (text === "") continue
          expect(term).not.toBe("")
          expect(start).toBeGreaterThanOrEqual(last[1])
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(position).toBeGreaterThan(last[3])
          last = token
        }
      }),
    )
  })

  it.each(names)("%s: after a line break, tokens are those of the text alone", (name) => {
    void fc.assert(
      fc.property(text, text, (one, other) => {
        const both = name === "keyword" ? [`${one}\n${other}`] : [...terms(name, one), ...terms(name, other)]
        expect(terms(name, `${one}\n${other}`)).toEqual(both)
      }),
    )
  })

  it("standard: a term is its part of the text in lower case, character by character", () => {
    void fc.assert(
      fc.property(text, (text) => {
        for (const [term, start, end] of tokensOf("standard", text)) {
          const part = Array.from(text.slice(start, end), (character) =>
            character === "İ" ? "i" : character.toLowerCase(),
          )
          expect(term).toBe(part.join(""))
        }
      }),
    )
  })
})
