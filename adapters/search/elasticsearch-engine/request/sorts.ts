import type { FieldType } from "../../../../contracts/search/search.ts"
import type { PlannedSort, QueryPlan } from "../../../../core/search/for-adapters.ts"
import { KEY_FIELD, valueName } from "./field-names.ts"

type Sort = Readonly<Record<string, unknown>>

/** By score or by fields, then by object and id. */
export function sortRequest({ match, sort }: QueryPlan): Sort[] {
  const key = { [KEY_FIELD]: "asc" }
  if (sort.length > 0) return [...sort.map(fieldSort), key]
  // Without words all scores are equal.
  return match === "all" ? [key] : [{ _score: "desc" }, key]
}

function fieldSort({ descending, field }: PlannedSort): Sort {
  const [order, mode] = descending ? ["desc", "max"] : ["asc", "min"]
  return { [valueName(field)]: { order, mode, missing: "_last", ...typed(field.type) } }
}

/** Of what has no value a date and a boolean would give the largest long, which JSON in JavaScript cannot hold. */
function typed(type: FieldType): Sort {
  if (type === "text" || type === "keyword") return { unmapped_type: "keyword" }
  return { unmapped_type: "double", numeric_type: "double" }
}
