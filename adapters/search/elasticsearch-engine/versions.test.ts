import fc from "fast-check"
import { expect, it } from "vitest"
import { liveVersion, revisionVersion } from "./versions.ts"

const LARGEST = 2n ** 63n - 1n

it("versions of revisions are in their order, and below those of writes", () => {
  const revision = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(revision, revision, (one, other) => {
      const [low, high] = one <= other ? [one, other] : [other, one]
      expect(revisionVersion(low) <= revisionVersion(high)).toBe(true)
      expect(revisionVersion(high) < liveVersion(0)).toBe(true)
      expect(revisionVersion(low) >= 0n).toBe(true)
    }),
  )
})

it("whole revisions differ, up to 2^52, and none is below all", () => {
  for (const revision of [-1, 0, 1, 1_700_000_000_000, 2 ** 52 - 1]) {
    expect(revisionVersion(revision) < revisionVersion(revision + 1)).toBe(true)
    expect(revisionVersion(undefined) < revisionVersion(revision)).toBe(true)
  }
  expect(revisionVersion(-0)).toBe(revisionVersion(0))
})

it("versions of writes follow each other, and servers take them", () => {
  expect(liveVersion(1) - liveVersion(0)).toBe(1n)
  expect(liveVersion(2 ** 50) < LARGEST).toBe(true)
})
