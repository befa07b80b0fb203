import { describe, expect, it } from "vitest"
import { byteRange, rangeLength } from "./byte-range.ts"

describe("byteRange", () => {
  it.each([
    [{ start: 0, end: 0 }, 5, { start: 0, end: 0 }],
    [{ start: 1, end: 3 }, 5, { start: 1, end: 3 }],
    [{ start: 4 }, 5, { start: 4, end: 4 }],
    [{ start: 0 }, 5, { start: 0, end: 4 }],
    [{ end: 2 }, 5, { start: 0, end: 2 }],
    [{ end: 5 }, 5, { start: 0, end: 4 }],
    [{ start: 2, end: Number.MAX_SAFE_INTEGER }, 5, { start: 2, end: 4 }],
    [{ suffix: 1 }, 5, { start: 4, end: 4 }],
    [{ suffix: 5 }, 5, { start: 0, end: 4 }],
    [{ suffix: Number.MAX_SAFE_INTEGER }, 5, { start: 0, end: 4 }],
    [{ suffix: 1 }, 0, undefined],
    [{ suffix: undefined, start: undefined, end: 1 }, 2, { start: 0, end: 1 }],
  ])("of %o in %i bytes is %o", (range, size, expected) => {
    expect(byteRange(range, size)).toEqual(expected)
  })

  it.each([
    [{ start: 5 }, 5],
    [{ start: Number.MAX_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER }, 5],
    [{ start: 0 }, 0],
    [{ end: 0 }, 0],
  ])("refuses %o in %i bytes, and tells the size", (range, size) => {
    const error = { code: "INVALID_ARGUMENT", details: { reason: "range", size } }
    expect(() => byteRange(range, size)).toThrow(expect.objectContaining(error))
  })
})

describe("rangeLength", () => {
  it("counts both ends, and nothing of none", () => {
    expect([rangeLength({ start: 0, end: 0 }), rangeLength({ start: 2, end: 4 }), rangeLength(undefined)]).toEqual([
      1, 3, 0,
    ])
  })
})
