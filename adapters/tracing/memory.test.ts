import { EventEmitter } from "node:events"
import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { SpanHandle, Tracing } from "../../contracts/tracing/tracing.ts"
import { formatTraces } from "../../core/tracing/format-traces.ts"
import { hostile, SPAN, TRACE } from "../../core/tracing/hostile.fixture.ts"
import { memoryTracingSubject } from "../../subjects/tracing.ts"
import { bindContract } from "../../testing/bind.ts"
import { tracingContract } from "../../testing/tracing/contract.ts"
import { createMemoryTracing, type MemoryTracingOptions } from "./memory.ts"

bindContract({ describe, it }, tracingContract, memoryTracingSubject)

const TEXT = "a".repeat(4000)
const CONTEXT = { traceId: TRACE, spanId: SPAN, sampled: true }

function timed(startMs = 1_000_000, options: MemoryTracingOptions = {}) {
  const clock = createManualClock(startMs)
  return { clock, tracing: createMemoryTracing(options, { clock }) }
}

const only = (tracing: Tracing) => {
  const spans = tracing.getSpans()
  expect(spans).toHaveLength(1)
  return spans[0] as (typeof spans)[number]
}

describe("the spans that memory keeps", () => {
  it("are the last ones, the oldest first", () => {
    const tracing = createMemoryTracing({ maxSpans: 3 })
    const names = () => tracing.getSpans().map(({ name }) => name)
    for (const name of ["a", "b", "c"]) tracing.startSpan(name).end()
    expect(names()).toEqual(["a", "b", "c"])
    tracing.startSpan("d").end()
    expect(names()).toEqual(["b", "c", "d"])
    for (const name of ["e", "f", "g", "h"]) tracing.startSpan(name).end()
    expect(names()).toEqual(["f", "g", "h"])
    expect(tracing.stats()).toMatchObject({ started: 8, ended: 8, exported: 8, dropped: 0 })
  })

  it("can be one", () => {
    const tracing = createMemoryTracing({ maxSpans: 1 })
    for (const name of ["a", "b"]) tracing.startSpan(name).end()
    expect(only(tracing).name).toBe("b")
  })

  it("are no more bytes than are allowed, by the oldest that make room", () => {
    const tracing = createMemoryTracing({ maxBytes: 100_000 })
    for (let at = 0; at < 100; at++) {
      tracing.startSpan(`${at}`, { attributes: { text: "a".repeat(4000) } }).end()
    }
    const names = tracing.getSpans().map(({ name }) => Number(name))
    expect(names).toEqual(Array.from({ length: names.length }, (_, at) => 100 - names.length + at))
    expect(names.length).toBeGreaterThan(15)
    expect(names.length).toBeLessThanOrEqual(25)
    expect(tracing.stats()).toMatchObject({ ended: 100, exported: 100 })
  })

  it.each<[string, (span: SpanHandle) => void]>([
    ["events", (span) => span.addEvent("a", { text: TEXT })],
    ["a list", (span) => span.setAttribute("a", [TEXT, TEXT])],
    ["a message", (span) => span.setStatus("error", TEXT)],
    ["the name of an attribute", (span) => span.setAttribute(TEXT, 1)],
  ])("are counted with all that they have: %s", (_, fill) => {
    const tracing = createMemoryTracing({ maxBytes: 3000 })
    for (const name of ["a", "b"]) {
      const span = tracing.startSpan(name)
      fill(span)
      span.end()
    }
    expect(tracing.getSpans().map(({ name }) => name)).toEqual([])
    tracing.startSpan("c").end()
    expect(only(tracing).name).toBe("c")
  })

  it("are counted with their links and their baggage", () => {
    const tracing = createMemoryTracing({ maxBytes: 3000 })
    tracing.startSpan("a", { links: [{ context: CONTEXT, attributes: { text: TEXT } }] }).end()
    tracing.startSpan("b", { parent: { ...CONTEXT, baggage: { text: TEXT } } }).end()
    expect(tracing.getSpans()).toEqual([])
  })

  it("are those that a list would have, whatever ends and is cleared", () => {
    const steps = fc.array(fc.constantFrom("end", "end", "end", "end", "clear"), { maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 7 }), (steps, maxSpans) => {
        const tracing = createMemoryTracing({ maxSpans })
        let wanted: string[] = []
        for (const [at, step] of steps.entries()) {
          if (step === "clear") tracing.clearSpans()
          else tracing.startSpan(`${at}`).end()
          wanted = step === "clear" ? [] : [...wanted, `${at}`].slice(-maxSpans)
          expect(tracing.getSpans().map(({ name }) => name)).toEqual(wanted)
        }
      }),
    )
  })

  it("are found by the trace and by the name", () => {
    const tracing = createMemoryTracing()
    const [a, b] = [tracing.startSpan("x"), tracing.startSpan("x")]
    tracing.startSpan("y", { parent: a.context }).end()
    a.end()
    b.end()
    expect(tracing.getSpans({ traceId: a.context.traceId })).toHaveLength(2)
    expect(tracing.getSpans({ name: "x" })).toHaveLength(2)
    expect(tracing.getSpans({ name: "x", traceId: a.context.traceId })).toHaveLength(1)
    expect(tracing.getSpans({ name: "z" })).toEqual([])
  })

  it("do not change with what is read of them", () => {
    const tracing = createMemoryTracing()
    tracing
      .startSpan("a", { attributes: { b: 1 }, links: [{ context: CONTEXT }] })
      .addEvent("e", { c: 1 })
      .end()
    const before = structuredClone(only(tracing))
    const read = only(tracing) as unknown as Record<string, Record<string, unknown>>
    for (const member of ["attributes", "status", "dropped"]) Object.assign(read[member] ?? {}, { b: 2 })
    for (const member of ["events", "links"]) (read[member] as unknown as unknown[]).pop()
    expect(only(tracing)).toEqual(before)
  })

  it("are not those that are open", () => {
    const tracing = createMemoryTracing()
    tracing.startSpan("a")
    expect(tracing.getSpans()).toEqual([])
  })
})

