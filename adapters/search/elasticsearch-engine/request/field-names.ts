/** Names of fields on the server. */
import { type Field, plainAnalyzerOf } from "../../../../core/search/for-adapters.ts"

/**
 * What every document has besides its own fields, and what decides between equals: its object and its id, with a character
 * between them that is below all of names. So objects come first, then ids.
 */
export const KEY_FIELD = "_key"

/** Where a text is cut into words. */
export function hasWords({ analyzer, type }: Field): boolean {
  return type === "text" && analyzer !== "keyword"
}

/** Where the field filters, sorts and counts: the same of texts and keywords, since indexes of both are searched together. */
export function valueName({ path, type }: Field): string {
  return type === "text" || type === "keyword" ? `${path}.keyword` : path
}

/** Where prefix and fuzzy look. */
export function plainName(field: Field): string {
  return plainAnalyzerOf(field) === field.analyzer ? field.path : `${field.path}.plain`
}
