import { propagation, ROOT_CONTEXT } from "@opentelemetry/api"
import { W3CBaggagePropagator } from "@opentelemetry/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type Baggage,
  MAX_BAGGAGE_LENGTH,
  MAX_BAGGAGE_MEMBERS,
  MAX_BAGGAGE_PAIR,
  readBaggage,
  writeBaggage,
} from "./baggage.ts"
import { fastest, LONG_TEXTS } from "./tables.fixture.ts"

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `k${at}=${at}`)

describe("readBaggage", () => {
  it.each([
    ["members", "a=1,b=2", { a: "1", b: "2" }],
    ["blanks around parts", " a = 1 ,\tb=2\t", { a: "1", b: "2" }],
    ["values that are empty", "a=,b=", { a: "", b: "" }],
    ["percents", "a%20b=%E2%82%AC%2C%3B%3D", { "a b": "€,;=" }],
    ["a percent of a percent", "a=%2525", { a: "%25" }],
    ["a plus as a plus", "a=b+c", { a: "b+c" }],
    ["equals signs in a value", "a=b=c==", { a: "b=c==" }],
    ["members without their properties", "a=1;p=2;q, b=2 ;p", { a: "1", b: "2" }],
    ["the last value of a name", "a=1,b=2,%61=3", { a: "3", b: "2" }],
    ["every sign of a name", "a!#$%25&'*+-.^_`|~z=1", { "a!#$%&'*+-.^_`|~z": "1" }],
    ["names that objects have", "__proto__=1,constructor=2", { ["__proto__"]: "1", constructor: "2" }],
    ["members around a bad percent", "a=1,b=%zz,c=3", { a: "1", c: "3" }],
    ["members around half a percent", "a=1,b=%,c=%4,d=4", { a: "1", d: "4" }],
    ["members around bad UTF-8", "a=1,b=%ff,c=3", { a: "1", c: "3" }],
    ["members around a bad name", "a=1,b%zz=2,c=3", { a: "1", c: "3" }],
    ["members around one without a mark", "a=1,b,c=3", { a: "1", c: "3" }],
    ["members around one without a name", "a=1,=2, =2,c=3", { a: "1", c: "3" }],
    ["members around an empty one", ",a=1,,c=3,", { a: "1", c: "3" }],
    ["members around a name with a blank", "a=1,b b=2,c=3", { a: "1", c: "3" }],
    ["members around a name in parentheses", "a=1,(b)=2,c=3", { a: "1", c: "3" }],
    ["members around a value with a quote", 'a=1,b="2",c=3', { a: "1", c: "3" }],
    ["members around a value with a blank", "a=1,b=2 2,c=3", { a: "1", c: "3" }],
    ["members around a value with a backslash", "a=1,b=\\,c=3", { a: "1", c: "3" }],
    ["members around another alphabet", "a=1,b=é,c=3", { a: "1", c: "3" }],
  ])("keeps %s", (_, text, wanted) => {
    expect(readBaggage(text)).toEqual(wanted)
  })

  it("keeps a name that objects have as a member of its own, and no object by it", () => {
    const baggage = readBaggage("__proto__=1")
    expect(Object.keys(baggage ?? {})).toEqual(["__proto__"])
    expect(Object.getPrototypeOf(baggage)).toBe(Object.prototype)
  })

  it.each(["", " ", ",,", "a", "=", "a=%", "é=1"])("is none where nothing is left: %j", (text) => {
    expect(readBaggage(text)).toBeUndefined()
  })

  it("keeps the first 180 members", () => {
    expect(readBaggage(numbered(180).join(","))).toHaveProperty("k179", "179")
    expect(readBaggage(numbered(181).join(","))).not.toHaveProperty("k180")
  })

  it("keeps pairs of 4,096 characters, and no longer one", () => {
    const longest = "x".repeat(MAX_BAGGAGE_PAIR - 2)
    expect(readBaggage(`a=${longest},b=2`)).toEqual({ a: longest, b: "2" })
    expect(readBaggage(`a=${longest}x,b=2`)).toEqual({ b: "2" })
  })

  it("keeps the leading pairs within 8,192 characters", () => {
    const first = `x=${"x".repeat(4094)}`
    const rest = `y=${"y".repeat(4093)}`
    expect(Object.keys(readBaggage(`${first},${rest}`) ?? {})).toEqual(["x", "y"])
    expect(Object.keys(readBaggage(`${first},${rest}y`) ?? {})).toEqual(["x"])
  })

  it("decodes as decodeURIComponent does", () => {
    const unit = fc.constantFrom(
      "a",
      "%",
      "%41",
      "%C3",
      "%A9",
      "%ED%A0%80",
      "%F0%9F%98%80",
      "%c0%80",
      "%EF%BF%BD",
      "%2525",
    )
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 6 }), (text) => {
        let wanted: string | undefined
        try {
          wanted = decodeURIComponent(text)
        } catch {
          wanted = undefined
        }
        expect(readBaggage(`a=${text}`)?.["a"]).toBe(wanted)
      }),
      { numRuns: 1000 },
    )
  })

  it("does not count what it leaves out", () => {
    const long = `bad=${"x".repeat(5000)}`
    const bad = Array.from({ length: 200 }, () => "bad=%").join(",")
    expect(readBaggage([long, bad, "a=1", long, "b=2"].join(","))).toEqual({ a: "1", b: "2" })
  })

  it("gives texts, within the limits, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), list), (text) => {
        const baggage = readBaggage(text) ?? {}
        expect(Object.keys(baggage).length).toBeLessThanOrEqual(MAX_BAGGAGE_MEMBERS)
        expect(Object.values(baggage).every((value) => typeof value === "string")).toBe(true)
      }),
    )
  })

  it("reads as OpenTelemetry does, where no value is empty and no member malformed", () => {
    fc.assert(
      fc.property(wellFormedList, (text) => {
        expect(readBaggage(text) ?? {}).toEqual(readByOpenTelemetry(text))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ["an empty value, which it drops", "a=", { a: "" }, {}],
    ["a value with a blank, which it takes", "a=b c", {}, { a: "b c" }],
    ["a quoted value, which it takes", 'a="b"', {}, { a: '"b"' }],
    ["a name with parentheses, which it takes", "(a)=b", {}, { "(a)": "b" }],
    ["another alphabet, which it takes", "a=é", {}, { a: "é" }],
    ["long properties, for which it drops the pair", `a=b;${"p".repeat(4096)}`, { a: "b" }, {}],
  ])("differs from OpenTelemetry in %s", (_, text, ours, theirs) => {
    expect([readBaggage(text) ?? {}, readByOpenTelemetry(text)]).toEqual([ours, theirs])
  })

  it.each(Object.entries(LONG_TEXTS))("reads a megabyte of %s at once", (_, text) => {
    expect(fastest(() => readBaggage(text))).toBeLessThan(50)
  })
})

const write = (baggage: Baggage, allowed = Object.keys(baggage), maxLength = MAX_BAGGAGE_LENGTH) =>
  writeBaggage(baggage, allowed, maxLength)

describe("writeBaggage", () => {
  it("writes the members that are allowed, in the order in which they are allowed", () => {
    expect(write({ a: "1", b: "2", c: "3" }, ["c", "a", "d"])).toBe("c=3,a=1")
  })

  it("writes a name that is allowed twice once", () => {
    expect(write({ a: "1" }, ["a", "a"])).toBe("a=1")
  })

  it("writes nothing where nothing is allowed or there", () => {
    expect(write({ a: "1" }, [])).toBeUndefined()
    expect(write({ a: "1" }, ["toString", "__proto__"])).toBeUndefined()
  })

  it.each([
    ["percents for what a header does not take", { "a b": "€,;=\n" }, "a%20b=%E2%82%AC%2C%3B%3D%0A"],
    ["percents for parentheses in a name", { "a(b)": "(c)" }, "a%28b%29=(c)"],
    ["an empty value", { a: "" }, "a="],
    ["a name that objects have", { ["__proto__"]: "1" }, "__proto__=1"],
    ["no name that is empty", { "": "1", b: "2" }, "b=2"],
    ["no half of a character", { a: "\ud800", "\udfff": "1", b: "2" }, "b=2"],
    ["no value that is no text", { a: 1, b: null, c: "3" }, "c=3"],
  ])("writes %s", (_, baggage, wanted) => {
    expect(write(baggage as unknown as Baggage)).toBe(wanted)
  })

  it("leaves out a pair that is too long, and no other", () => {
    const longest = "x".repeat(MAX_BAGGAGE_PAIR - 2)
    expect(write({ a: longest })).toBe(`a=${longest}`)
    expect(write({ a: `${longest}x`, b: "2" })).toBe("b=2")
    expect(write({ a: "ä".repeat(1000), b: "2" })).toBe("b=2")
  })

  it("writes as many of the first members as fit", () => {
    expect(write({ a: "1", b: "2" }, ["a", "b"], 7)).toBe("a=1,b=2")
    expect(write({ a: "1", b: "2" }, ["a", "b"], 6)).toBe("a=1")
    expect(write({ a: "1", b: "2" }, ["a", "b"], 2)).toBeUndefined()
    const many = Object.fromEntries(numbered(200).map((pair) => pair.split("=") as [string, string]))
    expect(write(many)?.split(",")).toHaveLength(180)
  })

  it("writes what readBaggage reads, within the limit", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 })
    const any = fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "a")), text, { noNullPrototype: true })
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 300 }), (baggage, maxLength) => {
        const well = Object.entries(baggage).filter(([name]) => name !== "")
        expect(readBaggage(write(baggage) ?? "") ?? {}).toEqual(Object.fromEntries(well))
        expect((write(baggage, Object.keys(baggage), maxLength) ?? "").length).toBeLessThanOrEqual(maxLength)
      }),
    )
  })

  it("writes what OpenTelemetry reads, where no value is empty", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 10 }), (baggage) => {
        fc.pre(!Object.hasOwn(baggage, "__proto__"))
        expect(readByOpenTelemetry(write(baggage) ?? "")).toEqual({ ...baggage })
      }),
    )
  })
})

const token = fc.string({ unit: fc.constantFrom(..."abz!*'%~", "%41", "%C3%A9"), minLength: 1, maxLength: 6 })
const octets = fc.string({ unit: fc.constantFrom(..."abz()=%/~", "%41", "%2C"), maxLength: 6 })
const list = fc
  .array(
    fc
      .tuple(token, fc.constantFrom("=", "=", "="), octets, fc.constantFrom("", "", ";p", " ", ";p=q "))
      .map((parts) => parts.join("")),
    { maxLength: 200 },
  )
  .map((members) => members.join(","))
const wellFormedList = list
  .map((text) => text.split(",").filter((member) => !/=(;| |$)/.test(member)))
  .map((members) => members.join(","))

function readByOpenTelemetry(text: string): Baggage {
  const getter = { get: (carrier: Record<string, string>, key: string) => carrier[key], keys: Object.keys }
  const found = propagation.getBaggage(new W3CBaggagePropagator().extract(ROOT_CONTEXT, { baggage: text }, getter))
  return Object.fromEntries((found?.getAllEntries() ?? []).map(([name, { value }]) => [name, value]))
}