describe("the times of a span", () => {
  it("are those that are given, to the millisecond", () => {
    const { tracing } = timed(10_000)
    tracing.startSpan("a", { startTime: 1500 }).end(2500)
    expect(only(tracing)).toMatchObject({ startTime: 1500, endTime: 2500 })
  })

  it("are those of the clock", async () => {
    const { clock, tracing } = timed(1000)
    const span = tracing.startSpan("a")
    await clock.advance(5)
    span.addEvent("e")
    await clock.advance(5)
    span.end()
    expect(only(tracing)).toMatchObject({ startTime: 1000, endTime: 1010, events: [{ time: 1005 }] })
  })

  it.each([3_600_000, -3_600_000])("last as long as they did where the clock is set by %d ms", async (ms) => {
    const { clock, tracing } = timed()
    const span = tracing.startSpan("a")
    await clock.advance(20)
    clock.adjust(ms)
    span.addEvent("e")
    await clock.advance(10)
    span.end()
    const { endTime, events, startTime } = only(tracing)
    expect([endTime - startTime, (events[0]?.time ?? 0) - startTime]).toEqual([30, 20])
  })

  it("end now where the start is given and the end is not", async () => {
    const { clock, tracing } = timed(10_000)
    const span = tracing.startSpan("a", { startTime: 4000 })
    await clock.advance(5)
    span.end()
    expect(only(tracing)).toMatchObject({ startTime: 4000, endTime: 10_005 })
  })

  it("do not end before they start", () => {
    const { tracing } = timed(10_000)
    tracing.startSpan("a", { startTime: 20_000 }).end()
    tracing.startSpan("b").end(9999)
    expect(tracing.getSpans().map(({ endTime, startTime }) => endTime - startTime)).toEqual([0, 0])
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, Date.UTC(2300, 0), "5", null])("are now for %s", (time) => {
    const { tracing } = timed(1000)
    tracing.startSpan("a", { startTime: time as number }).end(time as number)
    expect(only(tracing)).toMatchObject({ startTime: 1000, endTime: 1000 })
  })
})

