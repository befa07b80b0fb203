import { setImmediate as macrotask } from "node:timers/promises"
import { describe, expect, it, vi } from "vitest"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { SpanHandle, Tracing, TracingImplementation } from "../../contracts/tracing/tracing.ts"
import { SPAN, TRACE } from "./hostile.fixture.ts"
import { asTracing } from "./portable-tracing.ts"
import { failing, forever, standIn } from "./stand-in.fixture.ts"

const CONTEXT = { traceId: TRACE, spanId: SPAN, sampled: true }
const NO_STATS = { started: 0, ended: 0, exported: 0, dropped: 0, pending: 0, sampledOut: 0 }

const METHODS = Object.keys(standIn())
const allBy = (method: () => never) => Object.fromEntries(METHODS.map((name) => [name, method])) as never

/** Everything that can be called, with what it gives. */
async function useAll(tracing: Tracing) {
  const span = tracing.startSpan("a")
  useSpan(span)
  const carrier = {}
  tracing.inject(carrier, CONTEXT)
  tracing.clearSpans()
  return {
    context: span.context,
    ran: tracing.run(CONTEXT, () => 1),
    inSpan: await tracing.withSpan("a", {}, (inner) => {
      useSpan(inner)
      return 2
    }),
    carrier,
    active: tracing.activeContext(),
    found: tracing.extract({}),
    config: tracing.getConfig(),
    stats: tracing.stats(),
    spans: tracing.getSpans(),
    flushed: await tracing.flush(),
  }
}

function useSpan(span: SpanHandle): void {
  span.setAttribute("a", 1).setAttributes({}).addEvent("e").recordException(1).setStatus("ok").updateName("b").end()
}

const NOTHING = {
  context: { traceId: "0".repeat(32), spanId: "0".repeat(16), sampled: false },
  ...{ ran: 1, inSpan: 2, carrier: {}, active: undefined, found: undefined, config: {}, stats: NO_STATS, spans: [] },
  flushed: undefined,
}

describe("asTracing", () => {
  it("hands on what the implementation gives", async () => {
    const tracing = asTracing(standIn())
    await tracing.withSpan("outer", {}, () => tracing.startSpan("inner").setAttribute("a", 1).end())
    const [inner, outer] = tracing.getSpans()
    expect(inner).toMatchObject({ name: "inner", attributes: { a: 1 }, parentSpanId: outer?.context.spanId })
    expect(tracing.stats()).toEqual({ ...NO_STATS, started: 2, ended: 2, exported: 2 })
  })

  it("gives a tracing as it is", () => {
    const tracing = createMemoryTracing()
    expect(asTracing(tracing)).toBe(tracing)
  })

  it.each([
    ["throws", failing],
    ["rejects", (async () => failing()) as never],
  ])("keeps from the host that each method %s", async (_, method) => {
    expect(await useAll(asTracing(allBy(method)))).toEqual(NOTHING)
    await macrotask()
  })

  it.each([
    ["undefined", () => undefined],
    ["null", () => null],
    ["text", () => "x"],
    ["an empty object", () => ({})],
  ])("keeps from the host that each method gives %s", async (_, method) => {
    expect(await useAll(asTracing(allBy(method as () => never)))).toEqual(NOTHING)
  })

  it("keeps from the host that the methods of a span throw, or reject", async () => {
    for (const method of [failing, async () => failing()]) {
      const span = { context: CONTEXT, end: method, setAttribute: method, setAttributes: method, addEvent: method }
      const more = { recordException: method, setStatus: method, updateName: method }
      const tracing = asTracing(standIn({ startSpan: () => ({ ...span, ...more }) as unknown as SpanHandle }))
      useSpan(tracing.startSpan("a"))
      expect(tracing.startSpan("a").context).toEqual(CONTEXT)
    }
    await macrotask()
  })

  it("gives each method of a span back the span", () => {
    const span = asTracing(standIn()).startSpan("a")
    expect(span.setAttribute("a", 1)).toBe(span)
    expect(span.recordException(1)).toBe(span)
  })

  it("gives stats as numbers, whatever there is", () => {
    const stats = {
      started: 2,
      ended: "1",
      exported: Number.NaN,
      get dropped() {
        return failing()
      },
    }
    expect(asTracing(standIn({ stats: () => stats as never })).stats()).toEqual({ ...NO_STATS, started: 2, ended: 1 })
  })

  it("tells its capabilities from its methods, and takes those that are declared", () => {
    const { clearSpans: _, getSpans: __, ...blind } = standIn()
    expect(asTracing(blind).capabilities).toEqual({ spans: false, exports: false, configurable: false })
    expect(asTracing(standIn()).capabilities.spans).toBe(true)
    expect(asTracing(standIn(), { capabilities: { exports: true } }).capabilities.exports).toBe(true)
    expect(asTracing(blind).getSpans()).toEqual([])
    expect(() => asTracing(blind).clearSpans()).not.toThrow()
  })

  it("hands a trusted implementation on without a layer of its own", () => {
    const implementation = standIn()
    const span = implementation.startSpan("a")
    const tracing = asTracing({ ...implementation, startSpan: () => span }, { trusted: true })
    expect(tracing.startSpan("a")).toBe(span)
  })
})

