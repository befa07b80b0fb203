import {
  type Expansion,
  type FieldPhrase,
  type FieldTerm,
  FUZZY_SCORE,
  type PhraseWord,
  type PlannedTerm,
  PREFIX_SCORE,
  type QueryPlan,
  tokensOf,
} from "../../../../core/search/for-adapters.ts"
import { bm25Boost } from "./boosts.ts"
import { plainName } from "./field-names.ts"
import { GAP_ANALYZER, GAP_WORD } from "./gaps.ts"

type Query = Readonly<Record<string, unknown>>

/** Fields that not all indexes of a query search: by path, the names of those that do. */
export type SearchedIn = ReadonlyMap<string, readonly string[]>

/** Servers refuse longer ones. Only a field that is not cut into words has such. */
const MAX_EXPANDED = 1000

/** What gives a document its score. Its terms are sent as they are looked for: the server analyzes nothing. */
export function wordsQuery({ match, operator, phrases, terms }: QueryPlan, searchedIn: SearchedIn): Query {
  const anyField = ({ fields }: PlannedTerm) => anyOf(fields.map((each) => within(searchedIn, each, fieldTerm(each))))
  switch (match) {
    case "all":
      return { match_all: {} }
    case "none":
      return { match_none: {} }
    case "phrase":
      return anyOf(phrases.map((each) => within(searchedIn, each, fieldPhrase(each))))
    case "terms":
      return operator === "and" ? allOf(terms.map(anyField)) : anyOf(terms.map(anyField))
  }
}

/** Elsewhere the field may be a number, which no word can be looked for in. A filter leaves scores as they are. */
function within(searchedIn: SearchedIn, { field }: FieldTerm | FieldPhrase, query: Query): Query {
  const indexes = searchedIn.get(field.path)
  return indexes === undefined ? query : { bool: { must: [query], filter: [{ terms: { _index: indexes } }] } }
}

function fieldTerm({ alternatives, boost, expansion, field }: FieldTerm): Query {
  const exact = alternatives.map((words) => wordOrPhrase(field.path, words, boost))
  return anyOf([...exact, ...(expansion === undefined ? [] : expanded(plainName(field), expansion, boost))])
}

function fieldPhrase({ boost, field, words }: FieldPhrase): Query {
  return wordOrPhrase(field.path, words, boost)
}

function wordOrPhrase(name: string, words: readonly PhraseWord[], by: number): Query {
  const boost = bm25Boost(by)
  const [first] = words
  if (first === undefined) return { match_none: {} }
  if (words.length === 1) return { term: { [name]: { value: first.term, boost } } }
  const isWithoutGaps = words.every(({ position }, index) => position === index)
  if (!isWithoutGaps) return gappedPhrase(name, words, boost)
  // No term of several has a space, and this analyzer only cuts at those.
  return { match_phrase: { [name]: { query: words.map(({ term }) => term).join(" "), analyzer: "whitespace", boost } } }
}

/**
 * A phrase with places of words that count nothing, such as stop words: words stand there that the analyzer drops. It cuts
 * as `standard` does, which leaves alone all but pairs of characters; those are looked for without it.
 */
function gappedPhrase(name: string, words: readonly PhraseWord[], boost: number): Query {
  const terms = words.map(({ term }) => term)
  const again = tokensOf(terms.join(" "), "standard").map(({ term }) => term)
  if (again.join(" ") !== terms.join(" ") || terms.includes(GAP_WORD)) return spanPhrase(name, words, boost)
  const places: string[] = []
  for (const { position, term } of words) {
    while (places.length < position) places.push(GAP_WORD)
    places.push(term)
  }
  return { match_phrase: { [name]: { query: places.join(" "), analyzer: GAP_ANALYZER, boost } } }
}

/** Matches the same, but a phrase with gaps scores less than one without. */
function spanPhrase(name: string, words: readonly PhraseWord[], boost: number): Query {
  const clauses: Query[] = []
  let next = 0
  for (const { position, term } of words) {
    if (position > next) clauses.push({ span_gap: { [name]: position - next } })
    clauses.push({ span_term: { [name]: { value: term } } })
    next = position + 1
  }
  return { span_near: { clauses, slop: 0, in_order: true, boost } }
}

function expanded(name: string, { edits, limit, prefix, word }: Expansion, by: number): Query[] {
  if (word.length > MAX_EXPANDED) return []
  const queries: Query[] = []
  if (prefix) {
    const boost = Math.fround(PREFIX_SCORE * by)
    queries.push({ constant_score: { filter: { prefix: { [name]: { value: word } } }, boost } })
  }
  for (let most = 1; limit > 0 && most <= edits; most++) {
    const rewrite = `top_terms_${limit}`
    const fuzzy = { value: word, fuzziness: String(most), max_expansions: limit, rewrite }
    queries.push({
      constant_score: { filter: { fuzzy: { [name]: fuzzy } }, boost: Math.fround(FUZZY_SCORE * by) },
    })
  }
  return queries
}

/** As Lucene rewrites it: one clause stands for itself. */
function anyOf(queries: readonly Query[]): Query {
  const [first] = queries
  if (first === undefined) return { match_none: {} }
  return queries.length === 1 ? first : { bool: { should: queries } }
}

function allOf(queries: readonly Query[]): Query {
  const [first] = queries
  if (first === undefined) return { match_none: {} }
  return queries.length === 1 ? first : { bool: { must: queries } }
}
