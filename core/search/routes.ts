/** The routes of the requirement document over a search. */
import * as z from "zod/mini"
import type { Search } from "../../contracts/search/search.ts"
import { defineRoute, type Route } from "../foundation/http/route.ts"
import { queryOf, searchParameters } from "./http/search-parameters.ts"

const scalar = z.union([z.string(), z.number(), z.boolean()])

const searchResult = z.strictObject({
  hits: z.array(
    z.strictObject({
      id: z.string(),
      object: z.string().check(z.describe("The index that has the document.")),
      score: z.number().check(z.describe("0 where sort is given, 1 where q is blank.")),
      doc: z.optional(z.record(z.string(), z.unknown()).check(z.describe("The stored fields of the document."))),
      highlights: z.optional(
        z
          .record(z.string(), z.array(z.string()))
          .check(z.describe("Field to snippets of HTML, with matches in <mark>; all else is escaped.")),
      ),
    }),
  ),
  total: z.int().check(z.minimum(0), z.describe("Documents that match.")),
  totalExact: z.boolean().check(z.describe("False where the total is a lower bound.")),
  truncated: z.optional(z.literal(true).check(z.describe("The query was too long, and a part of it was left out."))),
  facets: z.optional(
    z
      .record(z.string(), z.array(z.strictObject({ value: scalar, count: z.int().check(z.minimum(0)) })))
      .check(z.describe("Field to its values, the most frequent first.")),
  ),
  cursor: z.optional(z.string().check(z.describe("Of a walk: asks for the next page. Absent on the last one."))),
  tookMs: z.number().check(z.minimum(0), z.describe("Milliseconds.")),
})

const indexInfo = z.strictObject({
  name: z.string(),
  documents: z.int().check(z.minimum(0)),
  fields: z
    .record(z.string(), z.enum(["text", "keyword", "number", "boolean", "date"]))
    .check(z.describe("The type of each field, by its path.")),
})

export const searchRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/v1/search",
    operationId: "search",
    summary: "Finds documents by their words.",
    permission: "search.read",
    query: searchParameters,
    answers: { 200: { description: "The documents found, the best first.", schema: searchResult } },
    errors: [412, 413, 501],
    handle: (search: Search, { query, signal }) => search.search({ ...queryOf(query), signal }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/v1/search/indexes",
    operationId: "listIndexes",
    summary: "Lists the indexes.",
    permission: "search.read",
    answers: {
      200: {
        description: "The indexes, in the order of their names.",
        schema: z.strictObject({ indexes: z.array(indexInfo) }),
      },
    },
    errors: [501],
    handle: async (search: Search) => ({ indexes: await search.listIndexes() }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/v1/search/reindex",
    operationId: "reindex",
    summary: "Builds an index anew from the documents it has, while it serves.",
    permission: "search.write",
    body: z.strictObject({ object: z.string().check(z.describe("The name of the index.")) }),
    answers: {
      200: {
        description: "The new index has taken the place of the old one.",
        schema: z.strictObject({
          documents: z.int().check(z.minimum(0), z.describe("Documents of the new index.")),
          tookMs: z.number().check(z.minimum(0), z.describe("Milliseconds.")),
        }),
      },
    },
    errors: [412, 501],
    handle: (search: Search, { body: { object } }) => search.reindex(object),
  }),
]
