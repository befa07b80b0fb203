import * as fc from "fast-check"
import {
  type Field,
  type FieldTerm,
  fieldOf,
  type PlannedTerm,
  type QueryPlan,
} from "../../../../core/search/for-adapters.ts"
import type { FrozenText } from "./frozen-text.ts"
import { mergeText } from "./merge-text.ts"
import { TextWriter } from "./text-writer.ts"

/** Words that share beginnings and stems, are near to each other, or are left out by an analyzer. */
const WORDS = [
  "run",
  "runs",
  "running",
  "ruin",
  "the",
  "cat",
  "cats",
  "act",
  "Ünder",
  "under",
  "😀",
  "漢字",
  "r",
] as const

export const title = fieldOf("title", { type: "text" })
export const body = fieldOf("body", { type: "text", analyzer: "english" })
export const tag = fieldOf("tag", { type: "keyword" })
export const fields = [title, body, tag] as const

/** By path, the texts of a document. */
export type TextDocument = Readonly<Record<string, readonly string[]>>

const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(" "))

const document: fc.Arbitrary<TextDocument> = fc.record(
  {
    title: fc.array(text, { minLength: 1, maxLength: 2 }),
    body: fc.array(text, { minLength: 1, maxLength: 2 }),
    tag: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)

export const someDocuments = fc.array(document, { minLength: 1, maxLength: 20 })

const lowerWord = fc.constantFrom(...WORDS.map((word) => word.toLowerCase()), "runn", "ca", "tac")
const stem = fc.constantFrom("run", "ruin", "cat", "act", "ünder", "under", "😀")

const words = (word: fc.Arbitrary<string>) => {
  return fc
    .array(fc.record({ term: word, gap: fc.constantFrom(0, 0, 0, 1) }), { minLength: 1, maxLength: 3 })
    .map((all) => {
      let position = 0
      return all.map(({ gap, term }, index) => {
        if (index > 0) position += 1 + gap
        return { term, position }
      })
    })
}

const boost = fc.constantFrom(0.5, 1, 3, 10)

const fieldTerm: fc.Arbitrary<FieldTerm> = fc.constantFrom(...fields).chain((field) => {
  return fc.record({
    field: fc.constant(field),
    boost,
    alternatives: fc.array(wordsOf(field), { maxLength: 2 }),
    expansion: fc.option(
      fc.record({
        word: lowerWord,
        prefix: fc.boolean(),
        edits: fc.constantFrom(0 as const, 1 as const, 2 as const),
        limit: fc.constantFrom(1, 3, 50),
      }),
      { nil: undefined },
    ),
  })
})

/** A keyword field has no positions to find phrases by. */
function wordsOf(field: Field) {
  if (field === tag) return fc.constantFrom(...WORDS).map((term) => [{ term, position: 0 }])
  return words(field === body ? stem : lowerWord)
}

const someTerms: fc.Arbitrary<PlannedTerm[]> = fc.array(
  fc.record({ fields: fc.array(fieldTerm, { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
)

const somePhrases = fc.array(
  fc.constantFrom(title, body).chain((field) => {
    return fc.record({ field: fc.constant(field), boost, words: wordsOf(field) })
  }),
  { minLength: 1, maxLength: 2 },
)

const NO_PLAN = { terms: [], phrases: [], where: undefined, facets: [], sort: [], truncated: false } as const

export function planOfTerms(terms: readonly PlannedTerm[], operator: "and" | "or"): QueryPlan {
  return { ...NO_PLAN, match: "terms", operator, terms }
}

export function planOfPhrases(phrases: QueryPlan["phrases"]): QueryPlan {
  return { ...NO_PLAN, match: "phrase", operator: "or", phrases }
}

export const somePlan: fc.Arbitrary<QueryPlan> = fc.oneof(
  fc
    .tuple(someTerms, fc.constantFrom("and" as const, "or" as const))
    .map(([terms, operator]) => planOfTerms(terms, operator)),
  somePhrases.map(planOfPhrases),
)

export function writerOf(documents: readonly TextDocument[]): TextWriter {
  const writer = new TextWriter()
  for (const [doc, texts] of documents.entries()) {
    for (const field of fields) {
      const values = texts[field.path]
      if (values !== undefined) writer.add(doc, field, values)
    }
  }
  writer.size = documents.length
  return writer
}

/** Those whose documents are kept, in one segment. */
export function merged(segments: readonly FrozenText[], isKept: (segment: number, doc: number) => boolean): FrozenText {
  let size = 0
  const numbers = segments.map((segment, index) => {
    return Int32Array.from({ length: segment.size }, (_, doc) => (isKept(index, doc) ? size++ : -1))
  })
  const merge = mergeText(segments, numbers, size)
  let step = merge.next()
  while (!step.done) step = merge.next()
  return step.value
}
