import { ROOT_CONTEXT, trace } from "@opentelemetry/api"
import { W3CTraceContextPropagator } from "@opentelemetry/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isSpanId, isTraceId } from "../../../contracts/foundation/trace-context.ts"
import { fastest, LONG_TEXTS, SPAN, TRACE } from "./tables.fixture.ts"
import { readTraceparent, writeTraceparent } from "./traceparent.ts"

const SAMPLED = { traceId: TRACE, spanId: SPAN, sampled: true }

describe("readTraceparent", () => {
  it.each([
    ["sampled", `00-${TRACE}-${SPAN}-01`, SAMPLED],
    ["not sampled", `00-${TRACE}-${SPAN}-00`, { ...SAMPLED, sampled: false }],
    ["flags that say more", `00-${TRACE}-${SPAN}-ff`, SAMPLED],
    ["other flags", `00-${TRACE}-${SPAN}-02`, { ...SAMPLED, sampled: false }],
    ["blanks around", ` \t00-${TRACE}-${SPAN}-01 \t`, SAMPLED],
    ["a later version", `01-${TRACE}-${SPAN}-01`, SAMPLED],
    ["a later version that says more", `cc-${TRACE}-${SPAN}-01-what.comes=next`, SAMPLED],
    ["a later version that ends with a dash", `01-${TRACE}-${SPAN}-01-`, SAMPLED],
  ])("reads %s", (_, text, wanted) => {
    expect(readTraceparent(text)).toEqual(wanted)
  })

  it.each([
    ["nothing", ""],
    ["version 00 that says more", `00-${TRACE}-${SPAN}-01-more`],
    ["version 00 that ends with a dash", `00-${TRACE}-${SPAN}-01-`],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["a later version that goes on without a dash", `01-${TRACE}-${SPAN}-01more`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["an upper-case version", `0A-${TRACE}-${SPAN}-01`],
    ["upper-case flags", `00-${TRACE}-${SPAN}-0A`],
    ["a short trace id", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["a long span id", `00-${TRACE}-${SPAN}0-01`],
    ["one digit of flags", `00-${TRACE}-${SPAN}-1`],
    ["no flags", `00-${TRACE}-${SPAN}`],
    ["underscores", `00_${TRACE}_${SPAN}_01`],
    ["a letter that is no digit", `00-${TRACE.replace("4", "g")}-${SPAN}-01`],
    ["a blank within", `00-${TRACE} -${SPAN}-01`],
    ["a new line before more", `01-${TRACE}-${SPAN}-01\n-more`],
    ["two of them", `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
  ])("ignores %s", (_, text) => {
    expect(readTraceparent(text)).toBeUndefined()
  })

  it("reads what writeTraceparent writes", () => {
    fc.assert(
      fc.property(traceId, spanId, fc.boolean(), (traceId, spanId, sampled) => {
        const given = { traceId, spanId, sampled }
        const text = writeTraceparent(given)
        expect(text).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0[01]$/)
        expect(readTraceparent(text)).toEqual(given)
      }),
    )
  })

  it("reads as the propagator of OpenTelemetry does", () => {
    fc.assert(
      fc.property(nearTraceparent, (text) => {
        expect(readTraceparent(text)).toEqual(readByOpenTelemetry(text))
      }),
      { numRuns: 2000 },
    )
  })

  it("differs from OpenTelemetry in blanks alone: it takes one at each end, of any kind", () => {
    const text = `  00-${TRACE}-${SPAN}-01`
    expect([readTraceparent(text), readByOpenTelemetry(text)]).toEqual([SAMPLED, undefined])
  })

  it.each(Object.entries(LONG_TEXTS))("reads a megabyte of %s at once", (_, text) => {
    expect(fastest(() => readTraceparent(text))).toBeLessThan(50)
  })
})

describe.each([
  { name: "isTraceId", is: isTraceId, id: TRACE },
  { name: "isSpanId", is: isSpanId, id: SPAN },
])("$name", ({ is, id }) => {
  it("knows an id", () => {
    expect(is(id)).toBe(true)
  })

  it.each([
    undefined,
    null,
    42,
    "",
    id.toUpperCase(),
    `${id}0`,
    id.slice(1),
    `${id}\n`,
    "0".repeat(id.length),
    [id],
    { toString: () => id },
    Symbol("id"),
  ])("knows what is none: %s", (value) => {
    expect(is(value)).toBe(false)
  })
})

const digit = fc.constantFrom(..."0123456789abcdef")
const digits = (length: number) => fc.string({ unit: digit, minLength: length, maxLength: length })
const traceId = digits(32).filter((id) => isTraceId(id))
const spanId = digits(16).filter((id) => isSpanId(id))

const part = (length: number) =>
  fc.oneof(
    { weight: 8, arbitrary: digits(length) },
    fc.constant("0".repeat(length)),
    digits(length).map((text) => text.toUpperCase()),
    fc.string({ unit: digit, maxLength: length + 1 }),
  )

/** Most of them are well formed but for one part. */
const nearTraceparent = fc
  .tuple(
    fc.oneof(fc.constant("00"), fc.constant("ff"), part(2)),
    part(32),
    part(16),
    part(2),
    fc.constantFrom("", "", "", "-", "-more", "more", ","),
    fc.constantFrom("", "", " ", "\t"),
    fc.constantFrom("", "", " "),
  )
  .map(([version, traceId, spanId, flags, more, before, after]) =>
    [before, version, "-", traceId, "-", spanId, "-", flags, more, after].join(""),
  )

function readByOpenTelemetry(text: string) {
  const propagator = new W3CTraceContextPropagator()
  const getter = { get: (carrier: Record<string, string>, key: string) => carrier[key], keys: Object.keys }
  const found = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, { traceparent: text }, getter))
  if (found === undefined) return undefined
  const { spanId, traceFlags, traceId } = found
  return { traceId, spanId, sampled: (traceFlags & 1) === 1 }
}
