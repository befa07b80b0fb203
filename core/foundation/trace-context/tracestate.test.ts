import { TraceState } from "@opentelemetry/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MAX_READ } from "./list.ts"
import { fastest, LONG_TEXTS } from "./tables.fixture.ts"
import { MAX_TRACESTATE_LENGTH, MAX_TRACESTATE_MEMBERS, readTracestate } from "./tracestate.ts"

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `k${at}=${at}`)

describe("readTracestate", () => {
  it.each([
    ["members", "a=1,b=2", "a=1,b=2"],
    ["blanks around members", "\ta=1 , b=2 ", "a=1,b=2"],
    ["empty members", ",a=1,,b=2,", "a=1,b=2"],
    ["a key of a tenant", "0t@vendor=x", "0t@vendor=x"],
    ["every character of a key", "a09_-*/=x", "a09_-*/=x"],
    ["a value with blanks within", "a=b c", "a=b c"],
    ["a value with other signs", "a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~", "a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~"],
    ["a key of 256 characters", `${"a".repeat(256)}=1`, `${"a".repeat(256)}=1`],
    ["a value of 256 characters", `a=${"b".repeat(256)}`, `a=${"b".repeat(256)}`],
    ["512 characters", `a=${"b".repeat(256)},c=${"d".repeat(251)}`, `a=${"b".repeat(256)},c=${"d".repeat(251)}`],
    ["members around one without a mark", "a=1,b,c=3", "a=1,c=3"],
    ["members around one without a value", "a=1,b=,c=3", "a=1,c=3"],
    ["members around one without a key", "a=1,=2,c=3", "a=1,c=3"],
    ["members around an upper-case key", "a=1,B=2,c=3", "a=1,c=3"],
    ["members around a key that begins with a digit", "a=1,2b=2,c=3", "a=1,c=3"],
    ["members around a key with two tenants", "a=1,b@c@d=2,c=3", "a=1,c=3"],
    ["members around a blank before the mark", "a=1,b =2,c=3", "a=1,c=3"],
    ["members around a second mark", "a=1,b=2=3,c=3", "a=1,c=3"],
    ["members around another alphabet", "a=1,b=é,c=3", "a=1,c=3"],
    ["members around a control character", "a=1,b=x\u0001y,c=3", "a=1,c=3"],
    ["members around a long key", `a=1,${"b".repeat(257)}=2,c=3`, "a=1,c=3"],
    ["members around a long value", `a=1,b=${"2".repeat(257)},c=3`, "a=1,c=3"],
    ["members around a long tenant", `a=1,${"t".repeat(242)}@v=2,c=3`, "a=1,c=3"],
    ["members around a long system", `a=1,t@${"v".repeat(15)}=2,c=3`, "a=1,c=3"],
    ["the last value of a key, first", "a=1,b=2,a=3", "a=3,b=2"],
    ["the last of them all first", "a=1,b=2,c=3,b=4,a=5", "a=5,b=4,c=3"],
    ["a key that comes three times", "a=1,b=2,a=3,b=4,a=5", "a=5,b=4"],
  ])("keeps %s", (_, text, wanted) => {
    expect(readTracestate(text)).toBe(wanted)
  })

  it.each(["", " ", ",,", "a", "=", "A=1", "a=,b=", `${"a".repeat(256)}=${"b".repeat(256)}`])(
    "is none where nothing is left: %j",
    (text) => {
      expect(readTracestate(text)).toBeUndefined()
    },
  )

  it("keeps the 32 leading members", () => {
    expect(readTracestate(numbered(40).join(","))).toBe(numbered(32).join(","))
  })

  it("keeps the leading members within 512 characters", () => {
    const long = Array.from({ length: 5 }, (_, at) => `k${at}=${"x".repeat(120)}`)
    expect(readTracestate(long.join(","))).toBe(long.slice(0, 4).join(","))
  })

  it("keeps the last value of a key that comes again after the 32nd member", () => {
    const wanted = ["k5=again", ...numbered(32).filter((member) => member !== "k5=5")]
    expect(readTracestate([...numbered(40), "k5=again"].join(","))).toBe(wanted.join(","))
  })

  it("keeps what it gave, within the limits, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), list), (text) => {
        const kept = readTracestate(text)
        if (kept === undefined) return
        expect(kept.length).toBeLessThanOrEqual(MAX_TRACESTATE_LENGTH)
        expect(kept.split(",").length).toBeLessThanOrEqual(MAX_TRACESTATE_MEMBERS)
        expect(readTracestate(kept)).toBe(kept)
      }),
    )
  })

  it("reads as OpenTelemetry does, where no key comes twice and no member is too much", () => {
    fc.assert(
      fc.property(list, (text) => {
        const keys = text.split(",").map((member) => member.split("=", 1)[0]?.trim())
        fc.pre(new Set(keys).size === keys.length && text.length <= MAX_TRACESTATE_LENGTH)
        expect(readTracestate(text) ?? "").toBe(new TraceState(text).serialize())
      }),
      { numRuns: 1000 },
    )
  })

  it("differs from OpenTelemetry in a key that comes twice: it leaves it at its place", () => {
    const text = "a=1,b=2,b=3"
    expect([readTracestate(text), new TraceState(text).serialize()]).toEqual(["b=3,a=1", "a=1,b=3"])
  })

  it("differs from OpenTelemetry in a member that is too much: it skips it, and takes later ones", () => {
    const first = `a=${"x".repeat(256)}`
    const text = `${first},b=${"y".repeat(256)},c=3`
    expect([readTracestate(text), new TraceState(text).serialize()]).toEqual([first, `${first},c=3`])
  })

  it.each(Object.entries(LONG_TEXTS))("reads a megabyte of %s at once", (_, text) => {
    expect(fastest(() => readTracestate(text))).toBeLessThan(50)
  })

  it("has no half of a member where a list is so long that it is cut", () => {
    const text = `${" ,".repeat(8190)}a=1234`
    expect(text.slice(0, MAX_READ)).toMatch(/a=12$/)
    expect(readTracestate(text)).toBeUndefined()
  })
})

const key = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abz019_-*/@"), minLength: 1, maxLength: 6 }),
  fc.constantFrom("a", "b", "A", "", " "),
)
const value = fc.string({ unit: fc.constantFrom(...'ab 0=;~!"\\\té'), maxLength: 6 })
const list = fc
  .array(
    fc
      .tuple(key, fc.constantFrom("=", "=", "=", ""), value, fc.constantFrom("", "", " "))
      .map((parts) => parts.join("")),
    { maxLength: 40 },
  )
  .map((members) => members.join(","))
