import fc from "fast-check"
import { expect, it } from "vitest"
import type { FieldDefinition } from "../../../contracts/search/search.ts"
import { type Field, fieldOf } from "../../../core/search/for-adapters.ts"
import { fieldsOfMapping, mappingOf, propertiesOf } from "./schema.ts"

const flag = fc.boolean()
const flags = { filterable: flag, facetable: flag, sortable: flag, stored: flag }
const boost = fc.double({ min: 0.001, max: 1000, noNaN: true })
const definition: fc.Arbitrary<FieldDefinition> = fc.oneof(
  fc.record({
    type: fc.constant("text" as const),
    analyzer: fc.constantFrom("standard", "keyword", "folding", "english", "cjk"),
    ...{ boost, searchable: flag, ...flags },
  }),
  fc.record({ type: fc.constant("keyword" as const), boost, searchable: flag, ...flags }),
  fc.record({ type: fc.constantFrom("number", "boolean", "date"), boost, ...flags }),
)
const path = fc.constantFrom("a", "b.c", "b.d.e", "constructor", "toString.valueOf", "x y", "é")

it("a mapping gives back the fields that it was made of", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(path, definition), { selector: ([name]) => name }), (definitions) => {
      const fields = new Map(definitions.map(([name, each]): [string, Field] => [name, fieldOf(name, each)]))
      // As it comes from the server.
      const mapping = JSON.parse(JSON.stringify(mappingOf(fields, [])))
      const found = fieldsOfMapping(mapping)
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(fields))
    }),
  )
})

it("fields that documents added are told from the mapping alone", () => {
  const fields = [fieldOf("t", { type: "text" }), fieldOf("n", { type: "number" }), fieldOf("o.b", { type: "boolean" })]
  const properties = JSON.parse(JSON.stringify(propertiesOf(fields)))
  expect([...fieldsOfMapping({ properties }).values()]).toEqual(fields)
})

it("a field of a type that somebody else gave it is none of ours", () => {
  expect([...fieldsOfMapping({ properties: { place: { type: "geo_point" } } })]).toEqual([])
})
