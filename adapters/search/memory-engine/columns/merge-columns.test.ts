import { expect, it } from "vitest"
import { BitSet } from "../bit-set.ts"
import { allFields, type Doc, fields, grownOf, mergedOf } from "./documents.fixture.ts"
import { filterBits } from "./filter-bits.ts"
import type { FrozenColumns } from "./frozen-columns.ts"
import { GrowingColumns } from "./growing-columns.ts"
import { mergeColumns } from "./merge-columns.ts"

/** Documents whose names are all different, and whose tags repeat. */
function manyDocs(count: number): Doc[] {
  return Array.from({ length: count }, (_, doc) => ({ name: [`name ${doc}`], tag: [`tag ${doc % 5}`] }))
}

/** Columns that count how often they read a text. */
function counting(docs: readonly Doc[]) {
  const reads = { count: 0 }
  const columns = new GrowingColumns((doc, path) => {
    reads.count++
    return docs[doc]?.[path] ?? []
  })
  for (const [doc, values] of docs.entries()) {
    for (const field of allFields) columns.add(doc, field, values[field.path] ?? [])
  }
  return { columns, reads }
}

const named = (name: string) => ({ kind: "in", field: fields.name, values: [name] }) as const

it("is the same as one segment that took all documents that are left", () => {
  const docs = manyDocs(1000)
  const parts = [docs.slice(0, 300), docs.slice(300)].map((half) => {
    const live = BitSet.full(half.length)
    for (let doc = 0; doc < half.length; doc += 7) live.delete(doc)
    return { columns: grownOf(half).freeze(), docs: half, live }
  })
  const merged = mergedOf(parts)
  const whole = grownOf(merged.docs).freeze()
  for (const value of ["tag 0", "tag 4", "tag 9"]) {
    const filter = { kind: "in", field: fields.tag, values: [value] } as const
    expect(filterBits(filter, merged.columns)).toEqual(filterBits(filter, whole))
  }
  expect(merged.columns.column(fields.tag)).toEqual(whole.column(fields.tag))
})

it("leaves out a field, and values, that only removed documents had", () => {
  const docs = [{ tag: ["a"], price: [1] }, { tag: ["b"] }]
  const live = BitSet.full(2)
  live.delete(0)
  const { columns } = mergedOf([{ columns: grownOf(docs).freeze(), docs, live }])
  expect(columns.present(fields.price)).toBeUndefined()
  expect(columns.column(fields.tag)?.table.size).toBe(1)
})

it("works in steps", () => {
  const docs = manyDocs(20_000)
  const part = { columns: grownOf(docs).freeze(), live: BitSet.full(docs.length) }
  const steps = mergeColumns([part], () => [])
  let count = 0
  while (steps.next().done !== true) count++
  expect(count).toBeGreaterThan(10)
})

it("does not hold texts of which most are unique, and reads them when a filter asks", () => {
  const { columns, reads } = counting(manyDocs(1000))
  expect(reads.count).toBe(0)
  expect(filterBits(named("name 999"), columns).has(999)).toBe(true)
  expect(reads.count).toBe(1000)
  columns.add(1000, fields.name, ["name 1000"])
  filterBits(named("name 1000"), columns)
  expect(reads.count).toBe(1001)
})

it("holds texts that repeat without being asked", () => {
  const docs = Array.from({ length: 1000 }, (_, doc) => ({ name: [`name ${doc % 10}`] }))
  const { columns, reads } = counting(docs)
  const frozen = columns.freeze()
  expect(filterBits(named("name 3"), frozen).count()).toBe(100)
  expect(reads.count).toBe(0)
})

it("drops unique texts that nobody asked for since the last drop", () => {
  const { columns, reads } = counting(manyDocs(1000))
  const frozen = columns.freeze()
  filterBits(named("name 1"), frozen)
  frozen.dropUnused()
  filterBits(named("name 2"), frozen)
  expect(reads.count).toBe(1000)
  frozen.dropUnused()
  frozen.dropUnused()
  filterBits(named("name 3"), frozen)
  expect(reads.count).toBe(2000)
})

it("makes the column of unique texts of a part that was not asked for, where another was", () => {
  const halves = [manyDocs(600), manyDocs(500)].map((docs) => {
    const { columns, reads } = counting(docs)
    return { columns: columns.freeze(), docs, live: BitSet.full(docs.length), reads }
  })
  const [asked, other] = halves as [(typeof halves)[0], (typeof halves)[0]]
  filterBits(named("name 5"), asked.columns)
  const merged = mergedOf(halves)
  expect([asked.reads.count, other.reads.count]).toEqual([600, 500])
  expect(filterBits(named("name 7"), merged.columns).count()).toBe(2)
  expect(merged.columns.column(fields.name)).toEqual(grownOf(merged.docs).freeze().column(fields.name))
})

it("takes a column of unique texts along that was asked for, and only such a one", () => {
  const docs = manyDocs(1000)
  const reads = { count: 0 }
  const merge = (part: FrozenColumns) => {
    const steps = mergeColumns([{ columns: part, live: BitSet.full(docs.length) }], (doc, path) => {
      reads.count++
      return docs[doc]?.[path as "name"] ?? []
    })
    let step = steps.next()
    while (step.done !== true) step = steps.next()
    return step.value
  }
  const part = grownOf(docs).freeze()
  expect(filterBits(named("name 5"), merge(part)).has(5)).toBe(true)
  expect(reads.count).toBe(1000)
  filterBits(named("name 5"), part)
  const merged = merge(part)
  const again = merge(merged)
  expect(filterBits(named("name 6"), merged).has(6)).toBe(true)
  expect(reads.count).toBe(1000)
  expect(filterBits(named("name 6"), again).has(6)).toBe(true)
  expect(reads.count).toBe(2000)
})
