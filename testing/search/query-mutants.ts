/** Mutants of what is asked. */
import type { SearchQuery } from "../../contracts/search/search.ts"
import { changed } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceSearch } from "./reference/reference-search.ts"

/** Another query is answered than was asked. */
export function asks(why: string, change: (query: SearchQuery) => SearchQuery, source?: string) {
  return changed(
    ReferenceSearch,
    why,
    {
      wordsOf: ({ next }, query, indexes) => next(change(query), indexes),
      found: ({ next }, query, words, indexes) => next(change(query), words, indexes),
    },
    source,
  )
}

/** Another text is looked for than was typed. */
export function reads(why: string, change: (q: string) => string, source?: string) {
  return asks(why, ({ q, ...query }) => ({ ...query, ...(q !== undefined && { q: change(q) }) }), source)
}

/** A text is refused, as one that is parsed is. */
export function failsAt(why: string, pattern: RegExp, source?: string) {
  return seam.checkQuery(
    why,
    ({ next, self }, query) => {
      next(query)
      if (pattern.test((query as SearchQuery).q ?? "")) self.refuse("INVALID_ARGUMENT", "The query has an error.")
    },
    source,
  )
}
