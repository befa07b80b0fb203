import type { SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Token } from "../reference/analysis.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** Whether words stand somewhere in a text, by another rule. Of a word alone nothing changes. */
function stands(
  why: string,
  isThere: (tokens: readonly Token[], first: Token, words: readonly Token[]) => boolean,
  source?: string,
) {
  return seam.isPhraseAt(
    why,
    ({ next }, tokens, first, words) => (words.length < 2 ? next(tokens, first, words) : isThere(tokens, first, words)),
    source,
  )
}

const has = (tokens: readonly Token[], term: string) => tokens.some((token) => token.term === term)

/** Where a word of a phrase should stand. */
function placeOf(first: Token, words: readonly Token[], at: number): number {
  return first.position - (words[0]?.position ?? 0) + (words[at]?.position ?? 0)
}

/** Positions are given anew, so that no place is left empty. */
function withoutHoles(tokens: readonly Token[]): Token[] {
  return tokens.map((token, position) => ({ ...token, position }))
}

export const phrasesMutants = mutants({
  "SEARCH-PHRASE-01": {
    "phrase-is-and": stands(
      "A quoted title finds every text that has its words somewhere.",
      (tokens, first, words) => first.term === words[0]?.term && words.every(({ term }) => has(tokens, term)),
      "MiniSearch #216: there are no phrases",
    ),
    "phrase-is-or": seam.wordsOf(
      "A quoted title finds every text that has one of its words.",
      ({ next }, query, indexes) => next({ ...query, phrase: false }, indexes),
    ),
    "phrase-in-any-order": stands("A quoted title finds another one of the same words.", (tokens, first, words) =>
      words.every(({ term }) =>
        tokens.some((token) => token.term === term && Math.abs(token.position - first.position) < words.length),
      ),
    ),
    "phrase-with-a-word-between": stands(
      "quick brown finds quick and brown.",
      (tokens, first, words) =>
        first.term === words[0]?.term &&
        words.every(({ term }, at) =>
          tokens.some((token) => token.term === term && [0, 1].includes(token.position - placeOf(first, words, at))),
        ),
      "Elasticsearch, match_phrase with slop 1",
    ),
    "phrase-of-its-first-two-words": seam.isPhraseAt(
      "A longer quote finds no less.",
      ({ next }, tokens, first, words) => next(tokens, first, words.slice(0, 2)),
    ),
    "phrase-of-words-once": stands(
      "A quote that says a word twice finds texts that say it once.",
      (tokens, first, words) => {
        const once = words.filter(({ term }, at) => words.findIndex((word) => word.term === term) === at)
        return (
          first.term === once[0]?.term &&
          once.every(({ term }, at) => {
            return tokens.some((token) => token.term === term && token.position === first.position + at)
          })
        )
      },
    ),
    "phrase-ends-within-a-word": stands(
      "A quote finds words that only begin like its last one.",
      (tokens, first, words) =>
        first.term === words[0]?.term &&
        words.every(({ term }, at) =>
          tokens.some(
            (token) =>
              token.position === placeOf(first, words, at) &&
              (at < words.length - 1 ? token.term === term : token.term.startsWith(term)),
          ),
        ),
      "Elasticsearch, match_phrase_prefix",
    ),
    "phrase-of-text-as-it-is": changed(
      ReferenceSearch,
      "A quote with a comma in it finds nothing.",
      {
        found({ next }, query, words, indexes) {
          const found = next(query, words, indexes)
          if (words.match !== "phrase") return found
          const text = (query.q ?? "").toLowerCase()
          return found.filter(({ document }) => JSON.stringify(document.doc).toLowerCase().includes(text))
        },
      },
      "a phrase that is looked for by String.prototype.includes",
    ),
    "blank-phrase-matches-nothing": seam.wordsOf("An empty quote shows an empty page.", ({ next }, query, indexes) => {
      const words = next(query, indexes)
      return query.phrase && words.match === "all" ? { ...words, match: "none" } : words
    }),
    "phrase-without-a-word-matches-all": seam.wordsOf(
      "A quote of marks shows everything.",
      ({ next }, query, indexes) => {
        const words = next(query, indexes)
        return query.phrase && words.match === "none" ? { ...words, match: "all" } : words
      },
    ),
  },
  "SEARCH-PHRASE-02": {
    "phrase-over-elements": seam.gap(
      "The last word of one tag and the first of the next are a quote.",
      () => 1,
      "Lucene, a positionIncrementGap of 0, which is the default of Analyzer",
    ),
    "phrase-over-fields": seam.rawValuesOf(
      "The end of a title and the beginning of a text are a quote.",
      ({ next, self }, document, path) => {
        const values = next(document, path)
        const [first] = values
        const others = self.scalarsOf(document.doc).filter(([at, value]) => at > path && typeof value === "string")
        const [other] = others
        const isOne = values.length === 1 && typeof first === "string" && other !== undefined
        return isOne ? [`${first} ${other[1]}`] : values
      },
      "Elasticsearch, copy_to and cross_fields: fields are one text",
    ),
    "phrase-in-first-elements": seam.tokensOfTexts(
      "A quote in the second tag is not found.",
      ({ next }, texts, analyzer) => next(texts.slice(0, 1), analyzer),
    ),
    "phrase-ignores-fields": seam.wordsOf("A quote in titles finds texts.", ({ next }, query, indexes) => {
      const { fields: _, ...all } = query
      return next(query.phrase ? all : query, indexes)
    }),
  },
  "SEARCH-PHRASE-03": {
    "stop-words-leave-no-place": seam.withoutStopWords(
      "A quote finds texts whose words have others between.",
      ({ next }, tokens) => withoutHoles(next(tokens)),
      "Lucene before 4.4, enablePositionIncrements: false",
    ),
    "stop-words-of-a-phrase-leave-no-place": seam.phraseWords(
      "A quote with a stop word is not found where it stands.",
      ({ next }, q, searched) => {
        const words = next(q, searched)
        const terms = words.terms.map((wanted) =>
          wanted.map((each) => ({ ...each, alternatives: each.alternatives.map(withoutHoles) })),
        )
        return { ...words, terms }
      },
    ),
    "stop-words-of-a-phrase-kept": seam.phraseWords(
      "A quote with a stop word finds nothing.",
      ({ next, self }, q, searched) => {
        const words = next(q, searched)
        const terms = words.terms.map((wanted) =>
          wanted.map((each) => ({
            ...each,
            alternatives: [self.standardTokens(q).map((token) => ({ ...token, term: self.stem(token.term) }))],
          })),
        )
        return searched.some(({ field }) => field.analyzer === "english") ? { ...words, terms } : words
      },
    ),
    "first-stop-words-keep-their-place": seam.isPhraseAt(
      "A quote that begins with a stop word is not found at the beginning of a text.",
      ({ next }, tokens, first, words) => first.position >= (words[0]?.position ?? 0) && next(tokens, first, words),
    ),
    "phrases-of-stop-words-match-all": seam.phraseWords(
      "A quote of a stop word shows everything.",
      ({ next }, q, searched) => {
        const words = next(q, searched)
        return words.match === "none" && /\w/.test(q) ? { ...words, match: "all" } : words
      },
    ),
  },
  "SEARCH-PHRASE-04": {
    "prefix-of-a-phrase-ignored": seam.queryIssue(
      "A quote finds less than a user who types it expects.",
      ({ next }, query) => {
        const { phrase, prefix, ...others } = Object(query) as SearchQuery
        return phrase === true && prefix === true ? next(others) : next(query)
      },
    ),
    "last-prefix-of-a-phrase-ignored": seam.queryIssue(
      "A quote is found here while one types, and not there.",
      ({ next }, query) => {
        const { phrase, prefix, ...others } = Object(query) as SearchQuery
        return phrase === true && prefix === "last" ? next(others) : next(query)
      },
    ),
    "fuzzy-phrase-ignored": seam.queryIssue("A slip in a quote is forgiven here, and not there.", ({ next }, query) => {
      const { fuzzy, phrase, ...others } = Object(query) as SearchQuery
      return phrase === true && fuzzy !== undefined && fuzzy !== 0 ? next(others) : next(query)
    }),
    "plain-members-of-a-phrase-refused": seam.queryIssue(
      "A form that sends all its members gets an error.",
      ({ next }, query) => {
        const { fuzzy, phrase } = Object(query) as SearchQuery
        return phrase === true && fuzzy !== undefined ? "A phrase has no fuzzy." : next(query)
      },
    ),
  },
})
