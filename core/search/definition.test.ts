import { describe, expect, it } from "vitest"
import type { FieldDefinition } from "../../contracts/search/search.ts"
import { changeOf } from "./definition.ts"
import { addedFields } from "./document-fields.ts"
import { fieldsOf } from "./fields.ts"

const fields = fieldsOf({ name: "a", fields: { title: { type: "text" }, "author.name": { type: "keyword" } } })
const changedBy = (more: Record<string, FieldDefinition>) => changeOf(fields, { name: "a", fields: more }).changed

describe("changeOf", () => {
  it("takes the same, new fields, and other boosts", () => {
    expect(changedBy({ title: { type: "text", analyzer: "standard", searchable: true } })).toEqual([])
    expect(changedBy({ price: { type: "number" } }).map(({ path }) => path)).toEqual(["price"])
    expect(changedBy({ title: { type: "text", boost: 2 } })).toMatchObject([{ path: "title", boost: 2 }])
  })

  it.each<[Record<string, FieldDefinition>]>([
    [{ title: { type: "keyword" } }],
    [{ title: { type: "text", analyzer: "english" } }],
    [{ title: { type: "text", sortable: false } }],
    [{ author: { type: "text" } }],
    [{ "title.short": { type: "text" } }],
  ])("refuses %j", (more) => {
    expect(() => changedBy(more)).toThrow(expect.objectContaining({ code: "PRECONDITION_FAILED" }))
  })
})

describe("addedFields", () => {
  const added = (doc: Record<string, unknown>) => addedFields(doc, fields).map(({ path, type }) => `${path}:${type}`)

  it("tells the fields that a document adds", () => {
    expect(added({ title: "x", n: 1, deep: [{ at: "2024-01-01" }, { at: null, on: [true] }], none: null })).toEqual([
      "n:number",
      "deep.at:text",
      "deep.on:boolean",
    ])
  })

  it.each([
    { title: 1 },
    { title: ["x", false] },
    { author: "x" },
    { title: { short: "x" } },
    { n: [1, "1"] },
    { n: [1, { m: 1 }] },
    { n: [{ m: 1 }, 1] },
  ])("refuses %j", (doc) => {
    expect(() => added(doc)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", details: { reason: "type" } }))
  })

  it("takes 400 fields, and no more", () => {
    const doc = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]))
    expect(added(doc(398))).toHaveLength(398)
    expect(() => added(doc(399))).toThrow("An index must have at most 400 fields.")
  })
})
