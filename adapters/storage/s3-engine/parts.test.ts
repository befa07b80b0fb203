import { describe, expect, it } from "vitest"
import { partSize, partsAtOnce } from "./parts.ts"

const MIB = 2 ** 20

describe("parts of a body", () => {
  const growing = { partBytes: 8 * MIB, equalParts: false }

  it("grow, so that ten thousand of them hold more than any object may", () => {
    expect([1, 1000, 1001, 2001].map((number) => partSize(number, growing) / MIB)).toEqual([8, 8, 16, 32])
    const sizes = Array.from({ length: 10_000 }, (_, index) => partSize(index + 1, growing))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 2 ** 30)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(5 * 2 ** 40)
  })

  it("are fewer at once as they grow, and no less than one", () => {
    expect([1, 1001, 2001, 9999].map((number) => partsAtOnce(partSize(number, growing), growing))).toEqual([4, 2, 1, 1])
  })

  it("have one size where the server wants that", () => {
    expect(partSize(9999, { ...growing, equalParts: true })).toBe(8 * MIB)
  })
})
