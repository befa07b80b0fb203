import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readB3, readB3Multi, writeB3 } from "./b3.ts"
import { fastest, LONG_TEXTS, SPAN, TRACE } from "./tables.fixture.ts"

const PARENT = "05e3ac9a4f6e3b90"
const SHORT = "a3ce929d0e0e4736"
const SAMPLED = { traceId: TRACE, spanId: SPAN, sampled: true }
const UNSAMPLED = { ...SAMPLED, sampled: false }

describe("readB3", () => {
  it.each([
    ["sampled", `${TRACE}-${SPAN}-1`, SAMPLED],
    ["not sampled", `${TRACE}-${SPAN}-0`, UNSAMPLED],
    ["debug", `${TRACE}-${SPAN}-d`, SAMPLED],
    ["what says nothing of sampling", `${TRACE}-${SPAN}`, SAMPLED],
    ["a parent", `${TRACE}-${SPAN}-0-${PARENT}`, UNSAMPLED],
    ["blanks around", ` ${TRACE}-${SPAN}-1\t`, SAMPLED],
    ["upper case", `${TRACE.toUpperCase()}-${SPAN.toUpperCase()}-D`, SAMPLED],
    ["a trace id of 64 bits", `${SHORT}-${SPAN}-1`, { ...SAMPLED, traceId: `${"0".repeat(16)}${SHORT}` }],
  ])("reads %s", (_, text, wanted) => {
    expect(readB3(text)).toEqual(wanted)
  })

  it.each([
    ["nothing", ""],
    ["a decision alone", "0"],
    ["a decision that is empty", `${TRACE}-${SPAN}-`],
    ["another decision", `${TRACE}-${SPAN}-2`],
    ["a parent that is empty", `${TRACE}-${SPAN}-1-`],
    ["a parent that is malformed", `${TRACE}-${SPAN}-1-xyz`],
    ["a parent without a decision", `${TRACE}-${SPAN}--${PARENT}`],
    ["more", `${TRACE}-${SPAN}-1-${PARENT}-more`],
    ["a trace id of zeros", `${"0".repeat(32)}-${SPAN}-1`],
    ["a short trace id of zeros", `${"0".repeat(16)}-${SPAN}-1`],
    ["a span id of zeros", `${TRACE}-${"0".repeat(16)}-1`],
    ["a trace id of 80 bits", `${TRACE.slice(12)}-${SPAN}-1`],
    ["no span", TRACE],
    ["other letters", `${TRACE.replace("4", "g")}-${SPAN}-1`],
    ["names of objects", "__proto__-constructor-1"],
  ])("ignores %s", (_, text) => {
    expect(readB3(text)).toBeUndefined()
  })

  it("reads what writeB3 writes", () => {
    const digits = (length: number) => {
      const unit = fc.constantFrom(..."0123456789abcdef")
      return fc.string({ unit, minLength: length, maxLength: length }).filter((id) => /[^0]/.test(id))
    }
    fc.assert(
      fc.property(digits(32), digits(16), fc.boolean(), (traceId, spanId, sampled) => {
        expect(readB3(writeB3({ traceId, spanId, sampled }))).toEqual({ traceId, spanId, sampled })
      }),
    )
  })

  it("reads any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => readB3(text) === undefined))
  })

  it.each(Object.entries(LONG_TEXTS))("reads a megabyte of %s at once", (_, text) => {
    expect(fastest(() => readB3(text))).toBeLessThan(50)
  })
})

describe("readB3Multi", () => {
  const of = (sampled?: string, flags?: string) => readB3Multi({ traceId: TRACE, spanId: SPAN, sampled, flags })

  it.each([
    ["1", undefined, SAMPLED],
    ["true", undefined, SAMPLED],
    [" True ", undefined, SAMPLED],
    ["0", undefined, UNSAMPLED],
    ["false", undefined, UNSAMPLED],
    [undefined, undefined, SAMPLED],
    ["0", "1", SAMPLED],
    ["0", "0", UNSAMPLED],
    ["yes", undefined, undefined],
  ])("a decision of %j with flags %j", (sampled, flags, wanted) => {
    expect(of(sampled, flags)).toEqual(wanted)
  })

  it.each([
    { traceId: undefined, spanId: SPAN },
    { traceId: TRACE, spanId: undefined },
    { traceId: TRACE, spanId: "0".repeat(16) },
    { traceId: "xyz", spanId: SPAN },
  ])("ignores ids that are malformed: %j", (ids) => {
    expect(readB3Multi({ ...ids, sampled: "1", flags: undefined })).toBeUndefined()
  })
})
