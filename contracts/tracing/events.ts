/** What a tracing announces through `events` of its context, by name, while somebody listens. */
import type { SpanKind, TraceContext } from "./span.ts"

export interface SpanEvent {
  /** The name of the instance among the services. */
  readonly service: string
  readonly context: TraceContext
  readonly name: string
  readonly kind: SpanKind
  readonly parentSpanId?: string | undefined
}

export interface TracingEvents {
  /** A span was begun that is recorded. */
  "trace.span.created": SpanEvent
  "trace.span.ended": SpanEvent
}
