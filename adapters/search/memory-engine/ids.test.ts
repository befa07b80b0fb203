import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { BitSet } from "./bit-set.ts"
import { idOrderOf } from "./id-order.ts"
import { IdTable } from "./id-table.ts"

describe("IdTable", () => {
  it("finds the live document of an id, as a Map would", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.boolean())), (writes) => {
        const table = new IdTable()
        const live = new BitSet(writes.length)
        const model = new Map<string, number>()
        for (const [id, isKept] of writes) {
          const before = table.find(id, live)
          expect(before).toBe(model.get(id) ?? -1)
          if (before >= 0) live.delete(before)
          model.delete(id)
          const doc = table.add(id)
          if (!isKept) continue
          live.add(doc)
          model.set(id, doc)
        }
        for (const [id, doc] of model) expect(table.find(id, live)).toBe(doc)
      }),
    )
  })

  it("looks at one document for an id that was written again and again", () => {
    const table = new IdTable()
    let looks = 0
    for (let write = 0; write < 2000; write++) {
      table.find("same", { has: () => looks++ < 0 })
      table.add("same")
    }
    expect(looks).toBe(1999)
  })
})

describe("IdOrder", () => {
  it.each([
    ["of few", ["b", "a", "", "__proto__", "ab"]],
    ["of astral characters behind those of two bytes", ["\u{1F600}", "\uffee", "a"]],
    [
      "of many, which are sorted in pieces",
      Array.from({ length: 10_000 }, (_, index) => `id-${(index * 7919) % 10_000}`),
    ],
  ])("%s is that of code points", (_, ids) => {
    const { docs, ranks } = idOrderOf(ids)
    expect(Array.from(docs, (doc) => ids[doc])).toEqual(ids.toSorted(compareCodePoints))
    expect(Array.from(docs, (doc) => ranks[doc])).toEqual([...ids.keys()])
  })
})
