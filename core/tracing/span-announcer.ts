import type { EventEmitter } from "../../contracts/foundation/events.ts"
import type { SpanEvent, TracingEvents } from "../../contracts/tracing/events.ts"
import { emitQuietly } from "../foundation/emit-quietly.ts"

/** Tells of spans, while somebody listens. */
export class SpanAnnouncer {
  readonly #events: EventEmitter
  readonly #service: string

  constructor(events: EventEmitter, service: string) {
    this.#events = events
    this.#service = service
  }

  tell(event: keyof TracingEvents, { context, kind, name, parentSpanId }: Omit<SpanEvent, "service">): void {
    emitQuietly(this.#events, event, { service: this.#service, context, name, kind, parentSpanId })
  }

  /** Whether an event must be put together. Where an emitter cannot say, it must. */
  hears(event: keyof TracingEvents): boolean {
    try {
      return this.#events.listenerCount?.(event) !== 0
    } catch {
      return false
    }
  }
}
