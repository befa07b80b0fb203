import { afterEach, describe, expect, it } from "vitest"
import { clonePlain } from "./clone.ts"

describe("clonePlain", () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "polluted")
  })

  it("copies every kind of plain data, at every depth", () => {
    const value = {
      list: [1, [{ deep: true }]],
      date: new Date(5),
      map: new Map([[{ key: 1 }, new Set([new Date(0)])]]),
      bytes: Uint8Array.of(1, 2),
      none: null,
      big: 2n ** 70n,
    }
    const copy = clonePlain(value)
    expect(copy).toStrictEqual(value)
    for (const name of ["list", "date", "map", "bytes"] as const) expect(copy[name]).not.toBe(value[name])
    expect(copy.list[1]).not.toBe(value.list[1])
    expect([...copy.map.keys()][0]).not.toBe([...value.map.keys()][0])
  })

  it("keeps a member called __proto__ a member", () => {
    const copy = clonePlain(JSON.parse('{"__proto__":{"a":{"b":1}},"c":1}') as object)
    expect(Object.getOwnPropertyDescriptor(copy, "__proto__")?.value).toEqual({ a: { b: 1 } })
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  })

  it("does not take what is inherited for a member", () => {
    Object.defineProperty(Object.prototype, "polluted", { value: {}, enumerable: true, configurable: true })
    const members = Object.keys(clonePlain({ a: { b: 1 } }))
    // The assertion library assigns to members of that name itself.
    Reflect.deleteProperty(Object.prototype, "polluted")
    expect(members).toEqual(["a"])
  })

  it("gives objects without prototype an ordinary one", () => {
    expect(Object.getPrototypeOf(clonePlain(Object.create(null)))).toBe(Object.prototype)
  })
})
