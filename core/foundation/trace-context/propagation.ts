import { isSpanId, isTraceId, type TraceContext } from "../../../contracts/foundation/trace-context.ts"
import { readB3, readB3Multi, writeB3 } from "./b3.ts"
import { readBaggage, writeBaggage } from "./baggage.ts"
import { type Carrier, setHeader, soleValueOf, textOf } from "./carrier.ts"
import { readTraceparent, type Traceparent, writeTraceparent } from "./traceparent.ts"
import { readTracestate } from "./tracestate.ts"

export type PropagationFormat = "w3c" | "b3" | "b3_multi"

/** What is read from carriers and written to them. */
export interface Propagation {
  /** The first that a carrier has is the one that counts; all are written. */
  readonly formats: readonly PropagationFormat[]
  readonly baggage: {
    /** Keys that may leave the process. */
    readonly allowedKeys: readonly string[]
    readonly maxSize: number
    /** Whether it is read from carriers. */
    readonly isRead: boolean
  }
}

/** The trace that a carrier has; undefined where it has none that is well formed. */
export function extractContext(
  carrier: Carrier,
  { baggage: { isRead }, formats }: Propagation,
): TraceContext | undefined {
  for (const format of formats) {
    const found: Writable<TraceContext> | undefined = READERS[format](carrier)
    if (found === undefined) continue
    const traceState = format === "w3c" ? readTracestate(textOf(carrier, "tracestate")) : undefined
    const baggage = isRead ? readBaggage(textOf(carrier, "baggage")) : undefined
    if (traceState !== undefined) found.traceState = traceState
    if (baggage !== undefined) found.baggage = baggage
    return found
  }
  return undefined
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

const READERS: Readonly<Record<PropagationFormat, (carrier: Carrier) => Traceparent | undefined>> = {
  w3c: (carrier) => readTraceparent(soleValueOf(carrier, "traceparent") ?? ""),
  b3: (carrier) => readB3(soleValueOf(carrier, "b3") ?? ""),
  b3_multi: (carrier) =>
    readB3Multi({
      traceId: soleValueOf(carrier, "x-b3-traceid"),
      spanId: soleValueOf(carrier, "x-b3-spanid"),
      sampled: soleValueOf(carrier, "x-b3-sampled"),
      flags: soleValueOf(carrier, "x-b3-flags"),
    }),
}

/** Writes a trace to a carrier, in place of another one. One that is not well formed is not written. */
export function injectContext(
  carrier: Record<string, string>,
  context: TraceContext,
  { baggage: { allowedKeys, maxSize }, formats }: Propagation,
): void {
  if (!isTraceId(context.traceId) || !isSpanId(context.spanId)) return
  for (const format of formats) WRITERS[format](carrier, context)
  const baggage = context.baggage && writeBaggage(context.baggage, allowedKeys, maxSize)
  if (baggage !== undefined) setHeader(carrier, "baggage", baggage)
}

const WRITERS: Readonly<Record<PropagationFormat, (carrier: Record<string, string>, context: TraceContext) => void>> = {
  w3c(carrier, context) {
    setHeader(carrier, "traceparent", writeTraceparent(context))
    setHeader(carrier, "tracestate", context.traceState && readTracestate(context.traceState))
  },
  b3(carrier, context) {
    setHeader(carrier, "b3", writeB3(context))
  },
  b3_multi(carrier, { sampled, spanId, traceId }) {
    setHeader(carrier, "x-b3-traceid", traceId)
    setHeader(carrier, "x-b3-spanid", spanId)
    setHeader(carrier, "x-b3-sampled", sampled ? "1" : "0")
    setHeader(carrier, "x-b3-flags", undefined)
  },
}
