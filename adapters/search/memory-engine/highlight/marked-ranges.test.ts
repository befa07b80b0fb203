import fc from "fast-check"
import { expect, it } from "vitest"
import { analyzerOf, type PhraseWord } from "../../../../core/search/for-adapters.ts"
import { markedRanges } from "./marked-ranges.ts"
import { unionOfRanges } from "./ranges.ts"
import { pairs, pieces, words } from "./words.fixture.ts"

const none = () => false

/** `_` is a place of any word. */
function phrase(text: string): PhraseWord[] {
  return text.split(" ").flatMap((term, position) => (term === "_" ? [] : { term, position }))
}

function marked(text: string, ranges: readonly number[]): string[] {
  return ranges.flatMap((start, index) => (index % 2 === 0 ? text.slice(start, ranges[index + 1]) : []))
}

it("marks the terms that are picked", () => {
  const text = "A cache is a Cache"
  expect(
    marked(
      text,
      markedRanges(text, words, (term) => term === "cache"),
    ),
  ).toEqual(["cache", "Cache"])
})

it("marks the words of a phrase only where all stand in their places", () => {
  const text = "king of hills and King of the hill"
  expect(markedRanges(text, words, none, [phrase("king of _ hill")])).toEqual([18, 22, 23, 25, 30, 34])
  expect(markedRanges(text, words, none, [phrase("of king")])).toEqual([])
})

it("marks phrases as a search at each place does", () => {
  const letters = fc.array(fc.constantFrom("a", "b", "c", "the"), { maxLength: 80 })
  const patterns = fc.tuple(
    fc.constantFrom("a", "b"),
    fc.array(fc.constantFrom("a", "b", "c", "_"), { maxLength: 70 }),
    fc.constantFrom("a", "b"),
  )
  const cases = fc.oneof(
    fc.tuple(letters, patterns),
    // A piece of the text, so that long ones are found.
    letters.chain((text) =>
      fc.tuple(
        fc.constant(text),
        fc.nat(20).map((from) => {
          const inside = text.slice(from).map((word) => (word === "the" ? "_" : word))
          return ["a", inside, "a"] as [string, string[], string]
        }),
      ),
    ),
  )
  fc.assert(
    fc.property(cases, ([text, [first, inside, last]]) => {
      const pattern = [first, ...inside, last]
      const isMarked = text.map(() => false)
      for (let from = 0; from + pattern.length <= text.length; from++) {
        const isHere = pattern.every((word, at) => word === "_" || word === text[from + at])
        for (let at = 0; isHere && at < pattern.length; at++) isMarked[from + at] ||= pattern[at] !== "_"
      }
      const line = text.join(" ")
      const ranges = markedRanges(line, words, none, [phrase(pattern.join(" "))])
      let start = 0
      const expected = text.flatMap((word, index) => {
        const range = [start, start + word.length]
        start += word.length + 1
        return isMarked[index] === true ? range : []
      })
      expect(ranges).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

it("joins tokens that overlap, of terms and of phrases", () => {
  expect(markedRanges("abcdef", pairs, (term) => term === "ab" || term === "bc")).toEqual([0, 3])
  expect(markedRanges("abcdef", pairs, (term) => term === "ef", [phrase("bc cd")])).toEqual([1, 4, 4, 6])
})

it("marks a character whole that a token cuts", () => {
  expect(markedRanges("ab😀cd", pieces, (term) => term.startsWith("ab"))).toEqual([0, 4])
  expect(markedRanges("ab😀cd", pieces, (term) => term.endsWith("cd"))).toEqual([2, 6])
})

it("marks nothing behind 999,999 units", () => {
  const text = `hit${" ".repeat(999_990)}hit hit hit`
  expect(markedRanges(text, words, (term) => term === "hit")).toEqual([0, 3, 999_993, 999_996])
})

it("marks long runs of one word", () => {
  const text = "a ".repeat(30_000)
  const run = "a ".repeat(255)
  expect(markedRanges(text, words, none, [phrase(`${run}b`)])).toEqual([])
  expect(markedRanges(text, words, none, [phrase(run.trim())])).toHaveLength(60_000)
})

it("unites ranges as sets of places", () => {
  const ranges = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 }))).map((steps) => {
    let at = 0
    return steps.flatMap(([gap, length]) => {
      const start = at + gap
      at = start + length
      return [start, at]
    })
  })
  const places = (list: readonly number[]) =>
    new Set(list.flatMap((start, index) => (index % 2 === 0 ? range(start, list[index + 1] as number) : [])))
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      const union = unionOfRanges(a, b)
      expect(places(union)).toEqual(places([...union]))
      expect(places(union)).toEqual(new Set([...places(a), ...places(b)].sort((x, y) => x - y)))
      expect(union).toEqual([...union].sort((x, y) => x - y))
    }),
  )
})

it("marks what an analyzer makes equal", () => {
  const text = "Running, runs & RUN: the running-water ran"
  const run = (term: string) => term === "run"
  expect(marked(text, markedRanges(text, analyzerOf("english"), run))).toEqual(["Running", "runs", "RUN", "running"])
  const cafe = "Café cafe"
  expect(
    marked(
      cafe,
      markedRanges(cafe, analyzerOf("folding"), (term) => term === "cafe"),
    ),
  ).toEqual(["Café", "cafe"])
  const tokyo = "東京都に行く"
  expect(marked(tokyo, markedRanges(tokyo, analyzerOf("cjk"), none, [phrase("東京 京都")]))).toEqual(["東京都"])
})
