import type { TracingCapabilities } from "../../../contracts/tracing/tracing.ts"
import type { TracingReferenceOptions } from "./configured.ts"
import { ReferenceTracing } from "./reference-tracing.ts"

/** The reference tracing that declares something else. */
export function referenceThatDeclares(change: Partial<TracingCapabilities>): typeof ReferenceTracing {
  return class extends ReferenceTracing {
    constructor(options: TracingReferenceOptions) {
      super(options)
      this.capabilities = { ...this.capabilities, ...change }
    }
  }
}

/** The reference tracing whose spans cannot be read: it declares so, and the methods are not there. */
export function referenceWithoutSpans(): typeof ReferenceTracing {
  const Without = class extends referenceThatDeclares({ spans: false }) {}
  for (const name of ["getSpans", "clearSpans"]) {
    Object.defineProperty(Without.prototype, name, { value: undefined, writable: true })
  }
  return Without
}
