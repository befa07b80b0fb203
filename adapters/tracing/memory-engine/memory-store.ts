import { AsyncLocalStorage } from "node:async_hooks"
import type { SpanHandle, TraceContext } from "../../../contracts/tracing/tracing.ts"
import type { SpanStart, SpanStore, TracingEngine } from "../engine/tracing-engine.ts"
import { MemorySpan } from "./span.ts"
import { type RingLimits, SpanRing } from "./span-ring.ts"

/** Keeps the last spans. */
export class MemoryStore implements SpanStore {
  readonly ring: SpanRing
  readonly #active = new AsyncLocalStorage<TraceContext | undefined>()

  constructor(limits: RingLimits) {
    this.ring = new SpanRing(limits)
  }

  begin(start: SpanStart, engine: TracingEngine): SpanHandle {
    return new MemorySpan(start, engine, start.context.sampled ? this.#keep : undefined)
  }

  readonly #keep = (span: MemorySpan) => this.ring.add(span)

  active(): TraceContext | undefined {
    return this.#active.getStore()
  }

  runIn<T>({ context }: SpanHandle, fn: () => T): T {
    return this.#active.run(context, fn)
  }

  run<T>(context: TraceContext | undefined, fn: () => T): T {
    return this.#active.run(context, fn)
  }

  /** No context is active any more. On Node 20 one that is not ended costs each promise of the process. */
  close(): void {
    this.#active.disable()
  }
}
