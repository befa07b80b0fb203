import { describe, expect, it } from "vitest"
import { contextOf, safeContext } from "./context.ts"

const PARTS = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  sampled: true,
  traceState: "a=1",
  baggage: { tenant: "acme" },
}

describe("contextOf", () => {
  const context = contextOf({ ...PARTS, baggage: { ...PARTS.baggage } })

  it("gives a context that comes back as it is", () => {
    expect(safeContext(context)).toBe(context)
    expect(context).toEqual(PARTS)
  })

  it("gives one that nobody can change", () => {
    expect(() => Object.assign(context, { traceId: "0" })).toThrow(TypeError)
    expect(() => Object.assign(context.baggage ?? {}, { tenant: 1 })).toThrow(TypeError)
  })

  it("gives one whose copies are looked at", () => {
    expect(safeContext({ ...context, traceId: "0" })).toBeUndefined()
    expect(safeContext(Object.create(context, { traceId: { value: "0" } }))).toBeUndefined()
  })
})
