import {
  type RecordedSpan,
  type SpanHandle,
  type SpanOptions,
  type SpanQuery,
  type TraceContext,
  type Tracing,
  type TracingCapabilities,
  type TracingConfig,
  type TracingImplementation,
  type TracingStats,
  tracingMethods,
} from "../../contracts/tracing/tracing.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { bounded } from "../foundation/bounded.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"
import type { Carrier } from "../foundation/trace-context/carrier.ts"
import { QuietSpan, quietly } from "./quiet-span.ts"
import { NOWHERE, UnrecordedSpan } from "./unrecorded-span.ts"

export interface AsTracingOptions extends PortableOptions {
  /** What the implementation can do. Default: told from the methods that it has. */
  capabilities?: Partial<TracingCapabilities> | undefined
}

/**
 * The full `Tracing` over any implementation of `ITracingService`.
 *
 * Adds bounds to flush, close and health, and keeps what the implementation throws away from the host. Optional methods
 * that it lacks give nothing. A `Tracing` is returned as it is.
 *
 * @example
 * const tracing = asTracing(new MyTracing())
 * await tracing.withSpan("checkout", {}, () => pay())
 */
export function asTracing(implementation: TracingImplementation, options: AsTracingOptions = {}): Tracing {
  if (portableInfo(implementation) !== undefined) return implementation as Tracing
  const told = { spans: implementation.getSpans !== undefined, exports: false, configurable: false }
  const capabilities = declared<TracingCapabilities>(told, implementation, options.capabilities)
  return new PortableTracing(baseOf("tracing", implementation, tracingMethods, options), capabilities)
}

/**
 * Calls go to the implementation at once, also after close: it counts what comes late. What it throws is kept away from
 * the host, and a span that it fails to give is one of which nothing is kept.
 */
class PortableTracing extends Portable<TracingImplementation> implements Tracing {
  readonly capabilities: TracingCapabilities
  /** The implementation never throws. */
  readonly #isTrusted: boolean

  constructor(base: Base<TracingImplementation>, capabilities: TracingCapabilities) {
    super(base)
    this.capabilities = capabilities
    this.#isTrusted = base.options.trusted ?? false
  }

  startSpan(name: string, options?: SpanOptions): SpanHandle {
    if (this.#isTrusted) return this.implementation.startSpan(name, options)
    return quietly(() => new QuietSpan(this.implementation.startSpan(name, options)), unrecorded)
  }

  withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    if (this.#isTrusted) return this.implementation.withSpan(name, options, fn)
    return this.#withSpan(name, options, fn)
  }

  /** What comes of it is what comes of `fn`, which runs once. */
  async #withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    let outcome: Promise<T> | undefined
    const once = (span: SpanHandle) => {
      outcome ??= (async () => fn(span))()
      return outcome
    }
    try {
      await this.implementation.withSpan(name, options, (span) => once(new QuietSpan(span)))
    } catch {
      // Its own fault, or that of `fn`.
    }
    return once(unrecorded())
  }

  activeContext(): TraceContext | undefined {
    return quietly(() => this.implementation.activeContext(), nothing)
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    if (this.#isTrusted) return this.implementation.run(context, fn)
    let outcome: { readonly value: T } | undefined
    let failure: { readonly error: unknown } | undefined
    const once = () => {
      try {
        outcome = { value: fn() }
      } catch (error) {
        failure = { error }
      }
    }
    quietly(() => this.implementation.run(context, once), nothing)
    if (outcome === undefined && failure === undefined) once()
    if (failure !== undefined) throw failure.error
    return (outcome as unknown as { readonly value: T }).value
  }

  inject(carrier: Record<string, string>, context?: TraceContext): void {
    quietly(() => this.implementation.inject(carrier, context), nothing)
  }

  extract(carrier: Carrier): TraceContext | undefined {
    return quietly(() => this.implementation.extract(carrier), nothing)
  }

  getConfig(): TracingConfig {
    return quietly(
      () => this.implementation.getConfig(),
      () => ({}),
    )
  }

  stats(): TracingStats {
    return quietly(
      () => this.implementation.stats(),
      () => NO_STATS,
    )
  }

  async flush(timeoutMs?: number): Promise<void> {
    const ms = safeTimeout(timeoutMs)
    await this.#inTime(async () => this.implementation.flush(ms), ms)
  }

  getSpans(query?: SpanQuery): readonly RecordedSpan[] {
    return quietly(
      () => this.implementation.getSpans?.(query) ?? [],
      () => [],
    )
  }

  clearSpans(): void {
    quietly(() => this.implementation.clearSpans?.(), nothing)
  }

  override close(): Promise<void> {
    return this.#inTime(() => super.close(), CLOSE_MS)
  }

  /** Resolves always, and not much later than `ms`. */
  async #inTime(run: () => Promise<void>, ms: number): Promise<void> {
    await bounded(run().catch(nothing), this.clock, ms + GRACE_MS, nothing)
  }

  protected sibling(base: Base<TracingImplementation>): PortableTracing {
    return new PortableTracing(base, this.capabilities)
  }

  /** Arguments are made safe, not refused. */
  protected admit(_method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    return args
  }

  protected async probe(): Promise<void> {
    this.implementation.stats()
  }

  protected override async metrics(): Promise<Record<string, number>> {
    return { ...this.stats() }
  }
}

/** How long `close` may take, and how much longer than that, and than its time, `flush`. */
const CLOSE_MS = 5000
const GRACE_MS = 200
const FLUSH_MS = 5000

function safeTimeout(ms: unknown): number {
  return typeof ms === "number" && ms >= 0 ? Math.min(ms, MAX_TIMEOUT_MS) : FLUSH_MS
}

const MAX_TIMEOUT_MS = 2_147_483_647 - GRACE_MS

const NO_STATS: TracingStats = { started: 0, ended: 0, exported: 0, dropped: 0, pending: 0, sampledOut: 0 }

function nothing(): undefined {
  return undefined
}

function unrecorded(): SpanHandle {
  return new UnrecordedSpan(NOWHERE, nothing)
}
