import type { FieldFilter, Scalar } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

type Op = FieldFilter["op"]

/** A filter of one operator lets others through. */
function of(
  why: string,
  ops: readonly Op[],
  passes: (values: readonly Scalar[], filter: FieldFilter, next: () => boolean) => boolean,
  source?: string,
) {
  return seam.passesField(
    why,
    ({ next, self }, document, filter, field) => {
      const plain = () => next(document, filter, field)
      return ops.includes(filter.op) ? passes(self.valuesOf(document, field), filter, plain) : plain()
    },
    source,
  )
}

/** One operator is taken for another one. */
function is(why: string, op: Op, other: Op, source?: string) {
  return seam.passesField(
    why,
    ({ next }, document, filter, field) =>
      next(document, filter.op === op ? ({ ...filter, op: other } as FieldFilter) : filter, field),
    source,
  )
}

/** Values compare as equal by another rule. */
function equal(why: string, isEqual: (value: Scalar, wanted: Scalar) => boolean, source?: string) {
  return seam.isEqual(why, ({ next }, value, wanted) => next(value, wanted) || isEqual(value, wanted), source)
}

const RANGES: readonly Op[] = ["gt", "gte", "lt", "lte", "between"]
const NEGATIVE: readonly Op[] = ["ne", "nin"]
const isText = (value: unknown): value is string => typeof value === "string"

