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
  const range = { gte: 0 }
  const ofPrice = filterBits({ kind: "range", field: fields.price, range }, columns)
  expect(filterBits({ kind: "range", field: fields.price, range }, columns)).toBe(ofPrice)
  expect(filterBits({ kind: "range", field: fields.made, range }, columns)).not.toBe(ofPrice)
  expect(filterBits({ kind: "range", field: fields.price, range: { gt: 0 } }, columns)).not.toBe(ofPrice)
})

it("does not keep the set of a filter of very many values, or of very long ones", () => {
  const columns = grownOf([{ tag: ["1"] }]).freeze()
  const many = Array.from({ length: 300 }, (_, value) => `${value}`)
  for (const values of [many, ["1", "x".repeat(5000)]]) {
    const filter = { kind: "in", field: fields.tag, values } as const
    expect(filterBits(filter, columns)).toEqual(filterBits(filter, columns))
    expect(filterBits(filter, columns)).not.toBe(filterBits(filter, columns))
    expect(filterBits(filter, columns).count()).toBe(1)
  }
})

it("tells apart as many values as there are documents", () => {
  const columns = grownOf(Array.from({ length: 70_000 }, (_, doc) => ({ price: [doc] }))).freeze()
  for (const price of [255, 256, 65_535, 65_536, 69_999]) {
    const bits = filterBits({ kind: "in", field: fields.price, values: [price] }, columns)
    expect([bits.count(), bits.has(price)]).toEqual([1, true])
  }
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
