import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { Suggestion, SuggestQuery } from "../../../contracts/search/search.ts"
import { type Field, fieldOfAll, tokensOf, unfitField } from "../../../core/search/for-adapters.ts"
import type { MemoryIndex } from "./memory-index.ts"
import type { Segment } from "./segment.ts"
import { lowerBound, prefixEnd } from "./text/sorted-terms.ts"

/** Words that are looked at in a segment. */
const MOST = 1000

/** Words of the documents that begin with the last word of the text; those of most documents first. */
export function suggestWords(index: MemoryIndex, { fields, limit = 5, text }: SuggestQuery): Suggestion[] {
  const searched = fields === undefined ? searchable(index) : fields.map((path) => asked(path, index))
  const last = tokensOf(text, "standard").at(-1)
  if (last === undefined || last.end !== text.length) return []
  const counts = new Map<string, number>()
  for (const segment of index.segments()) {
    for (const { path } of searched) countWords(segment, path, last.term, counts)
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .slice(0, limit)
    .map(([word]) => ({ text: text.slice(0, last.start) + word, word }))
}

function searchable(index: MemoryIndex): Field[] {
  return [...index.fields.values()].filter((field) => field.searchable && field.type === "text")
}

function asked(path: string, index: MemoryIndex): Field {
  const field = fieldOfAll("fields", path, [index])
  if (!field.searchable) throw unfitField("fields", "searchable")
  return field
}

function countWords({ live, text }: Segment, path: string, prefix: string, counts: Map<string, number>): void {
  const field = text.plainField(path)
  if (field === undefined) return
  const { terms } = field.sortedTerms()
  const first = lowerBound(terms, prefix)
  const end = Math.min(prefixEnd(terms, prefix, first), first + MOST)
  for (const term of terms.slice(first, end)) {
    const postings = field.postings(term)
    let count = 0
    for (let entry = postings?.start ?? 0; entry < (postings?.end ?? 0); entry++) {
      if (live.has(postings?.docs[entry] as number)) count++
    }
    if (count > 0) counts.set(term, (counts.get(term) ?? 0) + count)
  }
}
