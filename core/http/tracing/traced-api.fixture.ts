import { createMemoryTracing, type MemoryTracingOptions } from "../../../adapters/tracing/memory.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { createHttpApi, type HttpApiOptions } from "../api.ts"
import { openGate } from "../gate.ts"
import { NO_SERVICES } from "../server/serve.fixture.ts"

/** An API that traces into memory. */
export async function tracedApi(options: HttpApiOptions = {}, tracingOptions: MemoryTracingOptions = {}) {
  const clock = createManualClock()
  const tracing = createMemoryTracing(tracingOptions, { clock })
  const api = await createHttpApi(NO_SERVICES, { clock, gate: openGate, tracing, ...options })
  const call = (path: string, init?: RequestInit) => api.fetch(new Request(`http://localhost:3000${path}`, init))
  return { api, call, clock, tracing }
}

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
export const SPAN_ID = "b7ad6b7169203331"
export const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`

export async function traceIdIn(response: Response): Promise<unknown> {
  return ((await response.json()) as { error: { traceId: unknown } }).error.traceId
}
