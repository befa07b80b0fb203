import type { FieldTerm, PhraseWord, QueryPlan } from "../../../../core/search/for-adapters.ts"
import { fuzzyWords } from "./expansions.ts"
import type { TextSegment } from "./text-segment.ts"

/** What of a field's text is to be marked. */
export interface MatchedWords {
  /** As the field's analyzer makes them. */
  readonly terms: ReadonlySet<string>
  /** Only where the words stand in their places; as the field's analyzer makes them. */
  readonly phrases: readonly (readonly PhraseWord[])[]
  /** Of the plain form of the field. */
  readonly plainTerms: ReadonlySet<string>
  /** Beginnings of words of the plain form. */
  readonly plainPrefixes: readonly string[]
}

/** By path of the field. */
export function matchedWords(plan: QueryPlan, segments: readonly TextSegment[]): Map<string, MatchedWords> {
  const marks = new Map<string, FieldMarks>()
  const marksOf = (path: string) => {
    const found = marks.get(path) ?? new FieldMarks()
    marks.set(path, found)
    return found
  }
  if (plan.match === "phrase") for (const { field, words } of plan.phrases) marksOf(field.path).addWords(words)
  if (plan.match === "terms") {
    for (const { fields } of plan.terms) for (const term of fields) marksOf(term.field.path).addTerm(term, segments)
  }
  return marks
}

class FieldMarks implements MatchedWords {
  readonly terms = new Set<string>()
  readonly phrases: (readonly PhraseWord[])[] = []
  readonly plainTerms = new Set<string>()
  readonly plainPrefixes: string[] = []

  addWords(words: readonly PhraseWord[]): void {
    const [first] = words
    if (words.length > 1) this.phrases.push(words)
    else if (first !== undefined) this.terms.add(first.term)
  }

  addTerm({ alternatives, expansion, field }: FieldTerm, segments: readonly TextSegment[]): void {
    for (const words of alternatives) this.addWords(words)
    if (expansion === undefined) return
    if (expansion.prefix) this.plainPrefixes.push(expansion.word)
    const fields = segments.flatMap((segment) => segment.plainField(field.path) ?? [])
    for (const { term } of fuzzyWords(fields, expansion)) this.plainTerms.add(term)
  }
}
