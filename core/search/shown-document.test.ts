import { describe, expect, it } from "vitest"
import { fieldsOf } from "./fields.ts"
import { shownDocument } from "./shown-document.ts"

const fields = fieldsOf({
  name: "a",
  fields: { title: { type: "text" }, "author.name": { type: "text" }, "author.age": { type: "number", stored: false } },
})
const doc = { title: "T", author: [{ name: "N", age: 3, more: { x: 1 } }], tags: ["a"], none: null }

describe("shownDocument", () => {
  it.each([
    [undefined, { title: "T", author: [{ name: "N", more: { x: 1 } }], tags: ["a"], none: null }],
    [["title"], { title: "T" }],
    [["author"], { author: [{ name: "N", more: { x: 1 } }] }],
    [["author.name", "none"], { author: [{ name: "N" }], none: null }],
    [["author.more.x"], { author: [{ more: { x: 1 } }] }],
    [["author.age"], { author: [{}] }],
    [["titl", "tags.x"], {}],
    [[], {}],
  ])("shows %j", (select, shown) => {
    expect(shownDocument(doc, fields, select)).toEqual(shown)
  })

  it("gives the document itself where nothing is left out", () => {
    expect(shownDocument(doc, new Map())).toBe(doc)
  })
})
