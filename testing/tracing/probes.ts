import type { ContractProbes } from "../engine/clause.ts"
import type { TracingClient } from "./clause.ts"

/** More than a receiver needs, and less than a check waits. */
const FLUSH_MS = 2000

export const tracingProbes: ContractProbes<TracingClient> = {
  quiet: true,
  calls: {
    startSpan: (tracing) => tracing.startSpan("probe").end(),
    withSpan: (tracing) => tracing.withSpan("probe", {}, () => "done"),
    activeContext: (tracing) => tracing.activeContext(),
    run: (tracing) => tracing.run(undefined, () => "done"),
    inject: (tracing) => tracing.inject({}),
    extract: (tracing) => tracing.extract({}),
    getConfig: (tracing) => tracing.getConfig(),
    stats: (tracing) => tracing.stats(),
    flush: (tracing) => tracing.flush(FLUSH_MS),
    getSpans: (tracing) => tracing.getSpans(),
    clearSpans: (tracing) => tracing.clearSpans(),
  },
  badCalls: {},
  refusedWithSecret: [],
  storeSecret: (tracing, secret) => tracing.startSpan(secret, { attributes: { password: secret } }).end(),
  populate: async (tracing) => tracing.startSpan("populated").end(),
  async snapshot(tracing) {
    await tracing.flush(FLUSH_MS)
    return tracing.stats()
  },
}
