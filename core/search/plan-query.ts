import { rangeKey } from "../../contracts/search/query-arguments.ts"
import type { FieldFilter, FilterNode, IndexDefinition, SearchQuery } from "../../contracts/search/search.ts"
import { checkValue } from "./document-fields.ts"
import { unfitField, unknownField, unlikeFields } from "./errors.ts"
import { type Field, type Fields, MAX_KEYWORD_LENGTH } from "./fields.ts"
import type { PlannedFacet, PlannedFilter, PlannedRange, PlannedSort, QueryPlan, Range } from "./plan.ts"
import { planWords, type SearchedField } from "./plan-words.ts"
import { joinSynonyms } from "./synonyms.ts"

/** What a query knows of an index. */
export interface QueriedIndex {
  readonly fields: Fields
  readonly synonyms: NonNullable<IndexDefinition["synonyms"]>
}

type Use = "searchable" | "filterable" | "facetable" | "sortable"

/**
 * What an adapter runs of a query, on the indexes that are there; there must be one at least.
 *
 * @throws ServiceError INVALID_ARGUMENT for a field that one of them does not have, that has another type in another one,
 * or that cannot do what is asked, and for a value that is not of its field's type.
 */
export function planQuery(query: SearchQuery, indexes: readonly QueriedIndex[]): QueryPlan {
  const { facets = [], highlight, operator = "or", sort = [], where } = query
  const planned = where && planFilter(where, indexes)
  for (const path of (typeof highlight === "object" && highlight.fields) || []) {
    fieldFor("highlight", path, "searchable", indexes)
  }
  const synonyms = indexes.map((index) => index.synonyms).reduce(joinSynonyms)
  const words = planWords(query, searchedFields(query, indexes), synonyms)
  return {
    ...words,
    operator,
    where: planned,
    facets: facets.map((facet): PlannedFacet => {
      const { disjunctive = false, field: path } = facet
      const field = fieldFor("facets", path, "facetable", indexes)
      const ranges =
        "ranges" in facet
          ? facet.ranges.map((range): PlannedRange => ({ from: range.from, to: range.to, key: rangeKey(range) }))
          : undefined
      if (ranges !== undefined && field.type !== "number") throw unfitField("facets with ranges", "numbers")
      const limit = "limit" in facet ? (facet.limit ?? 10) : 10
      return { field, limit, ranges, where: disjunctive ? withoutField(planned, path) : planned }
    }),
    sort: sort.map(({ field, order = "asc" }): PlannedSort => {
      return { field: fieldFor("sort", field, "sortable", indexes), descending: order === "desc" }
    }),
  }
}

function searchedFields({ fields, q = "" }: SearchQuery, indexes: readonly QueriedIndex[]): SearchedField[] {
  const searched = new Map<string, SearchedField>()
  const add = (field: Field, boost: number) => searched.set(field.path, { field, boost: field.boost * boost })
  if (fields === undefined) {
    for (const field of indexes.flatMap((index) => [...index.fields.values()])) {
      if (field.searchable && !searched.has(field.path)) add(field, 1)
    }
  } else {
    for (const each of fields) {
      const { boost, field: path } = typeof each === "string" ? { boost: 1, field: each } : each
      add(fieldFor("fields", path, "searchable", indexes), boost)
    }
  }
  const found = [...searched.values()]
  if (q !== "" && indexes.length > 1 && !found.every(({ field }) => areWordsAlike(field, indexes)))
    throw unlikeFields("fields")
  return found
}

/** Whether every index that searches the field makes the same words of a text. */
function areWordsAlike({ analyzer, path }: Field, indexes: readonly QueriedIndex[]): boolean {
  return indexes.every(({ fields }) => {
    const field = fields.get(path)
    return field?.searchable !== true || field.analyzer === analyzer
  })
}

/** The field of a path, which every index must have, of one type. */
export function fieldOfAll(use: string, path: string, indexes: readonly QueriedIndex[]): Field {
  let found: Field | undefined
  for (const { fields } of indexes) {
    const field = fields.get(path)
    if (field === undefined) throw unknownField(use)
    if (found !== undefined && !areAlike(found, field)) throw unlikeFields(use)
    found = field
  }
  if (found === undefined) throw unknownField(use)
  return found
}

/** Text and keyword filter, sort and count alike. */
function areAlike(one: Field, other: Field): boolean {
  const kindOf = ({ type }: Field) => (type === "keyword" ? "text" : type)
  return kindOf(one) === kindOf(other)
}

function fieldFor(use: string, path: string, can: Use, indexes: readonly QueriedIndex[]): Field {
  const field = fieldOfAll(use, path, indexes)
  const able = indexes.every(({ fields }) => fields.get(path)?.[can] === true)
  if (!able) throw unfitField(use, can)
  return field
}

function planFilter(node: FilterNode, indexes: readonly QueriedIndex[]): PlannedFilter {
  if ("and" in node) return { kind: "and", nodes: node.and.map((each) => planFilter(each, indexes)) }
  if ("or" in node) return { kind: "or", nodes: node.or.map((each) => planFilter(each, indexes)) }
  if ("not" in node) return { kind: "not", node: planFilter(node.not, indexes) }
  return planFieldFilter(node, fieldFor("where", node.field, "filterable", indexes))
}

const RANGES = { gt: "gt", gte: "gte", lt: "lt", lte: "lte" } as const

function planFieldFilter(node: FieldFilter, field: Field): PlannedFilter {
  const checked = (value: FieldFilterValue) => checkValue("A value in where", field, value)
  // A longer text is no value of any document.
  const isIn = (values: readonly FieldFilterValue[]): PlannedFilter => {
    const found = values.map(checked).filter((value) => typeof value !== "string" || value.length <= MAX_KEYWORD_LENGTH)
    return { kind: "in", field, values: found }
  }
  const edgeOf = (value: FieldFilterValue) => {
    const edge = checked(value)
    if (typeof edge === "boolean") throw unfitField("where with ranges", "numbers, dates or texts")
    return edge
  }
  switch (node.op) {
    case "eq":
      return isIn([node.value])
    case "ne":
      return { kind: "not", node: isIn([node.value]) }
    case "in":
      return isIn(node.value)
    case "nin":
      return { kind: "not", node: isIn(node.value) }
    case "between":
      return { kind: "range", field, range: { gte: edgeOf(node.value[0]), lte: edgeOf(node.value[1]) } }
    case "exists":
      return node.value ? { kind: "exists", field } : { kind: "not", node: { kind: "exists", field } }
    case "prefix": {
      if (field.type !== "text" && field.type !== "keyword") throw unfitField("where with prefix", "texts")
      return { kind: "prefix", field, value: checked(node.value) as string }
    }
    default:
      return { kind: "range", field, range: { [RANGES[node.op]]: edgeOf(node.value) } satisfies Range }
  }
}

type FieldFilterValue = Parameters<typeof checkValue>[2]

/** The filter without what it asks of a field, by itself or in the `and` at its top. */
function withoutField(filter: PlannedFilter | undefined, path: string): PlannedFilter | undefined {
  if (filter === undefined || isOnly(filter, path)) return undefined
  if (filter.kind !== "and") return filter
  return { kind: "and", nodes: filter.nodes.filter((node) => !isOnly(node, path)) }
}

/** Whether a filter asks of this field alone. */
function isOnly(filter: PlannedFilter, path: string): boolean {
  if ("field" in filter) return filter.field.path === path
  if (filter.kind === "not") return isOnly(filter.node, path)
  return filter.nodes.length > 0 && filter.nodes.every((node) => isOnly(node, path))
}