describe("the limits of a span", () => {
  const limits = { maxAttributes: 2, maxEvents: 2, maxLinks: 2, maxAttributeValueLength: 3 }

  it("keep the first attributes, and the last events and links", () => {
    const tracing = createMemoryTracing({ spanLimits: limits })
    const links = [1, 2, 3].map((at) => ({ context: CONTEXT, attributes: { at, b: 1, c: 1 } }))
    const span = tracing.startSpan("long name", { attributes: { a: "abcd", b: 2, c: 3 }, links })
    for (const name of ["e1", "e2", "e3"]) span.addEvent(name, { text: "abcd" })
    span.setStatus("error", "long message").end()
    expect(only(tracing)).toMatchObject({
      ...{ name: "long name", attributes: { a: "abc", b: 2 }, status: { message: "long message" } },
      events: [{ name: "e2", attributes: { text: "abc" } }, { name: "e3" }],
      links: [{ attributes: { at: 2, b: 1 } }, { attributes: { at: 3, b: 1 } }],
      dropped: { attributes: 1, events: 1, links: 1 },
    })
  })

  it("keep none where they are 0", () => {
    const tracing = createMemoryTracing({ spanLimits: { maxAttributes: 0, maxEvents: 0, maxLinks: 0 } })
    tracing
      .startSpan("a", { attributes: { a: 1 }, links: [{ context: CONTEXT }] })
      .addEvent("e")
      .end()
    expect(only(tracing)).toMatchObject({
      ...{ attributes: {}, events: [], links: [] },
      dropped: { attributes: 1, events: 1, links: 1 },
    })
  })

  it("cannot be a length of 0", () => {
    expect(() => createMemoryTracing({ spanLimits: { maxAttributeValueLength: 0 } })).toThrow(/maxAttributeValueLength/)
  })
})

describe("a tracing that is not enabled", () => {
  it("records nothing, runs callbacks, and passes contexts through", async () => {
    const tracing = createMemoryTracing({ enabled: false })
    tracing.startSpan("a").setAttribute("b", 1).end()
    expect(await tracing.withSpan("a", {}, () => 1)).toBe(1)
    const error = new Error("from the callback")
    await expect(tracing.withSpan("a", {}, () => Promise.reject(error))).rejects.toBe(error)
    tracing.run(CONTEXT, () => {
      const carrier = {}
      tracing.inject(carrier)
      expect(tracing.extract(carrier)).toEqual(CONTEXT)
      expect(tracing.startSpan("a").context).toMatchObject(CONTEXT)
    })
    expect(tracing.getSpans()).toEqual([])
    expect(tracing.stats().started).toBe(0)
  })
})

describe("what a tracing tells listeners", () => {
  function listened(...names: string[]) {
    const events = new EventEmitter()
    const told: [name: string, payload: unknown][] = []
    for (const name of names) events.on(name, (payload) => told.push([name, payload]))
    const emit = vi.spyOn(events, "emit")
    return { emit, events, told, tracing: createMemoryTracing({}, { events, name: "own" }) }
  }

  it("is the start and the end of each span", () => {
    const { told, tracing } = listened("trace.span.created", "trace.span.ended")
    const { context } = tracing.startSpan("a", { kind: "client", parent: CONTEXT }).updateName("b")
    const span = { service: "own", context, kind: "client", parentSpanId: SPAN }
    expect(told).toEqual([["trace.span.created", { ...span, name: "a" }]])
    tracing.startSpan("c").end()
    expect(told.map(([name]) => name)).toEqual(["trace.span.created", "trace.span.created", "trace.span.ended"])
  })

  it("has the name that a span has at its end, once", () => {
    const { told, tracing } = listened("trace.span.ended")
    const span = tracing.startSpan("a").updateName("b")
    span.end()
    span.end()
    expect(told).toMatchObject([["trace.span.ended", { name: "b" }]])
  })

  it("is not put together while nobody listens", () => {
    const { emit, tracing } = listened()
    tracing.startSpan("a").end()
    expect(emit).not.toHaveBeenCalled()
  })

  it("is nothing of a span that is not recorded", () => {
    const { emit, events } = listened("trace.span.created", "trace.span.ended")
    createMemoryTracing({ sampling: { type: "always_off" } }, { events })
      .startSpan("a")
      .end()
    expect(emit).not.toHaveBeenCalled()
  })

  it("costs no span where a listener throws", () => {
    const { events, tracing } = listened()
    for (const name of ["trace.span.created", "trace.span.ended"]) {
      events.on(name, () => {
        throw new Error("from a listener")
      })
    }
    tracing.startSpan("a").end()
    expect(tracing.getSpans()).toHaveLength(1)
  })

  it("costs no span where the emitter throws", () => {
    const failing = () => {
      throw new Error("from the emitter")
    }
    const tracing = createMemoryTracing({}, { events: { emit: failing, listenerCount: failing } })
    tracing.startSpan("a").end()
    expect(tracing.getSpans()).toHaveLength(1)
  })
})

