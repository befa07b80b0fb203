/** A search query in the query of a URL, in its own words. */
import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { FilterNode, SearchQuery } from "../../../contracts/search/search.ts"

const text = (description: string) => z.string().check(z.describe(description))
const several = (description: string) => z.array(z.string()).check(z.minLength(1), z.describe(description))

export const searchParameters = z.strictObject({
  object: several("The index to look into; repeated: several."),
  q: z.optional(text("Words to look for; no character is syntax. Without it, or blank, every document matches.")),
  fields: z.optional(several("A field to search; repeated: several. Default: all that are searchable.")),
  operator: z.optional(
    z.enum(["and", "or"]).check(z.describe("Whether all words must match, or one is enough. Default or.")),
  ),
  prefix: z.optional(
    z
      .enum(["true", "false", "last"])
      .check(z.describe("Whether words, or the last one, also match words that begin with them. Default false.")),
  ),
  fuzzy: z.optional(
    z
      .enum(["auto", "0", "1", "2"])
      .check(
        z.describe("Edits by which a word may differ; auto: none up to 2 characters, 1 up to 5, 2 above. Default 0."),
      ),
  ),
  phrase: z.optional(
    z.boolean().check(z.describe("Whether the words must stand side by side, in their order. Default false.")),
  ),
  where: z.optional(
    text(
      'A filter as JSON: {"field":"license","op":"eq","value":"MIT"}, with op eq, ne, gt, gte, lt, lte, prefix, in, nin, ' +
        'between or exists, or {"and":[...]}, {"or":[...]}, {"not":...} of such.',
    ),
  ),
  facets: z.optional(several("A field whose values are counted, the ten most frequent; repeated: several.")),
  sort: z.optional(
    several("A field to sort by, with :asc (the default) or :desc behind it; repeated: the next one of equals."),
  ),
  offset: z.optional(
    z.int().check(z.minimum(0), z.maximum(10_000), z.describe("Hits left out. Default 0; with limit at most 10,000.")),
  ),
  limit: z.optional(z.int().check(z.minimum(0), z.maximum(1000), z.describe("Hits given. Default 10."))),
  cursor: z.optional(
    text("* begins a walk over all that matches, as of now; after it, the cursor of the page before. Without offset."),
  ),
  highlight: z.optional(z.boolean().check(z.describe("Whether hits have snippets. Default false."))),
  select: z.optional(several("A field that doc shall have; repeated: several. Default: all that are stored.")),
})

/** @throws ServiceError INVALID_ARGUMENT for a filter that is no JSON. What is wrong in it, the search says. */
export function queryOf({
  facets,
  fuzzy,
  prefix,
  sort,
  where,
  ...query
}: z.output<typeof searchParameters>): SearchQuery {
  return {
    ...query,
    facets: facets?.map((field) => ({ field })),
    fuzzy: fuzzy === undefined || fuzzy === "auto" ? fuzzy : (Number(fuzzy) as 0 | 1 | 2),
    prefix: prefix === "last" ? prefix : prefix === "true",
    sort: sort?.map(sortOf),
    where: where === undefined ? undefined : filterOf(where),
  }
}

/** The order stands last, so that a field may have any name. */
function sortOf(text: string): { field: string; order: "asc" | "desc" } {
  const [, field = text, order = "asc"] = /^(.*):(asc|desc)$/s.exec(text) ?? []
  return { field, order: order as "asc" | "desc" }
}

function filterOf(text: string): FilterNode {
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError("INVALID_ARGUMENT", "The query must have where as JSON; got another text.", {
      details: { reason: "json" },
    })
  }
}
