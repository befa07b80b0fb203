import { mutants, seam } from "../mutant.ts"
import { asks, failsAt, reads } from "../query-mutants.ts"

/** Words that are taken for operators. */
const OPERATORS = /\b(?:AND|OR|NOT)\b/g

/** SEARCH-MATCH-01 to 05. */
export const matchingMutants = mutants({
  "SEARCH-MATCH-01": {
    "all-words-by-default": asks(
      "A second word that is a slip finds nothing.",
      (query) => ({ operator: "and", ...query }),
      "SQLite FTS5, and Meilisearch's matching strategy all: every word must be there",
    ),
    "first-word-alone": reads("What is typed behind the first word changes nothing.", (q) =>
      q.trim() === "" ? q : (q.trim().split(/\s+/)[0] ?? ""),
    ),
    "first-elements-of-arrays-alone": seam.tokensOfTexts(
      "Tags behind the first one are not found.",
      ({ next }, texts, analyzer) => next(texts.slice(0, 1), analyzer),
    ),
    "nested-fields-not-searched": seam.defaultFields(
      "What stands in an object is filtered by, and not found.",
      ({ next }, indexes) => next(indexes).filter(({ field }) => !field.path.includes(".")),
    ),
    "beginnings-match": seam.isPhraseAt(
      "A search for red finds every redis.",
      ({ next }, tokens, first, words) =>
        words.length === 1 ? first.term.startsWith(words[0]?.term ?? "\0") : next(tokens, first, words),
      "FlexSearch, tokenize forward: words are found by their beginnings",
    ),
    "parts-match": seam.isPhraseAt(
      "A search for edis finds every redis.",
      ({ next }, tokens, first, words) =>
        words.length === 1 && (words[0]?.term.length ?? 0) > 2
          ? first.term.endsWith(words[0]?.term ?? "\0")
          : next(tokens, first, words),
      "SQL, LIKE '%edis%'",
    ),
    "numbers-are-searched": seam.fieldOf(
      "A search for 7 finds each record with a 7 somewhere.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.type === "number" ? { ...field, searchable: true, analyzer: "standard" } : field
      },
      "Elasticsearch, query_string over all fields: numbers are asked too",
    ),
    "repeated-words-count-as-others": asks("A word that is typed twice finds nothing.", (query) =>
      /cache cache/i.test(query.q ?? "") ? { ...query, q: `${query.q} absent`, operator: "and" } : query,
    ),
  },
  "SEARCH-MATCH-02": {
    "and-within-one-field": seam.found(
      "A word in the title and one in the text find nothing together.",
      ({ next }, query, words, indexes) => {
        if (words.match !== "terms" || query.operator !== "and") return next(query, words, indexes)
        const paths = new Set(words.terms.flat().map(({ searched }) => searched.field.path))
        const all = [...paths].flatMap((path) => {
          const terms = words.terms.map((wanted) => wanted.filter(({ searched }) => searched.field.path === path))
          return next(query, { ...words, terms }, indexes)
        })
        return [...new Map(all.map((scored) => [scored.document, scored])).values()]
      },
      "Elasticsearch, multi_match best_fields with operator and: all words must be in one field",
    ),
    "and-is-or": asks("A word more finds more.", ({ operator: _, ...query }) => query),
    "and-of-the-first-two": seam.isFound("A third word changes nothing.", ({ next }, shares, query) =>
      next(shares.slice(0, 2), query),
    ),
    "and-of-one-word-twice-is-none": seam.isFound(
      "A word that is typed twice finds nothing.",
      ({ next }, shares, query) =>
        query.operator === "and" && /^(\w+) \1$/i.test(query.q ?? "") ? false : next(shares, query),
    ),
    "or-is-and-where-it-is-said": asks("A caller who says or gets and.", (query) =>
      query.operator === "or" ? { ...query, operator: "and" } : query,
    ),
    "and-leaves-out-what-is-nowhere": seam.isFound(
      "A word that no record has changes nothing.",
      ({ next }, shares, query) => {
        const isNowhere = /absent/.test(query.q ?? "")
        return (
          next(isNowhere ? shares.filter((scores) => scores.length > 0) : shares, query) && shares.flat().length > 0
        )
      },
      "Meilisearch, matching strategy last: words are left out until something is found",
    ),
  },
  "SEARCH-MATCH-03": {
    "dropped-words-must-match": seam.isAsked(
      "With and a stop word finds nothing.",
      () => true,
      "Elasticsearch, bool of one match a word: a word that is dropped matches nothing",
    ),
    "words-dropped-where-one-field-drops-them": seam.termWords(
      "A word that one field keeps is left out of the question.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        const isKept = (wanted: (typeof words.terms)[number]) => wanted.length === searched.length
        return { ...words, terms: words.terms.filter(isKept) }
      },
    ),
    "dropped-words-alone-match-all": seam.termWords(
      "A search for the shows everything.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        const isDropped = words.match === "none" && /\w/.test(q)
        return isDropped ? { match: "all", terms: [], truncated: false } : words
      },
      "Elasticsearch, zero_terms_query: all",
    ),
    "english-drops-words-of-all-fields": seam.unitsOf(
      "A band that is called The The is not found in any field.",
      ({ next, self }, q, searched, groups) => {
        const isEnglish = searched.some(({ field }) => field.analyzer === "english")
        return next(q, searched, groups).filter(({ token }) => !isEnglish || !self.isStopWord(token?.term ?? ""))
      },
    ),
  },
  "SEARCH-MATCH-04": {
    "fields-ignored": asks("A search of titles finds texts.", ({ fields: _, ...query }) => query),
    "first-field-alone": asks("Of two fields the second is not searched.", ({ fields, ...query }) => ({
      ...query,
      ...(fields !== undefined && { fields: fields.slice(0, 1) }),
    })),
    "fields-with-a-boost-left-out": asks("A boost takes a field out of the search.", ({ fields = [], ...query }) => {
      const plain = fields.filter((each) => typeof each === "string")
      return { ...query, ...(plain.length > 0 && { fields: plain }) }
    }),
    "fields-of-the-top-alone": asks("A search of author.name finds all.", ({ fields = [], ...query }) => {
      const top = fields.filter((each) => !(typeof each === "string" && each.includes(".")))
      return { ...query, ...(top.length > 0 && { fields: top }) }
    }),
    "fields-only-add-boosts": seam.searchedFields(
      "A search of titles finds texts behind them.",
      ({ next, self }, query, indexes) => {
        const named = next(query, indexes)
        const paths = new Set(named.map(({ field }) => field.path))
        return [...named, ...self.defaultFields(indexes).filter(({ field }) => !paths.has(field.path))]
      },
    ),
  },
  "SEARCH-MATCH-05": {
    "quotes-must-be-in-pairs": failsAt(
      "A user who types an inch mark gets an error.",
      /^[^"]*"(?:[^"]*"[^"]*")*[^"]*$/,
      "SQLite FTS5, MATCH: a lone quote is a syntax error",
    ),
    "brackets-must-be-in-pairs": failsAt(
      "A user who types a smiley gets an error.",
      /^[^)]*\([^)]*$/,
      "Elasticsearch, query_string: a lone bracket is a parse error",
    ),
    "slashes-begin-patterns": failsAt("A user who types a path gets an error.", /^[^/]*\/[^/]*$/),
    "colons-name-fields": failsAt(
      "A user who types a time gets an error.",
      /(?:^|\s):/,
      "lunr, query parser: a colon behind a name that is no field throws",
    ),
    "tildes-need-a-number": failsAt("A user who types a tilde gets an error.", /~\s*$/, "lunr, query parser"),
    "stars-are-patterns": asks(
      "A star finds everything.",
      (query) => (query.q?.includes("*") ? { ...query, prefix: true } : query),
      "lunr, wildcards; Elasticsearch, query_string",
    ),
    "a-star-is-all": seam.isBlank("A star finds everything.", ({ next }, q) => q.trim() === "*" || next(q)),
    "minus-leaves-out": seam.found(
      "A user who types a hyphen does not find what he typed.",
      ({ next }, query, words, indexes) => {
        const [, out] = /(?:^|\s)-(\w+)/.exec(query.q ?? "") ?? []
        const found = next(query, words, indexes)
        return out === undefined ? found : found.filter(({ document }) => !JSON.stringify(document.doc).includes(out))
      },
      "Elasticsearch, simple_query_string; lunr: a minus forbids a word",
    ),
    "operators-in-capitals": asks(
      "AND in a title in capitals changes what is found.",
      (query) => {
        if (query.q === undefined || query.q.search(OPERATORS) < 0) return query
        const isAnd = /\bAND\b/.test(query.q)
        return { ...query, q: query.q.replaceAll(OPERATORS, " "), ...(isAnd && { operator: "and" as const }) }
      },
      "Elasticsearch, query_string; SQLite FTS5: AND, OR and NOT are operators",
    ),
    "nul-ends-the-text": reads(
      "What stands behind a NUL is not looked for.",
      (q) => q.split("\0", 1).join(""),
      "SQLite, and all that keep texts as those of C do",
    ),
    "broken-text-refused": failsAt("A text that was cut within an emoji gets an error.", /\p{Cs}/u),
    "percent-is-decoded": failsAt(
      "A user who types a percent sign gets an error.",
      /%(?![0-9a-f]{2})/i,
      "decodeURIComponent: a lone percent sign throws",
    ),
    "patterns-of-templates-run": failsAt("A user who types braces gets an error.", /\{\{(?!.*\}\})/),
  },
})
