/** The checks of what search methods are given: each says what is wrong, or undefined. */
import { isText, isTrueOrFalse, isWhole, type MemberRules, membersIssue } from "../foundation/members.ts"
import { typeName, utf8Length } from "../foundation/text.ts"
import type { SearchQuery } from "./search.ts"

const SEARCH_MAX_ID_BYTES = 512
/** More reject INVALID_ARGUMENT. */
export const SEARCH_MAX_FIELDS = 400
/** The largest offset + limit. */
export const SEARCH_MAX_WINDOW = 10_000

/** The largest limit of a query, and of a facet. */
const MAX_LIMIT = 1000

const queryRules: MemberRules<SearchQuery> = {
  object: { must: "the name of an index", holds: (value) => typeof value === "string" },
  q: { must: "text", holds: (value) => typeof value === "string" },
  fields: { must: "an array of fields, or of { field, boost }, that is not empty", holds: isFieldList },
  operator: { must: '"and" or "or"', holds: (value) => value === "and" || value === "or" },
  prefix: { must: 'true, false or "last"', holds: (value) => typeof value === "boolean" || value === "last" },
  where: { must: '{ field, op: "eq", value }, or { and: [...] } of such', holds: isFilter },
  facets: { must: "an array of { field, limit }, with limits from 1 to 1000", holds: isFacetList },
  offset: isWhole(0),
  limit: isWhole(0, MAX_LIMIT),
  highlight: isTrueOrFalse,
}

/** What is wrong with the name of an index, or undefined. */
export function searchNameIssue(name: unknown): string | undefined {
  if (typeof name !== "string") return `The name of an index must be a string; got ${typeName(name)}.`
  if (name.length > 128) return `The name of an index must have at most 128 characters; got ${name.length}.`
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return undefined
  return "The name of an index must begin with a lower-case letter or a digit, and have only those, _ and -."
}

/** What is wrong with a query, or undefined. */
export function searchQueryIssue(query: unknown): string | undefined {
  return membersIssue("query", query, queryRules) ?? searchNameIssue((query as SearchQuery).object)
}

/** What is wrong with the id of a document, or undefined. */
export function searchIdIssue(id: unknown): string | undefined {
  if (typeof id !== "string") return `The id of a document must be a string; got ${typeName(id)}.`
  if (id.length === 0) return "The id of a document must not be empty."
  const bytes = utf8Length(id)
  if (bytes > SEARCH_MAX_ID_BYTES) {
    return `The id of a document must have at most ${SEARCH_MAX_ID_BYTES} bytes; got ${bytes}.`
  }
  return id.isWellFormed() ? undefined : "The id of a document must not have a lone surrogate."
}

/** What is wrong with a document, or undefined. */
export function searchDocumentIssue(doc: unknown): string | undefined {
  if (!isPlainObject(doc)) return `A document must be a plain object; got ${kindOf(doc)}.`
  const issue = valueIssue(doc, "doc", 0)
  return issue === undefined ? undefined : `A document must be JSON data; ${issue}.`
}

/** Deeper nesting, which includes every cycle, is refused. */
const MAX_DEPTH = 20

function valueIssue(value: unknown, path: string, depth: number): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (depth > MAX_DEPTH) return `doc is circular, or nested more than ${MAX_DEPTH} levels deep`
  if (Array.isArray(value)) return firstIssue(Array.from(value, (item) => valueIssue(item, `${path}[]`, depth + 1)))
  if (!isPlainObject(value)) return `${path} is ${kindOf(value)}`
  return firstIssue(
    Object.entries(value).map(([key, member]) => {
      if (key === "" || key.startsWith("_") || key.includes(".")) {
        return `${path} has a field whose name is empty, has a dot or begins with _`
      }
      return member === undefined ? undefined : valueIssue(member, `${path}.${key}`, depth + 1)
    }),
  )
}

function isFieldList(value: unknown): boolean {
  return isListOf(value, (item) => isText.holds(item) || isBoosted(item)) && value.length > 0
}

function isBoosted(item: unknown): boolean {
  if (!hasOnly(item, ["field", "boost"]) || !isText.holds(item["field"])) return false
  return Number.isFinite(item["boost"]) && (item["boost"] as number) > 0
}

function isFilter(value: unknown): boolean {
  if (!hasOnly(value, ["and"])) return isEqualFilter(value)
  return isListOf(value["and"], isEqualFilter)
}

function isEqualFilter(value: unknown): boolean {
  if (!hasOnly(value, ["field", "op", "value"]) || value["op"] !== "eq" || !isText.holds(value["field"])) return false
  const wanted = value["value"]
  return typeof wanted === "string" || typeof wanted === "boolean" || Number.isFinite(wanted)
}

function isFacetList(value: unknown): boolean {
  const isFacet = (facet: unknown) =>
    hasOnly(facet, ["field", "limit"]) &&
    isText.holds(facet["field"]) &&
    (facet["limit"] === undefined || isWhole(1, MAX_LIMIT).holds(facet["limit"]))
  return isListOf(value, isFacet)
}

/** A hole in the list is an item that is undefined. */
function isListOf(value: unknown, isItem: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && Array.from(value).every(isItem)
}

function hasOnly(value: unknown, members: readonly string[]): value is Record<string, unknown> {
  return isPlainObject(value) && Object.keys(value).every((key) => members.includes(key))
}

function firstIssue(issues: (string | undefined)[]): string | undefined {
  return issues.find((issue) => issue !== undefined)
}

/** The kind of what is no plain object. */
function kindOf(value: unknown): string {
  const isInstance = typeof value === "object" && value !== null && !Array.isArray(value)
  return isInstance ? `an instance of ${value.constructor?.name ?? "a class"}` : typeName(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
