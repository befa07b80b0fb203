import type { FieldFilter, Scalar, SearchQuery } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldField } from "../reference/store.ts"

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

/** Values compare as equal by another rule. */
function equal(why: string, isEqual: (value: Scalar, wanted: Scalar) => boolean, source?: string) {
  return seam.isEqual(why, ({ next }, value, wanted) => next(value, wanted) || isEqual(value, wanted), source)
}

/** A filter is taken that is none, and lets everything through. */
function takes(why: string, isMeant: (text: string) => boolean, source?: string) {
  return seam.search(
    why,
    ({ next }, query) => {
      const { where, ...plain } = Object(query) as SearchQuery
      return where !== undefined && isMeant(textOf(where)) ? next(plain) : next(query)
    },
    source,
  )
}

function textOf(where: unknown): string {
  try {
    return JSON.stringify(where) ?? ""
  } catch {
    return ""
  }
}

/** A filter whose value is of another type lets nothing through, and is not refused. */
function accepts(why: string, isMeant: (filter: FieldFilter, field: HeldField) => boolean, source?: string) {
  return changed(
    ReferenceSearch,
    why,
    {
      checkFieldFilter({ next }, filter, field) {
        if (!isMeant(filter, field)) next(filter, field)
      },
      passesField: ({ next }, document, filter, field) => !isMeant(filter, field) && next(document, filter, field),
    },
    source,
  )
}

const RANGES: readonly Op[] = ["gt", "gte", "lt", "lte", "between"]
const isText = (value: unknown): value is string => typeof value === "string"

