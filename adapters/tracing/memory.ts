/**
 * Tracing in this process: the last spans are kept, and can be read and printed. It needs no package.
 *
 * @example
 * const tracing = createMemoryTracing()
 * await tracing.withSpan("checkout", {}, async (span) => {
 *   span.setAttribute("cart.items", 3)
 *   await tracing.withSpan("pay", { kind: "client" }, pay)
 * })
 * console.log(formatTraces(tracing.getSpans()))
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type {
  ITracingService,
  ITracingSpans,
  RecordedSpan,
  SpanHandle,
  SpanOptions,
  SpanQuery,
  TraceContext,
  Tracing,
  TracingCapabilities,
  TracingConfig,
  TracingStats,
} from "../../contracts/tracing/tracing.ts"
import type { Carrier } from "../../core/foundation/trace-context/carrier.ts"
import { tracingOptions } from "../../core/tracing/for-adapters.ts"
import { asTracing } from "../../core/tracing/portable-tracing.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { TracingEngine } from "./engine/tracing-engine.ts"
import { MemoryStore } from "./memory-engine/memory-store.ts"

export const memoryTracingOptionsSchema = z.strictObject({
  ...tracingOptions,
  /** So many spans are kept; the oldest make room. */
  maxSpans: z._default(z.int().check(z.gte(1), z.lte(1_000_000)), 10_000),
  /** So many bytes of spans are kept, about; the oldest make room. */
  maxBytes: z._default(z.int().check(z.gte(1)), 50_000_000),
  /** The name of this service, which rules of sampling may ask for. */
  serviceName: z.optional(z.string()),
})
export type MemoryTracingOptions = z.input<typeof memoryTracingOptionsSchema>
type ParsedOptions = z.output<typeof memoryTracingOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryTracing(
  options: MemoryTracingOptions = {},
  context: Partial<AdapterContext> = {},
): Tracing {
  return openMemoryTracing(parseOptions(memoryTracingOptionsSchema, options, "memory tracing"), {
    ...defaultContext("tracing"),
    ...context,
  })
}

/** Of options that are checked. */
function openMemoryTracing(options: ParsedOptions, context: AdapterContext): Tracing {
  const capabilities: TracingCapabilities = { spans: true, exports: false, configurable: true }
  const { clock } = context
  return asTracing(new MemoryTracing(options, context), { adapter: "memory", capabilities, clock, trusted: true })
}

export const memoryTracing = defineAdapter({
  service: "tracing",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryTracingOptionsSchema,
  create: openMemoryTracing,
})

class MemoryTracing implements ITracingService, ITracingSpans {
  readonly #engine: TracingEngine
  readonly #store: MemoryStore
  readonly #config: TracingConfig

  constructor({ maxBytes, maxSpans, serviceName = "", ...options }: ParsedOptions, context: AdapterContext) {
    this.#store = new MemoryStore({ maxBytes, maxSpans })
    this.#engine = new TracingEngine({ ...options, service: serviceName }, context, this.#store)
    this.#config = options
  }

  startSpan(name: string, options?: SpanOptions): SpanHandle {
    return this.#engine.startSpan(name, options)
  }

  withSpan<T>(name: string, options: SpanOptions, fn: (span: SpanHandle) => T | Promise<T>): Promise<T> {
    return this.#engine.withSpan(name, options, fn)
  }

  activeContext(): TraceContext | undefined {
    return this.#engine.activeContext()
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.#engine.run(context, fn)
  }

  inject(carrier: Record<string, string>, context?: TraceContext): void {
    this.#engine.inject(carrier, context)
  }

  extract(carrier: Carrier): TraceContext | undefined {
    return this.#engine.extract(carrier)
  }

  getConfig(): TracingConfig {
    return structuredClone(this.#config)
  }

  stats(): TracingStats {
    return this.#engine.counts.stats
  }

  /** Nothing waits. */
  async flush(): Promise<void> {}

  getSpans(query?: SpanQuery): readonly RecordedSpan[] {
    return this.#store.ring.list(query)
  }

  clearSpans(): void {
    this.#store.ring.clear()
  }

  async close(): Promise<void> {
    this.#engine.stop()
    this.#engine.counts.close()
    this.#store.close()
  }
}
