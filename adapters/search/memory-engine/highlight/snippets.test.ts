import fc from "fast-check"
import { expect, it } from "vitest"
import { markedRanges } from "./marked-ranges.ts"
import { highlightText, highlightTexts } from "./snippets.ts"
import { pieces, words } from "./words.fixture.ts"

const WHOLE = { fragments: 0, fragmentLength: 160 }

function marksOf(term: string) {
  return (text: string) => markedRanges(text, words, (other) => other === term)
}

function highlight(text: string, term: string, fragments: number, fragmentLength = 20): string[] {
  return highlightText(text, marksOf(term)(text), { fragments, fragmentLength })
}

function unescaped(html: string): string {
  return html
    .replace(/<\/?mark>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&amp;", "&")
}

it("gives the whole text for no fragments, and nothing where there is no match", () => {
  expect(highlight("one two one", "one", 0)).toEqual(["<mark>one</mark> two <mark>one</mark>"])
  expect(highlight("one two one", "three", 0)).toEqual([])
  expect(highlight("one two one", "three", 3)).toEqual([])
})

it("escapes the text, so that it can forge no mark", () => {
  expect(highlight(`<mark> & "it's" &amp; hit </mark>`, "hit", 0)).toEqual([
    "&lt;mark&gt; &amp; &quot;it&#x27;s&quot; &amp;amp; <mark>hit</mark> &lt;/mark&gt;",
  ])
  expect(highlight("<b> /", "<b>", 0)).toEqual(["<mark>&lt;b&gt;</mark> /"])
})

it("cuts between words, with as much before the match as behind it", () => {
  const text = "alpha beta gamma hit delta epsilon zeta"
  expect(highlight(text, "hit", 3)).toEqual(["gamma <mark>hit</mark> delta"])
  expect(highlight(`hit ${text.slice(0, 16)}`, "hit", 3)).toEqual(["<mark>hit</mark> alpha beta gamma"])
  expect(highlight("alpha beta gamma hit", "hit", 3)).toEqual(["alpha beta gamma <mark>hit</mark>"])
})

it("cuts a word that has no end nearby, but no character", () => {
  const [snippet] = highlight(`${"😀é".repeat(100)} hit`, "hit", 1, 30)
  expect(snippet?.isWellFormed()).toBe(true)
  expect(snippet).toMatch(/^😀?é?(😀é)+ <mark>hit<\/mark>$/u)
  expect(highlight(`${"x".repeat(500)} hit`, "hit", 1, 100)).toEqual([`${"x".repeat(96)} <mark>hit</mark>`])
  expect(highlight(`${"x".repeat(500)} hit`, "hit", 1, 30)).toEqual(["<mark>hit</mark>"])
})

it("cuts between characters of scripts that have no blanks", () => {
  const text = `${"東京都".repeat(20)}\u{1d49c}${"東京都".repeat(20)}`
  const [snippet] = highlightText(text, [60, 62], { fragments: 1, fragmentLength: 22 })
  expect(snippet).toBe(`${"東京都".repeat(4).slice(2)}<mark>\u{1d49c}</mark>${"東京都".repeat(4).slice(0, 10)}`)
})

it("cuts no letter in two that is a pair of surrogates", () => {
  const letters = "\u{1d49c}".repeat(200)
  for (const fragmentLength of [200, 201, 202, 203]) {
    for (const text of [`${letters} hit`, `hit ${letters}`]) {
      const [snippet] = highlight(text, "hit", 1, fragmentLength)
      expect(snippet?.isWellFormed()).toBe(true)
      expect(snippet?.length).toBeGreaterThan(190)
    }
  }
})

it("gives the fragments with most matches, in the order of the text", () => {
  const far = " word".repeat(20)
  const text = `hit one${far} hit hit two${far} hit three${far} hit hit hit four`
  expect(highlight(text, "hit", 2)).toEqual([
    "word <mark>hit</mark> <mark>hit</mark> two",
    "<mark>hit</mark> <mark>hit</mark> <mark>hit</mark> four",
  ])
  expect(highlight(text, "hit", 100)).toHaveLength(4)
})

it("gives each text of a field by itself, up to the number of fragments", () => {
  const texts = ["a hit", "none", "hit b", "hit c"]
  expect(highlightTexts(texts, marksOf("hit"), WHOLE)).toEqual([
    "a <mark>hit</mark>",
    "<mark>hit</mark> b",
    "<mark>hit</mark> c",
  ])
  expect(highlightTexts(texts, marksOf("hit"), { fragments: 2, fragmentLength: 20 })).toEqual([
    "a <mark>hit</mark>",
    "<mark>hit</mark> b",
  ])
})

it("gives parts of the text, none twice, with every match marked whole", () => {
  const parts = fc.constantFrom(
    "hit",
    "word",
    "longer-word",
    " ",
    "  ",
    "<",
    "&amp;",
    "'",
    "😀",
    "\ud83d",
    "日本",
    "é",
    "\n",
  )
  const texts = fc.array(parts, { maxLength: 60 }).map((list) => list.join(""))
  const tokenizers = fc.constantFrom(words, pieces)
  fc.assert(
    fc.property(texts, tokenizers, fc.integer({ min: 20, max: 60 }), (text, tokenizer, fragmentLength) => {
      const ranges = markedRanges(text, tokenizer, (term) => term.includes("hit"))
      const wanted = ranges.flatMap((start, index) => (index % 2 === 0 ? text.slice(start, ranges[index + 1]) : []))
      const snippets = highlightText(text, ranges, { fragments: 100, fragmentLength })
      let from = 0
      for (const snippet of snippets) {
        const plain = unescaped(snippet)
        const at = text.indexOf(plain, from)
        expect(at).toBeGreaterThanOrEqual(from)
        from = at + plain.length
      }
      const marks = snippets.flatMap((snippet) => snippet.match(/<mark>.*?<\/mark>/gsu) ?? [])
      expect(marks.map(unescaped)).toEqual(wanted)
      const lengths = snippets.map((snippet) => unescaped(snippet).length)
      const longest = Math.max(0, ...wanted.map(({ length }) => length))
      for (const length of lengths) expect(length).toBeLessThanOrEqual(Math.max(fragmentLength, longest) + 1)
      const [whole] = highlightText(text, ranges, WHOLE)
      if (whole !== undefined) expect(unescaped(whole)).toBe(text)
    }),
    { numRuns: 1000 },
  )
})
