import { got } from "../../contracts/foundation/text.ts"
import { SEARCH_MAX_FIELDS } from "../../contracts/search/arguments.ts"
import type { FieldType, Scalar } from "../../contracts/search/search.ts"
import { parseDate } from "./dates.ts"
import { dateRefused, nestingRefused, tooManyFields, typeRefused } from "./errors.ts"
import { type Field, type Fields, inferredField, isBesides, visitValues } from "./fields.ts"

export interface DocumentFields {
  /** The fields that it adds to those of its index. */
  readonly added: readonly Field[]
  /** Its values as filters compare them, in their order. */
  readonly values: ReadonlyMap<Field, readonly Scalar[]>
}

/**
 * What a document has in the fields of its index, and in new ones.
 *
 * @throws ServiceError INVALID_ARGUMENT for a value that is not of its field's type, and for too many fields.
 */
export function readDocument(doc: Readonly<Record<string, unknown>>, fields: Fields): DocumentFields {
  const added = new Map<string, Field>()
  const values = new Map<Field, Scalar[]>()
  visitValues(doc, (path, value) => {
    const known = fields.get(path) ?? added.get(path)
    const field = known ?? newField(path, value, [fields, added])
    if (known === undefined) added.set(path, field)
    const kept = checkValue("A value of a document", field, value)
    const own = values.get(field)
    if (own === undefined) values.set(field, [kept])
    else own.push(kept)
  })
  return { added: [...added.values()], values }
}

/** The fields that a document adds. @throws As `readDocument`. */
export function addedFields(doc: Readonly<Record<string, unknown>>, fields: Fields): readonly Field[] {
  return readDocument(doc, fields).added
}

function newField(path: string, value: Scalar, [fields, added]: readonly [Fields, Fields]): Field {
  if (fields.size + added.size >= SEARCH_MAX_FIELDS) throw tooManyFields(SEARCH_MAX_FIELDS)
  if (!isBesides(path, fields.keys()) || !isBesides(path, added.keys())) throw nestingRefused()
  return inferredField(path, value)
}

const TYPES: Readonly<Record<FieldType, { readonly of: "string" | "number" | "boolean"; readonly words: string }>> = {
  text: { of: "string", words: "a text" },
  keyword: { of: "string", words: "a text" },
  date: { of: "string", words: "a date" },
  number: { of: "number", words: "a finite number" },
  boolean: { of: "boolean", words: "true or false" },
}

/**
 * A value as filters compare it: dates as epoch milliseconds, others as they are.
 *
 * @throws ServiceError INVALID_ARGUMENT where it is not of the field's type.
 */
export function checkValue(what: string, { type }: Field, value: Scalar): Scalar {
  const { of, words } = TYPES[type]
  const isOf = typeof value === of
  if (!isOf) throw typeRefused(what, words, got(value))
  if (type !== "date") return value
  const time = parseDate(value)
  if (time === undefined) throw dateRefused(what)
  return time
}
