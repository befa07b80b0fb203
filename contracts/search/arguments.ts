/** The checks of indexes, documents and definitions: each says what is wrong, or undefined. */
import { isTrueOrFalse, isWhole, type MemberRule, type MemberRules, membersIssue } from "../foundation/members.ts"
import { isPlainObject, kindOf } from "../foundation/plain-object.ts"
import { got, typeName, utf8Length } from "../foundation/text.ts"
import type {
  AnalyzerName,
  BulkOperation,
  FieldDefinition,
  FieldType,
  IndexDefinition,
  ReindexDocument,
  SuggestQuery,
} from "./search.ts"

export const SEARCH_MAX_ID_BYTES = 512
/** More reject INVALID_ARGUMENT. */
export const SEARCH_MAX_FIELDS = 400
/** Levels of objects and arrays in a document, with itself. Deeper nesting, which includes every cycle, is refused. */
export const SEARCH_MAX_DEPTH = 18
/** Longer paths of fields are refused. */
const MAX_PATH = 512

export const SEARCH_ANALYZERS: readonly AnalyzerName[] = ["standard", "keyword", "folding", "english", "cjk"]
const FIELD_TYPES: readonly FieldType[] = ["text", "keyword", "number", "boolean", "date"]

/** What is wrong with the name of an index, or undefined. */
export function searchNameIssue(name: unknown): string | undefined {
  if (typeof name !== "string") return `The name of an index must be a string; got ${typeName(name)}.`
  if (name.length > 128) return `The name of an index must have at most 128 characters; got ${name.length}.`
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return undefined
  return "The name of an index must begin with a lower-case letter or a digit, and have only those, _ and -."
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
  const issue = membersOf(doc, "doc", 1)
  return issue === undefined ? undefined : `A document must be JSON data; ${issue}.`
}

function valueIssue(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined
    case "number":
      return Number.isFinite(value) ? undefined : `${path} is ${value}`
  }
  if (value === null) return undefined
  if (depth > SEARCH_MAX_DEPTH) return `doc is circular, or nested more than ${SEARCH_MAX_DEPTH} levels deep`
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const issue = valueIssue(value[index], `${path}[]`, depth + 1)
      if (issue !== undefined) return issue
    }
    return undefined
  }
  return isPlainObject(value) ? membersOf(value, path, depth) : `${path} is ${kindOf(value)}`
}

function membersOf(value: Readonly<Record<string, unknown>>, path: string, depth: number): string | undefined {
  for (const name of Object.keys(value)) {
    if (!isFieldName(name)) {
      return `${path} has a field whose name is blank, begins with _, has a dot or a star, or is no well-formed text`
    }
    const below = `${path}.${name}`
    if (below.length > MAX_PATH) return `doc has a field whose path is over ${MAX_PATH} characters`
    const member = value[name]
    const issue = member === undefined ? undefined : valueIssue(member, below, depth + 1)
    if (issue !== undefined) return issue
  }
  return undefined
}

/** A dot is between names of a path, a leading underscore is the engines' own, a star is a pattern to them. */
function isFieldName(name: string): boolean {
  return !/[.*\0]/.test(name) && !name.startsWith("_") && name.trim() !== "" && name.isWellFormed()
}

/** Whether a text is the path of a field. */
function isFieldPath(path: unknown): path is string {
  return typeof path === "string" && path.length <= MAX_PATH && path.split(".").every(isFieldName)
}

function isOneOf(names: readonly string[]): MemberRule {
  return { must: `one of ${names.join(", ")}`, holds: (value) => names.includes(value as string) }
}

export const isBoost: MemberRule = {
  must: "a number above 0, up to 1,000",
  ofNumbers: true,
  holds: (value) => typeof value === "number" && value > 0 && value <= 1000,
}

const fieldRules: MemberRules<FieldDefinition> = {
  type: isOneOf(FIELD_TYPES),
  analyzer: isOneOf(SEARCH_ANALYZERS),
  boost: isBoost,
  searchable: isTrueOrFalse,
  filterable: isTrueOrFalse,
  facetable: isTrueOrFalse,
  sortable: isTrueOrFalse,
  stored: isTrueOrFalse,
}

const definitionRules: MemberRules<IndexDefinition> = {
  name: { must: "the name of an index", holds: (value) => typeof value === "string" },
  fields: { must: "a plain object of fields by their paths", holds: isPlainObject },
  synonyms: {
    must: "at most 1,000 arrays of 2 to 100 texts of at most 255 characters that are not blank",
    holds: (value) => Array.isArray(value) && value.length <= 1000 && Array.from(value).every(isSynonyms),
  },
}

