import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { QueryPlan } from "../../../../core/search/for-adapters.ts"
import {
  body,
  merged,
  planOfPhrases,
  planOfTerms,
  someDocuments,
  somePlan,
  type TextDocument,
  tag,
  title,
  writerOf,
} from "./documents.fixture.ts"
import { naiveSearch } from "./naive-search.fixture.ts"
import { explainerOf, searchText } from "./search-text.ts"
import { lengthByte, lengthOfByte } from "./similarity.ts"
import type { TextSegment } from "./text-segment.ts"
import { TextWriter } from "./text-writer.ts"

/** By document, its score; segments' documents are numbered on. */
function search(segments: readonly TextSegment[], plan: QueryPlan): Map<number, number> {
  const found = new Map<number, number>()
  let base = 0
  for (const { docs, scores, size } of searchText(segments, plan)) {
    for (const [index, doc] of docs.entries()) found.set(base + doc, scores[index] as number)
    base += size
  }
  return found
}

/** Three segments, one after the other. */
function cut(documents: readonly TextDocument[]): TextDocument[][] {
  const third = Math.ceil(documents.length / 3)
  return [documents.slice(0, third), documents.slice(third, 2 * third), documents.slice(2 * third)]
}

describe("a search", () => {
  test("finds what a look at every document finds, with its scores", async () => {
    await fc.assert(
      fc.property(someDocuments, somePlan, (documents, plan) => {
        const found = search([writerOf(documents)], plan)
        const expected = naiveSearch(documents, plan)
        expect([...found.keys()]).toEqual([...expected.keys()])
        for (const [doc, score] of found) expect(score).toBeCloseTo(expected.get(doc) as number, 4)
      }),
      { numRuns: 500 },
    )
  })

  test("finds the same in segments that grow, are frozen and are merged, to the last bit of scores", async () => {
    await fc.assert(
      fc.property(someDocuments, somePlan, (documents, plan) => {
        const one = search([writerOf(documents)], plan)
        const growing = cut(documents).map(writerOf)
        const frozen = growing.map((writer) => writer.freeze())
        expect(search(growing, plan)).toEqual(one)
        expect(search(frozen, plan)).toEqual(one)
        expect(search([merged(frozen, () => true)], plan)).toEqual(one)
      }),
      { numRuns: 300 },
    )
  })

  test("finds after a merge without removed documents what it finds where they never were", async () => {
    await fc.assert(
      fc.property(someDocuments, somePlan, fc.infiniteStream(fc.boolean()), (documents, plan, choices) => {
        const kept = documents.map(() => choices.next().value as boolean)
        const segments = cut(documents)
        const third = segments[0]?.length ?? 0
        const segment = merged(
          segments.map((part) => writerOf(part).freeze()),
          (index, doc) => kept[index * third + doc] as boolean,
        )
        const rest = documents.filter((_, doc) => kept[doc])
        expect(search([segment], plan)).toEqual(search([writerOf(rest)], plan))
        expect(segment.size).toBe(rest.length)
      }),
      { numRuns: 300 },
    )
  })

  test("explains each score by parts that make it", async () => {
    await fc.assert(
      fc.property(someDocuments, somePlan, (documents, plan) => {
        const segment = writerOf(documents)
        const explain = explainerOf([segment], plan)
        for (const [doc, score] of search([segment], plan)) {
          const parts = explain(0, doc)
          expect(parts.length).toBeGreaterThan(0)
          expect(parts.reduce((sum, part) => sum + part.score, 0)).toBeCloseTo(score, 4)
          for (const { boost, idf, score: share, tf } of parts) expect(boost * idf * tf).toBeCloseTo(share, 4)
        }
      }),
      { numRuns: 200 },
    )
  })

  test("gives a set of the documents, too", () => {
    const documents = [{ title: ["cat"] }, {}, { title: ["cats cat"] }, {}]
    const [hits] = searchText([writerOf(documents)], planOfTerms([{ fields: [word("cat")] }], "or"))
    expect(hits?.matched.size).toBe(4)
    expect([0, 1, 2, 3].filter((doc) => hits?.matched.has(doc))).toEqual([0, 2])
  })

  test("has nothing to do with a plan that has no words", () => {
    const plan = planOfTerms([], "or")
    for (const match of ["all", "none"] as const) {
      expect(search([writerOf([{ title: ["cat"] }])], { ...plan, match })).toEqual(new Map())
    }
  })

  test("sees a document at once", () => {
    const writer = new TextWriter()
    const plan = planOfTerms([{ fields: [word("cat")] }], "or")
    writer.add(0, title, ["cat"])
    expect([...search([writer], plan).keys()]).toEqual([0])
    writer.add(1, title, ["the cat"])
    expect([...search([writer], plan).keys()]).toEqual([0, 1])
  })

  test.each([254, 255, 256])("counts a word that is there %d times", (frequency) => {
    const segment = writerOf([{ title: ["cat ".repeat(frequency)] }, { title: ["cat"] }])
    for (const segments of [[segment], [segment.freeze()], [merged([segment.freeze()], () => true)]]) {
      const [part] = explainerOf(segments, planOfTerms([{ fields: [word("cat")] }], "or"))(0, 0)
      const average = (frequency + 1) / 2
      const length = lengthOfByte(lengthByte(frequency))
      expect(part?.tf).toBeCloseTo(frequency / (frequency + 1.2 * (0.25 + (0.75 * length) / average)), 6)
      const phrase = (count: number) => planOfPhrases([{ field: title, boost: 1, words: cats(count) }])
      expect([...search(segments, phrase(frequency)).keys()]).toEqual([0])
      expect([...search(segments, phrase(frequency + 1)).keys()]).toEqual([])
    }
  })

  test("finds no phrase across two texts of a document", () => {
    const plan = planOfPhrases([{ field: title, boost: 1, words: [at("run", 0), at("cat", 1)] }])
    expect([...search([writerOf([{ title: ["run", "cat"] }, { title: ["run cat"] }])], plan).keys()]).toEqual([1])
  })

  test("takes the words that expand a word from all segments", () => {
    const expansion = { word: "cat", prefix: false, edits: 1, limit: 2 } as const
    const fields = [{ field: title, boost: 1, alternatives: [], expansion }]
    const segments = [writerOf([{ title: ["cats"] }]), writerOf([{ title: ["act"] }, { title: ["bat"] }])]
    // The nearest are act, bat and cats, in this order.
    expect([...search(segments, planOfTerms([{ fields }], "or")).keys()]).toEqual([1, 2])
  })

  test("prefixes of a field that stems are of its words as they are written", () => {
    const expansion = { word: "runni", prefix: true, edits: 0, limit: 0 } as const
    const fields = [{ field: body, boost: 2, alternatives: [], expansion }]
    expect([...search([writerOf([{ body: ["Running"] }])], planOfTerms([{ fields }], "or"))]).toEqual([[0, 2]])
  })

  test("a value of a keyword field counts once, whatever others the document has", () => {
    const documents = [{ tag: ["a", "a", "b"] }, { tag: ["a"] }]
    const fields = [{ ...word("a"), field: tag }]
    const [first, second] = search([writerOf(documents)], planOfTerms([{ fields }], "or")).values()
    expect(first).toBe(second)
  })
})

function at(term: string, position: number) {
  return { term, position }
}

function cats(count: number) {
  return Array.from({ length: count }, (_, position) => at("cat", position))
}

function word(term: string) {
  return { field: title, boost: 1, alternatives: [[at(term, 0)]], expansion: undefined }
}
