import type { RecordedSpan, SpanQuery } from "../../../contracts/tracing/tracing.ts"
import type { MemorySpan } from "./span.ts"

/** The last so many spans that ended. */
export class SpanRing {
  readonly #max: number
  #spans: MemorySpan[] = []
  /** Where the next one goes once the ring is full: the oldest stands there. */
  #next = 0

  constructor(max: number) {
    this.#max = max
  }

  add(span: MemorySpan): void {
    if (this.#spans.length < this.#max) {
      this.#spans.push(span)
      return
    }
    this.#spans[this.#next] = span
    this.#next = (this.#next + 1) % this.#max
  }

  clear(): void {
    this.#spans = []
    this.#next = 0
  }

  /** The oldest first. */
  list({ name, traceId }: SpanQuery = {}): readonly RecordedSpan[] {
    const inOrder = [...this.#spans.slice(this.#next), ...this.#spans.slice(0, this.#next)]
    return inOrder
      .filter((span) => traceId === undefined || span.context.traceId === traceId)
      .filter((span) => name === undefined || span.name === name)
      .map((span) => span.recorded())
  }
}
