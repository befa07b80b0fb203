import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { TraceContext, Tracing } from "../../../contracts/tracing/tracing.ts"

type Metadata = Readonly<Record<string, string>>

/** What is written into the metadata of messages: where the span stands, and nothing of its baggage. */
export function carrierOf(tracing: Tracing, context: TraceContext): Metadata {
  const carrier: Record<string, string> = {}
  tracing.inject(carrier, { ...context, baggage: undefined })
  return carrier
}

/** The options with the carrier among the metadata. A trace context of the user's goes before it. */
export function withCarrier<Options extends { metadata?: Metadata | undefined }>(
  options: Options | undefined,
  carrier: Metadata,
): Options | { metadata: Metadata } | undefined {
  const names = Object.keys(carrier)
  if (names.length === 0) return options
  const metadata = options?.metadata ?? {}
  const isTaken = Object.keys(metadata).some((name) => names.includes(name.toLowerCase()))
  return isTaken ? options : { ...options, metadata: { ...metadata, ...carrier } }
}

export function itemsWithCarrier(items: readonly PublishItem[], carrier: Metadata): readonly PublishItem[] {
  return items.map((item) => ({ ...item, options: withCarrier(item.options, carrier) }))
}
