/** The checks of queries: each says what is wrong, or undefined. */
import {
  isText,
  isTrueOrFalse,
  isWhole,
  type MemberRule,
  type MemberRules,
  membersIssue,
} from "../foundation/members.ts"
import { isPlainObject } from "../foundation/plain-object.ts"
import { isBoost, isPathList, SEARCH_MAX_FIELDS, searchNameIssue } from "./arguments.ts"
import type { FacetSpec, FieldFilter, FilterNode, HighlightSpec, RangeFacet, SearchQuery } from "./search.ts"

/** The largest offset + limit. */
export const SEARCH_MAX_WINDOW = 10_000
/** The largest limit of a query, and of a facet. */
const MAX_LIMIT = 1000
const MAX_RANGES = 100
const MAX_SORTS = 16
const MAX_OBJECTS = 64
/** A longer text is no prefix of a filter: servers refuse it. */
const MAX_FILTER_PREFIX = 1000
const MAX_EDGE = 8191
const MAX_FILTER_DEPTH = 20
const MAX_FILTER_NODES = 1000
const MAX_IN = 10_000
const ANY = Number.POSITIVE_INFINITY

const highlightRules: MemberRules<HighlightSpec> = {
  fields: { must: "an array of paths of fields that is not empty", holds: isPathList },
  fragments: isWhole(0, 100),
  fragmentLength: isWhole(20, 10_000),
}

const isHighlight: MemberRule = {
  must: "true, false, or { fields, fragments, fragmentLength }",
  holds: (value) => isTrueOrFalse.holds(value) || membersIssue("highlight", value, highlightRules) === undefined,
}

const isSort: MemberRule = {
  must: `an array of at most ${MAX_SORTS} { field, order }, with order asc or desc`,
  holds: (value) =>
    isListOf(value, MAX_SORTS, (each) => {
      if (!hasOnly(each, ["field", "order"])) return false
      const { field, order } = each
      return isText.holds(field) && (order === undefined || order === "asc" || order === "desc")
    }),
}

export const searchQueryRules: MemberRules<SearchQuery> = {
  object: {
    must: "the name of an index, or an array of names",
    holds: (value) => typeof value === "string" || isListOf(value, MAX_OBJECTS, (each) => typeof each === "string"),
  },
  q: { must: "text", holds: (value) => typeof value === "string" },
  fields: {
    must: "an array of fields, or of { field, boost }, that is not empty",
    holds: (value) =>
      isListOf(value, SEARCH_MAX_FIELDS, (each) => isText.holds(each) || isBoosted(each)) && value.length > 0,
  },
  operator: { must: '"and" or "or"', holds: (value) => value === "and" || value === "or" },
  prefix: { must: 'true, false or "last"', holds: (value) => typeof value === "boolean" || value === "last" },
  fuzzy: { must: '"auto", 0, 1 or 2', holds: (value) => ["auto", 0, 1, 2].includes(value as string) },
  phrase: isTrueOrFalse,
  where: {
    must: "{ field, op, value }, or { and: [...] }, { or: [...] } or { not } of such",
    // One over a limit is refused as such, before it is looked at whole.
    holds: (value) => overLimit(value as FilterNode) !== undefined || isFilter(value, 1),
  },
  facets: {
    must: "an array of { field, limit } with limits from 1 to 1,000, or { field, ranges } with from below to",
    holds: (value) =>
      isListOf(value, MAX_RANGES, isFacet) && isDistinct((value as readonly FacetSpec[]).map(({ field }) => field)),
  },
  sort: isSort,
  offset: isWhole(0),
  limit: isWhole(0, MAX_LIMIT),
  cursor: isText,
  highlight: isHighlight,
  select: { must: "an array of paths of fields", holds: (value) => isListOf(value, SEARCH_MAX_FIELDS, isText.holds) },
  explain: isTrueOrFalse,
  signal: { must: "an AbortSignal", holds: (value) => value instanceof AbortSignal },
  native: { must: "an object", holds: isPlainObject },
}

/** What is wrong with a query, or undefined. */
export function searchQueryIssue(query: unknown): string | undefined {
  const issue = membersIssue("query", query, searchQueryRules)
  if (issue !== undefined) return issue
  const { cursor, fuzzy = 0, object, offset = 0, phrase = false, prefix = false } = query as SearchQuery
  const objects = Array.isArray(object) ? object : [object]
  if (objects.length === 0) return "query.object must name an index; got an empty array."
  for (const name of objects) {
    const wrong = searchNameIssue(name)
    if (wrong !== undefined) return wrong
  }
  if (!isDistinct(objects)) return "query.object must name each index once; got one twice."
  if (phrase && (prefix !== false || fuzzy !== 0))
    return "query.phrase must be false where prefix or fuzzy is given; got true."
  if (cursor !== undefined && offset > 0) return "query.offset must be 0 where a cursor is given."
  return undefined
}

