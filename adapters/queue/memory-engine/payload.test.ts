import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { queuePayloadIssue } from "../../../contracts/queue/arguments.ts"
import { copyOf, isSamePayload, payloadOf } from "./payload.ts"

const MAX = 2 ** 20
const read = (data: unknown, max = MAX) => copyOf(payloadOf(data, max))
const hidden = Object.defineProperty({}, Symbol("hidden"), { value: 1 })
const circular: Record<string, unknown> = {}
circular["self"] = [circular]

describe("a payload", () => {
  it("arrives as JSON would bring it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (data) => {
        expect(read(data)).toStrictEqual(JSON.parse(JSON.stringify(data)))
      }),
    )
  })

  it.each([
    [undefined],
    [null],
    [-0],
    [{ a: -0, b: [-0], c: { d: -0 } }],
    [{ a: undefined, b: { c: undefined, d: 1 } }],
    [JSON.parse('{"__proto__":{"a":1},"constructor":null}')],
    [Object.assign(Object.create(null), { a: { b: 1 } })],
    ["\ud800"],
  ])("arrives as JSON would bring it: %j", (data) => {
    expect(read(data)).toStrictEqual(JSON.parse(JSON.stringify(data ?? null)))
  })

  it.each([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a symbol as key", { [Symbol("s")]: 1 }],
    ["a hidden symbol as key", hidden],
    ["a bigint", 1n],
    ["NaN", Number.NaN],
    ["infinity", Number.NEGATIVE_INFINITY],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(1)],
    ["an instance", new (class User {})()],
    ["a hole", new Array(1)],
    ["a circle", circular],
  ])("is refused at every depth, as the contract says: %s", (_, part) => {
    for (const data of [part, [part], { part }, { a: [{ part }] }]) {
      expect(() => payloadOf(data, MAX)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", message: queuePayloadIssue(data) }),
      )
    }
  })

  it("is refused from the depth at which the contract refuses it", () => {
    for (const levels of [499, 500, 501]) {
      let data: unknown = 1
      for (let level = 0; level < levels; level++) data = [data]
      const take = () => payloadOf(data, MAX)
      if (queuePayloadIssue(data) === undefined) expect(take).not.toThrow()
      else expect(take).toThrow()
    }
  })

  it("is read once, so that what a getter says first is what counts", () => {
    let reads = 0
    const data = Object.defineProperty({}, "a", { enumerable: true, get: () => (++reads === 1 ? 1 : () => 1) })
    expect(read(data)).toEqual({ a: 1 })
  })

  it("has at most so many bytes as JSON, to the byte", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (data) => {
        const bytes = Buffer.byteLength(JSON.stringify(data))
        expect(read(data, bytes)).toStrictEqual(JSON.parse(JSON.stringify(data)))
        expect(() => payloadOf(data, bytes - 1)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }))
      }),
    )
  })

  it("is refused before all of it is read, where it is far too large", () => {
    let data: unknown = "x"
    for (let level = 0; level < 60; level++) data = [data, data]
    expect(() => payloadOf(data, 1000)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }))
  })

  it("is copied for each reader", () => {
    const data = { list: [{ a: 1 }] }
    const payload = payloadOf(data, MAX)
    data.list.push({ a: 2 })
    const first = copyOf(payload) as typeof data
    first.list.push({ a: 3 })
    expect(copyOf(payload)).toEqual({ list: [{ a: 1 }] })
  })

  it("is the same as another with the same JSON", () => {
    const one = payloadOf({ a: [1] }, MAX)
    expect([isSamePayload(one, payloadOf({ a: [1] }, MAX)), isSamePayload(one, payloadOf({ a: [2] }, MAX))]).toEqual([
      true,
      false,
    ])
  })
})
