/** The fields of an index, and what a document makes of them. */
import type {
  AnalyzerName,
  FieldDefinition,
  FieldType,
  IndexDefinition,
  Scalar,
} from "../../contracts/search/search.ts"

/** A field with nothing left to default. */
export interface Field {
  readonly path: string
  readonly type: FieldType
  readonly analyzer: AnalyzerName
  readonly boost: number
  readonly searchable: boolean
  readonly filterable: boolean
  readonly facetable: boolean
  readonly sortable: boolean
  readonly stored: boolean
}

export type Fields = ReadonlyMap<string, Field>

/** A text over so many UTF-16 units neither filters, makes a facet nor sorts. */
export const MAX_KEYWORD_LENGTH = 8191

export function fieldOf(path: string, definition: FieldDefinition): Field {
  const { analyzer, boost = 1, facetable = true, filterable = true, sortable = true, stored = true, type } = definition
  const isText = type === "text" || type === "keyword"
  return {
    path,
    type,
    analyzer: type === "text" ? (analyzer ?? "standard") : "keyword",
    boost,
    searchable: isText && (definition.searchable ?? true),
    filterable,
    facetable,
    sortable,
    stored,
  }
}

export function fieldsOf({ fields }: IndexDefinition): Map<string, Field> {
  return new Map(Object.entries(fields).map(([path, definition]) => [path, fieldOf(path, definition)]))
}

/** The field that a value makes where no definition names its path. */
export function inferredField(path: string, value: Scalar): Field {
  const type = typeof value === "string" ? "text" : (typeof value as "number" | "boolean")
  return fieldOf(path, { type })
}

/** Whether no field is an object to another one: `author` and `author.name` cannot both be fields. */
export function isBesides(path: string, others: Iterable<string>): boolean {
  for (const other of others) if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) return false
  return true
}

/** What analyzes the words that prefix and fuzzy match: not stemmed, without stop words left out. */
export function plainAnalyzerOf({ analyzer }: Field): AnalyzerName {
  return analyzer === "english" || analyzer === "cjk" ? "standard" : analyzer
}

/** Each scalar of a document with its path. Objects in arrays are flattened; null counts as absent. */
export function visitValues(
  doc: Readonly<Record<string, unknown>>,
  visit: (path: string, value: Scalar) => void,
): void {
  for (const name of Object.keys(doc)) visitValue(name, doc[name], visit)
}

function visitValue(path: string, value: unknown, visit: (path: string, value: Scalar) => void): void {
  if (value === null || value === undefined) return
  if (typeof value !== "object") visit(path, value as Scalar)
  else if (Array.isArray(value)) for (const item of value) visitValue(path, item, visit)
  else {
    const members = value as Readonly<Record<string, unknown>>
    for (const name of Object.keys(members)) visitValue(`${path}.${name}`, members[name], visit)
  }
}