describe("what a caller hands over", () => {
  const throwing = () => {
    throw new Error("A member that throws.")
  }

  it.each(["parent", "kind", "attributes", "links", "startTime"])("counts a span once where %s throws", (member) => {
    const tracing = createMemoryTracing()
    tracing.startSpan("a", Object.defineProperty({}, member, { get: throwing })).end()
    expect(tracing.stats()).toMatchObject({ started: 1, ended: 1, exported: 1 })
  })

  it("costs a link that throws alone", () => {
    const tracing = createMemoryTracing()
    const bad = Object.defineProperty({}, "context", { get: throwing })
    const links = [bad, { context: CONTEXT }] as never
    tracing.startSpan("a", { kind: "server", links }).end()
    expect(only(tracing)).toMatchObject({ kind: "server", links: [{ context: CONTEXT }] })
  })

  it("rejects with a proxy that was thrown and is revoked", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const tracing = createMemoryTracing()
    const rejected = await tracing
      .withSpan("a", {}, () => Promise.reject(proxy))
      .then(
        () => false,
        (error: unknown) => error === proxy,
      )
    expect(rejected).toBe(true)
    expect(only(tracing).status.code).toBe("error")
  })

  it("throws nothing, and each span is counted and kept", () => {
    const any = fc.array(hostile, { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(any, (makers) => {
        const [name, options, kind, parent, attributes, links, time, value, error, more] = makers.map((make) => make())
        const tracing = createMemoryTracing({ propagation: { formats: ["w3c", "b3", "b3_multi"] } })
        const spans = [
          tracing.startSpan(name as string, options as object),
          tracing.startSpan(name as string, { kind, parent, attributes, links, startTime: time } as object),
        ]
        for (const span of spans) useSpan(span, value, error, more)
        tracing.inject(options as Record<string, string>, parent as never)
        tracing.inject({}, value as never)
        for (const carrier of [options, { traceparent: value, tracestate: more }]) tracing.extract(carrier as never)
        tracing.run(parent as never, () => undefined)
        expect(tracing.stats()).toMatchObject({ started: 2, ended: 2, exported: 2 })
        for (const span of tracing.getSpans()) expect(JSON.parse(JSON.stringify(span))).toBeTypeOf("object")
        expect(formatTraces(tracing.getSpans())).toBeTypeOf("string")
      }),
      { numRuns: 300 },
    )
  })

  function useSpan(span: SpanHandle, value: unknown, error: unknown, more: unknown): void {
    span
      .setAttribute("a", value)
      .setAttribute(value as string, more)
      .setAttributes(value as never)
    span.addEvent(value as string, more as never).recordException(error)
    span
      .setStatus(more as "ok", value as string)
      .setStatus("error", error as string)
      .updateName(more as string)
    span.end(value as number)
    span.end(more as number)
  }
})

describe("a tracing that is closed", () => {
  it("counts spans that are open, and later ones, as dropped", async () => {
    const tracing = createMemoryTracing()
    tracing.startSpan("kept").end()
    const open = tracing.startSpan("open")
    await tracing.close()
    open.end()
    const late = tracing.startSpan("late", { parent: CONTEXT })
    late.end()
    expect(tracing.stats()).toEqual({ started: 3, ended: 3, exported: 1, dropped: 2, pending: 0, sampledOut: 0 })
    expect(tracing.getSpans().map(({ name }) => name)).toEqual(["kept"])
    expect(late.context).toMatchObject({ traceId: TRACE, sampled: false })
  })
})
