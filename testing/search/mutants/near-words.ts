import type { SearchQuery } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"
import type { Wanted, Words } from "../reference/words.ts"

/** What is wanted is another thing than was asked. */
function wants(why: string, change: (wanted: Wanted, query: SearchQuery) => Wanted, source?: string) {
  return seam.wantedOf(
    why,
    ({ next }, query, q, unit, searched, budget) => change(next(query, q, unit, searched, budget), query),
    source,
  )
}

/** What begins like a word is looked for in another way. */
function begins(why: string, isBegin: (term: string, prefix: string) => boolean, source?: string) {
  return seam.hasPrefix(
    why,
    ({ self }, document, field, prefix) =>
      self.tokensIn(document, field, self.plainAnalyzer(field.analyzer)).some(({ term }) => isBegin(term, prefix)),
    source,
  )
}

function withTerms(words: Words, change: (wanted: Wanted) => Wanted): Words {
  return { ...words, terms: words.terms.map((wanted) => wanted.map(change)) }
}

/** SEARCH-PREFIX. */
export const nearWordsMutants = mutants({
  "SEARCH-PREFIX-01": {
    "prefix-ignored": wants("A search while one types finds nothing.", (wanted) => ({ ...wanted, prefix: false })),
    "prefix-without-being-asked": wants(
      "A search for cat finds every category.",
      (wanted, { phrase, prefix }) => ({
        ...wanted,
        prefix: prefix !== false && !phrase && wanted.plain !== undefined,
      }),
      "Meilisearch: the last word of each query is a prefix",
    ),
    "prefix-false-is-true": wants("A caller who says no prefix gets one.", (wanted, { prefix }) => ({
      ...wanted,
      prefix: wanted.prefix || (prefix === false && wanted.plain !== undefined),
    })),
    "prefix-of-the-first-word-alone": seam.termWords(
      "Of two words that one types the second must be whole.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        const [first = [], ...rest] = words.terms
        const whole = rest.map((wanted) =>
          wanted.map((each) => ({ ...each, prefix: each.prefix && query.prefix === "last" })),
        )
        return { ...words, terms: words.terms.length === 0 ? [] : [first, ...whole] }
      },
    ),
    "prefix-with-case": wants("A prefix in capitals finds nothing.", (wanted, { q = "" }) => ({
      ...wanted,
      plain: wanted.plain?.toUpperCase() === q.trim() ? q.trim() : wanted.plain,
    })),
    "prefix-of-two-letters-at-least-three": begins(
      "A prefix of two letters finds nothing.",
      (term, prefix) => prefix.length > 2 && term.startsWith(prefix),
      "edge n-grams, which have a least length",
    ),
    "prefix-is-a-part": begins("A search while one types finds words that have it anywhere.", (term, prefix) =>
      term.includes(prefix),
    ),
    "prefix-also-backwards": begins(
      "More than a word finds it.",
      (term, prefix) => term.startsWith(prefix) || prefix.startsWith(term),
    ),
    "no-word-is-every-prefix": seam.wordsOf("A star with prefix shows everything.", ({ next }, query, indexes) => {
      const words = next(query, indexes)
      return words.match === "none" && query.prefix === true ? { ...words, match: "all" } : words
    }),
    "prefix-forgets-and": seam.isFound("Two words that one types find too much.", ({ next }, shares, query) =>
      next(shares, query.prefix === true ? { ...query, operator: "or" } : query),
    ),
  },
  "SEARCH-PREFIX-02": {
    "last-is-all": wants(
      "Words that are typed to their end are taken for the beginnings of others.",
      (wanted, { prefix }) => ({
        ...wanted,
        prefix: wanted.prefix || (prefix === "last" && wanted.plain !== undefined),
      }),
    ),
    "last-is-none": wants("The last word must be whole while it is typed.", (wanted, { prefix }) => ({
      ...wanted,
      prefix: wanted.prefix && prefix === true,
    })),
    "last-is-first": seam.termWords(
      "The first word is taken for the beginning of others.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        if (query.prefix !== "last") return words
        const terms = words.terms.map((wanted, at) => wanted.map((each) => ({ ...each, prefix: at === 0 })))
        return { ...words, terms }
      },
    ),
    "last-that-was-there-before-is-whole": seam.termWords(
      "A word that is typed again must be whole.",
      ({ next, self }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        const typed = self.standardTokens(q).map(({ term }) => term)
        const isAgain = typed.indexOf(typed.at(-1) ?? "") < typed.length - 1
        return query.prefix === "last" && isAgain ? withTerms(words, (each) => ({ ...each, prefix: false })) : words
      },
    ),
    "last-ends-at-a-mark": seam.termWords(
      "A mark behind the last word changes what is found.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        const isEnded = query.prefix === "last" && /[^\p{L}\p{N}]$/u.test(q)
        return isEnded ? withTerms(words, (each) => ({ ...each, prefix: false })) : words
      },
    ),
  },
  "SEARCH-PREFIX-03": {
    "prefix-in-stems": seam.plainAnalyzer(
      "A user who types a word to its end loses the result on the way.",
      ({ next }, analyzer) => (analyzer === "english" ? "english" : next(analyzer)),
      "Elasticsearch, a prefix query of a field with stems: running begins with run, and not with runni",
    ),
    "prefix-of-stop-words-none": seam.plainWord(
      "A user who types the finds nothing until the next word.",
      ({ next, self }, q, token, analyzer) => {
        const plain = next(q, token, analyzer)
        return analyzer === "english" && plain !== undefined && self.isStopWord(plain) ? undefined : plain
      },
    ),
    "prefix-does-not-match-whole-words": begins(
      "A stop word that is typed to its end finds nothing.",
      (term, prefix) => term.length > prefix.length && term.startsWith(prefix),
    ),
    "prefix-alone-in-english": wants("Another form of a word is not found while one types.", (wanted) =>
      wanted.prefix && wanted.searched.field.analyzer === "english" ? { ...wanted, alternatives: [] } : wanted,
    ),
    "prefix-last-in-stems": wants(
      "A user who types the last word to its end loses the result.",
      (wanted, { prefix }) =>
        prefix === "last" && wanted.searched.field.analyzer === "english" ? { ...wanted, prefix: false } : wanted,
    ),
  },
  "SEARCH-PREFIX-04": {
    "prefix-not-folded": seam.plainWord("A user who types an accent finds nothing.", ({ next }, q, token, analyzer) =>
      analyzer === "folding" ? token.term : next(q, token, analyzer),
    ),
    "prefix-of-folding-in-standard": seam.plainAnalyzer(
      "A user who types no accent finds nothing.",
      ({ next }, analyzer) => (analyzer === "folding" ? "standard" : next(analyzer)),
    ),
    "prefix-of-cjk-ignored": wants("A word within a Japanese text is not found while one types.", (wanted) =>
      wanted.searched.field.analyzer === "cjk" ? { ...wanted, prefix: false } : wanted,
    ),
    "prefix-of-cjk-in-latin-alone": begins("A Korean word that one types is not found.", (term, prefix) =>
      /^\p{sc=Hangul}/u.test(prefix) && prefix.length < 3 ? term === prefix : term.startsWith(prefix),
    ),
  },
})
