import type { SearchQuery } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"
import type { Wanted } from "../reference/words.ts"

/** What is wanted is another thing than was asked. */
function wants(why: string, change: (wanted: Wanted, query: SearchQuery) => Wanted, source?: string) {
  return seam.wantedOf(
    why,
    ({ next }, query, q, unit, searched, budget) => change(next(query, q, unit, searched, budget), query),
    source,
  )
}

/** Fuzzy words are others than those that were asked for. */
function resembles(why: string, isLike: (term: string, plain: string, edits: number) => boolean, source?: string) {
  return seam.similarWords(
    why,
    ({ next }, wanted, plain, known) =>
      new Map([...next(wanted, plain, known)].filter(([term, edits]) => isLike(term, plain, edits))),
    source,
  )
}

/** SEARCH-FUZZY. */
export const fuzzyMutants = mutants({
  "SEARCH-FUZZY-01": {
    "fuzzy-ignored": wants("A letter too much finds nothing.", (wanted) => ({ ...wanted, edits: 0 })),
    "fuzzy-without-being-asked": wants("A word finds those that resemble it.", (wanted, { fuzzy }) => ({
      ...wanted,
      edits: fuzzy === undefined && wanted.plain !== undefined && wanted.plain.length > 4 ? 1 : wanted.edits,
      expansions: 50,
    })),
    "fuzzy-0-is-auto": wants("A caller who says no edits gets some.", (wanted, { fuzzy }) => ({
      ...wanted,
      edits: fuzzy === 0 && wanted.plain !== undefined ? 1 : wanted.edits,
      expansions: 50,
    })),
    "fuzzy-2-is-1": seam.editsOf("Two slips are one too many.", ({ next }, fuzzy, word) =>
      Math.min(1, next(fuzzy, word)),
    ),
    "fuzzy-1-is-2": seam.editsOf("Words match that are too far away.", ({ next }, fuzzy, word) =>
      fuzzy === 1 ? 2 : next(fuzzy, word),
    ),
    "first-letter-must-match": resembles(
      "A slip in the first letter finds nothing.",
      (term, plain) => term[0] === plain[0],
      "Elasticsearch, prefix_length 1; searches by edge n-grams",
    ),
    "letters-put-in-do-not-count": resembles(
      "A letter that is missing finds nothing.",
      (term, plain) => term.length <= plain.length,
    ),
    "letters-left-out-do-not-count": resembles(
      "A letter too much finds nothing.",
      (term, plain) => term.length >= plain.length,
    ),
    "letters-replaced-do-not-count": resembles(
      "A wrong letter finds nothing.",
      (term, plain, edits) => edits === 0 || term.length !== plain.length,
    ),
    "fuzzy-by-length": seam.editsOf(
      "Whether a word matches depends on its length.",
      ({ next }, fuzzy, word) => (fuzzy === 2 && word.length < 6 ? 1 : next(fuzzy, word)),
      "MiniSearch, fuzzy: a share of the length of the word",
    ),
  },
  "SEARCH-FUZZY-02": {
    "turned-letters-are-two-edits": seam.costOfTurning(
      "Two letters in the wrong order find nothing.",
      () => 2,
      "MiniSearch, fastest-levenshtein: two neighbours that changed places are two edits",
    ),
    "turned-letters-are-none": seam.costOfTurning("Words match that are too far away.", () => 0),
    "first-letters-are-not-turned": seam.editsBetween(
      "Two first letters in the wrong order find nothing.",
      ({ next }, one, other) => {
        const isTurned = one.length > 1 && one[0] === other[1] && one[1] === other[0] && one[0] !== one[1]
        return isTurned ? next(one, other) + 1 : next(one, other)
      },
    ),
  },
  "SEARCH-FUZZY-03": {
    "auto-is-1": seam.editsOf("Two slips in a long word find nothing.", ({ next }, fuzzy, word) =>
      fuzzy === "auto" ? 1 : next(fuzzy, word),
    ),
    "auto-begins-at-2-letters": seam.editsOf(
      "Each word of two letters finds a hundred others.",
      ({ next, self }, fuzzy, word) => (fuzzy === "auto" && self.lengthOfWord(word) === 2 ? 1 : next(fuzzy, word)),
    ),
    "auto-begins-at-4-letters": seam.editsOf(
      "A slip in a word of three letters finds nothing.",
      ({ next, self }, fuzzy, word) => (fuzzy === "auto" && self.lengthOfWord(word) < 4 ? 0 : next(fuzzy, word)),
      "Algolia, minWordSizefor1Typo: 4",
    ),
    "auto-is-2-at-5-letters": seam.editsOf(
      "Words of five letters match that are too far away.",
      ({ next, self }, fuzzy, word) => (fuzzy === "auto" && self.lengthOfWord(word) === 5 ? 2 : next(fuzzy, word)),
    ),
    "auto-is-2-from-8-letters": seam.editsOf(
      "Two slips in a word of six letters find nothing.",
      ({ next, self }, fuzzy, word) =>
        fuzzy === "auto" && self.lengthOfWord(word) < 8 ? Math.min(1, next(fuzzy, word)) : next(fuzzy, word),
      "Algolia and Meilisearch, minWordSizefor2Typos: 8 and 9",
    ),
    "auto-counts-units": seam.lengthOfWord("A word of two Gothic letters finds others.", (_, word) => word.length),
    "auto-counts-bytes": seam.lengthOfWord(
      "A word of five accented letters counts for ten.",
      (_, word) => new TextEncoder().encode(word).length,
    ),
    "edits-in-units": seam.lettersOf("A wrong letter outside of the BMP is none or two.", (_, word) => word.split("")),
  },
  "SEARCH-FUZZY-04": {
    "fuzzy-in-stems": seam.plainAnalyzer(
      "A slip at the end of a word finds nothing.",
      ({ next }, analyzer) => (analyzer === "english" ? "english" : next(analyzer)),
      "Elasticsearch, fuzziness in a field with stems",
    ),
    "fuzzy-word-is-stemmed": seam.plainWord(
      "A slip in an ending counts double.",
      ({ next, self }, q, token, analyzer) => {
        const plain = next(q, token, analyzer)
        return analyzer === "english" && plain !== undefined ? self.stem(plain) : plain
      },
    ),
    "fuzzy-stop-words-left-out": seam.similarWords(
      "A slip in a stop word finds nothing.",
      ({ next, self }, wanted, plain, known) => {
        const found = [...next(wanted, plain, known)]
        return new Map(found.filter(([term]) => wanted.searched.field.analyzer !== "english" || !self.isStopWord(term)))
      },
    ),
  },
  "SEARCH-FUZZY-05": {
    "fuzzy-without-end": seam.budgetOf("Fuzzy words take the search down.", ({ next }, query, whole, units) =>
      (query.fuzzy ?? 0) === 0 ? next(query, whole, units) : { ...whole },
    ),
    "many-fuzzy-words-refused": seam.budgetOf(
      "A text that is pasted into a search box is an error.",
      ({ next, self }, query, whole, units) => {
        const budget = next(query, whole, units)
        const isMuch = budget !== whole && (query.fuzzy ?? 0) !== 0
        return isMuch ? self.refuse("LIMIT_EXCEEDED", "There are too many fuzzy words.") : budget
      },
      "Elasticsearch 8.19: 160 fuzzy words are a 400; 9.5.3: 256 over 8 fields are a 429 of a circuit breaker",
    ),
    "fuzzy-that-does-not-fit-finds-nothing": seam.termWords(
      "A long text finds nothing.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        return words.truncated && (query.fuzzy ?? 0) !== 0 ? { match: "none", terms: [], truncated: true } : words
      },
    ),
    "lost-expansions-not-told": seam.termWords(
      "Nobody is told that slips were not forgiven.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        return (query.fuzzy ?? 0) !== 0 ? { ...words, truncated: false } : words
      },
    ),
    "fuzzy-is-always-truncated": seam.termWords(
      "Each fuzzy search seems to be too long.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        return (query.fuzzy ?? 0) !== 0 ? { ...words, truncated: true } : words
      },
    ),
  },
  "SEARCH-FUZZY-06": {
    "ten-fuzzy-words": seam.wantedOf(
      "Most of what resembles a word is not found.",
      ({ next }, query, q, unit, searched, budget) => ({ ...next(query, q, unit, searched, budget), expansions: 10 }),
    ),
    "fuzzy-words-by-chance": seam.similarWords(
      "The same search finds something else each time.",
      (() => {
        let count = 0
        // What is known is known of one search.
        const searches = new WeakMap<object, number>()
        return ({ next }, wanted, plain, known) => {
          const all = [...next({ ...wanted, expansions: 1000 }, plain, known)]
          const search = searches.get(known) ?? count++
          searches.set(known, search)
          const from = all.length > 50 ? search % (all.length - 50) : 0
          return new Map(all.slice(from, from + 50))
        }
      })(),
      "Elasticsearch, top_terms: which 50 words are taken depends on the shard",
    ),
  },
})
