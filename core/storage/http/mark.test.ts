import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Mark } from "./mark.ts"

describe("a mark", () => {
  it("is found where Buffer finds it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\r", "\n", "-"), maxLength: 60 })
    const mark = fc.string({ unit: fc.constantFrom("a", "b", "\r", "\n", "-"), minLength: 1, maxLength: 6 })
    void fc.assert(
      fc.property(text, mark, fc.boolean(), (text, mark, isIn) => {
        const bytes = Buffer.from(isIn ? text + mark + text : text)
        expect(new Mark(mark).indexIn(bytes)).toBe(bytes.indexOf(mark))
      }),
      { numRuns: 2000 },
    )
  })

  it("may be as long as a boundary is", () => {
    const mark = new Mark(`\r\n--${"b".repeat(70)}`)
    const bytes = Buffer.concat([Buffer.alloc(1000, "b"), mark.bytes, mark.bytes])
    expect([mark.indexIn(bytes), mark.indexIn(bytes.subarray(0, -mark.bytes.length - 1))]).toEqual([1000, -1])
  })
})
