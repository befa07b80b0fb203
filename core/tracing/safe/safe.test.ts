import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { hostile, SPAN, TRACE } from "../hostile.fixture.ts"
import { safeAttribute } from "./attributes.ts"
import { safeContext } from "./context.ts"
import { exceptionAttributes, messageOf, typeOf } from "./exception.ts"
import { safeKind, safeLinks } from "./options.ts"
import { safeMessage, safeName } from "./text.ts"
import { safeTime } from "./time.ts"

const attribute = (value: unknown, maxLength = 4096) => safeAttribute(value, maxLength)

describe("safeAttribute", () => {
  it.each([
    ["text", "a", "a"],
    ["empty text", "", ""],
    ["a boolean", false, false],
    ["a number", 1.5, 1.5],
    ["minus zero", -0, -0],
    ["the least number", Number.MIN_VALUE, Number.MIN_VALUE],
    ["the largest integer of 64 bits that a number holds", 2 ** 63 - 1024, 2 ** 63 - 1024],
    ["2^63 as text", 2 ** 63, "9223372036854775808"],
    ["-2^63 as text", -(2 ** 63), "-9223372036854775808"],
    ["1e300 as text", 1e300, BigInt(1e300).toString()],
    ["NaN as text", Number.NaN, "NaN"],
    ["Infinity as text", Number.POSITIVE_INFINITY, "Infinity"],
    ["-Infinity as text", Number.NEGATIVE_INFINITY, "-Infinity"],
    ["a bigint as text", 12n, "12"],
    ["an empty list", [], []],
    ["texts", ["a", ""], ["a", ""]],
    ["booleans", [true, false], [true, false]],
    ["numbers", [1, -2.5], [1, -2.5]],
    ["numbers with one that is text, as texts", [1.5, Number.NaN, 2 ** 63], ["1.5", "NaN", "9223372036854775808"]],
    ["bigints as texts", [1n, 2n], ["1", "2"]],
  ])("keeps %s", (_, value, wanted) => {
    expect(attribute(value)).toEqual(wanted)
  })

  it.each([
    ["null", null],
    ["undefined", undefined],
    ["an object", { a: 1 }],
    ["a date", new Date()],
    ["bytes", new Uint8Array(2)],
    ["a map", new Map()],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a boxed text", new String("a")],
    ["a list of several kinds", [1, "a"]],
    ["numbers and bigints", [1, 1n]],
    ["a list with null", ["a", null]],
    ["a list of nulls", [null]],
    ["a list of lists", [["a"]]],
    ["a list of objects", [{}]],
    ["a list with a hole", Array(2)],
    ["a BigInt of millions of digits", 1n << 20_000_000n],
    ["its negative", -(1n << 20_000_000n)],
    ["a list of millions", new Array(5_000_000).fill("a")],
    ["a list of four billion holes", new Array(2 ** 32 - 1)],
    ["a list that is revoked", revoked([])],
    ["a list whose member throws", Object.defineProperty(["a"], 0, { get: throwing })],
  ])("has no form for %s", (_, value) => {
    expect(attribute(value)).toBeUndefined()
  })

  it("cuts text, in lists too, and what becomes text", () => {
    expect(attribute("abcd", 3)).toBe("abc")
    expect(attribute("abc", 3)).toBe("abc")
    expect(attribute(["abcd", "e"], 3)).toEqual(["abc", "e"])
    expect(attribute(12_345n, 3)).toBe("123")
    expect(attribute(Number.POSITIVE_INFINITY, 3)).toBe("Inf")
    expect(attribute([1234, Number.NaN], 3)).toEqual(["123", "NaN"])
    expect(attribute(12_345, 3)).toBe(12_345)
  })

  it("copies a list", () => {
    const list = ["a"]
    const kept = attribute(list)
    list.push("b")
    expect(kept).toEqual(["a"])
  })

  it("reads each member of a list once", () => {
    let reads = 0
    const list = Object.defineProperty(["a"], 0, { get: () => (reads++ === 0 ? "a" : {}) })
    expect(attribute(list)).toSatisfy((kept) => kept === undefined || (kept as string[])[0] === "a")
  })

  it("does not run the methods of a list", () => {
    class Loud extends Array<string> {
      override map = throwing
      override join = throwing
      override [Symbol.iterator] = throwing
    }
    expect(attribute(Loud.of("a"))).toEqual(["a"])
  })

  it("gives what every receiver takes, whatever comes", () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const kept = attribute(make(), 8)
        const items: readonly unknown[] = Array.isArray(kept) ? kept : [kept]
        expect(new Set(items.map((item) => typeof item)).size).toBeLessThanOrEqual(1)
        for (const item of items) expect(item).toSatisfy(isTaken)
      }),
    )
  })
})

