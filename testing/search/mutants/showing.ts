import type { ScorePart } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

/** Another explanation is given. */
function explains(why: string, change: (parts: ScorePart[]) => ScorePart[], source?: string) {
  return seam.partsOf(why, ({ next }, document, words, indexes) => change(next(document, words, indexes)), source)
}

/** Other paths are selected. */
function selects(why: string, isSelected: (path: string, select: readonly string[]) => boolean, source?: string) {
  return seam.isSelected(why, (_, path, select) => select === undefined || isSelected(path, select), source)
}

export const showingMutants = mutants({
  "SEARCH-SELECT-01": {
    "select-ignored": selects("A list pays for whole documents.", () => true),
    "select-of-exact-paths": selects("An object that is selected is not there.", (path, select) =>
      select.includes(path),
    ),
    "select-of-the-top": selects("A member of an object is not there.", (path, select) =>
      select.some((one) => !one.includes(".") && (path === one || path.startsWith(`${one}.`))),
    ),
    "select-of-objects-whole": selects("A list that wants one member gets all of its object.", (path, select) =>
      select.some((one) => path.split(".")[0] === one.split(".")[0]),
    ),
    "select-by-the-beginning-of-names": selects("A list that wants auth gets authors.", (path, select) =>
      select.some((one) => path.startsWith(one)),
    ),
    "first-path-selected": selects(
      "Of two members one is there.",
      (path, [first = ""]) => path === first || path.startsWith(`${first}.`),
    ),
    "select-gives-paths": seam.shownOf(
      "A document comes in another shape than it has.",
      ({ next, self }, document, select) => {
        const shown = next(document, select)
        const isNested = select?.some((path) => path.includes(".")) === true
        return isNested ? Object.fromEntries(self.scalarsOf(shown)) : shown
      },
      "Elasticsearch, fields: members of a flat object under their paths",
    ),
    "selected-values-are-arrays": seam.shownOf(
      "A title that is selected is a list of one.",
      ({ next }, document, select) => {
        const shown = next(document, select)
        if (select === undefined) return shown
        const inArray = (value: unknown) => (Array.isArray(value) ? value : [value])
        return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, inArray(value)]))
      },
      "Elasticsearch, fields: each value is in an array",
    ),
    "selected-alone-is-searched": seam.searchedFields(
      "A word in a field that is not shown is not found.",
      ({ next }, query, indexes) => {
        const found = next(query, indexes)
        return query.select === undefined ? found : found.filter(({ field }) => query.select?.includes(field.path))
      },
    ),
  },
  "SEARCH-SELECT-02": {
    "absent-paths-refused": seam.result(
      "Documents that lack a member make a list fail.",
      ({ next, self }, query, standing) => {
        const isKnown = (path: string) => standing.some(({ fields }) => fields.has(path))
        if (query.select?.some((path) => !isKnown(path) && path === "absent")) {
          self.refuseFor("INVALID_ARGUMENT", "field", "An index does not have this field.")
        }
        return next(query, standing)
      },
    ),
    "absent-paths-are-null": seam.shownOf(
      "A member that nobody gave looks as if it were cleared.",
      ({ next }, document, select) => ({
        ...Object.fromEntries(
          (select ?? []).filter((path) => /^\w+$/.test(path) && !path.startsWith("_")).map((path) => [path, null]),
        ),
        ...next(document, select),
      }),
    ),
    "stars-of-select-are-patterns": selects(
      "A star of a user shows members that are not for him.",
      (path, select) =>
        select.some(
          (one) =>
            path === one || path.startsWith(`${one}.`) || (one.endsWith("*") && path.startsWith(one.slice(0, -1))),
        ),
      "Elasticsearch, _source: names are patterns",
    ),
    "select-of-nothing-is-all": selects(
      "A caller who wants ids alone gets documents.",
      (path, select) => select.length === 0 || select.some((one) => path === one || path.startsWith(`${one}.`)),
      "Elasticsearch, _source: an empty list is none of its filters",
    ),
    "prototypes-are-selected": seam.shownOf(
      "A list has members that no document has.",
      ({ next }, document, select) => ({
        ...next(document, select),
        ...(select?.includes("constructor") && { constructor: "Object" }),
      }),
    ),
  },
  "SEARCH-EXPLAIN-01": {
    "explanation-of-one-word": explains("A ranking is explained in part.", (parts) => parts.slice(0, 1)),
    "explanation-of-all-hits-is-one": explains("A ranking is explained by a number that it is not.", (parts) =>
      parts.map((part) => ({ ...part, score: part.score * 2 })),
    ),
    "explanation-without-boosts": explains("A boost cannot be seen in a ranking.", (parts) =>
      parts.map((part) => ({ ...part, boost: 1 })),
    ),
    "explanation-names-no-field": explains("Nobody sees in which field a word was found.", (parts) =>
      parts.map((part) => ({ ...part, field: "_all" })),
    ),
    "explanation-has-other-words": explains(
      "Nobody sees which word of a search was found.",
      (parts) => parts.map((part) => ({ ...part, term: `${part.field}:${part.term}` })),
      "Elasticsearch, explain: weight(t:cache in 0)",
    ),
    "explanation-of-words-that-are-not-there": explains("A ranking is explained by what is not there.", (parts) =>
      parts.length === 1 ? [...parts, ...parts.map((part) => ({ ...part, term: "fast", score: 0, tf: 0 }))] : parts,
    ),
    "tf-is-a-count": explains("The parts of a score do not give it.", (parts) =>
      parts.map((part) => ({ ...part, tf: 1 })),
    ),
    "idf-is-rounded": explains("The parts of a score do not give it.", (parts) =>
      parts.map((part) => ({ ...part, idf: Math.round(part.idf * 10) / 10 })),
    ),
    "explanation-without-being-asked": seam.hitOf(
      "A search pays for an explanation that nobody reads.",
      ({ next, self }, scored, query, words, indexes) => ({
        ...next(scored, query, words, indexes),
        explanation: self.partsOf(scored.document, words, indexes),
      }),
    ),
  },
})
