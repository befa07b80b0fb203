import type {
  RecordedEvent,
  RecordedSpan,
  SpanKind,
  SpanQuery,
  SpanStatusCode,
  TraceContext,
  TracingStats,
} from "../../../contracts/tracing/tracing.ts"
import { ReferenceSampling } from "./sampling.ts"
import type { HeldAttributes, HeldLink } from "./values.ts"

/** So many spans go in one request, and as soon as there are so many. */
const MAX_BATCH = 512
const MAX_QUEUE = 2048
const CLOSE_MS = 5000
/** How long a request waits for an answer, in real milliseconds. */
const REQUEST_MS = 20

/** A span from its start until it was sent. */
export interface HeldSpan {
  readonly context: TraceContext
  readonly parentSpanId: string | undefined
  readonly kind: SpanKind
  readonly startTime: number
  readonly attributes: HeldAttributes
  readonly events: RecordedEvent[]
  readonly links: HeldLink[]
  name: string
  status: { code: SpanStatusCode; message?: string }
  endTime: number | undefined
  droppedEvents: number
  droppedLinks: number
}

type Counts = Record<Exclude<keyof TracingStats, "pending">, number>

/** What becomes of spans: they wait, are sent, kept and counted. */
export abstract class ReferenceSending extends ReferenceSampling {
  readonly counts: Counts = { started: 0, ended: 0, exported: 0, dropped: 0, sampledOut: 0 }
  /** Those that have not ended. */
  readonly open = new Set<HeldSpan>()
  /** Those that are to be sent, the oldest first. */
  queue: HeldSpan[] = []
  /** Those that are on their way. */
  inFlight = 0
  /** Those that can be read here. */
  kept: HeldSpan[] = []

  count(what: keyof Counts, number: number): void {
    this.counts[what] += number
  }

  stats(): TracingStats {
    return { ...this.counts, pending: this.pending() }
  }

  pending(): number {
    return this.queue.length + this.inFlight
  }

  began(held: HeldSpan): void {
    this.count("started", 1)
    if (!this.closed) {
      this.open.add(held)
      return
    }
    held.endTime = held.startTime
    this.count("ended", 1)
    this.count("dropped", 1)
  }

  ended(held: HeldSpan): void {
    if (!this.open.delete(held)) return
    this.count("ended", 1)
    if (held.context.sampled) this.keep(held)
    else this.count("sampledOut", 1)
  }

  keep(held: HeldSpan): void {
    this.kept.push(held)
    if (this.queue.length < MAX_QUEUE) this.enqueue(held)
    else this.count("dropped", 1)
  }

  enqueue(held: HeldSpan): void {
    this.queue.push(held)
    if (this.queue.length >= MAX_BATCH && this.inFlight === 0) this.sendAll(REQUEST_MS).catch(() => {})
  }

  /** All that is pending now, until the receiver does not take any. */
  async sendAll(timeoutMs: number): Promise<void> {
    while (this.queue.length > 0) if (!(await this.sendBatch(timeoutMs))) return
  }

  /** @returns Whether the next one may go. */
  sendBatch(timeoutMs: number): boolean | Promise<boolean> {
    const batch = this.queue.splice(0, MAX_BATCH)
    const { fault } = this.store
    if (fault === "unreachable") return this.keepForLater(batch)
    if (fault === "silent") return this.waitInVain(batch, timeoutMs)
    const taken = this.receive(batch)
    if (fault === "lose-answer") this.store.fault = "none"
    this.count("exported", fault === "lose-answer" ? 0 : taken)
    this.count("dropped", fault === "lose-answer" ? batch.length : batch.length - taken)
    return true
  }

  keepForLater(batch: readonly HeldSpan[]): boolean {
    this.queue.unshift(...batch)
    return false
  }

  async waitInVain(batch: readonly HeldSpan[], timeoutMs: number): Promise<boolean> {
    this.inFlight += batch.length
    await this.wait(this.patience(timeoutMs))
    this.inFlight -= batch.length
    return this.keepForLater(batch)
  }

  /** Real milliseconds. */
  patience(timeoutMs: number): number {
    return Math.min(timeoutMs, REQUEST_MS)
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }

  /** What the receiver does. @returns How many it takes. */
  receive(batch: readonly HeldSpan[]): number {
    const spans = batch.map((held) => this.spanOf(held))
    this.store.received.push(...spans.map((span) => ({ from: this.id, span })))
    return spans.length
  }

  /** A span as it is sent and read: a copy. */
  spanOf(held: HeldSpan): RecordedSpan {
    const { context, endTime, events, kind, links, name, parentSpanId, startTime, status } = held
    return structuredClone({
      context,
      ...(parentSpanId !== undefined && { parentSpanId }),
      ...{ name, kind, startTime, endTime: endTime ?? startTime },
      ...{ status, attributes: this.recordOf(held.attributes), events, links },
      dropped: { attributes: held.attributes.dropped, events: held.droppedEvents, links: held.droppedLinks },
    })
  }

  async flush(timeoutMs?: number): Promise<void> {
    await this.sendAll(this.timeoutOf(timeoutMs))
    return this.deliver(undefined)
  }

  timeoutOf(ms: unknown): number {
    return typeof ms === "number" && ms >= 0 ? ms : CLOSE_MS
  }

  override async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true
      this.dropOpen()
      await this.sendAll(CLOSE_MS)
      this.dropPending()
    }
    return this.deliver(undefined)
  }

  dropOpen(): void {
    this.count("ended", this.open.size)
    this.count("dropped", this.open.size)
    this.open.clear()
  }

  dropPending(): void {
    this.count("dropped", this.queue.length)
    this.queue = []
  }

  getSpans(query?: SpanQuery): readonly RecordedSpan[] {
    return this.kept.filter((held) => this.isAsked(held, query)).map((held) => this.spanOf(held))
  }

  /** Nothing is asked by what cannot be read. */
  isAsked({ context, name }: HeldSpan, query: SpanQuery | undefined): boolean {
    try {
      const isNamed = query?.name === undefined || query.name === name
      return isNamed && (query?.traceId === undefined || query.traceId === context.traceId)
    } catch {
      return true
    }
  }

  clearSpans(): void {
    this.kept = []
  }

  override async getMetrics(): Promise<Record<string, number>> {
    return { ...this.stats() }
  }
}
