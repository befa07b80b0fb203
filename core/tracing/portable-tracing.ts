import { isPlainObject } from "../../contracts/foundation/plain-object.ts"
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
import { heard, QuietSpan, quietly } from "./quiet-span.ts"
import { safeContext } from "./safe/context.ts"
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
    return quietly(() => new QuietSpan(heard(this.implementation.startSpan(name, options))), unrecorded)
  }

  withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    if (this.#isTrusted) return this.implementation.withSpan(name, options, fn)
    return this.#withSpan(name, options, fn)
  }

  /** What comes of it is what comes of `fn`, which runs once, however the implementation calls it or settles. */
  async #withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    let outcome: Promise<T> | undefined
    let begin: () => void = nothing
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const once = (span: SpanHandle) => {
      outcome ??= (async () => fn(span))()
      // It is awaited below, though not at once.
      outcome.catch(nothing)
      begin()
      return outcome
    }
    // What it rejects with is its own fault, or that of `fn`.
    const theirs = settled(async () => {
      await this.implementation.withSpan(name, options, (span) => once(new QuietSpan(span)))
    })
    if (outcome === undefined) await this.#patiently(Promise.race([begun, theirs]))
    const isTheirs = outcome !== undefined
    const ours = once(unrecorded())
    await settled(() => ours)
    if (isTheirs) await this.#patiently(theirs)
    return ours
  }

  /** Waits for the implementation, and not for ever. */
  async #patiently(asked: Promise<void>): Promise<void> {
    await bounded(asked, this.clock, GRACE_MS, nothing)
  }

  activeContext(): TraceContext | undefined {
    const active = quietly(() => this.implementation.activeContext(), nothing)
    return this.#isTrusted ? active : safeContext(active)
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    if (this.#isTrusted) return this.implementation.run(context, fn)
    let outcome: (() => T) | undefined
    const once = () => {
      outcome ??= outcomeOf(fn)
      return outcome()
    }
    let theirs: unknown
    try {
      theirs = this.implementation.run(context, once)
    } catch {
      // Its own fault, or that of `fn`.
    }
    try {
      const ours = once()
      // A promise of the callback is the host's to wait for.
      if (ours !== theirs) heard(theirs)
      return ours
    } catch (error) {
      heard(theirs)
      throw error
    }
  }

  inject(carrier: Record<string, string>, context?: TraceContext): void {
    quietly(() => this.implementation.inject(carrier, context), nothing)
  }

  extract(carrier: Carrier): TraceContext | undefined {
    const found = quietly(() => this.implementation.extract(carrier), nothing)
    return this.#isTrusted ? found : safeContext(found)
  }

  getConfig(): TracingConfig {
    if (this.#isTrusted) return this.implementation.getConfig()
    // A copy, so that a member that throws does it here.
    const copy = quietly((): unknown => {
      const config: unknown = heard(this.implementation.getConfig())
      return isPlainObject(config) ? { ...config } : undefined
    }, nothing)
    return copy ?? {}
  }

  stats(): TracingStats {
    const given = quietly(() => this.implementation.stats(), nothing)
    return this.#isTrusted && given !== undefined ? given : safeStats(given)
  }

  async flush(timeoutMs?: number): Promise<void> {
    const ms = safeTimeout(timeoutMs)
    await this.#inTime(async () => {
      if (this.hasLayers) await this.call("flush", [ms])
      else await this.implementation.flush(ms)
    }, ms)
  }

  getSpans(query?: SpanQuery): readonly RecordedSpan[] {
    const spans: unknown = quietly(() => this.implementation.getSpans?.(query), nothing)
    return Array.isArray(spans) ? spans : []
  }

  clearSpans(): void {
    quietly(() => this.implementation.clearSpans?.(), nothing)
  }

  override close(): Promise<void> {
    return this.#inTime(() => super.close(), CLOSE_MS)
  }

  /** Resolves always, and not much later than `ms`. */
  async #inTime(run: () => Promise<void>, ms: number): Promise<void> {
    await bounded(settled(run), this.clock, ms + GRACE_MS, nothing)
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

/** How long `close` may take. */
const CLOSE_MS = 5000
/** How much longer than their time `flush` and `close` may take, and how long a callback waits for the implementation. */
const GRACE_MS = 200
const FLUSH_MS = 5000

function safeTimeout(ms: unknown): number {
  return typeof ms === "number" && ms >= 0 ? Math.min(ms, MAX_TIMEOUT_MS) : FLUSH_MS
}

const MAX_TIMEOUT_MS = 2_147_483_647 - GRACE_MS

const STATS = ["started", "ended", "exported", "dropped", "pending", "sampledOut"] as const

/** Each number that was given; 0 for all else. */
function safeStats(given: unknown): TracingStats {
  const number = (name: string) =>
    quietly(() => Number((given as Readonly<Record<string, unknown>>)[name]), nothing) || 0
  return Object.fromEntries(STATS.map((name) => [name, number(name)])) as unknown as TracingStats
}

/** Gives what `fn` gave, or throws what it threw, each time. */
function outcomeOf<T>(fn: () => T): () => T {
  try {
    const value = fn()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** Resolves once it has settled. */
async function settled(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch {
    // Only the end of it counts.
  }
}

function nothing(): undefined {
  return undefined
}

function unrecorded(): SpanHandle {
  return new UnrecordedSpan(NOWHERE, nothing)
}
