import type { HighlightSpec } from "../../../../contracts/search/search.ts"
import type { Field } from "../../../../core/search/for-adapters.ts"
import { plainName } from "./field-names.ts"

/** Servers analyze no more of a text; one that is longer is an error without it. */
const MAX_ANALYZED = 999_999

/** Marks that the text cannot have: its own are escaped. */
export const MARKS = ["<mark>", "</mark>"] as const

/** `words`: without the filters, whose values are no matches. */
export function highlightRequest(fields: readonly Field[], spec: HighlightSpec, words: object): object {
  const { fragmentLength = 160, fragments = 3 } = spec
  return {
    type: "unified",
    encoder: "html",
    pre_tags: [MARKS[0]],
    post_tags: [MARKS[1]],
    number_of_fragments: fragments,
    fragment_size: fragmentLength,
    max_analyzed_offset: MAX_ANALYZED,
    highlight_query: words,
    fields: Object.fromEntries(fields.map((field) => [field.path, matchedFields(field)])),
  }
}

function matchedFields(field: Field): object {
  const plain = plainName(field)
  return plain === field.path ? {} : { matched_fields: [field.path, plain] }
}

/** The server escapes slashes too, which need none. */
export function highlightResults(given: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(given).map(([path, snippets]) => [path, snippets.map((html) => html.replaceAll("&#x2F;", "/"))]),
  )
}
