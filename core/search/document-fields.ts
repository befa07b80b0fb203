import { got } from "../../contracts/foundation/text.ts"
import { SEARCH_MAX_FIELDS } from "../../contracts/search/arguments.ts"
import type { FieldType, Scalar } from "../../contracts/search/search.ts"
import { parseDate } from "./dates.ts"
import { dateRefused, tooManyFields, typeRefused } from "./errors.ts"
import { type Field, type Fields, inferredField, isBesides, visitValues } from "./fields.ts"

/**
 * The fields that a document adds to those of its index.
 *
 * @throws ServiceError INVALID_ARGUMENT for a value that is not of its field's type, and for too many fields.
 */
export function addedFields(doc: Readonly<Record<string, unknown>>, fields: Fields): Field[] {
  const added = new Map<string, Field>()
  visitValues(doc, (path, value) => {
    const field = fields.get(path) ?? added.get(path)
    if (field === undefined) {
      if (!isBesides(path, fields.keys()) || !isBesides(path, added.keys())) {
        throw typeRefused("A value", "an object where others have one, and none where others have none,", got(value))
      }
      added.set(path, inferredField(path, value))
    } else checkValue(`The value of a ${field.type} field`, field, value)
  })
  if (added.size > 0 && fields.size + added.size > SEARCH_MAX_FIELDS) throw tooManyFields(SEARCH_MAX_FIELDS)
  return [...added.values()]
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
