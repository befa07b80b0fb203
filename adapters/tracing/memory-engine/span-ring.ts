import type { RecordedSpan, SpanQuery } from "../../../contracts/tracing/tracing.ts"
import type { MemorySpan } from "./span.ts"

export interface RingLimits {
  readonly maxSpans: number
  /** About. */
  readonly maxBytes: number
}

/** The last spans that ended, as many as fit. */
export class SpanRing {
  readonly #limits: RingLimits
  #spans: (MemorySpan | undefined)[] = []
  /** Where the oldest stands; nothing stands before it. */
  #oldest = 0
  #bytes = 0

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  add(span: MemorySpan): void {
    const { maxBytes, maxSpans } = this.#limits
    this.#spans.push(span)
    this.#bytes += span.bytes
    while (this.#spans.length - this.#oldest > maxSpans || this.#bytes > maxBytes) this.#dropOldest()
    // Half of it is empty: what is copied now was added since the last time.
    if (this.#oldest > this.#spans.length / 2) this.#spans = this.#kept()
  }

  #dropOldest(): void {
    this.#bytes -= this.#spans[this.#oldest]?.bytes ?? 0
    this.#spans[this.#oldest++] = undefined
  }

  #kept(): MemorySpan[] {
    const kept = this.#spans.slice(this.#oldest) as MemorySpan[]
    this.#oldest = 0
    return kept
  }

  clear(): void {
    this.#spans = []
    this.#oldest = 0
    this.#bytes = 0
  }

  /** The oldest first. */
  list({ name, traceId }: SpanQuery = {}): readonly RecordedSpan[] {
    const kept = this.#spans.slice(this.#oldest) as MemorySpan[]
    return kept
      .filter((span) => traceId === undefined || span.context.traceId === traceId)
      .filter((span) => name === undefined || span.name === name)
      .map((span) => span.recorded())
  }
}
