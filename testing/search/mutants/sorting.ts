import type { SearchQuery } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

type Sort = NonNullable<SearchQuery["sort"]>

/** Another sort is done than was asked for. */
function sorts(why: string, change: (sort: Sort) => Sort, source?: string) {
  return seam.sorted(why, ({ next }, found, sort, indexes) => next(found, change(sort), indexes), source)
}

/** Fields of a sort are not looked up. */
function takes(why: string, isMeant: (sort: Sort, query: SearchQuery) => boolean, source?: string) {
  return seam.result(
    why,
    ({ next }, query, standing) => {
      const { sort = [], ...plain } = query
      return next(isMeant(sort, query) ? plain : query, standing)
    },
    source,
  )
}

export const sortingMutants = mutants({
  "SEARCH-SORT-01": {
    "sort-ignored": sorts("A table is in any order.", () => []),
    "sort-always-up": sorts("A table cannot be turned round.", (sort) => sort.map(({ field }) => ({ field }))),
    "sort-down-by-default": sorts("A table is in the wrong order.", (sort) =>
      sort.map(({ field, order = "desc" }) => ({ field, order })),
    ),
    "sort-by-digits": seam.compareKeys(
      "10 comes before 9.",
      ({ next }, ones, others, sort) => {
        const texts = (keys: typeof ones) => keys.map((key) => (typeof key === "number" ? String(key) : key))
        return next(texts(ones), texts(others), sort)
      },
      "Array.prototype.sort without a function: numbers compare as texts",
    ),
    "sort-by-words": seam.sortKeys(
      "Titles are sorted by any of their words.",
      ({ next, self }, document, sort, indexes) => {
        const fields = indexes.find(({ name }) => name === document.object)?.fields
        return next(document, sort, indexes).map((key, at) => {
          const field = fields?.get(sort[at]?.field ?? "")
          if (typeof key !== "string" || field === undefined) return key
          const words = self.tokensIn(document, field, "standard").map(({ term }) => term)
          return self.sortValue(words, sort[at]?.order ?? "asc")
        })
      },
      "Elasticsearch, sort by a text with fielddata: it sorts by one of its words",
    ),
    "true-before-false-in-sorts": seam.compareValues(
      "Boxes come in another order in each engine.",
      ({ next }, one, other) => (typeof one === "boolean" ? next(other, one) : next(one, other)),
    ),
    "dates-sorted-by-their-text": seam.sortKeys(
      "Times of two zones are in the wrong order.",
      ({ next, self }, document, sort, indexes) => {
        const fields = indexes.find(({ name }) => name === document.object)?.fields
        return next(document, sort, indexes).map((key, at) => {
          const path = sort[at]?.field ?? ""
          return fields?.get(path)?.type === "date" ? self.rawValuesOf(document, path)[0] : key
        })
      },
    ),
    "sort-forgets-the-words": seam.result("A search that is sorted shows everything.", ({ next }, query, standing) => {
      const { q: _, ...plain } = query
      return next((query.sort ?? []).length > 0 ? plain : query, standing)
    }),
    "numbers-sorted-as-whole-ones": seam.sortValue("-1.5 and -1 are one.", ({ next }, values, order) => {
      const value = next(values, order)
      return typeof value === "number" && Math.abs(value) < 1e6 ? -Math.abs(value) : value
    }),
  },
  "SEARCH-SORT-02": {
    "sort-by-utf-16": seam.compareTexts(
      "The order is another one in each engine.",
      (_, one, other) => (one < other ? -1 : one > other ? 1 : 0),
      "the operator < of JavaScript: UTF-16 units",
    ),
    "sort-by-language": seam.compareTexts(
      "The order depends on the machine.",
      (_, one, other) => one.localeCompare(other, "en"),
      "String.prototype.localeCompare",
    ),
    "sort-without-case": seam.compareTexts("B is between a and c here, and before a there.", ({ next }, one, other) =>
      next(one.toLowerCase(), other.toLowerCase()),
    ),
    "sort-by-numbers-within-texts": seam.compareTexts(
      "9 is before 10 here, and behind it there.",
      ({ next }, one, other) => {
        const numeric = /^\d+$/.test(one) && /^\d+$/.test(other)
        return numeric ? Number(one) - Number(other) : next(one, other)
      },
    ),
    "sort-trims": seam.compareTexts("A blank text is an empty one.", ({ next }, one, other) =>
      next(one.trim(), other.trim()),
    ),
  },
  "SEARCH-SORT-03": {
    "first-key-alone": sorts("A second column of a sort changes nothing.", (sort) => sort.slice(0, 1)),
    "last-key-first": sorts("A table is sorted by its second column.", (sort) => sort.toReversed()),
    "all-keys-in-one-direction": sorts("A table that goes up and down goes up.", (sort) =>
      sort.map(({ field }) => ({ field, order: sort[0]?.order })),
    ),
    "equal-rows-as-they-were-stored": seam.compareTies(
      "Rows of equal values change places from page to page.",
      () => 0,
      "Elasticsearch, sort: equal ones come by the number of the document",
    ),
    "equal-rows-by-utf-16": seam.compareIds(
      "Equal rows come in another order than in the other engine.",
      (_, one, other) => (one < other ? -1 : one > other ? 1 : 0),
    ),
    "equal-rows-down-where-the-sort-is": seam.sorted(
      "Equal rows come in another order than in the other engine.",
      ({ next, self }, found, sort, indexes) => {
        const [first] = sort
        if (first?.order !== "desc") return next(found, sort, indexes)
        const up = sort.map(({ field, order }) => ({ field, order: order === "desc" ? "asc" : "desc" }) as const)
        const isWhole = (scored: (typeof found)[number]) =>
          !self.sortKeys(scored.document, sort, indexes).includes(undefined)
        const whole = next(found.filter(isWhole), up, indexes).toReversed()
        return [
          ...whole,
          ...next(
            found.filter((scored) => !isWhole(scored)),
            sort,
            indexes,
          ),
        ]
      },
    ),
  },
  "SEARCH-SORT-04": {
    "missing-first": seam.compareMissing(
      "Rows without a value fill the first page.",
      ({ next }, one, other, order) => -next(one, other, order),
      "SQLite and MySQL, ORDER BY: NULL is less than all",
    ),
    "missing-turns-round": seam.compareMissing(
      "Rows without a value fill the first page of a table that goes down.",
      ({ next }, one, other, order) => next(one, other, order) * (order === "asc" ? 1 : -1),
      "PostgreSQL, ORDER BY DESC: NULL comes first",
    ),
    "missing-numbers-are-0-in-sorts": seam.sortKeys(
      "A row without a price is the cheapest.",
      ({ next }, document, sort, indexes) =>
        next(document, sort, indexes).map((key, at) => (key === undefined && sort[at]?.field === "n" ? 0 : key)),
    ),
    "missing-texts-are-empty-in-sorts": seam.sortKeys(
      "A row without a name is the first.",
      ({ next }, document, sort, indexes) =>
        next(document, sort, indexes).map((key, at) => (key === undefined && sort[at]?.field === "t" ? "" : key)),
    ),
    "missing-booleans-are-false": seam.sortKeys(
      "A row that was never asked is one of no.",
      ({ next }, document, sort, indexes) =>
        next(document, sort, indexes).map((key, at) => (key === undefined && sort[at]?.field === "ok" ? false : key)),
    ),
    "missing-dates-are-1970": seam.sortKeys(
      "A row without a date is of 1970.",
      ({ next }, document, sort, indexes) =>
        next(document, sort, indexes).map((key, at) => (key === undefined && sort[at]?.field === "at" ? 0 : key)),
      "new Date(null): 1970",
    ),
    "missing-left-out": seam.sorted(
      "Rows without a value are lost in a table that is sorted by it.",
      ({ next, self }, found, sort, indexes) =>
        next(
          found.filter(({ document }) => !self.sortKeys(document, sort, indexes).includes(undefined)),
          sort,
          indexes,
        ),
      "Firestore, orderBy: documents without the field are left out",
    ),
    "false-and-0-are-missing": seam.sortValue(
      "A row of 0 is behind all others.",
      ({ next }, values, order) => next(values, order) || undefined,
      "code that asks `value || last`",
    ),
    "long-texts-sorted": seam.isTooLong("A text of pages is in the order here, and behind it there.", () => false),
  },
  "SEARCH-SORT-05": {
    "arrays-by-their-first-value": seam.sortValue(
      "Rows of several values depend on their order.",
      (_, values) => values[0],
    ),
    "arrays-by-their-smallest": seam.sortValue(
      "A table that goes down does not begin with the largest.",
      ({ next }, values) => next(values, "asc"),
    ),
    "arrays-by-their-largest": seam.sortValue(
      "A table that goes up does not begin with the smallest.",
      ({ next }, values) => next(values, "desc"),
    ),
    "arrays-by-their-sum": seam.sortValue(
      "A row of several prices is sorted by none of them.",
      ({ next }, values, order) => {
        const numbers = values.filter((value) => typeof value === "number")
        return numbers.length > 1 ? numbers.reduce((sum, value) => sum + value, 0) : next(values, order)
      },
      "Elasticsearch, mode sum",
    ),
    "arrays-of-texts-by-their-join": seam.sortValue(
      "Rows of several tags are sorted by all of them.",
      ({ next }, values, order) =>
        values.length > 1 && values.every((value) => typeof value === "string") ? values.join() : next(values, order),
      "Array.prototype.toString",
    ),
    "arrays-are-missing": seam.sortValue("Rows of several values come last.", ({ next }, values, order) =>
      values.length > 1 ? undefined : next(values, order),
    ),
  },
  "SEARCH-SORT-06": {
    "sorts-of-absent-fields-ignored": takes(
      "A sort that is written wrong leaves any order.",
      (sort) => sort[0]?.field === "absent",
      "Elasticsearch, unmapped_type: a field that is not mapped has no value",
    ),
    "second-keys-not-looked-up": takes(
      "A slip in the second column is never noticed.",
      (sort) => sort[1]?.field === "absent",
    ),
    "sorts-of-objects-ignored": takes("A sort by an object leaves any order.", (sort) => sort[0]?.field === "o"),
    "sorts-of-forms-of-fields": takes(
      "A sort that works with one engine is refused by the other.",
      (sort) => sort[0]?.field.endsWith(".keyword") === true,
      "Elasticsearch, dynamic mappings: each text has a form .keyword",
    ),
    "sorts-by-score": takes(
      "A sort by _score works with one engine.",
      (sort) => sort[0]?.field === "_score",
      "Elasticsearch, _score",
    ),
    "sorts-of-nothing-not-looked-up": takes(
      "A slip in a sort is noticed on some days alone.",
      (sort, { q }) => sort.length > 0 && q === "absent",
    ),
    "sorts-on-a-prototype": takes("A sort by __proto__ leaves any order.", (sort) => sort[0]?.field === "__proto__"),
  },
  "SEARCH-SORT-07": {
    "third-keys-ignored": sorts("A third column of a sort changes nothing.", (sort) => sort.slice(0, 2)),
    "second-keys-up": sorts("A second column goes up, whatever is asked.", (sort) =>
      sort.map(({ field, order }, at) => ({ field, order: at > 0 ? "asc" : order })),
    ),
    "missing-second-keys-first": seam.compareKeys(
      "Rows without a second value are before others.",
      ({ next, self }, ones, others, sort) => {
        const [first, ...rest] = sort
        if (first === undefined || rest.length === 0) return next(ones, others, sort)
        const compared = next(ones.slice(0, 1), others.slice(0, 1), [first])
        if (compared !== 0) return compared
        const missing = self.compareMissing(ones[1], others[1], "asc")
        return missing === 0 ? next(ones.slice(1), others.slice(1), rest) : -missing
      },
    ),
  },
})
