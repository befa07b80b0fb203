import { SpanKind, type Tracer } from "@opentelemetry/api"
import type { Tracing } from "../contracts/tracing/tracing.ts"
import type { Target } from "./suite.ts"

/** So many spans end, and are then sent or forgotten: one batch, which does not leave by itself. */
const TOGETHER = 500

interface Loop {
  /** One span with five attributes, or without where it is not recorded. @returns Whether it was as it must be. */
  span(index: number): boolean
  /** Sends or forgets what has ended. @returns How many there were. */
  settle(): Promise<number>
  close(): Promise<unknown>
  /** Whether spans are recorded. */
  readonly isSampled: boolean
}

/** Spans one after the other. That all of them arrived is checked for each batch. */
export function spanning({ close, isSampled, settle, span }: Loop): Target {
  return {
    async run(count) {
      for (let done = 0; done < count; ) {
        const wanted = Math.min(TOGETHER, count - done)
        for (let index = 0; index < wanted; index++) if (!span(index)) throw new Error("wrong span")
        if ((await settle()) !== (isSampled ? wanted : 0)) throw new Error("a span is missing")
        done += wanted
      }
    },
    close: async () => void (await close()),
  }
}

export function spanOfOurs(tracing: Tracing, isSampled = true) {
  return (index: number): boolean => {
    const span = tracing.startSpan("cache.get", { kind: "client" })
    span.setAttribute("db.system.name", "redis")
    span.setAttribute("server.port", 6379)
    span.setAttribute("cache.hit", true)
    span.setAttribute("tenant", "acme")
    span.setAttribute("items", index)
    span.end()
    return span.context.sampled === isSampled
  }
}

export function spanOfSdk(tracer: Tracer, isSampled = true) {
  return (index: number): boolean => {
    const span = tracer.startSpan("cache.get", { kind: SpanKind.CLIENT })
    span.setAttribute("db.system.name", "redis")
    span.setAttribute("server.port", 6379)
    span.setAttribute("cache.hit", true)
    span.setAttribute("tenant", "acme")
    span.setAttribute("items", index)
    span.end()
    return (span.spanContext().traceFlags === 1) === isSampled
  }
}

/** Nanoseconds of one call, the fastest of some runs. */
export function nanosecondsOf(call: (index: number) => boolean): Target {
  const CALLS = 100_000
  return {
    async measure() {
      let least = Number.POSITIVE_INFINITY
      for (let round = 0; round < 10; round++) {
        const began = process.hrtime.bigint()
        for (let index = 0; index < CALLS; index++) if (!call(index)) throw new Error("wrong span")
        least = Math.min(least, Number(process.hrtime.bigint() - began) / CALLS)
      }
      return Math.round(least)
    },
  }
}
