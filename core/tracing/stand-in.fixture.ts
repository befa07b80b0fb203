/** Implementations of tracing that go wrong. */
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import type { TracingImplementation } from "../../contracts/tracing/tracing.ts"

export function failing(): never {
  throw new Error("The implementation fails.")
}

export const forever = () => new Promise<never>(() => {})

/** An implementation of which some methods are replaced. */
export function standIn(replaced: Partial<TracingImplementation> = {}): TracingImplementation {
  const inner = createMemoryTracing()
  return {
    startSpan: (name, options) => inner.startSpan(name, options),
    withSpan: (name, options, fn) => inner.withSpan(name, options, fn),
    activeContext: () => inner.activeContext(),
    run: (context, fn) => inner.run(context, fn),
    inject: (carrier, context) => inner.inject(carrier, context),
    extract: (carrier) => inner.extract(carrier),
    getConfig: () => inner.getConfig(),
    stats: () => inner.stats(),
    flush: () => inner.flush(),
    getSpans: (query) => inner.getSpans(query),
    clearSpans: () => inner.clearSpans(),
    ...replaced,
  }
}
