import type { EventEmitter } from "../../contracts/foundation/events.ts"
import type { SpanKind, TraceContext } from "../../contracts/tracing/tracing.ts"
import { emitQuietly } from "../foundation/emit-quietly.ts"

/** What listeners of `trace.span.created` and `trace.span.ended` are told. */
export interface SpanEvent {
  /** The instance of the service. */
  readonly service: string
  readonly context: TraceContext
  readonly name: string
  readonly kind: SpanKind
  readonly parentSpanId?: string | undefined
}

type SpanEventName = "trace.span.created" | "trace.span.ended"

/** Tells of spans, while somebody listens. */
export class SpanAnnouncer {
  readonly #events: EventEmitter
  readonly #service: string

  constructor(events: EventEmitter, service: string) {
    this.#events = events
    this.#service = service
  }

  tell(event: SpanEventName, { context, kind, name, parentSpanId }: Omit<SpanEvent, "service">): void {
    if (!this.#hears(event)) return
    emitQuietly(this.#events, event, { service: this.#service, context, name, kind, parentSpanId })
  }

  #hears(event: SpanEventName): boolean {
    try {
      return this.#events.listenerCount?.(event) !== 0
    } catch {
      return false
    }
  }
}
