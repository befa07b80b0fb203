import fc from "fast-check"
import { expect, it } from "vitest"
import { corpora, fields, filters, grownOf, passes, segmentForms, segmentsOf } from "./documents.fixture.ts"
import { filterBits } from "./filter-bits.ts"

it("lets through what a scan of the documents does, in every form of a segment", () => {
  fc.assert(
    fc.property(corpora, segmentForms, filters, (corpus, form, filter) => {
      for (const { columns, docs } of segmentsOf(corpus, form)) {
        const bits = filterBits(filter, columns)
        expect(docs.map((_, doc) => bits.has(doc))).toEqual(docs.map((doc) => passes(doc, filter)))
        expect(bits.count()).toBe(docs.filter((doc) => passes(doc, filter)).length)
      }
    }),
    { numRuns: 1000 },
  )
})

it("sees what a growing segment takes after it was asked", () => {
  const columns = grownOf([{ tag: ["a"] }])
  const filter = { kind: "in", field: fields.tag, values: ["a"] } as const
  expect(filterBits(filter, columns).count()).toBe(1)
  columns.add(1, fields.tag, ["a"])
  expect(filterBits(filter, columns).count()).toBe(2)
})

it("keeps the set of a filter of a frozen segment, whatever the order of its values", () => {
  const columns = grownOf([{ tag: ["a"] }]).freeze()
  const first = filterBits({ kind: "in", field: fields.tag, values: ["a", "b"] }, columns)
  expect(filterBits({ kind: "in", field: fields.tag, values: ["b", "a", "b"] }, columns)).toBe(first)
  expect(filterBits({ kind: "in", field: fields.name, values: ["b", "a"] }, columns)).not.toBe(first)
  expect(filterBits({ kind: "prefix", field: fields.tag, value: "a" }, columns)).not.toBe(first)
})

it("keeps a few sets only, those that were asked for last", () => {
  const columns = grownOf([{ price: [1] }]).freeze()
  const ask = (price: number) => filterBits({ kind: "in", field: fields.price, values: [price] }, columns)
  const [first, second] = [ask(1), ask(2)]
  for (let price = 3; price < 100; price++) {
    ask(price)
    expect(ask(1)).toBe(first)
  }
  expect(ask(2)).not.toBe(second)
})
