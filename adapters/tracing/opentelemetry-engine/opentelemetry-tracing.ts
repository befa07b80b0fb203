import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type {
  ITracingService,
  SpanHandle,
  SpanOptions,
  TraceContext,
  TracingConfig,
  TracingStats,
} from "../../../contracts/tracing/tracing.ts"
import type { Carrier } from "../../../core/foundation/trace-context/carrier.ts"
import type { TracingEngine } from "../engine/tracing-engine.ts"
import type { SdkSpan } from "./provider.ts"
import type { SpanSender } from "./sender.ts"
import type { SpanQueue } from "./span-queue.ts"

/** Where spans leave the process; there is none of these where the provider of the host exports. */
interface Export {
  readonly queue: SpanQueue<SdkSpan>
  readonly sender: SpanSender<SdkSpan>
}

interface TracingParts {
  readonly engine: TracingEngine
  readonly config: TracingConfig
  readonly clock: AdapterContext["clock"]
  readonly shutdownTimeoutMs: number
  readonly export?: Export | undefined
  /** Runs where no span is active, and where nobody makes spans of requests. */
  aside<T>(fn: () => T): T
  /** What was registered for the process is so no more. */
  unregister(): void
  /** No context that is kept here is active any more. On Node 20 it costs each promise of the process. */
  end(): void
}

export class OpenTelemetryTracing implements ITracingService {
  readonly #parts: TracingParts

  constructor(parts: TracingParts) {
    this.#parts = parts
  }

  startSpan(name: string, options?: SpanOptions): SpanHandle {
    return this.#parts.engine.startSpan(name, options)
  }

  withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    return this.#parts.engine.withSpan(name, options, fn)
  }

  activeContext(): TraceContext | undefined {
    return this.#parts.engine.activeContext()
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.#parts.engine.run(context, fn)
  }

  inject(carrier: Record<string, string>, context?: TraceContext): void {
    this.#parts.engine.inject(carrier, context)
  }

  extract(carrier: Carrier): TraceContext | undefined {
    return this.#parts.engine.extract(carrier)
  }

  getConfig(): TracingConfig {
    return structuredClone(this.#parts.config)
  }

  stats(): TracingStats {
    return this.#parts.engine.counts.stats
  }

  /** The process lives on until it is over: who asks for it waits for it. */
  async flush(timeoutMs = 5000): Promise<void> {
    const { clock, export: leaving } = this.#parts
    if (leaving === undefined) return
    const over = new AbortController()
    const sent = this.#parts.aside(() => leaving.queue.flush())
    await Promise.race([sent, clock.sleep(timeoutMs, over.signal).catch(() => {})])
    over.abort()
  }

  /**
   * Unhealthy while the receiver is away; degraded once it refused spans, until it takes some. Where none are made, or the
   * application exports them, there is none to ask.
   */
  async healthCheck(signal?: AbortSignal): Promise<PluginHealthStatus> {
    const { aside, engine, export: leaving } = this.#parts
    if (leaving === undefined || !engine.options.enabled) return { status: "healthy", latency: 0 }
    await aside(() => leaving.sender.check(signal ?? new AbortController().signal))
    const { failure } = leaving.sender
    if (failure === undefined) return { status: "healthy", latency: 0 }
    const { code, message } = failure
    return { status: "degraded", message, latency: 0, details: { code } }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { ...this.stats() }
  }

  async close(): Promise<void> {
    const { end, engine, export: leaving, shutdownTimeoutMs, unregister } = this.#parts
    engine.stop()
    unregister()
    await this.flush(shutdownTimeoutMs)
    await leaving?.queue.stop()
    leaving?.sender.close()
    engine.counts.close()
    end()
  }
}