/** SEARCH-FILTER-12, 13, 17 and 18: what is refused, and values of odd names. */
export const filterArgumentsMutants = mutants({
  "SEARCH-FILTER-12": {
    "numbers-of-texts-compared": changed(
      ReferenceSearch,
      "A number that is given as text finds something here, and nothing there.",
      {
        comparable: ({ next }, field, value) =>
          next(
            field,
            field.type === "number" && isText(value) && value.trim() !== "" && Number.isFinite(Number(value))
              ? Number(value)
              : value,
          ),
      },
      "Elasticsearch: a filter by '1' finds the number 1",
    ),
    "texts-of-numbers-compared": accepts(
      "A number finds nothing, and nobody is told.",
      (filter, field) => field.type === "text" && filter.op === "eq" && typeof filter.value === "number",
    ),
    "types-of-ne-not-looked-at": accepts(
      "A rule by what is not shows nothing.",
      (filter, field) => filter.op === "ne" && typeof filter.value === "boolean" && field.type === "text",
    ),
    "first-of-several-looked-at": accepts(
      "A wrong value in a list is never noticed.",
      (filter, field) => filter.op === "nin" && field.type === "number" && typeof filter.value[0] === "number",
    ),
    "booleans-of-texts-compared": accepts(
      "true that is given as text finds something here, and nothing there.",
      (filter, field) => field.type === "boolean" && isText(filter.value),
      "Elasticsearch: a filter by 'true' finds the boolean true",
    ),
    "booleans-of-numbers-compared": accepts(
      "1 finds what is true here, and nothing there.",
      (filter, field) => field.type === "boolean" && filter.op === "in" && filter.value.includes(1),
    ),
    "types-within-not-not-looked-at": changed(ReferenceSearch, "A wrong value within a not lets everything through.", {
      checkFilter({ next }, node, indexes) {
        if (!("not" in node && "and" in node.not)) next(node, indexes)
      },
      passes: ({ next }, document, node, index) => ("not" in node && "and" in node.not) || next(document, node, index),
    }),
    "types-of-ranges-not-looked-at": accepts(
      "A range of texts over numbers shows nothing.",
      (filter, field) =>
        field.type === "number" && (filter.op === "gt" || filter.op === "between") && isText([filter.value].flat()[0]),
    ),
    "wrong-types-find-nothing": seam.result(
      "A wrong filter shows an empty page, and nobody is told.",
      ({ next, self }, query, standing) => {
        try {
          return next(query, standing)
        } catch (error) {
          const { details = {} } = error as { details?: Readonly<Record<string, unknown>> }
          if (details["reason"] === "type") return self.noResult(query)
          throw error
        }
      },
    ),
  },
  "SEARCH-FILTER-13": {
    "absent-fields-pass-nothing": seam.checkFilter(
      "A filter that is written wrong shows an empty page.",
      ({ next }, node, indexes) => {
        if (!("field" in node && node.field === "absent" && node.op === "eq")) next(node, indexes)
      },
      "Elasticsearch: a term of a field that is not mapped matches nothing",
    ),
    "absent-fields-pass-ne": seam.checkFilter(
      "A rule by what is not, written wrong, lets everything through.",
      ({ next }, node, indexes) => {
        if (
          !(
            "field" in node &&
            (node.op === "ne" || node.op === "exists") &&
            indexes.every(({ fields }) => !fields.has(node.field))
          )
        )
          next(node, indexes)
      },
      "Elasticsearch: must_not of a field that is not mapped lets everything through",
    ),
    "fields-of-or-not-looked-up": seam.checkFilter(
      "A slip in one of two ways is never noticed.",
      ({ next }, node, indexes) => next("or" in node ? { or: node.or.slice(0, 1) } : node, indexes),
    ),
    "fields-of-not-not-looked-up": seam.checkFilter(
      "A slip within a not lets everything through.",
      ({ next }, node, indexes) => {
        if (!("not" in node)) next(node, indexes)
      },
    ),
    "objects-exist": seam.checkFilter(
      "A filter by an object is answered here, and not there.",
      ({ next }, node, indexes) => {
        if (
          !(
            "field" in node &&
            node.op === "exists" &&
            indexes.some(({ fields }) => [...fields.keys()].some((path) => path.startsWith(`${node.field}.`)))
          )
        )
          next(node, indexes)
      },
      "Elasticsearch, exists of an object: it asks all fields below",
    ),
    "forms-of-fields-are-fields": seam.checkFilter(
      "A filter that works with one engine is refused by the other.",
      ({ next }, node, indexes) =>
        next("field" in node ? { ...node, field: node.field.replace(/\.keyword$/, "") } : node, indexes),
      "Elasticsearch, dynamic mappings: each text has a form .keyword",
    ),
    "ids-are-fields": seam.checkFilter(
      "A filter by _id works with one engine.",
      ({ next }, node, indexes) => {
        if (!("field" in node && node.field === "_id")) next(node, indexes)
      },
      "Elasticsearch, _id",
    ),
    "fields-without-case": seam.checkFilter(
      "A filter by N is one by n here, and refused there.",
      ({ next }, node, indexes) => next("field" in node ? { ...node, field: node.field.toLowerCase() } : node, indexes),
    ),
  },
  "SEARCH-FILTER-17": {
    "unknown-operators-let-all-through": takes("A slip in an operator lets everything through.", (text) =>
      text.includes('"op":"like"'),
    ),
    "null-compared": takes("A filter by a variable that is not there lets nothing through.", (text) =>
      text.includes('"value":null'),
    ),
    "lists-compared": takes("A filter by a list in the place of a value lets nothing through.", (text) =>
      text.includes('"op":"eq","value":['),
    ),
    "objects-compared": takes(
      "An operator that comes from a URL lets everything through.",
      (text) => text.includes("$gt"),
      "MongoDB and Express: ?password[$gt]= is an object",
    ),
    "between-of-one-end": takes("A range with one end is answered here, and not there.", (text) =>
      text.includes('"between","value":[1]'),
    ),
    "between-of-two-types": takes("A range from a number to a text shows nothing.", (text) => text.includes('[1,"2"]')),
    "exists-of-a-number": takes("A filter by 1 is taken for true here, and not there.", (text) =>
      text.includes('"exists","value":1'),
    ),
    "unknown-members-of-filters-ignored": takes("A boost of a filter never acts.", (text) => text.includes('"boost"')),
    "two-kinds-of-node-in-one": takes("Half of a rule is ignored.", (text) => text.includes('"and":[],"or":[]')),
    "empty-nodes-let-all-through": takes(
      "A rule that is empty lets everything through.",
      (text) => text.includes('{"and":[{}]}') || text === "{}",
    ),
    "nodes-that-are-text": takes(
      "A rule in a language of its own lets everything through.",
      (text) => text === '"n = 1"',
    ),
    "prefixes-of-numbers": seam.checkFieldFilter(
      "A prefix of a number is answered here, and not there.",
      ({ next }, filter, field) => {
        if (!(filter.op === "prefix" && field.type === "number")) next(filter, field)
      },
    ),
    "prefixes-of-booleans": seam.checkFieldFilter(
      "A prefix of a boolean is answered here, and not there.",
      ({ next }, filter, field) => {
        if (!(filter.op === "prefix" && field.type === "boolean")) next(filter, field)
      },
    ),
    "ranges-of-booleans": accepts(
      "A range of booleans is answered here, and not there.",
      (filter, field) => field.type === "boolean" && RANGES.includes(filter.op),
      "Elasticsearch, range on a boolean field: it compares F with T",
    ),
  },
  "SEARCH-FILTER-18": {
    "values-found-on-a-prototype": equal(
      "A filter by constructor lets everything through.",
      (_, wanted) => isText(wanted) && wanted in {},
    ),
    "values-of-members-lost": of(
      "A filter by constructor shows nothing.",
      ["eq"],
      (_, { value }, next) => !(isText(value) && value in {}) && next(),
      "values in a plain object that is asked with in",
    ),
    "proto-lost-from-lists": of("A filter by a list lacks one of its values.", ["in"], (values, { value }) =>
      values.some((own) => (value as readonly Scalar[]).includes(own) && own !== "__proto__"),
    ),
    "nin-of-members-lost": of(
      "A list of what is left out lacks one of its values.",
      ["nin"],
      (values, { value }, next) =>
        values.some((own) => isText(own) && own in {} && (value as readonly Scalar[]).length > 3) || next(),
    ),
  },
})
