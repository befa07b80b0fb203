import { SpanKind, type Tracer } from "@opentelemetry/api"
import type { Tracing } from "../contracts/tracing/tracing.ts"
import { cpuTime } from "./elapsed.ts"
import type { Target } from "./suite.ts"

/** So many spans end, and are then sent or forgotten: one batch, which does not leave by itself. */
const TOGETHER = 500
const BATCHES = 100

interface Loop {
  /** One span with five attributes, or without where it is not recorded. @returns Whether it was as it must be. */
  span(index: number): boolean
  /** Sends or forgets what has ended. @returns How many there were. */
  settle(): Promise<number>
  close(): Promise<unknown>
  /** Whether spans are recorded. */
  readonly isSampled: boolean
}

/** What a span costs its caller, in milliseconds of processor time: sending is not timed, but all must have arrived. */
export function costOf({ close, isSampled, settle, span }: Loop): Target {
  const round = async () => {
    let used = 0
    for (let batch = 0; batch < BATCHES; batch++) {
      const began = cpuTime()
      for (let index = 0; index < TOGETHER; index++) if (!span(index)) throw new Error("wrong span")
      used += cpuTime() - began
      if ((await settle()) !== (isSampled ? TOGETHER : 0)) throw new Error("a span is missing")
    }
    return used / (BATCHES * TOGETHER)
  }
  let warm: Promise<number> | undefined
  return {
    async measure() {
      warm ??= round()
      await warm
      return round()
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

const CALLS = 1_000_000

/** Nanoseconds of processor time that one of a million calls takes. `run` makes so many, and checks each. */
export function nanosecondsOf(run: (count: number) => Promise<void>): Target {
  let warm: Promise<void> | undefined
  return {
    async measure() {
      warm ??= run(CALLS / 10)
      await warm
      const began = cpuTime()
      await run(CALLS)
      return Math.round(((cpuTime() - began) * 1_000_000) / CALLS)
    },
  }
}