/** What is over a limit in a query, or undefined. */
export function searchLimitIssue({ limit = 10, offset = 0, where }: SearchQuery): string | undefined {
  if (offset + limit > SEARCH_MAX_WINDOW) {
    return `The sum of offset and limit must be at most ${SEARCH_MAX_WINDOW}; got ${offset + limit}. A cursor goes further.`
  }
  return where === undefined ? undefined : overLimit(where)
}

function isFilter(node: unknown, depth: number): node is FilterNode {
  if (depth > MAX_FILTER_DEPTH || !isPlainObject(node)) return false
  const isBelow = (below: unknown) => isFilter(below, depth + 1)
  const { and, not, or } = node
  if (and !== undefined) return hasOnly(node, ["and"]) && isListOf(and, ANY, isBelow)
  if (or !== undefined) return hasOnly(node, ["or"]) && isListOf(or, ANY, isBelow)
  if (not !== undefined) return hasOnly(node, ["not"]) && isBelow(not)
  return isFieldFilter(node)
}

function isFieldFilter(node: Readonly<Record<string, unknown>>): boolean {
  if (!hasOnly(node, ["field", "op", "value"]) || !isText.holds(node["field"])) return false
  const value = node["value"]
  switch (node["op"] as FieldFilter["op"]) {
    case "eq":
    case "ne":
      return isScalar(value)
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return isEdge(value)
    case "prefix":
      return typeof value === "string" && value.length <= MAX_FILTER_PREFIX
    case "in":
    case "nin":
      return isListOf(value, ANY, isScalar)
    case "between":
      return isListOf(value, 2, isEdge) && value.length === 2 && typeof value[0] === typeof value[1]
    case "exists":
      return typeof value === "boolean"
    default:
      return false
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
}

function isEdge(value: unknown): boolean {
  return (typeof value === "string" && value.length <= MAX_EDGE) || Number.isFinite(value)
}

/** Looks no deeper than one level over the limit, so a circle is found too. */
function overLimit(filter: FilterNode): string | undefined {
  let nodes = 0
  const look = (node: unknown, depth: number): string | undefined => {
    if (depth > MAX_FILTER_DEPTH) return `where must be at most ${MAX_FILTER_DEPTH} levels deep; got more.`
    if (++nodes > MAX_FILTER_NODES) return `where must have at most ${MAX_FILTER_NODES} nodes; got more.`
    if (!isPlainObject(node)) return undefined
    const { and, not, op, or, value } = node
    if ((op === "in" || op === "nin") && Array.isArray(value) && value.length > MAX_IN) {
      return `A list in where must have at most ${MAX_IN} values; got ${value.length}.`
    }
    for (const below of [and, or, not === undefined ? undefined : [not]]) {
      if (!Array.isArray(below)) continue
      for (const each of below) {
        const issue = look(each, depth + 1)
        if (issue !== undefined) return issue
      }
    }
    return undefined
  }
  return look(filter, 1)
}

function isBoosted(item: unknown): boolean {
  return hasOnly(item, ["field", "boost"]) && isText.holds(item["field"]) && isBoost.holds(item["boost"])
}

function isFacet(facet: unknown): facet is FacetSpec {
  if (!hasOnly(facet, ["field", "limit", "ranges", "disjunctive"]) || !isText.holds(facet["field"])) return false
  const { disjunctive, limit, ranges } = facet
  if (disjunctive !== undefined && typeof disjunctive !== "boolean") return false
  if (ranges === undefined) return limit === undefined || isWhole(1, MAX_LIMIT).holds(limit)
  if (limit !== undefined || !isListOf(ranges, MAX_RANGES, isRange) || ranges.length === 0) return false
  return isDistinct((ranges as readonly FacetRange[]).map(rangeKey))
}

type FacetRange = RangeFacet["ranges"][number]

function isRange(range: unknown): boolean {
  if (!hasOnly(range, ["from", "to", "key"])) return false
  const { from, key, to } = range
  if ([from, to].some((edge) => edge !== undefined && !Number.isFinite(edge))) return false
  if (key !== undefined && (typeof key !== "string" || key === "" || key.length > 100)) return false
  return from === undefined || to === undefined || (from as number) < (to as number)
}

/** What a range of a facet is called. */
export function rangeKey({ from, key, to }: FacetRange): string {
  return key ?? `${from ?? "*"}-${to ?? "*"}`
}

/** A hole in the list is an item that is undefined. */
function isListOf(value: unknown, most: number, isItem: (item: unknown) => boolean): value is readonly never[] {
  return Array.isArray(value) && value.length <= most && Array.from(value).every(isItem)
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

function hasOnly(value: unknown, members: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && Object.keys(value).every((key) => members.includes(key))
}
