import { isSpanId, isTraceId } from "../../../contracts/foundation/trace-context.ts"
import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import { readTracestate } from "../../foundation/trace-context/tracestate.ts"

/** A context that is well formed, and stays so: it can be handed out, and need not be looked at again when it comes back. */
class SafeContext implements TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
  readonly traceState: string | undefined
  readonly baggage: Readonly<Record<string, string>> | undefined
  readonly #isSafe = true

  constructor({ baggage, sampled, spanId, traceId, traceState }: TraceContext) {
    this.traceId = traceId
    this.spanId = spanId
    this.sampled = sampled
    this.traceState = traceState
    this.baggage = baggage && Object.freeze(baggage)
    Object.freeze(this)
  }

  static is(given: object): given is SafeContext {
    return #isSafe in given
  }
}

/** Of parts that are known to be well formed. */
export function contextOf(parts: TraceContext): TraceContext {
  return new SafeContext(parts)
}

/** A context where it is well formed, by value where it could change; else undefined. */
export function safeContext(given: unknown): TraceContext | undefined {
  if (typeof given !== "object" || given === null) return undefined
  if (SafeContext.is(given)) return given
  try {
    const { baggage, sampled, spanId, traceId, traceState } = given as Partial<TraceContext>
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
    const state = typeof traceState === "string" ? readTracestate(traceState) : undefined
    return { traceId, spanId, sampled: sampled === true, traceState: state, baggage: safeBaggage(baggage) }
  } catch {
    return undefined
  }
}

function safeBaggage(given: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof given !== "object" || given === null) return undefined
  const pairs = Object.entries(given).filter(([, value]) => typeof value === "string")
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}
