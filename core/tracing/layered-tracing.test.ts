import { describe, expect, it, vi } from "vitest"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { MethodCall } from "../../contracts/foundation/methods.ts"
import type { Tracing } from "../../contracts/tracing/tracing.ts"
import { withBreaker } from "../foundation/breaker.ts"
import { withRetry } from "../foundation/retry.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { wrap } from "../foundation/wrap.ts"
import { asTracing } from "./portable-tracing.ts"
import { failing, forever, standIn } from "./stand-in.fixture.ts"

describe("a tracing behind layers", () => {
  function logged(inner: Tracing = createMemoryTracing()) {
    const calls: MethodCall[] = []
    const tracing = wrap(inner, (call, next) => {
      calls.push(call)
      return next()
    })
    return { calls, inner, tracing }
  }

  it("answers at once, without the layers", async () => {
    const { calls, inner, tracing } = logged()
    const span = tracing.startSpan("a")
    span.end()
    expect(tracing.run(span.context, () => tracing.activeContext())).toEqual(span.context)
    const carrier = {}
    tracing.inject(carrier, span.context)
    expect(tracing.extract(carrier)).toMatchObject({ traceId: span.context.traceId })
    expect(await tracing.withSpan("b", {}, (inner) => tracing.activeContext() === inner.context)).toBe(true)
    expect(tracing.getSpans()).toEqual(inner.getSpans())
    expect(tracing.stats()).toEqual(inner.stats())
    expect(tracing.capabilities).toEqual(inner.capabilities)
    expect(calls).toEqual([])
  })

  it("sends a flush through them", async () => {
    const { calls, tracing } = logged()
    await tracing.flush(100)
    expect(calls.map(({ args, method }) => [method, args])).toEqual([["flush", [100]]])
  })

  it("resolves a flush whose layer fails, or never settles", async () => {
    const clock = createManualClock()
    const inner = asTracing(standIn(), { clock })
    await wrap(inner, async () => failing()).flush()
    const flushed = wrap(inner, forever).flush(100)
    await clock.advance(350)
    await flushed
  })

  it("repeats a flush, and bounds it", async () => {
    const flush = vi.fn(async () => {
      throw new ServiceError("UNAVAILABLE", "away")
    })
    const clock = { ...createManualClock(), sleep: async () => {} }
    await withRetry(asTracing(standIn({ flush }), { clock }), { clock }).flush()
    expect(flush).toHaveBeenCalledTimes(3)
    const manual = createManualClock()
    const slow = asTracing(standIn({ flush: forever }), { clock: manual })
    const flushed = withTimeout(slow, { timeoutMs: 10, clock: manual }).flush()
    await manual.advance(10)
    await flushed
  })

  it("stays a tracing behind several, of which each can be closed", async () => {
    const inner = createMemoryTracing()
    const tracing = withBreaker(withRetry(withTimeout(inner, { timeoutMs: 1000 })))
    tracing.startSpan("a").end()
    expect(tracing.getSpans()).toHaveLength(1)
    expect((await tracing.healthCheck()).status).toBe("healthy")
    await tracing.close()
    expect((await inner.healthCheck()).status).toBe("unhealthy")
    tracing.startSpan("b").end()
    expect(tracing.stats().dropped).toBe(1)
    await tracing.flush()
  })

  it("takes what stands in for a tracing", () => {
    const inner = createMemoryTracing()
    const proxy = new Proxy(inner, {
      get: (target, key) => {
        const member = Reflect.get(target, key, target) as unknown
        return typeof member === "function" ? member.bind(target) : member
      },
    })
    const { calls, tracing } = logged(proxy)
    tracing.startSpan("a").end()
    expect(inner.getSpans()).toHaveLength(1)
    expect(calls).toEqual([])
  })
})
