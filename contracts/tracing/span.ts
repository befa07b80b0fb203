/** What a trace is made of. Shapes that the requirement document has (tracing.zod) keep its names. */
import type { TraceContext } from "../foundation/trace-context.ts"

export type { TraceContext } from "../foundation/trace-context.ts"

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer"

export type SpanStatusCode = "unset" | "ok" | "error"

export type SpanAttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[]

export type SpanAttributes = Readonly<Record<string, SpanAttributeValue>>

/** Attributes as callers have them: what is no `SpanAttributeValue` is made one, or dropped and counted. */
export type GivenAttributes = Readonly<Record<string, unknown>>

/** Another span that this one has to do with, in this trace or another one. */
export interface SpanLink {
  readonly context: TraceContext
  readonly attributes?: GivenAttributes | undefined
}

export interface SpanOptions {
  /** Default `internal`. */
  kind?: SpanKind | undefined
  /** Default: the active span. `null` begins a new trace. */
  parent?: TraceContext | null | undefined
  attributes?: GivenAttributes | undefined
  links?: readonly SpanLink[] | undefined
  /** Epoch milliseconds by the clock of the adapter. Default: now. */
  startTime?: number | undefined
}

/**
 * A span that runs. No method throws, whatever it is given, and none has an effect once the span has ended.
 */
export interface SpanHandle {
  readonly context: TraceContext
  setAttribute(key: string, value: unknown): this
  setAttributes(attributes: GivenAttributes): this
  addEvent(name: string, attributes?: GivenAttributes): this
  /** Adds an event `exception` with the type, the message, and the stack with up to five causes. The status stays as it is. */
  recordException(error: unknown): this
  /** `ok` is final; `error` may be set again, with another message. */
  setStatus(status: "ok" | "error", message?: string): this
  updateName(name: string): this
  /** @param endTime Epoch milliseconds by the clock of the adapter. Default: now. */
  end(endTime?: number): void
}

/** A span as a receiver has it. */
export interface RecordedSpan {
  readonly context: TraceContext
  readonly parentSpanId?: string | undefined
  readonly name: string
  readonly kind: SpanKind
  /** Epoch milliseconds. */
  readonly startTime: number
  readonly endTime: number
  readonly status: { readonly code: SpanStatusCode; readonly message?: string | undefined }
  readonly attributes: SpanAttributes
  readonly events: readonly RecordedEvent[]
  readonly links: readonly RecordedLink[]
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number }
}

export interface RecordedEvent {
  readonly name: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly attributes: SpanAttributes
}

export interface RecordedLink {
  readonly context: TraceContext
  readonly attributes: SpanAttributes
}
