import { describe, expect, test } from "vitest"
import { idfOf, inverseNorms, lengthByte, lengthOfByte, scoreOf } from "./similarity.ts"

describe("a length in a byte", () => {
  test.each([
    [0, 0],
    [23, 23],
    [39, 39],
    [40, 40],
    [41, 40],
    [100, 96],
    [1000, 984],
    [2 ** 31 - 1, 2013265944],
  ])("%d is read as %d", (length, read) => {
    expect(lengthOfByte(lengthByte(length))).toBe(read)
  })

  test("is the highest that is not above it", () => {
    const lengths = Array.from({ length: 256 }, (_, byte) => lengthOfByte(byte))
    for (let length = 0; length < 5000; length++) {
      expect(lengthOfByte(lengthByte(length))).toBe(lengths.findLast((each) => each <= length))
    }
  })
})

describe("scores", () => {
  test("are 32-bit floats at every step", () => {
    const idf = idfOf(2, 3)
    expect(idf).toBe(Math.fround(Math.log(1.6)))
    const [inverse = 0] = inverseNorms({ documents: 3, totalLength: 10 }).subarray(4, 5)
    expect(Math.fround(inverse)).toBe(inverse)
    const score = scoreOf(idf, 1, inverse)
    expect(Math.fround(score)).toBe(score)
    expect(score).toBeCloseTo((Math.log(1.6) * 1) / (1 + 1.2 * (0.25 + (0.75 * 4) / (10 / 3))), 6)
  })

  test("grow with the frequency and fall with the length", () => {
    const inverses = inverseNorms({ documents: 10, totalLength: 100 })
    expect(scoreOf(1, 2, inverses[5] as number)).toBeGreaterThan(scoreOf(1, 1, inverses[5] as number))
    expect(scoreOf(1, 1, inverses[5] as number)).toBeGreaterThan(scoreOf(1, 1, inverses[6] as number))
  })
})
