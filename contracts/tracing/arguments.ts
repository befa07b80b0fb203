/** How far what a span is given counts. Nothing is refused: the rest is cut, dropped or ignored, and counted. */
import type { SpanLimits } from "./config.ts"

export const TRACING_MAX_NAME_LENGTH = 256
/** Of the message of a status. */
export const TRACING_MAX_MESSAGE_LENGTH = 4096
/** So many causes stand in the stack of an exception. */
export const TRACING_MAX_CAUSES = 5
/** Times are before the year 2200: later ones overflow nanoseconds in 64 bits before long, and are a mistake. */
export const TRACING_END_OF_TIME_MS: number = Date.UTC(2200, 0)

/** The limits of a span where the configuration says nothing. */
export const TRACING_SPAN_LIMITS = {
  maxAttributes: 128,
  maxEvents: 128,
  maxLinks: 128,
  maxAttributeValueLength: 4096,
} as const satisfies SpanLimits
