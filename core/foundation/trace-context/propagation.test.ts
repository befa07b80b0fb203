import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { TraceContext } from "../../../contracts/foundation/trace-context.ts"
import type { Carrier } from "./carrier.ts"
import { extractContext, injectContext, type Propagation, type PropagationFormat } from "./propagation.ts"
import { fastest, LONG_TEXTS, MEGABYTE, SPAN, TRACE } from "./tables.fixture.ts"

const TRACEPARENT = `00-${TRACE}-${SPAN}-01`
const OTHER = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`
const FOUND = { traceId: TRACE, spanId: SPAN, sampled: true }

function propagationOf(formats: readonly PropagationFormat[] = ["w3c"], allowedKeys: readonly string[] = []) {
  return { formats, baggage: { allowedKeys, maxSize: 8192, isRead: true } } satisfies Propagation
}

function extract(carrier: object, ...formats: PropagationFormat[]): TraceContext | undefined {
  return extractContext(carrier as Carrier, propagationOf(formats.length === 0 ? ["w3c"] : formats))
}

function inject(context: TraceContext, propagation = propagationOf(), carrier: Record<string, string> = {}) {
  injectContext(carrier, context, propagation)
  return carrier
}

describe("extractContext", () => {
  it.each([
    ["a name of any case", { TraceParent: TRACEPARENT }],
    ["blanks around", { traceparent: `  ${TRACEPARENT}\t` }],
    ["a list of one", { traceparent: [TRACEPARENT] }],
    ["a list of equals", { traceparent: [TRACEPARENT, ` ${TRACEPARENT}`] }],
    ["equals that are joined", { traceparent: `${TRACEPARENT}, ${TRACEPARENT}` }],
    ["equals under names of two cases", { traceparent: TRACEPARENT, Traceparent: TRACEPARENT }],
    ["a text among other things", { traceparent: [undefined, TRACEPARENT, 42] }],
    ["no prototype", Object.assign(Object.create(null), { traceparent: TRACEPARENT })],
    ["other headers", { host: "x", [Symbol("traceparent")]: OTHER, traceparent: TRACEPARENT }],
  ])("reads a traceparent with %s", (_, carrier) => {
    expect(extract(carrier)).toEqual(FOUND)
  })

  it.each([
    ["nothing", {}],
    ["undefined", { traceparent: undefined }],
    ["an empty list", { traceparent: [] }],
    ["different ones", { traceparent: [TRACEPARENT, OTHER] }],
    ["different ones that are joined", { traceparent: `${TRACEPARENT},${OTHER}` }],
    ["different ones under names of two cases", { traceparent: TRACEPARENT, TRACEPARENT: OTHER }],
    ["one and an empty one", { traceparent: [TRACEPARENT, ""] }],
    ["a malformed one", { traceparent: "00-abc" }],
    ["a number", { traceparent: 42 }],
    ["an object", { traceparent: { toString: () => TRACEPARENT } }],
    ["a list in a list", { traceparent: [[TRACEPARENT]] }],
    ["a symbol", { traceparent: Symbol(TRACEPARENT) }],
    ["one that is inherited", Object.create({ traceparent: TRACEPARENT })],
    ["one that is not enumerable", Object.defineProperty({}, "traceparent", { value: TRACEPARENT })],
    ["a name with blanks", { " traceparent": TRACEPARENT }],
    ["an array", [TRACEPARENT]],
    ["a function", () => TRACEPARENT],
  ])("gives none for %s", (_, carrier) => {
    expect(extract(carrier)).toBeUndefined()
  })

  it("joins the values of tracestate and of baggage in their order", () => {
    const carrier = { traceparent: TRACEPARENT, TraceState: ["a=1", "b=2"], tracestate: "c=3", Baggage: ["d=4", "e=5"] }
    expect(extract(carrier)).toEqual({ ...FOUND, traceState: "a=1,b=2,c=3", baggage: { d: "4", e: "5" } })
  })

  it("gives neither of them without a traceparent", () => {
    expect(extract({ tracestate: "a=1", baggage: "b=2" })).toBeUndefined()
  })

  it("leaves out those that are malformed", () => {
    const found = extract({ traceparent: TRACEPARENT, tracestate: "A", baggage: "%" })
    expect(Object.keys(found ?? {})).toEqual(["traceId", "spanId", "sampled"])
  })

  it("does not read baggage where it must not", () => {
    const { baggage, formats } = propagationOf()
    const quiet = { formats, baggage: { ...baggage, isRead: false } }
    expect(extractContext({ traceparent: TRACEPARENT, baggage: "a=1" }, quiet)).toEqual(FOUND)
  })

  it("reads the first of the formats that the carrier has", () => {
    const b3 = `${"c".repeat(32)}-${"d".repeat(16)}-1`
    const carrier = { traceparent: TRACEPARENT, tracestate: "a=1", b3, "X-B3-TraceId": TRACE, "X-B3-SpanId": SPAN }
    expect(extract(carrier, "w3c", "b3")).toEqual({ ...FOUND, traceState: "a=1" })
    expect(extract(carrier, "b3", "w3c")?.traceId).toBe("c".repeat(32))
    expect(extract(carrier, "b3", "w3c")?.traceState).toBeUndefined()
    expect(extract(carrier, "b3_multi")).toEqual(FOUND)
    expect(extract({ traceparent: TRACEPARENT, b3: "0" }, "b3", "w3c")).toEqual(FOUND)
  })

  it.each(Object.entries(LONG_TEXTS))("reads headers of a megabyte of %s at once", (_, text) => {
    const carrier = { traceparent: TRACEPARENT, tracestate: text, baggage: text, b3: text, "x-b3-traceid": text }
    expect(fastest(() => extract(carrier, "b3", "b3_multi", "w3c"))).toBeLessThan(150)
    expect(fastest(() => extract({ traceparent: text }))).toBeLessThan(50)
  })

  it("reads a carrier of many headers, and a header of many values, at once", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`traceparen${at}`, TRACEPARENT]))
    expect(fastest(() => extract({ ...many, traceparent: TRACEPARENT }))).toBeLessThan(50)
    const values = new Array(MEGABYTE / 10).fill("a=1") as string[]
    expect(fastest(() => extract({ traceparent: TRACEPARENT, tracestate: values, baggage: values }))).toBeLessThan(50)
  })
})

describe("injectContext", () => {
  it("writes all formats", () => {
    expect(inject({ ...FOUND, traceState: "a=1" }, propagationOf(["w3c", "b3", "b3_multi"]))).toEqual({
      traceparent: TRACEPARENT,
      tracestate: "a=1",
      b3: `${TRACE}-${SPAN}-1`,
      "x-b3-traceid": TRACE,
      "x-b3-spanid": SPAN,
      "x-b3-sampled": "1",
    })
  })

  it.each([
    { traceId: TRACE.toUpperCase() },
    { traceId: "0".repeat(32) },
    { traceId: `${TRACE}\r\nx: y` },
    { spanId: "0".repeat(16) },
    { spanId: 42 },
  ])("writes nothing of a context that is malformed: %j", (members) => {
    expect(inject({ ...FOUND, ...members } as TraceContext, propagationOf(["w3c", "b3", "b3_multi"]))).toEqual({})
  })

  it("writes no trace state that is malformed", () => {
    expect(inject({ ...FOUND, traceState: "a=1\r\nx: y" })).toEqual({ traceparent: TRACEPARENT })
  })

  it("writes baggage that is allowed alone", () => {
    const baggage = { tenant: "acme", token: "hunter2" }
    expect(inject({ ...FOUND, baggage })).toEqual({ traceparent: TRACEPARENT })
    expect(inject({ ...FOUND, baggage }, propagationOf(["w3c"], ["tenant"]))["baggage"]).toBe("tenant=acme")
  })

  it("takes the place of the trace that a carrier has, whatever the case of its names", () => {
    const carrier = {
      ...{ Traceparent: OTHER, TraceState: "old=1", Baggage: "old=1", B3: "0", "X-B3-Flags": "1", Host: "x" },
    }
    const propagation = propagationOf(["w3c", "b3", "b3_multi"], ["new"])
    inject({ ...FOUND, sampled: false, baggage: { new: "1" } }, propagation, carrier)
    for (const format of propagation.formats) {
      const wanted = { ...FOUND, sampled: false, baggage: { new: "1" } }
      expect(extract(carrier, format)).toEqual(wanted)
    }
    expect(carrier.Host).toBe("x")
  })

  it("leaves baggage alone that somebody else wrote, where there is none of its own", () => {
    expect(inject(FOUND, propagationOf(), { baggage: "a=1" })["baggage"]).toBe("a=1")
  })

  it("writes what extractContext reads, in each format and into any carrier", () => {
    fc.assert(
      fc.property(anyContext, anyCarrier, fc.constantFrom<PropagationFormat>("w3c", "b3", "b3_multi"), (...given) => {
        const [context, carrier, format] = given
        const propagation = propagationOf([format], ["a", "b c"])
        inject(context, propagation, carrier)
        const { traceState, ...rest } = context
        const wanted = format === "w3c" && traceState !== undefined ? { ...rest, traceState } : rest
        expect(extractContext(carrier, propagation)).toEqual(wanted)
        for (const value of Object.values(carrier)) expect(value).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

const id = (length: number) => {
  const unit = fc.constantFrom(..."0123456789abcdef")
  return fc.string({ unit, minLength: length, maxLength: length }).filter((text) => /[^0]/.test(text))
}
const anyContext = fc.record(
  {
    traceId: id(32),
    spanId: id(16),
    sampled: fc.boolean(),
    traceState: fc.constantFrom("a=1", "b=2,a=1"),
    baggage: fc.record({ a: fc.string({ unit: "grapheme" }), "b c": fc.string() }),
  },
  { requiredKeys: ["traceId", "spanId", "sampled", "baggage"] },
)
const anyCarrier = fc.dictionary(
  fc.constantFrom("traceparent", "TraceParent", "TRACESTATE", "baggage", "B3", "X-B3-Sampled", "x-b3-flags", "host"),
  fc.constantFrom("", "1", TRACEPARENT, "a=1"),
)
