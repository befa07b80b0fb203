import { compareCodePoints } from "../../../../contracts/foundation/text.ts"
import type { Expansion } from "../../../../core/search/for-adapters.ts"
import { forEachWithin } from "./edit-distance.ts"
import type { TextField } from "./text-segment.ts"

export interface FuzzyWord {
  readonly term: string
  readonly edits: number
}

/** The words of a field, in all of its segments, that differ little from a word: the nearest first, then by code point. */
export function fuzzyWords(fields: readonly TextField[], { edits, limit, word }: Expansion): FuzzyWord[] {
  if (edits === 0 || limit === 0) return []
  const found = new Map<string, number>()
  for (const field of fields) {
    forEachWithin(field.sortedTerms(), word, edits, (term, distance) => found.set(term, distance))
  }
  return Array.from(found, ([term, distance]) => ({ term, edits: distance }))
    .sort((a, b) => a.edits - b.edits || compareCodePoints(a.term, b.term))
    .slice(0, limit)
}
