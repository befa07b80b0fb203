import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AttributeSet } from "./attribute-set.ts"
import { hostile } from "./hostile.fixture.ts"

const setOf = (attributes: unknown, maxCount = 128, maxLength = 4096) => {
  const set = new AttributeSet(maxCount, maxLength)
  set.setAll(attributes)
  return set
}

const throwing = () => {
  throw new Error("A member that throws.")
}

describe("AttributeSet", () => {
  it("has nothing at first, and then what is set", () => {
    const set = new AttributeSet(128, 4096)
    expect({ ...set.values }).toEqual({})
    set.set("a", 1)
    set.set("b", ["x"])
    set.set("a", 2)
    expect({ ...set.values }).toEqual({ a: 2, b: ["x"] })
    expect(set.dropped).toBe(0)
  })

  it("keeps the first keys, and new values of theirs", () => {
    const set = setOf({ a: 1, b: 2, c: 3 }, 2)
    set.set("a", 4)
    set.set("d", 5)
    expect({ ...set.values }).toEqual({ a: 4, b: 2 })
    expect(set.dropped).toBe(2)
  })

  it("keeps the old value where a new one has no form", () => {
    const set = setOf({ a: 1 })
    set.set("a", null)
    expect({ ...set.values }).toEqual({ a: 1 })
    expect(set.dropped).toBe(1)
  })

  it("keeps none where it may have none", () => {
    const set = setOf({ a: 1, b: 2 }, 0)
    expect({ ...set.values }).toEqual({})
    expect(set.dropped).toBe(2)
  })

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "0"])(
    "takes %s for a name as any other",
    (name) => {
      const set = new AttributeSet(2, 4096)
      expect(set.values[name]).toBeUndefined()
      set.set(name, "a")
      set.set(name, "b")
      expect(Object.entries(set.values)).toEqual([[name, "b"]])
      expect(set.dropped).toBe(0)
    },
  )

  it("drops what has no name, or another name than text", () => {
    const set = new AttributeSet(128, 4096)
    for (const key of ["", undefined, null, 1, Symbol("a"), {}]) set.set(key, 1)
    expect({ ...set.values }).toEqual({})
    expect(set.dropped).toBe(6)
  })

  it.each([undefined, null])("takes %s for no attributes, and drops none", (none) => {
    expect(setOf(none).dropped).toBe(0)
  })

  it.each(["text", 42, true, () => 1])("drops %s, which has no members, as one", (odd) => {
    expect(setOf(odd).dropped).toBe(1)
  })

  it.each([
    ["a list", ["a", "b"]],
    ["bytes", Buffer.from("ab")],
    ["a view of them", new DataView(new ArrayBuffer(2))],
  ])("drops %s, which has no names, as one", (_, odd) => {
    const set = setOf(odd)
    expect({ ...set.values }).toEqual({})
    expect(set.dropped).toBe(1)
  })

  it("drops members that cannot be read, and no other", () => {
    const bad = Object.defineProperty({ a: 1 }, "b", { get: throwing, enumerable: true })
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    const set = setOf(
      Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(bad)), { c: proxy, d: 4 }),
    )
    expect({ ...set.values }).toEqual({ a: 1, d: 4 })
    expect(set.dropped).toBe(2)
  })

  it("drops an object whose members cannot be listed as one", () => {
    expect(setOf(new Proxy({}, { ownKeys: throwing })).dropped).toBe(1)
  })

  it("takes the own members of an object alone", () => {
    expect({ ...setOf(Object.assign(Object.create({ a: 1 }), { b: 2, [Symbol("c")]: 3 })).values }).toEqual({ b: 2 })
  })

  it("keeps or drops each, whatever comes", () => {
    const members = fc.array(fc.tuple(fc.string({ maxLength: 2 }), hostile), { maxLength: 30 })
    fc.assert(
      fc.property(members, fc.integer({ min: 0, max: 10 }), (members, maxCount) => {
        const set = new AttributeSet(maxCount, 8)
        const keys = new Set<string>()
        let [kept, last] = [0, 0]
        for (const [key, make] of members) {
          set.set(key, make())
          if (set.dropped === last) {
            kept++
            keys.add(key)
          }
          last = set.dropped
        }
        expect(kept + set.dropped).toBe(members.length)
        expect(new Set(Object.keys(set.values))).toEqual(keys)
        expect(keys.size).toBeLessThanOrEqual(maxCount)
      }),
    )
  })

  it("takes any object of attributes", () => {
    fc.assert(fc.property(hostile, (make) => setOf(make()).dropped >= 0))
  })
})