function isTaken(item: unknown): boolean {
  if (typeof item === "string") return item.length <= 8
  return item === undefined || typeof item === "boolean" || (Number.isFinite(item) && Math.abs(Number(item)) < 1e300)
}

describe("safeName", () => {
  it.each([
    ["text", "a", "a"],
    ["empty text", "", "unnamed"],
    ["undefined", undefined, "unnamed"],
    ["null", null, "unnamed"],
    ["a number", 42, "42"],
    ["a boolean", false, "false"],
    ["a symbol", Symbol("a"), "Symbol(a)"],
    ["an object", {}, "[object Object]"],
    ["an empty list", [], "unnamed"],
    ["an object without a text", Object.create(null), "unnamed"],
    ["an object whose text is a number", { toString: () => 42 }, "42"],
    ["an object whose text throws", { toString: throwing }, "unnamed"],
    ["an object that is revoked", revoked({}), "unnamed"],
    ["long text", "x".repeat(300), "x".repeat(256)],
  ])("of %s", (_, name, wanted) => {
    expect(safeName(name)).toBe(wanted)
  })
})

describe("safeMessage", () => {
  it.each([
    ["a", "a"],
    ["", undefined],
    [undefined, undefined],
    [7, "7"],
    ["x".repeat(5000), "x".repeat(4096)],
  ])("of %s", (message, wanted) => {
    expect(safeMessage(message)).toBe(wanted)
  })
})

describe("safeTime", () => {
  it.each([0, 1500, 1.5, Date.UTC(2199, 11)])("takes %d", (ms) => {
    expect(safeTime(ms)).toBe(ms)
  })

  it.each([
    ...[undefined, null, "1500", 1500n, new Date()],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -5000, Date.UTC(2200, 0), 2 ** 63],
  ])("ignores %s", (ms) => {
    expect(safeTime(ms)).toBeUndefined()
  })
})

describe("safeKind", () => {
  it.each(["internal", "server", "client", "producer", "consumer"])("takes %s", (kind) => {
    expect(safeKind(kind)).toBe(kind)
  })

  it.each([undefined, null, "SERVER", "", 1, { toString: () => "server" }])("ignores %s", (kind) => {
    expect(safeKind(kind)).toBe("internal")
  })
})

describe("safeContext", () => {
  const whole = { traceId: TRACE, spanId: SPAN, sampled: true, traceState: "a=1", baggage: { b: "2" } }

  it("copies a context, and what it does not know is left out", () => {
    const context = safeContext({ ...whole, more: 1 })
    expect(context).toStrictEqual(whole)
    expect(context?.baggage).not.toBe(whole.baggage)
  })

  it.each([
    ["a decision that is no boolean is none", { sampled: "true" }, { sampled: false }],
    ["a trace state that is malformed is none", { traceState: "A" }, { traceState: undefined }],
    ["a trace state that is no text is none", { traceState: 42 }, { traceState: undefined }],
    ["members of a trace state that are malformed are left out", { traceState: "a=1,B" }, { traceState: "a=1" }],
    ["baggage that is no text is left out", { baggage: { a: 1, b: "2" } }, { baggage: { b: "2" } }],
    ["empty baggage is none", { baggage: {} }, { baggage: undefined }],
    ["baggage that is no object is none", { baggage: "a=1" }, { baggage: undefined }],
    [
      "names that objects have are names",
      { baggage: JSON.parse('{"__proto__":"1"}') },
      { baggage: { ["__proto__"]: "1" } },
    ],
  ])("%s", (_, given, wanted) => {
    expect(safeContext({ ...whole, ...given })).toStrictEqual({ ...whole, ...wanted })
  })

  it.each<{ given: unknown }>(
    [
      ...[undefined, null, 42, "x", [], {}, () => whole, revoked(whole)],
      { ...whole, traceId: "0".repeat(32) },
      { ...whole, spanId: SPAN.toUpperCase() },
      { ...whole, traceId: { toString: () => TRACE } },
      Object.defineProperty({ ...whole }, "spanId", { get: throwing }),
    ].map((given) => ({ given })),
  )("takes what is malformed for none: case %#", ({ given }) => {
    expect(safeContext(given)).toBeUndefined()
  })
})

