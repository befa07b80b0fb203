import type { Scalar } from "../../../contracts/search/search.ts"
import { type Field, type Fields, parseDate, visitValues } from "../../../core/search/for-adapters.ts"
import type { FieldValues } from "./segment.ts"

/** The values of a document, which was checked, as the engine keeps them: dates are epoch milliseconds. */
export function valuesOf(doc: Readonly<Record<string, unknown>>, fields: Fields): FieldValues {
  const values = new Map<Field, Scalar[]>()
  visitValues(doc, (path, value) => {
    const field = fields.get(path) as Field
    const own = values.get(field)
    const kept = field.type === "date" ? (parseDate(value) as number) : value
    if (own === undefined) values.set(field, [kept])
    else own.push(kept)
  })
  return values
}
