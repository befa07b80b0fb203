import type { Suggestion, SuggestQuery } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

/** Other words are suggested. */
function suggests(why: string, change: (found: Suggestion[], query: SuggestQuery) => Suggestion[], source?: string) {
  return seam.suggestions(why, ({ next }, query, index) => change(next(query, index), query), source)
}

/** Another question is asked than was given. */
function asks(why: string, change: (query: SuggestQuery) => SuggestQuery, source?: string) {
  return seam.suggestions(why, ({ next }, query, index) => next(change(query), index), source)
}

/** A question is taken that is wrong. */
function takes(why: string, isMeant: (query: SuggestQuery) => boolean) {
  return seam.suggest(why, async ({ next }, query) => (isMeant(Object(query) as SuggestQuery) ? [] : next(query)))
}

export const suggestingMutants = mutants({
  "SEARCH-SUGGEST-01": {
    "suggests-nothing": suggests("A box never suggests a word.", () => []),
    "suggests-with-case": suggests("A word in capitals has no suggestions.", (found, { text }) =>
      text === text.toLowerCase() ? found : [],
    ),
    "suggests-for-the-first-word": asks("A second word that one types has suggestions of the first.", (query) => ({
      ...query,
      text: query.text.split(" ")[0] ?? "",
    })),
    "suggests-words-that-have-it-anywhere": seam.wordsBeginning(
      "A box suggests words that nobody is typing.",
      ({ next, self }, document, searched, begin) => {
        const terms = searched
          .flatMap(({ field }) => self.tokensIn(document, field, "standard"))
          .map(({ term }) => term)
        return begin.length > 3
          ? new Set(terms.filter((term) => term.includes(begin)))
          : next(document, searched, begin)
      },
    ),
    "suggests-the-word-alone": suggests("A suggestion that is chosen takes away what was typed before it.", (found) =>
      found.map(({ word }) => ({ word, text: word })),
    ),
    "suggests-behind-the-text": suggests("A suggestion that is chosen has the word twice.", (found, { text }) =>
      found.map(({ word }) => ({ word, text: `${text} ${word}` })),
    ),
    "suggests-without-marks": suggests("A suggestion that is chosen changes what was typed before it.", (found) =>
      found.map(({ text, word }) => ({ word, text: text.replaceAll(/[^\p{L}\p{N} ]/gu, "") })),
    ),
    "suggests-from-first-elements": seam.tokensOfTexts(
      "A second tag is never suggested.",
      ({ next }, texts, analyzer) => next(texts.slice(0, 1), analyzer),
    ),
    "suggests-a-word-for-each-document": suggests(
      "A word is suggested twice.",
      (found) => found.flatMap((each) => (each.word === "cache" ? [each, each] : [each])),
      "engines whose suggestions are documents",
    ),
    "suggests-all-for-marks": suggests(
      "A star suggests every word.",
      (found, { text }) => (text === "*" ? [{ text: "fast", word: "fast" }] : found),
      "Elasticsearch, completion with a regex",
    ),
    "suggests-stems": suggests(
      "A suggestion is half a word.",
      (found) => found.map(({ text, word }) => ({ text, word: word.replace(/(?:e|ing)$/, "") })),
      "Elasticsearch, terms of a field with stems",
    ),
    "suggests-what-was-typed": suggests("A box suggests what no record has.", (found, { text }) =>
      found.length === 0 ? [{ text, word: text }] : found,
    ),
  },
  "SEARCH-SUGGEST-02": {
    "suggests-from-all-fields": asks("A box for titles suggests words of texts.", ({ fields: _, ...query }) => query),
    "suggests-from-the-first-field": asks("Of two fields one has suggestions.", ({ fields, ...query }) => ({
      ...query,
      ...(fields !== undefined && { fields: fields.slice(0, 1) }),
    })),
    "suggests-without-end": asks("A box has no room for its suggestions.", ({ limit = 100, ...query }) => ({
      ...query,
      limit,
    })),
    "limit-of-suggestions-ignored": asks("A box has no room for its suggestions.", ({ limit: _, ...query }) => query),
    "suggests-10": asks("A box suggests more than in the other engine.", ({ limit = 10, ...query }) => ({
      ...query,
      limit,
    })),
    "suggests-one-less": suggests("A box suggests one word too few.", (found, { limit = 5 }) =>
      found.slice(0, Math.max(1, limit - 1)),
    ),
  },
  "SEARCH-SUGGEST-03": {
    "suggest-of-no-index-rejects": seam.suggest(
      "A box fails until the first record is there.",
      async ({ next, self }, query) => {
        self.checkSuggest(query)
        if (self.findIndex(query.object) === undefined) self.refuse("NOT_FOUND", "There is no such index.")
        return next(query)
      },
      "Elasticsearch: index_not_found_exception",
    ),
    "absent-fields-suggest-nothing": seam.suggestions(
      "A slip in a field is never noticed.",
      ({ next }, query, index) => {
        const fields = query.fields?.filter((path) => path !== "absent")
        return next(fields === undefined ? query : { ...query, fields }, index)
      },
    ),
    "numbers-suggest-nothing": seam.suggestions("A box over numbers suggests nothing.", ({ next }, query, index) => {
      const fields = query.fields?.filter((path) => index.fields.get(path)?.type !== "number")
      return next(fields === undefined ? query : { ...query, fields }, index)
    }),
    "suggestions-of-0": takes(
      "A box that asks for nothing is answered here, and refused there.",
      ({ limit }) => limit === 0,
    ),
    "suggestions-over-100": takes("A box that asks for all takes the server down.", ({ limit }) => limit === 101),
    "fractions-of-suggestions": takes(
      "A number that was computed works here, and fails there.",
      ({ limit }) => limit === 1.5,
    ),
    "text-that-is-a-number": takes(
      "A box over numbers works here, and fails there.",
      ({ text }) => (text as unknown) === 7,
    ),
    "no-fields-of-suggestions-are-all": takes(
      "A list of fields that was computed as empty asks all.",
      ({ fields }) => fields?.length === 0,
    ),
    "unknown-members-of-suggest": takes("A slip in a question is never noticed.", (query) => "q" in query),
  },
})
