/**
 * Tracing: what happened for one request, across functions, services and processes. Contract version 1.
 *
 * Implement `ITracingService`; `asTracing` from `@objectos/sdk` makes the full `Tracing` of it, and `tracingContract` from
 * `@objectos/sdk/testing` proves it. The rules, each under the id of its clause in the harness, are in `clauses.ts`.
 *
 * Tracing never slows or breaks its host. So its methods answer at once and throw nothing, but for the error of the
 * callback of `withSpan` and `run`; `flush` and `close` resolve always, and in time. Of the sentences that all services
 * share it keeps those that want no call to fail: not ERROR-01 to 03, FAULT-01 to 04 and 09, CLOSE-02, and not CLOSE-05,
 * since clients share nothing.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { TracingConfig } from "./config.ts"
import type { RecordedSpan, SpanHandle, SpanOptions, TraceContext } from "./span.ts"

export type * from "./config.ts"
export type * from "./span.ts"

/** What became of all spans since the start. */
export interface TracingStats {
  /** As many as have ended, and as are open. */
  readonly started: number
  /** As many as were exported and dropped, as are pending, and as were left out by sampling. */
  readonly ended: number
  /** Those that the receiver accepted. */
  readonly exported: number
  /** Those that it refused or did not get: more than the queue takes, too late, after close, open at close. */
  readonly dropped: number
  readonly pending: number
  readonly sampledOut: number
}

export interface ITracingService {
  startSpan(name: string, options?: SpanOptions): SpanHandle
  /**
   * Runs `fn` in a span, which is active in it and ends with it. What `fn` throws is recorded, sets the status `error`, and
   * is rejected with: the same value.
   */
  withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T>
  /** Where the active span stands. */
  activeContext(): TraceContext | undefined
  /** Runs `fn` where this context is the active one, `undefined` for none. It gives what `fn` gives, and throws what it throws. */
  run<T>(context: TraceContext | undefined, fn: () => T): T
  /** Writes a context, by default the active one, to headers or other metadata. */
  inject(carrier: Record<string, string>, context?: TraceContext): void
  /** Reads what `inject` wrote, here or elsewhere. Names have no case; what is malformed is not there. */
  extract(carrier: Readonly<Record<string, string | readonly string[] | undefined>>): TraceContext | undefined
  /** The configuration with its defaults, without secrets. */
  getConfig(): TracingConfig
  stats(): TracingStats
  /** Sends what is pending. @param timeoutMs Default 5,000. It resolves always, within it and 250 ms. */
  flush(timeoutMs?: number): Promise<void>
}

/** Spans that can be read where they were made. Capability `spans`. */
export interface ITracingSpans {
  /** Those that ended and are kept, the oldest first. */
  getSpans(query?: SpanQuery): readonly RecordedSpan[]
  /** Forgets them. The stats stay. */
  clearSpans(): void
}

export interface SpanQuery {
  readonly traceId?: string | undefined
  readonly name?: string | undefined
}

/** What an implementer writes: the base, and any of the optional interfaces. */
export type TracingImplementation = ITracingService & Partial<ITracingSpans & IHealthCheckable & IClosable>

export interface TracingCapabilities {
  readonly spans: boolean
  /** Spans leave the process. */
  readonly exports: boolean
  /** It is made with the keys of `TracingConfig`, and each of them acts. */
  readonly configurable: boolean
}

/** The tracing that users hold: one type, whatever adapter was chosen. */
export interface Tracing extends ITracingService, ITracingSpans, IHealthCheckable, IClosable {
  readonly capabilities: TracingCapabilities
}

const now = { kind: "now", idempotent: false } as const

export const tracingMethods = {
  startSpan: now,
  withSpan: { kind: "composite", idempotent: false },
  activeContext: now,
  run: now,
  inject: now,
  extract: now,
  getConfig: now,
  stats: now,
  flush: { kind: "write", idempotent: true },
  getSpans: { ...now, capability: "spans" },
  clearSpans: { ...now, capability: "spans" },
} as const satisfies MethodTable<Omit<Tracing, keyof IHealthCheckable | keyof IClosable | "capabilities">>
