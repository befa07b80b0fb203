/**
 * Search: documents under object and id, found by their words. Provisional: the base of the contract, version 1; the
 * full contract, with its clauses, comes with the search work.
 *
 * - index stores a document, or replaces the one with its id. A search that begins after it resolved sees it.
 * - A document is a plain object of strings, finite numbers, booleans, null, and arrays and plain objects of these; a
 *   member that is undefined counts as absent. It is copied in and out.
 * - Its members are the fields, an index has at most 400. Strings, and those in arrays, are searched by word:
 *   provisionally runs of letters, marks, digits and `_`, in lower case. Nested objects are kept and provisionally
 *   not searched.
 * - A missing index gives zero hits; deleteIndex of one resolves.
 * - An empty `q` matches every document; one with text but no word matches none. No text is syntax. Of more than 256
 *   distinct words the first 256 count.
 * - Hits are ordered by score, the highest first, then by id. Ids and facet values are ordered by code point.
 * - Facets count over all matches, exactly; a document counts once for each distinct value. Strings of more than
 *   8,191 characters neither filter nor make a facet.
 * - Highlights are snippets of about 160 characters around matches, as HTML: escaped, with the words in `<mark>`.
 * - An unknown member of a query, or a field the index does not have, rejects INVALID_ARGUMENT.
 */
import { z } from "zod"
import type { IHealthCheckable } from "./foundation/health.ts"
import type { IClosable } from "./foundation/lifecycle.ts"
import type { MethodTable } from "./foundation/methods.ts"
import { schemaIssue } from "./foundation/schema-issue.ts"
import { typeName, utf8Length } from "./foundation/text.ts"

export type Scalar = string | number | boolean

/** Documents with this value in the field; in an array, any element counts. */
export interface EqualFilter {
  field: string
  op: "eq"
  value: Scalar
}

export type FilterNode = EqualFilter | { and: readonly EqualFilter[] }

export interface FacetSpec {
  field: string
  /** Values given, the most frequent first. Default 10, at most 1,000. */
  limit?: number | undefined
}

export interface SearchQuery {
  object: string
  q?: string | undefined
  /** Fields searched, each with its boost. Default: all. */
  fields?: readonly (string | { field: string; boost: number })[] | undefined
  /** Whether one word of `q` is enough, or all must match, each in any field. Default `or`. */
  operator?: "and" | "or" | undefined
  /** Whether words, or the last one, also match words that begin with them. Default false. */
  prefix?: boolean | "last" | undefined
  where?: FilterNode | undefined
  facets?: readonly FacetSpec[] | undefined
  /** Default 0. offset and limit together are at most 10,000, more rejects LIMIT_EXCEEDED. */
  offset?: number | undefined
  /** Default 10, at most 1,000. */
  limit?: number | undefined
  highlight?: boolean | undefined
}

export interface SearchHit {
  id: string
  object: string
  /** Comparable within one result only. */
  score: number
  doc?: Record<string, unknown>
  /** Field to snippets, where asked for. */
  highlights?: Record<string, string[]>
}

/** The most frequent value first, then by value. */
export type FacetResult = { value: string; count: number }[]

export interface SearchResult {
  hits: SearchHit[]
  /** Documents that match. */
  total: number
  totalExact: boolean
  /** By field, where asked for. */
  facets?: Record<string, FacetResult>
  tookMs: number
}

/** Seed signature (requirement document): a class with these three methods is a search. */
export interface ISearchService {
  index(object: string, id: string, doc: Record<string, unknown>): Promise<void>
  search(query: SearchQuery): Promise<SearchResult>
  deleteIndex(name: string): Promise<void>
}

/** What an implementer writes. */
export type SearchImplementation = ISearchService & Partial<IHealthCheckable & IClosable>

export interface SearchCapabilities {
  readonly indexing: boolean
  /** Documents outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store: another process finds what this one indexed. */
  readonly shared: boolean
  readonly phrase: boolean
  readonly fuzzy: boolean
  readonly prefix: boolean
  readonly facets: boolean
  readonly disjunctiveFacets: boolean
  readonly sort: boolean
  readonly cursor: boolean
  readonly highlight: boolean
  readonly suggest: boolean
  readonly reindex: boolean
  readonly synonyms: boolean
  readonly ranking: "bm25" | "engine"
  readonly analyzers: readonly string[]
}

