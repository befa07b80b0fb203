import type { TracingCapabilities, TracingImplementation } from "../../../contracts/tracing/tracing.ts"
import { defineSubject } from "../../define-subject.ts"
import type { Subject } from "../../engine/subject.ts"
import { referenceWorld } from "../../foundation/reference-world.ts"
import type { ReferenceTracing } from "./reference-tracing.ts"
import { TracingStore } from "./store.ts"

/**
 * A subject of the reference tracing, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world of a tracing can offer.
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceTracing,
): Subject<TracingImplementation, TracingCapabilities> {
  return defineSubject({
    service: "tracing",
    name,
    open(options) {
      const store = new TracingStore()
      return {
        ...referenceWorld(Implementation, store, options),
        received: (client) => {
          const { id } = client as ReferenceTracing
          return store.received.filter(({ from }) => from === id).map(({ span }) => span)
        },
        destroy() {
          store.endTimers()
          store.endContexts()
        },
      }
    },
  })
}