function isSynonyms(group: unknown): boolean {
  const isWord = (word: unknown) => typeof word === "string" && word.length <= 255 && word.trim() !== ""
  return Array.isArray(group) && group.length >= 2 && group.length <= 100 && Array.from(group).every(isWord)
}

/** What is wrong with the definition of an index, or undefined. */
export function indexDefinitionIssue(definition: unknown): string | undefined {
  const issue = membersIssue("definition", definition, definitionRules)
  if (issue !== undefined) return issue
  const { fields, name } = definition as IndexDefinition
  if (fields === undefined) return "definition.fields must be a plain object of fields by their paths; got undefined."
  const paths = Object.keys(fields)
  if (paths.length > SEARCH_MAX_FIELDS) {
    return `definition.fields must be at most ${SEARCH_MAX_FIELDS}; got ${paths.length}.`
  }
  return searchNameIssue(name) ?? firstIssue(paths, (path) => fieldIssue(path, fields[path], paths))
}

function fieldIssue(path: string, field: unknown, paths: readonly string[]): string | undefined {
  if (!isFieldPath(path)) {
    return "definition.fields must be named by paths whose names are not blank, and have no leading _ and no star; got another."
  }
  if (path.split(".").length >= SEARCH_MAX_DEPTH) {
    return `definition.fields must be at most ${SEARCH_MAX_DEPTH - 1} levels deep; got a deeper one.`
  }
  if (paths.some((other) => other.startsWith(`${path}.`))) {
    return "definition.fields must not have a field within another field; got such."
  }
  const issue = membersIssue(`definition.fields.${path}`, field, fieldRules)
  if (issue !== undefined) return issue
  const { analyzer, searchable, type } = field as Partial<FieldDefinition>
  if (type === undefined) return `definition.fields.${path}.type must be ${fieldRules.type.must}; got undefined.`
  if (analyzer !== undefined && type !== "text") {
    return `definition.fields.${path}.analyzer must be left out, since only a text has one; got type ${type}.`
  }
  if (searchable === true && type !== "text" && type !== "keyword") {
    return `definition.fields.${path}.searchable must be false or left out, since a ${type} has no words; got true.`
  }
  return undefined
}

/** What is wrong with an operation of a bulk, or undefined. */
export function bulkOperationIssue(operation: unknown): string | undefined {
  if (!isPlainObject(operation)) return `An operation of a bulk must be a plain object; got ${kindOf(operation)}.`
  const { doc, id, object, op, ...others } = operation as Partial<Extract<BulkOperation, { op: "index" }>>
  if ((op as unknown) !== "index" && (op as unknown) !== "remove") return 'operation.op must be "index" or "remove".'
  if (Object.keys(others).length > 0) return "An operation of a bulk must have op, object, id and doc alone; got more."
  return searchNameIssue(object) ?? searchIdIssue(id) ?? (op === "index" ? searchDocumentIssue(doc) : undefined)
}

/** What is wrong with a document of a reindex's source, or undefined. */
export function reindexDocumentIssue(document: unknown): string | undefined {
  if (!isPlainObject(document)) return `A document of a source must be { id, doc }; got ${kindOf(document)}.`
  const { doc, id, revision } = document as Partial<ReindexDocument>
  if (revision !== undefined && !Number.isFinite(revision))
    return `revision must be a finite number; got ${got(revision)}.`
  return searchIdIssue(id) ?? searchDocumentIssue(doc)
}

/** What is wrong with what a bulk or a reindex reads, or undefined. */
export function iterableIssue(name: string, source: unknown): string | undefined {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(source)
  const isIterable = typeof source === "object" && (typeof later === "function" || typeof now === "function")
  return isIterable ? undefined : `${name} must be an iterable, or an async one; got ${typeName(source)}.`
}

export const suggestQueryRules: MemberRules<SuggestQuery> = {
  object: { must: "the name of an index", holds: (value) => typeof value === "string" },
  text: { must: "text", holds: (value) => typeof value === "string" },
  fields: { must: "an array of paths of fields that is not empty", holds: isPathList },
  limit: isWhole(1, 100),
  signal: { must: "an AbortSignal", holds: (value) => value instanceof AbortSignal },
}

/** What is wrong with what suggest is asked, or undefined. */
export function suggestQueryIssue(query: unknown): string | undefined {
  const issue = membersIssue("query", query, suggestQueryRules)
  if (issue !== undefined) return issue
  const { object, text } = query as SuggestQuery
  return searchNameIssue(object) ?? (text === undefined ? "query.text must be text; got undefined." : undefined)
}

export function isPathList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && Array.from(value).every((path) => typeof path === "string")
}

function firstIssue<T>(items: readonly T[], issueOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const issue = issueOf(item)
    if (issue !== undefined) return issue
  }
  return undefined
}
