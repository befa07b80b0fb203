import { describe, expect, it } from "vitest"
import { createTraceIds } from "./ids.ts"

describe.each(["random", "uuid"] as const)("createTraceIds by %s", (generator) => {
  const ids = createTraceIds(generator)
  const traces = Array.from({ length: 5000 }, () => ids.traceId())
  const spans = Array.from({ length: 5000 }, () => ids.spanId())

  it("gives ids of a trace", () => {
    for (const id of traces) expect(id).toMatch(/^(?!0+$)[\da-f]{32}$/)
  })

  it("gives ids of a span", () => {
    for (const id of spans) expect(id).toMatch(/^(?!0+$)[\da-f]{16}$/)
  })

  it("gives each id once", () => {
    expect(new Set(traces).size).toBe(traces.length)
    expect(new Set(spans).size).toBe(spans.length)
    expect(new Set([...spans, ...traces.flatMap((id) => [id.slice(0, 16), id.slice(16)])]).size).toBe(15_000)
  })
})

describe("createTraceIds", () => {
  it("gives other ids than another one", () => {
    expect(createTraceIds().traceId()).not.toBe(createTraceIds().traceId())
  })

  it("gives ids of a trace and of a span by turns", () => {
    const ids = createTraceIds()
    for (let turn = 0; turn < 1000; turn++) {
      expect(ids.traceId()).toHaveLength(32)
      expect(ids.spanId()).toHaveLength(16)
      expect(ids.spanId()).toHaveLength(16)
    }
  })

  it("uses each digit about as often at each place", () => {
    const ids = createTraceIds()
    const counts = new Map<string, number>()
    for (let turn = 0; turn < 8000; turn++) {
      for (const [at, digit] of [...ids.spanId()].entries()) {
        counts.set(`${at} ${digit}`, (counts.get(`${at} ${digit}`) ?? 0) + 1)
      }
    }
    // 500 times each; more than six standard deviations beside it comes about once in a million runs.
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(6.5 * Math.sqrt(500))
    expect(counts.size).toBe(256)
  })
})
