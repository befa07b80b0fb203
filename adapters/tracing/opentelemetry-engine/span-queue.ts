import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import type { SpanCounts } from "../../../core/tracing/span-counts.ts"

export interface QueueOptions<Span> {
  readonly maxQueueSize: number
  readonly maxBatchSize: number
  /** How long a span waits at most for others, in ms. */
  readonly delayMs: number
  /** How long a batch may take, with its retries, in ms. */
  readonly exportTimeoutMs: number
  readonly clock: Clock
  readonly counts: SpanCounts
  /** @returns How many spans the receiver took. Rejects where it took none. It ends with the signal. */
  send(batch: readonly Span[], signal: AbortSignal): Promise<number>
  /** About how many bytes a span takes. */
  sizeOf(span: Span): number
}

/** Receivers take requests of 4 MB or more. A span that is larger is dropped, so that it costs no other. */
const MAX_BATCH_BYTES = 2_000_000
const MAX_SPAN_BYTES = 3_000_000

/** Spans that have ended and wait for others. Each is counted once: as exported, or as dropped. */
export class SpanQueue<Span> {
  readonly #options: QueueOptions<Span>
  #waiting: Span[] = []
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #ended = new AbortController()
  /** Why the last batch was not taken; undefined where it was. */
  failure: unknown

  constructor(options: QueueOptions<Span>) {
    this.#options = options
  }

  add(span: Span): void {
    const { counts, delayMs, maxBatchSize, maxQueueSize } = this.#options
    if (this.#ended.signal.aborted || this.#waiting.length >= maxQueueSize) {
      counts.drop(1)
      return
    }
    this.#waiting.push(span)
    if (this.#waiting.length >= maxBatchSize || delayMs === 0) this.#begin()
    else this.#timer ??= this.#options.clock.setTimeout(() => this.#begin(), delayMs)
  }

  /** Resolves when what waits now was sent, or dropped. */
  async flush(): Promise<void> {
    this.#begin()
    await this.#sending
  }

  /** What is not sent is dropped, and nothing is waited for any more. */
  stop(): void {
    this.#timer?.cancel()
    this.#options.counts.drop(this.#waiting.length)
    this.#waiting = []
    this.#ended.abort()
  }

  #begin(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** One batch after the other, until none waits. What ends meanwhile waits for a full batch or for its delay, as ever. */
  async #sendAll(): Promise<void> {
    for (let left = this.#waiting.length; left > 0 && this.#waiting.length > 0; ) {
      const batch = this.#nextBatch()
      left -= batch.length
      await this.#sendBatch(batch)
      if (this.#waiting.length >= this.#options.maxBatchSize) left = Math.max(left, 1)
    }
    if (this.#waiting.length > 0)
      this.#timer ??= this.#options.clock.setTimeout(() => this.#begin(), this.#options.delayMs)
  }

  #nextBatch(): Span[] {
    const { counts, maxBatchSize, sizeOf } = this.#options
    const batch: Span[] = []
    let bytes = 0
    let taken = 0
    for (const span of this.#waiting) {
      const size = sizeOf(span)
      if (batch.length === maxBatchSize || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) break
      taken++
      if (size > MAX_SPAN_BYTES) {
        counts.drop(1)
        continue
      }
      batch.push(span)
      bytes += size
    }
    this.#waiting = this.#waiting.slice(taken)
    return batch
  }

  async #sendBatch(batch: readonly Span[]): Promise<void> {
    const { clock, counts, exportTimeoutMs, send } = this.#options
    if (batch.length === 0) return
    const controller = new AbortController()
    const late = clock.setTimeout(() => controller.abort(), exportTimeoutMs)
    const end = () => controller.abort()
    this.#ended.signal.addEventListener("abort", end)
    let taken = 0
    try {
      taken = Math.min(batch.length, Math.max(0, await send(batch, controller.signal)))
      this.failure = taken === batch.length ? undefined : new Error("The receiver refused some of the spans.")
    } catch (error) {
      this.failure = error
    } finally {
      late.cancel()
      this.#ended.signal.removeEventListener("abort", end)
    }
    counts.export(taken)
    counts.drop(batch.length - taken)
  }
}