/** The search that users hold: one type, whatever adapter was chosen. */
export interface Search extends ISearchService, IHealthCheckable, IClosable {
  readonly capabilities: SearchCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const searchMethods = {
  index: write,
  search: read,
  deleteIndex: write,
} as const satisfies MethodTable<Omit<Search, keyof IHealthCheckable | keyof IClosable | "capabilities">>

export const SEARCH_MAX_ID_BYTES = 512
/** More reject INVALID_ARGUMENT. */
export const SEARCH_MAX_FIELDS = 400
/** The largest offset + limit. */
export const SEARCH_MAX_WINDOW = 10_000

const field = z.string().min(1)
const equalFilterSchema = z.strictObject({
  field,
  op: z.literal("eq"),
  value: z.union([z.string(), z.number(), z.boolean()]),
})

export const searchQuerySchema: z.ZodType<SearchQuery> = z.strictObject({
  object: z.string(),
  q: z.string().optional(),
  fields: z
    .array(z.union([field, z.strictObject({ field, boost: z.number().positive() })]))
    .min(1)
    .optional(),
  operator: z.enum(["and", "or"]).optional(),
  prefix: z.union([z.boolean(), z.literal("last")]).optional(),
  where: z.union([equalFilterSchema, z.strictObject({ and: z.array(equalFilterSchema) })]).optional(),
  facets: z.array(z.strictObject({ field, limit: z.int().min(1).max(1000).optional() })).optional(),
  offset: z.int().min(0).optional(),
  limit: z.int().min(0).max(1000).optional(),
  highlight: z.boolean().optional(),
})

/** What is wrong with the name of an index, or undefined. */
export function searchNameIssue(name: unknown): string | undefined {
  if (typeof name === "string" && /^[a-z0-9][a-z0-9_-]{0,127}$/.test(name)) return undefined
  return "The name of an index has 1 to 128 lower-case letters, digits, `_` and `-`, and begins with a letter or digit."
}

/** What is wrong with a query, or undefined. */
export function searchQueryIssue(query: unknown): string | undefined {
  return schemaIssue(searchQuerySchema, query, "query") ?? searchNameIssue((query as SearchQuery).object)
}

/** What is wrong with the id of a document, or undefined. */
export function searchIdIssue(id: unknown): string | undefined {
  if (typeof id !== "string") return `The id of a document is a string, not ${typeName(id)}.`
  if (id.length === 0) return "The id of a document is not empty."
  if (utf8Length(id) > SEARCH_MAX_ID_BYTES) return `The id of a document has at most ${SEARCH_MAX_ID_BYTES} bytes.`
  return id.isWellFormed() ? undefined : "The id of a document has no lone surrogate."
}

/** What is wrong with a document, or undefined. */
export function searchDocumentIssue(doc: unknown): string | undefined {
  if (!isPlainObject(doc)) return `A document is a plain object, not ${typeName(doc)}.`
  return valueIssue(doc, "doc", 0)
}

/** Deeper nesting, which includes every cycle, is refused. */
const MAX_DEPTH = 20

function valueIssue(value: unknown, path: string, depth: number): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}.`
  if (depth > MAX_DEPTH) return `${path} is circular, or nested more than ${MAX_DEPTH} levels deep.`
  if (Array.isArray(value)) return firstIssue(Array.from(value, (item) => valueIssue(item, `${path}[]`, depth + 1)))
  if (!isPlainObject(value)) return `${path} is ${typeName(value)}; a document holds JSON data.`
  return firstIssue(
    Object.entries(value).map(([key, member]) => {
      if (key === "" || key.startsWith("_") || key.includes(".")) {
        return `A field in ${path} is named "${key}"; the name of a field is not empty, has no dot and no leading "_".`
      }
      return member === undefined ? undefined : valueIssue(member, `${path}.${key}`, depth + 1)
    }),
  )
}

function firstIssue(issues: (string | undefined)[]): string | undefined {
  return issues.find((issue) => issue !== undefined)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