describe("safeLinks", () => {
  const context = { traceId: TRACE, spanId: SPAN, sampled: true }

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["an object", { context }],
    ["text", "links"],
    ["a list that is revoked", revoked([])],
  ])("has none of %s", (_, links) => {
    expect(safeLinks(links)).toEqual([])
  })

  it("leaves out links that have no context or throw, and no other", () => {
    const links = [
      { context, attributes: { a: 1 } },
      ...[null, undefined, 42, {}, { context: { ...context, spanId: "x" } }],
      Object.defineProperty({}, "context", { get: throwing }),
      Object.defineProperty({ context }, "attributes", { get: throwing }),
      revoked({}),
      { context },
    ]
    expect(safeLinks(links).map(({ attributes }) => attributes)).toEqual([{ a: 1 }, undefined])
  })
})

describe("exceptionAttributes", () => {
  const recorded = (error: unknown) => exceptionAttributes(error, 4096)

  it("has the type, the message and the stack of an error", () => {
    const error = new RangeError("too far")
    expect(recorded(error)).toEqual({
      "exception.type": "RangeError",
      "exception.message": "too far",
      "exception.stacktrace": error.stack,
    })
  })

  it("names an error by its name, not by its code", () => {
    expect(recorded(Object.assign(new Error("a"), { code: "ENOENT" }))["exception.type"]).toBe("Error")
  })

  it("names up to five causes in the stack", () => {
    const chain = (depth: number): Error => {
      const name = `error ${depth};`
      return depth === 8 ? new Error(name) : new Error(name, { cause: chain(depth + 1) })
    }
    const stack = String(recorded(chain(0))["exception.stacktrace"])
    expect(stack.match(/Caused by: /g)).toHaveLength(5)
    expect(stack).toContain("Caused by: Error: error 5;")
    expect(stack).not.toContain("error 6;")
  })

  it("ends where causes go round", () => {
    const error = new Error("a")
    error.cause = error
    expect(String(recorded(error)["exception.stacktrace"]).match(/Caused by: /g)).toHaveLength(5)
  })

  it("names a cause that has no stack by its type and message", () => {
    const stack = recorded(new Error("a", { cause: { name: "Odd", message: "b" } }))["exception.stacktrace"]
    expect(stack).toMatch(/\nCaused by: Odd: b$/)
    expect(recorded(new Error("a", { cause: "text" }))["exception.stacktrace"]).toMatch(/\nCaused by: .*text$/)
  })

  it("has stacks that share the length of an attribute", () => {
    const long = (text: string, cause?: Error) =>
      Object.assign(new Error(text, { cause }), { stack: text.repeat(100_000) })
    const stack = String(recorded(long("x", long("y")))["exception.stacktrace"])
    expect(stack).toMatch(/^x{2000,2048}\nCaused by: y{2000,2048}$/)
    expect(stack.length).toBeLessThanOrEqual(4096)
  })

  it.each([
    ["text", "boom", { "exception.type": "string", "exception.message": "boom" }],
    ["undefined", undefined, { "exception.type": "undefined" }],
    ["null", null, { "exception.type": "null" }],
    ["a number", 42, { "exception.type": "number", "exception.message": "42" }],
    ["a symbol", Symbol("a"), { "exception.type": "symbol", "exception.message": "Symbol(a)" }],
    ["a list", ["a"], { "exception.type": "array" }],
    ["an object", { a: 1 }, { "exception.type": "object" }],
    ["an object with a message", { message: "m" }, { "exception.type": "object", "exception.message": "m" }],
    ["an error without a message", named(""), { "exception.type": "Error" }],
    ["members of another type", { name: 1, message: 2, stack: 3, cause: null }, { "exception.type": "object" }],
    ["what is revoked", revoked({}), { "exception.type": "object" }],
    ["members that throw", getters("name", "message", "stack", "cause"), { "exception.type": "object" }],
  ])("of %s", (_, thrown, wanted) => {
    expect(recorded(thrown)).toEqual(wanted)
  })

  it("gives texts of whatever is thrown", () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const thrown = make()
        for (const value of Object.values(recorded(thrown))) expect(value).toBeTypeOf("string")
        expect(typeOf(thrown)).not.toBe("")
        expect(messageOf(thrown)).toBeTypeOf("string")
      }),
    )
  })
})

function throwing(): never {
  throw new Error("A member was read that must not be.")
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function named(message: string): Error {
  const error = new Error(message)
  delete error.stack
  return error
}

function getters(...names: readonly string[]): object {
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: throwing }])))
}
