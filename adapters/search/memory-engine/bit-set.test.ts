import fc from "fast-check"
import { expect, it } from "vitest"
import { BitSet } from "./bit-set.ts"

const sizes = fc.integer({ min: 0, max: 200 })
const twoSets = sizes.chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.uniqueArray(fc.nat(Math.max(0, size - 1))),
    fc.uniqueArray(fc.nat(Math.max(0, size - 1))),
  ),
)

function setOf(size: number, members: readonly number[]): BitSet {
  const set = new BitSet(size)
  for (const member of members) if (member < size) set.add(member)
  return set
}

function membersOf(set: BitSet): number[] {
  const members: number[] = []
  set.forEach((member) => {
    members.push(member)
  })
  return members
}

it("answers as a Set of numbers does", () => {
  fc.assert(
    fc.property(twoSets, ([size, first, second]) => {
      const [a, b] = [setOf(size, first), setOf(size, second)]
      const all = [...Array(size).keys()]
      expect(membersOf(a)).toEqual(all.filter((member) => first.includes(member)))
      expect(membersOf(a.clone().and(b))).toEqual(all.filter((member) => a.has(member) && b.has(member)))
      expect(membersOf(a.clone().or(b))).toEqual(all.filter((member) => a.has(member) || b.has(member)))
      expect(membersOf(a.clone().andNot(b))).toEqual(all.filter((member) => a.has(member) && !b.has(member)))
      expect(membersOf(a.clone().not())).toEqual(all.filter((member) => !a.has(member)))
      expect(a.clone().not().count()).toBe(size - a.count())
    }),
  )
})

it("writes what it visits", () => {
  fc.assert(
    fc.property(twoSets, ([size, members]) => {
      const set = setOf(size, members).not()
      const into = new Uint32Array(size)
      const count = set.write(into)
      expect([...into.subarray(0, count)]).toEqual(membersOf(set))
    }),
  )
})

it("has no member at or over its size after a flip, nor after one with more is added", () => {
  expect(membersOf(BitSet.full(33))).toHaveLength(33)
  expect(membersOf(new BitSet(33).or(BitSet.full(64)))).toHaveLength(33)
})

it("forgets a member that is deleted, and has none outside", () => {
  const set = BitSet.full(40)
  set.delete(31)
  expect(set.has(31)).toBe(false)
  expect(set.has(32)).toBe(true)
  expect(set.has(4000)).toBe(false)
  expect(set.count()).toBe(39)
})
