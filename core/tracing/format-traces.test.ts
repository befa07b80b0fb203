import { describe, expect, it } from "vitest"
import type { RecordedSpan } from "../../contracts/tracing/tracing.ts"
import { formatTraces } from "./format-traces.ts"
import { TRACE } from "./hostile.fixture.ts"

const idOf = (number: number) => number.toString(16).padStart(16, "0")

/** A span by a number, below another one. */
function span(number: number, parent?: number, members: Partial<RecordedSpan> = {}): RecordedSpan {
  return {
    context: { traceId: TRACE, spanId: idOf(number), sampled: true },
    parentSpanId: parent === undefined ? undefined : idOf(parent),
    ...{ name: `span ${number}`, kind: "internal", startTime: number, endTime: number + 1.25 },
    ...{ status: { code: "unset" }, attributes: {}, events: [], links: [] },
    dropped: { attributes: 0, events: 0, links: 0 },
    ...members,
  }
}

const linesOf = (...spans: RecordedSpan[]) => formatTraces(spans).split("\n")

describe("formatTraces", () => {
  it("is empty without spans", () => {
    expect(formatTraces([])).toBe("")
  })

  it("draws trees, in the order of their starts", () => {
    expect(linesOf(span(6, 2), span(5), span(4, 1), span(3, 2), span(2, 1), span(1))).toEqual([
      "span 1  1.3 ms",
      "├─ span 2  1.3 ms",
      "│  ├─ span 3  1.3 ms",
      "│  └─ span 6  1.3 ms",
      "└─ span 4  1.3 ms",
      "span 5  1.3 ms",
    ])
  })

  it("tells the kind and the status", () => {
    const failed = span(2, undefined, { status: { code: "error", message: "too late" } })
    expect(linesOf(span(1, undefined, { kind: "client", status: { code: "ok" } }), failed)).toEqual([
      "span 1  1.3 ms  client",
      "span 2  1.3 ms  error: too late",
    ])
    expect(formatTraces([span(1, undefined, { status: { code: "error" } })])).toBe("span 1  1.3 ms  error")
  })

  it("keeps names and messages in their line, without signs that steer a terminal", () => {
    const status = { code: "error", message: "a\r\nb" } as const
    expect(formatTraces([span(1, undefined, { name: "a\n\u001b[31mb", status })])).toBe("a [31mb  1.3 ms  error: a b")
  })

  it("puts a span whose parent is not there at the root", () => {
    expect(linesOf(span(1, 9), span(2, 1))).toEqual(["span 1  1.3 ms", "└─ span 2  1.3 ms"])
  })

  it("does not take the span of another trace for the parent", () => {
    const other = span(1, undefined, { context: { traceId: "a".repeat(32), spanId: idOf(1), sampled: true } })
    expect(linesOf(other, span(2, 1))).toEqual(["span 1  1.3 ms", "span 2  1.3 ms"])
  })

  it("draws each span once where parents go round", () => {
    expect(linesOf(span(1, 3), span(2, 1), span(3, 2), span(4, 4))).toEqual([
      "span 1  1.3 ms",
      "└─ span 2  1.3 ms",
      "   └─ span 3  1.3 ms",
      "span 4  1.3 ms",
    ])
  })

  it("draws two spans of one id", () => {
    expect(linesOf(span(1), span(1), span(2, 1))).toHaveLength(3)
  })

  it("leaves the list as it is", () => {
    const spans = [span(2), span(1)]
    formatTraces(spans)
    expect(spans.map(({ startTime }) => startTime)).toEqual([2, 1])
  })

  it("draws a chain of 10,000 spans, of which the deep ones stand below each other", () => {
    const lines = linesOf(...Array.from({ length: 10_000 }, (_, at) => span(at + 1, at === 0 ? undefined : at)))
    expect(lines).toHaveLength(10_000)
    expect(lines[2]).toBe("   └─ span 3  1.3 ms")
    expect(lines.at(-1)).toBe(`${"   ".repeat(64)}└─ span 10000  1.3 ms`)
  })

  it("draws 20,000 spans below one at once", () => {
    const began = performance.now()
    expect(linesOf(span(1), ...Array.from({ length: 20_000 }, (_, at) => span(at + 2, 1)))).toHaveLength(20_001)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
