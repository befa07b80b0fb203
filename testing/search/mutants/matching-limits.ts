import type { SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { failsAt, reads } from "../query-mutants.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** A query is taken that has a wrong member. */
function takes(why: string, isMeant: (query: Readonly<Record<string, unknown>>) => boolean, source?: string) {
  return changed(
    ReferenceSearch,
    why,
    {
      queryIssue: ({ next }, query) => (isMeant(Object(query)) ? undefined : next(query)),
      search: async ({ next, self }, query) => {
        const isAsked = isMeant(Object(query)) && !self.closed
        return isAsked ? { hits: [], total: 0, totalExact: true, tookMs: 0 } : next(query)
      },
    },
    source,
  )
}

/** SEARCH-MATCH-06 to 12. */
export const matchingLimitsMutants = mutants({
  "SEARCH-MATCH-06": {
    "no-text-matches-nothing": seam.isBlank(
      "A page is empty until a word is typed.",
      () => false,
      "MiniSearch, search of an empty text: it finds nothing",
    ),
    "blanks-match-nothing": seam.isBlank("A page is empty once a blank is typed.", (_, q) => q === ""),
    "wide-blanks-match-nothing": seam.isBlank("A blank of a Japanese keyboard finds nothing.", (_, q) =>
      /^[ \t\r\n]*$/.test(q),
    ),
    "all-is-what-has-a-text": seam.found(
      "A list lacks records without a text.",
      ({ next, self }, query, words, indexes) => {
        const found = next(query, words, indexes)
        const hasText = (doc: Record<string, unknown>) =>
          self.scalarsOf(doc).some(([, value]) => typeof value === "string")
        return words.match === "all" ? found.filter(({ document }) => hasText(document.doc)) : found
      },
    ),
    "empty-documents-left-out": seam.found(
      "A list lacks records without a member.",
      ({ next }, query, words, indexes) =>
        next(query, words, indexes).filter(
          ({ document }) => words.match !== "all" || Object.keys(document.doc).length > 0,
        ),
    ),
    "all-with-and-is-none": seam.found(
      "A page with operator and is empty until a word is typed.",
      ({ next }, query, words, indexes) =>
        words.match === "all" && query.operator === "and" ? [] : next(query, words, indexes),
    ),
  },
  "SEARCH-MATCH-07": {
    "no-words-match-all": seam.wordsOf(
      "A text of marks shows everything.",
      ({ next }, query, indexes) => {
        const words = next(query, indexes)
        return words.match === "none" ? { match: "all", terms: [], truncated: false } : words
      },
      "Elasticsearch, bool without a clause: it matches all",
    ),
    "no-words-match-all-with-and": seam.wordsOf(
      "With and a text of marks shows everything.",
      ({ next }, query, indexes) => {
        const words = next(query, indexes)
        const isAll = words.match === "none" && query.operator === "and"
        return isAll ? { match: "all", terms: [], truncated: false } : words
      },
      "[].every(…) is true",
    ),
    "no-words-refused": seam.wordsOf("A user who types a mark gets an error.", ({ next, self }, query, indexes) => {
      const words = next(query, indexes)
      return words.match === "none" ? self.refuse("INVALID_ARGUMENT", "The query has no word.") : words
    }),
    "nul-is-blank": seam.isBlank("A NUL shows everything.", ({ next }, q) => next(q.replaceAll("\0", " "))),
  },
  "SEARCH-MATCH-08": {
    "words-found-on-a-prototype": seam.isPhraseAt(
      "A search for constructor finds every record.",
      ({ next }, tokens, first, words) => next(tokens, first, words) || (words[0]?.term ?? "") in Object.prototype,
      "an index that looks words up in a plain object",
    ),
    "words-of-members-lost": seam.standardTokens(
      "A search for constructor finds nothing.",
      ({ next }, text) => next(text).filter(({ term }) => !(term in {})),
      "a plain object of words that is asked with in",
    ),
    "words-of-members-rejected": failsAt("A user who types constructor gets an error.", /^(?:constructor|__proto__)$/),
    "length-is-no-word": seam.standardTokens("A search for length finds nothing.", ({ next }, text) =>
      next(text).filter(({ term }) => term !== "length"),
    ),
  },
  "SEARCH-MATCH-09": {
    "long-texts-refused": seam.checkQuery(
      "A text that is pasted into a search box is an error.",
      ({ next, self }, query) => {
        next(query)
        if (((query as SearchQuery).q?.length ?? 0) > 8192) self.refuse("INVALID_ARGUMENT", "The text is too long.")
      },
      "servers that take a query in a URL",
    ),
    "many-words-refused": seam.unitsOf(
      "A text that is pasted into a search box is an error.",
      ({ next, self }, q, searched, groups) => {
        const units = next(q, searched, groups)
        return units.length > 1024 ? self.refuse("INVALID_ARGUMENT", "There are too many words.") : units
      },
      "Elasticsearch, too_many_clauses",
    ),
    "repeated-words-refused": seam.checkQuery(
      "A text that says one word often is an error.",
      ({ next, self }, query) => {
        next(query)
        if (((query as SearchQuery).q?.split(" ").length ?? 0) > 16_500) self.refuse("UNAVAILABLE", "Too many clauses.")
      },
      "Elasticsearch: 50,000 times one word is a 400",
    ),
    "long-words-refused": seam.cut(
      "A text without a blank is an error.",
      ({ next, self }, word, start) => {
        if (word.length > 32_766) self.refuse("INVALID_ARGUMENT", "A word is too long.")
        return next(word, start)
      },
      "Lucene: a term has at most 32,766 bytes",
    ),
    "ends-of-long-texts-alone": reads("Of a long text the beginning is not looked for.", (q) =>
      q.length > 50_000 ? q.slice(-50_000) : q,
    ),
  },
  "SEARCH-MATCH-10": {
    "words-without-end": seam.budgetOf(
      "A text that is pasted into a search box takes the search down.",
      (_, _query, whole) => whole,
    ),
    "256-words-at-most": seam.budgetOf(
      "A long question is cut here, and not there.",
      ({ next }, query, whole, units) => (whole.terms > 256 ? { ...whole, terms: 256 } : next(query, whole, units)),
    ),
    "fields-not-counted": seam.clausesOf(
      "A long question over many fields is an error of the server.",
      ({ next }, budget, units) => next({ ...budget, fields: 1 }, units),
    ),
    "fields-left-out-before-words": seam.budgetOf(
      "Of a long question a whole field is not searched.",
      ({ next }, query, whole, units) => {
        const budget = next(query, whole, units)
        if (budget === whole || whole.fields === 1) return budget
        return { ...whole, fields: Math.max(1, Math.floor(1024 / whole.terms)) }
      },
    ),
    "truncated-not-told": seam.termWords(
      "Nobody is told that a part of a question was left out.",
      ({ next }, query, q, searched, indexes) => ({
        ...next(query, q, searched, indexes),
        truncated: false,
      }),
    ),
    "truncated-always-told": seam.budgetOf("Each question seems to be too long.", ({ next }, query, whole, units) => ({
      ...next(query, whole, units),
    })),
    "last-words-kept": seam.unitsOf(
      "Of a long question the beginning is left out.",
      ({ next }, q, searched, groups) => {
        const units = next(q, searched, groups)
        return units.length > 1024 ? units.toReversed() : units
      },
    ),
    "repeated-words-counted": seam.clausesOf("A text that says a word often is cut.", ({ next }, budget, units) =>
      units.length === 3 ? 9999 : next(budget, units),
    ),
  },
  "SEARCH-MATCH-11": {
    "absent-fields-find-nothing": seam.searchedFields(
      "A field that is written wrong finds nothing, and nobody is told.",
      ({ next }, query, indexes) => {
        const isThere = (each: NonNullable<SearchQuery["fields"]>[number]) => {
          const path = typeof each === "string" ? each : each.field
          return indexes.every(({ fields }) => fields.has(path))
        }
        return next({ ...query, fields: query.fields?.filter(isThere) }, indexes)
      },
      "Elasticsearch, multi_match: a field that is not mapped matches nothing",
    ),
    "fields-of-numbers-find-nothing": seam.fieldOfAll(
      "A search of a number finds nothing, and nobody is told.",
      ({ next }, path, can, indexes) =>
        next(
          path,
          can === "searchable" && indexes[0]?.fields.get(path)?.type === "number" ? "filterable" : can,
          indexes,
        ),
      "Elasticsearch, multi_match with lenient",
    ),
    "fields-of-booleans-find-nothing": seam.fieldOfAll(
      "A search of a box finds nothing.",
      ({ next }, path, can, indexes) =>
        next(
          path,
          can === "searchable" && indexes[0]?.fields.get(path)?.type === "boolean" ? "filterable" : can,
          indexes,
        ),
    ),
    "a-star-is-every-field": seam.searchedFields(
      "A field that a user names reaches all others.",
      ({ next, self }, query, indexes) =>
        query.fields?.includes("*") ? self.defaultFields(indexes) : next(query, indexes),
      "Elasticsearch, fields: names are patterns",
    ),
    "objects-are-fields": seam.searchedFields("A search of an object is answered.", ({ next }, query, indexes) =>
      next({ ...query, fields: query.fields?.map((each) => (each === "o" ? "o.p" : each)) }, indexes),
    ),
    "field-has-no-reason": seam.refuseFor(
      "A caller cannot tell a wrong name from a wrong type.",
      ({ next, self }, code, reason, message) => {
        if (reason === "field") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
    "field-is-not-found": seam.refuseFor(
      "A caller takes a wrong field for a missing index.",
      ({ next }, code, reason, message) => next(reason === "field" ? "NOT_FOUND" : code, reason, message),
    ),
  },
  "SEARCH-MATCH-12": {
    "unknown-members-ignored": takes("A member that is written wrong shows too much.", (query) => "query" in query),
    "text-that-is-a-number-taken": takes(
      "A search for 7 fails in one engine, and not in the other.",
      ({ q }) => q === 7,
    ),
    "null-is-no-text": takes("A member that was cleared shows everything.", ({ q }) => q === null),
    "unknown-operators-taken": takes(
      "A slip in an operator finds more than was asked.",
      ({ operator }) => operator === "xor",
    ),
    "operators-without-case": takes("AND is taken here, and not there.", ({ operator }) => operator === "AND"),
    "no-fields-are-all": takes(
      "A list of fields that was computed as empty searches all.",
      ({ fields }) => Array.isArray(fields) && fields.length === 0,
    ),
    "boost-0-taken": takes(
      "A field is searched, and counts nothing.",
      ({ fields }) => JSON.stringify(fields)?.includes('"boost":0') === true,
    ),
    "fuzzy-3-taken": takes(
      "Three edits find everything here, and are refused there.",
      ({ fuzzy }) => fuzzy === 3,
      "Elasticsearch, fuzziness: at most 2 edits",
    ),
    "sort-that-is-text-taken": takes("A list comes in any order.", ({ sort }) => sort === "t"),
    "unknown-orders-taken": takes(
      "A list comes in the wrong direction.",
      ({ sort }) => JSON.stringify(sort)?.includes("up") === true,
    ),
    "unknown-members-of-highlights-ignored": takes(
      "Tags of one's own are never used.",
      ({ highlight }) => JSON.stringify(highlight)?.includes("tags") === true,
    ),
    "unknown-members-of-facets-ignored": takes(
      "An order of a facet is never used.",
      ({ facets }) => JSON.stringify(facets)?.includes("order") === true,
    ),
    "signal-that-is-none-taken": takes(
      "A search that should end goes on.",
      ({ signal }) => signal !== undefined && !(signal instanceof AbortSignal),
    ),
    "query-that-is-text-taken": takes(
      "A text in the place of a query finds nothing.",
      (query) => query instanceof String,
    ),
  },
})
