import { publishOptionsIssue } from "../../../contracts/queue/arguments.ts"
import type { TraceContext, Tracing } from "../../../contracts/tracing/tracing.ts"
import { markOf, readMark, TRACE_MARK } from "./trace-mark.ts"

type Metadata = Readonly<Record<string, string>>

/** What is written into the metadata of messages: where the span stands, and nothing of its baggage. */
export function carrierOf(tracing: Tracing, context: TraceContext): Metadata {
  const carrier: Record<string, string> = {}
  tracing.inject(carrier, { ...context, baggage: undefined })
  return carrier
}

/**
 * The metadata with the carrier over entries of its names, and a mark by which `withoutCarrier` gives back what there was.
 * It stays as it is where the queue would refuse the whole.
 */
export function withCarrier(metadata: Metadata | undefined, carrier: Metadata): Metadata | undefined {
  const wrote = Object.keys(carrier)
  if (wrote.length === 0) return metadata
  const taken = new Set([TRACE_MARK, ...wrote.map((name) => name.toLowerCase())])
  const isTaken = ([name]: readonly [string, string]) => taken.has(name.toLowerCase())
  const entries = Object.entries(metadata ?? {})
  const over = metadata && Object.fromEntries(entries.filter(isTaken))
  const kept = Object.fromEntries(entries.filter((entry) => !isTaken(entry)))
  const carrying = { ...kept, ...carrier, [TRACE_MARK]: markOf({ wrote, over }) }
  return publishOptionsIssue({ metadata: carrying }) === undefined ? carrying : metadata
}

/** The metadata as it was given to `withCarrier`, and with what was added since. */
function withoutCarrier(metadata: Metadata | undefined): Record<string, string> | undefined {
  const mark = metadata && readMark(metadata)
  if (mark === undefined) return metadata
  const { over, wrote } = mark
  const kept = Object.entries(metadata ?? {}).filter(([name]) => name !== TRACE_MARK && !wrote.includes(name))
  return over === undefined && kept.length === 0 ? undefined : { ...Object.fromEntries(kept), ...over }
}

/** A message, or what the queue tells of one, as it is shown. */
export function withoutCarrierIn<Told extends { metadata?: Record<string, string> }>(told: Told): Told {
  const metadata = withoutCarrier(told.metadata)
  if (metadata === told.metadata) return told
  const { metadata: _, ...shown } = told
  return (metadata === undefined ? shown : { ...shown, metadata }) as Told
}
