import { afterEach, describe, expect, it } from "vitest"
import { plainDataIssue } from "../../contracts/foundation/plain-data.ts"
import { cloneOfKind, clonePlain, FLAT, frozenPlain, IMMUTABLE, NESTED, PlainCloner } from "./clone.ts"

/** One of each kind of plain data. */
const everything = () => ({
  list: [1, [{ deep: true }]],
  date: new Date(5),
  map: new Map([[{ key: 1 }, new Set([new Date(0)])]]),
  bytes: Uint8Array.of(1, 2),
  none: null,
  big: 2n ** 70n,
})

describe("clonePlain", () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, "polluted")
  })

  it("copies every kind of plain data, at every depth", () => {
    const value = everything()
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

describe("PlainCloner", () => {
  const circular: Record<string, unknown> = {}
  circular["self"] = { circular }
  const shared = { a: { b: 1 } }
  const hidden = Object.defineProperty({}, Symbol("hidden"), { value: 1 })

  it.each([
    ["everything", everything()],
    ["a member called __proto__", JSON.parse('{"__proto__":{"a":{"b":1}},"c":1}') as object],
    ["an object without prototype", Object.assign(Object.create(null), { a: { b: 1 } })],
    ["an object that is there twice", [shared, { shared }]],
    ["numbers that are not ordinary", [-0, Number.NaN, Number.NEGATIVE_INFINITY]],
    ["empty containers", [{}, [], new Map(), new Set(), new Uint8Array()]],
  ])("copies %s", (_, value) => {
    const copy = new PlainCloner().clone(value)
    expect(plainDataIssue(value, "value")).toBeUndefined()
    expect(copy).toEqual(value)
    expect(copy).toStrictEqual(clonePlain(value))
  })

  it.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a symbol as key", { [Symbol("s")]: 1 }],
    ["a symbol as hidden key", hidden],
    ["an instance", new (class User {})()],
    ["an instance of a kind of Array", new (class List extends Array {})()],
    ["an instance of a kind of Date", new (class Moment extends Date {})()],
    ["an error", new Error("no")],
    ["a hole", new Array(1)],
    ["a circle", circular],
  ])("refuses %s at every depth, as plainDataIssue does", (_, value) => {
    const around = [value, { value }, [value], new Map([["key", value]]), new Set([{ value }]), [{ a: [{ value }] }]]
    for (const outer of around) {
      expect(new PlainCloner().clone(outer)).toBeUndefined()
      expect(plainDataIssue(outer, "value")).toBeDefined()
    }
    expect(new PlainCloner().clone(new Map([[value, 1]]))).toBeUndefined()
  })

  it("goes exactly as deep as plainDataIssue", () => {
    for (const levels of [499, 500, 501]) {
      let value: unknown = 1
      for (let level = 0; level < levels; level++) value = [value]
      expect(new PlainCloner().clone(value) === undefined).toBe(plainDataIssue(value, "value") !== undefined)
    }
  })

  it("does not take what is inherited for a member", () => {
    Object.defineProperty(Object.prototype, "polluted", { value: () => 1, enumerable: true, configurable: true })
    const copy = new PlainCloner().clone({ a: 1 }) as object | undefined
    Reflect.deleteProperty(Object.prototype, "polluted")
    expect(Object.keys(copy ?? {})).toEqual(["a"])
  })

  it.each([
    ["text", "text", IMMUTABLE],
    ["null", null, IMMUTABLE],
    ["an object of primitives", { a: 1, b: null }, FLAT],
    ["an object with an object inside", { a: 1, b: {} }, NESTED],
    ["an object with bytes inside", { a: Uint8Array.of(1) }, NESTED],
    ["a list", [1], NESTED],
    ["a date", new Date(0), NESTED],
  ])("tells how %s is copied again", (_, value, kind) => {
    const cloner = new PlainCloner()
    const copy = cloner.clone(value)
    expect(cloner.kind).toBe(kind)
    const again = cloneOfKind(copy, cloner.kind)
    expect(again).toStrictEqual(value)
    if (kind !== IMMUTABLE) expect(again).not.toBe(copy)
  })
})

describe("frozenPlain", () => {
  it("freezes objects and lists at every depth, and a copy of them", () => {
    const value = { list: [{ a: 1 }], none: null }
    const frozen = frozenPlain(value) as typeof value
    expect(frozen).toStrictEqual(value)
    for (const part of [frozen, frozen.list, frozen.list[0]]) expect(Object.isFrozen(part)).toBe(true)
    expect(Object.isFrozen(value)).toBe(false)
  })

  it.each([new Date(0), new Map(), new Set(), Uint8Array.of(1)])("gives nothing for what has a %s inside", (inside) => {
    for (const value of [inside, { inside }, [[inside]]]) expect(frozenPlain(value)).toBeUndefined()
  })
})