describe("withSpan of an implementation", () => {
  const error = new Error("from the callback")

  async function outcomeOf(withSpan: TracingImplementation["withSpan"], fn: () => unknown, advanceMs = 0) {
    const clock = createManualClock()
    const tracing = asTracing(standIn({ withSpan }), { clock })
    const outcome = tracing.withSpan("a", {}, fn).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    await clock.advance(advanceMs)
    return outcome
  }

  const faults: readonly [string, TracingImplementation["withSpan"], number][] = [
    ["throws before the callback", failing, 0],
    ["rejects before the callback", async () => failing(), 0],
    ["throws after the callback", async (_, __, fn) => [await fn(fakeSpan()), failing()][0] as never, 0],
    ["calls it twice", async (_, __, fn) => [await fn(fakeSpan()), await fn(fakeSpan())][0] as never, 0],
    ["calls it without a span", async (_, __, fn) => fn(undefined as never), 0],
    ["calls it later", async (_, __, fn) => [await macrotask(), await fn(fakeSpan())][1] as never, 0],
    ["never calls it", async () => undefined as never, 0],
    ["never calls it, and never settles", forever, 200],
    ["calls it, and never settles", (_, __, fn) => [fn(fakeSpan()), forever()][1] as never, 200],
    ["gives something else", async (_, __, fn) => [await fn(fakeSpan()), "else"][1] as never, 0],
    ["swallows what it throws", async (_, __, fn) => Promise.resolve(fn(fakeSpan())).catch(() => 1) as never, 0],
    ["throws something else", (_, __, fn) => Promise.resolve(fn(fakeSpan())).catch(failing), 0],
  ]

  it.each(faults)("that %s runs the callback once, and gives what it gives", async (_, withSpan, ms) => {
    const fn = vi.fn(async () => 1)
    expect(await outcomeOf(withSpan, fn, ms)).toEqual({ value: 1 })
    expect(fn).toHaveBeenCalledTimes(1)
  })

  it.each(faults)("that %s rejects with what the callback rejects with", async (_, withSpan, ms) => {
    const fn = vi.fn(async () => {
      throw error
    })
    expect(await outcomeOf(withSpan, fn, ms)).toStrictEqual({ error })
    expect(fn).toHaveBeenCalledTimes(1)
  })

  it("rejects with what the callback throws at once", async () => {
    const thrown = await outcomeOf(standIn().withSpan, () => {
      throw undefined
    })
    expect(thrown).toEqual({ error: undefined })
  })

  it("does not run the callback again where the implementation calls it after all", async () => {
    const clock = createManualClock()
    let late: () => void = () => {}
    const withSpan: TracingImplementation["withSpan"] = (_, __, fn) => {
      late = () => void fn(fakeSpan())
      return forever()
    }
    const fn = vi.fn(() => 1)
    const outcome = asTracing(standIn({ withSpan }), { clock }).withSpan("a", {}, fn)
    await clock.advance(200)
    late()
    await clock.advance(200)
    expect(await outcome).toBe(1)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  it("has ended the span when it settles", async () => {
    const tracing = asTracing(standIn())
    await tracing.withSpan("a", {}, () => 1)
    expect(tracing.getSpans()).toHaveLength(1)
  })
})

describe("run of an implementation", () => {
  it.each<[string, TracingImplementation["run"]]>([
    ["throws", failing],
    ["never calls the callback", () => undefined as never],
    ["calls it twice", (_, fn) => [fn(), fn()][0] as never],
    ["gives something else", (_, fn) => [fn(), "else"][1] as never],
    ["throws after it", (_, fn) => [fn(), failing()][0] as never],
    ["calls it later", ((_: unknown, fn: () => unknown) => macrotask().then(fn)) as never],
    ["rejects", (async () => failing()) as never],
  ])("that %s runs it once, and gives what it gives or throws what it throws", async (_, run) => {
    const tracing = asTracing(standIn({ run }))
    const giving = vi.fn(() => 1)
    expect(tracing.run(CONTEXT, giving)).toBe(1)
    const error = new Error("from the callback")
    const throwing = vi.fn(() => {
      throw error
    })
    expect(() => tracing.run(CONTEXT, throwing)).toThrow(error)
    await macrotask()
    expect([giving, throwing].map((fn) => fn.mock.calls.length)).toEqual([1, 1])
  })
})

describe("flush, close and health of an implementation", () => {
  it.each([0, 100, undefined])("flush(%s) resolves in time where it never settles", async (timeoutMs) => {
    const clock = createManualClock()
    const settled = vi.fn()
    void asTracing(standIn({ flush: forever }), { clock })
      .flush(timeoutMs)
      .then(settled)
    await clock.advance((timeoutMs ?? 5000) - 1)
    expect(settled).not.toHaveBeenCalled()
    await clock.advance(251)
    expect(settled).toHaveBeenCalledTimes(1)
  })

  it.each([[Number.NaN], [-1], ["x"], [null], [{}]])("flush takes %s for nothing said", async (timeoutMs) => {
    const flush = vi.fn(async () => {})
    await asTracing(standIn({ flush })).flush(timeoutMs as number)
    expect(flush).toHaveBeenCalledWith(5000)
  })

  it("flush takes a time without end", async () => {
    await asTracing(standIn()).flush(Number.POSITIVE_INFINITY)
  })

  it("close resolves within 5,250 ms where it never settles", async () => {
    const clock = createManualClock()
    const settled = vi.fn()
    void asTracing(standIn({ close: forever }), { clock })
      .close()
      .then(settled)
    await clock.advance(5250)
    expect(settled).toHaveBeenCalledTimes(1)
  })

  it("close resolves where it throws, and closes once", async () => {
    const close = vi.fn(failing)
    const tracing = asTracing(standIn({ close }))
    await Promise.all([tracing.close(), tracing.close()])
    await tracing.close()
    expect(close).toHaveBeenCalledTimes(1)
  })

  it("still hands calls on after close", async () => {
    const tracing = asTracing(standIn())
    await tracing.close()
    tracing.startSpan("a").end()
    expect(await tracing.withSpan("b", {}, () => 1)).toBe(1)
    expect(tracing.stats().started).toBe(2)
    await tracing.flush()
    expect((await tracing.healthCheck()).status).toBe("unhealthy")
  })

  it("is healthy while stats answers, and unhealthy where it throws", async () => {
    expect((await asTracing(standIn()).healthCheck()).status).toBe("healthy")
    expect((await asTracing(standIn({ stats: failing })).healthCheck()).status).toBe("unhealthy")
  })

  it("asks its own health check, within its bound", async () => {
    const clock = createManualClock()
    const status = asTracing({ ...standIn(), healthCheck: forever }, { clock, healthTimeoutMs: 50 }).healthCheck()
    await clock.advance(50)
    expect(await status).toMatchObject({ status: "unhealthy", details: { code: "TIMEOUT" } })
  })

  it("has the stats as metrics", async () => {
    const tracing = asTracing(standIn())
    tracing.startSpan("a").end()
    expect(await tracing.getMetrics()).toEqual({ ...NO_STATS, started: 1, ended: 1, exported: 1 })
  })
})

function fakeSpan(): SpanHandle {
  return createMemoryTracing().startSpan("fake")
}
