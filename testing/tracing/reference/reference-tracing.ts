import { AsyncLocalStorage } from "node:async_hooks"
import type {
  ITracingService,
  ITracingSpans,
  SpanHandle,
  SpanOptions,
  TraceContext,
  TracingCapabilities,
} from "../../../contracts/tracing/tracing.ts"
import type { Carrier } from "./carriers.ts"
import type { HeldSpan } from "./sending.ts"
import { ReferenceSpans } from "./spans.ts"

/** Stands for no span. It is not written to carriers. */
const NOWHERE: TraceContext = { traceId: "0".repeat(32), spanId: "0".repeat(16), sampled: false }

/** An AsyncLocalStorage, in words of its own: who reads the declarations of this package may have none of Node. */
interface ActiveContext {
  getStore(): TraceContext | undefined
  run<T>(context: TraceContext | undefined, fn: () => T): T
  enterWith(context: TraceContext | undefined): void
  disable(): void
}

/**
 * The shortest tracing that keeps the whole contract. Mutants and oddities are subclasses that change one line of it,
 * which is why it is made of small methods.
 */
export class ReferenceTracing extends ReferenceSpans implements ITracingService, ITracingSpans {
  capabilities: TracingCapabilities = { spans: true, exports: true, configurable: true }
  readonly active: ActiveContext = this.newContext()

  newContext(): ActiveContext {
    const active = new AsyncLocalStorage<TraceContext | undefined>()
    this.store.keepContext(() => active.disable())
    return active
  }

  startSpan(name: string, options?: SpanOptions): SpanHandle {
    return this.handleOf(this.begin(name, options ?? {}))
  }

  begin(name: unknown, options: SpanOptions): HeldSpan {
    const held = this.readSpan(name, options)
    if (!this.config.enabled) return this.unrecorded(options)
    this.began(held)
    return held
  }

  readSpan(name: unknown, options: SpanOptions): HeldSpan {
    try {
      return this.newSpan(name, options)
    } catch {
      // Options that cannot be read.
      return this.newSpan(name, {})
    }
  }

  /** Has ended before it begins, where its parent stands. */
  unrecorded(options: SpanOptions): HeldSpan {
    const held = this.readSpan("unrecorded", {})
    return { ...held, context: this.parentOf(options) ?? NOWHERE, endTime: held.startTime }
  }

  async withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    const held = this.begin(name, options ?? {})
    if (!this.config.enabled) return fn(this.handleOf(held))
    try {
      return await this.runWithin(held, () => fn(this.handleOf(held)))
    } catch (error) {
      this.failed(held, error)
      throw this.thrown(error)
    } finally {
      this.settled(held)
    }
  }

  runWithin<T>({ context }: HeldSpan, fn: () => T): T {
    return this.activate(context, fn)
  }

  failed(held: HeldSpan, error: unknown): void {
    this.exception(held, error)
    this.status(held, "error", this.messageIn(error))
  }

  /** What withSpan rejects with. */
  thrown(error: unknown): unknown {
    return error
  }

  settled(held: HeldSpan): void {
    this.finish(held)
  }

  activate<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.active.run(context, fn)
  }

  activeContext(): TraceContext | undefined {
    return this.active.getStore()
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.activate(this.contextOf(context), fn)
  }

  inject(carrier: Record<string, string>, context?: TraceContext): void {
    const held = this.contextOf(context ?? this.activeContext())
    if (held === undefined || !this.config.propagation.inject) return
    try {
      this.writeContext(carrier, held)
    } catch {
      // A carrier that takes nothing carries nothing.
    }
  }

  extract(carrier: Carrier): TraceContext | undefined {
    if (!this.config.propagation.extract) return undefined
    try {
      return this.readContext(carrier)
    } catch {
      return undefined
    }
  }
}
