import { mutants, seam } from "../mutant.ts"

export const synonymsMutants = mutants({
  "SEARCH-SYN-01": {
    "synonyms-ignored": seam.synonymsIn("Users find what authors call by their word alone.", () => []),
    "synonyms-with-case": seam.unitsOf("A word in capitals has no synonyms.", ({ next }, q, searched, groups) =>
      next(q, searched, q === q.toLowerCase() ? groups : []),
    ),
    "synonyms-one-way": seam.synonymsAt(
      "laptop finds notebooks, and notebook finds no laptop.",
      ({ next }, tokens, at, groups) => {
        const { length, synonyms } = next(tokens, at, groups)
        const isFirst = groups.some(([first]) => first === tokens[at]?.term)
        return isFirst || length > 1 ? { length, synonyms } : { length, synonyms: [] }
      },
      "Solr synonyms a => b; Meilisearch: a synonym is of one direction unless both are given",
    ),
    "synonyms-in-the-place-of-the-word": seam.alternativesOf(
      "A word that has synonyms does not find itself.",
      ({ next }, q, unit, analyzer) => {
        const all = next(q, unit, analyzer)
        return unit.synonyms.length > 0 && unit.token !== undefined
          ? all.filter(([word]) => word?.term !== unit.token?.term)
          : all
      },
    ),
    "synonyms-of-beginnings": seam.synonymsAt("laptops finds what is for laptop.", ({ next }, tokens, at, groups) =>
      next(
        tokens.map((token) => ({ ...token, term: token.term.replace(/s$/, "") })),
        at,
        groups,
      ),
    ),
    "synonyms-of-filters": seam.isEqual("A filter lets through what it forbids.", ({ next, self }, value, wanted) => {
      const groups = self.ownIndexes().flatMap(({ synonyms }) => synonyms)
      const others = groups.flatMap((group) => group.map((text) => String(wanted).replace(/notebook/, text)))
      return next(value, wanted) || others.includes(String(value))
    }),
    "synonyms-of-the-only-word": seam.synonymsAt(
      "A second word takes the synonyms away.",
      ({ next }, tokens, at, groups) => next(tokens, at, tokens.length > 1 ? [] : groups),
    ),
  },
  "SEARCH-SYN-02": {
    "synonyms-of-phrases-by-each-word": seam.alternativesOf(
      "ny finds all that is new.",
      ({ next }, q, unit, analyzer) =>
        next(q, unit, analyzer).flatMap((words) => words.map((word) => [{ ...word, position: 0 }])),
      "Elasticsearch before synonym_graph: words of a synonym are put one over the other",
    ),
    "phrases-of-a-query-are-words": seam.synonymsAt(
      "new york does not find ny.",
      ({ next }, tokens, at, groups) =>
        next(
          tokens,
          at,
          groups.map((group) => group.filter((text) => !text.includes(" "))),
        ),
      "Lucene: a query that is cut at blanks first has no synonyms of several words",
    ),
    "shortest-phrase-first": seam.synonymsAt(
      "new york times finds what is for new york.",
      ({ next }, tokens, at, groups) => {
        const found = groups
          .map((group) => next(tokens, at, [group]))
          .filter(({ synonyms }) => synonyms.length > 0)
          .toSorted((one, other) => one.length - other.length)
        return found[0] ?? { length: 1, synonyms: [] }
      },
    ),
    "words-of-a-phrase-count-again": seam.unitsOf(
      "A phrase of the query finds all that is new.",
      ({ next, self }, q, searched, groups) => {
        const units = next(q, searched, groups)
        const isPhrase = units.some(({ token }) => token === undefined)
        return isPhrase
          ? [...units, ...next(q, searched, []).filter(({ token }) => !self.isStopWord(token?.term ?? ""))]
          : units
      },
    ),
    "phrases-with-marks-not-seen": seam.unitsOf("New-York does not find ny.", ({ next }, q, searched, groups) =>
      next(q, searched, /\w-\w/.test(q) ? [] : groups),
    ),
    "phrases-in-any-order": seam.synonymsAt("york new finds ny.", ({ next }, tokens, at, groups) => {
      const [first, second] = [tokens[at], tokens[at + 1]]
      const isTurned = first?.term === "york" && second?.term === "new"
      return isTurned
        ? next([...tokens.slice(0, at), second, first, ...tokens.slice(at + 2)], at, groups)
        : next(tokens, at, groups)
    }),
    "words-behind-a-phrase-lost": seam.unitsOf(
      "What is typed behind a phrase changes nothing.",
      ({ next }, q, searched, groups) => {
        const units = next(q, searched, groups)
        const phrase = units.findIndex(({ token }) => token === undefined)
        return phrase < 0 ? units : units.slice(0, phrase + 1)
      },
    ),
  },
  "SEARCH-SYN-03": {
    "and-wants-all-synonyms": seam.termWords(
      "With and a word that has synonyms finds nothing.",
      ({ next }, query, q, searched, indexes) => {
        const words = next(query, q, searched, indexes)
        if (query.operator !== "and") return words
        const terms = words.terms.flatMap((wanted) => {
          const count = Math.max(...wanted.map(({ alternatives }) => alternatives.length), 1)
          return Array.from({ length: count }, (_, at) =>
            wanted.map((each) => ({ ...each, alternatives: each.alternatives.slice(at, at + 1) })),
          )
        })
        return { ...words, terms }
      },
    ),
    "and-is-or-with-synonyms": seam.isFound(
      "With synonyms a second word changes nothing.",
      ({ next, self }, shares, query) => {
        const hasGroups = self.ownIndexes().some(({ synonyms }) => synonyms.length > 0)
        return next(shares, hasGroups ? { ...query, operator: "or" } : query)
      },
    ),
    "and-without-synonyms": seam.synonymsOf("With and a word finds itself alone.", ({ next }, indexes) =>
      next(indexes.filter(({ fields }) => fields.size < 2)),
    ),
  },
  "SEARCH-SYN-04": {
    "synonyms-of-the-first-definition": seam.defineIndex(
      "New synonyms never act.",
      async ({ next, self }, definition) => {
        const before = self.closed ? undefined : self.findIndex(definition?.name)
        await next(before === undefined ? definition : { ...definition, synonyms: before.synonyms })
      },
      "Elasticsearch, a synonym filter of index time: documents must be stored anew",
    ),
    "synonyms-added-up": seam.defineIndex(
      "A synonym that was a mistake acts for ever.",
      async ({ next, self }, definition) => {
        const before = self.closed ? [] : (self.findIndex(definition?.name)?.synonyms ?? [])
        await next(
          before.length === 0 ? definition : { ...definition, synonyms: [...before, ...(definition.synonyms ?? [])] },
        )
      },
    ),
    "no-synonyms-keep-those-of-before": seam.defineIndex(
      "Synonyms cannot be taken away.",
      async ({ next, self }, definition) => {
        const before = self.closed ? [] : (self.findIndex(definition?.name)?.synonyms ?? [])
        const isKept = before.length > 0 && Object(definition).synonyms === undefined
        await next(isKept ? { ...definition, synonyms: before } : definition)
      },
    ),
    "synonyms-need-new-documents": seam.defineIndex(
      "New synonyms act on what is stored later alone.",
      async ({ next, self }, definition) => {
        const hasDocuments = !self.closed && (self.findIndex(definition?.name)?.documents.size ?? 0) > 0
        const { synonyms: _, ...others } = Object(definition) as typeof definition
        await next(hasDocuments ? others : definition)
      },
    ),
  },
})