/** SEARCH-FILTER-01 to 05. */
export const filtersMutants = mutants({
  "SEARCH-FILTER-01": {
    "texts-compare-without-case": equal(
      "A filter lets through what is another value.",
      (value, wanted) => isText(value) && value.toLowerCase() === String(wanted).toLowerCase(),
      "Meilisearch, filters: texts compare without case",
    ),
    "texts-compare-by-their-beginning": equal(
      "A filter by App lets Apple through.",
      (value, wanted) => isText(value) && wanted !== "" && value.startsWith(String(wanted)),
    ),
    "texts-compare-with-the-empty-text": equal(
      "A filter that was left empty lets everything through.",
      (_, wanted) => wanted === "",
    ),
    "in-looks-at-the-first": of("Of several chosen values one acts.", ["in"], (values, { value }) =>
      values.some((own) => own === (value as readonly Scalar[])[0]),
    ),
    "in-of-nothing-is-all": of(
      "A rule whose list is empty lets everything through.",
      ["in"],
      (_, { value }, next) => (value as readonly Scalar[]).length === 0 || next(),
    ),
    "nin-of-nothing-is-none": of(
      "A rule whose list is empty lets nothing through.",
      ["nin"],
      (_, { value }, next) => (value as readonly Scalar[]).length > 0 && next(),
    ),
    "nin-looks-at-the-first": of(
      "Of several values that are left out one is.",
      ["nin"],
      (values, { value }) => !values.some((own) => own === (value as readonly Scalar[])[0]),
    ),
    "numbers-compare-as-whole-ones": equal(
      "A filter by -1.5 lets -2 through.",
      (value, wanted) => typeof value === "number" && Math.floor(value) === Math.floor(Number(wanted)) - 1,
    ),
    "false-is-not-looked-for": of(
      "A filter by no shows nothing.",
      ["eq"],
      (_, { value }, next) => value !== false && next(),
      "code that asks `if (value)`",
    ),
    "ne-is-eq": is("A filter by what is not shows what is.", "ne", "eq"),
    "ne-lacks-documents-without-the-field": of(
      "A filter by what is not lacks what has no value.",
      NEGATIVE,
      (values, _, next) => values.length > 0 && next(),
      "SQL: NULL <> 'x' is not true",
    ),
    "ne-of-booleans-is-the-other-one": of(
      "A filter by not done lacks what was never asked.",
      ["ne"],
      (values, { value }, next) => (typeof value === "boolean" ? values.includes(!value) : next()),
    ),
  },
  "SEARCH-FILTER-02": {
    "gt-is-gte": is("A price of the limit is over it.", "gt", "gte"),
    "gte-is-gt": is("A price of the limit is not within it.", "gte", "gt"),
    "lt-is-lte": is("A price of the limit is below it.", "lt", "lte"),
    "lte-is-lt": is("A price of the limit is not within it.", "lte", "lt"),
    "numbers-compare-as-texts": seam.compareValues("10 is less than 9.", ({ next, self }, one, other) =>
      typeof one === "number" && typeof other === "number"
        ? self.compareTexts(String(one), String(other))
        : next(one, other),
    ),
    "between-leaves-its-end-out": of("The last day of a month is not in it.", ["between"], (values, { value }) => {
      const [from, to] = value as readonly [Scalar, Scalar]
      return values.some((own) => own >= from && own < to)
    }),
    "between-leaves-its-start-out": of("The first day of a month is not in it.", ["between"], (values, { value }) => {
      const [from, to] = value as readonly [Scalar, Scalar]
      return values.some((own) => own > from && own <= to)
    }),
    "between-in-any-order": of(
      "A range that is written wrong way round is answered.",
      ["between"],
      (values, { value }) => {
        const [from, to] = (value as Scalar[]).toSorted((one, other) => (one < other ? -1 : 1))
        return values.some((own) => own >= (from as Scalar) && own <= (to as Scalar))
      },
    ),
    "ranges-cut-fractions": seam.edgeOf("10.25 and 10 are one limit.", ({ next }, field, edge) => {
      const value = next(field, edge)
      return typeof value === "number" ? Math.trunc(value) : value
    }),
    "numbers-of-32-bits": seam.valuesOf(
      "Amounts over 16 millions are rounded.",
      ({ next }, document, field) =>
        next(document, field).map((value) => (typeof value === "number" ? Math.fround(value) : value)),
      "a column of float in place of double",
    ),
  },
  "SEARCH-FILTER-03": {
    "texts-by-utf-16": seam.compareTexts(
      "A range of names has other members in each engine.",
      (_, one, other) => (one < other ? -1 : one > other ? 1 : 0),
      "the operator < of JavaScript: UTF-16 units",
    ),
    "texts-by-language": seam.compareTexts("A range of names depends on the machine.", (_, one, other) =>
      one.localeCompare(other, "en"),
    ),
    "texts-without-case": seam.compareTexts("Z is behind a.", ({ next }, one, other) =>
      next(one.toLowerCase(), other.toLowerCase()),
    ),
    "texts-by-their-first-letter": seam.compareTexts("aa and a are one.", ({ next }, one, other) => {
      const first = (text: string) => [...text].slice(0, 1).join("")
      return next(first(one), first(other))
    }),
    "ranges-of-texts-let-nothing-through": of(
      "A range of names shows nothing.",
      RANGES,
      (values, _, next) => !values.some(isText) && next(),
      "a filter that turns its ends to numbers: NaN compares with nothing",
    ),
  },
  "SEARCH-FILTER-04": {
    "arrays-compare-as-a-whole": of(
      "A tag among others cannot be filtered by.",
      ["eq"],
      (values, _, next) => values.length < 2 && next(),
    ),
    "first-elements-are-filtered": seam.valuesOf(
      "Tags behind the first one are not filtered by.",
      ({ next }, document, field) => next(document, field).slice(0, 1),
    ),
    "all-elements-must-be-in": of(
      "A record with one tag more is left out.",
      ["in"],
      (values, { value }) => values.length > 0 && values.every((own) => (value as readonly Scalar[]).includes(own)),
    ),
    "ne-by-any-element": of(
      "A record that has the tag passes, since it has another one.",
      ["ne"],
      (values, { value }) => values.length === 0 || values.some((own) => own !== value),
      "Array.prototype.some: the opposite of some is none",
    ),
    "nin-by-any-element": of(
      "A record that has the tag passes, since it has another one.",
      ["nin"],
      (values, { value }) => values.length === 0 || values.some((own) => !(value as readonly Scalar[]).includes(own)),
    ),
    "ranges-by-all-elements": of("A price among several is not filtered by.", RANGES, (values, _, next) =>
      values.length < 2 ? next() : false,
    ),
    "between-by-two-elements": of("1 and 20 are between 2 and 6.", ["between"], (values, { value }) => {
      const [from, to] = value as readonly [Scalar, Scalar]
      return values.some((own) => own >= from) && values.some((own) => own <= to)
    }),
    "arrays-in-arrays-are-not-filtered": seam.rawValuesOf(
      "A table in a record is not filtered by.",
      ({ next }, document, path) => {
        const value = document.doc[path]
        return Array.isArray(value)
          ? next({ ...document, doc: { [path]: value.filter((item) => !Array.isArray(item)) } }, path)
          : next(document, path)
      },
    ),
  },
  "SEARCH-FILTER-05": {
    "null-is-a-value-of-filters": seam.rawValuesOf("null is found as a text.", ({ next }, document, path) =>
      document.doc[path] === null ? ["null" as Scalar] : next(document, path),
    ),
    "not-lacks-documents-without-the-field": seam.passes(
      "A filter by what is not lacks what has no value.",
      ({ next, self }, document, node, index) => {
        const isOut = "not" in node && "field" in node.not && self.rawValuesOf(document, node.not.field).length === 0
        return !isOut && next(document, node, index)
      },
      "SQL: NOT (NULL > 0) is not true",
    ),
    "missing-numbers-are-0": of(
      "A record without a price costs nothing.",
      ["gt", "gte", "lt", "lte", "between"],
      (values, filter, next) => {
        const isNumber = typeof filter.value === "number"
        return values.length === 0 && isNumber && filter.op === "lte" ? 0 <= Number(filter.value) : next()
      },
    ),
    "missing-texts-are-empty": of(
      "A record without a name is before all others.",
      ["lt", "lte", "prefix"],
      (values, { value }, next) => (values.length === 0 && isText(value) ? true : next()),
    ),
    "nin-lacks-null": seam.passesField(
      "A record whose value was cleared is in no list.",
      ({ next }, document, filter, field) => {
        const isCleared = document.doc[field.path] === null
        return filter.op === "nin" && isCleared ? false : next(document, filter, field)
      },
    ),
  },
})
