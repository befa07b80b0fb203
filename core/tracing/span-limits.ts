import type { SpanLimits } from "../../contracts/tracing/tracing.ts"

export type WholeSpanLimits = { readonly [Name in keyof SpanLimits]-?: number }

export const DEFAULT_SPAN_LIMITS: WholeSpanLimits = {
  maxAttributes: 128,
  maxEvents: 128,
  maxLinks: 128,
  maxAttributeValueLength: 4096,
}
