import type { Logger } from "../../../contracts/adapter.ts"
import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import type { SpanCounts } from "../../../core/tracing/for-adapters.ts"
import type { SpanSender } from "./sender.ts"

export interface QueueOptions<Span> {
  readonly maxQueueSize: number
  readonly maxBatchSize: number
  /** How long a span waits at most for others, in ms. */
  readonly delayMs: number
  /** How long a batch may take, with its retries, in ms. */
  readonly exportTimeoutMs: number
  readonly clock: Clock
  readonly logger: Pick<Logger, "info" | "warn">
  readonly counts: Pick<SpanCounts, "export" | "drop">
  readonly sender: SpanSender<Span>
  /** About how many bytes a span takes. One that it throws for is dropped. */
  sizeOf(span: Span): number
}

/** Receivers take requests of 4 MB or more. A span that is larger is dropped, so that it costs no other. */
const MAX_BATCH_BYTES = 2_000_000
const MAX_SPAN_BYTES = 3_000_000
/** Of all that wait. */
const MAX_WAITING_BYTES = 50_000_000

/** Spans that have ended and wait for others. Each is counted once: as exported, or as dropped. */
export class SpanQueue<Span> {
  readonly #options: QueueOptions<Span>
  readonly #ended = new AbortController()
  #isStopped = false
  #waiting: Span[] = []
  /** How many bytes each takes that waits. */
  #sizes: number[] = []
  #waitingBytes = 0
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  /** Ends a pause between two tries. */
  #wake = () => {}
  /** The failure that was logged last; undefined where spans are taken. */
  #logged: string | undefined

  constructor(options: QueueOptions<Span>) {
    this.#options = options
  }

  add(span: Span): void {
    const { counts, delayMs, maxBatchSize, maxQueueSize } = this.#options
    const size = this.#sizeOf(span)
    const isFull = this.#waiting.length >= maxQueueSize || this.#waitingBytes + size > MAX_WAITING_BYTES
    if (this.#isStopped || isFull || size > MAX_SPAN_BYTES) {
      counts.drop(1)
      return
    }
    this.#waiting.push(span)
    this.#sizes.push(size)
    this.#waitingBytes += size
    if (this.#waiting.length >= maxBatchSize || delayMs === 0) this.#begin()
    else this.#wait()
  }

  #sizeOf(span: Span): number {
    try {
      return this.#options.sizeOf(span)
    } catch {
      return Number.POSITIVE_INFINITY
    }
  }

  /** Resolves when what waits now was sent, or dropped. A pause between two tries ends now. */
  async flush(): Promise<void> {
    this.#wake()
    await this.#sending
    this.#begin()
    await this.#sending
  }

  /** What is not sent is dropped, and counted so when this resolves: soon. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#options.counts.drop(this.#waiting.length)
    this.#waiting = []
    this.#sizes = []
    this.#waitingBytes = 0
    this.#ended.abort()
    await this.#sending
  }

  #wait(): void {
    this.#timer ??= this.#options.clock.setTimeout(() => this.#begin(), this.#options.delayMs)
  }

  #begin(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
      if (this.#waiting.length > 0) this.#wait()
    })
  }

  /** One batch after the other: what waits now, and what fills a batch meanwhile. */
  async #sendAll(): Promise<void> {
    let owed = this.#waiting.length
    while (this.#waiting.length > 0 && (owed > 0 || this.#waiting.length >= this.#options.maxBatchSize)) {
      const batch = this.#nextBatch()
      owed -= batch.length
      await this.#sendBatch(batch)
    }
  }

  #nextBatch(): Span[] {
    const { maxBatchSize } = this.#options
    let count = 0
    let bytes = 0
    for (const size of this.#sizes) {
      if (count === maxBatchSize || (count > 0 && bytes + size > MAX_BATCH_BYTES)) break
      count++
      bytes += size
    }
    this.#sizes.splice(0, count)
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  async #sendBatch(batch: readonly Span[]): Promise<void> {
    const { clock, counts, exportTimeoutMs, sender } = this.#options
    const controller = new AbortController()
    const late = clock.setTimeout(() => controller.abort(), exportTimeoutMs)
    const end = onAbort(this.#ended.signal, () => controller.abort())
    const { signal } = controller
    let taken = 0
    try {
      // Not within the call that ended the last span of it.
      await undefined
      const sent = sender.send(batch, { signal, pause: (ms, isAsked) => this.#pause(ms, isAsked, signal) })
      taken = await Promise.race([sent, aborted(signal)])
    } catch {
      // The sender says of its health itself.
    }
    late.cancel()
    end()
    const accepted = Math.min(batch.length, Math.max(0, taken))
    counts.export(accepted)
    counts.drop(batch.length - accepted)
    this.#log()
  }

  /** Says once that spans are lost, and why, and once that they are no more. */
  #log(): void {
    const { logger, sender } = this.#options
    const { failure } = sender
    if (failure?.message === this.#logged) return
    this.#logged = failure?.message
    try {
      if (failure === undefined) logger.info("Spans are taken again.")
      else logger.warn("Spans are not taken, and are dropped.", { error: failure })
    } catch {
      // Tracing goes on without a logger.
    }
  }

  /** @param isAsked The receiver asked for it, so that it is not cut short. */
  #pause(ms: number, isAsked: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = onAbort(signal, () => {
        timer.cancel()
        reject(signal.reason)
      })
      const go = () => {
        timer.cancel()
        stop()
        resolve()
      }
      const timer = this.#options.clock.setTimeout(go, ms)
      this.#wake = isAsked ? () => {} : go
    })
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    onAbort(signal, () => reject(signal.reason))
  })
}
